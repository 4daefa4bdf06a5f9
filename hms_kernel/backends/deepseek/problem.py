"""A goal in the Lean of the runtime that will check it: what a model is shown, what the kernel is asked.

The statement that the kernel is asked comes from the submitter's text alone and is to be trusted.
What the model is shown need not be: where it says something else, proofs of it are not accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hms_kernel.backends.deepseek.outline import outline
from hms_kernel.backends.deepseek.reading import Candidate
from hms_kernel.backends.lean import statements
from hms_kernel.backends.lean.runtime import Submission
from hms_kernel.backends.lean.theorems import allowed, cut, parted
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.model import Goal
from hms_kernel.statements import show
from hms_kernel.statements.terms import Statement, first_float

# As in the training data of DeepSeek-Prover-V2 and in miniF2F.
OPENED = "open BigOperators Real Nat Topology Rat"
MATHLIB = f"""import Mathlib
import Aesop

set_option maxHeartbeats 0

{OPENED}"""
# The language of the kernel from pip. Models take Mathlib for granted unless told otherwise.
CORE = """prelude
import {imports}

/- There is no Mathlib and no automation: no simp, ring, norm_num, linarith, nlinarith, positivity,
omega or aesop. Tactics there are: intro, exact, apply, refine, have, show, change, rw, calc, rfl,
constructor, left, right, exists, cases, rcases, obtain, rintro, induction, by_cases, exfalso,
contradiction, assumption, subst, congr, unfold, decide, generalize, specialize, suffices.
This is the library, without its proofs:

{outline}
-/"""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Problem:
    """One theorem without its proof."""

    statement: str  # closed, for the kernel
    name: str  # what the model reads; the kernel has a name of its own for it
    binders: str  # "(x : ℝ) (h : 0 < x)": what the proof may refer to
    conclusion: str
    header: str  # Lean before the theorem, for the model only
    assumes: bool = True  # whether there are hypotheses, as far as is known
    opened: str = ""  # namespaces that the model may take as open: "open Nat Real"
    informal: str = ""
    definitions: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The theorem up to its ``:=``."""
        return " ".join(filter(None, ("theorem", self.name, self.binders, ":", self.conclusion)))

    def submission(self, candidate: Candidate) -> Submission:
        """What the kernel is asked: whether this, which may use the binders, proves the statement."""
        proof, lemmas = candidate.proof, candidate.lemmas
        if self.opened:
            # For the model's own text only: the statement means what it meant without.
            proof = f"{self.opened} in {proof}"
            lemmas = lemmas and f"section\n{self.opened}\n{lemmas}\nend"
        return Submission(
            statement=self.statement,
            proof=f"fun {self.binders} => {proof}" if self.binders else proof,
            definitions=self.definitions,
            axioms=self.axioms,
            lemmas=lemmas,
        )


def for_mathlib(goal: Goal, statement: Statement) -> Problem:
    """A statement of the fragment, for a Lean with Mathlib.

    Raises:
        UnsupportedStatement: it is about machine numbers.
    """
    if first_float(statement) is not None:
        raise UnsupportedStatement("machine numbers, of which a Lean kernel knows nothing")
    printed = show(replace(labelled(statement), name="claim"))
    binders, conclusion = parted(
        printed.removeprefix("theorem claim ").removesuffix(" := by sorry")
    )
    problem = _mathlib(goal, show(replace(statement, name="")), binders, conclusion)
    return replace(problem, assumes=bool(statement.hypotheses))


def for_core(goal: Goal, statement: Statement, modules: Mapping[str, Path]) -> Problem:
    """A statement of the fragment, for the kernel from pip and the verified core.

    Args:
        goal: where the statement is from.
        statement: exact.
        modules: sources of the core by name, in the order of their imports.

    Raises:
        UnsupportedStatement: the core cannot say it.
    """
    exact = labelled(statement)
    binders = [
        *statements.opened(exact),
        *(f"({v.name} : {statements.sort_text(v.sort)})" for v in exact.variables),
        *(f"({h.name} : {statements.lean(h.prop)})" for h in exact.hypotheses),
    ]
    return Problem(
        statement=statements.proposition(statement),
        name=identifier(goal.theorem_id),
        binders=" ".join(binders),
        conclusion=statements.lean(exact.conclusion),
        header=CORE.format(
            imports="\nimport ".join(modules),
            outline=outline(path.read_text(encoding="utf-8") for path in modules.values()),
        ),
        assumes=bool(statement.hypotheses),
        informal=goal.theorem_id,
        axioms=allowed(goal),
    )


def as_written(goal: Goal) -> Problem:
    """A theorem outside the fragment, for a Lean with Mathlib: its own text, whatever it means there.

    Raises:
        UnsupportedStatement: it is not one theorem or proposition that can be used as it stands.
    """
    if goal.decimals != "Float":
        raise UnsupportedStatement(f"text whose decimals are to be read as {goal.decimals}")
    theorem = cut(goal.statement.strip())
    if any(sign in theorem.proof for sign in ("--", "/-", '"', ":=")):
        raise UnsupportedStatement("more than a short proof in a theorem outside the fragment")
    binders, conclusion = theorem.binders, theorem.conclusion
    hypotheses = [text for text in goal.axioms if text.strip() not in allowed(goal)]
    taken = f"{binders} {conclusion} {' '.join(hypotheses)}"
    names = _fresh(len(hypotheses), set(re.findall(r"[\w']+", taken)))
    more = (f"({name} : {text})" for name, text in zip(names, hypotheses, strict=True))
    binders = " ".join(filter(None, (binders, *more)))
    closed = f"∀ {binders}, {conclusion}" if binders else conclusion
    return replace(_mathlib(goal, closed, binders, conclusion), definitions=goal.definitions)


def labelled(statement: Statement) -> Statement:
    """The same with a name for every hypothesis, as a proof needs."""
    taken = {v.name for v in statement.variables} | {h.name for h in statement.hypotheses}
    names = iter(_fresh(len(statement.hypotheses), taken))
    named = tuple(h if h.name else replace(h, name=next(names)) for h in statement.hypotheses)
    return replace(statement, hypotheses=named)


def identifier(theorem_id: str) -> str:
    """A name that Lean reads as one word, as close to the given one as may be."""
    word = re.sub(r"\W+", "_", theorem_id, flags=re.ASCII).strip("_")
    return word if word[:1].isalpha() else f"claim_{word}".rstrip("_")


def _mathlib(goal: Goal, statement: str, binders: str, conclusion: str) -> Problem:
    return Problem(
        statement=statement,
        name=identifier(goal.theorem_id),
        binders=binders,
        conclusion=conclusion,
        header=MATHLIB,
        opened=OPENED,
        informal=goal.theorem_id,
        axioms=allowed(goal),
    )


def _fresh(count: int, taken: set[str]) -> Sequence[str]:
    """``h₀``, ``h₁``, … without those that are taken."""
    candidates = (f"h{number}".translate(SUBSCRIPTS) for number in range(count + len(taken)))
    return [name for name in candidates if name not in taken][:count]
