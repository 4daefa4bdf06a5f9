"""Frames go out at the page's own pace; a page that is gone costs next to nothing."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hms_widgets.pacing import Pacer


def send_whenever_due(pacer: Pacer, until_s: float, ack_after_s: float | None) -> list[float]:
    """Play a clock in steps of 10 ms; the page acks each frame after so many seconds, or never."""
    sent: list[float] = []
    due: list[tuple[float, int]] = []
    for step in range(int(until_s * 100)):
        now = step / 100
        while due and due[0][0] <= now:
            pacer.acked(due.pop(0)[1])
        if pacer.wait_s(now) == 0:
            frame = pacer.sent(now)
            sent.append(now)
            if ack_after_s is not None:
                due.append((now + ack_after_s, frame))
    return sent


def test_the_first_frame_goes_out_at_once():
    assert Pacer().wait_s(now_s=123.0) == 0


def test_a_quick_page_gets_four_frames_a_second():
    sent = send_whenever_due(Pacer(interval_s=0.25), until_s=10, ack_after_s=0.02)

    assert len(sent) == 40


def test_a_slow_page_sets_the_pace():
    sent = send_whenever_due(Pacer(interval_s=0.25, stall_s=0.6), until_s=10, ack_after_s=0.5)

    assert 19 <= len(sent) <= 21


def test_a_page_that_is_gone_gets_a_frame_every_two_seconds_in_the_end():
    sent = send_whenever_due(Pacer(stall_max_s=2.0), until_s=60, ack_after_s=None)

    gaps = [round(after - before, 2) for before, after in itertools.pairwise(sent)]
    assert len(sent) <= 45
    assert gaps == sorted(gaps)
    assert max(gaps) <= 2.01


def test_an_ack_after_a_long_silence_restores_the_pace():
    pacer = Pacer(interval_s=0.25)
    sent = send_whenever_due(pacer, until_s=30, ack_after_s=None)

    pacer.acked(pacer.frame)

    assert pacer.wait_s(sent[-1]) == 0.25
    assert pacer.watched


def test_a_display_nobody_has_painted_is_not_watched():
    pacer = Pacer()
    pacer.sent(0.0)

    assert not pacer.watched


@given(st.integers(-5, 50))
def test_an_ack_for_a_frame_never_sent_changes_nothing(frame: int):
    pacer = Pacer()
    pacer.sent(0.0)
    pacer.sent(1.0)

    pacer.acked(frame)

    assert pacer.watched is (frame in (1, 2))
    assert (pacer.wait_s(1.3) == 0) is (frame == 2)
