"""One statement, one strategy: prove it stage by stage, or refute it with replayed numbers. Parses nothing.

"unsat" closes a piece of the claim; "sat" is only a suggestion, and becomes a refutation
when the exact evaluator agrees.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any

from hms_kernel.backends import search
from hms_kernel.backends.asking import NONLINEAR, QUICK, Asker, Heard
from hms_kernel.backends.effort import in_vain
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.questions import Constrain, Reading, Reply
from hms_kernel.backends.replaying import Refuted, replayed
from hms_kernel.backends.sequent import Sequent, fixed_sizes, shape_variables, split
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.backends.unfold import as_written, numerals, pin, unfold
from hms_kernel.backends.vacuity import excluding, labelled_fact, minimal
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.model import Counterexample, Outcome
from hms_kernel.statements import instantiate
from hms_kernel.statements.terms import Fin, Logic, Statement, Term, Var

# How the nominal budget is divided between the three jobs of an attempt.
PROVING, SEARCHING, CHECKING = 0.8, 0.1, 0.1

SEARCH_AFTER = 1  # the slice after which small numbers are tried, counted from 0
RUNG_S = 0.02  # nominal seconds for one rung of the search for small numbers
SIZES = (0, 1, 2, 3)  # what a symbolic n is tried at
LARGER = (4, 5, 6, 7, 8, 10, 12)  # where a counterexample is looked for briefly
MAX_INSTANCES = 16


@dataclasses.dataclass(frozen=True)
class Conclusion:
    """What an attempt came to, before it is dressed up as a verdict."""

    outcome: Outcome
    reason: str = ""
    stage: str = ""
    counterexample: Counterexample | None = None
    notes: tuple[str, ...] = ()
    rests_on: tuple[Sequent, ...] = ()  # of a proof: what an engine was believed to have proved
    settled_by: tuple[Stage, ...] = ()  # the stages that proved it, piece by piece
    contradictory: tuple[str, ...] = ()  # hypotheses that exclude each other, none to spare


class Attempt:
    """Settles one statement within a share of a meter.

    Args:
        statement: fully elaborated.
        strategy: what to try.
        nominal_s: nominal seconds for everything.
        meter: counts all questions; shared by the instances of one statement.
        report: told the name of every stage.
        instances: whether a symbolic n is looked at thoroughly: larger sizes for a refutation,
            and size by size for a report where no proof for all of them is found.
    """

    def __init__(
        self,
        statement: Statement,
        strategy: Strategy,
        nominal_s: float,
        meter: Meter,
        report: Callable[[str], None],
        *,
        instances: bool = True,
    ) -> None:
        self._instances = instances
        self.statement = statement
        self.strategy = strategy
        self.nominal_s = nominal_s
        self.meter = meter
        self.report = report
        self.tried: list[str] = []
        self._sequent, self._definitions = unfold(pin(Sequent.of(statement)))
        self._searching = Allowance(SEARCHING * nominal_s)
        self._checking = Allowance(CHECKING * nominal_s)
        self._searched: set[int] = set()
        self._asker = Asker(meter)
        self._heard: list[tuple[Stage, Heard]] = []
        self._doubts: dict[str, None] = {}
        self._settled_by: dict[Stage, None] = {}
        self._rests_on: list[Sequent] = []
        self._consistent = True  # whether the hypotheses are known to hold together

    def run(self) -> Conclusion:
        """Work until something settles the statement or the budget is spent."""
        shape = shape_variables(self._sequent)
        if shape:
            return self._run_for_every_size(shape)
        return self._run_directly()

    # --- proving -------------------------------------------------------------

    def _run_directly(self) -> Conclusion:
        refuted = self._work_through(PROVING)
        if refuted is not None:
            return refuted
        vacuous = self._contradiction()
        if vacuous is not None:
            return vacuous
        if not self._open:
            return self._proved(*fixed_sizes(self._sequent))
        return self._undecided()

    def _proved(self, *notes: str) -> Conclusion:
        return Conclusion(
            Outcome.PROVED,
            stage=self._stages(),
            notes=(*notes, *self._consistency()),
            rests_on=tuple(self._rests_on),
            settled_by=tuple(self._settled_by),
        )

    def _work_through(self, share: float) -> Conclusion | None:
        """Every slice on every open piece; a conclusion only when the claim is refuted.

        Many stages end before their budget does. What is left over goes to those that ran
        out, in a second round.
        """
        self._open = list(enumerate(split(self._sequent)))
        slices = self.strategy.slices
        left_s = share * self.nominal_s
        hungry: list[Slice] = []
        for position, part in enumerate(slices):
            spent_before_s, heard_before = self.meter.nominal_s, len(self._heard)
            refuted = self._slice(part, part.share * share * self.nominal_s)
            if refuted is not None:
                return refuted
            left_s -= self.meter.nominal_s - spent_before_s
            if any(heard.starved for _, heard in self._heard[heard_before:]):
                hungry.append(part)
            if position == min(SEARCH_AFTER, len(slices) - 1):
                # False claims mostly fall to small numbers: look before working harder.
                for number, piece in self._open:
                    found = self._small_numbers(number, piece)
                    if found is not None:
                        return self._refuted(found, QUICK)
        shares = sum(part.share for part in hungry)
        for part in hungry if left_s > 0 else ():
            refuted = self._slice(part, part.share * share * self.nominal_s + left_s * part.share / shares)  # fmt: skip
            if refuted is not None:
                return refuted
        return None

    def _slice(self, part: Slice, nominal_s: float) -> Conclusion | None:
        """One stage on what is still open."""
        still_open: list[tuple[int, Sequent]] = []
        each_s = nominal_s / max(1, len(self._open))
        for number, piece in self._open:
            if self.meter.hit_wall:
                return None
            self.report(str(part.stage))
            settled = self._stage(part.stage, number, piece, Allowance(each_s))
            if isinstance(settled, Refuted):
                return self._refuted(settled, part.stage)
            if settled:
                self._settled_by[part.stage] = None
            else:
                still_open.append((number, piece))
        self._open = still_open
        return None

    def _stage(
        self, stage: Stage, number: int, piece: Sequent, allowance: Allowance
    ) -> bool | Refuted:
        """One stage on one piece: proved, refuted, or neither."""
        before = self.meter.units
        heard = self._asker.ask(stage, piece, allowance)
        found = None
        if heard.reply is not None and heard.result == "sat":
            # After transforms a model may be one of something weaker: not worth a search.
            if stage.transforms:
                found = self._first_replayed(piece, iter([heard.reply.values]))
            else:
                found = self._believe(number, piece, heard.reply)
        self._heard.append((stage, heard))
        self._rests_on += heard.rests_on
        self.tried.append(f"{stage}: {heard}, {self.meter.units - before} units")
        return heard.result == "unsat" if found is None else found

    # --- refuting ------------------------------------------------------------

    def _believe(self, number: int, piece: Sequent, reply: Reply) -> Refuted | None:
        """A counterexample out of a solver's model, readable if possible, replayed always."""
        small = self._small_numbers(number, piece)
        if small is not None:
            return small
        if any(var.name not in reply.values for var in piece.variables):
            return None  # a model of something weaker, or with functions that cannot be listed
        candidates: Iterator[dict[str, Reading]] = iter([reply.values])
        # Rounded values are expected to fail; anything else that does needs explaining.
        found = self._first_replayed(piece, candidates, doubtful=not reply.rounded)
        if found is None and reply.rounded:
            found = self._first_replayed(
                piece, search.rational_models(self._searcher(piece), reply)
            )
            if found is None:
                self._doubts[f"a model with irrational {', '.join(reply.rounded)}"] = None
        return found

    def _small_numbers(self, number: int, piece: Sequent) -> Refuted | None:
        if number in self._searched:
            return None
        self._searched.add(number)
        before = self.meter.units
        try:
            found = self._first_replayed(piece, search.small_models(self._searcher(piece)))
        except UnsupportedStatement:
            return None
        answer = "found" if found else "nothing"
        self.tried.append(f"small numbers: {answer}, {self.meter.units - before} units")
        return found

    def _searcher(self, piece: Sequent) -> search.Ask:
        def ask(constrain: Constrain) -> Reply | None:
            return self.meter.ask(
                piece, QUICK, self._searching, at_most_s=RUNG_S, constrain=constrain
            )

        return ask

    def _first_replayed(
        self, piece: Sequent, models: Iterator[dict[str, Reading]], *, doubtful: bool = False
    ) -> Refuted | None:
        """The first model that refutes; what is wrong with the others is kept when ``doubtful``."""
        for values in models:
            if all(var.name in values for var in piece.variables):
                found = replayed(self.statement, piece, values)
                if isinstance(found, Refuted):
                    return found
                if doubtful:
                    self._doubts[found] = None
        return None

    def _refuted(self, found: Refuted, stage: Stage) -> Conclusion:
        defined = as_written(Sequent.of(self.statement), self._definitions)
        return Conclusion(
            Outcome.REFUTED,
            found.shows,
            str(stage),
            Counterexample(values={**found.values, **defined}, shows=found.shows),
        )

    # --- every size ----------------------------------------------------------

    def _run_for_every_size(self, shape: list[Var]) -> Conclusion:
        """A symbolic n: look for a small counterexample, prove it without n, else report the instances."""
        known = numerals(self._sequent)
        if all(known.get(var.name, -1) >= 0 for var in shape):
            # Every other size contradicts the hypotheses.
            values = tuple(int(known[var.name]) for var in shape)
            attempt = self._instance(shape, values, 1.0)
            conclusion = attempt.run()
            self.tried.extend(attempt.tried)
            refuted = conclusion.outcome is Outcome.REFUTED
            return _with_sizes(conclusion, shape, values) if refuted else conclusion
        sizes = list(islice(product(SIZES, repeat=len(shape)), MAX_INSTANCES))
        larger = LARGER if self._instances and len(shape) == 1 else ()
        glances = [*sizes, *((size,) for size in larger)]
        for values in glances:
            attempt = self._instance(shape, values, SEARCHING / len(glances))
            quick = attempt._quickly_refuted()
            if quick is not None:
                return _with_sizes(quick, shape, values)
        broken = self._work_through(PROVING / 2)
        if broken is not None:
            return broken
        if not self._open:
            vacuous = self._contradiction()
            if vacuous is not None:
                return vacuous
            # One size at which the hypotheses hold together is enough.
            self._consistent = self._consistent or any(
                self._instance(shape, values, 1.0)._satisfiable() for values in sizes
            )
            return self._proved(f"for every {_names(shape)}")
        if not self._instances:
            return self._undecided()
        outcomes: dict[Outcome, list[str]] = {}
        for values in sizes:
            attempt = self._instance(shape, values, PROVING / 2 / len(sizes))
            conclusion = attempt.run()
            label = ", ".join(f"{v.name} = {k}" for v, k in zip(shape, values, strict=True))
            self.tried.extend(f"{label}: {line}" for line in attempt.tried)
            if conclusion.outcome is Outcome.REFUTED:
                return _with_sizes(conclusion, shape, values)
            if conclusion.outcome is Outcome.UNSUPPORTED:
                return conclusion
            outcomes.setdefault(conclusion.outcome, []).append(label)
        if self.meter.hit_wall:
            return Conclusion(Outcome.UNKNOWN, "wall clock")
        holds = _summary(outcomes, _names(shape))
        spent = in_vain(self._heard, self.meter.units)
        return Conclusion(Outcome.UNKNOWN, f"{holds} ({spent})")

    def _quickly_refuted(self) -> Conclusion | None:
        for number, piece in enumerate(split(self._sequent)):
            try:
                reply = self.meter.ask(piece, QUICK, self._searching, at_most_s=RUNG_S)
            except UnsupportedStatement:
                return None
            if reply is not None and reply.answer.result == "sat":
                found = self._believe(number, piece, reply)
                if found is not None:
                    return self._refuted(found, QUICK)
        return None

    def _instance(self, shape: list[Var], values: tuple[int, ...], share: float) -> Attempt:
        statement = self.statement
        for var, value in zip(shape, values, strict=True):
            statement = instantiate(statement, var.name, value)
        return Attempt(statement, self.strategy, share * self.nominal_s, self.meter, self.report)

    # --- vacuity -------------------------------------------------------------

    def _contradiction(self) -> Conclusion | None:
        """Vacuous, by hypotheses none of which can be spared; remembers whether that was settled."""
        self._consistent = True
        facts = self._sequent.facts
        restricted = any(isinstance(var.sort, Fin) for var in self._sequent.variables)
        if not (facts or restricted) or not self._contradictory(facts):
            return None
        needed = minimal(facts, self._contradictory)
        labels = dict(labelled_fact(self.statement, fact) for fact in needed)
        return Conclusion(
            Outcome.VACUOUS,
            excluding(list(labels.values())),
            self._stages(),
            contradictory=tuple(labels),
        )

    def _contradictory(self, facts: tuple[Term, ...]) -> bool:
        """Whether the facts alone are refuted, also by the stages that proved the claim."""
        question = Sequent(self._sequent.variables, facts, Logic("False"))
        self._consistent = False
        for stage in dict.fromkeys((QUICK, NONLINEAR, *self._settled_by)):
            allowance = Allowance(min(self._checking.left_s, CHECKING * self.nominal_s / 4))
            before = allowance.left_s
            answer = self._asker.ask(stage, question, allowance).result
            self._checking.left_s -= before - allowance.left_s
            if answer == "unsat":
                return True
            if answer == "sat" and not stage.transforms:
                self._consistent = True
                return False
        return False

    def _satisfiable(self) -> bool:
        """Whether a model of the facts is found at once."""
        question = Sequent(self._sequent.variables, self._sequent.facts, Logic("False"))
        stages = (QUICK, NONLINEAR)
        return any(
            self._asker.ask(stage, question, Allowance(RUNG_S)).result == "sat" for stage in stages
        )

    def _consistency(self) -> tuple[str, ...]:
        if self._consistent:
            return ()
        return ("whether the hypotheses can hold together was not settled",)

    # --- words ---------------------------------------------------------------

    def _undecided(self) -> Conclusion:
        if self.meter.hit_wall:
            return Conclusion(Outcome.UNKNOWN, "wall clock")
        # A transform may have left the difficult part out; what counts is the claim itself.
        plain = [heard for stage, heard in self._heard if not stage.transforms] or [
            heard for _, heard in self._heard
        ]
        if plain and all(heard.result == "unsupported" for heard in plain):
            return Conclusion(Outcome.UNSUPPORTED, plain[0].detail)
        if self._denied():
            return Conclusion(
                Outcome.UNKNOWN,
                "it does not hold, for its negation is proved by one solver; but no numbers can "
                "show that, and only numbers refute",
            )
        reasons = [*self._doubts] or ["no stage settled it within the budget"]
        spent = in_vain(self._heard, self.meter.units)
        return Conclusion(Outcome.UNKNOWN, f"{'; '.join(reasons)} ({spent})")

    def _denied(self) -> bool:
        """Whether a claim about nothing in particular, ``∃ n, n * n = 7``, is refuted by a proof."""
        if self._sequent.variables or self._sequent.facts:
            return False
        negation = Logic("¬", (self._sequent.claim,))
        allowance = Allowance(min(self._checking.left_s, CHECKING * self.nominal_s))
        return all(
            self._asker.ask(QUICK, piece, allowance).result == "unsat"
            for piece in split(Sequent((), (), negation))
        )

    def _stages(self) -> str:
        return " ; ".join(str(stage) for stage in self._settled_by)


def _names(shape: list[Var]) -> str:
    return ", ".join(var.name for var in shape)


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


def _summary(outcomes: dict[Outcome, list[str]], names: str) -> str:
    parts = []
    if Outcome.PROVED in outcomes:
        parts.append(f"holds for {'; '.join(outcomes[Outcome.PROVED])}")
    if Outcome.VACUOUS in outcomes:
        parts.append(f"the hypotheses cannot hold for {'; '.join(outcomes[Outcome.VACUOUS])}")
    if Outcome.UNKNOWN in outcomes:
        parts.append(f"open for {'; '.join(outcomes[Outcome.UNKNOWN])}")
    return f"{', '.join(parts)}; no proof for every {names} was found"
