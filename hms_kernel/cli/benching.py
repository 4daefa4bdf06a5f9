"""The verbs that compare: which searches, under equal budgets, are worth it. Measures nothing itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from hms_kernel.cli.options import AsJson
from hms_kernel.cli.root import err, out
from hms_kernel.cli.showing import print_json
from hms_kernel.errors import BackendMissing, UsageError
from hms_kernel.model import Budget

if TYPE_CHECKING:
    from hms_kernel.genetics.bench import Aim, Line, Report
    from hms_kernel.genetics.goals import Labelled

WALL_S = 60.0  # safety net of one trial; the budget is counted in solver units
WIDTH = 28  # characters of a strip

bench = typer.Typer(help="Compare, on goals with known answers.", no_args_is_help=True)


@bench.callback()
def _verbs() -> None:
    """Compare, on goals with known answers."""


@bench.command()
def ga(
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Runs of every search.")] = 10,
    as_json: AsJson = False,
    budget: Annotated[
        float, typer.Option("--budget", min=0.001, help="Nominal seconds of one attempt.")
    ] = 0.05,
    purse: Annotated[
        float,
        typer.Option(
            "--purse",
            min=0.0,
            help="Nominal seconds of one search. TPE over whole strategies gets twice as much.",
        ),
    ] = 1.6,
    batch: Annotated[
        int, typer.Option("--batch", min=1, help="Stages that a search proposes at a time.")
    ] = 4,
    train: Annotated[
        int, typer.Option("--train", min=1, help="Training goals, of every family alike.")
    ] = 36,
    goals: Annotated[
        list[str] | None,
        typer.Option("--goals", metavar="FAMILY", help="Only this family; as often as you like."),
    ] = None,
    foreign: Annotated[
        Path | None,
        typer.Option(
            "--foreign",
            metavar="FILE",
            help="JSON lines with theorem_id and lean_expr: goals that nobody here wrote.",
        ),
    ] = None,
    most_foreign: Annotated[
        int, typer.Option("--most-foreign", min=1, help="How many of them, by a hash of the name.")
    ] = 40,
    tpe: Annotated[
        bool, typer.Option("--tpe/--no-tpe", help="Whether Optuna's TPE takes part.")
    ] = True,
    archive: Annotated[
        Path | None,
        typer.Option("--archive", metavar="FILE", help="Trials that are not run again."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Write the figure as HTML.")
    ] = None,
) -> None:
    """Compare the genetic engine with other searches and with what is made by hand.

    Every search gets the same founders, training goals and nominal seconds; what it finds is
    run on goals held apart. The same seeds give the same numbers, and what was run once is
    read from the archive. Says where the engine does not win.
    """
    # DEAP and the provers are imported by this verb alone.
    from hms_kernel.backends.remembering import Remembering
    from hms_kernel.genetics import bench as comparison
    from hms_kernel.genetics import contest
    from hms_kernel.genetics.archive import Archive, default_file
    from hms_kernel.genetics.foreign import foreign as read
    from hms_kernel.genetics.goals import benchmark
    from hms_kernel.genetics.trials import Prover

    searches = [name for name in comparison.SEARCHES if tpe or "TPE" not in name]
    if tpe:
        contest.optuna()
    if plot is not None:
        _plotly()
        if not plot.parent.is_dir():  # known before hours of a processor are spent
            raise UsageError(f"cannot write {plot}: there is no directory {plot.parent}")
    known, apart = (_of(benchmark(split), goals or ()) for split in ("train", "test"))
    others = read(foreign, most_foreign) if foreign is not None else ()
    wanted = min(train, len(known))
    chosen = [known[at * len(known) // wanted] for at in range(wanted)]
    prover = Prover(Budget(nominal_s=budget, wall_s=WALL_S), Remembering())
    evaluate = Archive(archive or default_file()).through(prover, prover.build)
    with _noticing(quiet=as_json) as notice:
        report = comparison.compared(
            chosen,
            apart,
            evaluate,
            build=prover.build,
            seeds=seeds,
            budget_s=budget,
            purse_s=purse,
            batch=batch,
            foreign=others,
            searches=searches,
            notice=notice,
        )
    if plot is not None:
        _figure(report).write_html(plot, include_plotlyjs="cdn")
    if as_json:
        lines = msgspec.to_builtins(report.lines)
        aims = [{**msgspec.to_builtins(aim), "met": aim.met} for aim in report.aims]
        print_json({**msgspec.to_builtins(report), "lines": lines, "aims": aims}, indent=2)
        return
    _show(report)


def _of(goals: Sequence[Labelled], families: Sequence[str]) -> list[Labelled]:
    known = dict.fromkeys(goal.family for goal in goals)
    for family in families:
        if family not in known:
            raise UsageError(f"no family {family!r}; families are {', '.join(known)}")
    return [goal for goal in goals if not families or goal.family in families]


@contextmanager
def _noticing(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    if quiet:
        yield lambda note: None
    elif err.is_terminal:
        with err.status("") as status:
            yield lambda note: status.update(Text(note))
    else:
        yield lambda note: err.print(Text(note, "dim"), soft_wrap=True)


def _show(report: Report) -> None:
    lines = report.lines
    low, high = min(line.low_s for line in lines), max(line.high_s for line in lines)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("contestant", no_wrap=True)
    table.add_column("seeds", justify="right")
    table.add_column(f"solved/{report.test_goals}", justify="right")
    table.add_column("PAR-2, nominal ms", justify="right")
    table.add_column("quartiles", justify="right")
    if report.foreign_goals:
        table.add_column(f"foreign/{report.foreign_goals}", justify="right")
    table.add_column("tried", justify="right")
    table.add_column("search s", justify="right")
    table.add_column("less is better, logarithmic", no_wrap=True)
    for line in lines:
        foreign = [f"{line.foreign_solved:g}"] if report.foreign_goals else []
        table.add_row(
            line.name,
            str(line.seeds),
            f"{line.solved:g}",
            f"{1000 * line.par2_s:.2f}",
            f"{1000 * line.low_s:.2f}–{1000 * line.high_s:.2f}" if line.seeds > 1 else "",
            *foreign,
            f"{line.tried:g}",
            f"{line.cost_s:.1f}",
            strip(line, low, high),
        )
    out.print(table)
    out.print()
    for aim in report.aims:
        out.print(_said(aim), soft_wrap=True)
    stops = sum(entry.clock_stops for entry in report.entries)
    out.print(
        Text(
            f"0 verdicts against a label; {stops} trials in which the clock had a say;"
            f" {report.train_goals} training goals, {report.test_goals} held apart",
            "dim",
        ),
        soft_wrap=True,
    )


def _said(aim: Aim) -> Text:
    mark, style = ("✔", "green") if aim.met else ("✘", "red")
    said = f" {aim.what}: {aim.measured:.2f}, at most {aim.most:.2f}"
    if aim.p_value is not None:
        said += f"; p = {aim.p_value:.3f}, better in {aim.superiority:.0%} of comparisons"
    return Text.assemble((mark, style), said)


def strip(line: Line, low_s: float, high_s: float) -> str:
    """Where a contestant's quartiles and median lie between the least and the most of all."""

    def at(value_s: float) -> int:
        if high_s <= low_s:
            return 0
        return round((WIDTH - 1) * math.log(value_s / low_s) / math.log(high_s / low_s))

    cells = [" "] * WIDTH
    for place in range(at(line.low_s), at(line.high_s) + 1):
        cells[place] = "─"
    cells[at(line.par2_s)] = "●"
    return "".join(cells)


def _figure(report: Report) -> Any:
    go = _plotly()
    figure = go.Figure()
    for line in reversed(report.lines):
        entries = [entry for entry in report.entries if entry.name == line.name]
        figure.add_box(
            x=[1000 * entry.par2_s for entry in entries],
            name=line.name,
            boxpoints="all",
            customdata=[[entry.seed, entry.solved, entry.strategy[:200]] for entry in entries],
            hovertemplate="%{x:.2f} ms, seed %{customdata[0]}, %{customdata[1]} solved"
            "<br>%{customdata[2]}<extra></extra>",
        )
    figure.update_layout(
        title=f"PAR-2 on {report.test_goals} goals held apart, one point per seed",
        xaxis={"title": "PAR-2 (nominal milliseconds, less is better)", "type": "log"},
        showlegend=False,
        template="plotly_white",
    )
    return figure


def _plotly() -> Any:
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        raise BackendMissing(
            "a figure needs plotly, which is not installed (pip install 'hms-workbench[notebook]')"
        ) from error
    return go
