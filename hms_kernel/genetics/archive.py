"""Every trial ever run, in one SQLite file, so that none is paid for twice. Judges nothing.

Rows are added and never changed; a commit is on the disk when it returns. Any number of
processes may read and write.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from hms_kernel import config
from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import StoreError
from hms_kernel.genetics.trials import Evaluate, Trial
from hms_kernel.model import Goal, Outcome

PATIENCE_S = 30.0  # for other processes that are writing

_TABLES = """
CREATE TABLE IF NOT EXISTS trials (
    number INTEGER PRIMARY KEY,
    strategy TEXT NOT NULL,
    goal TEXT NOT NULL,
    build TEXT NOT NULL,
    outcome TEXT NOT NULL,
    nominal_s REAL NOT NULL,
    cap_s REAL NOT NULL,
    clock INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS once ON trials (strategy, goal, build, cap_s);
"""


def default_file() -> Path:
    """Where a user's archive lies."""
    return config.home() / "archive.sqlite"


def goal_key(goal: Goal) -> str:
    """Names a goal by what it says, whatever it is called; hexadecimal."""
    said = msgspec.structs.replace(goal, theorem_id="", notes=())
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on a file of this package's; durable when it ends without an error.

    Raises:
        StoreError: the file cannot be used, and nothing was written.
    """
    # Opened for each use: processes are forked and killed, and a connection survives neither.
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE_S)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                yield connection
    except sqlite3.Error as error:
        raise StoreError(f"cannot use the archive {file}: {error}") from error


def made(file: Path, schema: str) -> Path:
    """The file, with its directory and tables.

    Raises:
        StoreError: that cannot be.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make {file.parent}: {error.strerror or error}") from error
    with opened(file) as connection:
        connection.executescript(schema)
    return file


class Archive:
    """Trials by strategy, goal and build of the prover.

    Args:
        file: made with its directory when it is not there.

    Raises:
        StoreError: by every method, when the file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.file = made(file, _TABLES)

    def get(self, strategy: Strategy, goal: Goal, build: str, cap_s: float) -> Trial | None:
        """What is known of a trial with this cap; None when it has to be run."""
        for trial in self._known(strategy, goal, build):
            if trial.answers(cap_s):
                return trial.within(cap_s)
        return None

    def put(self, strategy: Strategy, goal: Goal, build: str, trial: Trial) -> None:
        """Keep a trial; the first of its key stays."""
        row = (
            str(strategy),
            goal_key(goal),
            build,
            trial.outcome.value,
            trial.nominal_s,
            trial.cap_s,
            trial.clock,
        )
        with opened(self.file) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO trials"
                " (strategy, goal, build, outcome, nominal_s, cap_s, clock)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def through(self, evaluate: Evaluate, build: str) -> Evaluate:
        """The same evaluation, of what is not known yet.

        Args:
            evaluate: runs what has to be run.
            build: names all that its trials depend on besides strategy, goal and cap.
        """

        def remembered(strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
            known = self.get(strategy, goal, build, cap_s)
            if known is not None:
                return known
            self.put(strategy, goal, build, evaluate(strategy, goal, cap_s))
            # Read back: another process may have been first, and its trial is the one that counts.
            kept = self.get(strategy, goal, build, cap_s)
            assert kept is not None
            return kept

        return remembered

    def __len__(self) -> int:
        """Trials kept."""
        with opened(self.file) as connection:
            return int(connection.execute("SELECT count(*) FROM trials").fetchone()[0])

    def _known(self, strategy: Strategy, goal: Goal, build: str) -> Iterator[Trial]:
        """Oldest first, so that what was once answered is answered so for ever."""
        with opened(self.file) as connection:
            rows = connection.execute(
                "SELECT outcome, nominal_s, cap_s, clock FROM trials"
                " WHERE strategy = ? AND goal = ? AND build = ? ORDER BY number",
                (str(strategy), goal_key(goal), build),
            ).fetchall()
        for outcome, nominal_s, cap_s, clock in rows:
            yield Trial(
                outcome=Outcome(outcome), nominal_s=nominal_s, cap_s=cap_s, clock=bool(clock)
            )
