"""The embedded prover: Lean text in, verdict with evidence out, by z3 and exact replay. Evolves nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable

from hms_kernel.backends import engines
from hms_kernel.backends.attempt import Attempt, Conclusion
from hms_kernel.backends.grouping import grouped, worded
from hms_kernel.backends.meter import Meter
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.backends.vouching import vouch
from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.model import Budget, Evidence, Goal, Outcome, Verdict
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
            statement = parse(
                goal.statement,
                definitions=goal.definitions,
                axioms=goal.axioms,
                decimals=goal.decimals,
                name=goal.theorem_id,
            )
            _refuse_floats(statement)
        except StatementError as error:
            unsupported = isinstance(error, UnsupportedStatement)
            return Verdict(
                outcome=Outcome.UNSUPPORTED if unsupported else Outcome.INVALID,
                reason=str(error),
                evidence=_evidence(goal, goal.statement, ()),
                wall_s=time.monotonic() - started,
            )
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
        vouched = vouch(_with_doubt(attempt.run(), goal.unstated), meter, report)
        conclusion = vouched.conclusion
        example = conclusion.counterexample
        found = (worded(note, statement.bundles) for note in conclusion.notes)
        notes = (*goal.notes, *statement.notes, *found)
        return Verdict(
            outcome=conclusion.outcome,
            trust=vouched.trust,
            reason=worded(conclusion.reason, statement.bundles),
            counterexample=grouped(example, statement.bundles) if example else None,
            evidence=_evidence(
                goal,
                show(statement),
                notes,
                checker=vouched.checker,
                stage=conclusion.stage,
                units=meter.units,
                tried=tuple(attempt.tried),
            ),
            wall_s=time.monotonic() - started,
        )


def _refuse_floats(statement: Statement) -> None:
    found = first_float(statement)
    if found is not None:
        span = found.span
        raise UnsupportedStatement(
            "arithmetic in Float, which is what decimals without a type are in Lean; "
            "ascribe ℝ, as in (0.5 : ℝ)",
            line=span.line if span else 0,
            column=span.column if span else 0,
        )


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
    goal: Goal,
    statement: str,
    notes: tuple[str, ...],
    *,
    checker: str = engines.checker(),
    stage: str = "",
    units: int = 0,
    tried: tuple[str, ...] = (),
) -> Evidence:
    return Evidence(
        checker=checker,
        stage=stage,
        units=units,
        statement=statement,
        statement_sha256=hashlib.sha256(statement.encode()).hexdigest(),
        notes=notes,
        tried=tried,
    )
