"""The proving skill: plain data in, verdict out."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from hms_kernel import skills
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.skills.prove import ProofRequest, Prove


def run(request: object) -> tuple[object, list[str]]:
    notes: list[str] = []
    payload = msgspec.msgpack.decode(msgspec.msgpack.encode(request))

    def report(note: str = "") -> None:
        notes.append(note)

    return Prove({}).run(payload, report), notes


def test_a_request_that_crossed_the_wire_is_settled_and_reports_progress():
    goal = Goal(theorem_id="squares", statement="∀ x : ℝ, 0 ≤ x * x")

    verdict, notes = run(ProofRequest(goal=goal))

    assert verdict.outcome is Outcome.PROVED
    assert notes


def test_a_strategy_in_the_request_replaces_the_default():
    goal = Goal(theorem_id="squares", statement="∀ x : ℝ, 0 ≤ x * x")
    strategy = Strategy(slices=(Slice(Stage(engine="nlsat"), 1.0),))

    verdict, _ = run(ProofRequest(goal=goal, strategy=strategy, budget=Budget(nominal_s=1.0)))

    assert verdict.evidence.stage == "nlsat"


@pytest.mark.parametrize("payload", [None, 7, {}, {"goal": "x = x"}, {"goal": {"statement": 3}}])
def test_a_payload_that_is_no_request_is_the_callers_mistake(payload):
    with pytest.raises(UsageError, match="not a proof request"):
        run(payload)


def test_a_backend_that_is_not_installed_is_named():
    goal = Goal(theorem_id="squares", statement="∀ x : ℝ, 0 ≤ x * x")

    with pytest.raises(UsageError, match="'oracle'"):
        run(ProofRequest(goal=goal, backend="oracle"))


def test_the_skill_is_found_by_its_entry_point():
    assert skills.load("prove") is Prove


def test_importing_the_skill_makes_no_solver_object():
    # A solver context that exists before a fork would be shared by every worker.
    probe = "import hms_kernel.skills.prove, z3.z3; assert z3.z3._main_ctx is None; print('none')"

    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )

    assert done.stdout == "none\n", done.stderr
