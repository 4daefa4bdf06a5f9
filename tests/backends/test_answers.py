"""Whatever a verdict adds to yes or no, exact evaluation of random statements does not contradict it."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from hms_kernel import witness
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend, understood
from hms_kernel.backends.vacuity import labelled
from hms_kernel.errors import StatementError
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.statements import parse, show
from hms_kernel.statements import points as reading
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.terms import Hypothesis, Scalar, Statement

sys.path.append(str(Path(__file__).resolve().parents[1] / "statements"))

from strategies import VARIABLES, propositions

SCALARS = tuple(var for var in VARIABLES if isinstance(var.sort, Scalar) and var.name != "p")
whole = st.integers(-3, 3)
values = st.fixed_dictionaries(
    {
        var.name: st.integers(0, 4).map(str)
        if var.sort is Scalar.NAT
        else whole.map(str)
        if var.sort is Scalar.INT
        else st.builds(lambda n, d: f"{n}/{d}", whole, st.integers(1, 2))
        for var in SCALARS
    }
)


def truth(prop, env) -> bool | None:
    try:
        return holds(prop, env)
    except StatementError:
        return None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    facts=st.lists(propositions(depth=2), max_size=3),
    claim=propositions(depth=2),
    places=st.lists(values, min_size=12, max_size=12),
)
def test_no_answer_contradicts_the_evaluator(facts, claim, places):
    hypotheses = tuple(Hypothesis(f"h{n}", fact) for n, fact in enumerate(facts, 1))
    goal = Goal(theorem_id="t", statement=show(Statement("t", SCALARS, hypotheses, claim)))
    verdict = SmtBackend().attempt(goal, DEFAULT_STRATEGY, Budget(nominal_s=0.3, wall_s=300))
    if verdict.outcome in (Outcome.UNSUPPORTED, Outcome.INVALID):
        return
    statement, evidence = understood(goal), verdict.evidence
    event(f"{verdict.outcome.value}{', repaired' if evidence.repairs else ''}")
    envs = [reading.read(statement, place).env for place in places]

    if verdict.outcome is Outcome.REFUTED:
        assert reading.read(statement, verdict.counterexample.values).replay().refutes
        assert witness.check(witness.of(goal, verdict)).confirmed
    needed = [h.prop for h in statement.hypotheses if labelled(h) not in evidence.unused_hypotheses]
    exclusive = [h.prop for h in statement.hypotheses if labelled(h) in evidence.contradictory]
    repaired = [parse(repair.statement) for repair in evidence.repairs]
    for env in envs:
        if verdict.outcome is Outcome.PROVED and all(truth(p, env) for p in needed):
            assert truth(statement.conclusion, env) is not False
        if exclusive:
            assert not all(truth(prop, env) for prop in exclusive)
        for other in repaired:
            if all(truth(hypothesis.prop, env) for hypothesis in other.hypotheses):
                assert truth(other.conclusion, env) is not False
