"""The vocabulary of the verified core, as a model is shown it: what its sources state, without the proofs.

For the prompt only: nothing here is believed, and what it leaves out can be used all the same.
Left out is what stands in for Lean's own library, which models know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_CHARACTERS = (
    36_000  # about 13,000 tokens: a prover's context holds 32,768, the answer included
)
PLUMBING = re.compile(r"^(?:@\[.*\]\s*)?(?:unsafe axiom|opaque)\s", re.MULTILINE)
COMMENT = re.compile(r"/-.*?-/\s*|--[^\n]*", re.DOTALL)
COMMAND = re.compile(r"^(?=\S)", re.MULTILINE)
ATTRIBUTES = re.compile(r"@\[[^\]]*\]\s*")
STATED = re.compile(r"(?:(?:noncomputable|protected)\s+)?(?:theorem|def|abbrev)\s")
WHOLE = re.compile(r"(?:class|structure|variable|universe|namespace|section|end)\b")
SECTION = re.compile(
    r"((?:section|namespace)\b[^\n]*)\n(?:(?:universe|variable)[^\n]*\n)*end\b[^\n]*\n"
)


def outline(sources: Iterable[str]) -> str:
    """What the sources declare: theorems and definitions up to their ``:=``, classes whole.

    Args:
        sources: Lean text, the most general first; where together they are too long, the last give way.
    """
    text = ""
    for source in sources:
        if not PLUMBING.search(source):
            text += _outlined(source)
    if len(text) > MOST_CHARACTERS:
        text = text[: text.rindex("\n", 0, MOST_CHARACTERS)]
    return text.strip()


def _outlined(source: str) -> str:
    lines = []
    for found in COMMAND.split(COMMENT.sub("", source)):
        command = ATTRIBUTES.sub("", found, count=1)
        if STATED.match(command):
            lines.append(_stated(command))
        elif WHOLE.match(command):
            lines.append(command.rstrip())
    text = "".join(f"{line}\n" for line in lines)
    while (shorter := SECTION.sub("", text)) != text:
        text = shorter
    return text


def _stated(command: str) -> str:
    """Up to the ``:=`` outside brackets, or to the first case."""
    depth = 0
    for at, letter in enumerate(command):
        depth += (letter in "([{⟨⦃") - (letter in ")]}⟩⦄")
        if depth == 0 and (command.startswith(":=", at) or command.startswith("\n  |", at)):
            return command[:at].rstrip()
    return command.rstrip()
