"""Options that several verbs share, each with the help people see. Decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hms_kernel.model import Budget, Recovery, Semantics, Trust

NOMINAL_SHARE = (
    0.3  # nominal seconds per second of --timeout; leaves room for slow and busy machines
)

RECOVERY_TIMES = 12.0  # the first attempt's nominal seconds, for all that a recovery tries

Agents = Annotated[
    int | None,
    typer.Option("--agents", "-n", min=1, help="Agent processes; default: one per processor."),
]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", help="SQLite file or database URL; default: in the session's folder."),
]
Seed = Annotated[
    int, typer.Option("--seed", help="Of every random choice; verdicts never depend on it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.1,
        help="Seconds per claim. Work is counted in solver units, so results repeat; "
        "the clock is only the safety net.",
    ),
]


def _of_proofs(least: Trust) -> Trust:
    if least is Trust.REPLAYED:
        raise typer.BadParameter("'replayed' is said of refutations; no proof is of that kind")
    return least


Least = Annotated[
    Trust,
    typer.Option(
        "--trust",
        metavar="LEVEL",
        callback=_of_proofs,
        help="Weakest proof that counts: lean-kernel, certificate, two-solvers or one-solver. "
        "Weaker ones are shown, and count as not proved for the exit code.",
    ),
]

Save = Annotated[
    Path | None,
    typer.Option(
        "--save",
        metavar="DIR",
        help="Write every verdict to a file of its own; `hms check` reads them.",
    ),
]

NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Settle everything anew, also what was answered before."),
]

Recover = Annotated[
    bool,
    typer.Option(
        "--recover",
        help="Go on with what an attempt leaves open: other strategies, more budget, lemmas.",
    ),
]
RecoverFor = Annotated[
    float | None,
    typer.Option(
        "--recover-for",
        min=0.0,
        metavar="SECONDS",
        help="Recover, for at most so many nominal seconds a claim; `--recover` alone allows "
        f"{RECOVERY_TIMES:g} times those of the first attempt.",
    ),
]

Backend = Annotated[
    str,
    typer.Option(
        "--backend",
        metavar="NAME",
        help="Which prover: smt; lean (a Lean checks the proof that a theorem carries); or deepseek "
        "(a language model proposes proofs, a Lean checks each). `hms doctor` says which work here.",
    ),
]

As = Annotated[
    Semantics,
    typer.Option(
        "--semantics",
        help="float64 reads ℝ as processors do: IEEE-754 doubles, every operation rounded.",
    ),
]


def recovery_of(recover: bool, nominal_s: float | None, budget: Budget) -> Recovery | bool:
    """What ``--recover`` and ``--recover-for`` allow; nobody is asked at a terminal that waits."""
    if not recover and nominal_s is None:
        return False
    return Recovery(nominal_s=RECOVERY_TIMES * budget.nominal_s if nominal_s is None else nominal_s)


def budget_of(timeout_s: float) -> Budget:
    """What ``--timeout`` allows."""
    return Budget(nominal_s=timeout_s * NOMINAL_SHARE, wall_s=timeout_s)
