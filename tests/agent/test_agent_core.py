"""What an agent decides, played without clock, process or socket."""

from __future__ import annotations

import msgspec
import pytest

from hms_kernel.agent.core import (
    AgentCore,
    Begin,
    Exit,
    InterruptWorker,
    KillWorker,
    LookAtWorker,
    Send,
)
from hms_kernel.messages import (
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    ProofResult,
    RegisterRequest,
    RegisterResponse,
    ShutdownAgent,
    TaskResult,
    UpdateTaskStatusRequest,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import (
    AgentSpec,
    Failure,
    Limits,
    Outcome,
    Progress,
    Task,
    Value,
    Verdict,
)

SPEC = AgentSpec(agent_id="a", skills=("prove",), heartbeat_s=1.0, grace_s=60.0)
TASK = Task(task_id="t", skill="prove")
REGISTER = RegisterRequest(agent_id="a", pid=7, skills=("prove",))
WELCOME = RegisterResponse(session="s")


def from_supervisor(body, *, epoch=1, attempt=0):
    return Envelope(body=body, epoch=epoch, attempt=attempt)


def sent(effects):
    return [effect.envelope.body for effect in effects if isinstance(effect, Send)]


def registered(spec=SPEC, epoch=1):
    core = AgentCore(spec, pid=7, now_s=0.0)
    core.tick(0.0)
    core.received(0.0, from_supervisor(WELCOME, epoch=epoch))
    return core


def busy(task=TASK, attempt=1, now_s=0.0):
    core = registered()
    assign = from_supervisor(AgentTask(task=task), attempt=attempt)
    assert core.received(now_s, assign) == [Begin(task, attempt)]
    return core


# --- registering -------------------------------------------------------------------


def test_it_registers_again_with_growing_pauses_until_it_is_answered():
    core = AgentCore(SPEC, pid=7, now_s=0.0)
    times = []
    while core.due_s() < 10.0:
        now_s = core.due_s()
        assert sent(core.tick(now_s)) == [REGISTER]
        times.append(round(now_s, 3))

    assert times == [0.0, 0.1, 0.3, 0.7, 1.5, 3.1, 5.1, 7.1, 9.1]

    assert sent(core.received(10.0, from_supervisor(WELCOME))) == [HeartbeatRequest(agent_id="a")]
    assert core.due_s() == 11.0


def test_heartbeats_come_at_their_interval_and_carry_the_work():
    core = busy(attempt=3)
    core.stepped(0.5, "t", 3, steps=4, note="nlsat")

    look, beat = core.tick(1.0)

    progress = Progress(task_id="t", attempt=3, elapsed_s=1.0, steps=4, note="nlsat")
    body = HeartbeatRequest(agent_id="a", progress=progress, holds=(("t", 3),))
    assert look == LookAtWorker()
    assert beat == Send(Envelope(body=body, epoch=1, attempt=3))
    assert core.tick(1.4) == []
    assert core.due_s() == 1.5


def test_a_supervisor_that_does_not_know_it_is_told_what_it_runs():
    core = busy(attempt=2)

    effects = core.received(1.0, from_supervisor(HeartbeatResponse(known=False)))

    assert sent(effects) == [msgspec.structs.replace(REGISTER, running=(("t", 2),))]


def test_a_supervisor_of_a_later_epoch_is_introduced_to_and_then_obeyed():
    core = busy(attempt=2)

    effects = core.received(1.0, from_supervisor(HeartbeatResponse(), epoch=2))
    assert sent(effects) == [msgspec.structs.replace(REGISTER, running=(("t", 2),))]

    core.received(1.1, from_supervisor(WELCOME, epoch=2))
    effects = core.received(1.2, from_supervisor(CancelTask(task_id="t"), epoch=2, attempt=2))
    assert effects == [InterruptWorker()]
    assert core.finished(1.3, "t", 2, Value())[0].envelope.epoch == 2


@pytest.mark.parametrize(
    "body",
    [ShutdownAgent(), CancelTask(task_id="t"), WELCOME, HeartbeatResponse(known=False)],
)
def test_supervisors_of_earlier_epochs_are_ignored(body):
    core = registered(epoch=2)
    core.received(0.0, from_supervisor(AgentTask(task=TASK), epoch=2, attempt=1))

    assert core.received(0.5, from_supervisor(body, epoch=1, attempt=1)) == []
    assert core.running == ("t", 1)


def test_orders_from_a_supervisor_it_never_registered_with_are_not_obeyed():
    core = AgentCore(SPEC, pid=7, now_s=0.0)

    assert sent(core.received(0.0, from_supervisor(AgentTask(task=TASK), attempt=1))) == [REGISTER]
    assert core.running is None

    core = registered(epoch=1)
    effects = core.received(0.5, from_supervisor(ShutdownAgent(), epoch=2))
    assert sent(effects) == [REGISTER]


def test_a_silent_supervisor_is_looked_for_and_still_obeyed_when_it_wakes():
    core = registered()
    while core.due_s() < 5.0:
        core.tick(core.due_s())

    assert sent(core.tick(5.0)) == [REGISTER]
    assign = from_supervisor(AgentTask(task=TASK), attempt=1)
    assert core.received(5.1, assign) == [Begin(TASK, 1)]


def test_without_any_sign_of_a_supervisor_it_ends_after_the_grace_period():
    core = busy()
    while (now_s := core.due_s()) < 60.0:
        assert not any(isinstance(effect, Exit) for effect in core.tick(now_s))

    assert core.due_s() == 60.0
    assert core.tick(60.0) == [Exit(0, "no supervisor for 60 s")]


def test_asked_to_end_it_ends():
    assert registered().received(0.0, from_supervisor(ShutdownAgent())) == [Exit(0, "asked to end")]


# --- results -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (Verdict(outcome=Outcome.UNKNOWN, reason="r"), ProofResult),
        (Value(value=3), TaskResult),
        (Failure(kind="error", message="m"), TaskResult),
    ],
)
def test_a_result_is_repeated_every_second_until_it_is_acknowledged(result, message):
    core = busy(attempt=2)

    (first,) = core.finished(0.5, "t", 2, result)
    assert isinstance(first.envelope.body, message)
    assert first.envelope.attempt == 2
    assert first not in core.tick(1.0)
    assert first in core.tick(1.5)
    assert first in core.tick(2.5)

    core.received(2.6, from_supervisor(UpdateTaskStatusResponse(task_id="t"), attempt=2))
    assert first not in core.tick(10.0)


def test_the_acknowledgement_of_another_attempt_does_not_count():
    core = busy(attempt=2)
    (first,) = core.finished(0.5, "t", 2, Value(value=3))

    core.received(0.6, from_supervisor(UpdateTaskStatusResponse(task_id="t"), attempt=1))

    assert first in core.tick(1.5)


def test_an_unacknowledged_result_counts_as_running_and_goes_to_the_next_supervisor():
    core = busy(attempt=2)
    core.finished(0.5, "t", 2, Value(value=3))

    effects = core.received(1.0, from_supervisor(HeartbeatResponse(), epoch=2))
    assert sent(effects) == [msgspec.structs.replace(REGISTER, running=(("t", 2),))]

    effects = core.received(1.1, from_supervisor(WELCOME, epoch=2))
    body = TaskResult(task_id="t", result=Value(value=3))
    assert Send(Envelope(body=body, epoch=2, attempt=2)) in effects


def test_a_result_found_while_nobody_listens_is_kept():
    core = busy()
    while core.due_s() < 5.0:
        core.tick(core.due_s())
    core.tick(5.0)

    assert core.finished(5.5, "t", 1, Value(value=3)) == []

    effects = core.received(6.0, from_supervisor(WELCOME))
    assert TaskResult(task_id="t", result=Value(value=3)) in sent(effects)


def test_a_task_sent_twice_is_done_once():
    core = busy()
    again = from_supervisor(AgentTask(task=TASK), attempt=1)

    assert core.received(0.1, again) == []
    core.finished(0.2, "t", 1, Value(value=3))

    # It was answered, but the answer must have been lost: say it again.
    assert sent(core.received(0.3, again)) == [TaskResult(task_id="t", result=Value(value=3))]


def test_a_second_task_waits_for_the_first():
    core = busy()
    second = Task(task_id="u", skill="prove")

    assert core.received(0.1, from_supervisor(AgentTask(task=second), attempt=1)) == []
    effects = core.finished(0.2, "t", 1, Value())

    assert effects[-1] == Begin(second, 1)


def test_a_task_for_a_skill_it_does_not_have_fails_by_name():
    core = registered()
    task = Task(task_id="t", skill="simulate")

    (answer,) = sent(core.received(0.0, from_supervisor(AgentTask(task=task), attempt=1)))

    message = "agent a has no skill 'simulate'; it has prove"
    assert answer == TaskResult(task_id="t", result=Failure(kind="error", message=message))


# --- how attempts end ----------------------------------------------------------------


def test_cancelling_asks_the_worker_to_end_and_believes_no_answer_any_more():
    core = busy()
    cancel = from_supervisor(CancelTask(task_id="t", reason="changed my mind"), attempt=1)

    assert core.received(0.5, cancel) == [InterruptWorker()]
    effects = core.finished(0.6, "t", 1, Value(value=1))

    failure = Failure(kind="cancelled", message="changed my mind")
    assert sent(effects) == [TaskResult(task_id="t", result=failure)]


def test_a_worker_that_does_not_end_when_asked_is_killed_within_half_a_second():
    core = busy()
    core.received(0.1, from_supervisor(CancelTask(task_id="t"), attempt=1))

    assert KillWorker() not in core.tick(0.59)
    assert KillWorker() in core.tick(0.61)
    assert KillWorker() not in core.tick(0.7)

    (answer,) = sent(core.worker_ended(0.8, "killed by SIGKILL", "where it was"))
    assert answer.result == Failure(kind="cancelled", message="cancelled")


@pytest.mark.parametrize("key", [("t", 1), ("u", 2)])
def test_cancelling_what_it_never_got_is_answered_and_leaves_the_worker_alone(key):
    core = busy(attempt=2)
    task_id, attempt = key

    effects = core.received(0.5, from_supervisor(CancelTask(task_id=task_id), attempt=attempt))

    cancelled = Failure(kind="cancelled", message="cancelled")
    assert sent(effects) == [TaskResult(task_id=task_id, result=cancelled)]
    assert core.running == ("t", 2)


def test_an_assignment_that_comes_after_its_cancellation_is_not_begun():
    core = registered()
    core.received(0.1, from_supervisor(CancelTask(task_id="t"), attempt=1))

    late = core.received(0.2, from_supervisor(AgentTask(task=TASK), attempt=1))

    assert core.running is None
    assert [type(body) for body in sent(late)] == [TaskResult]


def test_messages_about_an_attempt_whose_result_is_safe_come_too_late():
    core = busy()
    core.finished(0.5, "t", 1, Value(value=1))
    core.received(0.6, from_supervisor(UpdateTaskStatusResponse(task_id="t"), attempt=1))

    for body in (AgentTask(task=TASK), CancelTask(task_id="t")):
        assert core.received(0.7, from_supervisor(body, attempt=1)) == []

    assert core.running is None


def test_the_next_supervisor_may_use_a_number_again_that_was_never_written_down():
    core = busy()
    core.finished(0.5, "t", 1, Value(value=1))
    core.received(0.6, from_supervisor(UpdateTaskStatusResponse(task_id="t"), attempt=1))
    core.received(0.7, from_supervisor(HeartbeatResponse(known=False), epoch=2))
    core.received(0.8, from_supervisor(RegisterResponse(session="s"), epoch=2))

    core.received(0.9, from_supervisor(AgentTask(task=TASK), epoch=2, attempt=1))

    assert core.running == ("t", 1)


def test_cancelling_a_task_that_waits_leaves_the_worker_alone():
    core = busy()
    core.received(0.1, from_supervisor(AgentTask(task=Task(task_id="u", skill="prove")), attempt=1))

    effects = core.received(0.2, from_supervisor(CancelTask(task_id="u"), attempt=1))

    assert sent(effects) == [
        TaskResult(task_id="u", result=Failure(kind="cancelled", message="cancelled"))
    ]
    assert KillWorker() not in effects
    assert core.finished(0.3, "t", 1, Value())[1:] == []


def test_a_deadline_is_counted_from_the_beginning_of_the_attempt():
    task = Task(task_id="t", skill="prove", limits=Limits(attempt_wall_s=2.5))
    core = busy(task, now_s=10.0)
    core.received(10.0, from_supervisor(HeartbeatResponse()))

    assert InterruptWorker() not in core.tick(12.4)
    assert core.due_s() == 12.5
    assert InterruptWorker() in core.tick(12.5)
    interrupted = Failure(kind="error", message="the worker was interrupted", detail="in nlsat")

    effects = core.finished(12.6, "t", 1, interrupted, "printed")

    failure = Failure(kind="deadline", message="stopped after 2.5 s", detail="in nlsat")
    assert TaskResult(task_id="t", result=failure, output="printed") in sent(effects)
    assert core.running is None


def test_a_frozen_worker_is_killed_at_once_and_the_cause_is_told():
    core = busy()
    effects = []
    for look in range(1, 8):
        effects += core.looked(look * 0.5, pulse=1, cpu_s=0.5, stopped_by="SIGSTOP")

    assert effects == [KillWorker()]
    (answer,) = sent(core.worker_ended(4.0, "killed by SIGKILL", "last words"))
    assert answer.result == Failure(
        kind="frozen", message="worker frozen: stopped by SIGSTOP", detail="last words"
    )


def test_a_task_without_progress_within_its_limit_is_stuck_and_one_with_it_is_not():
    core = busy(Task(task_id="t", skill="prove", limits=Limits(progress_s=2.0)))
    for look in range(1, 5):
        if look == 3:
            core.stepped(1.4, "t", 1, 1, "on")
        assert core.looked(look * 0.5, pulse=look, cpu_s=0.1, stopped_by="") == []

    said = [core.looked(look * 0.5, look, 0.1, "") for look in range(5, 8)]

    assert said == [[], [InterruptWorker()], []]
    (answer,) = sent(core.finished(3.6, "t", 1, Value()))
    assert answer.result == Failure(kind="stuck", message="worker stuck: no progress for 2 s")


def test_an_idle_worker_is_not_looked_at():
    core = registered()

    assert core.looked(0.5, 1, 0.0, "SIGSTOP") == []
    assert core.due_s() == 1.0


def test_a_worker_that_ends_takes_its_task_with_it_and_the_next_one_begins():
    core = busy()
    second = Task(task_id="u", skill="prove")
    core.received(0.1, from_supervisor(AgentTask(task=second), attempt=1))

    effects = core.worker_ended(0.2, "killed by SIGSEGV", "Fatal Python error")

    failure = Failure(
        kind="crashed", message="worker killed by SIGSEGV", detail="Fatal Python error"
    )
    assert sent(effects) == [TaskResult(task_id="t", result=failure)]
    assert effects[-1] == Begin(second, 1)


def test_an_idle_worker_that_ends_is_nobodys_failure():
    assert registered().worker_ended(0.2, "exit code 1", "") == []


def test_words_of_an_abandoned_attempt_are_not_believed():
    core = busy(attempt=1)
    core.received(0.1, from_supervisor(CancelTask(task_id="t"), attempt=1))
    core.received(0.2, from_supervisor(AgentTask(task=TASK), attempt=2))
    core.worker_ended(0.25, "killed by SIGKILL", "")

    assert core.finished(0.3, "t", 1, Value(value="late")) == []
    assert core.stepped(0.3, "t", 1, 9, "late") == []
    assert core.running == ("t", 2)


# --- progress ---------------------------------------------------------------------------


def test_a_new_note_goes_out_at_once_but_not_too_often():
    core = busy()
    notes = [(0.1, "one"), (0.15, "two"), (0.2, "two"), (0.35, "three"), (0.6, "three")]

    told = [
        (now_s, body.progress.note)
        for steps, (now_s, note) in enumerate(notes, 1)
        for body in sent(core.stepped(now_s, "t", 1, steps, note))
        if isinstance(body, UpdateTaskStatusRequest)
    ]

    assert told == [(0.1, "one"), (0.35, "three")]
