"""Short chaos with real processes: what ``hms chaos`` promises, and what anybody can do to a workbench."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from random import Random

import psutil
import pytest
from command_line import hms as hms_command

import hms_kernel as hms
from hms_kernel import session as sessions
from hms_kernel.chaos import processes
from hms_kernel.chaos.faults import BLOWS, DISTURBANCES
from hms_kernel.chaos.kernel import Kernel
from hms_kernel.chaos.run import News, Settings, planned, run
from hms_kernel.facts import TaskSettled
from hms_kernel.processes import wait_gone
from hms_kernel.testing import chaos, healing, strike

Until = Callable[..., None]


SOME = ("drop_messages", "fill_disk", "set_wall_clock", "exhaust_descriptors")


def test_a_short_seeded_run_with_every_blow_and_a_killed_kernel_loses_nothing():
    news: list[News] = []
    kinds = (*BLOWS, *SOME)
    settings = Settings(tasks=150, faults=12, seed=7, agents=4, kernel_kills=1, kinds=kinds)

    report = run(settings, news.append)

    assert report.remarks == ()
    assert report.holds
    assert report.accepted >= 150
    assert {kind: found.count for kind, found in report.faults.items()} == dict.fromkeys(kinds, 1)
    for kind, found in report.faults.items():
        assert found.recovered == 1, kind
        assert found.detected == 1 or kind in SOME, kind
    healed = [each.story for each in news if each.story and each.story.recovered_s is not None]
    assert len(healed) == 12
    assert sessions.names() == []


@pytest.mark.parametrize(
    ("chosen", "kills"),
    [
        ({"faults": 250}, 5),
        ({"faults": 40}, 1),
        ({"faults": 40, "kernel_kills": 0}, 0),
        ({"faults": 40, "kinds": ("kill_agent",)}, 0),
        ({"faults": 40, "kinds": ("kill_agent",), "kernel_kills": 3}, 3),
    ],
)
def test_one_of_fifty_faults_kills_the_kernel_unless_somebody_says_otherwise(chosen, kills):
    plan = planned(Settings(tasks=1000, **chosen))

    assert len(plan) == chosen["faults"]
    assert sum(fault.kind == "kill_kernel" for fault in plan) == kills


class TestTheCommand:
    def test_prints_one_object_and_exits_with_0_when_all_holds(self):
        told = hms_command(
            *("chaos", "--tasks", 40, "--faults", 2, "--kernel-kills", 0, "--agents", 2),
            *("--kinds", "kill_agent,kill_worker", "--seed", 3, "--json"),
        )

        assert told.returncode == 0, told.stderr
        report = json.loads(told.stdout)
        assert list(report) == [
            "accepted",
            "finished",
            "lost",
            "doubled",
            "changed_verdicts",
            "faults",
            "leftovers",
        ]
        assert report["accepted"] == report["finished"] == 40
        assert report["lost"] == report["doubled"] == report["changed_verdicts"] == 0
        assert report["leftovers"] == 0
        assert set(report["faults"]) == {"kill_agent", "kill_worker"}
        for found in report["faults"].values():
            assert set(found) == {"count", "detect_ms", "recover_ms"}
            assert found["count"] == 1
            assert 0 <= found["detect_ms"]["p50"] <= found["recover_ms"]["p99"]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--kinds", "meteor"), "kill_agent"),
            (("--tasks", "10", "--faults", "40"), "at least 80"),
            (("--faults", "1"), "at least"),
        ],
    )
    def test_says_what_makes_no_sense(self, arguments, said):
        told = hms_command("chaos", *arguments)

        assert told.returncode == 2
        assert said in told.stderr

    def test_interrupted_leaves_nothing_behind(self, until: Until, hms_home, monkeypatch):
        elsewhere = hms_home / "t"  # sockets do not fit into a directory that is too deep
        elsewhere.mkdir()
        monkeypatch.setenv("TMPDIR", str(elsewhere))
        monkeypatch.setenv("HMS_HOME", str(hms_home / ("deep" * 30)))
        command = [sys.executable, "-m", "hms_kernel", "chaos", "--tasks", "5000", "--seed", "77"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until(lambda: len(psutil.Process(process.pid).children(recursive=True)) > 6)
        family = psutil.Process(process.pid).children(recursive=True)
        with pytest.raises(hms.SessionError, match="no live session"):
            hms.attach()

        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)

        assert process.returncode == 130
        assert "interrupted" in told
        assert psutil.wait_procs(family, 30)[1] == []
        assert sessions.names() == []
        assert list(elsewhere.iterdir()) == []


class TestOnAWorkbench:
    @pytest.fixture
    def bench(self):
        with hms.Workbench() as bench:
            # Agents are not to be put aside because a test kills them.
            often = {"deaths": 1000, "within_s": 60.0, "cool_s": 1.0}
            bench.spawn(2, ["prove", "chaos"], config={"intensity": often})
            yield bench

    @pytest.mark.parametrize("kind", ["kill_agent", "kill_zygote", "freeze_agent"])
    def test_an_agent_that_is_struck_comes_back(self, bench, until: Until, kind):
        blow = strike(bench, kind, Random(1))

        until(lambda: healing(blow, bench.facts()).recovered_s is not None)
        status = hms.AgentHandle(bench.client, blow.agent).status()
        assert status.restarts == 1
        assert status.pid != blow.pid

    @pytest.mark.parametrize("kind", ["hold_gil", "exhaust_memory"])
    def test_a_task_that_misbehaves_is_noticed_and_runs_again(self, bench, until: Until, kind):
        blow = strike(bench, kind, Random(1))

        until(lambda: healing(blow, bench.facts()).recovered_s is not None)
        assert bench.task(blow.task).result(60) == "survived"
        assert {agent.restarts for agent in bench.client.agents()} == {0}

    def test_the_worker_of_a_busy_agent_is_struck_first(self, bench, until: Until, tmp_path):
        task = bench.submit("chaos", {"do": "hold", "mark": str(tmp_path / "mark")})
        until(lambda: (tmp_path / "mark").exists())

        blow = strike(bench, "kill_worker", Random(1))

        assert task.result(60) == "survived"
        assert task.status().attempts == 2
        until(lambda: healing(blow, bench.facts()).recovered_s is not None)
        assert healing(blow, bench.facts()).cause == "worker killed by SIGKILL"

    def test_blows_fall_while_the_block_runs_and_answers_come_nevertheless(self, bench):
        with chaos(bench, seed=7, kinds=["kill_agent", "kill_worker"], every_s=0.5) as blows:
            often = hms.Limits(max_attempts=50)
            tasks = [
                bench.submit("chaos", {"do": "sum", "to": 10**6 + n}, limits=often)
                for n in range(20)
            ]
            answers = [task.result(60) for task in tasks]
        struck = len(blows)

        assert answers == [sum(i * i for i in range(10**6 + n)) for n in range(20)]
        assert struck >= 1
        assert len([f for f in bench.facts() if isinstance(f.kind, TaskSettled)]) == 20
        threading.Event().wait(1.0)
        assert len(blows) == struck

    def test_what_cannot_be_struck_is_said(self):
        with hms.Workbench() as bench:
            with pytest.raises(hms.UsageError, match="no agent is there"):
                strike(bench, "kill_agent", Random(1))
            with pytest.raises(hms.UsageError, match="skill 'chaos'"):
                strike(bench, "hold_gil", Random(1))
            with pytest.raises(hms.UsageError, match="freeze_agent"):
                strike(bench, "kill_kernel", Random(1))
            with pytest.raises(hms.UsageError, match="meteor"), chaos(bench, kinds=["meteor"]):
                pass


def test_processes_and_sockets_of_a_run_that_are_left_are_found_and_can_be_ended(
    tmp_path, monkeypatch
):
    environment = {**os.environ, processes.MARK: "abc"}
    left = socket.socket(socket.AF_UNIX)
    path = tmp_path / "s"
    monkeypatch.chdir(tmp_path)  # the path of a socket may be no longer than 100 bytes
    left.bind("s")
    with subprocess.Popen(["sleep", "60"], env=environment) as mine:
        assert processes.hit(mine.pid, signal.SIGKILL, token="xyz") is None
        told = processes.left_over("abc", [tmp_path, tmp_path / "nowhere"], patience_s=0.1)

        assert told == [f"process {mine.pid}: sleep 60", f"socket {path}"]
        assert processes.left_over("xyz", [], patience_s=0.1) == []
        processes.end_all("abc")
        mine.wait(10)
        assert processes.family("abc") == []
    left.close()


def test_a_kernel_that_ended_by_itself_says_how_whatever_it_is_asked():
    kernel = Kernel("s", seed=1, environment={})
    os.kill(kernel.pid, signal.SIGKILL)
    wait_gone(kernel.pid, 60)

    for ask in (lambda: kernel.begin("fill_disk"), lambda: kernel.end("fill_disk"), kernel.close):
        with pytest.raises(hms.SessionError, match="SIGKILL"):
            ask()


def test_every_disturbance_has_words_and_can_be_made(arena):
    assert set(arena.faults) == set(DISTURBANCES)


def test_a_blow_at_nobody_is_none():
    with subprocess.Popen(["true"]) as gone:
        gone.wait()

    assert processes.hit(gone.pid, signal.SIGKILL) is None
    assert processes.worker_of(gone.pid) is None
    assert processes.zygote_of([gone.pid]) is None


def test_a_blow_says_when_it_fell():
    with subprocess.Popen(["sleep", "60"]) as victim:
        before_s = time.time()
        struck_s = processes.hit(victim.pid, signal.SIGKILL)

        assert struck_s is not None
        assert before_s <= struck_s <= time.time()
        assert victim.wait(10) == -signal.SIGKILL
        assert processes.hit(victim.pid, signal.SIGKILL) is None
