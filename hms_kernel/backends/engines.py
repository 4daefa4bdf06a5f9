"""One question to one z3 engine: assertions in, answer and units out. Knows no goal and no strategy.

Only engines whose answers and counts repeat are offered; each question gets a
context of its own, because counts drift in a shared one.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass

import z3

from hms_kernel.errors import UsageError
from hms_kernel.version import __version__

MEMORY_MIB = 1536  # of one question; beyond it z3 answers unknown

# Floating point as propositional logic, which smt then solves: several times faster than
# leaving the blasting to smt itself.
BLASTING = (
    "simplify", "propagate-values", "fpa2bv", "simplify", "propagate-values", "solve-eqs",
    "simplify", "max-bv-sharing", "bit-blast", "simplify", "smt",
)  # fmt: skip


def checker() -> str:
    """Who vouches: the solver and its build."""
    return f"z3 {z3.get_version_string()}"


def versions() -> dict[str, str]:
    """What a verdict depends on besides its goal: this package, Python, and the solvers installed."""
    found = {
        "hms": __version__,
        "python": platform.python_version(),
        "z3": z3.get_version_string(),
    }
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        found["cvc5"] = importlib.metadata.version("cvc5")
    return found


@dataclass(frozen=True)
class Answer:
    """What an engine said.

    ``reason`` is empty unless ``result`` is "unknown": "budget exhausted",
    "wall clock", or z3's own word.
    """

    result: str  # "unsat", "sat" or "unknown"
    units: int  # z3 rlimit ticks
    reason: str = ""
    model: z3.ModelRef | None = None

    def __str__(self) -> str:
        return self.result if not self.reason else f"{self.result} ({self.reason})"


def _solver(engine: str, context: z3.Context) -> z3.Solver:
    match engine:
        case "smt":
            return z3.Tactic("smt", ctx=context).solver()
        case "simple":
            return z3.SimpleSolver(ctx=context)
        case "nlsat":
            return z3.Tactic("qfnra-nlsat", ctx=context).solver()
        case "bits":
            tactics = [z3.Tactic(name, ctx=context) for name in BLASTING]
            return z3.Then(*tactics, ctx=context).solver()
        case _:
            raise UsageError(f"no engine {engine!r}; engines are smt, simple, nlsat, bits")


def ask(
    context: z3.Context,
    assertions: Sequence[z3.BoolRef],
    *,
    engine: str,
    units: int,
    wall_s: float,
    parameters: Sequence[tuple[str, int | bool | str]] = (),
) -> Answer:
    """Whether the assertions can hold together.

    Args:
        context: fresh, holding nothing but these assertions.
        units: rlimit ticks, at least 1.
        wall_s: safety net in seconds.
        parameters: options of the engine.

    Raises:
        UsageError: the engine or one of its parameters does not exist.
    """
    if wall_s <= 0:
        return Answer("unknown", 0, "wall clock")
    solver = _solver(engine, context)
    for name, value in parameters:
        solver.set(name, value)
    solver.set("rlimit", max(1, units))
    solver.set("timeout", max(1, int(wall_s * 1000)))
    solver.set("max_memory", MEMORY_MIB)
    started = time.monotonic()
    try:
        solver.add(*assertions)
        result = str(solver.check())
        reason = solver.reason_unknown() if result == "unknown" else ""
    except z3.Z3Exception as error:
        # Out of memory and engine limits arrive as exceptions: the question stays open.
        result, reason = "unknown", _text(error)
        if reason.startswith(("unknown parameter", "invalid parameter", "Parameter")):
            complaint = reason.splitlines()[0]
            raise UsageError(
                f"engine {engine} does not take its parameters: {complaint}"
            ) from error
    spent = _spent(solver)
    if result == "unknown":
        if time.monotonic() - started >= wall_s:
            reason = "wall clock"
        elif spent >= units:
            reason = "budget exhausted"
        elif reason in ("", "incomplete", "(incomplete quantifiers)"):
            reason = "incomplete"
    model = None
    if result == "sat":
        try:
            model = solver.model()
        except z3.Z3Exception as error:
            result, reason = "unknown", f"no model: {_text(error)}"
    return Answer(result, spent, reason, model)


def _spent(solver: z3.Solver) -> int:
    statistics = solver.statistics()
    keys = statistics.keys()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in keys else 0


def _text(error: z3.Z3Exception) -> str:
    value = error.args[0] if error.args else str(error)
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
