"""From a path to plain data: JSON or TOML text, read with care. Knows nothing of claims."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from hms_kernel.errors import SpecError

# A TOML table begins with a bracket as a JSON list does, but holds a bare word.
_HEADER = re.compile(
    r"\s*\[{1,2}\s*(?!(?:null|true|false)\b)[A-Za-z_][\w.-]*\s*\]{1,2}\s*(?:#.*)?$", re.MULTILINE
)
LIMIT_BYTES = 16 << 20  # a specification people wrote is far below this


def read_text(path: Path) -> str:
    """The file's text.

    Raises:
        SpecError: no such file, a directory, unreadable, larger than ``LIMIT_BYTES``,
            binary, not UTF-8, or empty.
    """
    try:
        # A device or a pipe would never end, so only regular files are opened at all.
        if path.is_dir():
            wrong = "is a directory; name one specification file in it"
        elif path.exists() and not path.is_file():
            wrong = "is no regular file; save the specification to one"
        else:
            wrong = ""
            with path.open("rb") as file:
                data = file.read(LIMIT_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SpecError(f"no file {path}; check the name, or use a built-in one") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL inside the path
        raise SpecError(f"cannot read {str(path)!r}: {error}") from error
    if wrong:
        raise SpecError(f"{path} {wrong}")
    if len(data) > LIMIT_BYTES:
        raise SpecError(f"{path} is larger than {LIMIT_BYTES >> 20} MiB; split it")
    return decode(data, str(path))


def decode(data: bytes, name: str) -> str:
    """Bytes as UTF-8 text, a leading byte order mark removed.

    Raises:
        SpecError: binary, in another encoding, or empty.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SpecError(f"{name} is UTF-16; save it as UTF-8")
    if b"\0" in data:
        raise SpecError(f"{name} is a binary file; a specification is JSON, TOML or Lean text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError(
            f"{name} is not UTF-8 (byte {data[error.start]:#04x} in line {line}); save it as UTF-8"
        ) from error
    if not text.strip():
        raise SpecError(f"{name} is empty; a specification lists at least one claim")
    return text


def parse(text: str, name: str, suffix: str = "") -> Any:
    """The text as plain data: by its suffix, otherwise JSON if it begins like it, else TOML.

    Raises:
        SpecError: a syntax error with its line and column, a key given twice, or nesting
            too deep to read.
    """
    if suffix in (".lean", ".jsonl"):
        raise SpecError(f"{name} is a file of theorems, not a specification; try hms prove {name}")
    like_json = text.lstrip()[:1] in ("{", "[") and not _HEADER.match(text)
    as_json = suffix == ".json" or (suffix != ".toml" and like_json)
    try:
        data = _json(text, name) if as_json else _toml(text, name)
        _check(data, name)
    except RecursionError as error:
        raise SpecError(f"{name} is nested too deeply to be a specification") from error
    return data


def _json(text: str, name: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Keeping only the last of two equal keys, as JSON readers do, would lose a claim.
        table = dict(pairs)
        if len(table) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise SpecError(f"{name} gives the key {twice!r} twice in one object; rename one")
        return table

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise SpecError(
            f"{name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except SpecError:
        raise
    except ValueError as error:  # a number with thousands of digits
        raise SpecError(f"{name} is not usable JSON: {error}") from error


def _toml(text: str, name: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{name} is neither valid TOML nor JSON: {error}") from error
    except ValueError as error:
        raise SpecError(f"{name} is not usable TOML: {error}") from error


def _check(data: Any, name: str) -> None:
    """Refuse text that could not be printed or stored again: half a surrogate pair."""
    match data:
        case str():
            try:
                data.encode()
            except UnicodeEncodeError as error:
                raise SpecError(
                    f"{name} contains half a surrogate pair (\\u{ord(data[error.start]):04x}); "
                    "write the character itself"
                ) from error
        case dict():
            for key, value in data.items():
                _check(key, name)
                _check(value, name)
        case list():
            for value in data:
                _check(value, name)
        case _:
            pass
