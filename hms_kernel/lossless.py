"""Plain data as JSON that comes back as it was: bytes, NaN and infinities included. Knows no fact.

JSON has none of the three, and a task that is taken over must be given exactly the
payload it was submitted with. What JSON can hold is stored as it is, readable by
any SQL; the rest is wrapped in an object with one key that begins with ``$``.
"""

from __future__ import annotations

import base64
import math
from typing import Any


def pack(value: Any) -> Any:
    """Plain data with what JSON cannot hold wrapped."""
    match value:
        case bytes() | bytearray() | memoryview():
            return {"$bytes": base64.b64encode(value).decode()}
        case float() if not math.isfinite(value):
            return {"$float": repr(value)}
        case list() | tuple():
            return [pack(item) for item in value]
        case dict():
            packed = {key: pack(item) for key, item in value.items()}
            return {"$object": packed} if _wrapped(packed) else packed
        case _:
            return value


def unpack(value: Any) -> Any:
    """What ``pack`` was given; tuples have become lists."""
    match value:
        case list():
            return [unpack(item) for item in value]
        case {"$bytes": str(text)} if len(value) == 1:
            return base64.b64decode(text)
        case {"$float": str(text)} if len(value) == 1:
            return float(text)
        case {"$object": dict(packed)} if len(value) == 1:
            return {key: unpack(item) for key, item in packed.items()}
        case dict():
            return {key: unpack(item) for key, item in value.items()}
        case _:
            return value


def _wrapped(value: dict[Any, Any]) -> bool:
    return len(value) == 1 and str(next(iter(value))).startswith("$")
