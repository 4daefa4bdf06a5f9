"""Specifications: a built-in name or a file becomes claims. Recognises formats, knows none in detail.

By content, not by file name: our own format (``own``), the HMS formal specification
(``hms``), theorem repositories and lists of theorems (``theorems``).
"""

from __future__ import annotations

import difflib
from importlib import resources
from pathlib import Path
from typing import Any

from hms_kernel.errors import SpecError, UsageError
from hms_kernel.specs import hms, own, reading, theorems
from hms_kernel.specs.claim import Claim, Spec

__all__ = ["Claim", "Spec", "builtin_names", "load", "load_data"]

DEFAULT_N = 3  # the least number of terms at which a sum is more than a pair


def builtin_names() -> list[str]:
    """The specifications that come with the workbench, sorted."""
    files = resources.files("hms_kernel.specs").joinpath("builtin").iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def load(name_or_path: str | Path, *, n: int = DEFAULT_N) -> Spec:
    """The specification of that name, or in that file.

    Args:
        name_or_path: a built-in name, or a path to JSON or TOML text. A file of the
            same name as a built-in is reached by a path with a slash, ``./moneyball``.
        n: number of terms of each Σ, for formats that leave it open.

    Raises:
        SpecError: nothing usable is there; the message says what to do.
    """
    if isinstance(name_or_path, str) and name_or_path in builtin_names():
        builtin = resources.files("hms_kernel.specs").joinpath(f"builtin/{name_or_path}.toml")
        data = reading.parse(builtin.read_text("utf-8"), name_or_path, ".toml")
        return load_data(data, name=name_or_path, source="built-in", n=n)
    if not str(name_or_path).strip():
        raise SpecError(f"no specification named; built-in are {', '.join(builtin_names())}")
    try:
        path = Path(name_or_path).expanduser()
        nowhere = _is_name(str(name_or_path)) and not path.exists()
    except (OSError, RuntimeError) as error:  # a name too long, a home nobody has
        raise SpecError(f"cannot read {str(name_or_path)[:100]!r}: {error}") from error
    if nowhere:
        near = difflib.get_close_matches(
            str(name_or_path).lower(), builtin_names(), n=1, cutoff=0.5
        )
        hint = (
            f"did you mean {near[0]!r}?" if near else f"built-in are {', '.join(builtin_names())}"
        )
        raise SpecError(f"no built-in specification and no file {str(name_or_path)!r}; {hint}")
    text = reading.read_text(path)
    data = reading.parse(text, str(path), path.suffix.lower())
    return load_data(data, name=path.stem, source=str(path), n=n)


def load_data(data: Any, *, name: str, source: str = "data", n: int = DEFAULT_N) -> Spec:
    """A specification from plain data, as read from JSON or TOML.

    Args:
        data: tables, lists, texts and numbers.
        name: what to call it.
        source: where it comes from, for messages.
        n: number of terms of each Σ, for formats that leave it open.

    Raises:
        SpecError: the data has none of the known shapes, or no claims.
        UsageError: n is no whole number from 1 to 1000.
    """
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 1000:
        raise UsageError(
            f"n = {n!r}: the number of terms of a sum is a whole number from 1 to 1000"
        )
    try:
        return _recognised(data, name, source, n)
    except RecursionError as error:
        raise SpecError(f"{source} is nested too deeply to be a specification") from error


def _recognised(data: Any, name: str, source: str, n: int) -> Spec:
    match data:
        case {"claims": _}:
            return own.load(data, name=name, source=source)
        case dict() if any(section in data for section in hms.SECTIONS):
            return hms.load(data, name=name, source=source, n=n)
        case {"theorems": list(entries)}:
            return theorems.load(
                entries,
                name=name,
                title=_title(data, name),
                source=source,
                shared=data.get("definitions", ()),
            )
        case {"theorems": _}:
            raise SpecError(f"{source}: theorems should be a list of entries")
        case list() if not data:
            raise SpecError(f"{source} is an empty list; a specification lists at least one claim")
        case list() if not any(isinstance(entry, dict) for entry in data):
            raise SpecError(
                f"{source} is a list, but not of theorems: each entry should be a table"
            )
        case list():
            return theorems.load(data, name=name, title=name, source=source)
        case dict() if not data:
            raise SpecError(f"{source} is empty; a specification lists at least one claim")
        case dict():
            raise SpecError(f"{source} is no specification we know: {_near(list(data))}")
        case _:
            raise SpecError(
                f"{source} holds a single value; a specification is a table with claims or theorems, "
                "or a list of theorems"
            )


def _near(keys: list[str]) -> str:
    known = ["claims", "theorems", *hms.SECTIONS]
    for key in keys:
        if near := difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.7):
            return f"it has the key {key!r}; did you mean {near[0]!r}?"
    listed = ", ".join(repr(key[:40]) for key in keys[:5])
    return f"it has the keys {listed}, and none of {', '.join(known)}"


def _title(data: dict[str, Any], name: str) -> str:
    return next((t for key in ("title", "name") if isinstance(t := data.get(key), str) and t), name)


def _is_name(text: str) -> bool:
    """Whether the text was meant for a built-in: no separator and no suffix."""
    return "/" not in text and "\\" not in text and "." not in text
