"""Plain data of whatever shape: the expected one, or an empty one. Judges nothing."""

from __future__ import annotations

from typing import Any


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """A text or a list of texts; anything else is kept as what it looks like, never dropped."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [found for v in values if (found := v.strip() if isinstance(v, str) else repr(v))]
