"""One statement over doubles: sampled, bounded, then bit-blasted. Refutes only what it replayed.

A refutation is a point where Python's floats make every hypothesis true and the claim
false. A proof is z3's "unsat" for IEEE-754 terms, or bounds that round as doubles do.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from itertools import islice, product
from typing import Any

import z3

from hms_kernel.backends import engines
from hms_kernel.backends.attempt import Conclusion
from hms_kernel.backends.floats import bounding, showing
from hms_kernel.backends.floats.points import Point
from hms_kernel.backends.floats.sampling import Sampler
from hms_kernel.backends.floats.translate import FloatTranslator, assertions, read_back
from hms_kernel.backends.grouping import grouped, worded
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.sequent import Sequent, conjuncts, fixed_sizes, shape_variables
from hms_kernel.backends.unfold import numerals
from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.model import Counterexample, Evidence, Outcome, Trust, Verdict
from hms_kernel.statements import instantiate, show
from hms_kernel.statements.terms import Logic, Statement, Var

ENGINE = "bits"  # bit-blasting, then smt
BOUNDS = "intervals"
BOUNDING = "bounds of doubles"  # who vouches for what needed no solver
SAMPLES = "sampling"

# Evaluated operations per nominal second: about what Python runs in a real one.
OPERATIONS_PER_S = 3_000_000
GLANCE_S = 0.1  # nominal seconds of sampling before z3 is asked; a fifth comes before anything
# Shares of the budget. A short slice for z3 first: what is easy need not wait for the samples.
SOLVING, SAMPLING, CHECKING = (0.08, 0.62), 0.2, 0.1
SIZES = (0, 1, 2, 3, 4, 5, 8)  # what a symbolic n is tried at
MAX_INSTANCES = 16


class FloatAttempt:
    """Settles one statement over doubles within a budget.

    Args:
        statement: as ``reading.read`` made it.
        nominal_s: nominal seconds for everything.
        meter: counts z3's units.
        report: told what is being done.
    """

    def __init__(
        self,
        statement: Statement,
        nominal_s: float,
        meter: Meter,
        report: Callable[[str], None],
    ) -> None:
        self.statement = statement
        self.nominal_s = nominal_s
        self.meter = meter
        self.report = report
        self.tried: list[str] = []
        self._said = ""  # z3, last
        self._needed: tuple[str, ...] = ()  # hypotheses that exclude each other

    def run(self) -> Conclusion:
        """Work until something settles the statement or the budget is spent."""
        try:
            shape = shape_variables(Sequent.of(self.statement))
            return self._every_size(shape) if shape else self._directly()
        except StatementError as error:
            # A part that cannot be run at all, such as integers without bounds.
            return Conclusion(Outcome.UNSUPPORTED, error.message)

    def verdict(self, conclusion: Conclusion, notes: tuple[str, ...], *, wall_s: float) -> Verdict:
        """What ``run`` concluded, dressed up.

        Args:
            conclusion: of this attempt, perhaps weakened since.
            notes: on how the goal's text came about.
            wall_s: seconds that all of it took.
        """
        trust = {Outcome.PROVED: Trust.ONE_SOLVER, Outcome.REFUTED: Trust.REPLAYED}
        bundles = self.statement.bundles
        example = conclusion.counterexample
        text = show(self.statement)
        return Verdict(
            outcome=conclusion.outcome,
            trust=trust.get(conclusion.outcome),
            reason=worded(conclusion.reason, bundles),
            counterexample=grouped(example, bundles) if example else None,
            evidence=Evidence(
                checker=BOUNDING if conclusion.stage == BOUNDS else engines.checker(),
                stage=conclusion.stage,
                units=self.meter.units,
                statement=text,
                statement_sha256=hashlib.sha256(text.encode()).hexdigest(),
                notes=(*notes, *self.statement.notes, *conclusion.notes),
                tried=tuple(self.tried),
                contradictory=self._needed,
            ),
            wall_s=wall_s,
        )

    # --- one size ------------------------------------------------------------

    def _directly(self) -> Conclusion:
        self._sampler = sampler = Sampler(self.statement)
        if sampler.empty:
            return Conclusion(Outcome.VACUOUS, "a variable ranges over an empty type")
        self._open = list(conjuncts(self.statement.conclusion))
        steps: tuple[Callable[[], Conclusion | None], ...] = (
            lambda: self._sampled(GLANCE_S / 5),
            self._bounded,
            lambda: self._sampled(GLANCE_S),
            lambda: self._solved(SOLVING[0]),
            lambda: self._sampled(SAMPLING * self.nominal_s),
            lambda: self._solved(SOLVING[1]),
        )
        for step in steps:
            settled = step()
            if settled is not None:
                return settled
        if not sampler.consistent and self._contradictory(self._hypotheses()):
            return self._vacuous()
        if self.meter.hit_wall:
            return Conclusion(Outcome.UNKNOWN, "wall clock")
        return Conclusion(
            Outcome.UNKNOWN,
            f"no counterexample among {sampler.tried} points, and no proof (z3: {self._said})",
        )

    def _sampled(self, nominal_s: float) -> Conclusion | None:
        """A counterexample among the next samples."""
        self.report(SAMPLES)
        before = self._sampler.tried
        found = self._sampler.search(round(nominal_s * OPERATIONS_PER_S))
        answer = "found" if found is not None else "nothing"
        self.tried.append(f"{SAMPLES}: {answer} in {self._sampler.tried - before} points")
        return None if found is None else self._refuted(found, SAMPLES)

    def _bounded(self) -> Conclusion | None:
        """What bounds prove."""
        self.report(BOUNDS)
        proved = bounding.proves(self.statement)
        self.tried.append(f"{BOUNDS}: {'proved' if proved else 'nothing'}")
        return self._proved(BOUNDS) if proved else None

    def _solved(self, share: float) -> Conclusion | None:
        """What z3 settles, conjunct by conjunct; why it does not is remembered."""
        self.report(ENGINE)
        allowance = Allowance(share * self.nominal_s)
        for part in tuple(self._open):
            answer, values = self._solve(
                dataclasses.replace(self.statement, conclusion=part), allowance
            )
            self.tried.append(f"{ENGINE}: {answer}, {answer.units} units")
            if answer.result == "unsat":
                self._open.remove(part)
                continue
            self._said = answer.reason or answer.result
            if answer.result == "sat":
                found = self._sampler.refuted_by(values)
                if found is not None:
                    return self._refuted(found, ENGINE)
                self._said = "its model did not survive replay"
        return None if self._open else self._proved(ENGINE)

    def _solve(self, statement: Statement, allowance: Allowance) -> tuple[engines.Answer, Point]:
        """Ask z3; its model as Python values, empty when there is none."""
        context = z3.Context()
        translator = FloatTranslator(context)
        try:
            asked = assertions(translator, statement)
        except UnsupportedStatement as error:
            return engines.Answer("unknown", 0, error.message), {}
        answer = self.meter.answer(ENGINE, context, asked, allowance)
        values = read_back(translator, answer.model) if answer.model is not None else {}
        # z3 objects must not outlive their context's use: only plain values leave.
        return dataclasses.replace(answer, model=None), values

    # --- outcomes ------------------------------------------------------------

    def _refuted(self, point: Point, stage: str) -> Conclusion:
        shows = showing.broken(self.statement.conclusion, point)
        values: dict[str, str | list[Any]] = {
            var.name: showing.written(point[var.name]) for var in self.statement.variables
        }
        return Conclusion(Outcome.REFUTED, shows, stage, Counterexample(values=values, shows=shows))

    def _proved(self, stage: str) -> Conclusion:
        notes = tuple(fixed_sizes(Sequent.of(self.statement)))
        if not self._sampler.consistent:
            self._sampler.search(round(GLANCE_S * OPERATIONS_PER_S))
        if not self._sampler.consistent:
            if self._contradictory(self._hypotheses()):
                return self._vacuous()
            if not self._sampler.consistent:
                notes += ("whether the hypotheses can hold together was not settled",)
        return Conclusion(Outcome.PROVED, stage=stage, notes=notes)

    # --- contradictions --------------------------------------------------------

    def _hypotheses(self) -> list[int]:
        return list(range(len(self.statement.hypotheses)))

    def _contradictory(self, kept: list[int]) -> bool:
        """Whether these hypotheses cannot hold together; remembers a point where all of them do."""
        given = tuple(self.statement.hypotheses[index] for index in kept)
        alone = dataclasses.replace(self.statement, hypotheses=given, conclusion=Logic("False"))
        if bounding.proves(alone):
            return True
        answer, values = self._solve(alone, Allowance(CHECKING / 4 * self.nominal_s))
        if answer.result == "sat" and len(kept) == len(self.statement.hypotheses):
            self._sampler.consistent = Sampler(alone).refuted_by(values) is not None
        return answer.result == "unsat"

    def _vacuous(self) -> Conclusion:
        needed = self._hypotheses()
        for index in tuple(needed):
            rest = [other for other in needed if other != index]
            if self._contradictory(rest):
                needed = rest
        names = [self._name(index) for index in needed]
        self._needed = tuple(names)
        if len(names) == 1:
            reason = f"the hypothesis {names[0]} contradicts itself"
        else:
            reason = f"the hypotheses {', '.join(names)} contradict each other"
        return Conclusion(Outcome.VACUOUS, reason)

    def _name(self, index: int) -> str:
        hypothesis = self.statement.hypotheses[index]
        return hypothesis.name or f"({show(hypothesis.prop)})"

    # --- every size ----------------------------------------------------------

    def _every_size(self, shape: list[Var]) -> Conclusion:
        """A symbolic n: refuted at some size, or unknown; settled where a hypothesis fixes it."""
        known = numerals(Sequent.of(self.statement))
        fixed = all(known.get(var.name, -1) >= 0 for var in shape)
        if fixed:
            sizes = [tuple(int(known[var.name]) for var in shape)]
        else:
            sizes = list(islice(product(SIZES, repeat=len(shape)), MAX_INSTANCES))
        proved: list[str] = []
        for values in sizes:
            statement = self.statement
            for var, value in zip(shape, values, strict=True):
                statement = instantiate(statement, var.name, value)
            inner = FloatAttempt(statement, self.nominal_s / len(sizes), self.meter, self.report)
            conclusion = inner.run()
            label = ", ".join(f"{v.name} = {k}" for v, k in zip(shape, values, strict=True))
            self.tried += [f"{label}: {line}" for line in inner.tried]
            if conclusion.outcome is Outcome.REFUTED:
                return _with_sizes(conclusion, shape, values)
            if fixed or conclusion.outcome is Outcome.UNSUPPORTED:
                self._needed = inner._needed
                return conclusion
            if conclusion.outcome is Outcome.PROVED:
                proved.append(label)
        if self.meter.hit_wall:
            return Conclusion(Outcome.UNKNOWN, "wall clock")
        names = ", ".join(var.name for var in shape)
        holds = f"holds for {'; '.join(proved)}, but " if proved else ""
        return Conclusion(
            Outcome.UNKNOWN, f"{holds}claims about doubles are not proved for every {names}"
        )


def _with_sizes(conclusion: Conclusion, shape: list[Var], values: tuple[int, ...]) -> Conclusion:
    example = conclusion.counterexample
    assert example is not None
    sizes: dict[str, str | list[Any]] = {
        var.name: str(value) for var, value in zip(shape, values, strict=True)
    }
    return dataclasses.replace(
        conclusion,
        counterexample=Counterexample(values={**sizes, **example.values}, shows=example.shows),
    )
