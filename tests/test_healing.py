"""Who is frozen, who dies too often, how long to wait: arithmetic over times that are given."""

from __future__ import annotations

from random import Random

import pytest

from hms_kernel import healing
from hms_kernel.healing import Hearing, WorkerWatch
from hms_kernel.model import Intensity

LOOK_S = 0.5


def watch(*looks: tuple[int, float, str], every_s: float = LOOK_S) -> list[str]:
    """What a watch says to each look at (pulse, processor seconds, stopping signal)."""
    watched = WorkerWatch(0.0, LOOK_S)
    return [watched.look((n + 1) * every_s, *look) for n, look in enumerate(looks)]


def test_the_backoff_doubles_up_to_a_minute_and_is_jittered_by_up_to_half():
    waits = [healing.backoff_s(deaths, Random(deaths)) for deaths in range(1, 15)]

    ceilings = [min(60.0, 0.1 * 2**n) for n in range(14)]
    assert all(top / 2 <= wait <= top for wait, top in zip(waits, ceilings, strict=True))
    assert healing.backoff_s(10_000, Random(0)) <= 60.0


def test_only_deaths_within_the_window_count():
    rule = Intensity(deaths=2, within_s=10.0)

    assert healing.recent_deaths((1.0, 5.0), 11.0, rule) == (5.0, 11.0)


def test_quarantine_doubles_with_every_probation_that_failed_up_to_ten_minutes():
    rule = Intensity(cool_s=30.0)

    assert [healing.cool_s(n, rule) for n in (0, 1, 2, 5, 5000)] == [
        30.0,
        60.0,
        120.0,
        600.0,
        600.0,
    ]


@pytest.mark.parametrize(("heartbeat_s", "after_s"), [(0.05, 2.0), (1.0, 2.5), (4.0, 10.0)])
def test_an_agent_is_frozen_after_missed_beats_but_never_within_two_seconds(heartbeat_s, after_s):
    assert healing.frozen_after_s(heartbeat_s) == after_s


class TestASupervisor:
    def test_that_rests_as_long_as_it_means_to_is_never_deaf(self):
        hearing = Hearing(0.0)
        for second in range(1, 10):
            hearing.rested(0.99)
            hearing.heard_all(float(second))

        assert hearing.deaf_s(9.05) == 0.0

    def test_that_sleeps_longer_than_it_meant_to_was_deaf_meanwhile(self):
        hearing = Hearing(0.0)
        hearing.rested(1.0)

        assert hearing.deaf_s(11.0) == 10.0
        assert hearing.deaf_s(11.01) == 0.0

    def test_that_is_busy_hears_everybody_as_long_as_it_empties_its_sockets(self):
        hearing = Hearing(0.0)
        for tick in range(1, 100):
            hearing.heard_all(tick * 0.05)

        assert hearing.deaf_s(4.96) == 0.0

    def test_that_falls_behind_its_sockets_is_deaf_until_it_has_caught_up(self):
        assert Hearing(0.0).deaf_s(0.25) == 0.25


class TestAWorker:
    def test_whose_interpreter_beats_is_well_even_if_it_computes_nothing(self):
        assert watch(*((n, 0.0, "") for n in range(100))) == [""] * 100

    def test_in_a_long_c_call_is_well_while_it_computes(self):
        assert watch(*((7, 0.1 * n, "") for n in range(100))) == [""] * 100

    def test_in_a_c_call_that_waits_under_the_lock_is_frozen(self):
        said = watch(*[(7, 1.0, "")] * 6)

        assert said[:4] == [""] * 4
        assert said[4] == "frozen: a C call holds the interpreter and computes nothing"

    def test_that_a_signal_stopped_is_frozen_and_the_signal_named(self):
        said = watch((1, 1.0, ""), *[(1, 1.0, "SIGSTOP")] * 5)

        assert said[3] == ""
        assert said[4] == "frozen: stopped by SIGSTOP"

    def test_that_goes_on_in_time_is_well(self):
        stopped = [(1, 1.0, "SIGSTOP")] * 3

        assert watch(*stopped, (2, 1.0, ""), *stopped, (3, 1.0, "")) == [""] * 8

    def test_is_not_blamed_for_looks_that_came_late(self):
        assert watch((1, 1.0, ""), (1, 1.0, ""), every_s=3600.0) == ["", ""]

    def test_tells_how_long_its_interpreter_has_been_silent(self):
        watched = WorkerWatch(0.0, LOOK_S)
        for n in range(1, 5):
            watched.look(n * LOOK_S, 1, float(n), "")

        assert watched.silent_s == 1.5

    def test_is_stuck_when_it_reports_no_progress_within_its_limit_however_lively(self):
        watched = WorkerWatch(0.0, LOOK_S)
        said = []
        for n in range(1, 9):
            if n == 4:
                watched.progressed()
            assert watched.look(n * LOOK_S, n, float(n), "") == ""
            said.append(watched.stuck(2.0))

        assert said == [""] * 6 + ["stuck: no progress for 2 s"] * 2
        assert watched.stuck(None) == ""

    def test_that_is_stuck_in_c_is_told_so(self):
        watched = WorkerWatch(0.0, LOOK_S)
        for n in range(1, 9):
            watched.look(n * LOOK_S, 1, float(n), "")

        assert watched.stuck(3.0).endswith("(a C call holds the interpreter)")
