"""How agents live and end: frozen, quarantined, released, drained, restarted, ended with growing force."""

from __future__ import annotations

from random import Random

import pytest

from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Assign,
    CancelAsked,
    CancelOn,
    DrainAsked,
    Effect,
    Event,
    Exited,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    QuarantineAsked,
    Record,
    Registered,
    ReleaseAsked,
    RestartAsked,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Terminate,
    Tick,
)
from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    AgentReady,
    AgentReleased,
    AgentSpawned,
    AgentStopped,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
)
from hms_kernel.model import AgentPhase, AgentSpec, Failure, Intensity, Limits, Lost, Task, Value
from hms_kernel.scheduler import Scheduler

RULE = Intensity(deaths=2, within_s=60.0, cool_s=10.0)
SPEC = AgentSpec(agent_id="a", intensity=RULE)
TASK = Task(task_id="t", skill="prove")


class World:
    """A scheduler and the clock that drives it."""

    def __init__(self) -> None:
        self.core = Scheduler(Random(0))
        self.now_s = 0.0
        self.pid = 0
        self.said: list[Effect] = []

    def tell(self, *events: Event) -> list[Effect]:
        effects = [e for event in events for e in self.core.handle(event, self.now_s)]
        self.said += effects
        return effects

    def wait(self, seconds: float, *alive: str) -> list[Effect]:
        """Pass time in steps of a tenth, with heartbeats each second of those alive."""
        effects: list[Effect] = []
        for step in range(1, round(seconds * 10) + 1):
            self.now_s += 0.1
            if step % 10 == 0:
                effects += self.tell(*(Heartbeat(name) for name in alive))
            effects += self.tell(Tick())
        return effects

    def up(self, spec: AgentSpec = SPEC) -> None:
        self.tell(SpawnAsked(spec))
        self.register(spec.agent_id)

    def register(self, name: str = "a") -> list[Effect]:
        self.pid += 1
        return self.tell(Registered(name, self.pid, ("prove",)))

    def die(self, name: str = "a", cause: str = "exit code 1") -> list[Effect]:
        return self.tell(Exited(name, self.core.agents[name].pid or 0, cause))

    def phase(self, name: str = "a") -> AgentPhase:
        return self.core.agents[name].phase


def facts(effects: list[Effect]) -> list[object]:
    return [effect.kind for effect in effects if isinstance(effect, Record)]


def kinds(effects: list[Effect]) -> list[type]:
    return [type(kind) for kind in facts(effects)]


def commands(effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if not isinstance(effect, Record)]


@pytest.fixture
def world() -> World:
    """One agent, ready and idle."""
    world = World()
    world.up()
    return world


class TestASilentAgent:
    def test_is_killed_as_frozen_within_three_seconds_and_its_death_says_so(self, world):
        world.tell(Submitted(TASK))

        killed = world.wait(2.8)
        died = world.die(cause="killed by SIGKILL")

        assert commands(killed) == [Kill("a")]
        gone, requeued = facts(died)
        assert gone.cause.startswith("frozen: no heartbeat for 2.")
        assert requeued.cause == f"agent a {gone.cause}"

    def test_is_well_while_it_has_heartbeats(self, world):
        assert world.wait(60.0, "a") == []

    def test_is_given_no_task_any_more_once_it_is_condemned(self, world):
        world.wait(2.8)

        assert commands(world.tell(Submitted(TASK))) == []
        world.tell(Heartbeat("a"), Finished("a", "x", 1, Value()))
        assert world.core.agents["a"].task is None

    def test_is_not_blamed_for_a_stall_of_the_supervisor(self, world):
        world.wait(0.5)
        world.now_s += 4000.0
        assert world.tell(Tick(4000.0)) == []

        # From there on its silence counts again, from where it was.
        assert world.wait(1.9) == []
        assert commands(world.wait(0.5)) == [Kill("a")]

    def test_that_spoke_during_the_stall_owes_its_next_heartbeat_from_then_on(self, world):
        world.now_s += 100.0
        world.tell(Heartbeat("a"), Tick(100.0))

        assert commands(world.wait(2.8)) == [Kill("a")]

    def test_that_registers_only_after_it_was_condemned_is_given_nothing(self):
        world = World()
        world.tell(Submitted(TASK), SpawnAsked(SPEC))
        assert Kill("a") in world.wait(60.2)

        assert world.register() == [Shutdown("a")]

    def test_is_killed_again_if_it_survives_that(self, world):
        assert commands(world.wait(8.0)) == [Kill("a"), Kill("a")]

    def test_with_a_slow_heart_is_given_more_time(self):
        world = World()
        world.up(AgentSpec(agent_id="a", heartbeat_s=10.0))

        assert world.wait(24.0) == []
        assert commands(world.wait(2.0)) == [Kill("a")]


class TestDyingTooOften:
    def dies(self, world: World, times: int) -> list[Effect]:
        effects: list[Effect] = []
        for _ in range(times):
            effects = world.die()
            if world.phase() is AgentPhase.BACKOFF:
                world.wait(1.0)
                world.register()
        return effects

    def test_puts_the_agent_in_quarantine_and_says_why(self, world):
        effects = self.dies(world, 3)

        gone, quarantined = facts(effects)
        assert isinstance(gone, AgentGone)
        assert quarantined == AgentQuarantined(
            cause="3 deaths within 60 s, the last one: exit code 1", cool_s=10.0
        )
        assert world.core.agents["a"].last_cause == quarantined.cause

    def test_slowly_is_no_reason(self, world):
        for _ in range(5):
            world.wait(31.0, "a")
            world.die()
            world.wait(2.0)
            world.register()

        assert world.phase() is AgentPhase.READY

    def test_is_followed_by_a_probe_when_it_has_cooled_down(self, world):
        self.dies(world, 3)

        assert world.wait(9.8) == []
        effects = world.wait(0.4)

        assert facts(effects)[0] == AgentReleased(cause="cooled down")
        assert commands(effects) == [Launch(SPEC)]

    def test_on_probation_even_once_doubles_the_quarantine(self, world):
        self.dies(world, 3)
        world.wait(10.1)
        world.register()

        again = world.die()

        assert facts(again)[1] == AgentQuarantined(
            cause="died on probation: exit code 1", cool_s=20.0
        )

    def test_is_forgiven_by_one_finished_task(self, world):
        self.dies(world, 3)
        world.wait(10.1)
        world.register()
        world.tell(Submitted(TASK), Finished("a", "t", 1, Value()))

        world.die()

        assert world.phase() is AgentPhase.BACKOFF

    def test_is_not_forgiven_by_a_task_that_took_its_worker_along(self, world):
        self.dies(world, 3)
        world.wait(10.1)
        world.register()
        crash = Failure(kind="crashed", message="worker killed by SIGSEGV")
        world.tell(Submitted(TASK), Finished("a", "t", 1, crash))

        world.die()

        assert world.phase() is AgentPhase.QUARANTINED


class TestQuarantineByWish:
    def test_ends_the_process_requeues_its_task_without_blame_and_lasts(self, world):
        world.tell(Submitted(Task(task_id="t", skill="prove", limits=Limits(max_attempts=1))))

        asked = world.tell(QuarantineAsked("a", "it smells"))
        ended = world.die(cause="exit code 0")

        assert commands(asked) == [Shutdown("a")]
        assert facts(ended) == [
            AgentQuarantined(cause="it smells", cool_s=None),
            TaskRequeued(cause="agent a was stopped", blamed=False),
        ]
        assert world.wait(2000.0) == []

    def test_ends_with_a_release_on_probation(self, world):
        world.tell(QuarantineAsked("a"))
        world.die()

        effects = world.tell(ReleaseAsked("a"))
        world.register()
        world.die()

        assert kinds(effects) == [AgentReleased, AgentSpawned]
        assert world.phase() is AgentPhase.QUARANTINED

    def test_may_be_taken_back_before_the_process_has_ended(self, world):
        world.tell(QuarantineAsked("a"), ReleaseAsked("a"))

        assert kinds(world.die(cause="exit code 0")) == [AgentStopped, AgentSpawned]

    def test_also_stops_a_restart_that_was_waiting(self, world):
        world.die()

        assert kinds(world.tell(QuarantineAsked("a"))) == [AgentQuarantined]
        assert world.wait(100.0) == []

    def test_of_a_stopped_agent_and_release_of_a_free_one_are_refused(self, world):
        with pytest.raises(UsageError, match="ready, not quarantined"):
            world.tell(ReleaseAsked("a"))
        world.tell(StopAsked("a"))
        with pytest.raises(UsageError, match="nothing to put aside"):
            world.tell(QuarantineAsked("a"))
        for event in (QuarantineAsked("z"), ReleaseAsked("z"), DrainAsked("z"), RestartAsked("z")):
            with pytest.raises(UsageError, match="no agent 'z'"):
                world.tell(event)


class TestDraining:
    def test_finishes_what_runs_takes_nothing_new_and_stays_stopped(self, world):
        world.tell(Submitted(TASK), Submitted(Task(task_id="u", skill="prove")))

        asked = world.tell(DrainAsked("a"))
        finished = world.tell(Finished("a", "t", 1, Value()))
        ended = world.die(cause="exit code 0")

        assert kinds(asked) == [AgentDraining]
        assert commands(asked) == []
        assert kinds(finished) == [TaskSettled, AgentDismissed]
        assert Shutdown("a") in finished
        assert kinds(ended) == [AgentStopped]
        assert world.wait(100.0) == []

    def test_an_idle_agent_ends_it_at_once(self, world):
        assert commands(world.tell(DrainAsked("a"))) == [Shutdown("a")]

    def test_a_task_that_is_cancelled_meanwhile_completes_it(self, world):
        world.tell(Submitted(TASK), DrainAsked("a"))
        assert commands(world.tell(CancelAsked("t"))) == [CancelOn("a", "t", 1)]

        confirmed = Failure(kind="cancelled", message="cancelled")

        assert Shutdown("a") in world.tell(Finished("a", "t", 1, confirmed))

    def test_an_agent_that_dies_meanwhile_blames_its_task_but_stays_down(self, world):
        world.tell(Submitted(TASK), DrainAsked("a"))

        died = world.die()

        assert kinds(died) == [AgentStopped, TaskRequeued]
        assert facts(died)[1].blamed

    def test_a_frozen_agent_is_still_noticed(self, world):
        world.tell(Submitted(TASK), DrainAsked("a"))

        assert commands(world.wait(2.8)) == [Kill("a")]


class TestRestarting:
    def test_gives_a_new_process_without_backoff_or_blame(self, world):
        world.tell(Submitted(TASK))

        asked = world.tell(RestartAsked("a"))
        ended = world.die(cause="exit code 0")

        assert commands(asked) == [Shutdown("a")]
        assert kinds(ended) == [AgentStopped, AgentSpawned, TaskRequeued]
        assert commands(ended) == [Launch(SPEC)]
        assert not facts(ended)[2].blamed
        assert kinds(world.register()) == [AgentReady, TaskAssigned]
        assert world.core.agents["a"].restarts == 1

    def test_brings_back_who_was_stopped_quarantined_or_waiting(self, world):
        world.tell(StopAsked("a"))
        world.die()
        assert commands(world.tell(RestartAsked("a"))) == [Launch(SPEC)]
        world.register()
        world.die()
        assert commands(world.tell(RestartAsked("a"))) == [Launch(SPEC)]
        world.register()
        world.tell(QuarantineAsked("a"))
        world.die()
        assert commands(world.tell(RestartAsked("a"))) == [Launch(SPEC)]

    def test_of_an_agent_that_is_being_stopped_changes_what_comes_next(self, world):
        world.tell(StopAsked("a"), RestartAsked("a"))

        assert commands(world.die()) == [Launch(SPEC)]


class TestEnding:
    def test_takes_more_force_from_time_to_time_until_it_is_done(self, world):
        asked = world.tell(StopAsked("a"))

        forced = [(int(world.now_s), e) for _ in range(120) for e in world.wait(0.1)]

        assert commands(asked) == [Shutdown("a")]
        assert forced == [(3, Terminate("a")), (5, Kill("a")), (10, Kill("a"))]

    def test_a_frozen_agent_that_was_condemned_uses_force_at_once(self, world):
        world.wait(2.8)

        assert commands(world.tell(StopAsked("a"))) == [Kill("a")]

    def test_waits_out_a_stall_of_the_supervisor(self, world):
        world.tell(StopAsked("a"))
        world.now_s += 500.0

        assert world.tell(Tick(500.0)) == []


class TestLimitsOfATask:
    def task(self, **limits: float | int) -> Task:
        return Task(task_id="t", skill="prove", limits=Limits(**limits))

    def failure(self, effects: list[Effect]) -> Failure:
        [settled] = [kind for kind in facts(effects) if isinstance(kind, TaskSettled)]
        assert isinstance(settled.result, Failure)
        return settled.result

    def test_in_the_queue_fail_it_when_no_agent_has_taken_it(self):
        world = World()
        world.tell(Submitted(self.task(queue_s=5.0)))

        assert world.core.next_due_s() == 5.0
        assert world.wait(4.9) == []
        failure = self.failure(world.wait(0.2))

        assert (failure.kind, failure.message) == ("deadline", "no agent took it within 5 s")
        assert world.core.waiting == 0

    def test_in_the_queue_say_nothing_once_it_runs_and_begin_again_when_it_is_requeued(self, world):
        world.tell(Submitted(self.task(queue_s=5.0)))
        assert world.wait(20.0, "a") == []
        world.tell(StopAsked("a"))
        world.die()

        assert world.wait(4.9) == []
        assert self.failure(world.wait(0.2)).kind == "deadline"

    def test_in_all_end_it_whatever_it_is_doing(self, world):
        world.tell(Submitted(self.task(total_s=5.0)))

        effects = world.wait(5.1, "a")

        assert self.failure(effects).message == "it did not end within 5 s"
        assert commands(effects) == [CancelOn("a", "t", 1)]

    def test_that_it_meets_are_forgotten(self, world):
        world.tell(Submitted(self.task(total_s=500.0, queue_s=400.0)))
        world.tell(Finished("a", "t", 1, Value()))

        world.tell(StopAsked("a"))
        world.die()
        world.wait(1.0)
        assert world.core.next_due_s() is None

    def test_on_attempts_come_with_the_evidence_of_each(self, world):
        world.tell(Submitted(self.task(max_attempts=2)))
        crash = Failure(kind="frozen", message="worker frozen: stopped by SIGSTOP", detail="there")

        first = world.tell(Finished("a", "t", 1, crash))
        failure = self.failure(world.die(cause="killed by SIGKILL"))

        assert facts(first)[0] == TaskRequeued(
            cause="worker frozen: stopped by SIGSTOP", output="there"
        )
        assert Assign("a", self.task(max_attempts=2), 2) in first
        assert failure.kind == "attempts"
        assert failure.lost == (
            Lost(attempt=1, agent="a", cause="worker frozen: stopped by SIGSTOP", output="there"),
            Lost(attempt=2, agent="a", cause="agent a killed by SIGKILL"),
        )
