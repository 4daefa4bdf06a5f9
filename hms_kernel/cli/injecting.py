"""The verb that breaks a session of its own on purpose, and shows how it heals."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from hms_kernel.chaos import run as chaos_run
from hms_kernel.chaos.faults import FAULTS
from hms_kernel.chaos.report import Healing, Kind, Report, Span
from hms_kernel.chaos.run import News, Settings
from hms_kernel.cli.options import AsJson, Seed
from hms_kernel.cli.root import err, out
from hms_kernel.cli.showing import count, print_json

_DEFAULTS = Settings()


def chaos(
    tasks: Annotated[
        int, typer.Option("--tasks", min=1, help="Tasks to hand in: small claims, cheap sums.")
    ] = _DEFAULTS.tasks,
    faults: Annotated[
        int, typer.Option("--faults", min=1, help="Faults in all, each kind equally often.")
    ] = _DEFAULTS.faults,
    seed: Seed = _DEFAULTS.seed,
    agents: Annotated[
        int, typer.Option("--agents", "-n", min=1, help="Agent processes.")
    ] = _DEFAULTS.agents,
    kernel_kills: Annotated[
        int | None,
        typer.Option(
            "--kernel-kills",
            min=0,
            help="How many of the faults kill the supervisor; default: one of fifty, at least 1.",
        ),
    ] = _DEFAULTS.kernel_kills,
    kinds: Annotated[
        str,
        typer.Option(
            "--kinds", metavar="KIND,KIND,...", help=f"Default: all of {', '.join(FAULTS)}."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Break a session on purpose while it works, and check that **nothing is lost**.

    First every task is answered in peace; then a session of its own is handed the tasks
    while agents, workers and the supervisor itself are killed, frozen and misled, on a
    schedule that depends on the seed alone. In the end its store must show every accepted
    task with exactly one end and the same answer as before, and nothing may be left running.

    Exits with 0 if that holds, with 1 if not.
    """
    settings = Settings(
        tasks=tasks,
        faults=faults,
        seed=seed,
        agents=agents,
        kernel_kills=kernel_kills,
        kinds=tuple(kind.strip() for kind in kinds.split(",") if kind.strip()),
    )
    if as_json:
        report = chaos_run.run(settings)
        print_json(report.as_json())
    else:
        report = _watched(settings)
        _show(report)
    for remark in report.remarks:
        err.print(Text.assemble(("hms: ", "bold red"), remark), soft_wrap=True)
    raise typer.Exit(0 if report.holds else 1)


def _watched(settings: Settings) -> Report:
    """Run with a bar below and a line for every fault that was healed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        answers = bar.add_task("in peace first", total=settings.tasks)
        faults = bar.add_task("faults", total=settings.faults)

        def tell(news: News) -> None:
            bar.update(answers, completed=news.answered, description="answers")
            bar.update(faults, completed=news.injected, total=news.faults)
            if news.story is not None and news.story.recovered_s is not None:
                bar.console.print(_line(news.story))

        return chaos_run.run(settings, tell)


def _line(story: Healing) -> Text:
    blow = story.injected
    where = f" ({blow.agent})" if blow.agent else ""
    noticed = f", noticed after {_ms(story.detect_ms)}" if story.detect_ms is not None else ""
    cause = f": {story.cause}" if story.cause else ""
    return Text.assemble(
        ("✘ ", "red"),
        f"{FAULTS.get(blow.kind, blow.kind)}{where}{noticed}{cause}; ",
        ("✔ ", "green"),
        f"healed after {_ms(story.recover_ms)}",
    )


def _show(report: Report) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("fault", overflow="fold")
    for name in ("times", "noticed", "median", "p99", "healed", "median", "p99"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, kind in report.faults.items():
        table.add_row(Text(FAULTS.get(name, name)), *_cells(kind))
    out.print(table)
    out.print(
        "\nnoticed: from the blow until the session, or whoever asked it, knew of it; "
        "healed: until the task that was hit ran again, or answers came again\n"
    )
    left = "nothing" if not report.leftovers else count(report.leftovers, "process or socket")
    told = (
        f"{report.accepted} tasks accepted, {report.finished} answered: {report.lost} lost, "
        f"{report.doubled} doubled, {report.changed_verdicts} changed; {left} left behind"
    )
    sign = ("✔ ", "green") if report.holds else ("✘ ", "red")
    out.print(Text.assemble(sign, (told, "bold")))


def _cells(kind: Kind) -> tuple[str, ...]:
    return (
        str(kind.count),
        str(kind.detected or ""),
        *_spans(kind.detect_ms),
        str(kind.recovered or ""),
        *_spans(kind.recover_ms),
    )


def _spans(span: Span) -> tuple[str, str]:
    return _ms(span.p50), _ms(span.p99)


def _ms(value_ms: float | None) -> str:
    if value_ms is None:
        return ""
    return f"{value_ms:.0f} ms" if value_ms < 1000 else f"{value_ms / 1000:.1f} s"
