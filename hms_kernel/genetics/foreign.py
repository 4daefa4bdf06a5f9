"""Goals that nobody here wrote: a file of Lean statements, its claims taken at its word. Settles nothing.

A file like the validation split of miniF2F says of each line that it is a theorem. That is a
claim of the file's: a strategy may refute it, with numbers that are replayed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from hms_kernel.backends.smt import understood
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Goal


class _Line(msgspec.Struct, frozen=True):
    theorem_id: str
    lean_expr: str


def foreign(file: Path, most: int) -> tuple[Goal, ...]:
    """The goals of a JSON Lines file with ``theorem_id`` and ``lean_expr`` that can be read, or ``most`` of them.

    Which ones is decided by a hash of their names, so by nobody.

    Raises:
        UsageError: the file cannot be read, or has no such goals.
    """
    try:
        text = file.read_text()
        lines = [msgspec.json.decode(line, type=_Line) for line in text.splitlines() if line]
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise UsageError(f"{file}: no JSON lines with theorem_id and lean_expr: {error}") from error
    goals = [Goal(theorem_id=line.theorem_id, statement=line.lean_expr) for line in lines]
    chosen = sorted(filter(_readable, goals), key=_digest)[:most]
    if not chosen:
        raise UsageError(
            f"{file}: none of its statements is in the fragment of the embedded prover"
        )
    return tuple(chosen)


def _readable(goal: Goal) -> bool:
    try:
        understood(goal)
    except StatementError:
        return False
    return True


def _digest(goal: Goal) -> str:
    return hashlib.sha256(goal.theorem_id.encode()).hexdigest()
