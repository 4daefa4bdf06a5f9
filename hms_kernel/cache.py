"""Verdicts remembered across sessions, under the user's home. Decides neither what is asked nor what is kept.

A cache may be lost, locked or broken at any time: then there is nothing in it, and the
question is settled again. Nobody's answer depends on it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from hms_kernel.model import Verdict

MOST = 100_000  # verdicts that are kept, a few kilobytes each; the oldest go first
PATIENCE_S = 2.0  # for another process that is writing

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Verdict).decode


class Cache:
    """Key to verdict, in one SQLite file that any number of processes share.

    Args:
        file: made when first written to, with its directory.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, key: str) -> Verdict | None:
        """The verdict kept under ``key``; None without one, or if it cannot be read."""
        if not self._file.is_file():
            return None
        try:
            with self._open() as connection:
                row = connection.execute(
                    "SELECT verdict FROM verdicts WHERE key = ?", (key,)
                ).fetchone()
                return _decode(row[0]) if row else None
        except (sqlite3.Error, OSError, msgspec.MsgspecError):
            return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict, if that is possible."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._open() as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS verdicts"
                    " (number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, verdict BLOB NOT NULL)"
                )
                connection.execute(
                    "INSERT OR REPLACE INTO verdicts (key, verdict) VALUES (?, ?)",
                    (key, _encode(verdict)),
                )
                connection.execute(
                    "DELETE FROM verdicts WHERE number <= (SELECT max(number) FROM verdicts) - ?",
                    (MOST,),
                )
        except sqlite3.OperationalError:
            return  # busy, or the disk is full
        except sqlite3.DatabaseError:
            # Not a database any more; a new one is worth more than what was in it.
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        except OSError:
            return

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Opened for each use: workers are forked and killed, and a connection survives neither.
        with closing(sqlite3.connect(self._file, timeout=PATIENCE_S)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection
