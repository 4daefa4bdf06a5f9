"""What was tried in vain, and what it cost, in a sentence. Tries nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hms_kernel.backends.asking import Heard
from hms_kernel.backends.strategy import Stage


def in_vain(heard: Sequence[tuple[Stage, Heard]], units: int) -> str:
    """``out of budget: smt, nlsat; not applicable: induction|smt; 1,203,112 units in all``.

    Args:
        heard: what each stage said, in order; a stage that proved its part is left out.
        units: resource units spent, engine's own count.
    """
    groups: dict[str, dict[str, None]] = {}
    for stage, said in heard:
        if (kind := _kind(said)) is not None:
            groups.setdefault(kind, {})[str(stage)] = None
    parts = [f"{kind}: {', '.join(stages)}" for kind, stages in groups.items()]
    return "; ".join([*parts, f"{units:,} units in all"])


def _kind(said: Heard) -> str | None:
    match said.result, said.detail:
        case "unsat", _:
            return None
        case "unknown", "asked before":
            return None
        case "unknown", "budget exhausted":
            return "out of budget"
        case "unknown", detail:
            return f"gave up ({detail})"
        case "sat", _:
            return "a model that could not be replayed"
        case _:
            return "not applicable"
