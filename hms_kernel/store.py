"""Keeps facts in an SQL database and gives them back in order. Interprets no fact.

One table: who reads it with SQL finds the indexed columns of ``Fact`` and the
fact's kind as JSON. SQLite needs nothing installed; any SQLAlchemy URL works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from hms_kernel.errors import StoreError, UsageError
from hms_kernel.facts import AgentSpawned, Fact, FactKind, TaskSettled, TaskSubmitted
from hms_kernel.lossless import pack, unpack
from hms_kernel.model import Value

_METADATA = sa.MetaData()
FACTS = sa.Table(
    "facts",
    _METADATA,
    sa.Column("session", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("time_s", sa.Float(53), nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("task", sa.String, index=True),
    sa.Column("attempt", sa.Integer),
    sa.Column("agent", sa.String),
    sa.Column("cause", sa.Integer),
    sa.Column("body", sa.Text, nullable=False),
)

BUSY_MS = 2000  # patience with a lock in one attempt; the journal makes more of them

_REMEDIES = (
    ("full", "free some space; what was accepted is kept and writing goes on by itself"),
    ("locked", "another program holds it: end that program, and writing goes on by itself"),
    ("malformed", "the file is damaged and stays as it is: move it aside to begin a new one"),
    ("not a database", "the file stays as it is: move it aside to begin a new one"),
    ("readonly", "make the file and its directory writable"),
    (
        "disk I/O error",
        "the system refuses to write: see to the disk, its quota and the limit of file sizes; "
        "what was accepted is kept and writing goes on by itself",
    ),
    ("unable to open", "the file cannot be read, or too many are open (ulimit -n)"),
)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(FactKind).decode


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"


def full_url(store: str) -> str:
    """A database URL as it is; a plain path as the URL of an SQLite file."""
    return store if "://" in store else sqlite_url(Path(store).expanduser().absolute())


def store_name(url: str | sa.URL) -> str:
    """A store for people: the file of an SQLite database, any other URL without its password."""
    url = sa.make_url(url)
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


def exists(url: str) -> bool:
    """Whether there is something at the URL; a database behind a server counts as there."""
    found = sa.make_url(url)
    return found.get_backend_name() != "sqlite" or Path(found.database or "").is_file()


class Store:
    """Facts of any number of sessions in one database.

    ``append`` is for one writer per session; reading is for anybody, from any
    thread and any process.

    Args:
        url: an SQLAlchemy URL; a plain path means an SQLite file.
        read_only: fail instead of creating what is not there.

    Raises:
        UsageError: the URL makes no sense, or its driver is not installed.
        StoreError: the database cannot be opened, or its file is damaged; the file is
            left exactly as it is.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        try:
            self.url = sa.make_url(full_url(url))
            self._engine = sa.create_engine(self.url)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
            raise UsageError(f"cannot use {url!r} as a store: {error}") from error
        except ImportError as error:
            raise UsageError(
                f"store {url!r} needs the package {error.name!r}, which is not installed"
            ) from error
        if self.url.get_backend_name() == "sqlite":
            file = self.url.database
            if read_only and file and not Path(file).is_file():
                raise StoreError(f"no store at {file}")
            sa.event.listen(self._engine, "connect", _durable_sqlite)
        try:
            if not read_only:
                self._check_file()
                _METADATA.create_all(self._engine)
        except sa.exc.SQLAlchemyError as error:
            self._engine.dispose()
            raise StoreError(f"cannot open the store {self}: {_words(error)}") from error

    def __str__(self) -> str:
        return store_name(self.url)

    def append(self, facts: Sequence[Fact]) -> None:
        """Write facts in one transaction; when this returns they are durable.

        Facts that are there already are not written again, so a batch whose commit
        was cut off before its answer may simply be handed in once more.

        Raises:
            StoreError: nothing was written.
        """
        rows = [
            {
                "session": fact.session,
                "seq": fact.seq,
                "epoch": fact.epoch,
                "time_s": fact.time_s,
                "kind": fact.kind.__struct_config__.tag,
                "task": fact.task,
                "attempt": fact.attempt,
                "agent": fact.agent,
                "cause": fact.cause,
                "body": _encode(_free_data(fact.kind, pack)).decode(),
            }
            for fact in facts
        ]
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(FACTS), rows)
        except sa.exc.IntegrityError as error:
            first, last = facts[0], facts[-1]
            if self._holds(rows):
                return
            raise StoreError(
                f"cannot write to the store {self}: facts {first.seq} to {last.seq} of session "
                f"{first.session!r} are there and differ; another supervisor writes to it"
            ) from error
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"cannot write to the store {self}: {_words(error)}") from error

    def facts(self, session: str, after_seq: int = 0, limit: int | None = None) -> list[Fact]:
        """Facts of a session with ``seq > after_seq``, oldest first, at most ``limit``.

        Raises:
            StoreError: the database cannot be read.
        """
        query = (
            sa.select(FACTS)
            .where(FACTS.c.session == session, FACTS.c.seq > after_seq)
            .order_by(FACTS.c.seq)
            .limit(limit)
        )
        return [_fact(row) for row in self._read(query)]

    def pages(self, session: str, facts: int = 5000) -> Iterator[list[Fact]]:
        """All facts of a session, oldest first, so many at a time.

        Raises:
            StoreError: the database cannot be read.
        """
        after_seq = 0
        while page := self.facts(session, after_seq, facts):
            yield page
            after_seq = page[-1].seq

    def last(self, session: str) -> tuple[int, int]:
        """``(epoch, seq)`` of the newest fact of a session; ``(0, 0)`` when there is none."""
        query = sa.select(
            sa.func.max(FACTS.c.epoch).label("epoch"), sa.func.max(FACTS.c.seq).label("seq")
        ).where(FACTS.c.session == session)
        newest = self._read(query)[0]._asdict()
        return newest["epoch"] or 0, newest["seq"] or 0

    def sessions(self) -> list[str]:
        """Names of the sessions that have facts here, oldest first."""
        query = (
            sa.select(FACTS.c.session)
            .group_by(FACTS.c.session)
            .order_by(sa.func.min(FACTS.c.time_s))
        )
        return [row[0] for row in self._read(query)]

    def close(self) -> None:
        """Give the connections back. Idempotent."""
        self._engine.dispose()

    def _holds(self, rows: Sequence[dict[str, Any]]) -> bool:
        """Whether these very rows are there."""
        session, first, last = rows[0]["session"], rows[0]["seq"], rows[-1]["seq"]
        query = (
            sa.select(FACTS)
            .where(FACTS.c.session == session, FACTS.c.seq.between(first, last))
            .order_by(FACTS.c.seq)
        )
        return [row._asdict() for row in self._read(query)] == list(rows)

    def _check_file(self) -> None:
        """Refuse a damaged file before anything is written to it."""
        file = self.url.database if self.url.get_backend_name() == "sqlite" else None
        if not file or not Path(file).is_file():
            return
        with self._engine.connect() as connection:
            found = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar()
        if found != "ok":
            raise sa.exc.DatabaseError("", None, Exception(f"database is malformed: {found}"))

    def _read(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).all()
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"cannot read the store {self}: {_words(error)}") from error


def _fact(row: sa.Row[Any]) -> Fact:
    columns = row._asdict()
    del columns["kind"]  # the body carries its own tag
    return Fact(kind=_free_data(_decode(columns.pop("body")), unpack), **columns)


def _free_data(kind: FactKind, change: Callable[[Any], Any]) -> FactKind:
    """The same fact with ``change`` applied where it holds data of somebody else's making."""
    replace = msgspec.structs.replace
    match kind:
        case TaskSubmitted(submitted=task):
            return replace(kind, submitted=replace(task, payload=change(task.payload)))
        case TaskSettled(result=Value(value=value) as result):
            return replace(kind, result=replace(result, value=change(value)))
        case AgentSpawned(spec=spec):
            return replace(kind, spec=replace(spec, config=change(spec.config)))
        case _:
            return kind


def _durable_sqlite(connection: Any, record: Any) -> None:
    """Write-ahead log, and a commit is on the disk when it returns."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _words(error: Exception) -> str:
    """The database's own words without SQLAlchemy's statement and parameters, and what to do."""
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    remedy = next((what for sign, what in _REMEDIES if sign in said), "")
    return f"{said}; {remedy}" if remedy else said
