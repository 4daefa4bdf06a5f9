"""One real agent with its real worker: working, crashing, hanging, flooding."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hms_test_stage import Kernel, Stage, is_alive, wait_for

from hms_kernel.messages import (
    Envelope,
    HeartbeatRequest,
    ProofResult,
    ShutdownAgent,
    TaskResult,
    UpdateTaskStatusRequest,
)
from hms_kernel.model import Failure, Limits, Outcome, Value, Verdict

PLUGINS = Path(__file__).resolve().parents[1] / "plugins"


@pytest.fixture(scope="module")
def shared():
    """A stage with one agent for the tests that leave their agent in order."""
    played = Stage()
    played.launch(heartbeat_s=0.2, config={"seed": 7}, memory_bytes=1 << 30)
    yield played
    played.close()


# --- answers -------------------------------------------------------------------------


def test_a_skill_is_given_its_payload_and_its_answer_comes_back(shared):
    value = {"text": "∑ i, w i", "numbers": [1, -2.5, 2**63], "bytes": b"\x00", "none": None}

    assert shared.do("echo", value=value) == Value(value=value)


def test_a_verdict_comes_back_as_a_proof_result(shared):
    assert shared.do("prove") == Verdict(outcome=Outcome.UNKNOWN, reason="rehearsal")
    assert any(isinstance(envelope.body, ProofResult) for envelope in shared.envelopes)


def test_the_worker_and_its_skills_stay_between_tasks(shared):
    first, second = shared.do("describe").value, shared.do("describe").value

    assert second["pid"] == first["pid"]
    assert second["served"] == first["served"] + 1
    assert second["config"] == {"seed": 7}


def test_a_worker_holds_no_descriptor_of_its_agents(shared):
    descriptors = shared.do("describe").value["descriptors"]

    # Input, output, errors, the socket to its agent, the leash, and the listing itself.
    assert len(descriptors) <= 6


def test_a_skill_that_raises_fails_with_its_traceback_and_keeps_its_worker(shared):
    worker = shared.worker()

    failure = shared.do("raise", message="no such axiom")

    assert (failure.kind, failure.message) == ("error", "ValueError: no such axiom")
    assert "in do_raise" in failure.detail
    assert shared.worker() == worker


def test_a_skill_nobody_installed_fails_by_name(stage):
    stage.launch(skills=("juggle",))

    failure = stage.do("echo", skill="juggle")

    assert failure.kind == "error"
    assert "no skill 'juggle'" in failure.message


def test_what_no_message_can_hold_is_an_error_that_says_so(shared):
    for failure in (shared.do("object"), shared.do("big", megabytes=64)):
        assert failure.kind == "error"
        assert "what rehearse returned cannot be sent" in failure.message


def test_a_large_payload_and_a_large_answer_get_through(shared):
    value = b"x" * (20 << 20)

    assert shared.do("echo", value=value) == Value(value=value)


# --- ends of workers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "arguments", "cause", "last_words"),
    [
        ("die", {"by": "SIGKILL", "words": "so long"}, "killed by SIGKILL", "so long"),
        ("die", {"by": "SIGABRT"}, "killed by SIGABRT", "in do_die"),
        ("segfault", {}, "killed by SIGSEGV", "in do_segfault"),
        ("exit", {"code": 3}, "ended with exit code 3", ""),
    ],
)
def test_a_worker_that_dies_fails_its_task_with_cause_and_last_words(
    shared, what, arguments, cause, last_words
):
    worker, agent = shared.worker(), shared.pids["a"]

    failure = shared.do(what, **arguments)

    assert (failure.kind, failure.message) == ("crashed", f"worker {cause}")
    assert last_words in failure.detail
    assert not is_alive(worker)
    assert shared.worker() != worker
    assert shared.pids["a"] == agent


def test_a_worker_killed_from_outside_fails_its_task_and_the_next_one_works(shared):
    worker = shared.worker()
    task = shared.assign("hang")
    shared.note(task)

    os.kill(worker, signal.SIGKILL)

    assert shared.result(task).message == "worker killed by SIGKILL"
    assert shared.do("echo", value=1) == Value(value=1)


def test_an_idle_worker_killed_from_outside_is_replaced_for_the_next_task(shared):
    worker = shared.worker()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not is_alive(worker))

    assert shared.do("echo", value=1) == Value(value=1)


def test_memory_beyond_the_limit_fails_the_task_and_replaces_the_worker(shared):
    worker = shared.worker()

    failure = shared.do("eat", megabytes=2000)

    assert (failure.kind, failure.message) == ("crashed", "worker ran out of memory (limit 1 GiB)")
    assert shared.worker() != worker
    assert shared.do("eat", megabytes=100) == Value(value=100 << 20)


def test_cancelling_ends_a_hanging_task_and_its_worker(shared):
    worker = shared.worker()
    task = shared.assign("hang")
    shared.note(task)

    shared.cancel(task)

    assert shared.result(task) == Failure(kind="cancelled", message="cancelled")
    assert shared.worker() != worker
    wait_for(lambda: not psutil.pid_exists(worker), "the cancelled worker was not reaped")


def test_cancelling_ends_what_the_worker_has_started(shared):
    task = shared.assign("family")
    child = int(shared.note(task))
    assert is_alive(child)

    shared.cancel(task)

    assert shared.result(task).kind == "cancelled"
    wait_for(lambda: not is_alive(child), "the worker's child lives on")


def test_a_deadline_ends_a_worker_that_holds_the_interpreter_in_c(shared):
    failure = shared.do("deadlock", limits=Limits(attempt_wall_s=0.3))

    assert (failure.kind, failure.message) == ("deadline", "stopped after 0.3 s")
    assert "in do_deadlock" in failure.detail
    assert shared.do("echo", value=1) == Value(value=1)


def test_what_a_worker_prints_is_bounded_and_disturbs_nobody(shared):
    assert shared.do("flood", megabytes=50) == Value(value=50)
    assert psutil.Process(shared.pids["a"]).memory_info().rss < 200 << 20


def test_what_a_worker_prints_comes_with_the_answer_whoever_printed_it(shared):
    first, second = (shared.assign("print", words=words) for words in ("one", "two"))

    assert [shared.result(first), shared.result(second)] == [Value(), Value()]
    outputs = {e.body.task_id: e.body.output for e in shared.envelopes if is_result(e)}
    for task, words in ((first, "one"), (second, "two")):
        for part in (f"python {words}", f"native {words}", f"raw {words}"):
            assert part in outputs[task]
    assert "one" not in outputs[second]


def test_of_much_output_the_end_is_kept_and_the_rest_is_counted(shared):
    task = shared.assign("flood", megabytes=2)
    shared.result(task)

    output = next(e.body.output for e in shared.envelopes if is_result(e, task))
    assert output.endswith("last line\n")
    assert len(output) < 20_000
    assert output.startswith(f"[{(2 << 20) + len('last line') + 1 - (16 << 10)} bytes before this]")


def is_result(envelope: Envelope, task: str = "") -> bool:
    body = envelope.body
    return isinstance(body, TaskResult) and (not task or body.task_id == task)


# --- frozen and stuck workers ------------------------------------------------------------


def test_a_stopped_worker_is_noticed_and_replaced_within_three_seconds(shared):
    worker = shared.worker()
    task = shared.assign("hang")
    shared.note(task)
    began_s = time.monotonic()

    os.kill(worker, signal.SIGSTOP)

    failure = shared.result(task)
    assert (failure.kind, failure.message) == ("frozen", "worker frozen: stopped by SIGSTOP")
    assert time.monotonic() - began_s < 3.0
    assert shared.worker() != worker


def test_a_worker_that_waits_in_c_under_the_lock_is_frozen_and_says_where(shared):
    began_s = time.monotonic()

    failure = shared.do("deadlock")

    assert failure.kind == "frozen"
    assert failure.message.endswith("a C call holds the interpreter and computes nothing")
    assert "in do_deadlock" in failure.detail
    assert time.monotonic() - began_s < 3.5
    assert shared.do("echo", value=1) == Value(value=1)


def test_a_worker_that_computes_in_c_is_let_be_until_its_limit_on_progress(shared):
    failure = shared.do("compute", limits=Limits(progress_s=3.0))

    assert failure.kind == "stuck"
    assert failure.message == ("worker stuck: no progress for 3 s (a C call holds the interpreter)")
    assert "in do_compute" in failure.detail


def test_a_task_that_reports_no_progress_is_stuck_and_says_where(shared):
    failure = shared.do("hang", limits=Limits(progress_s=0.5))

    assert (failure.kind, failure.message) == ("stuck", "worker stuck: no progress for 0.5 s")
    assert "in do_hang" in failure.detail


def test_cancelled_work_may_clean_up_before_its_worker_is_replaced(shared, tmp_path):
    worker = shared.worker()
    task = shared.assign("tidy", path=str(tmp_path / "word"))
    shared.note(task)
    began_s = time.monotonic()

    shared.cancel(task)

    assert shared.result(task).kind == "cancelled"
    assert time.monotonic() - began_s < 1.0
    assert (tmp_path / "word").read_text() == "tidied"
    assert shared.worker() != worker


def test_cancelled_work_that_hears_nothing_ends_within_a_second(shared):
    task = shared.assign("deadlock")
    shared.note(task)
    began_s = time.monotonic()

    shared.cancel(task)

    assert shared.result(task).kind == "cancelled"
    assert time.monotonic() - began_s < 1.0


# --- while a worker works --------------------------------------------------------------


def test_heartbeats_go_on_and_tell_of_the_worker_that_holds_the_interpreter(shared):
    task = shared.assign("hold")
    shared.note(task)
    shared.heartbeats.clear()

    shared.until(lambda: len(shared.heartbeats) >= 4, "the heart stopped")

    progress = shared.heartbeats[-1].progress
    assert (progress.task_id, progress.attempt, progress.note) == (task, 1, "holding")
    assert progress.steps == 1
    assert progress.elapsed_s > shared.heartbeats[0].progress.elapsed_s
    assert progress.rss_bytes > 1 << 20
    shared.cancel(task)
    shared.result(task)


def test_a_skill_that_never_stops_reporting_is_counted_and_drowns_nobody(shared):
    notes = [f"step {number}" for number in range(100_000)]
    shared.envelopes.clear()

    assert shared.do("report", notes=notes) == Value(value=100_000)

    words = [e for e in shared.envelopes if isinstance(e.body, UpdateTaskStatusRequest)]
    assert 1 <= len(words) < 200


def test_processor_time_grows_while_a_worker_computes(shared, tmp_path):
    task = shared.assign("hang", until=str(tmp_path / "stop"))
    shared.note(task)
    shared.heartbeats.clear()

    shared.until(lambda: len(shared.heartbeats) >= 2)

    (tmp_path / "stop").touch()
    assert shared.result(task) == Value(value="done")
    assert all(beat.progress.cpu_s > 0 for beat in shared.heartbeats if beat.progress)


# --- the agent itself -------------------------------------------------------------------


def test_a_result_is_repeated_until_it_is_acknowledged(stage):
    stage.launch(heartbeat_s=0.1)
    stage.acknowledges = False
    task = stage.assign("echo", value=1)

    stage.until(lambda: len(stage.results) >= 2, "the result was said only once")
    stage.acknowledges = True
    stage.until(lambda: len(stage.results) >= 3)
    count = len(stage.results)
    stage.heartbeats.clear()
    stage.until(lambda: len(stage.heartbeats) >= 3)

    assert set(map(str, stage.results)) == {str((task, 1, Value(value=1)))}
    assert len(stage.results) == count


def test_asked_to_end_it_ends_with_its_worker(stage):
    stage.launch()
    worker = stage.worker()

    stage.tell(ShutdownAgent())

    assert stage.exit().cause == "exit code 0"
    wait_for(lambda: not is_alive(worker), "the worker outlived its agent")


def test_an_agent_that_is_killed_takes_its_worker_and_all_it_started_along(stage):
    agent = stage.launch()
    worker = stage.worker()
    child = int(stage.note(stage.assign("family", aloof=True)))

    os.kill(agent, signal.SIGKILL)

    assert stage.exit().cause == "killed by SIGKILL"
    wait_for(lambda: not is_alive(worker), "the worker outlived its agent")
    wait_for(lambda: not is_alive(child), "the worker's child outlived the agent")


def test_an_agent_nobody_supervises_ends_after_its_grace_period(stage):
    agent = stage.launch(grace_s=0.5, heartbeat_s=0.1)
    worker = stage.worker()

    stage.answers_heartbeats = False

    assert stage.exit().cause == "exit code 0"
    wait_for(lambda: not is_alive(agent) and not is_alive(worker))


def test_an_agent_finds_the_next_supervisor_and_tells_it_what_it_runs(directory):
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()

    second = Stage(epoch=2, directory=directory)
    assert second.until(lambda: second.pids.get("a"), "it did not come back") == kernel.agent
    assert second.registrations[0].running == (("t", 4),)
    (directory / "stop").touch()

    assert second.result("t", attempt=4) == Value(value="done")
    assert [e.epoch for e in second.envelopes if isinstance(e.body, TaskResult)] == [2]
    assert second.worker() == kernel.worker
    second.close()


def test_an_agent_also_begins_as_a_program(stage):
    spec = {"agent_id": "p", "skills": ["rehearse"]}
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}
    command = [sys.executable, "-m", "hms_kernel.agent.main", json.dumps(spec)]
    program = subprocess.Popen([*command, stage.listener.address], env=environment)

    assert stage.until(lambda: stage.pids.get("p"), "it never registered") == program.pid
    assert stage.do("echo", "p", value=1) == Value(value=1)
    program.terminate()

    assert program.wait(timeout=20) == 128 + signal.SIGTERM
    assert stage.exit("p").cause == "ended"


def test_a_heartbeat_is_all_an_idle_agent_says(stage):
    stage.launch(heartbeat_s=0.05)
    began_s = time.monotonic()

    stage.until(lambda: len(stage.heartbeats) >= 10)

    assert time.monotonic() - began_s >= 0.4
    assert all(isinstance(e.body, HeartbeatRequest) for e in stage.envelopes[2:])
    assert all(beat.progress is None for beat in stage.heartbeats)
