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


class TestAnsweredBefore:
    TEXT = "theorem t (x y : ℝ) (h : 0 < x) (k : 0 < y) : x * y < 0 := by sorry"

    def request(self, text: str = TEXT, **changes: object) -> ProofRequest:
        goal = Goal(theorem_id="t", statement=text)
        given = {"goal": goal, "budget": Budget(nominal_s=0.2, wall_s=200), **changes}
        return ProofRequest(**given)

    def test_a_question_asked_twice_is_settled_once_with_the_same_verdict_to_the_byte(self):
        first, _ = run(self.request())
        again, notes = run(self.request())

        assert (first.cached, again.cached) == (False, True)
        assert notes == ["answered before"]
        plain = [msgspec.structs.replace(v, cached=False, wall_s=0) for v in (first, again)]
        assert msgspec.json.encode(plain[0]) == msgspec.json.encode(plain[1])

    def test_how_the_text_is_laid_out_makes_no_other_question(self):
        run(self.request())

        text = self.TEXT.replace("ℝ) (h", "Real)\n   /- positive -/ (h").replace("*", "  *  ")
        again, _ = run(self.request(text))

        assert again.cached

    @pytest.mark.parametrize(
        "change",
        [
            {"text": TEXT.replace("x * y < 0", "x * y < 1")},
            {"text": TEXT.replace("h :", "first :")},
            {"budget": Budget(nominal_s=0.1, wall_s=200)},
            {"strategy": Strategy(slices=(Slice(Stage(engine="smt"), 1.0),))},
            {"goal": Goal(theorem_id="t", statement=TEXT, unstated=("x is small",))},
            {"goal": Goal(theorem_id="t", statement=TEXT, axioms=("x < y",))},
            {"goal": Goal(theorem_id="t", statement=TEXT, semantics="float64")},
            {"goal": Goal(theorem_id="t", statement=TEXT, notes=("from a table",))},
            {"cache": False},
        ],
    )
    def test_whatever_may_change_the_verdict_makes_another_question(self, change):
        run(self.request())

        again, _ = run(self.request(**change))

        assert not again.cached

    def test_another_build_of_the_prover_is_asked_again(self, monkeypatch):
        run(self.request())
        monkeypatch.setattr("hms_kernel.skills.prove.build", lambda: "another")

        again, _ = run(self.request())

        assert not again.cached

    def test_an_answer_that_the_clock_cut_short_is_not_kept(self):
        hurried = self.request(budget=Budget(nominal_s=5.0, wall_s=1e-9))

        first, _ = run(hurried)
        again, _ = run(hurried)

        assert "wall clock" in first.reason
        assert not again.cached

    def test_a_text_that_is_not_understood_is_read_again(self):
        for text in ("theorem t (x : ℝ : x", "∀ x : ℝ, Real.sin x ≤ 1"):
            run(self.request(text))
            again, _ = run(self.request(text))

            assert not again.cached
            assert again.outcome in (Outcome.INVALID, Outcome.UNSUPPORTED)
