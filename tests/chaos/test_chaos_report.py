"""What is made of facts and injections: how fast each fault was noticed and healed, and every breach."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

import pytest

from hms_kernel.chaos import workload
from hms_kernel.chaos.faults import Injected
from hms_kernel.chaos.report import healing, judge, span
from hms_kernel.chaos.view import Timeline
from hms_kernel.facts import (
    AgentGone,
    AgentReady,
    Fact,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import Failure, Outcome, Phase, Task, Value, Verdict

READY = AgentReady(pid=7, skills=("prove",))
GONE = AgentGone(cause="killed by SIGKILL", backoff_s=0.1)
LOST = TaskRequeued(cause="agent a killed by SIGKILL")


class Story:
    """Facts of a session, one after the other."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._seq = count(1)

    def tell(self, time_s: float, kind: Any, **where: Any) -> Story:
        where = {"epoch": 1, **where}
        fact = Fact(session="s", seq=next(self._seq), time_s=time_s, kind=kind, **where)
        self.facts.append(fact)
        return self

    def submitted(self, task: str, time_s: float = 0.0) -> Story:
        submitted = Task(task_id=task, skill="chaos", label=f"label of {task}")
        return self.tell(time_s, TaskSubmitted(submitted=submitted), task=task)

    def settled(
        self,
        task: str,
        time_s: float = 1.0,
        value: Any = 1,
        phase: Phase = Phase.SUCCEEDED,
        **where,
    ) -> Story:
        result = (
            Failure(kind="cancelled", message="")
            if phase is Phase.CANCELLED
            else Value(value=value)
        )
        kind = TaskSettled(phase=phase, result=result, attempts=1, duration_s=1.0)
        return self.tell(time_s, kind, task=task, **where)


def ms(blow: Injected, story: Story) -> tuple[float | None, float | None]:
    told = healing(blow, story.facts)
    rounded = [
        None if value is None else round(value) for value in (told.detect_ms, told.recover_ms)
    ]
    return rounded[0], rounded[1]


class TestAnAgentThatWasHit:
    def blow(self, kind: str = "kill_agent") -> Injected:
        return Injected(kind=kind, time_s=10.0, agent="a")

    @pytest.mark.parametrize("kind", ["kill_agent", "freeze_agent", "kill_zygote"])
    def test_is_noticed_when_its_end_is_recorded_and_healed_when_its_task_runs_again(self, kind):
        story = Story().tell(5.0, GONE, agent="a").tell(6.0, READY, agent="a")
        story.tell(9.0, TaskAssigned(), task="t", attempt=1, agent="a")
        story.tell(10.05, GONE, agent="a").tell(10.05, LOST, task="t", attempt=1, agent="a")
        story.tell(10.1, TaskAssigned(), task="other", attempt=1, agent="b")
        story.tell(10.3, TaskAssigned(), task="t", attempt=2, agent="b")
        story.tell(11.0, READY, agent="a")

        assert ms(self.blow(kind), story) == (50, 300)
        assert healing(self.blow(kind), story.facts).cause == "killed by SIGKILL"

    def test_without_a_task_is_healed_when_it_is_ready_again(self):
        story = Story().tell(10.05, GONE, agent="a").tell(10.2, READY, agent="b")
        story.tell(10.4, READY, agent="a")

        assert ms(self.blow(), story) == (50, 400)

    def test_whose_answer_arrives_nevertheless_has_no_need_to_run_again(self):
        story = Story().tell(10.05, GONE, agent="a")
        story.tell(10.05, LOST, task="t", attempt=1, agent="a").settled("t", 10.2)

        assert ms(self.blow(), story) == (50, 200)

    def test_that_nobody_misses_is_neither_noticed_nor_healed(self):
        story = Story().tell(10.05, GONE, agent="b").tell(10.4, READY, agent="b")

        assert ms(self.blow(), story) == (None, None)


class TestAWorkerThatWasHit:
    @pytest.mark.parametrize("where", [{"task": "t"}, {"agent": "a"}])
    def test_is_noticed_when_its_attempt_is_lost_and_healed_when_the_task_runs_again(self, where):
        story = Story().tell(10.01, LOST, task="other", attempt=1, agent="b")
        story.tell(10.02, LOST, task="t", attempt=1, agent="a")
        story.tell(10.03, TaskAssigned(), task="t", attempt=2, agent="a")

        for kind in ("kill_worker", "freeze_worker", "hold_gil", "exhaust_memory"):
            assert ms(Injected(kind=kind, time_s=10.0, **where), story) == (20, 30)


def test_a_killed_kernel_is_healed_when_its_successor_records_an_answer():
    blow = Injected(kind="kill_kernel", time_s=10.0, noticed_s=10.01, epoch=1)
    story = Story().settled("t", 10.0).tell(11.0, SessionOpened(pid=1, version=""), epoch=2)
    story.settled("u", 11.5, epoch=2)

    assert ms(blow, story) == (10, 1500)


def test_a_disturbance_is_healed_when_there_are_answers_after_its_end():
    story = Story().settled("t", 10.5).settled("u", 12.25)

    silent = Injected(kind="drop", time_s=10.0, ended_s=12.0)
    told = Injected(kind="fill_disk", time_s=10.0, ended_s=12.0, noticed_s=10.1)

    assert ms(silent, story) == (None, 250)
    assert ms(told, story) == (100, 250)


class TestTheJudgement:
    def judge(self, story: Story, **more: Any) -> Any:
        one = workload.answer(Value(value=1))
        labels = {f"label of {task}": one for task in "abcd"}
        arguments = {"acknowledged": ["a", "b"], "expected": labels, "injected": [], **more}
        return judge(story.facts, **arguments)

    def whole(self) -> Story:
        return Story().submitted("a").submitted("b").settled("a").settled("b")

    def test_of_a_session_that_kept_its_promises_is_that_it_did(self):
        report = self.judge(self.whole())

        assert report.holds
        assert (report.accepted, report.finished, report.lost, report.doubled) == (2, 2, 0, 0)
        assert report.as_json() == {
            "accepted": 2,
            "finished": 2,
            "lost": 0,
            "doubled": 0,
            "changed_verdicts": 0,
            "faults": {},
            "leftovers": 0,
        }

    @pytest.mark.parametrize(
        ("story", "field"),
        [
            (Story().submitted("a").submitted("b").settled("a"), "lost"),
            (Story().submitted("a").settled("a"), "lost"),
            (
                Story()
                .submitted("a")
                .submitted("b")
                .settled("a")
                .settled("b", phase=Phase.CANCELLED),
                "lost",
            ),
            (
                Story().submitted("a").submitted("b").settled("a").settled("b").settled("b"),
                "doubled",
            ),
            (
                Story().submitted("a").submitted("b").settled("a").settled("b", value=2),
                "changed_verdicts",
            ),
        ],
    )
    def test_names_every_breach(self, story, field):
        report = self.judge(story)

        assert getattr(report, field) == 1
        assert not report.holds
        assert "task b" in report.remarks[0]

    def test_counts_a_task_that_nobody_was_told_of_and_not_one_that_was_refused(self):
        story = self.whole().submitted("c").settled("c").submitted("d")
        story.settled("d", phase=Phase.CANCELLED)

        report = self.judge(story)

        assert (report.accepted, report.finished) == (3, 3)
        assert report.holds

    def test_is_not_good_with_leftovers_remarks_or_a_gap_in_the_story(self):
        assert self.judge(self.whole(), leftovers=["process 7"]).leftovers == 1
        assert not self.judge(self.whole(), leftovers=["process 7"]).holds
        assert not self.judge(self.whole(), remarks=["it ended by itself"]).holds
        story = self.whole()
        del story.facts[1]
        assert self.judge(story, acknowledged=["a"]).gaps == 1
        assert not self.judge(story, acknowledged=["a"]).holds

    def test_has_figures_for_each_kind(self):
        story = Story().submitted("a").submitted("b").tell(10.2, GONE, agent="x")
        story.tell(10.3, READY, agent="x").settled("a", 11.0).settled("b", 11.0)
        blows = [
            Injected(kind="kill_agent", time_s=10.0, agent="x"),
            Injected(kind="kill_agent", time_s=10.1, agent="x"),
            Injected(kind="drop", time_s=10.1, ended_s=10.5),
        ]

        told = self.judge(story, injected=blows).as_json()["faults"]

        assert told == {
            "drop": {
                "count": 1,
                "detect_ms": {"p50": None, "p99": None},
                "recover_ms": {"p50": 500.0, "p99": 500.0},
            },
            "kill_agent": {
                "count": 2,
                "detect_ms": {"p50": 100.0, "p99": 200.0},
                "recover_ms": {"p50": 200.0, "p99": 300.0},
            },
        }


def test_percentiles_are_values_that_were_measured():
    values = [float(n) for n in range(1, 101)]
    Random(1).shuffle(values)

    assert (span(values).p50, span(values).p99) == (50.0, 99.0)
    assert (span([3.0, None]).p50, span([3.0, None]).p99) == (3.0, 3.0)
    assert span([]).p50 is None


class TestTheWorkload:
    def test_has_claims_of_every_outcome_and_sums_again_and_again(self):
        keys = [workload.job(n).key for n in range(2000)]

        assert {job.key for job in workload.distinct(2000)} == set(keys)
        told = {key.split("-")[0] for key in keys if not key.startswith("sum")}
        assert told == {"proved", "refuted", "vacuous", "unknown", "unsupported", "invalid"}
        for outcome in Outcome:
            assert sum(key.startswith(outcome.value) for key in keys) > 20

    def test_asks_the_same_under_the_same_key(self):
        asked: dict[str, Any] = {}
        for n in range(2000):
            job = workload.job(n)
            assert asked.setdefault(job.key, job) == job

    def test_compares_what_an_answer_says_and_not_what_it_took(self):
        fast, slow = (Verdict(outcome=Outcome.UNKNOWN, reason="r", wall_s=s) for s in (1.0, 2.0))

        assert workload.answer(fast) == workload.answer(slow)
        other = Verdict(outcome=Outcome.UNKNOWN, reason="another")
        assert workload.answer(other) != workload.answer(fast)
        assert workload.answer(Value(value=1)) != workload.answer(Value(value=2))


class TestTheTimeline:
    def facts(self, *times_s: float) -> list[Fact]:
        story = Story()
        for time_s in times_s:
            story.tell(time_s, TaskAssigned(), task="t", attempt=1, agent="a")
        return story.facts

    def test_gives_what_was_told_by_a_wrong_clock_its_right_time(self):
        for ahead_s in (3.0, -3.0, 3000.0, -3000.0):
            right = [10.0, 11.0, 11.5, 12.0, 12.4, 12.6, 13.0, 17.0]
            told = [t + ahead_s if 11.2 <= t <= 12.5 else t for t in right]
            timeline = Timeline()
            first = timeline.righted(self.facts(*told[:2]))
            timeline.heard(11.2, ahead_s)
            timeline.heard(11.2, ahead_s)
            second = timeline.righted(self.facts(*told[2:4]))
            timeline.heard(12.5, 0.0)
            third = timeline.righted(self.facts(*told[4:]))

            assert [fact.time_s for fact in (*first, *second, *third)] == pytest.approx(right)
            again = timeline.again().righted(self.facts(*told))
            assert [fact.time_s for fact in again] == pytest.approx(right)

    def test_changes_nothing_else(self):
        facts = self.facts(1.0, 5.0, 2.0)

        assert Timeline().righted(facts) == facts
