"""Figures say what the boards say, with units, and not by colour alone."""

from __future__ import annotations

from widget_story import short_story

from hms_widgets.boards import VerdictsBoard, fold_all
from hms_widgets.figures import durations


def test_every_settled_claim_has_one_bar_in_order_of_submission():
    figure = durations(fold_all(VerdictsBoard(), short_story().facts))

    drawn = {label: x for bar in figure.data for label, x in zip(bar.y, bar.x, strict=True)}
    assert drawn == {"sps_bounds": 0.5, "war_score_bounds": 0.75, "prose": 0.0}
    assert list(figure.layout.yaxis.categoryarray) == ["prose", "war_score_bounds", "sps_bounds"]


def test_outcomes_differ_by_more_than_colour_and_the_axis_names_its_unit():
    figure = durations(fold_all(VerdictsBoard(), short_story().facts))

    assert len({bar.marker.pattern.shape for bar in figure.data}) == len(figure.data) == 3
    assert "seconds" in figure.layout.xaxis.title.text


def test_hovering_tells_the_counterexample():
    figure = durations(fold_all(VerdictsBoard(), short_story().facts))

    [refuted] = [bar for bar in figure.data if "refuted" in bar.name]
    assert refuted.customdata[0][0] == "x = 2, not ≤ 1"


def test_an_empty_board_is_an_empty_figure():
    assert len(durations(VerdictsBoard()).data) == 0
