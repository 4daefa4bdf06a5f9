"""The embedded prover: Lean text in, verdict with evidence out, by z3 and exact replay. Evolves nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from typing import Any

import msgspec

from hms_kernel.backends import engines, floats, repairs
from hms_kernel.backends.attempt import Attempt, Conclusion
from hms_kernel.backends.grouping import grouped, worded
from hms_kernel.backends.meter import Meter
from hms_kernel.backends.needed import uncertified, unused
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.backends.vacuity import labelled
from hms_kernel.backends.vouching import Vouched, vouch
from hms_kernel.certificates import to_json
from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.model import Budget, Evidence, Goal, Outcome, Repair, Verdict
from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import Statement, first_float

# Short slices first: most goals fall to smt at once, sums to their lemmas, polynomial
# inequalities to nlsat; what is left gets the rest of the budget. A transform that does
# not apply leaves a question that was asked before, which costs nothing. The first slice
# is very short because smt can take many seconds over few units where products abound.
DEFAULT_STRATEGY = Strategy(
    slices=(
        Slice(Stage(engine="smt"), 0.01),
        Slice(Stage(engine="nlsat", transforms=("sum-lemma",)), 0.1),
        Slice(Stage(engine="smt", transforms=("witness",)), 0.04),
        Slice(Stage(engine="nlsat", transforms=("vertices",)), 0.04),
        Slice(Stage(engine="nlsat"), 0.08),
        Slice(Stage(engine="smt"), 0.03),
        Slice(Stage(engine="smt", transforms=("induction",)), 0.06),
        Slice(Stage(engine="nlsat", transforms=("induction",)), 0.03),
        Slice(Stage(engine="nlsat", transforms=("unroll",)), 0.05),
        Slice(Stage(engine="smt", transforms=("unroll",)), 0.05),
        Slice(Stage(engine="nlsat", transforms=("points",)), 0.05),
        Slice(Stage(engine="smt", transforms=("cycles",)), 0.05),
        Slice(Stage(engine="smt", transforms=("residues",)), 0.06),
        Slice(Stage(engine="smt", transforms=("enumerate",)), 0.1),
        Slice(Stage(engine="smt", transforms=("enumerate", "enumerate")), 0.05),
        Slice(Stage(engine="smt", transforms=("cases", "ite-split")), 0.06),
        Slice(Stage(engine="simple"), 0.04),
        Slice(Stage(engine="smt"), 0.1),
    )
)

STOPPED = "stopped by the wall clock"
GAVE_UP = "a question that did not end was given up by the wall clock"

# How much an answer may add to its verdict: shares of the nominal budget.
SPARING = 0.1  # which hypotheses a proof did not need
LEAST_SPARING_S = 0.25  # nominal seconds for that, however quick the proof
REPAIRING = 0.4  # what would make a refuted claim true
MOST_REPAIRING_S = 2.0  # nominal seconds for that, however large the budget


def understood(goal: Goal) -> Statement:
    """What a goal's text means.

    Raises:
        StatementError: it is invalid, or outside the fragment.
    """
    statement = parse(
        goal.statement,
        definitions=goal.definitions,
        axioms=goal.axioms,
        decimals=goal.decimals,
        name=goal.theorem_id,
    )
    return floats.read(statement, goal.semantics)


class SmtBackend:
    """Proves by z3's repeatable engines, refutes by exactly replayed models.

    Same goal, strategy and budget give the same verdict and the same units on one
    build of z3, unless the wall clock interferes; the reason then says so.
    """

    name = "smt"
    default_strategy = DEFAULT_STRATEGY

    def attempt(
        self,
        goal: Goal,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None] = lambda note: None,
    ) -> Verdict:
        """Settle ``goal`` within ``budget``.

        Raises:
            UsageError: the strategy names an engine, parameter or transform that does not exist.
        """
        started = time.monotonic()
        report("reading the statement")
        try:
            statement = understood(goal)
        except StatementError as error:
            unsupported = isinstance(error, UnsupportedStatement)
            return Verdict(
                outcome=Outcome.UNSUPPORTED if unsupported else Outcome.INVALID,
                reason=str(error),
                evidence=_evidence(goal.statement, (), strategy, budget),
                wall_s=time.monotonic() - started,
            )
        if first_float(statement) is not None:
            return self._settle_floats(goal, statement, strategy, budget, report, started)
        return self._settle(goal, statement, strategy, budget, report, started)

    def _settle(
        self,
        goal: Goal,
        statement: Statement,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None],
        started: float,
    ) -> Verdict:
        meter = Meter(budget)
        attempt = Attempt(statement, strategy, budget.nominal_s, meter, report)
        found = _with_doubt(attempt.run(), goal.unstated)
        vouched = vouch(statement, found, meter, budget.nominal_s, report)
        conclusion = vouched.conclusion
        spare = self._unused(statement, vouched, meter, budget)
        offered, tried = self._repairs(statement, conclusion, strategy, meter, budget, report)
        example = conclusion.counterexample
        told = (worded(note, statement.bundles) for note in conclusion.notes)
        notes = (*goal.notes, *statement.notes, *told)
        return Verdict(
            outcome=conclusion.outcome,
            trust=vouched.trust,
            reason=worded(conclusion.reason, statement.bundles),
            counterexample=grouped(example, statement.bundles) if example else None,
            evidence=_evidence(
                show(statement),
                notes,
                strategy,
                budget,
                checker=vouched.checker,
                stage=conclusion.stage,
                # How far it got before the wall clock stopped it says more of the machine than of the claim.
                units=0 if meter.hit_wall or meter.gave_up else meter.units,
                nominal_s=0.0 if meter.hit_wall or meter.gave_up else meter.nominal_s,
                tried=_tried(meter, (*attempt.tried, *tried)),
                unused_hypotheses=spare,
                contradictory=conclusion.contradictory,
                certificate=to_json(vouched.certificate) if vouched.certificate else None,
                repairs=offered,
            ),
            wall_s=time.monotonic() - started,
        )

    def _unused(
        self, statement: Statement, vouched: Vouched, meter: Meter, budget: Budget
    ) -> tuple[str, ...]:
        """Hypotheses that a proof did not need; asking costs at most what proving did."""
        conclusion = vouched.conclusion
        if conclusion.outcome is not Outcome.PROVED:
            return ()
        if vouched.certificate is not None:
            return tuple(map(labelled, uncertified(statement, vouched.certificate)))
        proof_s = meter.nominal_s
        purse_s = min(SPARING * budget.nominal_s, max(LEAST_SPARING_S, proof_s))
        found = unused(statement, conclusion.settled_by, meter, proof_s=proof_s, nominal_s=purse_s)
        return tuple(map(labelled, found))

    def _repairs(
        self,
        statement: Statement,
        conclusion: Conclusion,
        strategy: Strategy,
        meter: Meter,
        budget: Budget,
        report: Callable[[str], None],
    ) -> tuple[tuple[Repair, ...], tuple[str, ...]]:
        """What would make a refuted claim true, and a line on what was tried for that."""
        example = conclusion.counterexample
        if conclusion.outcome is not Outcome.REFUTED or example is None:
            return (), ()
        report("looking for a repair")

        def settle(repaired: Statement, nominal_s: float) -> Conclusion:
            quiet = Attempt(repaired, strategy, nominal_s, meter, lambda _: None, instances=False)
            return quiet.run()

        purse_s = min(REPAIRING * budget.nominal_s, MOST_REPAIRING_S)
        search = repairs.Search(statement, example.values, settle, meter, purse_s)
        before = meter.units
        found = search.run()
        spent = f"{search.attempts} candidates, {meter.units - before} units"
        offered = []
        for repair in found:
            proof = vouch(repair.statement, repair.conclusion, meter, purse_s, report)
            if proof.trust is not None:
                text = show(repair.statement)
                offered.append(
                    Repair(hypothesis=repair.hypothesis, statement=text, trust=proof.trust)
                )
        return tuple(offered), (f"repairs: {len(offered)} proved, {spent}",)

    def _settle_floats(
        self,
        goal: Goal,
        statement: Statement,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None],
        started: float,
    ) -> Verdict:
        """Doubles have ways of their own, which no strategy arranges."""
        attempt = floats.FloatAttempt(statement, budget.nominal_s, Meter(budget), report)
        conclusion = _with_doubt(attempt.run(), goal.unstated)
        verdict = attempt.verdict(conclusion, goal.notes, wall_s=time.monotonic() - started)
        asked = msgspec.structs.replace(
            verdict.evidence,
            versions=engines.versions(),
            strategy=msgspec.to_builtins(strategy),
            budget=budget,
        )
        return msgspec.structs.replace(verdict, evidence=asked)


def _tried(meter: Meter, lines: tuple[str, ...]) -> tuple[str, ...]:
    if meter.hit_wall:
        return (STOPPED,)
    return (*lines, GAVE_UP) if meter.gave_up else lines


def _with_doubt(conclusion: Conclusion, unstated: tuple[str, ...]) -> Conclusion:
    """The conclusion, given assumptions that the text leaves out: they may forbid the numbers found."""
    if conclusion.outcome is not Outcome.REFUTED or not unstated:
        return conclusion
    return dataclasses.replace(
        conclusion,
        outcome=Outcome.UNKNOWN,
        reason=f"{conclusion.reason}; but the numbers may break an assumption that is prose: "
        + "; ".join(unstated),
        counterexample=None,
    )


def _evidence(
    statement: str,
    notes: tuple[str, ...],
    strategy: Strategy,
    budget: Budget,
    *,
    checker: str = engines.checker(),
    **answers: Any,
) -> Evidence:
    return Evidence(
        checker=checker,
        versions=engines.versions(),
        strategy=msgspec.to_builtins(strategy),
        budget=budget,
        statement=statement,
        statement_sha256=hashlib.sha256(statement.encode()).hexdigest(),
        notes=notes,
        **answers,
    )
