"""Settings from the environment, read in one place. Validates, stores nothing.

HMS_HOME      directory for sessions and the cache of verdicts (default: the user's state directory, under "hms")
HMS_SESSION   session that clients speak to (default: the newest live one)
HMS_LEAN      an installed Lean: an executable or a Lake project (default: ``lean`` on PATH)
HMS_PROVER_URL, HMS_PROVER_MODEL, HMS_PROVER_KEY, ...
              a language model that proposes proofs: one variable for each field of ``Prover``
HMS_CONTROL   set by ``hms dashboard --control``: its pages may act, and not only look
HMS_HEADLESS  1: displays leave static views only; 0: they are live (default: live unless a program runs the notebook)
HMS_QUEUE     tasks that may wait for an agent before no more are accepted (default: 20000)
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hms_kernel.errors import UsageError

PROVER = "HMS_PROVER_"
CONTROL = "HMS_CONTROL"

_Count = Annotated[int, msgspec.Meta(ge=1)]


class Prover(msgspec.Struct, frozen=True, kw_only=True):
    """A language model that proposes proofs: where it is served, and how it is asked."""

    url: Annotated[str, msgspec.Meta(min_length=1)]  # of an OpenAI-compatible API, with its "/v1"
    key: str = ""  # for the endpoint; never printed
    model: str = "deepseek-ai/DeepSeek-Prover-V2-7B"
    mode: Literal["cot", "plain"] = "cot"  # a plan before the proof, or the proof alone
    samples: _Count = 8  # independent proofs asked for, at most
    parallel: _Count = 4  # of them at the same time
    max_tokens: _Count = 8192  # of one answer
    tokens: _Count = 65536  # of all answers to one goal
    temperature: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.95
    corrections: Annotated[int, msgspec.Meta(ge=0)] = (
        0  # rounds in which Lean's complaint goes back
    )
    stream: bool = True  # false for servers that cannot

    def __repr__(self) -> str:
        shown = (f"{n}={getattr(self, n)!r}" for n in self.__struct_fields__ if n != "key")
        return f"Prover({', '.join(shown)})"


def home() -> Path:
    """The directory under which sessions and their stores live; not created here.

    Source:
        XDG Base Directory Specification 0.8 (``XDG_STATE_HOME``).
    """
    if chosen := os.environ.get("HMS_HOME"):
        return Path(chosen).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser().absolute() / "hms"


def lean() -> str:
    """An installed Lean as chosen by the user: an executable or a Lake project; empty for the usual one."""
    return os.environ.get("HMS_LEAN", "")


def cores() -> int:
    """How many processors this process may use, at least 1."""
    return max(
        1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def prover() -> Prover | None:
    """The language model that proposes proofs; None where no ``HMS_PROVER_URL`` is set.

    Raises:
        UsageError: a variable has a value that makes no sense; the message holds no part of the address.
    """
    fields = Prover.__struct_fields__
    given = {name: os.environ.get(PROVER + name.upper(), "").strip() for name in fields}
    if not given["url"]:
        return None
    try:
        found = msgspec.convert({k: v for k, v in given.items() if v}, Prover, strict=False)
        address = urllib.parse.urlsplit(found.url)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        variable = PROVER + where.rstrip("`").upper()
        raise UsageError(f"{variable}: {what[:1].lower()}{what[1:]}") from None
    except ValueError:
        raise UsageError(f"{PROVER}URL is no address") from None
    if address.scheme not in ("http", "https") or not address.hostname:
        raise UsageError(f"{PROVER}URL is no http or https address")
    if address.username is not None or address.query or address.fragment:
        # An address is shown to people and kept with verdicts; what is secret has a place of its own.
        raise UsageError(f"{PROVER}URL is more than an address; a key belongs into {PROVER}KEY")
    if not (found.key.isascii() and found.key.isprintable()):
        raise UsageError(f"{PROVER}KEY has signs that no header can carry")
    return found


def control() -> bool:
    """Whether the pages of ``hms dashboard`` may act."""
    return bool(os.environ.get(CONTROL))


def headless() -> bool | None:
    """Whether nobody will look at live displays; None where nothing is said about it.

    Raises:
        UsageError: ``HMS_HEADLESS`` is neither 0 nor 1.
    """
    chosen = os.environ.get("HMS_HEADLESS", "")
    if chosen not in ("", "0", "1"):
        raise UsageError(f"HMS_HEADLESS is {chosen!r}; it must be 0 or 1")
    return chosen == "1" if chosen else None


def queue() -> int:
    """How many tasks may wait for an agent before no more are accepted.

    Raises:
        UsageError: ``HMS_QUEUE`` is no positive number.
    """
    chosen = os.environ.get("HMS_QUEUE", "20000")
    if not chosen.isdecimal() or int(chosen) < 1:
        raise UsageError(f"HMS_QUEUE is {chosen!r}; it must be a number of tasks, at least 1")
    return int(chosen)
