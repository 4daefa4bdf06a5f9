"""Clocks that jump: nobody is judged by a time that nobody could have kept."""

from __future__ import annotations

import threading
import time
from random import Random

from hms_kernel.chaos.clock import JumpyClock, LostTime, SetClock
from hms_kernel.facts import AgentGone, TaskSettled


def test_a_wall_clock_is_set_wrong_and_right_again():
    clock = JumpyClock(lambda: 100.0)
    fault = SetClock(clock, Random(1))

    fault.begin()
    fault.begin()
    wrong_s = clock()
    fault.end()
    fault.end()

    assert abs(wrong_s - 100.0) >= 1.0
    assert clock() == 100.0


def test_a_steady_clock_never_goes_back():
    clock = JumpyClock(lambda: 100.0)
    fault = LostTime(clock, Random(1))
    times = [clock()]

    for _ in range(3):
        fault.begin()
        fault.begin()
        fault.end()
        times.append(clock())

    assert times == sorted(set(times))


def test_whoever_sets_the_wall_clock_ends_no_agent_and_no_task(arena):
    arena.bench.spawn(2, ["rehearse"], config={"heartbeat_s": 0.2})
    fault = arena.faults["set_wall_clock"]

    for n in range(10):
        fault.begin()
        assert arena.submit("echo", value=n).result(60) == n
        fault.end()

    facts = arena.bench.facts()
    assert not [fact for fact in facts if isinstance(fact.kind, AgentGone)]
    times = [fact.time_s for fact in facts]
    assert times != sorted(times)  # it was set back, and the facts say so
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    lasted = [fact.kind.duration_s for fact in facts if isinstance(fact.kind, TaskSettled)]
    assert all(0 <= duration_s < 60 for duration_s in lasted)


def test_jumps_of_the_steady_clock_count_as_stalls_of_the_supervisor(arena, until):
    arena.bench.spawn(3, ["rehearse"], config={"heartbeat_s": 0.2})
    flag = arena.supervisor.directory / "go"
    task = arena.submit("hang", until=str(flag))
    fault = arena.faults["jump_steady_clock"]

    until_s = time.monotonic() + 3.0
    jumps = 0
    while time.monotonic() < until_s:
        fault.begin()
        fault.end()
        jumps += 1
        threading.Event().wait(0.01)
    flag.touch()

    assert jumps > 50
    assert task.result(60) == "done"
    assert task.status().attempts == 1
    assert not [fact for fact in arena.bench.facts() if isinstance(fact.kind, AgentGone)]
