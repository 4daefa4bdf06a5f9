"""Kernels that are killed, interrupted and left while their agents work, and those that take over from them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

import hms_kernel as hms
from hms_kernel import session as sessions
from hms_kernel.facts import AgentGone, TaskAssigned, TaskRequeued, TaskSettled, TaskSubmitted
from hms_kernel.store import Store

pytestmark = pytest.mark.usefixtures("rehearsal")
Until = Callable[..., None]

OPENING = """
import json, os, signal, sys, threading
import hms_kernel as hms

bench = hms.Workbench("s", host=HOST)
flag = str(bench.directory / "go")

def tell(**what):
    print(json.dumps(what), flush=True)

def agents():
    return {status.agent_id: status.pid for status in bench.client.agents()}

def submit(do, label, **arguments):
    # What is told here was accepted: the answer to it came back.
    task = bench.submit("rehearse", {"do": do, **arguments}, label=label, limits=hms.Limits(max_attempts=50))
    tell(accepted=task.task_id, label=label)
    return task
"""
BUSY = """
bench.spawn(2, ["rehearse"])
for n in range(2):
    submit("hang", f"hang-{n}", until=flag)
for n in range(10):
    submit("echo", f"echo-{n}", value=n)
tell(ready=True, agents=agents(), flag=flag)
sys.stdin.read()
"""
POURING = """
if not agents():
    bench.spawn(2, ["rehearse"])
n = 0
while True:
    submit("echo", f"{os.getpid()}-{n}", value=n)
    n += 1
    if n == 30:
        tell(ready=True)
"""


class Kernel:
    """A notebook's kernel: a process of its own, with a workbench on the session ``s``."""

    def __init__(self, script: str, host: str = "thread") -> None:
        code = f"HOST = {host!r}\n{OPENING}{script}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a group of its own, as Jupyter gives a kernel
        )
        self.told: list[dict[str, Any]] = []

    def ready(self) -> dict[str, Any]:
        """Listen until it says that it is."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            if "ready" in self.told[-1]:
                return self.told[-1]
        raise AssertionError(self.process.communicate()[1])

    def end(self, number: int = signal.SIGKILL) -> set[str]:
        """Signal its whole group; the ids of all tasks that were accepted by then."""
        os.killpg(self.process.pid, number)
        rest, _ = self.process.communicate(timeout=60)
        whole = rest[: rest.rfind("\n") + 1]
        self.told += [json.loads(line) for line in whole.splitlines()]
        return {told["accepted"] for told in self.told if "accepted" in told}


@pytest.fixture(params=["thread", "process"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def nobody_left(hms_home: Path) -> Iterator[None]:
    """Whatever a test leaves behind of its session is ended."""
    yield
    for name in sessions.names():
        if sessions.state(name) is sessions.State.INTERRUPTED:
            hms.Workbench(name).close()


def assert_answered_once(bench: hms.Workbench, accepted: set[str]) -> None:
    """Wait for every task there is, close, and count in the store itself."""
    for fact in bench.facts():
        if isinstance(fact.kind, TaskSubmitted):
            hms.TaskHandle(bench.client, fact.task or "").wait(60)
    bench.close()
    store = Store(bench.store, read_only=True)
    facts = store.facts(bench.session)
    store.close()
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    submitted = [fact.task for fact in facts if isinstance(fact.kind, TaskSubmitted)]
    settled = Counter(fact.task for fact in facts if isinstance(fact.kind, TaskSettled))
    assert accepted <= set(submitted)
    assert settled == Counter(submitted)
    phases = {fact.kind.phase for fact in facts if isinstance(fact.kind, TaskSettled)}
    assert phases == {"succeeded"}


def test_a_killed_kernels_agents_work_on_and_the_next_kernel_gets_every_answer_once(
    host, until: Until
):
    kernel = Kernel(BUSY, host)
    before = kernel.ready()
    accepted = kernel.end()

    bench = hms.Workbench("s", host=host)
    Path(before["flag"]).touch()

    assert len(accepted) == 12
    assert bench.task("echo-7").result(60) == 7
    assert bench.task("hang-0").result(60) == "done"
    assert bench.ping().epoch == 2
    until(lambda: all(agent.phase == "ready" for agent in bench.client.agents()))
    assert {status.agent_id: status.pid for status in bench.client.agents()} == before["agents"]
    assert not [fact for fact in bench.facts() if isinstance(fact.kind, TaskRequeued | AgentGone)]
    assert_answered_once(bench, accepted)


def test_an_interrupted_script_leaves_its_named_session_to_the_next(host):
    kernel = Kernel(BUSY, host)
    before = kernel.ready()
    accepted = kernel.end(signal.SIGINT)
    assert sessions.state("s") is sessions.State.INTERRUPTED

    bench = hms.Workbench("s", host=host)
    Path(before["flag"]).touch()

    assert_answered_once(bench, accepted)


@pytest.mark.parametrize("kills", [3])
def test_kernels_killed_one_after_the_other_while_work_pours_in_lose_and_double_nothing(
    host, kills
):
    accepted: set[str] = set()
    for _ in range(kills):
        kernel = Kernel(POURING, host)
        kernel.ready()
        accepted |= kernel.end()

    bench = hms.Workbench("s", host=host)

    assert len(accepted) >= 30 * kills
    assert bench.ping().epoch == kills + 1
    assert_answered_once(bench, accepted)


def test_an_agent_that_died_while_nobody_looked_is_replaced_and_its_task_runs_again(until: Until):
    kernel = Kernel(BUSY)
    before = kernel.ready()
    accepted = kernel.end()
    victim, pid = next(iter(before["agents"].items()))
    os.kill(pid, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(pid))

    bench = hms.Workbench("s")
    Path(before["flag"]).touch()

    until(lambda: hms.AgentHandle(bench.client, victim).status().restarts == 1)
    gone = [fact for fact in bench.facts() if isinstance(fact.kind, AgentGone)]
    assert [(fact.agent, fact.kind.cause) for fact in gone] == [(victim, "killed by SIGKILL")]
    assert_answered_once(bench, accepted)


@pytest.mark.parametrize("zygote_too", [False, True])
def test_when_all_agents_died_they_are_launched_again(until: Until, zygote_too: bool):
    kernel = Kernel(BUSY)
    before = kernel.ready()
    family = [psutil.Process(pid) for pid in before["agents"].values()]
    zygote = family[0].parent()
    accepted = kernel.end()
    for process in ([zygote] if zygote_too else []) + family:
        process.kill()
    psutil.wait_procs(family, 30)

    bench = hms.Workbench("s")
    Path(before["flag"]).touch()

    until(lambda: all(agent.phase == "ready" for agent in bench.client.agents()))
    assert {agent.agent_id for agent in bench.client.agents()} == set(before["agents"])
    assert not {agent.pid for agent in bench.client.agents()} & set(before["agents"].values())
    assert_answered_once(bench, accepted)


def test_agents_whose_zygote_died_come_back_by_themselves_and_are_watched(until: Until):
    kernel = Kernel(BUSY)
    before = kernel.ready()
    zygote = psutil.Process(next(iter(before["agents"].values()))).parent()
    accepted = kernel.end()
    zygote.kill()
    psutil.wait_procs([zygote], 30)

    bench = hms.Workbench("s")

    until(lambda: all(agent.phase == "ready" for agent in bench.client.agents()))
    assert {agent.agent_id: agent.pid for agent in bench.client.agents()} == before["agents"]
    victim, pid = next(iter(before["agents"].items()))
    os.kill(pid, signal.SIGKILL)
    until(lambda: hms.AgentHandle(bench.client, victim).status().restarts == 1)
    Path(before["flag"]).touch()
    assert_answered_once(bench, accepted)


def test_an_agent_that_was_stopped_stays_so_after_a_takeover(until: Until):
    script = BUSY.replace(
        "tell(ready", "hms.AgentHandle(bench.client, 'agent-2').stop()\ntell(ready"
    )
    kernel = Kernel(script)
    before = kernel.ready()
    accepted = kernel.end()

    bench = hms.Workbench("s")
    Path(before["flag"]).touch()

    until(lambda: hms.AgentHandle(bench.client, "agent-2").status().phase == "stopped")
    assert_answered_once(bench, accepted)


def test_a_frozen_agent_is_given_up_and_its_task_runs_elsewhere(
    until: Until, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hms_kernel.takeover.RETURN_S", 3.0)
    kernel = Kernel(BUSY)
    before = kernel.ready()
    accepted = kernel.end()
    victim, pid = next(iter(before["agents"].items()))
    os.kill(pid, signal.SIGSTOP)

    bench = hms.Workbench("s")
    Path(before["flag"]).touch()

    until(lambda: hms.AgentHandle(bench.client, victim).status().restarts == 1)
    assert not psutil.pid_exists(pid)
    assert_answered_once(bench, accepted)


def test_leaving_and_returning_in_one_process_loses_nothing_either(host, until: Until):
    first = hms.Workbench("s", host=host)
    [agent] = first.spawn(1, ["rehearse"])
    flag = first.directory / "go"
    task = first.submit("rehearse", {"do": "hang", "until": str(flag)}, label="slow")
    until(lambda: agent.status().progress is not None)
    pid = agent.pid

    first.leave()

    with pytest.raises(hms.SessionError):
        task.status()
    second = hms.Workbench("s", host=host)
    flag.touch()
    assert second.task("slow").result(60) == "done"
    assert hms.AgentHandle(second.client, agent.agent_id).pid == pid
    assert_answered_once(second, {task.task_id})


def test_who_is_attached_gets_answers_from_the_next_kernel(until: Until):
    first = Kernel(BUSY)
    before = first.ready()
    with hms.attach("s") as desk:
        waiting = ThreadPoolExecutor(1).submit(desk.task("hang-0").wait, 60)
        first.end()
        second = Kernel("tell(ready=True)\nsys.stdin.read()")
        second.ready()
        Path(before["flag"]).touch()

        assert waiting.result(60).phase == "succeeded"
        assert desk.ping().epoch == 2
        desk.stop_session()
        until(lambda: not desk.alive())
        second.end()


def test_an_ended_session_is_opened_again_with_its_old_tasks_and_no_agents():
    with hms.Workbench("s") as bench:
        bench.spawn(1, ["rehearse"])
        bench.submit("rehearse", {"do": "echo", "value": 1}, label="old").result(60)
    assert sessions.state("s") is sessions.State.ENDED

    with hms.Workbench("s") as bench:
        assert bench.ping().agents == 0
        assert bench.task("old").result(60) == 1
        bench.spawn(1, ["rehearse"])
        assert bench.submit("rehearse", {"do": "echo", "value": 2}).result(60) == 2


class TestHandles:
    @pytest.fixture
    def spec(self, tmp_path: Path) -> Path:
        """A specification of three claims that are settled at once, and one that is prose."""
        file = tmp_path / "small.json"
        claims = [
            {"id": f"c{n}", "statement": f"x + {n} ≤ 10", "hypotheses": ["x ≤ 8"]} for n in range(4)
        ]
        file.write_text(json.dumps({"variables": {"x": "ℝ"}, "claims": claims}))
        return file

    @pytest.fixture
    def run(self, spec: Path) -> str:
        """A run that was interrupted when half of its claims were handed in; its name."""
        bench = hms.Workbench("s", agents=1)
        whole = hms.specs.load(spec)
        run = bench.verify(msgspec.structs.replace(whole, claims=whole.claims[:2]))
        run.tasks[0].wait(60)
        bench.leave()
        return run.name

    def test_of_tasks_are_found_by_id_and_by_label_and_can_be_saved(self, run, tmp_path):
        with hms.Workbench("s", agents=1) as bench:
            assert bench.ping().agents == 1  # the one there was
            row = bench.tasks().iloc[0]
            by_id, by_label = bench.task(row["task"]), bench.task(row["label"])

            assert by_id.task_id == by_label.task_id
            assert hms.check(by_id.save(tmp_path)).confirmed
            with pytest.raises(hms.UsageError, match="nosuch"):
                bench.task("nosuch")

    def test_of_runs_are_found_by_name_and_go_on_where_they_stopped(self, run, spec):
        with hms.Workbench("s") as bench:
            assert list(bench.runs()["run"]) == [run]

            report = bench.run(run, spec).result(120)
            again = bench.run(run, spec)

            outcomes = [settled.verdict.outcome.value for settled in report.claims]
            assert outcomes == ["proved", "proved", "proved", "refuted"]
            assert len(bench.tasks()) == len(again.tasks) == 4
            assert list(bench.runs()["open"]) == [0]
            with pytest.raises(hms.UsageError, match=run):
                bench.run("nosuch", spec)


class TestWithoutAnyKernel:
    def hms(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hms_kernel", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
        )

    def test_status_tells_and_stop_ends_what_a_killed_kernel_left(self, until: Until):
        kernel = Kernel(BUSY)
        before = kernel.ready()
        kernel.end()

        told = json.loads(self.hms("status", "s", "--json").stdout)
        listed = json.loads(self.hms("sessions", "--json").stdout)
        stopped = self.hms("stop", "s")

        assert told["state"] == "interrupted"
        assert len(told["tasks"]) == 12
        assert [(row["session"], row["state"]) for row in listed] == [("s", "interrupted")]
        assert stopped.returncode == 0, stopped.stderr
        until(lambda: not any(map(psutil.pid_exists, before["agents"].values())))
        after = json.loads(self.hms("status", "s", "--json").stdout)
        assert after["state"] == "ended"
        assert {row["phase"] for row in after["agents"]} == {"stopped"}
        assert {row["phase"] for row in after["tasks"]} == {"cancelled"}

        assert self.hms("stop", "s", "--forget").returncode == 0
        assert sessions.names() == []


class TestAProcessOfItsOwn:
    def test_ends_with_its_owner_and_closes_when_asked(self, until: Until):
        with hms.Workbench(host="process") as bench:
            pid = bench.ping().pid
            assert pid != os.getpid()
            bench.spawn(1, ["rehearse"])
            assert bench.submit("rehearse", {"do": "echo", "value": 1}).result(60) == 1

        assert bench.closed
        assert not psutil.pid_exists(pid)
        assert sessions.state(bench.session) is sessions.State.ENDED

    def test_answers_while_its_owner_is_held_in_c(self):
        script = """
        import ctypes, subprocess, time
        bench.spawn(1, ["rehearse"])
        submit("hang", "first", until=flag)
        for n in range(20):
            submit("echo", f"echo-{n}", value=n)
        began = time.time()
        subprocess.Popen(["sh", "-c", f"sleep 0.5; touch {flag}"])
        ctypes.PyDLL(None).sleep(4)  # a C call that holds the interpreter
        bench.task("echo-19").wait(60)
        kinds = [fact.time_s for fact in bench.facts() if fact.kind.__class__.__name__ == "TaskSettled"]
        tell(ready=True, settled=len(kinds), late=max(kinds) - began)
        """
        kernel = Kernel(textwrap.dedent(script), "process")

        told = kernel.ready()
        assert told["settled"] == 21
        assert told["late"] < 3.5
        kernel.end()

    def test_that_dies_is_noticed_at_once_and_its_session_is_taken_over(self, until: Until):
        bench = hms.Workbench("s", host="process")
        [agent] = bench.spawn(1, ["rehearse"])
        flag = bench.directory / "go"
        task = bench.submit("rehearse", {"do": "hang", "until": str(flag)}, label="slow")
        until(lambda: agent.status().progress is not None)

        os.kill(bench.ping().pid, signal.SIGKILL)

        with pytest.raises(hms.SessionError, match=r"killed by SIGKILL.*Workbench\('s'\)"):
            task.wait(60)
        assert bench.closed
        flag.touch()
        with hms.Workbench("s", host="process") as heir:
            assert heir.task("slow").result(60) == "done"

    def test_stays_when_told_to_and_is_found_again(self, until: Until):
        code = """
        import hms_kernel as hms
        bench = hms.Workbench("s", host="process", stay=True)
        bench.spawn(1, ["rehearse"])
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

        with hms.attach("s") as desk:
            assert desk.submit("rehearse", {"do": "echo", "value": 1}).result(60) == 1
            desk.stop_session()
            until(lambda: not desk.alive())

    def test_that_cannot_open_the_session_says_why(self, hms_home):
        with hms.Workbench("s"), pytest.raises(hms.SessionError, match=r"attach\('s'\)"):
            hms.Workbench("s", host="process")
        with pytest.raises(hms.UsageError, match="cannot name"):
            hms.Workbench("a/b", host="process")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ({"host": "cloud"}, "'thread' and 'process'"),
            ({"stay": True}, "host='process'"),
            ({"host": "process", "gate": object()}, "gate"),
        ],
    )
    def test_refuses_what_it_cannot_be(self, arguments, said):
        with pytest.raises(hms.UsageError, match=said):
            hms.Workbench(**arguments)


def test_a_child_forked_by_a_kernel_does_not_hold_the_session_beyond_its_end():
    script = """
    bench.spawn(1, ["rehearse"])
    if os.fork() == 0:
        tell(ready=True, child=os.getpid())
        threading.Event().wait(60)
    sys.stdin.read()
    """
    kernel = Kernel(textwrap.dedent(script))
    child = kernel.ready()["child"]
    os.kill(kernel.process.pid, signal.SIGKILL)
    kernel.process.wait()
    try:
        assert not sessions.is_live("s")
        with hms.Workbench("s") as bench:
            assert bench.submit("rehearse", {"do": "echo", "value": 1}).result(60) == 1
            [agent] = bench.client.agents()
            assert agent.restarts == 0
    finally:
        os.kill(child, signal.SIGKILL)
        kernel.process.communicate()


def test_sockets_elsewhere_and_a_store_elsewhere_are_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HMS_HOME", str(tmp_path / ("deep" * 30)))
    first = hms.Workbench("s", store=str(tmp_path / "elsewhere.sqlite"))
    [agent] = first.spawn(1, ["rehearse"])
    pid = agent.pid
    first.leave()

    with pytest.raises(hms.UsageError, match=r"elsewhere\.sqlite"):
        hms.Workbench("s", store=str(tmp_path / "another.sqlite"))
    with hms.Workbench("s") as bench:
        assert bench.store == first.store
        assert bench.submit("rehearse", {"do": "echo", "value": 1}).result(60) == 1
        assert hms.AgentHandle(bench.client, agent.agent_id).pid == pid
        assigned = [fact for fact in bench.facts() if isinstance(fact.kind, TaskAssigned)]
        assert {fact.epoch for fact in assigned} == {2}
