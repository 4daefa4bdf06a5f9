"""Definitions that theorem files use but do not carry, supplied by name. Overrides nothing a file defines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from hms_kernel.specs.claim import words

_DEFINITION = re.compile(r"^(?:noncomputable\s+)?(?:def|abbrev)\s+([^\W\d][\w'.]*)", re.MULTILINE)


@cache
def definitions() -> dict[str, str]:
    """Lean ``def`` commands by the name they define."""
    text = resources.files("hms_kernel.specs").joinpath("builtin/library.lean").read_text("utf-8")
    commands = (block[start:] for block in text.split("\n\n") if (start := _start(block)) >= 0)
    return {defined(command)[0]: command.strip() for command in commands}


def _start(block: str) -> int:
    match = _DEFINITION.search(block)
    return match.start() if match else -1


def defined(command: str) -> tuple[str, ...]:
    """The names that a text of Lean ``def`` commands defines."""
    return tuple(_DEFINITION.findall(command))


def supply(texts: Iterable[str], *, bound: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The definitions that texts use, in order, and a note on each.

    Args:
        texts: Lean propositions.
        bound: names that already mean something: variables, carried definitions.
    """
    used = set().union(*(words(text) for text in texts)) - bound
    chosen = [name for name in definitions() if name in used]
    return (
        tuple(definitions()[name] for name in chosen),
        tuple(f"definition supplied from the built-in library: {_short(name)}" for name in chosen),
    )


def _short(name: str) -> str:
    _, _, body = definitions()[name].partition(":=")
    return f"{name} := {' '.join(body.split())}"
