"""The one SQLite file of a user's searches: where it lies, and how it is opened. Knows none of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hms_kernel import config
from hms_kernel.errors import StoreError

PATIENCE_S = 30.0  # for other processes that are writing


def default_file() -> Path:
    """Where a user's archive lies."""
    return config.home() / "archive.sqlite"


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
