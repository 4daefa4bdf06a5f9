"""The ``hms`` command: verbs for the shell. Every verb is a few calls of the API.

Exit codes: 0 every claim proved, 1 not every claim proved, 2 unusable input,
130 interrupted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from types import FrameType
from typing import Annotated, Any

import msgspec
import typer
from msgspec.structs import replace
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from hms_kernel import api, batch, config, display, specs, tables, theorems
from hms_kernel import session as sessions
from hms_kernel.errors import HmsError, SessionError, TaskFailed, UsageError
from hms_kernel.model import Budget, Outcome, Semantics, Trust, Verdict
from hms_kernel.report import (
    Report,
    is_proved,
    make_directory,
    notes,
    pointed,
    remarks,
    verdict_json,
    why,
)
from hms_kernel.store import Store, store_name
from hms_kernel.version import __version__

INTERRUPTED = 130  # exit code of the shell's custom: 128 and the signal's number
NOMINAL_SHARE = (
    0.3  # nominal seconds per second of --timeout; leaves room for slow and busy machines
)
STYLES = {
    "proved": "green",
    "refuted": "red",
    "vacuous": "magenta",
    "unknown": "yellow",
    "unsupported": "cyan",
    "invalid": "bright_black",
}

app = typer.Typer(
    name="hms",
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    help=(
        "Settle claims about scores and policies.\n\n"
        "Every claim of a specification is handed to separate agent processes, which **prove** it "
        "or **refute** it with numbers that break it.\n\n"
        "Start with `hms demo`, then try `hms verify YOUR_FILE`."
    ),
)
out = Console()
err = Console(stderr=True)

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

As = Annotated[
    Semantics,
    typer.Option(
        "--semantics",
        help="float64 reads ℝ as processors do: IEEE-754 doubles, every operation rounded.",
    ),
]


@app.command()
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
    _show(report)
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


@app.command()
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
    if semantics is not None:
        loaded = loaded.read_as(semantics)
    report = _verify(
        loaded, agents, store, seed, _budget(timeout), quiet=as_json, cache=not no_cache
    )
    if save is not None:
        report.save(save)
    if as_json:
        _print_json(report.as_json(), indent=2)
    else:
        _show(report, trust)
    raise typer.Exit(0 if report.all_proved(trust) else 1)


@app.command()
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
    semantics: As = Semantics.EXACT,
) -> None:
    """Settle every theorem of a file, in order.

    Lines of a .jsonl file hold `theorem_id`, `lean_expr` and, if you like, `axioms`.
    Prints one JSON line per theorem when asked to, or when the output is no terminal.
    """
    entries = theorems.read(file)
    if save is not None:
        make_directory(save)
    lines = as_json or not out.is_terminal
    budget = _budget(timeout)
    proved = 0
    with _workbench(agents, store, seed) as bench:
        tasks = [
            bench.settle(
                replace(entry.goal, semantics=semantics),
                budget,
                run=file.stem,
                cache=not no_cache,
            )
            if entry.goal
            else None
            for entry in entries
        ]
        with _progress(len(entries), file.name, quiet=lines) as advance:
            for entry, task in zip(entries, tasks, strict=True):
                verdict: Verdict | None = task.result() if task else entry.settled
                assert verdict is not None
                proved += is_proved(verdict, trust)
                advance(verdict.outcome.value)
                if save is not None and task is not None:
                    task.save(save)
                if lines:
                    _print_json(
                        {
                            "theorem_id": entry.theorem_id,
                            **verdict_json(verdict),
                            "duration_s": round(verdict.wall_s, 6),
                        }
                    )
                else:
                    out.print(_told(entry.theorem_id, verdict, trust))
                    for note in notes(verdict):
                        out.print(Text(f"  {note}"))
    if not lines:
        out.print(f"\n{proved} of {len(entries)} proved")
    raise typer.Exit(0 if proved == len(entries) else 1)


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Saved verdicts as --save writes them, or folders of them."
        ),
    ],
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell why, step by step, of what is confirmed.")
    ] = False,
) -> None:
    """Check saved verdicts, offline: nothing in the file is taken on trust.

    A counterexample is replayed in exact arithmetic. A proof with a certificate is
    followed by a small checker, without a solver. Any other verdict is settled again,
    with the recorded strategy and budget, by the solver that is installed here; if
    that is another build than the recorded one, the answer says so.

    Exits with 0 when every file is confirmed, 1 when one is not (it was changed, or its
    verdict does not come again), 2 when one cannot be read as a saved verdict.
    """
    from hms_kernel import explanation, witness  # bring the prover, which no other verb needs here

    worst = 0
    for file in _saved(files):
        try:
            finding = witness.check(file)
        except UsageError as error:
            err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
            worst = 2
            continue
        worst = max(worst, 0 if finding.confirmed else 1)
        if as_json:
            _print_json({"file": str(file), **msgspec.to_builtins(finding)})
            continue
        mark = ("✔ confirmed", "green") if finding.confirmed else ("✘ not confirmed", "red")
        vouched = f" ({finding.trust.value})" if finding.trust else ""
        said = f" {finding.theorem_id}: {finding.outcome.value}{vouched}"
        out.print(Text.assemble(mark, said, f"  {finding.how or finding.complaint}"))
        for remark in finding.remarks:
            out.print(Text(f"  {remark}", "dim"))
        if explain and finding.confirmed:
            out.print(Text(str(explanation.explain(witness.load(file).verdict))), soft_wrap=True)
    raise typer.Exit(worst)


@app.command()
def status(
    session: Annotated[
        str | None, typer.Argument(help="Name of a session; default: the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show agents, tasks, attempts and verdicts of a session, live or ended."""
    known = sessions.names()
    name = (
        session or next((n for n in known if sessions.is_live(n)), None) or next(iter(known), None)
    )
    if name is None:
        raise UsageError("there has been no session yet; start with `hms demo`")
    found = sessions.last_connection(name) if name in known else None
    if found is None:
        raise UsageError(f"no session {name!r}; there are: {', '.join(known[:10]) or 'none'}")
    store = Store(found.store, read_only=True)
    facts = store.facts(name)
    place = str(store)
    store.close()
    state = sessions.state(name)
    if as_json:
        _print_json(
            {
                "session": name,
                "live": state is sessions.State.LIVE,
                "state": state.value,
                "store": place,
                "sessions": [{"name": n, "live": sessions.is_live(n)} for n in known],
                "agents": tables.agents(facts),
                "tasks": tables.with_plain_results(tables.tasks(facts)),
                "attempts": tables.attempts(facts),
                "verdicts": tables.verdicts(facts),
            },
            indent=2,
        )
        return
    out.print(Text.assemble("session ", (name, "bold"), f" ({state}), stored in {place}\n"))
    if state is sessions.State.INTERRUPTED:
        advice = (
            f"take it over with hms_kernel.Workbench({name!r}), or end it with hms stop {name}\n"
        )
        out.print(Text(advice, "dim"))
    _print_rows("agents", tables.agents(facts))
    shown = [
        {
            key: row[key]
            for key in ("task", "label", "phase", "verdict", "agent", "attempts", "duration_s")
        }
        for row in tables.with_plain_results(tables.tasks(facts))
    ]
    _print_rows("tasks", shown)
    if others := [n for n in known if n != name]:
        listed = ", ".join(others[:5])
        out.print(Text(f"{_count(len(others), 'other session')}, the newest: {listed}", "dim"))


@app.command()
def stop(
    session: Annotated[
        str | None, typer.Argument(help="Name of a session; default: the newest live one.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the session's folder and what is in it.")
    ] = False,
) -> None:
    """End a session from outside: its agents stop, its open tasks are cancelled.

    Also one whose kernel was killed: its agents may still be at work.
    """
    name = session or os.environ.get("HMS_SESSION") or sessions.connection().session
    if name not in sessions.names():
        raise UsageError(f"no session {name!r}; `hms sessions` lists those there are")
    state = sessions.state(name)
    if state is sessions.State.INTERRUPTED:
        # Who takes it over may end it: nobody else can reach its agents.
        api.Workbench(name).close()
    elif state is sessions.State.LIVE:
        with api.attach(name) as desk:
            desk.stop_session()
            deadline = time.monotonic() + 30.0
            while desk.alive() and time.monotonic() < deadline:
                time.sleep(0.05)
            if desk.alive():
                raise HmsError(f"session {name} did not end within 30 s")
    elif not forget:
        raise SessionError(f"session {name!r} has ended already")
    out.print(Text(f"session {name} has ended"))
    if forget:
        sessions.forget(name)
        out.print(Text(f"session {name} is forgotten"))


@app.command("sessions")
def list_sessions(as_json: AsJson = False) -> None:
    """List the sessions there are, the newest first: live, interrupted or ended."""
    rows = []
    for name in sessions.names():
        last = sessions.last_connection(name)
        place = store_name(last.store) if last else ""
        rows.append({"session": name, "state": sessions.state(name).value, "store": place})
    if as_json:
        _print_json(rows, indent=2)
    else:
        _print_rows("sessions", rows)


@app.command("batch")
def run_batch(
    notebook: Annotated[Path, typer.Argument(help="The notebook to run; it is not changed.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The executed copy; default: NOTEBOOK.out.ipynb."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="As often as you like."),
    ] = None,
) -> None:
    """Run a notebook from a fresh kernel, as a test or a job would.

    A parameter that the notebook does not have is an error. Values are read as
    JSON where they can be, as text otherwise. Exits with 1 when a cell fails; the
    copy then shows where.
    """
    if not notebook.is_file():
        raise UsageError(f"no notebook {str(notebook)!r}")
    target = output or notebook.with_suffix(".out.ipynb")
    given = dict(map(_parameter, parameter or ()))
    try:
        batch.run_notebook(notebook, target, given)
    except TaskFailed as error:
        err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
        err.print(Text(f"the executed copy is {target}"), soft_wrap=True)
        raise typer.Exit(1) from None
    out.print(Text(f"all cells ran; see {target}"), soft_wrap=True)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
) -> None:
    if version:
        out.print(f"hms-workbench {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors of ours become one line on the standard error and a code."""
    signal.signal(signal.SIGTERM, _terminated)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer makes a code of the exception
            raise KeyboardInterrupt
        sys.exit(code)
    except HmsError as error:
        err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        err.print("hms: interrupted; agents have been stopped")
        sys.exit(INTERRUPTED)
    except Exception as error:
        # Click's own complaints about the command line know how to show themselves.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            sys.exit(error.exit_code)
        raise


def _interrupted(signum: int, frame: FrameType | None) -> None:
    # A second one, from an impatient hand, would cut short the stopping of the agents.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _terminated(signum: int, frame: FrameType | None) -> None:
    # As an exception, so that the workbench is closed on the way out.
    raise SystemExit(128 + signum)


# --- pieces ---------------------------------------------------------------------


def _saved(places: list[Path]) -> list[Path]:
    """Files as they are; a folder stands for the saved verdicts in it.

    Raises:
        UsageError: a folder holds none.
    """
    files: list[Path] = []
    for place in places:
        found = sorted(place.glob("*.witness.json")) if place.is_dir() else [place]
        if not found:
            raise UsageError(f"no saved verdicts in {place}; --save {place} writes some")
        files += found
    return files


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text!r} is no parameter; write NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _budget(timeout_s: float) -> Budget:
    return Budget(nominal_s=timeout_s * NOMINAL_SHARE, wall_s=timeout_s)


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
) -> Report:
    with _workbench(agents, store, seed) as bench:
        run = bench.verify(spec, budget=budget, cache=cache)
        with _progress(len(spec.claims), spec.name, quiet=quiet) as advance:
            for settlement in run.as_settled():
                advance(settlement.verdict.outcome.value)
        return run.report()


@contextmanager
def _progress(total: int, name: str, *, quiet: bool) -> Iterator[Any]:
    """A bar on the standard error; calling what it yields moves it by one."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=err, transient=True, disable=quiet or not err.is_terminal
    ) as bar:
        task = bar.add_task(name, total=total)
        yield lambda note="": bar.update(task, advance=1, description=f"{name} {note:<11}")


def _show(report: Report, least: Trust = Trust.ONE_SOLVER) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    # On a narrow terminal the names of the claims are worth more than those of the agents.
    wide = out.width >= 100
    longest = max([len("claim"), *(len(each.claim.id) for each in report.claims)])
    table.add_column("claim", overflow="fold", width=None if wide else min(longest, 28))
    table.add_column("verdict", no_wrap=True)
    table.add_column("trust", no_wrap=True)
    table.add_column(
        "counterexample, or why not proved", overflow="fold", ratio=1 if wide else None
    )
    if wide:
        table.add_column("agent", no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    for settlement, row in zip(report.claims, report.rows(), strict=True):
        table.add_row(
            Text(row["claim"]),
            _outcome(settlement.verdict, least),
            row["trust"],
            Text(row["why"]),
            *([row["agent"]] if wide else []),
            row["seconds"],
        )
    out.print(table)
    if said := [*remarks(report), *report.notes()]:
        out.print()
        for line in said:
            out.print(Text(line))
    counts = ", ".join(f"{n} {name}" for name, n in report.counts.items() if n)
    out.print(f"\n{_count(len(report.claims), 'claim')}: {counts}")
    if known := sum(settlement.verdict.cached for settlement in report.claims):
        out.print(Text(f"{known} answered before; --no-cache settles them anew", "dim"))
    out.print(
        Text(f"stored in {report.place}; look again with: hms status {report.session}", "dim"),
        soft_wrap=True,
    )


def _told(theorem_id: str, verdict: Verdict, least: Trust) -> Text:
    """A theorem and its verdict on one line; below it the text that was not understood."""
    parts: list[str | tuple[str, str] | Text] = [_outcome(verdict, least), f" {theorem_id}"]
    if verdict.trust is not None and verdict.outcome is Outcome.PROVED:
        parts.append(f" ({verdict.trust.value})")
    if reason := why(verdict):
        parts.append((f"  {reason}", "dim"))
    if excerpt := pointed(verdict):
        parts.append((f"\n{indent(excerpt, '  ')}", "dim"))
    return Text.assemble(*parts)


def _outcome(verdict: Verdict, least: Trust) -> Text:
    name = verdict.outcome.value
    if verdict.outcome is Outcome.PROVED and not is_proved(verdict, least):
        return Text(f"{display.signed(name)}, too weakly", STYLES["unknown"])
    return Text(display.signed(name), STYLES[name])


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        out.print(f"[bold]{title}[/bold]: none\n")
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    out.print(table)
    out.print()


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _print_json(value: Any, indent: int | None = None) -> None:
    """Straight to the output: no wrapping, no colour, flushed line by line."""
    print(json.dumps(value, ensure_ascii=False, indent=indent), flush=True)
