"""A session: a name and a private directory with lock, connection file, sockets and store. Starts nothing.

The lock says whether a supervisor is alive; the connection file says how to
reach it. Both follow Jupyter's custom: a file only the user may read.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import tempfile
import time
from pathlib import Path

import msgspec

from hms_kernel import config
from hms_kernel.errors import SessionError, UsageError
from hms_kernel.store import full_url

LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107 with the longest of our socket names
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a live supervisor; the content of ``connection.json``."""

    session: str
    epoch: int
    pid: int
    clients: str  # ZeroMQ address
    agents: str  # ZeroMQ address
    store: str  # database URL


class Session:
    """The directory of one session, held by at most one supervisor at a time.

    Args:
        name: letters, digits, ``. _ -``; None invents a fresh one.
        store: database URL; None keeps an SQLite file in the directory.

    Raises:
        UsageError: the name cannot be a directory name.
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
            self._lock = _lock(self.directory)
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
        self.store_url = full_url(store or str(self.directory / "store.sqlite"))
        # Socket paths have a hard limit that a deep home directory exceeds.
        short = len(os.fsencode(self.directory)) <= LONGEST_SOCKET_PATH - len("/zygote.sock")
        self._sockets_elsewhere = None if short else Path(tempfile.mkdtemp(prefix="hms-"))
        self.sockets = self._sockets_elsewhere or self.directory

    @property
    def agents_address(self) -> str:
        """Where agents connect."""
        return f"ipc://{self.sockets / 'agents.ipc'}"

    @property
    def clients_address(self) -> str:
        """Where clients connect."""
        return f"ipc://{self.sockets / 'clients.ipc'}"

    def publish(self, epoch: int) -> None:
        """Write the connection file, readable by this user only."""
        connection = Connection(
            session=self.name,
            epoch=epoch,
            pid=os.getpid(),
            clients=self.clients_address,
            agents=self.agents_address,
            store=self.store_url,
        )
        file = self.directory / "connection.json"
        draft = file.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(msgspec.json.encode(connection))
        draft.replace(file)

    def close(self) -> None:
        """Let go of the lock and of the sockets; the store stays. Idempotent."""
        if self._lock is None:
            return
        if self._sockets_elsewhere:
            shutil.rmtree(self._sockets_elsewhere, ignore_errors=True)
        os.close(self._lock)
        self._lock = None


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
        if (lock := _lock(directory)) is not None:
            os.close(lock)  # nobody held it: the supervisor is gone
            continue
        found = last_connection(candidate)
        if found is not None:
            return found
    raise SessionError(
        f"no live session {name!r}; `hms status` lists those there are"
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


def names() -> list[str]:
    """All sessions this user has had, the newest first."""
    return _newest_first()


def is_live(name: str) -> bool:
    """Whether a supervisor holds the session now."""
    directory = sessions_directory() / name
    if not directory.is_dir():
        return False
    lock = _lock(directory)
    if lock is not None:
        os.close(lock)
    return lock is None


def _newest_first() -> list[str]:
    directory = sessions_directory()
    if not directory.is_dir():
        return []

    def age(path: Path) -> float:
        file = path / "connection.json"
        return file.stat().st_mtime if file.is_file() else 0.0

    return [p.name for p in sorted(directory.iterdir(), key=age, reverse=True) if p.is_dir()]


def _lock(directory: Path) -> int | None:
    """Take the lock of a session directory; the descriptor that holds it, or None."""
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
