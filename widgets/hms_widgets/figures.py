"""Figures of boards: pure, one per board. Shows nothing by itself and knows no kernel."""

from __future__ import annotations

import plotly.graph_objects as go

from hms_widgets import palette
from hms_widgets.boards import VerdictsBoard

ROW_PX = 18  # height of one claim's bar, pixels


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
