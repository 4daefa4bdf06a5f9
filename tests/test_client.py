"""The same session from another process: found by its connection file, spoken to over its socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

import hms_kernel as hms
from hms_kernel.facts import SessionClosed

pytestmark = pytest.mark.usefixtures("rehearsal")


@pytest.fixture
def bench(rehearsal: None) -> Iterator[hms.Workbench]:
    with hms.Workbench() as bench:
        bench.spawn(1, ["rehearse"])
        yield bench


def elsewhere(script: str) -> str:
    """Run a script in another process; what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_another_process_attaches_submits_and_sees_what_this_one_did(bench):
    bench.submit("rehearse", {"do": "echo", "value": "mine"}).result(60)

    seen = elsewhere(
        """
        import json, os
        import hms_kernel as hms
        with hms.attach() as desk:
            answer = desk.submit("rehearse", {"do": "echo", "value": "theirs"}).result(60)
            print(json.dumps([answer, desk.ping().pid, list(desk.tasks()["value"])]))
        """
    )

    assert json.loads(seen) == ["theirs", os.getpid(), ["mine", "theirs"]]


def test_hanging_up_leaves_the_session_alone(bench):
    with hms.attach(bench.session) as desk:
        assert desk.ping().session == bench.session

    assert bench.ping().session == bench.session
    assert not bench.closed


def test_refusals_arrive_as_the_errors_they_are(bench):
    with hms.attach() as desk:
        with pytest.raises(hms.UsageError, match="submit_proof_task"):
            hms.TaskHandle(desk.client, "task-99").status()
        with pytest.raises(hms.UsageError, match="juggle"):
            desk.spawn(1, ["juggle"])


def test_waiting_for_several_tasks_at_once_shares_one_line(bench, until):
    flag = bench.directory / "go"
    with hms.attach() as desk:
        slow = desk.submit("rehearse", {"do": "hang", "until": str(flag)})
        with pytest.raises(TimeoutError):
            slow.wait(0.05)
        assert not slow.done()
        flag.touch()
        assert slow.result(60) == "done"


def test_facts_can_be_replayed_and_followed_until_the_session_closes(bench):
    with hms.attach() as desk:
        story = desk.client.follow()
        first = next(story)
        bench.close()
        last = list(story)[-1]

    assert first.seq == 1
    assert isinstance(last.kind, SessionClosed)


def test_a_client_can_end_the_session_from_outside(bench, until):
    with hms.attach() as desk:
        desk.stop_session()
        until(lambda: not desk.alive())

    until(lambda: bench.closed)


def test_a_session_whose_process_was_killed_is_not_found_and_its_agents_end():
    code = textwrap.dedent(
        """
        import sys
        import hms_kernel as hms
        bench = hms.Workbench("doomed")
        [agent] = bench.spawn(1, ["rehearse"], config={"grace_s": 1.0})
        print(agent.pid, flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        pid = int(other.stdout.readline())
        other.send_signal(signal.SIGKILL)
        other.wait()

    with pytest.raises(hms.SessionError, match="no live session"):
        hms.attach("doomed")
    import psutil

    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(timeout=60)


def test_garbage_on_the_client_socket_costs_only_its_sender(bench):
    import zmq

    from hms_kernel import session as sessions

    context = zmq.Context()
    rude = context.socket(zmq.DEALER)
    rude.connect(sessions.connection(bench.session).clients)
    for junk in (b"", b"\xc1", b"x" * 1000, b"\x81\xa4body\x00"):
        rude.send(junk)
    rude.send_multipart([b"one", b"two"])
    with hms.attach() as desk:
        assert desk.submit("rehearse", {"do": "echo", "value": 1}).result(60) == 1
    rude.close(0)
    context.term()


def test_a_proof_saves_itself_and_is_confirmed_without_the_session(tmp_path):
    with hms.Workbench(agents=1) as bench:
        path = bench.prove("∀ x : ℝ, |x| = x", theorem_id="size").save(tmp_path)

    finding = hms.check(path)

    assert path.name == "size.witness.json"
    assert finding.confirmed
    assert finding.outcome is hms.Outcome.REFUTED


def test_a_question_asked_again_in_another_session_is_answered_from_memory():
    claim = "∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2"
    with hms.Workbench(agents=1) as bench:
        first = bench.prove(claim, theorem_id="squares").result()

    with hms.Workbench(agents=1) as bench:
        again = bench.prove(claim, theorem_id="squares").result()
        anew = bench.prove(claim, theorem_id="squares", cache=False).result()

    assert (first.cached, again.cached, anew.cached) == (False, True, False)
    assert first.evidence == again.evidence == anew.evidence


def test_a_task_that_is_no_proof_has_no_verdict_to_save(bench, tmp_path):
    with pytest.raises(hms.UsageError, match="settles no statement"):
        bench.submit("rehearse", {"do": "echo", "value": 1}).save(tmp_path)
