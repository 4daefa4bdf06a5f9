"""What the buttons of a dashboard do to a real session."""

from __future__ import annotations

import json
from random import Random

import pytest

import hms_kernel as hms
from hms_kernel.errors import UsageError
from hms_kernel.facts import DispatchPaused, DispatchResumed
from hms_kernel.steering import Steering
from hms_widgets.commands import Command, perform, read


@pytest.fixture
def bench():
    with hms.Workbench() as bench:
        yield bench


def do(bench: hms.Workbench, verb: str, **fields: object) -> str:
    command: Command | None = read({"do": verb, **fields})
    assert command is not None
    return perform(command, bench.commands)


def test_agents_are_spawned_killed_frozen_and_come_back(bench, until):
    spawned = do(bench, "spawn", count=2)
    until(lambda: list(bench.agents()["phase"]) == ["ready", "ready"])
    first = do(bench, "kill", agent="agent-1")
    until(lambda: list(bench.agents()["restarts"]) == [1, 0])
    until(lambda: list(bench.agents()["phase"]) == ["ready", "ready"])
    second = do(bench, "freeze", agent="agent-2")
    until(lambda: list(bench.agents()["restarts"]) == [1, 1])

    causes = list(bench.agents()["last_cause"])
    assert spawned == "agent-1, agent-2 are starting"
    assert "agent-1 was killed" in first
    assert "agent-2 was frozen" in second
    assert causes[0] == "killed by SIGKILL"
    assert causes[1].startswith("frozen")


def test_a_paused_session_holds_a_typed_claim_back_until_it_goes_on(bench, until):
    bench.spawn(1)
    do(bench, "pause")
    handed_in = do(bench, "prove", statement="∀ x : ℝ, 0 ≤ x ^ 2")
    task = bench.task("task-1")
    status = bench.client.agents()[0]
    held = (task.status().phase, bench.ping().paused, status.paused)
    do(bench, "resume")

    assert handed_in == "task-1 was handed in"
    assert held == ("pending", True, True)
    assert task.result(60).outcome is hms.Outcome.PROVED
    kinds = [type(fact.kind) for fact in bench.facts()]
    assert kinds.count(DispatchPaused) == kinds.count(DispatchResumed) == 1


def test_a_task_is_cancelled_and_an_agent_put_aside_released_and_drained(bench, until):
    [agent] = bench.spawn(1)
    agent.pause()
    task = bench.prove("∀ x : ℝ, 0 ≤ x ^ 2")
    do(bench, "cancel", task=task.task_id)
    do(bench, "quarantine", agent=agent.agent_id)
    until(lambda: agent.status().phase == "quarantined")
    do(bench, "release", agent=agent.agent_id)
    until(lambda: agent.status().phase == "ready")
    still_paused = agent.status().paused
    do(bench, "drain", agent=agent.agent_id)
    until(lambda: agent.status().phase == "stopped")

    assert task.status().phase == "cancelled"
    assert still_paused


def test_there_must_be_somebody_to_kill(bench):
    steering = Steering(bench.client, bench.prove, Random(0))

    with pytest.raises(UsageError, match="no process of an agent"):
        steering.kill("")
    with pytest.raises(UsageError, match="no process of agent 'agent-7'"):
        steering.freeze("agent-7")
    with pytest.raises(UsageError, match="no agent 'agent-7'"):
        steering.restart("agent-7")


def test_one_call_shows_a_session_and_its_buttons_work(bench, until):
    view = bench.dashboard()
    with view:
        view.widget._handle_custom_msg({"ask": "1", "content": {"do": "spawn", "count": 1}}, [])
        until(lambda: view.agents is not None and len(view.agents.rows) == 1)

    assert json.loads(view.widget.said)[0]["words"] == "agent-1 is starting"
    assert bench.dashboard(read_only=True).widget.steered is False
