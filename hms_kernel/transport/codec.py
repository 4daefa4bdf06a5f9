"""One envelope is one msgpack frame. Checks size, version and shape; moves nothing.

Unknown fields are ignored, so a newer peer may say more than we understand;
unknown tags and other versions are refused, because guessing is worse. Nothing
is ever unpickled.
"""

from __future__ import annotations

import msgspec

from hms_kernel.errors import TransportError
from hms_kernel.messages import PROTOCOL_VERSION, Envelope

MAX_FRAME_BYTES = 64 << 20  # of one frame, in and out


class _Header(msgspec.Struct):
    """The part of a frame that every version must keep."""

    version: int = PROTOCOL_VERSION


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Envelope)
_header = msgspec.msgpack.Decoder(_Header)


def encode(envelope: Envelope, limit: int = MAX_FRAME_BYTES) -> bytes:
    """The frame that carries ``envelope``.

    Raises:
        TransportError: it is longer than ``limit`` bytes, or holds something
            that msgpack has no form for (an integer beyond 64 bits, an object).
    """
    try:
        frame = _encoder.encode(envelope)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TransportError(f"{_kind(envelope)} cannot be put into a message: {error}") from error
    if len(frame) > limit:
        raise TransportError(
            f"{_kind(envelope)} takes {len(frame)} bytes, a message may have {limit}"
        )
    return frame


def decode(frame: bytes, limit: int = MAX_FRAME_BYTES) -> Envelope:
    """The envelope in ``frame``.

    Raises:
        TransportError: too long, not msgpack, another protocol version, an
            unknown tag, or a field of the wrong type.
    """
    if len(frame) > limit:
        raise TransportError(f"a frame of {len(frame)} bytes; at most {limit} are read")
    try:
        envelope = _decoder.decode(frame)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
        _check_version(frame)
        raise TransportError(f"not a message of ours: {error}") from error
    if envelope.version != PROTOCOL_VERSION:
        _refuse(envelope.version)
    return envelope


def _check_version(frame: bytes) -> None:
    # A body we cannot read is explained best by the version that wrote it.
    try:
        version = _header.decode(frame).version
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
        return
    if version != PROTOCOL_VERSION:
        _refuse(version)


def _refuse(version: int) -> None:
    raise TransportError(
        f"the peer speaks protocol version {version}, this side speaks {PROTOCOL_VERSION}"
    )


def _kind(envelope: Envelope) -> str:
    return type(envelope.body).__name__
