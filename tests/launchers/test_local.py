"""Agents forked by a zygote, watched, outliving and ending as they should; all of it with real processes."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from hms_test_stage import PATIENCE_S, Kernel, Stage, is_alive, wait_for

from hms_kernel import processes
from hms_kernel.launchers.local import LocalLauncher
from hms_kernel.launchers.wire import LOG_NAME, SOCKET_NAME
from hms_kernel.model import AgentSpec, Value


def session_processes(stage):
    """The zygote, every agent and every worker."""
    zygote = psutil.Process(stage.zygote())
    return [zygote, *zygote.children(recursive=True)]


# --- starting ------------------------------------------------------------------------


def test_twenty_agents_come_up_work_and_leave_nothing_behind():
    stage = Stage()
    names = [f"agent-{number}" for number in range(20)]
    for name in names:
        stage.launcher.launch(AgentSpec(agent_id=name, skills=("rehearse",)))
    stage.until(lambda: len(stage.pids) == 20, "not all of them registered")

    tasks = {name: stage.assign("echo", name, value=name) for name in names}
    for name, task in tasks.items():
        assert stage.result(task) == Value(value=name)
    everybody = session_processes(stage)
    assert len(everybody) == 1 + 20 + 20

    stage.close()

    assert [process for process in everybody if process.is_running()] == []


def test_agents_are_forked_in_sessions_of_their_own(stage):
    agent = stage.launch()

    zygote = stage.zygote()
    assert psutil.Process(agent).ppid() == zygote
    assert os.getsid(agent) == agent
    assert os.getsid(zygote) == zygote
    assert zygote != os.getpid()


def test_launching_returns_before_the_zygote_is_warm(stage):
    began_s = time.monotonic()
    stage.launcher.launch(AgentSpec(agent_id="a", skills=("rehearse",)))
    returned_s = time.monotonic()
    stage.until(lambda: stage.pids.get("a"))

    assert returned_s - began_s < time.monotonic() - returned_s


def test_socket_and_log_are_in_the_sessions_directory(stage):
    stage.launch()

    log = f"agent-{stage.pids['a']}.log"
    assert {"agents.sock", SOCKET_NAME, LOG_NAME, log} == set(os.listdir(stage.directory))
    assert (stage.directory / SOCKET_NAME).stat().st_mode & 0o077 == 0


def test_a_session_directory_too_deep_for_a_socket_is_an_exit_that_says_so(directory):
    deep = directory / ("x" * 120)
    deep.mkdir()
    launcher = LocalLauncher(deep, "ipc:///nowhere/agents.sock")

    launcher.launch(AgentSpec(agent_id="a"))

    assert select.select([launcher], [], [], PATIENCE_S)[0]
    (exited,) = launcher.poll()
    assert exited.agent_id == "a"
    assert "too long for a socket" in exited.cause
    launcher.close()


def test_an_agent_that_cannot_begin_is_an_exit_and_its_reason_is_in_the_log(directory):
    launcher = LocalLauncher(directory, "carrier-pigeon://agents", preload=())

    launcher.launch(AgentSpec(agent_id="a"))

    exited = []
    while not exited:
        assert select.select([launcher], [], [], PATIENCE_S)[0]
        exited = launcher.poll()
    assert (exited[0].agent_id, exited[0].cause) == ("a", "exit code 1")
    for told in (exited[0].output, (directory / LOG_NAME).read_text()):
        assert "no address: 'carrier-pigeon://agents'" in told
    launcher.close()


def test_a_skill_that_cannot_be_preloaded_does_not_keep_others_from_working(directory):
    stage = Stage(directory=directory, preload=("juggle", "rehearse"))

    stage.launch()

    assert stage.do("echo", value=1) == Value(value=1)
    assert "no skill 'juggle'" in stage.log()
    stage.close()


# --- noticing ends -------------------------------------------------------------------


def test_an_agent_that_crashes_is_reported_with_its_last_words_and_leaves_no_file(stage):
    agent = stage.launch()

    os.kill(agent, signal.SIGABRT)

    output = stage.exit().output
    assert "Fatal Python error: Aborted" in output
    assert "in _turn" in output
    assert list(stage.directory.glob("agent-*.log")) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_agent_is_noticed_with_its_signal(stage, number):
    agent = stage.launch()

    os.kill(agent, number)

    exited = stage.exit()
    assert (exited.agent_id, exited.pid) == ("a", agent)
    assert exited.cause == f"killed by {number.name}"


def test_each_of_many_deaths_at_once_is_reported_once(stage):
    names = [f"agent-{number}" for number in range(10)]
    for name in names:
        stage.launcher.launch(AgentSpec(agent_id=name, skills=("rehearse",)))
    stage.until(lambda: len(stage.pids) == 10)

    for name in names:
        os.kill(stage.pids[name], signal.SIGKILL)

    stage.until(lambda: len(stage.exits) >= 10, "a death went unnoticed")
    assert sorted(exited.agent_id for exited in stage.exits) == names
    assert {exited.cause for exited in stage.exits} == {"killed by SIGKILL"}


def test_killing_ends_a_stopped_agent_and_its_worker(stage):
    agent = stage.launch()
    worker = stage.worker()
    os.kill(agent, signal.SIGSTOP)

    stage.launcher.kill("a")

    assert stage.exit().cause == "killed by SIGKILL"
    wait_for(lambda: not is_alive(worker), "the worker outlived its agent")


def test_an_agent_may_be_killed_before_it_has_a_process(stage):
    stage.launcher.launch(AgentSpec(agent_id="a", skills=("rehearse",)))
    stage.launcher.kill("a")

    assert stage.exit().cause == "killed by SIGKILL"


def test_killing_somebody_unknown_changes_nothing(stage):
    stage.launch()

    stage.launcher.kill("nobody")

    assert stage.do("echo", value=1) == Value(value=1)


def test_the_same_agent_can_be_launched_again(stage):
    first = stage.launch()
    os.kill(first, signal.SIGKILL)
    stage.exit()

    second = stage.launch()

    assert second != first
    assert stage.do("echo", value=1) == Value(value=1)
    assert stage.exits == []


def test_a_death_is_reported_even_when_the_zygote_cannot_say_how(stage):
    agent = stage.launch()
    os.kill(stage.zygote(), signal.SIGSTOP)

    os.kill(agent, signal.SIGKILL)

    assert stage.exit().cause == "ended"
    os.kill(stage.zygote(), signal.SIGCONT)


def test_watching_somebody_who_has_already_gone_reports_it(stage):
    agent = stage.launch()
    os.kill(agent, signal.SIGKILL)
    stage.exit()

    stage.launcher.watch("late", agent)

    assert (stage.exit("late").pid) == agent


def test_the_descriptor_is_quiet_when_nothing_happens(stage):
    stage.launch()
    os.kill(stage.pids["a"], signal.SIGKILL)
    stage.exit()

    assert stage.launcher.poll() == []
    assert not select.select([stage.launcher], [], [], 0)[0]


# --- the zygote ------------------------------------------------------------------------


def test_without_its_zygote_an_agent_works_on_and_is_still_watched(stage):
    agent = stage.launch()
    zygote = stage.zygote()
    os.kill(zygote, signal.SIGKILL)
    stage.until(lambda: not psutil.pid_exists(zygote), "nobody reaped the zygote")

    assert stage.do("echo", value=1) == Value(value=1)
    os.kill(agent, signal.SIGKILL)

    assert stage.exit().cause == "ended"


def test_nobody_waits_for_a_new_zygotes_word_on_the_children_of_the_old_one(stage, monkeypatch):
    monkeypatch.setattr("hms_kernel.launchers.local.CAUSE_S", 10 * PATIENCE_S)
    agent = stage.launch("a")
    os.kill(stage.zygote(), signal.SIGKILL)
    stage.until(lambda: not stage.launcher._nursery.connected)
    stage.launch("b")

    os.kill(agent, signal.SIGKILL)

    assert stage.exit("a").cause == "ended"


def test_the_launch_after_a_zygotes_end_starts_a_new_one(stage):
    stage.launch("a")
    zygote = stage.zygote()
    os.kill(zygote, signal.SIGKILL)
    stage.until(lambda: not stage.launcher._nursery.connected)

    stage.launch("b")

    assert stage.zygote() != zygote
    assert stage.do("echo", "a", value=1) == Value(value=1)
    assert stage.do("echo", "b", value=2) == Value(value=2)


def test_a_launch_that_dies_with_its_zygote_is_an_exit_that_says_so(stage):
    stage.launcher.launch(AgentSpec(agent_id="a", skills=("rehearse",)))

    os.kill(stage.zygote(), signal.SIGKILL)

    cause = stage.exit().cause
    assert cause == "could not be started: its zygote ended (killed by SIGKILL)"


def test_a_session_whose_kernel_never_returns_ends_by_itself(directory):
    kernel = Kernel(directory, grace_s=0.5)

    kernel.signal_group(signal.SIGKILL)
    kernel.wait()

    for pid in (kernel.worker, kernel.agent, kernel.zygote):
        wait_for(lambda pid=pid: not is_alive(pid), f"{pid} was left behind")


def test_a_zygote_whose_session_was_deleted_does_not_wait_for_anybody(directory):
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()

    os.kill(kernel.agent, signal.SIGKILL)
    shutil.rmtree(directory)

    wait_for(lambda: not is_alive(kernel.zygote), "the zygote waits for nobody")


# --- the kernel comes and goes -----------------------------------------------------------


def test_interrupting_the_kernel_reaches_neither_zygote_nor_agent_nor_worker(directory):
    kernel = Kernel(directory)

    kernel.signal_group(signal.SIGINT)

    assert kernel.wait() == -signal.SIGINT
    with_new_kernel = Stage(epoch=2, directory=directory)
    with_new_kernel.until(lambda: with_new_kernel.pids.get("a"), "the agent did not survive")
    assert with_new_kernel.pids["a"] == kernel.agent
    assert is_alive(kernel.worker)
    assert is_alive(kernel.zygote)
    with_new_kernel.close()


def test_the_next_kernel_finds_the_zygote_and_learns_how_its_agents_end(directory):
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()
    stage = Stage(epoch=2, directory=directory)
    stage.until(lambda: stage.pids.get("a"))

    os.kill(kernel.agent, signal.SIGKILL)
    assert stage.exit().cause == "killed by SIGKILL"

    agent = stage.launch("b")
    assert psutil.Process(agent).ppid() == kernel.zygote == stage.zygote()
    stage.close()
    assert not is_alive(kernel.zygote)


def test_how_an_agent_ended_between_two_kernels_is_kept_for_the_next(directory):
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()
    os.kill(kernel.agent, signal.SIGABRT)
    wait_for(lambda: not psutil.pid_exists(kernel.agent), "the zygote did not reap its agent")

    stage = Stage(epoch=2, directory=directory)
    stage.launcher.watch("a", kernel.agent)

    assert stage.exit().cause == "killed by SIGABRT"
    stage.close()


# --- taking over -----------------------------------------------------------------------


def orphaned(directory: Path, *, zygote_too: bool = False) -> Kernel:
    """A kernel that was killed, and its zygote too if need be; its agent lives."""
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()
    if zygote_too:
        os.kill(kernel.zygote, signal.SIGKILL)
        wait_for(lambda: not is_alive(kernel.zygote))
    return kernel


def test_an_expected_agent_is_watched_before_it_has_said_a_word(directory):
    kernel = orphaned(directory)
    stage = Stage(epoch=2, directory=directory)
    stage.launcher.expect("a", None, 0.0)  # that it had registered was not recorded any more
    stage.until(lambda: stage.launcher._alive, "the zygote did not say who lives")

    stage.launcher.kill("a")

    exited = stage.exit()
    assert (exited.agent_id, exited.pid, exited.cause) == ("a", kernel.agent, "killed by SIGKILL")
    stage.close()


def test_an_expected_agent_that_ended_meanwhile_is_an_exit_with_its_cause(directory):
    kernel = orphaned(directory)
    os.kill(kernel.agent, signal.SIGABRT)
    wait_for(lambda: not psutil.pid_exists(kernel.agent), "the zygote did not reap its agent")

    stage = Stage(epoch=2, directory=directory)
    stage.launcher.expect("a", kernel.agent, 0.0)

    assert stage.exit().cause == "killed by SIGABRT"
    stage.close()


def test_an_expected_agent_whose_end_was_told_to_the_dead_kernel_only_is_an_exit_too(directory):
    kernel = orphaned(directory)
    first = Stage(epoch=2, directory=directory)
    os.kill(kernel.agent, signal.SIGKILL)
    first.until(lambda: first.launcher._unclaimed, "the zygote did not tell")
    first.launcher.leave()
    first.listener.close()

    stage = Stage(epoch=3, directory=directory)
    stage.launcher.expect("a", kernel.agent, 0.0)

    assert stage.exit().cause == "ended"
    stage.close()


def test_without_a_zygote_an_expected_agent_may_come_back_by_itself(directory):
    kernel = orphaned(directory, zygote_too=True)
    stage = Stage(epoch=2, directory=directory)
    stage.launcher.expect("a", kernel.agent, 0.0)

    stage.until(lambda: stage.pids.get("a"), "the agent did not come back")
    stage.launcher.watch("a", kernel.agent)
    os.kill(kernel.agent, signal.SIGKILL)

    assert stage.exit().pid == kernel.agent
    stage.close()


@pytest.mark.parametrize("another", [False, True])
def test_an_agent_whose_zygote_died_is_watched_and_can_be_ended_also_when_it_is_deaf(
    directory, another
):
    kernel = orphaned(directory, zygote_too=True)
    if another:  # a zygote that has never heard of the agent
        first = Stage(epoch=2, directory=directory)
        first.launch("b")
        first.launcher.leave()
        first.listener.close()
    os.kill(kernel.agent, signal.SIGSTOP)

    stage = Stage(epoch=3, directory=directory)
    stage.launcher.expect("a", kernel.agent, 0.0)
    stage.until(lambda: kernel.agent in stage.launcher._alive, "it was not found")
    assert stage.exits == []
    stage.launcher.kill("a")

    assert stage.exit().pid == kernel.agent
    wait_for(lambda: not is_alive(kernel.agent) and not is_alive(kernel.worker))
    stage.close()


@pytest.mark.parametrize("age_s", [0.0, 60.0])
def test_a_process_that_is_not_certainly_the_agent_is_left_alone(directory, age_s):
    with subprocess.Popen(["sleep", "60"]) as stranger, subprocess.Popen(["true"]) as dead:
        dead.wait()
        stage = Stage(directory=directory)
        stage.launcher.expect("gone", dead.pid, age_s)
        assert stage.exit("gone").cause == "ended"

        stage.launcher.expect("a", stranger.pid, age_s)
        assert stage.launcher.poll() == []
        stage.launcher.kill("a")

        assert stage.exit().cause == "did not come back"
        stage.close()
        assert stranger.poll() is None, "somebody else's process was killed"
        stranger.kill()


def test_a_process_that_is_younger_than_the_agent_is_another_one(directory):
    kernel = orphaned(directory, zygote_too=True)
    stage = Stage(epoch=2, directory=directory)

    stage.launcher.expect("a", kernel.agent, 3600.0)
    stage.launcher.kill("a")

    assert stage.exit().cause == "did not come back"
    assert is_alive(kernel.agent)
    os.kill(kernel.agent, signal.SIGKILL)
    stage.close()


def test_launching_an_agent_ends_a_namesake_that_nobody_expected(directory):
    kernel = orphaned(directory)
    stage = Stage(epoch=2, directory=directory)
    stage.launcher.launch(AgentSpec(agent_id="a", skills=("rehearse",)))

    # Nobody listens to the old one meanwhile: it has not come back when it is ended.
    wait_for(lambda: stage.launcher.poll() or not is_alive(kernel.agent), "two of one name")
    fresh = stage.until(lambda: stage.pids.get("a") not in (None, kernel.agent))

    assert fresh
    assert is_alive(stage.pids["a"])
    stage.close()


def test_leaving_lets_agents_and_zygote_live_for_the_next_launcher(directory):
    first = Stage(directory=directory)
    agent, zygote = first.launch(), first.zygote()

    first.launcher.leave()
    first.launcher.leave()
    first.listener.close()

    second = Stage(epoch=2, directory=directory)
    second.launcher.expect("a", agent, 0.0)
    second.until(lambda: second.pids.get("a"))
    assert second.pids["a"] == agent
    assert second.zygote() == zygote
    second.close()
    wait_for(lambda: not is_alive(agent) and not is_alive(zygote))


# --- closing ---------------------------------------------------------------------------


def test_closing_ends_agents_of_an_earlier_kernel_that_never_came_back(directory):
    kernel = Kernel(directory)
    kernel.signal_group(signal.SIGKILL)
    kernel.wait()
    launcher = LocalLauncher(directory, "ipc:///nowhere/agents.sock")

    launcher.close()

    for pid in (kernel.agent, kernel.worker, kernel.zygote):
        wait_for(lambda pid=pid: not is_alive(pid), f"{pid} was left behind")


def test_closing_ends_agents_whose_zygote_died(directory):
    stage = Stage(directory=directory)
    agent = stage.launch()
    worker = stage.worker()
    os.kill(stage.zygote(), signal.SIGKILL)
    stage.until(lambda: not stage.launcher._nursery.connected)

    stage.close()

    wait_for(lambda: not is_alive(agent) and not is_alive(worker))


def test_closing_uses_force_on_what_does_not_listen(directory):
    stage = Stage(directory=directory)
    agent = stage.launch()
    worker = stage.worker()
    child = int(stage.note(stage.assign("family", aloof=True)))
    zygote = stage.zygote()
    os.kill(agent, signal.SIGSTOP)

    stage.close(timeout_s=0.3)

    for pid in (agent, worker, child, zygote):
        wait_for(lambda pid=pid: not is_alive(pid), f"{pid} was left behind")


def test_closing_a_launcher_whose_zygote_hangs_uses_force_on_it_too(directory):
    stage = Stage(directory=directory)
    agent = stage.launch()
    zygote = stage.zygote()
    os.kill(zygote, signal.SIGSTOP)

    stage.close(timeout_s=0.3)

    assert not is_alive(agent)
    assert not psutil.pid_exists(zygote)


def test_closing_twice_or_without_ever_launching_is_fine(directory):
    launcher = LocalLauncher(directory, "ipc:///nowhere/agents.sock")

    launcher.close()
    launcher.close()

    assert os.listdir(directory) == []


# --- what the system offers ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "exit code 0"),
        (3, "exit code 3"),
        (-9, "killed by SIGKILL"),
        (-64, "killed by SIGRTMAX"),
    ],
)
def test_ends_are_put_into_words(code, words):
    assert processes.how_it_ended(code) == words


def test_an_alarm_rings_when_it_is_set_and_not_when_it_is_not():
    alarm = processes.Alarm()
    fd = alarm.fileno()
    if fd is None:
        pytest.skip("no timer descriptors on this system")

    alarm.set(0.0)
    assert select.select([fd], [], [], PATIENCE_S)[0]
    alarm.set(3600.0)
    assert not select.select([fd], [], [], 0)[0]
    alarm.set(0.01)
    assert select.select([fd], [], [], PATIENCE_S)[0]
    alarm.set(None)
    assert not select.select([fd], [], [], 0)[0]
    alarm.close()
