"""One envelope, one frame, and nothing else is an envelope."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel.errors import TransportError
from hms_kernel.messages import (
    PROTOCOL_VERSION,
    AgentTask,
    Envelope,
    ErrorResponse,
    HeartbeatRequest,
    TaskResult,
)
from hms_kernel.model import Progress, Task, Value
from hms_kernel.transport.codec import decode, encode

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(payload=plain, epoch=st.integers(0, 2**32), attempt=st.integers(0, 100))
def test_what_goes_in_comes_out(payload, epoch, attempt):
    task = Task(task_id="t", skill="s", payload=payload)
    envelope = Envelope(body=AgentTask(task=task), epoch=epoch, attempt=attempt)

    assert decode(encode(envelope)) == envelope


@settings(deadline=None)
@given(st.binary())
def test_bytes_of_any_kind_are_an_envelope_or_a_transport_error(data):
    try:
        decode(data)
    except TransportError:
        return
    assert "body" in msgspec.msgpack.decode(data)


@settings(deadline=None)
@given(data=st.data())
def test_a_damaged_frame_is_an_envelope_or_a_transport_error(data):
    progress = Progress(task_id="t", attempt=1, note="ite-split")
    frame = bytearray(encode(Envelope(body=HeartbeatRequest(agent_id="a", progress=progress))))
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))

    try:
        envelope = decode(bytes(frame))
    except TransportError:
        return
    assert envelope.version == PROTOCOL_VERSION


def test_fields_of_a_later_release_are_ignored():
    frame = msgspec.msgpack.encode(
        {
            "body": {"type": "heartbeat_request", "agent_id": "a", "mood": "fine"},
            "version": PROTOCOL_VERSION,
            "priority": 3,
        }
    )

    assert decode(frame) == Envelope(body=HeartbeatRequest(agent_id="a"))


def test_an_unknown_tag_is_refused_by_name():
    frame = msgspec.msgpack.encode({"body": {"type": "launch_rockets"}})

    with pytest.raises(TransportError, match="launch_rockets"):
        decode(frame)


def test_another_version_is_refused_as_such_even_with_a_body_we_cannot_read():
    readable = msgspec.msgpack.encode({"body": {"type": "shutdown_agent"}, "version": 2})
    strange = msgspec.msgpack.encode({"body": 17, "version": 2})

    for frame in (readable, strange):
        with pytest.raises(TransportError, match="speaks protocol version 2, this side speaks 1"):
            decode(frame)


def test_a_frame_beyond_the_limit_is_neither_written_nor_read():
    envelope = Envelope(body=ErrorResponse(error="UsageError", message="x" * 1000))
    frame = encode(envelope)

    assert decode(encode(envelope, limit=len(frame)), limit=len(frame)) == envelope
    with pytest.raises(TransportError, match=f"takes {len(frame)} bytes"):
        encode(envelope, limit=len(frame) - 1)
    with pytest.raises(TransportError, match=f"a frame of {len(frame)} bytes"):
        decode(frame, limit=len(frame) - 1)


@pytest.mark.parametrize("value", [object(), 2**64, "\ud800", {1, object()}, print])
def test_what_msgpack_cannot_hold_is_refused_with_the_message_it_was_for(value):
    envelope = Envelope(body=TaskResult(task_id="t", result=Value(value=value)))

    with pytest.raises(TransportError, match="TaskResult cannot be put into a message"):
        encode(envelope)


def test_endless_nesting_is_refused():
    nested: list[object] = []
    nested.append(nested)

    with pytest.raises(TransportError):
        encode(Envelope(body=TaskResult(task_id="t", result=Value(value=nested))))
    with pytest.raises(TransportError):
        decode(b"\x91" * 200_000)
