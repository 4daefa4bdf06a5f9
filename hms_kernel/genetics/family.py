"""Which claims are of one kind: those whose text is made of the same things. Parses and proves nothing.

A family is a sort of numbers and the constructs that call for a way of their own: sums,
products, cases. Names, numbers and sizes do not count, so a score with 8 sectors and one
with 12 are of one family. It says what a strategy was searched for, and no more than that:
a strategy that is in force for a family can fail on any claim of it, never mislead.
"""

from __future__ import annotations

import re

from hms_kernel.model import Goal

SORTS = ("ℝ", "ℚ", "ℤ", "ℕ", "Float", "Bool")
# What is looked for in the text, and how it is named.
CONSTRUCTS: tuple[tuple[str, str], ...] = (
    (r"\bFin\b", "Fin"),
    (r"\bList\b|\bSet\b|\bFinset\b(?!\.(?:sum|prod|range))", "sets and lists"),
    (r"∑|\bFinset\.sum\b", "∑"),
    (r"∏|\bFinset\.prod\b", "∏"),
    (r"\*", "*"),
    (r"\^", "^"),
    (r"/\s*[^\d\s]", "/"),  # dividing by a number is multiplying
    (r"%|∣|\bmod\b", "%"),
    (r"\|", "|·|"),
    (r"\babs\b", "|·|"),
    (r"\bmax\b|\bmin\b|⊔|⊓", "max"),
    (r"\bif\b|\bite\b|\bmatch\b", "if"),
    (r"∃", "∃"),
    (r"→\s*[ℝℚℤℕ]\s*[,)]", "functions"),
)


def family(goal: Goal) -> str:
    """The family of a claim, such as ``ℝ with Fin, ∑, *, max``."""
    text = "\n".join((*goal.definitions, *goal.axioms, goal.statement))
    sorts = [sort for sort in SORTS if re.search(rf"(?<!\w){sort}(?!\w)", text)]
    found = dict.fromkeys(name for pattern, name in CONSTRUCTS if re.search(pattern, text))
    return " and ".join(sorts or ["propositions"]) + (f" with {', '.join(found)}" if found else "")
