"""A process whose file descriptors run out: it lives, says so, and everything resumes."""

from __future__ import annotations

import os
import signal

import pytest

import hms_kernel as hms
from hms_kernel.chaos.descriptors import NoDescriptors


def test_the_session_lives_through_it_and_resumes(arena, until):
    agents = arena.bench.spawn(2, ["rehearse"])
    fault = arena.faults["exhaust_descriptors"]
    before = len(os.listdir("/dev/fd"))

    for round_number in range(2):
        fault.begin()
        fault.begin()
        with pytest.raises(OSError, match="Too many open files"):
            os.dup(0)
        # Those who are in work on.
        assert arena.submit("echo", value=round_number).result(60) == round_number
        # A new process cannot come in, and that is said; the old one's end is noticed.
        os.kill(agents[0].pid, signal.SIGKILL)
        until(lambda: "hardly any file descriptors left" in agents[0].status().last_cause)
        assert arena.submit("echo", value=7).result(60) == 7
        fault.end()
        fault.end()

        until(lambda: agents[0].status().phase == "ready")
        assert arena.submit("describe").result(60)["agent_pid"] in {a.pid for a in agents}

    assert len(os.listdir("/dev/fd")) <= before + 3


def test_a_spawn_that_finds_no_room_is_refused_and_may_be_asked_for_again(arena):
    fault = arena.faults["exhaust_descriptors"]
    fault.begin()

    with pytest.raises(hms.HmsError, match="Too many open files"):
        arena.bench.spawn(1, ["rehearse"])
    fault.end()

    [agent] = arena.bench.spawn(1, ["rehearse"])
    assert agent.status().phase == "ready"


def test_a_fault_that_has_not_begun_ends_without_a_trace():
    before = os.listdir("/dev/fd")

    NoDescriptors([]).end()

    assert os.listdir("/dev/fd") == before
