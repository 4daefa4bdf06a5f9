"""How verdicts and rows look in a terminal, and the bar while one waits. Asks for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import indent
from typing import Any

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

from hms_kernel import display
from hms_kernel.cli.root import err, out
from hms_kernel.model import Outcome, Trust, Verdict
from hms_kernel.report import Report, is_proved, pointed, remarks, why

STYLES = {
    "proved": "green",
    "refuted": "red",
    "vacuous": "magenta",
    "unknown": "yellow",
    "unsupported": "cyan",
    "invalid": "bright_black",
}


@contextmanager
def progress(total: int, name: str, *, quiet: bool) -> Iterator[Any]:
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


def show_report(report: Report, least: Trust = Trust.ONE_SOLVER) -> None:
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
            outcome(settlement.verdict, least),
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
    out.print(f"\n{count(len(report.claims), 'claim')}: {counts}")
    if known := sum(settlement.verdict.cached for settlement in report.claims):
        out.print(Text(f"{known} answered before; --no-cache settles them anew", "dim"))
    out.print(
        Text(f"stored in {report.place}; look again with: hms status {report.session}", "dim"),
        soft_wrap=True,
    )


def told(theorem_id: str, verdict: Verdict, least: Trust) -> Text:
    """A theorem and its verdict on one line; below it the text that was not understood."""
    parts: list[str | tuple[str, str] | Text] = [outcome(verdict, least), f" {theorem_id}"]
    if verdict.trust is not None and verdict.outcome is Outcome.PROVED:
        parts.append(f" ({verdict.trust.value})")
    if reason := why(verdict):
        parts.append((f"  {reason}", "dim"))
    if excerpt := pointed(verdict):
        parts.append((f"\n{indent(excerpt, '  ')}", "dim"))
    return Text.assemble(*parts)


def outcome(verdict: Verdict, least: Trust) -> Text:
    name = verdict.outcome.value
    if verdict.outcome is Outcome.PROVED and not is_proved(verdict, least):
        return Text(f"{display.signed(name)}, too weakly", STYLES["unknown"])
    return Text(display.signed(name), STYLES[name])


def print_rows(title: str, rows: list[dict[str, Any]]) -> None:
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


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def print_json(value: Any, indent: int | None = None) -> None:
    """Straight to the output: no wrapping, no colour, flushed line by line."""
    print(json.dumps(value, ensure_ascii=False, indent=indent), flush=True)
