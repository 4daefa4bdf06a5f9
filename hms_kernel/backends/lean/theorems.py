"""The text of a Lean theorem, cut at its outermost signs; what its submitter allows. Understands no terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hms_kernel.errors import UnsupportedStatement
from hms_kernel.model import Goal

IDENTIFIER = re.compile(r"[^\W\d][\w'!?₀-₉]*(\.[^\W\d][\w'!?₀-₉]*)*")
_HEAD = re.compile(r"\s*(?:(?:theorem|lemma)\s+[^\s:({\[⦃]+|example\b)")
_OPENING, _CLOSING = "([{⟨⦃", ")]}⟩⦄"


@dataclass(frozen=True)
class Theorem:
    """``theorem t binders : conclusion := proof``; a mere proposition has neither binders nor proof."""

    binders: str
    conclusion: str
    proof: str = ""

    @property
    def statement(self) -> str:
        """What it states, closed."""
        return f"∀ {self.binders},\n{self.conclusion}" if self.binders else self.conclusion

    @property
    def term(self) -> str:
        """The proof of ``statement``: what stands left of the colon is in scope."""
        return f"fun {self.binders} =>\n{self.proof}" if self.binders else self.proof


def cut(text: str) -> Theorem:
    """The parts of a theorem, or of a proposition.

    Raises:
        UnsupportedStatement: the text cannot be cut with certainty.
    """
    head = _HEAD.match(text)
    stated, *proof = pieces(text[head.end() :] if head else text, ":=")
    # Cutting a text apart is safe only where no sign can mean something else.
    if any(sign in stated for sign in ("--", "/-", '"')):
        raise UnsupportedStatement("comments or strings in the statement of a theorem")
    if head is None:
        if proof:
            raise UnsupportedStatement("a := in a proposition")
        return Theorem("", stated.strip())
    binders, conclusion = parted(stated)
    return Theorem(binders, conclusion, ":=".join(proof).strip())


def parted(text: str) -> tuple[str, str]:
    """Binders and conclusion of what follows a theorem's name.

    Raises:
        UnsupportedStatement: there is no colon between them.
    """
    binders, *conclusion = pieces(text, ":")
    if not conclusion:
        raise UnsupportedStatement("a theorem without a type")
    return binders.strip(), ":".join(conclusion).strip()


def pieces(text: str, sign: str) -> list[str]:
    """The text between the places where ``sign`` stands outside brackets."""
    depth, begins, found = 0, 0, []
    for at, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and at >= begins and text.startswith(sign, at):
            found.append(text[begins:at])
            begins = at + len(sign)
    return [*found, text[begins:]]


def allowed(goal: Goal) -> tuple[str, ...]:
    """The axioms that the submitter allows by name; the others are hypotheses."""
    return tuple(text.strip() for text in goal.axioms if IDENTIFIER.fullmatch(text.strip()))
