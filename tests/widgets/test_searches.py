"""Searches, recorded from the real engine, are folded, drawn and told without a page."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
import recorded_search
from hypothesis import given
from hypothesis import strategies as st
from widget_story import Story

from hms_kernel.facts import GenerationDone, SearchBegun, SearchEnded, StrategyAdopted
from hms_widgets import drawings, figures, searches
from hms_widgets.curves_panel import CurvesPanel
from hms_widgets.plotting import ticks
from hms_widgets.search_lines import curves_part
from hms_widgets.searches import Search, SearchesBoard, fold_searches

FACTS = recorded_search.facts()
HOSTILE = "<script>alert(1)</script>\"'&"


def recorded() -> Search:
    search = fold_searches(SearchesBoard(), FACTS).latest
    assert search is not None
    return search


def told(*kinds: object) -> SearchesBoard:
    story = Story()
    for kind in kinds:
        story.add(kind)
    return fold_searches(SearchesBoard(), story.facts)


def test_the_recorded_search_is_whole():
    search = recorded()

    assert search.generations == search.planned == recorded_search.GENERATIONS
    assert len(search.done) == search.generations * search.islands
    assert search.ended is not None
    assert search.ended.cause == "finished"
    assert not any(done.credit for done in search.done.values())


def test_what_a_search_gained_adds_up_to_what_its_winner_solves():
    search = recorded()
    for number in range(search.islands):
        island = search.island(number)
        assert sum(len(done.gained) for done in island) >= island[-1].solved
        assert {goal for done in island for goal in done.gained} <= set(search.goals)
        assert [done.par2_s for done in island] == sorted(
            (done.par2_s for done in island), reverse=True
        )


@given(st.integers(1, len(FACTS)), st.integers(0, 5))
def test_folding_in_pieces_and_again_gives_the_same_board(cut: int, back: int):
    first = fold_searches(SearchesBoard(), FACTS[:cut])
    again = fold_searches(first, FACTS[max(0, cut - back) :])

    assert again == fold_searches(SearchesBoard(), FACTS)


def test_the_winner_is_what_solves_most_and_then_is_soonest():
    winner = recorded().winner

    assert winner is not None
    for done in recorded().done.values():
        assert (done.solved, -done.par2_s) <= (winner.solved, -winner.par2_s)


def test_a_generation_whose_beginning_nobody_told_is_drawn_all_the_same():
    board = told(GenerationDone(search="s", generation=3, island=1, solved=2))

    assert board.latest is not None
    assert board.latest.islands == 2
    assert "4 of ? generations" in curves_part(board).headline
    ET.fromstring(drawings.curves(board.latest))


def test_old_searches_that_have_ended_are_forgotten():
    kinds = []
    for number in range(searches.SEARCHES_KEPT + 20):
        name = f"s{number}"
        kinds.append(SearchBegun(search=name, family="f", goals=(), seed=1, generations=1))
        kinds.append(SearchEnded(search=name, cause="finished"))
    board = told(*kinds)

    assert len(board.searches) == searches.SEARCHES_KEPT
    assert board.latest is not None
    assert board.latest.search == f"s{searches.SEARCHES_KEPT + 19}"


def test_what_is_in_force_is_told_until_it_is_taken_back():
    adopted = StrategyAdopted(family="f", strategy={"slices": []}, text="1×smt", why="it won")
    back = StrategyAdopted(family="f", strategy=None, text="the default's text", why="it lost")

    assert curves_part(told(adopted)).force == [("f", "1×smt (it won)")]
    assert curves_part(told(adopted, back)).force == [("f", "the default (it lost)")]


def test_operators_credit_is_drawn_where_it_is_told():
    search = recorded()
    without = drawings.curves(search)
    credit = {"mutate": 3.0, "cross": 1.0}
    board = told(
        SearchBegun(search="s", family="f", goals=("g",), seed=1, generations=2),
        GenerationDone(search="s", generation=0, best_fitness=1.0, credit=credit),
    )
    assert board.latest is not None
    drawn = drawings.curves(board.latest)

    assert "credit" not in without
    assert "mutate 75 %" in drawn
    assert curves_part(board).generations[0][0].credit == [("mutate", "75 %"), ("cross", "25 %")]


def test_the_picture_is_well_formed_and_names_islands_goals_and_units():
    picture = drawings.curves(recorded())
    root = ET.fromstring(picture)

    assert root.attrib["role"] == "img"
    for words in ("island 0", "island 1", "of 18", "nominal seconds", "generation", "median"):
        assert words in picture
    assert len([g for g in root.iter() if g.attrib.get("class") == "hms-plot"]) == 4


def test_islands_differ_by_more_than_colour():
    picture = drawings.curves(recorded())
    figure = figures.curves(recorded())

    assert picture.count("stroke-dasharray") >= 3
    solved = [trace for trace in figure.data if trace.xaxis == "x2"]
    assert len({trace.line.dash for trace in solved}) == len(solved) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_says_what_the_facts_say(dark: bool):
    search = recorded()
    figure = figures.curves(search, dark=dark)

    solved = [list(trace.y) for trace in figure.data if trace.xaxis == "x2"]
    assert solved == [[done.solved for done in search.island(n)] for n in range(2)]
    titles = [note.text for note in figure.layout.annotations]
    assert "solved by the winner, of 18" in titles
    assert ("#111111" in str(figure.layout.template) or "17,17,17" in str(figure.layout.template)) is dark  # fmt: skip


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_few_and_within_the_axis(low: float, span: float):
    found = ticks(low, low + span)

    assert len(found) <= 8
    assert found == sorted(found)
    slack = 1e-6 * max(abs(low), span)
    assert all(low - slack <= tick <= low + span + slack for tick in found)


def test_words_from_outside_stay_words():
    board = told(
        SearchBegun(search=HOSTILE, family=HOSTILE, goals=(HOSTILE,), seed=1, generations=1, why=HOSTILE),
        GenerationDone(search=HOSTILE, generation=0, best=HOSTILE, winner=HOSTILE, gained=(HOSTILE,), credit={HOSTILE: 1.0}),
        SearchEnded(search=HOSTILE, cause=HOSTILE, winner=HOSTILE, judged=HOSTILE),
    )  # fmt: skip
    panel = CurvesPanel()
    panel._board = board

    assert "<script" not in panel._repr_html_()
    ET.fromstring(panel.picture())


def test_the_panel_sends_a_frame_only_when_something_was_told():
    now = [0.0]
    panel = CurvesPanel(clock=lambda: now[0])
    page = panel.widget
    frames: list[str] = []
    page.observe(lambda change: frames.append(change["new"]), "frame")
    for upto in (3, 3, 10, 10, 10):
        now[0] += 5.0
        panel.update(FACTS[:upto])

    assert len(frames) == 2
    assert json.loads(frames[-1])["generations"][-1][0]["solved"] > 0
    assert len(page.get_state()["frame"]) < 40_000


def test_the_static_view_has_every_generation_the_winner_and_the_judgement():
    panel = CurvesPanel()
    panel.update(FACTS)
    text = repr(panel)

    assert "10 of 10 generations, 17 of 18 goals solved" in text
    assert "finished; not adopted: 8 → 7 of 9 goals" in text
    assert text.count("nlsat") > 2
    assert panel._repr_html_().count("<tr>") >= 20
    assert set(panel._repr_mimebundle_()) >= {"text/plain", "text/html", "image/svg+xml"}


def test_without_a_search_the_panel_says_so():
    panel = CurvesPanel()

    assert "No search yet" in repr(panel)
    assert panel.figure() is None
    assert panel.picture() == ""
