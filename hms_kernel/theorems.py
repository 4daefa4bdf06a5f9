"""Files of theorems for ``hms prove``: ``.lean`` and ``.jsonl`` to goals, in order. Proves nothing.

A broken entry becomes an ``invalid`` verdict in its place; only a file that cannot
be read at all is an error. Of two theorems with one name, the second is called ``name#2``,
so that every verdict can be told, and saved, by its name.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import msgspec
from msgspec.structs import replace

from hms_kernel import statements
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Goal, Outcome, Verdict
from hms_kernel.specs.claim import distinct

LARGEST_FILE_BYTES = 64 << 20


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One theorem of a file: a goal, or the verdict that says why it is none."""

    theorem_id: str
    goal: Goal | None = None
    settled: Verdict | None = None


class _Line(msgspec.Struct, frozen=True):
    """One line of a ``.jsonl`` file; other keys are ignored."""

    theorem_id: str
    lean_expr: str
    axioms: list[str] = []


def read(path: Path) -> list[Entry]:
    """The theorems of a file.

    Raises:
        UsageError: the file cannot be read, is neither ``.lean`` nor ``.jsonl``, or holds no theorem.
    """
    readers = {".lean": _from_lean, ".jsonl": _from_json_lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError(
            f"{path} is neither a .lean nor a .jsonl file; for a specification try hms verify"
        )
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UsageError(f"{path} is larger than {LARGEST_FILE_BYTES >> 20} MiB; split it")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if b"\0" in content:
        raise UsageError(f"{path} is a binary file, or not UTF-8")
    entries = reader(content.removeprefix(codecs.BOM_UTF8), path)
    if not entries:
        raise UsageError(f"{path} holds no theorem")
    names = distinct([entry.theorem_id for entry in entries])
    return [_renamed(entry, name) for entry, name in zip(entries, names, strict=True)]


def _renamed(entry: Entry, name: str) -> Entry:
    if name == entry.theorem_id:
        return entry
    goal = entry.goal and replace(entry.goal, theorem_id=name)
    return replace(entry, theorem_id=name, goal=goal)


def _from_lean(content: bytes, path: Path) -> list[Entry]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error}") from error
    try:
        found = statements.read_file(text)
    except StatementError as error:
        raise UsageError(f"{path}: {error}") from error
    return [
        Entry(theorem_id=entry.name, goal=Goal(theorem_id=entry.name, statement=entry.text))
        for entry in found
    ]


def _from_json_lines(content: bytes, path: Path) -> list[Entry]:
    lines = content.splitlines()
    return [
        _from_json_line(line, number)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.isspace()
    ]


def _from_json_line(line: bytes, number: int) -> Entry:
    try:
        found = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = f"line {number} is not a theorem entry: {error}"
        verdict = Verdict(outcome=Outcome.INVALID, reason=reason)
        return Entry(theorem_id=_named(line) or f"line-{number}", settled=verdict)
    goal = Goal(
        theorem_id=found.theorem_id,
        statement=found.lean_expr,
        axioms=tuple(found.axioms),
    )
    return Entry(theorem_id=found.theorem_id, goal=goal)


def _named(line: bytes) -> str | None:
    """The id of a broken entry, if that much can be read."""

    class Named(msgspec.Struct):
        theorem_id: str

    try:
        return msgspec.json.decode(line, type=Named).theorem_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
