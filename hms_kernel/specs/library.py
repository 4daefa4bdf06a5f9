"""Definitions that theorem files use but do not carry, supplied by name. Overrides nothing a file defines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from hms_kernel.specs.claim import words

_NAME = r"([^\W\d][\w'.]*)"
_DEFINITION = re.compile(rf"^(?:noncomputable\s+)?(?:def|abbrev|structure)\s+{_NAME}", re.MULTILINE)
_STRUCTURE = re.compile(rf"^structure\s+{_NAME}", re.MULTILINE)


@cache
def definitions() -> dict[str, str]:
    """Lean ``def`` and ``structure`` commands by the name they define, each after those it uses."""
    text = resources.files("hms_kernel.specs").joinpath("builtin/library.lean").read_text("utf-8")
    commands = (block[start:] for block in text.split("\n\n") if (start := _start(block)) >= 0)
    return {defined(command)[0]: command.strip() for command in commands}


def _start(block: str) -> int:
    match = _DEFINITION.search(block)
    return match.start() if match else -1


def defined(command: str) -> tuple[str, ...]:
    """The names that a text of Lean commands defines."""
    return tuple(_DEFINITION.findall(command))


def structures(command: str) -> tuple[str, ...]:
    """The types among them."""
    return tuple(_STRUCTURE.findall(command))


def supply(texts: Iterable[str], *, bound: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The definitions that texts use, in order, and a note on each.

    Args:
        texts: Lean propositions, and types of variables.
        bound: names that already mean something: variables, carried definitions.
    """
    used = set().union(*(words(text) for text in texts)) - bound
    for name, command in reversed(definitions().items()):
        if name in used:
            used |= words(command) - bound
    chosen = [name for name in definitions() if name in used]
    return (
        tuple(definitions()[name] for name in chosen),
        tuple(f"definition supplied from the built-in library: {_short(name)}" for name in chosen),
    )


def _short(name: str) -> str:
    command = definitions()[name]
    sign = "where" if structures(command) else ":="
    _, _, body = command.partition(sign)
    lines = (" ".join(line.split()) for line in body.strip().splitlines())
    return f"{name} {sign} {('; ' if structures(command) else ' ').join(lines)}"
