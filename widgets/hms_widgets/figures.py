"""Plotly figures of boards: pure, for whoever wants to zoom and hover. Shows nothing by itself."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from hms_widgets import drawings, palette
from hms_widgets.boards import VerdictsBoard
from hms_widgets.outcomes import OutcomesBoard
from hms_widgets.searches import Search

ROW_PX = 18  # height of one claim's bar, pixels
PLOTLY_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def durations(board: VerdictsBoard) -> go.Figure:
    """How long each claim with a verdict took, one bar per claim, in order of submission.

    Outcomes differ by colour and by fill pattern. Seconds are those of proving, on
    the worker's clock; waiting for an agent is not counted.
    """
    figure = go.Figure()
    settled = [row for row in board.rows.values() if row.work_s is not None]
    for state, mark in palette.CLAIMS.items():
        rows = [row for row in settled if row.state == state]
        if not rows:
            continue
        figure.add_bar(
            name=f"{mark.glyph} {state}",
            orientation="h",
            x=[row.work_s for row in rows],
            y=[row.label for row in rows],
            marker={"color": mark.colour, "pattern": {"shape": mark.pattern}},
            customdata=[[row.shows or row.reason] for row in rows],
            hovertemplate="%{y}: %{x:.2f} s<br>%{customdata[0]}<extra></extra>",
        )
    figure.update_layout(
        template="plotly_white",
        height=120 + ROW_PX * len(settled),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "seconds of proving"},
        yaxis={
            "automargin": True,
            # Traces are grouped by outcome; the claims keep the order they came in.
            "categoryorder": "array",
            "categoryarray": [row.label for row in reversed(settled)],
        },
    )
    return figure


def template(dark: bool) -> str:
    """The plotly template that goes with a theme."""
    return "plotly_dark" if dark else "plotly_white"


def totals(board: OutcomesBoard, *, dark: bool = False) -> go.Figure:
    """How many tasks had ended how, over seconds since the first was handed in, on top of each other."""
    figure = go.Figure()
    start_s = board.begun_s or 0.0
    for state, mark in palette.CLAIMS.items():
        counts = [moment.counts.get(state, 0) for moment in board.moments]
        if not counts or not counts[-1]:
            continue
        figure.add_scatter(
            name=f"{mark.glyph} {state}",
            x=[0.0, *(moment.time_s - start_s for moment in board.moments)],
            y=[0, *counts],
            stackgroup="ended",
            line={"shape": "hv", "color": mark.colour, "width": 1},
            fillpattern={"shape": mark.pattern},
            hovertemplate="%{y} " + state + " after %{x:.1f} s<extra></extra>",
        )
    figure.update_layout(
        template=template(dark),
        height=320,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "seconds since the first was handed in"},
        yaxis={"title": "tasks ended", "automargin": True},
    )
    return figure


def curves(search: Search, *, dark: bool = False) -> go.Figure:
    """A search by generation: fitness with its spread, goals solved, PAR-2, cost; one colour and dash per island."""
    goals = len(search.goals)
    titles: tuple[str, ...] = ("fitness, goals' worth", f"solved by the winner, of {goals}")
    titles += ("PAR-2 of the winner, nominal s", "cost of the trials, nominal s")
    figure = make_subplots(rows=2, cols=2, subplot_titles=titles)
    for number in range(search.islands):
        told = search.island(number)
        x = [done.generation for done in told]
        ink, dash = drawings.colour(number), PLOTLY_DASHES[number % len(PLOTLY_DASHES)]
        line = {"color": ink, "dash": dash}
        group = {"legendgroup": f"island {number}", "name": f"island {number}", "x": x}
        half = [done.spread / 2 for done in told]
        median = [done.median_fitness for done in told]
        figure.add_scatter(
            **group,
            y=median,
            mode="lines+markers",
            line={**line, "width": 1},
            # The spread lies between the quartiles; half of it is drawn to either side.
            error_y={"array": half, "color": ink, "thickness": 1},
            showlegend=False,
            hovertemplate="median %{y:.3g}<extra>%{fullData.name}</extra>",
            row=1,
            col=1,
        )
        figure.add_scatter(
            **group, y=[done.best_fitness for done in told], line=line, row=1, col=1,
            hovertemplate="best %{y:.3g}<br>%{customdata}<extra>%{fullData.name}</extra>",
            customdata=[done.best for done in told],
        )  # fmt: skip
        figure.add_scatter(
            **group, y=[done.solved for done in told], line=line, row=1, col=2, showlegend=False,
            hovertemplate="%{y} solved<br>%{customdata}<extra>%{fullData.name}</extra>",
            customdata=[", ".join(done.gained) or "none gained" for done in told],
        )  # fmt: skip
        figure.add_scatter(
            **group, y=[done.par2_s for done in told], line=line, row=2, col=1, showlegend=False
        )
        figure.add_bar(
            **group, y=[done.cost_s for done in told], marker={"color": ink}, row=2, col=2,
            showlegend=False,
        )  # fmt: skip
    figure.update_xaxes(title="generation")
    figure.update_layout(
        template=template(dark),
        height=560,
        barmode="stack",
        margin={"l": 10, "r": 10, "t": 50, "b": 40},
        legend={"orientation": "h", "y": 1.08, "yanchor": "bottom"},
    )
    return figure
