"""Real agents that are killed, stopped, deadlocked and steered: what is noticed, how soon, and what is said of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

import hms_kernel as hms
from hms_kernel import hosting, specs
from hms_kernel.facts import (
    AgentGone,
    AgentQuarantined,
    AgentReleased,
    Fact,
    TaskAssigned,
    TaskRequeued,
)
from hms_kernel.supervisor import Supervisor

pytestmark = pytest.mark.usefixtures("rehearsal")
Until = Callable[..., None]

# The promises are 0.1 s for a death, 3 s for a freeze and 5 s until the task runs again. The
# machines of tests are busy, so a test allows a moment more where only processes are started.
SLACK_S = 2.0


@pytest.fixture
def bench(rehearsal: None) -> Iterator[hms.Workbench]:
    with hms.Workbench() as bench:
        yield bench


def rehearse(bench: hms.Workbench, do: str, **arguments: object) -> hms.TaskHandle:
    limits = arguments.pop("limits", None)
    return bench.submit("rehearse", {"do": do, **arguments}, limits=limits)


def running(bench: hms.Workbench, until: Until, do: str = "hang") -> tuple[hms.TaskHandle, int]:
    """A task at work, released by the file "go", and the process of its worker."""
    task = rehearse(bench, do, **({"until": str(bench.directory / "go")} if do == "hang" else {}))
    until(lambda: task.status().progress is not None)
    agent = next(a for a in bench.client.agents() if a.agent_id == task.status().agent)
    [worker] = psutil.Process(agent.pid).children()
    return task, worker.pid


def facts(bench: hms.Workbench, kind: type) -> list[Fact]:
    return [fact for fact in bench.facts() if isinstance(fact.kind, kind)]


def test_a_stopped_agent_is_replaced_and_its_task_runs_again_within_five_seconds(bench, until):
    [agent] = bench.spawn(1, ["rehearse"])
    task, _ = running(bench, until)
    began_s = time.time()

    os.kill(agent.pid, signal.SIGSTOP)
    until(lambda: len(facts(bench, TaskAssigned)) == 2)
    (bench.directory / "go").touch()

    assert task.result(60) == "done"
    [gone] = facts(bench, AgentGone)
    again = facts(bench, TaskAssigned)[1]
    assert gone.kind.cause.startswith("frozen: no heartbeat for ")
    assert gone.time_s - began_s < 3.0
    assert again.time_s - began_s < 5.0 + SLACK_S
    assert agent.status().last_cause == gone.kind.cause
    assert bench.agents()["last_cause"].tolist() == [gone.kind.cause]


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("stop", "worker frozen: stopped by SIGSTOP"),
        ("deadlock", "worker frozen: a C call holds the interpreter and computes nothing"),
    ],
)
def test_a_frozen_worker_is_replaced_by_its_agent(bench, until, how, cause):
    [agent] = bench.spawn(1, ["rehearse"])
    pid = agent.pid
    began_s = time.time()
    task, worker = running(bench, until, "deadlock" if how == "deadlock" else "hang")
    if how == "stop":
        os.kill(worker, signal.SIGSTOP)
    until(lambda: len(facts(bench, TaskAssigned)) == 2)
    task.cancel()

    [requeued] = facts(bench, TaskRequeued)
    assert requeued.kind.cause == cause
    assert requeued.time_s - began_s < 3.0 + SLACK_S
    assert agent.pid == pid


@pytest.mark.parametrize("victim", ["agent", "worker"])
def test_a_death_is_noticed_within_a_tenth_of_a_second_and_named(bench, until, victim):
    [agent] = bench.spawn(1, ["rehearse"])
    task, worker = running(bench, until)
    began_s = time.time()

    os.kill(agent.pid if victim == "agent" else worker, signal.SIGKILL)
    until(lambda: len(facts(bench, TaskAssigned)) == 2)
    (bench.directory / "go").touch()

    assert task.result(60) == "done"
    [requeued] = facts(bench, TaskRequeued)
    assert requeued.kind.cause.endswith(
        "worker killed by SIGKILL" if victim == "worker" else f"{agent.agent_id} killed by SIGKILL"
    )
    assert requeued.time_s - began_s < 0.1 + SLACK_S
    assert facts(bench, TaskAssigned)[1].time_s - began_s < 5.0 + SLACK_S


def test_the_end_of_an_agent_that_crashed_carries_its_last_words(bench, until):
    [agent] = bench.spawn(1, ["rehearse"])

    os.kill(agent.pid, signal.SIGABRT)
    until(lambda: facts(bench, AgentGone) != [])

    [gone] = facts(bench, AgentGone)
    assert gone.kind.cause == "killed by SIGABRT"
    assert "Fatal Python error: Aborted" in gone.kind.output


def test_a_task_without_progress_is_stopped_and_tried_again_with_evidence(bench):
    bench.spawn(1, ["rehearse"])

    with pytest.raises(hms.TaskFailed, match="2 attempts were lost") as failed:
        rehearse(bench, "hang", limits=hms.Limits(progress_s=0.5, max_attempts=2)).result(60)

    assert failed.value.detail.count("worker stuck: no progress for 0.5 s") == 2
    assert failed.value.detail.count("in do_hang") == 2


def test_a_poisonous_task_shows_the_evidence_of_every_attempt(bench):
    agents = {agent.agent_id for agent in bench.spawn(2, ["rehearse"])}

    with pytest.raises(hms.TaskFailed) as failed:
        rehearse(bench, "segfault").result(60)

    assert failed.value.detail.count("worker killed by SIGSEGV") == 3
    assert failed.value.detail.count("in do_segfault") == 3
    assert any(f"attempt 1 on {name}" in failed.value.detail for name in agents)
    assert [agent.restarts for agent in bench.client.agents()] == [0, 0]


def test_a_supervisor_that_was_itself_stopped_declares_nobody_dead():
    script = textwrap.dedent(
        """
        import sys, time
        import hms_kernel as hms
        from hms_kernel.facts import AgentGone
        with hms.Workbench() as bench:
            agents = bench.spawn(3, ["rehearse"])
            flag = bench.directory / "go"
            task = bench.submit("rehearse", {"do": "hang", "until": str(flag)})
            print("ready", flush=True)
            sys.stdin.readline()
            time.sleep(4.0)  # as long as a freeze takes to be noticed, and more
            flag.touch()
            assert task.result(30) == "done"
            assert task.status().attempts == 1
            assert not [f for f in bench.facts() if isinstance(f.kind, AgentGone)]
            print("calm")
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(6.0)
        os.kill(process.pid, signal.SIGCONT)

        out, err = process.communicate("go\n", timeout=60)
    finally:
        process.kill()

    assert out == "calm\n", err


def test_a_cell_that_holds_the_interpreter_for_seconds_costs_no_agent(bench, until):
    bench.spawn(2, ["rehearse"])
    began_s = time.monotonic()

    pow(7, 4 * 10**6)
    held_s = time.monotonic() - began_s

    assert rehearse(bench, "echo", value=1).result(60) == 1
    assert facts(bench, AgentGone) == [], f"held for {held_s:.1f} s"


class Restless(Supervisor):
    """Always finds that something more has arrived, like one under a flood of messages."""

    def _take_in(self) -> bool:
        super()._take_in()
        time.sleep(0.001)
        return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_supervisor_that_never_comes_to_rest_still_heals(rehearsal, until, monkeypatch, number):
    monkeypatch.setattr(hosting, "Supervisor", Restless)
    with hms.Workbench() as bench:
        [agent] = bench.spawn(1, ["rehearse"])

        os.kill(agent.pid, number)

        until(lambda: agent.status().restarts == 1 and agent.status().phase == "ready")
        assert rehearse(bench, "echo", value=1).result(60) == 1


class TestAnAgent:
    def test_that_dies_too_often_is_quarantined_and_can_be_released(self, bench, until):
        rule = {"deaths": 1, "within_s": 60.0, "cool_s": 600.0}
        [agent] = bench.spawn(1, ["rehearse"], config={"intensity": rule})
        os.kill(agent.pid, signal.SIGKILL)
        until(lambda: agent.status().restarts == 1 and agent.status().phase == "ready")

        os.kill(agent.pid, signal.SIGKILL)
        until(lambda: agent.status().phase == "quarantined")

        until(lambda: facts(bench, AgentQuarantined) != [])  # it is told once it is durable
        [fact] = facts(bench, AgentQuarantined)
        assert fact.kind.cause == "2 deaths within 60 s, the last one: killed by SIGKILL"
        assert fact.kind.cool_s == 600.0
        assert bench.agents()["phase"].tolist() == ["quarantined"]
        agent.release()
        assert rehearse(bench, "echo", value=1).result(60) == 1
        assert len(facts(bench, AgentReleased)) == 1

    def test_can_be_put_aside_and_its_work_goes_to_another(self, bench, until):
        agents = {agent.agent_id: agent for agent in bench.spawn(2, ["rehearse"])}
        task, _ = running(bench, until)
        aside = agents.pop(task.status().agent)

        aside.quarantine("looks odd")
        (bench.directory / "go").touch()

        assert task.result(60) == "done"
        assert task.status().agent in agents
        until(lambda: aside.status().phase == "quarantined")
        assert aside.status().last_cause == "looks odd"

    def test_can_be_restarted_also_after_it_was_stopped(self, bench, until):
        [agent] = bench.spawn(1, ["rehearse"])
        before = agent.pid

        agent.restart()
        until(lambda: agent.status().phase == "ready" and agent.pid != before)
        agent.stop()
        until(lambda: agent.status().phase == "stopped")
        agent.restart()

        assert rehearse(bench, "echo", value=1).result(60) == 1
        assert agent.status().restarts == 2

    def test_drains_before_it_ends(self, bench, until):
        [agent] = bench.spawn(1, ["rehearse"])
        task, _ = running(bench, until)
        later = rehearse(bench, "echo", value=2)

        agent.drain()
        assert agent.status().phase == "draining"
        (bench.directory / "go").touch()

        assert task.result(60) == "done"
        until(lambda: agent.status().phase == "stopped")
        assert later.status().phase == "pending"

    def test_that_is_frozen_can_still_be_stopped(self, bench, until):
        [agent] = bench.spawn(1, ["rehearse"])
        os.kill(agent.pid, signal.SIGSTOP)

        agent.stop()

        until(lambda: agent.status().phase == "stopped", timeout_s=15.0)


class TestLimits:
    def test_on_the_queue_and_on_the_whole_end_a_task(self, bench):
        waiting = rehearse(bench, "echo", limits=hms.Limits(queue_s=0.2))
        with pytest.raises(hms.TaskFailed, match="no agent took it within 0"):
            waiting.result(60)
        bench.spawn(1, ["rehearse"])
        endless = rehearse(bench, "hang", limits=hms.Limits(total_s=0.5))

        with pytest.raises(hms.TaskFailed, match="it did not end within 0") as failed:
            endless.result(60)

        assert failed.value.kind == "deadline"
        assert rehearse(bench, "echo", value=1).result(60) == 1

    def test_cancelling_frees_the_agent_within_a_second_whatever_it_does(self, bench, until):
        bench.spawn(1, ["rehearse"])
        for do in ("hang", "deadlock", "compute"):
            task, _ = running(bench, until, do)
            began_s = time.monotonic()
            task.cancel()
            assert rehearse(bench, "echo", value=1).result(60) == 1
            assert time.monotonic() - began_s < 1.0 + SLACK_S, do


class TestAFullQueue:
    @pytest.fixture
    def bench(self, rehearsal: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[hms.Workbench]:
        monkeypatch.setenv("HMS_QUEUE", "2")
        with hms.Workbench() as bench:
            yield bench

    def test_refuses_more_and_says_what_to_do(self, bench):
        rehearse(bench, "echo", value=1)
        rehearse(bench, "echo", value=2)

        with pytest.raises(hms.QueueFull, match=r"2 tasks wait .* spawn more agents"):
            rehearse(bench, "echo", value=3)
        with pytest.raises(hms.QueueFull):
            bench.submit("rehearse", {"do": "echo"}, wait_s=0.2)

        bench.spawn(1, ["rehearse"])
        assert bench.submit("rehearse", {"do": "echo", "value": 4}, wait_s=30.0).result(60) == 4

    def test_lets_those_who_wait_in_by_their_turn(self, bench):
        bench.spawn(1, ["rehearse"])

        def submit(value: int) -> int:
            payload = {"do": "echo", "value": value}
            return bench.submit("rehearse", payload, wait_s=60.0).result(60)

        with ThreadPoolExecutor(20) as pool:
            assert list(pool.map(submit, range(100))) == list(range(100))

    def test_makes_whole_specifications_wait(self, bench):
        claims = [{"id": f"c{n}", "statement": f"{n} < {n + 1}"} for n in range(12)]

        report = bench.verify(specs.load_data({"claims": claims}, name="small")).result(120)

        assert [settlement.verdict.outcome for settlement in report.claims] == ["proved"] * 12

    def test_must_be_a_number(self, rehearsal, monkeypatch):
        monkeypatch.setenv("HMS_QUEUE", "many")
        with pytest.raises(hms.UsageError, match="HMS_QUEUE is 'many'"):
            hms.Workbench()


def test_what_a_task_printed_is_kept_with_each_attempt(bench):
    bench.spawn(1, ["rehearse"])
    task = rehearse(bench, "print", words="hello")
    task.result(60)
    with pytest.raises(hms.TaskFailed):
        rehearse(bench, "die", words="farewell", limits=hms.Limits(max_attempts=2)).result(60)

    assert "python hello" in task.output()
    assert "native hello" in task.output()
    outputs = bench.attempts()["output"].tolist()
    assert "raw hello" in outputs[0]
    assert all("farewell" in output for output in outputs[1:])
