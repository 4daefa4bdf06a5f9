"""The supervisor with real agents: processes that work, crash, hang and die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import hms_kernel as hms
from hms_kernel.facts import (
    AgentGone,
    AgentReady,
    SessionClosed,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.messages import SpawnAgentRequest, SpawnAgentResponse
from hms_kernel.model import AgentSpec, Recovery
from hms_kernel.policy import Action, Allowed, Decision, Refused

pytestmark = pytest.mark.usefixtures("rehearsal")
Until = Callable[..., None]


@pytest.fixture(params=["thread", "process"])
def bench(rehearsal: None, request: pytest.FixtureRequest) -> Iterator[hms.Workbench]:
    with hms.Workbench(host=request.param) as bench:
        yield bench


def rehearse(bench: hms.Workbench, do: str, **arguments: object) -> hms.TaskHandle:
    limits = arguments.pop("limits", None)
    return bench.submit("rehearse", {"do": do, **arguments}, limits=limits)


def kinds(bench: hms.Workbench, task: str) -> list[type]:
    return [type(fact.kind) for fact in bench.facts() if fact.task == task]


def test_tasks_are_answered_by_agents_in_other_processes(bench):
    agents = bench.spawn(2, ["rehearse"])

    answers = [rehearse(bench, "describe").result(60) for _ in range(4)]

    assert {answer["agent_pid"] for answer in answers} <= {agent.pid for agent in agents}
    assert os.getpid() not in {answer["pid"] for answer in answers}


def test_a_killed_agent_returns_as_a_new_process_and_its_task_is_answered(bench, until: Until):
    [agent] = bench.spawn(1, ["rehearse"])
    flag = bench.directory / "go"
    task = rehearse(bench, "hang", until=str(flag))
    until(lambda: agent.status().progress is not None)
    before = agent.pid

    os.kill(before, signal.SIGKILL)
    flag.touch()

    assert task.result(60) == "done"
    status = agent.status()
    assert status.restarts == 1
    assert status.last_cause == "killed by SIGKILL"
    assert status.pid != before
    assert kinds(bench, task.task_id) == [
        TaskSubmitted,
        TaskAssigned,
        TaskRequeued,
        TaskAssigned,
        TaskSettled,
    ]


def test_a_poisonous_task_is_stopped_by_its_limit_and_its_last_words_are_kept(bench):
    [agent] = bench.spawn(1, ["rehearse"])

    task = rehearse(bench, "die", words="farewell", limits=hms.Limits(max_attempts=2))

    with pytest.raises(hms.TaskFailed, match="2 attempts were lost") as failed:
        task.result(60)
    assert failed.value.kind == "attempts"
    assert "farewell" in failed.value.detail
    assert agent.status().restarts == 0
    assert rehearse(bench, "echo", value=7).result(60) == 7


def test_a_skill_that_raises_fails_its_task_with_the_traceback(bench):
    bench.spawn(1, ["rehearse"])

    with pytest.raises(hms.TaskFailed, match="boom") as failed:
        rehearse(bench, "raise", message="boom").result(60)

    assert failed.value.kind == "error"
    assert "do_raise" in failed.value.detail


def test_a_running_task_is_cancelled_by_replacing_the_worker(bench, until: Until):
    [agent] = bench.spawn(1, ["rehearse"])
    task = rehearse(bench, "hold")
    until(lambda: agent.status().progress is not None)

    task.cancel()

    assert task.status().phase == "cancelled"
    assert rehearse(bench, "echo", value=1).result(60) == 1
    assert agent.status().restarts == 0


def test_an_attempt_beyond_its_wall_clock_is_ended(bench):
    bench.spawn(1, ["rehearse"])

    with pytest.raises(hms.TaskFailed) as failed:
        rehearse(bench, "hang", limits=hms.Limits(attempt_wall_s=0.2)).result(60)

    assert failed.value.kind == "deadline"


def test_heartbeats_carry_the_workers_progress(bench, until: Until):
    [agent] = bench.spawn(1, ["rehearse"], config={"heartbeat_s": 0.05})
    task = rehearse(bench, "hang", note="thinking hard")

    until(lambda: (p := agent.status().progress) is not None and p.note == "thinking hard")

    progress = agent.status().progress
    assert (progress.task_id, progress.attempt) == (task.task_id, 1)
    assert progress.rss_bytes > 0
    task.cancel()


def test_a_stopped_agent_stays_stopped_and_its_task_goes_to_another(bench, until: Until):
    agents = {agent.agent_id: agent for agent in bench.spawn(2, ["rehearse"])}
    flag = bench.directory / "go"
    task = rehearse(bench, "hang", until=str(flag))
    stopped = agents.pop(task.status().agent)

    stopped.stop()
    flag.touch()

    assert task.result(60) == "done"
    assert task.status().agent in agents
    until(lambda: stopped.status().phase == "stopped")


def test_a_thousand_tasks_are_each_answered_once_while_agents_are_killed(bench):
    agents = bench.spawn(2, ["rehearse"])
    tasks = []
    for n in range(1000):
        tasks.append(rehearse(bench, "echo", value=n, limits=hms.Limits(max_attempts=50)))
        if n % 250 == 100 and (pid := agents[n % 2].pid):
            os.kill(pid, signal.SIGKILL)

    assert [task.result(120) for task in tasks] == list(range(1000))
    settled = [f.task for f in bench.facts() if isinstance(f.kind, TaskSettled)]
    assert sorted(settled) == sorted(task.task_id for task in tasks)


def test_a_notebook_can_ask_about_doubles(bench):
    bench.spawn(1)
    weights = "(0.4 : ℝ) + 0.3 + 0.2 + 0.1 = 1"

    assert bench.prove(weights).result().outcome == "proved"
    assert bench.prove(weights, semantics="float64").result().outcome == "refuted"
    with pytest.raises(hms.UsageError, match="no semantics 'float32'"):
        bench.prove(weights, semantics="float32")


def test_leaving_the_context_leaves_no_process_and_no_socket_and_closes_the_story(until: Until):
    before = set(psutil.Process().children(recursive=True))
    with hms.Workbench() as bench:
        bench.spawn(3, ["rehearse"])
        open_task = rehearse(bench, "hang")
        until(lambda: open_task.status().phase == "running")
        family = set(psutil.Process().children(recursive=True)) - before
        assert len(family) >= 4  # the zygote and three agents
        store = bench.store

    gone, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert len(gone) >= 4
    assert not [path for path in bench.directory.iterdir() if path.is_socket()]
    story = hms_store_facts(store, bench.session)
    assert isinstance(story[0].kind, SessionOpened)
    assert isinstance(story[-1].kind, SessionClosed)
    assert [f.kind.phase for f in story if isinstance(f.kind, TaskSettled)] == ["cancelled"]


def hms_store_facts(url: str, session: str) -> list:
    from hms_kernel.store import Store

    store = Store(url, read_only=True)
    facts = store.facts(session)
    store.close()
    return facts


def test_facts_are_numbered_without_gaps_and_name_their_causes(bench):
    [agent] = bench.spawn(1, ["rehearse"])
    task = rehearse(bench, "echo")
    task.result(60)

    facts = {fact.seq: fact for fact in bench.facts()}

    assert list(facts) == list(range(1, len(facts) + 1))
    settled = next(f for f in facts.values() if isinstance(f.kind, TaskSettled))
    assigned = facts[settled.cause]
    submitted = facts[assigned.cause]
    assert isinstance(assigned.kind, TaskAssigned)
    assert isinstance(submitted.kind, TaskSubmitted)
    ready = next(f for f in facts.values() if isinstance(f.kind, AgentReady))
    assert facts[ready.cause].agent == agent.agent_id


def test_interrupting_the_kernel_leaves_agents_and_their_work_alone(tmp_path: Path):
    script = textwrap.dedent(
        """
        import os, signal, sys
        import hms_kernel as hms
        bench = hms.Workbench()
        [agent] = bench.spawn(1, ["rehearse"])
        flag = bench.directory / "go"
        task = bench.submit("rehearse", {"do": "hang", "until": str(flag)})
        pid = agent.pid
        try:
            os.killpg(0, signal.SIGINT)
            task.result(60)
        except KeyboardInterrupt:
            pass
        flag.touch()
        assert task.result(60) == "done"
        assert agent.pid == pid
        bench.close()
        print("survived")
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=120,
    )

    assert done.stdout.strip() == "survived", done.stderr


class Veto:
    """Refuses one verb by a policy of that name."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.asked: list[Action] = []

    def decide(self, action: Action) -> Decision:
        self.asked.append(action)
        if action.verb == self.verb:
            return Refused(policy=f"no-{self.verb}", reason="not today")
        return Allowed(policy="otherwise")


class TestTheGate:
    def test_is_asked_about_every_request_and_every_effect_on_agents(self, rehearsal):
        gate = Veto("nothing")
        with hms.Workbench(gate=gate) as bench:
            bench.spawn(1, ["rehearse"])
            rehearse(bench, "echo").result(60)

        assert [action.verb for action in gate.asked] == ["spawn", "launch", "submit", "assign"]

    def test_turns_a_refused_request_into_an_error_that_names_the_policy(self, rehearsal):
        with hms.Workbench(gate=Veto("submit")) as bench:
            bench.spawn(1, ["rehearse"])
            with pytest.raises(hms.PolicyDenied, match="not today") as denied:
                rehearse(bench, "echo")

        assert denied.value.policy == "no-submit"

    def test_fails_the_task_whose_assignment_it_refuses(self, rehearsal):
        with hms.Workbench(gate=Veto("assign")) as bench:
            bench.spawn(1, ["rehearse"])
            with pytest.raises(hms.TaskFailed, match="no-assign") as failed:
                rehearse(bench, "echo").result(60)

        assert failed.value.kind == "denied"

    def test_refuses_any_number_of_tasks_in_a_row(self, rehearsal):
        gate = Veto("nothing")
        with hms.Workbench(gate=gate) as bench:
            bench.spawn(1, ["rehearse"])
            first = rehearse(bench, "hang")
            tasks = [rehearse(bench, "echo", value=n) for n in range(400)]
            gate.verb = "assign"
            first.cancel()
            for task in tasks:
                with pytest.raises(hms.TaskFailed, match="no-assign"):
                    task.result(60)

    def test_leaves_the_facts_of_a_recovery_it_refuses_in_their_order(self, rehearsal):
        class NoParts(Veto):
            def decide(self, action: Action) -> Decision:
                self.verb = "assign" if "." in action.resource else "nothing"
                return super().decide(action)

        with hms.Workbench(gate=NoParts("nothing"), agents=1) as bench:
            hard = "theorem hard (a b : ℝ) (h : 0 ≤ a) (k : 0 ≤ b) : 8 * a * b ≤ 2 * (a + b) ^ 2"
            budget = hms.Budget(nominal_s=1e-5, wall_s=60.0)
            bench.prove(hard, budget=budget, recover=Recovery()).result(60)

            known: set[str] = set()
            for fact in bench.facts():
                if isinstance(fact.kind, TaskSubmitted):
                    known.add(fact.task)
                elif fact.task is not None:
                    assert fact.task in known, fact
            assert len(known) > 2

    def test_refuses_agents_that_were_to_be_launched(self, rehearsal):
        with (
            hms.Workbench(gate=Veto("launch")) as bench,
            pytest.raises(hms.AgentLost, match="did not come up"),
        ):
            bench.spawn(1, ["rehearse"], timeout_s=0.5)


class TestAsking:
    def test_for_a_skill_nobody_has_names_those_installed(self, bench):
        with pytest.raises(hms.UsageError, match=r"'juggle'; installed: .*rehearse"):
            bench.spawn(1, ["juggle"])
        with pytest.raises(hms.UsageError, match="juggle"):
            bench.submit("juggle")

    def test_for_a_skill_that_only_agents_to_come_have_waits_for_them(self, bench):
        bench.spawn(1, ["rehearse"])
        with pytest.raises(hms.UsageError, match="no agent has the skill 'prove'; spawn one"):
            bench.submit("prove", {})
        later = AgentSpec(agent_id="", skills=("prove", "rehearse"))
        bench.client.ask(SpawnAgentRequest(spec=later), SpawnAgentResponse)

        assert bench.submit("prove", {}, label="accepted").label == "accepted"

    def test_with_a_setting_of_the_wrong_type_says_which(self, bench):
        with pytest.raises(hms.UsageError, match="heartbeat_s"):
            bench.spawn(1, config={"heartbeat_s": "often"})

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"trust": "lean"}, "no trust 'lean'; there are lean-kernel, certificate"),
            ({"trust": "replayed"}, "no proof is of that kind"),
            ({"budget": 3}, "3 is no budget"),
            ({"backend": "magic"}, "no proof backend 'magic'; installed: .*smt"),
        ],
    )
    def test_for_a_proof_on_terms_there_are_not_says_which_there_are(self, bench, asked, said):
        with pytest.raises(hms.UsageError, match=said):
            bench.prove("1 = 1", **asked)

    def test_for_no_agents_is_refused(self, bench):
        with pytest.raises(hms.UsageError, match="at least 1"):
            bench.spawn(0)

    def test_from_many_threads_at_once_mixes_nothing_up(self, bench):
        bench.spawn(2, ["rehearse"])
        with ThreadPoolExecutor(16) as pool:
            answers = list(
                pool.map(lambda n: rehearse(bench, "echo", value=n).result(60), range(200))
            )

        assert answers == list(range(200))

    def test_a_closed_workbench_says_so(self, bench):
        bench.close()

        with pytest.raises(hms.SessionError, match="has ended"):
            bench.ping()

    def test_in_a_coroutine_does_not_block_the_loop(self, bench):
        import asyncio

        bench.spawn(1, ["rehearse"])
        flag = bench.directory / "go"

        async def main() -> str:
            task = rehearse(bench, "hang", until=str(flag))

            async def release() -> None:
                flag.touch()

            _, answer = await asyncio.gather(release(), task)
            return answer

        assert asyncio.run(main()) == "done"


def test_an_agent_that_dies_again_and_again_is_brought_back_every_time(bench, until: Until):
    [agent] = bench.spawn(1, ["rehearse"])
    for restart in range(1, 4):
        os.kill(agent.pid, signal.SIGKILL)
        until(lambda n=restart: (s := agent.status()).restarts == n and s.phase == "ready")

    gone = [f.kind for f in bench.facts() if isinstance(f.kind, AgentGone)]
    assert [kind.cause for kind in gone] == ["killed by SIGKILL"] * 3
    assert rehearse(bench, "echo", value=1).result(60) == 1
