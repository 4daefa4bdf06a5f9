"""Settings from the environment, read in one place. Validates, stores nothing.

HMS_HOME      directory for sessions and the cache of verdicts (default: the user's state directory, under "hms")
HMS_SESSION   session that clients speak to (default: the newest live one)
HMS_LEAN      an installed Lean: an executable or a Lake project (default: ``lean`` on PATH)
"""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The directory under which sessions and their stores live; not created here.

    Source:
        XDG Base Directory Specification 0.8 (``XDG_STATE_HOME``).
    """
    if chosen := os.environ.get("HMS_HOME"):
        return Path(chosen).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser().absolute() / "hms"


def lean() -> str:
    """An installed Lean as chosen by the user: an executable or a Lake project; empty for the usual one."""
    return os.environ.get("HMS_LEAN", "")


def cores() -> int:
    """How many processors this process may use, at least 1."""
    return max(
        1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
