"""Settings from the environment, read in one place. Validates, stores nothing.

HMS_HOME      directory for sessions and the cache of verdicts (default: the user's state directory, under "hms")
HMS_SESSION   session that clients speak to (default: the newest live one)
HMS_QUEUE     tasks that may wait for an agent before no more are accepted (default: 20000)
"""

from __future__ import annotations

import os
from pathlib import Path

from hms_kernel.errors import UsageError


def home() -> Path:
    """The directory under which sessions and their stores live; not created here.

    Source:
        XDG Base Directory Specification 0.8 (``XDG_STATE_HOME``).
    """
    if chosen := os.environ.get("HMS_HOME"):
        return Path(chosen).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser().absolute() / "hms"


def cores() -> int:
    """How many processors this process may use, at least 1."""
    return max(
        1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def queue() -> int:
    """How many tasks may wait for an agent before no more are accepted.

    Raises:
        UsageError: ``HMS_QUEUE`` is no positive number.
    """
    chosen = os.environ.get("HMS_QUEUE", "20000")
    if not chosen.isdecimal() or int(chosen) < 1:
        raise UsageError(f"HMS_QUEUE is {chosen!r}; it must be a number of tasks, at least 1")
    return int(chosen)
