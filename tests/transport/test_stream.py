"""Frames over a stream socket: whole, in order, never blocking."""

from __future__ import annotations

import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel.errors import TransportError
from hms_kernel.transport.stream import LIMIT_BYTES, FrameStream, read_frame, write_frame


@pytest.fixture
def pair():
    one, other = socket.socketpair()
    streams = FrameStream(one), FrameStream(other)
    yield streams
    for stream in streams:
        stream.close()


def drain(stream, count):
    frames = []
    while len(frames) < count:
        frames += stream.receive()
    return frames


@settings(deadline=None)
@given(frames=st.lists(st.binary(max_size=100), min_size=1), cut=st.integers(1, 50))
def test_frames_arrive_whole_however_the_bytes_are_cut(frames, cut):
    ours, theirs = socket.socketpair()
    stream = FrameStream(theirs)
    data = b"".join(len(frame).to_bytes(4, "big") + frame for frame in frames)

    received = []
    for start in range(0, len(data), cut):
        ours.sendall(data[start : start + cut])
        received += stream.receive()

    assert received == frames
    ours.close()
    stream.close()


def test_sending_to_somebody_who_does_not_read_keeps_the_rest_for_later(pair):
    one, other = pair
    frames = [bytes([number]) * 500_000 for number in range(10)]

    for frame in frames:
        one.send(frame)
    assert one.backlog > 0

    received = []
    while len(received) < 10:
        received += other.receive()
        one.flush()
    assert received == frames
    assert one.backlog == 0


def test_what_was_sent_before_hanging_up_still_arrives(pair):
    one, other = pair
    one.send(b"last words")
    one.close()

    assert other.receive() == [b"last words"]
    assert other.ended
    assert other.receive() == []


def test_sending_to_somebody_who_is_gone_ends_the_stream_and_raises_nothing(pair):
    one, other = pair
    other.close()

    for _ in range(3):
        one.send(b"hello?")

    assert one.ended
    assert one.backlog == 0


def test_a_frame_beyond_the_limit_is_refused_before_it_is_read(pair):
    one, other = pair
    one._socket.send((LIMIT_BYTES + 1).to_bytes(4, "big"))

    with pytest.raises(TransportError, match=str(LIMIT_BYTES + 1)):
        other.receive()


def test_the_waiting_side_speaks_the_same():
    ours, theirs = socket.socketpair()
    stream = FrameStream(ours)
    large = b"x" * (4 << 20)
    answers = []

    def echo():
        while (frame := read_frame(theirs)) is not None:
            write_frame(theirs, frame[::-1])
        answers.append(None)

    echoing = threading.Thread(target=echo)
    echoing.start()
    stream.send(b"abc")
    stream.send(large)
    while len(answers) < 2:
        stream.flush()
        answers += stream.receive()
    stream.close()
    echoing.join(20)

    assert answers == [b"cba", large, None]
    theirs.close()
