"""A session: a name and a private directory with lock, connection file, sockets and store. Starts nothing.

The lock says whether a supervisor is alive; the connection file says how to
reach it. Both follow Jupyter's custom: a file only the user may read.
"""

from __future__ import annotations

import enum
import fcntl
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path

import msgspec
import psutil

from hms_kernel import config, processes
from hms_kernel.errors import HmsError, SessionError, UsageError
from hms_kernel.facts import SessionClosed
from hms_kernel.store import Store, exists, full_url, store_name

LOOK_S = 0.2  # for those who merely look whether a session is held
LETTING_GO_S = 10.0  # for a supervisor whose owner is gone to let go of its session
LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107 with the longest of our socket names
AGENTS, CLIENTS = "agents.ipc", "clients.ipc"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a live supervisor; the content of ``connection.json``."""

    session: str
    epoch: int
    pid: int
    owner: int = 0  # process it belongs to: ``pid``, unless the supervisor has one of its own
    clients: str  # ZeroMQ address
    agents: str  # ZeroMQ address
    store: str  # database URL
    apart: bool = False  # it is not meant where no session is named


class Session:
    """The directory of one session, held by at most one supervisor at a time.

    Whoever opens it next finds sockets and store where the last one had them: that is
    where its agents look, and where its story is.

    Args:
        name: letters, digits, ``. _ -``; None invents a fresh one.
        store: database URL; None keeps an SQLite file in the directory.

    Raises:
        UsageError: the name cannot be a directory name, or the session's story is in
            another store.
        SessionError: another process holds the session (the message says how to attach),
            or its directory cannot be made.
    """

    def __init__(self, name: str | None = None, *, store: str | None = None) -> None:
        if name is None:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot name a session: use letters, digits, '.', '_', '-'")
        self.name = name
        self.directory = sessions_directory() / name
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.directory.chmod(0o700)
            self._lock = _take(self.directory)
        except OSError as error:
            raise SessionError(
                f"cannot keep a session in {self.directory}: {error.strerror}; "
                "HMS_HOME names another place"
            ) from error
        if self._lock is None:
            raise SessionError(
                f"session {name!r} is held by a live supervisor; "
                f"attach to it with hms_kernel.attach({name!r}), or choose another name"
            )
        try:
            last = last_connection(name)
            self.last_epoch = last.epoch if last else 0
            self.store_url = self._find_store(store, last)
            self.sockets = self._find_sockets(last)
            for leftover in (AGENTS, CLIENTS):
                # Ours alone, as we hold the lock, whatever children of a dead kernel hold.
                (self.sockets / leftover).unlink(missing_ok=True)
            processes.keep_from_children(self._lock, self.sockets)
        except BaseException:
            self.leave()
            raise

    def _find_store(self, store: str | None, last: Connection | None) -> str:
        chosen = full_url(store) if store else None
        if last is None or chosen == last.store or not exists(last.store):
            return chosen or full_url(str(self.directory / "store.sqlite"))
        if chosen is not None:
            raise UsageError(
                f"session {self.name!r} keeps its story in {store_name(last.store)}; "
                "open it without naming a store, or choose another session"
            )
        return last.store

    def _find_sockets(self, last: Connection | None) -> Path:
        # Socket paths have a hard limit that a deep home directory exceeds.
        if len(os.fsencode(self.directory)) <= LONGEST_SOCKET_PATH - len("/zygote.sock"):
            return self.directory
        if last is not None:
            before = Path(last.agents.removeprefix("ipc://")).parent
            if _is_private(before):
                return before
        return Path(tempfile.mkdtemp(prefix="hms-"))

    @property
    def agents_address(self) -> str:
        """Where agents connect."""
        return f"ipc://{self.sockets / AGENTS}"

    @property
    def clients_address(self) -> str:
        """Where clients connect."""
        return f"ipc://{self.sockets / CLIENTS}"

    def publish(self, epoch: int, owner: int | None = None, *, apart: bool = False) -> None:
        """Write the connection file, readable by this user only; ``owner`` defaults to this process."""
        connection = Connection(
            session=self.name,
            epoch=epoch,
            pid=os.getpid(),
            owner=owner or os.getpid(),
            clients=self.clients_address,
            agents=self.agents_address,
            store=self.store_url,
            apart=apart,
        )
        file = self.directory / "connection.json"
        draft = file.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(msgspec.json.encode(connection))
        draft.replace(file)

    def leave(self) -> None:
        """Let go of the lock; sockets and store stay for whoever takes the session over. Idempotent."""
        if self._lock is not None:
            processes.share_with_children(self._lock)
            os.close(self._lock)
            self._lock = None

    def close(self) -> None:
        """Let go of the lock and of the sockets; the store stays. Idempotent."""
        if self._lock is not None:
            for leftover in (AGENTS, CLIENTS):
                (self.sockets / leftover).unlink(missing_ok=True)
            if self.sockets != self.directory:
                shutil.rmtree(self.sockets, ignore_errors=True)
        self.leave()


def sessions_directory() -> Path:
    """Where sessions live: ``sessions`` in ``HMS_HOME``, else in the user's state directory."""
    return config.home() / "sessions"


def connection(name: str | None = None) -> Connection:
    """How to reach a live session: ``name``, else ``HMS_SESSION``, else the newest live one.

    Raises:
        SessionError: there is none.
    """
    name = name or os.environ.get("HMS_SESSION") or None
    known = [name] if name else _newest_first()
    for candidate in known:
        directory = sessions_directory() / candidate
        if not (directory / "connection.json").is_file():
            continue
        if not is_live(candidate):
            continue
        found = last_connection(candidate)
        if found is not None and (name or not found.apart):
            return found
    raise SessionError(
        f"no live session {name!r}; `hms sessions` lists those there are"
        if name
        else "no live session; hms_kernel.Workbench() opens one"
    )


def last_connection(name: str) -> Connection | None:
    """The connection file of a session, live or ended; None when it has none."""
    try:
        text = (sessions_directory() / name / "connection.json").read_bytes()
        return msgspec.json.decode(text, type=Connection)
    except (OSError, msgspec.MsgspecError):
        return None


def published_ns(name: str) -> int:
    """When the last supervisor of a session published how to reach it, ns; 0 if none ever did."""
    try:
        return (sessions_directory() / name / "connection.json").stat().st_mtime_ns
    except OSError:
        return 0


def names() -> list[str]:
    """All sessions this user has had, the newest first."""
    return _newest_first()


def is_live(name: str) -> bool:
    """Whether a supervisor holds the session now."""
    directory = sessions_directory() / name
    if not directory.is_dir():
        return False
    # A shared lock, so that two who look do not take each other for a supervisor.
    lock = _lock(directory, fcntl.LOCK_SH)
    if lock is not None:
        os.close(lock)
    return lock is None


class State(enum.StrEnum):
    """What has become of a session."""

    LIVE = "live"  # a supervisor holds it
    INTERRUPTED = "interrupted"  # none does, but it was not closed: it can be taken over
    ENDED = "ended"  # closed, and it can be opened again


def state(name: str) -> State:
    """What has become of a session; one whose store cannot be read counts as interrupted."""
    if is_live(name):
        return State.LIVE
    last = last_connection(name)
    if last is None or not exists(last.store):
        return State.ENDED
    try:
        store = Store(last.store, read_only=True)
        try:
            facts = store.facts(name, store.last(name)[1] - 1)
        finally:
            store.close()
    except HmsError:
        return State.INTERRUPTED
    ended = not facts or isinstance(facts[-1].kind, SessionClosed)
    return State.ENDED if ended else State.INTERRUPTED


def forget(name: str) -> None:
    """Delete the directory of a session that has ended, its store included if it is in there.

    Raises:
        UsageError: there is no such session.
        SessionError: it has not ended.
    """
    directory = sessions_directory() / name
    if not _NAME.fullmatch(name) or not directory.is_dir():
        raise UsageError(f"no session {name!r}; `hms sessions` lists those there are")
    if (found := state(name)) is not State.ENDED:
        raise SessionError(f"session {name!r} is {found}; end it with `hms stop {name}`")
    shutil.rmtree(directory)


def discard(name: str) -> None:
    """Delete all files of a session whose processes were killed, the sockets of its last supervisor too."""
    directory = sessions_directory() / name
    if (last := last_connection(name)) is not None:
        sockets = Path(last.agents.removeprefix("ipc://")).parent
        if sockets != directory and _is_private(sockets):
            shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def _newest_first() -> list[str]:
    directory = sessions_directory()
    if not directory.is_dir():
        return []

    def age(path: Path) -> float:
        file = path / "connection.json"
        return file.stat().st_mtime if file.is_file() else 0.0

    return [p.name for p in sorted(directory.iterdir(), key=age, reverse=True) if p.is_dir()]


def _take(directory: Path) -> int | None:
    """The lock of a session directory, to hold; None when a supervisor holds it.

    Somebody who merely looks whether it is held holds it for a moment, and a
    supervisor whose owner is gone is about to let go: both are waited for.
    """
    began_s = time.monotonic()
    while (lock := _lock(directory, fcntl.LOCK_EX)) is None:
        waited_s = time.monotonic() - began_s
        if waited_s > (LOOK_S if _is_owned(directory.name) else LETTING_GO_S):
            return None
        time.sleep(0.01)
    return lock


def _is_owned(name: str) -> bool:
    """Whether the process that a session's supervisor belongs to is there."""
    last = last_connection(name)
    return last is None or not last.owner or psutil.pid_exists(last.owner)


def _lock(directory: Path, kind: int) -> int | None:
    """Lock a session directory, exclusively or shared; the descriptor that holds it, or None."""
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _is_private(directory: Path) -> bool:
    try:
        found = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
