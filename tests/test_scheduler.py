"""Every lifecycle of tasks and agents, without a socket, a clock or a process."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from hms_kernel import takeover
from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Denied,
    Effect,
    Event,
    Exited,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    Record,
    Registered,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Tick,
    Unreachable,
    Watch,
)
from hms_kernel.facts import (
    ActionDenied,
    AgentDismissed,
    AgentGone,
    AgentReady,
    AgentSpawned,
    AgentStopped,
    Fact,
    ResultDropped,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import (
    AgentPhase,
    AgentSpec,
    Failure,
    Limits,
    Outcome,
    Phase,
    Progress,
    Task,
    Value,
    Verdict,
)
from hms_kernel.scheduler import STARTUP_S, Scheduler

PROVED = Verdict(outcome=Outcome.PROVED)
CRASHED = Failure(kind="crashed", message="worker killed by SIGSEGV", detail="its last words")


def task(name: str, skill: str = "prove", attempts: int = 3) -> Task:
    return Task(task_id=name, skill=skill, limits=Limits(max_attempts=attempts))


def spec(name: str, *skills: str) -> AgentSpec:
    return AgentSpec(agent_id=name, skills=skills or ("prove",))


def play(core: Scheduler, *events: Event, now_s: float = 0.0) -> list[Effect]:
    return [effect for event in events for effect in core.handle(event, now_s)]


def commands(effects: list[Effect]) -> list[Effect]:
    """What the shell must do, apart from recording."""
    return [effect for effect in effects if not isinstance(effect, Record)]


def idle_for(core: Scheduler, seconds: float, *alive: str, from_s: float = 0.0) -> list[Effect]:
    """Let time pass second by second, with heartbeats of those still alive."""
    effects: list[Effect] = []
    for second in range(int(seconds)):
        now_s = from_s + second + 1.0
        effects += play(core, *(Heartbeat(name) for name in alive), Tick(), now_s=now_s)
    return effects


def kinds(effects: list[Effect]) -> list[type]:
    return [type(effect.kind) for effect in effects if isinstance(effect, Record)]


def settled(effects: list[Effect]) -> TaskSettled:
    found = [e.kind for e in effects if isinstance(e, Record) and isinstance(e.kind, TaskSettled)]
    assert len(found) == 1
    return found[0]


@pytest.fixture
def core() -> Scheduler:
    return Scheduler(Random(0))


@pytest.fixture
def ready(core: Scheduler) -> Scheduler:
    """A scheduler with agents a (pid 1) and b (pid 2), both idle."""
    play(core, SpawnAsked(spec("a")), SpawnAsked(spec("b")))
    play(core, Registered("a", 1, ("prove",)), Registered("b", 2, ("prove",)))
    return core


class TestATask:
    def test_goes_to_the_agent_that_has_been_idle_longest(self, ready):
        effects = play(ready, Submitted(task("t1")), Submitted(task("t2")))

        assert commands(effects) == [Assign("a", task("t1"), 1), Assign("b", task("t2"), 1)]

    def test_waits_for_an_agent_with_its_skill(self, ready):
        waiting = play(ready, Submitted(task("t1", skill="simulate")))
        play(ready, SpawnAsked(spec("c", "simulate")))
        effects = play(ready, Registered("c", 3, ("simulate",)))

        assert commands(waiting) == []
        assert commands(effects) == [Assign("c", task("t1", skill="simulate"), 1)]

    def test_that_waited_longest_for_any_skill_of_the_agent_goes_first(self, core):
        play(core, Submitted(task("t1", "simulate")), Submitted(task("t2", "prove")))
        play(core, SpawnAsked(spec("a", "prove", "simulate")))

        effects = play(core, Registered("a", 1, ("prove", "simulate")))

        assert commands(effects) == [Assign("a", task("t1", "simulate"), 1)]

    def test_in_the_background_waits_while_any_other_does(self, ready):
        trials = msgspec.structs.replace(task("t0"), background=True)
        play(ready, Submitted(task("t1")), Submitted(task("t2")), Submitted(trials))
        play(ready, Submitted(task("t3")))

        first = play(ready, Finished("a", "t1", 1, PROVED))
        then = play(ready, Finished("b", "t2", 1, PROVED))

        assert Assign("a", task("t3"), 1) in commands(first)
        assert Assign("b", trials, 1) in commands(then)

    def test_ends_with_the_verdict_of_its_agent_and_frees_it_for_the_next(self, ready):
        play(ready, Submitted(task("t1")), Submitted(task("t2")), Submitted(task("t3")))

        effects = play(ready, Finished("a", "t1", 1, PROVED), now_s=7.0)

        assert settled(effects) == TaskSettled(
            phase=Phase.SUCCEEDED, result=PROVED, attempts=1, duration_s=7.0
        )
        assert commands(effects) == [Acknowledge("a", "t1", 1), Assign("a", task("t3"), 1)]

    def test_that_comes_with_its_verdict_needs_no_agent(self, core):
        informal = Verdict(outcome=Outcome.INVALID, reason="informal: prose")

        effects = play(core, Submitted(task("t1"), informal))

        assert kinds(effects) == [TaskSubmitted, TaskSettled]
        assert settled(effects).result == informal
        assert settled(effects).attempts == 0

    def test_fails_when_its_skill_raised_and_is_not_tried_again(self, ready):
        play(ready, Submitted(task("t1")))

        effects = play(ready, Finished("a", "t1", 1, Failure(kind="error", message="boom")))

        assert settled(effects).phase is Phase.FAILED
        assert commands(effects) == [Acknowledge("a", "t1", 1)]

    def test_submitted_twice_is_refused_and_changes_nothing(self, ready):
        play(ready, Submitted(task("t1")))

        with pytest.raises(UsageError, match="t1"):
            play(ready, Submitted(task("t1")))

        assert ready.tasks["t1"].attempt == 1

    def test_that_has_ended_keeps_its_answer_in_memory_and_not_what_it_asked(self, ready):
        asked = msgspec.structs.replace(task("t1"), payload="a long text")
        effects = play(ready, Submitted(asked))
        effects += play(ready, Finished("a", "t1", 1, PROVED))

        assert commands(effects)[0] == Assign("a", asked, 1)
        books = takeover.Recollection().take(
            Fact(session="s", epoch=1, seq=n, time_s=0.0, kind=e.kind, task=e.task)
            for n, e in enumerate(effects, 1)
            if isinstance(e, Record)
        )
        for work in (ready.tasks["t1"], books.tasks["t1"]):
            assert (work.task.payload, work.result) == (None, PROVED)


class TestALostAgent:
    def test_gives_its_task_to_the_next_idle_agent_under_a_new_attempt(self, ready):
        play(ready, Submitted(task("t1")))

        effects = play(ready, Exited("a", 1, "killed by SIGKILL"))

        assert kinds(effects) == [AgentGone, TaskRequeued, TaskAssigned]
        assert commands(effects) == [Assign("b", task("t1"), 2)]

    def test_gives_its_task_back_to_its_old_place_in_the_queue(self, core):
        play(core, SpawnAsked(spec("a")), Registered("a", 1, ("prove",)))
        play(core, Submitted(task("t1")), Submitted(task("t2")))

        play(core, Exited("a", 1, "killed by SIGKILL"))
        play(core, Tick(), now_s=100.0)
        effects = play(core, Registered("a", 9, ("prove",)))

        assert commands(effects) == [Assign("a", task("t1"), 2)]

    def test_is_launched_again_after_its_backoff_and_not_before(self, ready):
        effects = play(ready, Exited("a", 1, "killed by SIGKILL"))
        gone = next(e.kind for e in effects if isinstance(e, Record))
        assert isinstance(gone, AgentGone)

        early = play(ready, Tick(), now_s=gone.backoff_s * 0.99)
        due = play(ready, Tick(), now_s=gone.backoff_s)

        assert early == []
        assert due == [
            Record(AgentSpawned(spec=spec("a"), restarts=1), agent="a"),
            Launch(spec("a")),
        ]

    def test_is_forgiven_after_a_clean_run(self, core):
        play(core, SpawnAsked(spec("a")))
        now_s = 0.0
        for pid in range(1, 9):
            play(core, Registered("a", pid, ("prove",)), now_s=now_s)
            play(core, Exited("a", pid, "exit code 1"), now_s=now_s)
            now_s += 60.0
            play(core, Tick(), now_s=now_s)
        play(core, Registered("a", 9, ("prove",)), now_s=now_s)

        effects = play(core, Exited("a", 9, "exit code 1"), now_s=now_s + 61.0)

        assert next(e.kind.backoff_s for e in effects if isinstance(e, Record)) <= 0.1

    def test_is_forgiven_by_one_finished_task(self, core):
        play(core, SpawnAsked(spec("a")))
        for pid in range(1, 9):
            now_s = 20.0 * pid
            play(core, Registered("a", pid, ("prove",)), Submitted(task(f"t{pid}")), now_s=now_s)
            play(core, Finished("a", f"t{pid}", 1, PROVED), now_s=now_s)

            effects = play(core, Exited("a", pid, "killed by SIGKILL"), now_s=now_s)

            assert next(e.kind.backoff_s for e in effects if isinstance(e, Record)) <= 0.1
            play(core, Tick(), now_s=now_s + 0.1)

    def test_is_counted_once_however_often_its_death_is_reported(self, ready):
        play(ready, Exited("a", 1, "killed by SIGKILL"))

        assert play(ready, Exited("a", 1, "ended")) == []

    def test_that_never_registers_is_killed_and_launched_again(self, core):
        play(core, SpawnAsked(spec("a")))

        assert play(core, Tick(), now_s=STARTUP_S - 1) == []
        assert play(core, Tick(), now_s=STARTUP_S) == [Kill("a")]
        assert kinds(play(core, Exited("a", 5, "killed by SIGKILL"))) == [AgentGone]

    def test_that_cannot_be_reached_is_ended_so_that_its_task_is_requeued(self, ready):
        play(ready, Submitted(task("t1")))

        assert play(ready, Unreachable("a")) == [Kill("a")]
        assert commands(play(ready, Exited("a", 1, "killed by SIGKILL"))) == [
            Assign("b", task("t1"), 2)
        ]


class TestAPoisonousTask:
    def test_is_stopped_by_its_attempt_limit_and_blamed(self, ready):
        play(ready, Submitted(task("t1", attempts=2)))
        play(ready, Exited("a", 1, "killed by SIGKILL"))

        effects = play(ready, Exited("b", 2, "killed by SIGSEGV"))

        failure = settled(effects).result
        assert isinstance(failure, Failure)
        assert failure.kind == "attempts"
        assert "SIGSEGV" in failure.message
        assert settled(effects).attempts == 2

    def test_that_kills_workers_counts_as_lost_but_the_agent_lives_on(self, ready):
        play(ready, Submitted(task("t1", attempts=2)))

        again = play(ready, Finished("a", "t1", 1, CRASHED))
        ended = play(ready, Finished("b", "t1", 2, CRASHED))

        assert kinds(again) == [TaskRequeued, TaskAssigned]
        assert settled(ended).phase is Phase.FAILED
        assert settled(ended).result.detail == "its last words"
        assert all(agent.phase is AgentPhase.READY for agent in ready.agents.values())

    def test_is_not_blamed_for_agents_that_somebody_stopped(self, core):
        play(core, SpawnAsked(spec("a")), Registered("a", 1, ("prove",)))
        play(core, Submitted(task("t1", attempts=1)), StopAsked("a"))

        effects = play(core, Exited("a", 1, "exit code 0"))

        assert kinds(effects) == [AgentStopped, TaskRequeued]
        assert core.tasks["t1"].phase is Phase.PENDING


class TestAStaleResult:
    def test_of_a_superseded_attempt_is_recognised_and_dropped(self, ready):
        play(ready, Submitted(task("t1")))
        play(ready, Exited("a", 1, "killed by SIGKILL"))

        effects = play(ready, Finished("a", "t1", 1, PROVED))

        assert kinds(effects) == [ResultDropped]
        assert commands(effects) == [Acknowledge("a", "t1", 1)]
        assert ready.tasks["t1"].phase is Phase.RUNNING

    def test_that_says_once_more_how_an_attempt_was_lost_does_not_count_twice(self, core):
        play(core, SpawnAsked(spec("a")), Registered("a", 1, ("prove",)))
        play(core, Submitted(task("t1", attempts=2)), Exited("a", 1, "killed by SIGKILL"))

        assert kinds(play(core, Finished("a", "t1", 1, CRASHED))) == [ResultDropped]
        assert core.tasks["t1"].phase is Phase.PENDING
        assert core.waiting == 1

    def test_that_answers_an_attempt_given_up_for_lost_counts_while_no_other_has_begun(self, core):
        play(core, SpawnAsked(spec("a")), Registered("a", 1, ("prove",)))
        play(core, Submitted(task("t1")), Exited("a", 1, "killed by SIGKILL"))

        assert settled(play(core, Finished("a", "t1", 1, PROVED))).result == PROVED
        assert core.waiting == 0

    def test_that_is_only_resent_is_acknowledged_again_without_a_word(self, ready):
        play(ready, Submitted(task("t1")), Finished("a", "t1", 1, PROVED))

        assert play(ready, Finished("a", "t1", 1, PROVED)) == [Acknowledge("a", "t1", 1)]

    def test_of_a_task_nobody_knows_is_acknowledged_so_that_it_is_not_sent_for_ever(self, ready):
        effects = play(ready, Finished("a", "t99", 1, PROVED))

        assert commands(effects) == [Acknowledge("a", "t99", 1)]


class TestCancelling:
    def test_a_waiting_task_ends_it_and_it_is_never_assigned(self, core):
        play(core, Submitted(task("t1")), Submitted(task("t2")))

        effects = play(core, CancelAsked("t1"))
        play(core, SpawnAsked(spec("a")))
        assigned = play(core, Registered("a", 1, ("prove",)))

        assert settled(effects).phase is Phase.CANCELLED
        assert commands(assigned) == [Assign("a", task("t2"), 1)]

    def test_a_running_task_tells_its_agent_which_takes_no_other_until_it_confirms(self, ready):
        play(ready, StopAsked("b"), Submitted(task("t1")))

        effects = play(ready, CancelAsked("t1"))
        meanwhile = play(ready, Submitted(task("t2")))
        confirmed = play(
            ready, Finished("a", "t1", 1, Failure(kind="cancelled", message="cancelled"))
        )

        assert commands(effects) == [CancelOn("a", "t1", 1)]
        assert commands(meanwhile) == []
        assert commands(confirmed) == [Acknowledge("a", "t1", 1), Assign("a", task("t2"), 1)]

    def test_a_task_that_has_ended_changes_nothing(self, ready):
        play(ready, Submitted(task("t1")), Finished("a", "t1", 1, PROVED))

        assert play(ready, CancelAsked("t1")) == []
        assert ready.tasks["t1"].result == PROVED

    def test_an_unknown_task_says_where_ids_come_from(self, core):
        with pytest.raises(UsageError, match="submit_proof_task"):
            play(core, CancelAsked("t1"))


class TestStopping:
    def test_an_idle_agent_asks_it_to_end_and_does_not_bring_it_back(self, ready):
        asked = play(ready, StopAsked("a"))
        ended = play(ready, Exited("a", 1, "exit code 0"))

        assert asked == [Record(AgentDismissed(), agent="a"), Shutdown("a")]
        assert kinds(ended) == [AgentStopped]
        assert idle_for(ready, 1000.0, "b") == []

    def test_an_agent_that_is_waiting_to_be_launched_again_forgets_it(self, ready):
        play(ready, Exited("a", 1, "killed by SIGKILL"))

        assert kinds(play(ready, StopAsked("a"))) == [AgentStopped]
        assert idle_for(ready, 1000.0, "b") == []

    def test_an_agent_that_is_still_starting_kills_it(self, core):
        play(core, SpawnAsked(spec("a")))

        assert commands(play(core, StopAsked("a"))) == [Kill("a")]
        assert play(core, Registered("a", 1, ("prove",))) == [Shutdown("a")]

    def test_makes_room_for_a_namesake(self, ready):
        play(ready, StopAsked("a"), Exited("a", 1, "exit code 0"))

        assert commands(play(ready, SpawnAsked(spec("a")))) == [Launch(spec("a"))]

    def test_an_unknown_agent_names_those_there_are(self, ready):
        with pytest.raises(UsageError, match="known: a, b"):
            play(ready, StopAsked("z"))


class TestRegistering:
    def test_records_the_process_and_its_skills(self, core):
        play(core, SpawnAsked(spec("a")))

        effects = play(core, Registered("a", 7, ("prove",)))

        assert effects == [Record(AgentReady(pid=7, skills=("prove",)), agent="a")]

    def test_twice_does_not_disturb_the_task_that_crossed_it_on_the_wire(self, core):
        play(core, SpawnAsked(spec("a")), Registered("a", 7, ("prove",)), Submitted(task("t1")))

        assert play(core, Registered("a", 7, ("prove",))) == []
        assert core.agents["a"].task == "t1"

    def test_an_agent_of_an_earlier_supervisor_is_adopted_watched_and_freed_of_old_work(self, core):
        effects = play(core, Registered("old", 7, ("prove",), (("t9", 2),)))

        assert commands(effects) == [Watch("old", 7), CancelOn("old", "t9", 2)]
        assert commands(play(core, Submitted(task("t1")))) == [Assign("old", task("t1"), 1)]

    def test_under_a_name_that_is_taken_by_a_spawn_is_refused(self, ready):
        with pytest.raises(UsageError, match="exists"):
            play(ready, SpawnAsked(spec("a")))


class TestADenial:
    def test_of_an_assignment_fails_the_task_and_frees_the_agent(self, ready):
        play(ready, StopAsked("b"), Submitted(task("t1")), Submitted(task("t2")))

        effects = play(ready, Denied(Assign("a", task("t1"), 1), "no-proofs"))

        assert kinds(effects) == [ActionDenied, TaskSettled, TaskAssigned]
        assert "no-proofs" in settled(effects).result.message
        assert commands(effects) == [Assign("a", task("t2"), 1)]

    def test_of_a_launch_leaves_the_agent_stopped(self, core):
        play(core, SpawnAsked(spec("a")))

        effects = play(core, Denied(Launch(spec("a")), "no-agents"))

        assert kinds(effects) == [ActionDenied]
        assert core.agents["a"].phase is AgentPhase.STOPPED
        assert core.next_due_s() is None


def test_heartbeats_are_signals_and_not_facts(ready):
    progress = Progress(task_id="t1", attempt=1, steps=4, note="smt")

    assert play(ready, Heartbeat("a", progress), now_s=5.0) == []
    assert ready.agents["a"].seen_s == 5.0
    assert ready.agents["a"].progress == progress


def test_values_of_other_skills_end_a_task_as_verdicts_do(ready):
    play(ready, Submitted(task("t1")))

    assert settled(play(ready, Finished("a", "t1", 1, Value(value=[1])))).result == Value(value=[1])


def test_the_same_events_and_seed_give_the_same_effects():
    def story(seed: int) -> list[Effect]:
        core = Scheduler(Random(seed))
        play(core, SpawnAsked(spec("a")), Registered("a", 1, ("prove",)), Submitted(task("t1")))
        return play(core, Exited("a", 1, "killed by SIGKILL"))

    assert story(3) == story(3)
    assert story(3) != story(4)
