"""A proof of False as named steps in order, of which only those that are used get written. Proves nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD = re.compile(r"[\w']+")


@dataclass(frozen=True)
class _Step:
    name: str  # of the proof; what opens a scope has none
    text: str
    opens: bool


class Script:
    """Steps, each in the scope of those before it; ends with a proof of False from them."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []

    def have(self, name: str, proposition: str, proof: str) -> None:
        """A named fact."""
        self._steps.append(_Step(name, f"have {name} : {proposition} := {proof}", False))

    def obtain(self, exists: str, variable: str, sort: str, name: str, says: str) -> None:
        """A witness of an existential proof, and what holds of it."""
        opening = f"Exists.elim {exists} (fun ({variable} : {sort}) ({name} : {says}) =>"
        self._steps.append(_Step("", opening, True))

    def close(self, contradiction: str) -> str:
        """The whole, a term that proves False."""
        used = set(WORD.findall(contradiction))
        lines, closing = [contradiction], ""
        for step in reversed(self._steps):
            if step.opens or step.name in used:
                used.update(WORD.findall(step.text))
                lines.append(step.text if step.opens else f"{step.text};")
                closing += ")" if step.opens else ""
        return "\n".join(reversed(lines)) + closing
