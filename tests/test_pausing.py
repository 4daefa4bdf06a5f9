"""Holding back new tasks, from one agent or from all: what runs goes on, what waits keeps its place."""

from __future__ import annotations

from random import Random

import pytest

from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Assign,
    Effect,
    Event,
    Exited,
    Finished,
    PauseAsked,
    Record,
    Registered,
    ResumeAsked,
    SpawnAsked,
    StopAsked,
    Submitted,
    Tick,
)
from hms_kernel.facts import DispatchPaused, DispatchResumed
from hms_kernel.model import AgentSpec, Task, Value
from hms_kernel.scheduler import Scheduler

SKILLS = ("prove",)


def task(name: str) -> Task:
    return Task(task_id=name, skill="prove")


def play(core: Scheduler, *events: Event, now_s: float = 0.0) -> list[Effect]:
    return [effect for event in events for effect in core.handle(event, now_s)]


def assigned(effects: list[Effect]) -> list[tuple[str, str]]:
    return [
        (effect.agent_id, effect.task.task_id) for effect in effects if isinstance(effect, Assign)
    ]


@pytest.fixture
def core() -> Scheduler:
    """Agents a and b, both idle."""
    core = Scheduler(Random(0))
    for pid, name in enumerate("ab", 1):
        spec = AgentSpec(agent_id=name, skills=SKILLS)
        play(core, SpawnAsked(spec), Registered(name, pid, SKILLS))
    return core


def test_a_paused_session_gives_out_nothing_and_then_everything_in_order(core):
    paused = play(core, PauseAsked())
    held = play(core, *(Submitted(task(f"t{n}")) for n in range(3)))
    resumed = play(core, ResumeAsked())

    assert paused == [Record(DispatchPaused())]
    assert assigned(held) == []
    assert resumed[0] == Record(DispatchResumed())
    assert assigned(resumed) == [("a", "t0"), ("b", "t1")]


def test_what_runs_goes_on_and_its_agent_is_given_nothing_after_it(core):
    play(core, Submitted(task("t1")), Submitted(task("t2")), Submitted(task("t3")))
    play(core, PauseAsked("a"))

    after_a = play(core, Finished("a", "t1", 1, Value(value=1)))
    after_b = play(core, Finished("b", "t2", 1, Value(value=1)))

    assert assigned(after_a) == []
    assert assigned(after_b) == [("b", "t3")]


def test_a_paused_agent_is_passed_over(core):
    play(core, PauseAsked("a"))

    assert assigned(play(core, Submitted(task("t1")), Submitted(task("t2")))) == [("b", "t1")]
    assert assigned(play(core, ResumeAsked("a"))) == [("a", "t2")]


def test_an_agent_stays_paused_when_the_session_goes_on(core):
    play(core, PauseAsked(), PauseAsked("a"), Submitted(task("t1")), Submitted(task("t2")))

    assert assigned(play(core, ResumeAsked())) == [("b", "t1")]


def test_a_paused_agent_that_dies_comes_back_paused_and_a_namesake_is_not(core):
    play(core, PauseAsked("a"), Exited("a", 1, "killed by SIGKILL"), Tick(), now_s=1.0)
    play(core, Registered("a", 3, SKILLS))
    back = core.agents["a"].paused
    play(core, StopAsked("a"), Exited("a", 3, "exit code 0"), SpawnAsked(AgentSpec(agent_id="a")))

    assert back
    assert not core.agents["a"].paused


def test_asking_twice_is_told_once(core):
    assert play(core, PauseAsked("a"), PauseAsked("a")) == [Record(DispatchPaused(), agent="a")]
    assert play(core, ResumeAsked()) == []


def test_a_stopped_agent_and_one_that_is_not_there_cannot_be_paused(core):
    play(core, StopAsked("a"))

    with pytest.raises(UsageError, match="it takes no tasks"):
        core.handle(PauseAsked("a"), 0.0)
    with pytest.raises(UsageError, match="no agent 'z'"):
        core.handle(PauseAsked("z"), 0.0)
