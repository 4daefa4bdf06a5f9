"""The skill of trying: every trial is kept as soon as it is done, and none is run that is known."""

from __future__ import annotations

import msgspec
import pytest

from hms_kernel import skills
from hms_kernel.backends import questions, remembering
from hms_kernel.backends.strategy import stage
from hms_kernel.errors import BackendError, UsageError
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Prover, alone
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.skills.trial import TrialRequest, Trials, Tried

BUDGET = Budget(nominal_s=0.1)
GOALS = (
    Goal(theorem_id="squares", statement="∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2"),
    Goal(theorem_id="false", statement="∀ x : ℝ, x ≤ 1"),
)
JOBS = ((0, 0, 0.1), (0, 1, 0.1), (1, 0, 0.0))
REQUEST = TrialRequest(
    build=Prover(BUDGET).build,
    budget=BUDGET,
    strategies=(alone(stage("nlsat")), alone(stage("smt"))),
    goals=GOALS,
    jobs=JOBS,
)


def run(request: object, report=lambda note="": None, skill: Trials | None = None) -> Tried:
    payload = msgspec.msgpack.decode(msgspec.msgpack.encode(request))
    return msgspec.convert((skill or Trials({})).run(payload, report), Tried)


def test_the_skill_is_installed():
    assert skills.load("trial") is Trials


def test_trials_come_back_in_order_and_are_run_once():
    first = run(REQUEST)
    second = run(REQUEST)

    outcomes = [trial.outcome for trial in first.trials]
    assert outcomes == [Outcome.PROVED, Outcome.REFUTED, Outcome.UNKNOWN]
    assert second.trials == first.trials
    assert (first.ran, second.ran) == (3, 0)


def test_a_solver_is_not_asked_again_what_another_stage_has_asked(monkeypatch):
    asked = []

    def counting(*question, **limits):
        asked.append(question)
        return questions.pose(*question, **limits)

    monkeypatch.setattr(remembering, "pose", counting)
    same = msgspec.structs.replace(REQUEST, strategies=(alone(stage("nlsat")),), jobs=JOBS[:1])
    other = msgspec.structs.replace(same, strategies=(alone(stage("split|nlsat")),))
    skill = Trials({})

    first = run(same, skill=skill)
    before = len(asked)
    second = run(other, skill=skill)

    assert (first.ran, second.ran) == (1, 1)
    assert second.trials == first.trials
    assert before == len(asked) > 0


def test_what_is_done_is_kept_when_the_rest_is_not():
    def interrupted(note: str = "") -> None:
        if note == "trial 3 of 3":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(REQUEST, interrupted)

    assert len(Archive(default_file())) == 2
    assert run(REQUEST).ran == 1


def test_an_agent_with_another_build_of_the_prover_tries_nothing():
    with pytest.raises(BackendError, match="another build"):
        run(msgspec.structs.replace(REQUEST, build="old"))


@pytest.mark.parametrize("payload", [None, {}, {"jobs": []}])
def test_a_payload_that_is_no_request_is_the_callers_mistake(payload):
    with pytest.raises(UsageError, match="not a request for trials"):
        run(payload)
