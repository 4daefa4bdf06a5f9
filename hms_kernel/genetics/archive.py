"""Every trial ever run, in one SQLite file, so that none is paid for twice. Judges nothing.

Rows are added and never changed; a commit is on the disk when it returns. Any number of
processes may read and write.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hms_kernel.backends.strategy import Stage, Strategy, stage
from hms_kernel.errors import UsageError
from hms_kernel.genetics.files import default_file as default_file
from hms_kernel.genetics.files import made, opened
from hms_kernel.genetics.stages import genome
from hms_kernel.genetics.trials import Evaluate, Trial
from hms_kernel.model import Goal, Outcome

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


def goal_key(goal: Goal) -> str:
    """Names a goal by what it says, whatever it is called; hexadecimal."""
    said = msgspec.structs.replace(goal, theorem_id="", notes=())
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


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

    def specialists(self, most: int) -> list[Stage]:
        """The stages that have settled most between them, as suggestions: whatever build that was on.

        One comes after the other, whichever adds most to those before.

        Args:
            most: how many, at most.
        """
        with opened(self.file) as connection:
            rows = connection.execute(
                "SELECT strategy, goal, min(nominal_s) FROM trials"
                " WHERE outcome IN (?, ?, ?) GROUP BY strategy, goal",
                tuple(outcome.value for outcome in Outcome if outcome.decided),
            ).fetchall()
        settles: dict[str, dict[str, float]] = {}
        for strategy, goal, nominal_s in rows:
            settles.setdefault(strategy, {})[goal] = nominal_s
        chosen: list[Stage] = []
        known: set[str] = set()
        while settles and len(chosen) < most:
            # Of equals the quicker, and of those the first by name: no order of rows shows.
            best = min(
                settles,
                key=lambda one: (
                    -len(settles[one].keys() - known),
                    sum(settles[one].values()) / len(settles[one]),
                    one,
                ),
            )
            goals = settles.pop(best).keys()
            # Whole strategies are in here too, and stages of versions that are no more.
            with contextlib.suppress(UsageError):
                if best.startswith("1×"):
                    chosen.append(genome(stage(best.removeprefix("1×"))).stage)
                    known |= goals
        return chosen

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
