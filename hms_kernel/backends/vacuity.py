"""Hypotheses that exclude each other: a smallest set of them, and the words for it. Asks no solver itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hms_kernel.backends.sequent import conjuncts
from hms_kernel.statements import show
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.terms import Hypothesis, Statement, Term


def minimal(
    facts: Sequence[Term], contradictory: Callable[[tuple[Term, ...]], bool]
) -> tuple[Term, ...]:
    """Facts that still contradict each other, none of which can be spared.

    Args:
        facts: contradictory.
        contradictory: whether facts are known to be; False may also mean that it was not settled.

    Source:
        Chinneck & Dravnieks (1991), Locating Minimal Infeasible Constraint Sets in Linear Programs.
    """
    needed = list(facts)
    for fact in facts:
        rest = [other for other in needed if other is not fact]
        if contradictory(tuple(rest)):
            needed = rest
    return tuple(needed)


def labelled(hypothesis: Hypothesis) -> str:
    """A hypothesis as a binder shows it, ``h : x < 0``; one without a name as its proposition."""
    text = show(plain_names(hypothesis.prop))
    return f"{hypothesis.name} : {text}" if hypothesis.name else text


def labelled_fact(statement: Statement, fact: Term) -> tuple[str, str]:
    """The hypothesis that a fact comes from, labelled; and its name, or its text without one."""
    for hypothesis in statement.hypotheses:
        if hypothesis.name and fact in (hypothesis.prop, *conjuncts(hypothesis.prop)):
            return labelled(hypothesis), hypothesis.name
    return show(fact), f"({show(fact)})"


def excluding(names: Sequence[str]) -> str:
    """``the hypotheses low, high contradict each other``."""
    if not names:
        return "a variable ranges over an empty type"
    if len(names) == 1:
        return f"the hypothesis {names[0]} contradicts itself"
    return f"the hypotheses {', '.join(names)} contradict each other"
