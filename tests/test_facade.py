"""The plan's verbs: in the process that hosts the supervisor, from another, and with none there yet."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

import hms_core
import hms_kernel as hms


@pytest.fixture
def bench():
    with hms.Workbench() as bench:
        yield bench


def settled(task_id: str, until) -> dict:
    until(lambda: hms_core.query_task_status(task_id)["verdict"] is not None)
    return hms_core.query_task_status(task_id)


def test_it_offers_exactly_the_verbs_of_the_plan():
    signatures = {
        name: list(inspect.signature(getattr(hms_core, name)).parameters)
        for name in hms_core.__all__
    }

    assert signatures == {
        "ping_supervisor": [],
        "spawn_agent": ["skills", "config"],
        "submit_proof_task": ["theorem_id", "lean_expr", "axioms"],
        "query_task_status": ["task_id"],
        "query_agent_status": ["agent_id"],
        "list_failures": [],
        "pause_dispatch": ["agent_id"],
        "restart_agent": ["agent_id"],
        "resume_dispatch": ["agent_id"],
        "quarantine_agent": ["agent_id", "reason"],
        "release_agent": ["agent_id"],
    }
    assert all(inspect.getdoc(getattr(hms_core, name)) for name in hms_core.__all__)


def test_a_claim_is_refuted_with_numbers(bench, until):
    agent = hms_core.spawn_agent(["prove"], {"heartbeat_s": 0.5})
    task = hms_core.submit_proof_task("unbounded", "∀ (d : ℝ), 0 ≤ d → d ≤ 100".encode(), [])

    status = settled(task, until)

    assert status["theorem_id"] == "unbounded"
    assert (status["phase"], status["verdict"], status["trust"]) == (
        "succeeded",
        "refuted",
        "replayed",
    )
    assert int(status["counterexample"]["d"]) > 100
    assert status["agent"] == agent
    assert hms_core.query_agent_status(agent)["phase"] == "ready"


def test_an_agent_that_died_is_told_of_put_aside_and_brought_back(bench, until):
    agent = hms_core.spawn_agent(["prove"], {})
    until(lambda: hms_core.query_agent_status(agent)["phase"] == "ready")
    os.kill(hms_core.query_agent_status(agent)["pid"], signal.SIGKILL)
    until(hms_core.list_failures)
    [failure] = hms_core.list_failures()
    assert (failure["what"], failure["agent"]) == ("agent died", agent)
    assert "SIGKILL" in failure["cause"]

    until(lambda: hms_core.query_agent_status(agent)["phase"] == "ready")
    hms_core.quarantine_agent(agent, "to look at it")
    until(lambda: hms_core.query_agent_status(agent)["phase"] == "quarantined")
    # Failures are told once they are on the disk, a moment after the agent's phase.
    until(lambda: "to look at it" in hms_core.list_failures()[-1]["cause"])

    hms_core.release_agent(agent)
    until(lambda: hms_core.query_agent_status(agent)["phase"] == "ready")
    before = hms_core.query_agent_status(agent)["pid"]
    hms_core.restart_agent(agent)
    until(lambda: hms_core.query_agent_status(agent)["pid"] not in (None, before))


def test_axioms_are_hypotheses_and_contradictory_ones_make_it_vacuous(bench, until):
    hms_core.spawn_agent(["prove"], {})
    claim = "∀ (d : ℝ), 0 ≤ d → d ≤ 100".encode()

    assumed = hms_core.submit_proof_task("assumed", claim, ["d ≤ 50"])
    absurd = hms_core.submit_proof_task("absurd", claim, ["d ≤ 50", "d > 60"])

    alone = hms_core.submit_proof_task("alone", claim, "d ≤ 50")  # type: ignore[arg-type]

    assert settled(assumed, until)["verdict"] == "proved"
    assert settled(absurd, until)["verdict"] == "vacuous"
    assert settled(alone, until)["verdict"] == "proved"


def test_what_is_no_text_is_no_statement(bench):
    with pytest.raises(hms.UsageError, match="no Lean text"):
        hms_core.submit_proof_task("t", 3, [])  # type: ignore[arg-type]


def test_it_answers_plain_json(bench, until):
    agent = hms_core.spawn_agent(["prove"], {})
    task = hms_core.submit_proof_task("t", b"1 + 1 = 2", [])
    settled(task, until)

    json.dumps(
        [
            hms_core.ping_supervisor(),
            hms_core.query_agent_status(agent),
            hms_core.query_task_status(task),
        ]
    )


def test_unknown_ids_say_where_valid_ones_come_from(bench):
    with pytest.raises(hms.UsageError, match="submit_proof_task"):
        hms_core.query_task_status("task-99")
    with pytest.raises(hms.UsageError, match="spawn_agent"):
        hms_core.query_agent_status("agent-99")


def test_text_that_is_not_utf8_is_refused(bench):
    with pytest.raises(hms.UsageError, match="UTF-8"):
        hms_core.submit_proof_task("t", b"\xff\xfe", [])


def elsewhere(script: str, **environment: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_another_process_reaches_the_same_supervisor(bench, until):
    task = hms_core.submit_proof_task("here", b"1 + 1 = 2", [])

    seen = elsewhere(
        f"""
        import json, hms_core
        hms_core.spawn_agent(["prove"], {{}})
        there = hms_core.submit_proof_task("there", b"1 + 1 = 3", [])
        print(json.dumps([hms_core.ping_supervisor(), hms_core.query_task_status("{task}"), there]))
        """
    )

    assert seen[0]["pid"] == os.getpid()
    assert seen[1]["theorem_id"] == "here"
    assert settled(task, until)["verdict"] == "proved"
    assert settled(seen[2], until)["verdict"] == "refuted"


def test_a_session_can_be_named_in_the_environment(bench):
    with hms.Workbench("other"):
        seen = elsewhere(
            "import json, hms_core; print(json.dumps(hms_core.ping_supervisor()))",
            HMS_SESSION=bench.session,
        )

    assert seen["session"] == bench.session


def test_without_any_session_it_hosts_one_and_leaves_nothing_behind():
    seen = elsewhere(
        """
        import json, time, hms_core
        agent = hms_core.spawn_agent(["prove"], {})
        task = hms_core.submit_proof_task("t", b"2 + 2 = 4", [])
        while (status := hms_core.query_task_status(task))["verdict"] is None:
            time.sleep(0.01)
        print(json.dumps([status["verdict"], hms_core.query_agent_status(agent)["pid"]]))
        """
    )

    assert seen[0] == "proved"
    with pytest.raises(ProcessLookupError):
        os.kill(seen[1], 0)
