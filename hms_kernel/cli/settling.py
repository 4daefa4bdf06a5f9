"""Verbs that settle claims: demo, verify, prove. Each is a few calls of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.text import Text

from hms_kernel import api, config, specs, theorems
from hms_kernel.cli.options import (
    Agents,
    As,
    AsJson,
    Backend,
    Least,
    NoCache,
    Recover,
    RecoverFor,
    Save,
    Seed,
    StoreUrl,
    Timeout,
    budget_of,
    recovery_of,
)
from hms_kernel.cli.root import err, out
from hms_kernel.cli.showing import print_json, progress, show_report, told
from hms_kernel.model import Budget, Outcome, Recovery, Semantics, Trust, Verdict
from hms_kernel.report import Report, is_proved, make_directory, notes, verdict_json


def demo(agents: Agents = None, store: StoreUrl = None, seed: Seed = 0) -> None:
    """Settle the built-in Moneyball specification: all its claims were published as "verified".

    Shows which of them hold, and the numbers that break the others.
    """
    out.print(
        "[bold]Are these verified claims true?[/bold] "
        "A published specification says so; the agents find out.\n"
    )
    # Anew each time: a demonstration that looks answers up would show nothing.
    moneyball = specs.load("moneyball")
    report = _verify(moneyball, agents, store, seed, Budget(), quiet=False, cache=False)
    show_report(report)
    refuted = [s for s in report.claims if s.verdict.outcome is Outcome.REFUTED]
    for settlement in refuted[:3]:
        shown = settlement.verdict.counterexample
        if shown is not None and shown.shows:
            said = settlement.claim.natural_language or settlement.claim.id
            out.print(Text.assemble(("✘ ", "red"), (f"{said}\n", "bold"), f"  {shown.shows}"))
    out.print(
        f"\n[bold]{report.counts['proved']}[/bold] claims hold, "
        f"[bold]{report.counts['refuted']}[/bold] are false as stated. "
        "Try your own: [bold]hms verify FILE[/bold]"
    )


def verify(
    spec: Annotated[
        str, typer.Argument(metavar="SPEC", help="A built-in name (moneyball) or a file.")
    ],
    agents: Agents = None,
    store: StoreUrl = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    timeout: Timeout = 30.0,
    trust: Least = Trust.ONE_SOLVER,
    save: Save = None,
    no_cache: NoCache = False,
    recover: Recover = False,
    recover_for: RecoverFor = None,
    semantics: Annotated[
        Semantics | None,
        typer.Option(
            "--semantics",
            help="Of all claims; float64 reads ℝ as processors do, rounding every operation. "
            "Default: as the file has it, else exact.",
        ),
    ] = None,
) -> None:
    """Settle every claim of a specification.

    SPEC is a built-in name, a file in our own format (TOML or JSON), an HMS formal
    specification, or a theorem repository. What is prose is reported as invalid,
    never skipped and never proved.
    """
    loaded = specs.load(spec)
    _prepare(trust)
    if semantics is not None:
        loaded = loaded.read_as(semantics)
    budget = budget_of(timeout)
    report = _verify(
        loaded,
        agents,
        store,
        seed,
        budget,
        quiet=as_json,
        cache=not no_cache,
        trust=trust,
        recover=recovery_of(recover, recover_for, budget),
    )
    if save is not None:
        report.save(save)
    if as_json:
        print_json(report.as_json(), indent=2)
    else:
        show_report(report, trust)
    raise typer.Exit(0 if report.all_proved(trust) else 1)


def prove(
    file: Annotated[Path, typer.Argument(help="A .lean file, or .jsonl with one theorem a line.")],
    agents: Agents = None,
    store: StoreUrl = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    timeout: Timeout = 30.0,
    trust: Least = Trust.ONE_SOLVER,
    save: Save = None,
    no_cache: NoCache = False,
    recover: Recover = False,
    recover_for: RecoverFor = None,
    semantics: As = Semantics.EXACT,
    backend: Backend = "smt",
) -> None:
    """Settle every theorem of a file, in order.

    Lines of a .jsonl file hold `theorem_id`, `lean_expr` and, if you like, `axioms`.
    Prints one JSON line per theorem when asked to, or when the output is no terminal.
    """
    entries = theorems.read(file)
    _prepare(trust)
    if save is not None:
        make_directory(save)
    lines = as_json or not out.is_terminal
    budget = budget_of(timeout)
    proved = 0
    with _workbench(agents, store, seed) as bench:
        tasks = [
            bench.settle(
                replace(entry.goal, semantics=semantics),
                budget,
                run=file.stem,
                cache=not no_cache,
                trust=trust,
                backend=backend,
                recover=recovery_of(recover, recover_for, budget),
            )
            if entry.goal
            else None
            for entry in entries
        ]
        with progress(len(entries), file.name, quiet=lines) as advance:
            for entry, task in zip(entries, tasks, strict=True):
                verdict: Verdict | None = task.result() if task else entry.settled
                assert verdict is not None
                proved += is_proved(verdict, trust)
                advance(verdict.outcome.value)
                if save is not None and task is not None:
                    task.save(save)
                if lines:
                    print_json(
                        {
                            "theorem_id": entry.theorem_id,
                            **verdict_json(verdict),
                            "duration_s": round(verdict.wall_s, 6),
                        }
                    )
                else:
                    out.print(told(entry.theorem_id, verdict, trust))
                    for note in notes(verdict):
                        out.print(Text(f"  {note}"))
    if not lines:
        out.print(f"\n{proved} of {len(entries)} proved")
    raise typer.Exit(0 if proved == len(entries) else 1)


def _prepare(trust: Trust) -> None:
    """What the Lean kernel needs, with a word on it for people who wait."""
    if trust is Trust.LEAN_KERNEL:
        from hms_kernel.backends import lean

        with err.status("compiling the verified core for Lean's kernel, once on this machine"):
            lean.prepare()


@contextmanager
def _workbench(agents: int | None, store: str | None, seed: int) -> Iterator[api.Workbench]:
    with api.Workbench(store=store, seed=seed) as bench:
        bench.spawn(agents or config.cores())
        yield bench


def _verify(
    spec: specs.Spec,
    agents: int | None,
    store: str | None,
    seed: int,
    budget: Budget,
    *,
    quiet: bool,
    cache: bool = True,
    trust: Trust = Trust.ONE_SOLVER,
    recover: bool | Recovery = False,
) -> Report:
    with _workbench(agents, store, seed) as bench:
        run = bench.verify(spec, budget=budget, cache=cache, trust=trust, recover=recover)
        with progress(len(spec.claims), spec.name, quiet=quiet) as advance:
            for settlement in run.as_settled():
                advance(settlement.verdict.outcome.value)
        return run.report()
