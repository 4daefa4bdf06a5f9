"""Options that several verbs share, each with the help people see. Decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hms_kernel.model import Budget, Semantics, Trust

NOMINAL_SHARE = (
    0.3  # nominal seconds per second of --timeout; leaves room for slow and busy machines
)

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


def budget_of(timeout_s: float) -> Budget:
    """What ``--timeout`` allows."""
    return Budget(nominal_s=timeout_s * NOMINAL_SHARE, wall_s=timeout_s)
