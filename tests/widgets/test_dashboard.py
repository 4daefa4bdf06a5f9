"""The dashboard: one display of a whole session, with room for panels and for controls."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence

import ipywidgets
import pytest
from widget_story import Playback, Story, long_story, short_story

from hms_kernel.facts import DispatchPaused, Fact
from hms_widgets import Dashboard, dashboard
from hms_widgets.boards import AgentsBoard, VerdictsBoard, fold_all
from hms_widgets.lines import head_part


class Bench:
    """A session that can be asked for something; a small working fake."""

    def __init__(self, story: Story) -> None:
        self.client = Playback(story)
        self.asked: list[str] = []

    @property
    def commands(self) -> Bench:
        return self

    def pause(self, agent: str) -> str:
        self.asked.append(f"pause {agent}")
        return "paused"

    def __getattr__(self, verb: str) -> Callable[..., str]:
        return lambda *asked: f"{verb} {asked}"


class Counting:
    """A panel that counts facts."""

    def __init__(self, title: str = "Facts") -> None:
        self.title = title
        self.widget = ipywidgets.Label()
        self.facts: list[Fact] = []

    def update(self, facts: Sequence[Fact]) -> None:
        self.facts += facts
        self.widget.value = f"{len(self.facts)} facts"

    def close(self) -> None:
        pass


class Broken(Counting):
    def update(self, facts: Sequence[Fact]) -> None:
        raise ValueError("no figure")


def until(what: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if what():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


@pytest.fixture
def bench() -> Bench:
    return Bench(short_story())


def click(view: Dashboard, content: dict) -> None:
    view.widget._handle_custom_msg({"ask": "1", "content": content}, [])


def test_it_shows_the_session_as_a_whole_in_numbers_and_in_words():
    story = short_story()
    head = head_part(fold_all(AgentsBoard(), story.facts), fold_all(VerdictsBoard(), story.facts))

    assert (head.session, head.closed, head.paused) == ("s", False, False)
    assert {word: number for word, number, _ in head.tiles} == {
        "agents alive": 2,
        "at work": 0,
        "down": 0,
        "proved": 1,
        "refuted": 1,
        "other answers": 1,
        "open": 0,
    }
    assert head.words == "Nobody is at work. All 3 claims are answered."


@pytest.mark.parametrize("upto", range(0, 40, 7))
def test_its_numbers_agree_with_the_boards(upto: int):
    facts = long_story(seed=3, tasks=12).facts[: upto + 1]
    agents, verdicts = fold_all(AgentsBoard(), facts), fold_all(VerdictsBoard(), facts)
    numbers = {word: number for word, number, _ in head_part(agents, verdicts).tiles}

    answered = sum(numbers[word] for word in ("proved", "refuted", "other answers"))
    assert answered + numbers["open"] == verdicts.total
    assert numbers["agents alive"] + numbers["down"] == len(agents.rows)


def test_a_paused_session_says_so():
    story = short_story()
    story.add(DispatchPaused())

    assert head_part(fold_all(AgentsBoard(), story.facts), VerdictsBoard()).paused


def test_a_click_reaches_the_session_and_its_answer_the_page(bench):
    view = dashboard(bench)

    click(view, {"do": "pause"})
    until(lambda: view.widget.said != "")
    view.close()

    assert bench.asked == ["pause "]
    assert json.loads(view.widget.said) == [{"n": "1", "words": "paused", "ok": True}]


def test_a_read_only_dashboard_and_one_of_a_mere_source_have_no_controls(bench):
    for view in (dashboard(bench, read_only=True), dashboard(bench.client)):
        assert view.widget.steered is False
        view.widget.set_state({"steered": True})  # a page that makes itself buttons
        click(view, {"do": "pause"})
        view.close()
    assert bench.asked == []
    assert dashboard(bench).widget.steered is True


def test_the_agent_that_is_chosen_is_told_of_in_full_and_found_again_on_reload(bench):
    view = dashboard(bench)
    view.refresh()
    view.widget._handle_custom_msg({"choose": "a2"}, [])
    chosen = json.loads(view.widget.agents)["chosen"]
    view.widget._handle_custom_msg({"choose": ""}, [])
    view.close()

    assert chosen["line"]["id"] == "a2"
    assert [words for _, words in chosen["events"]] == [
        "launched",
        "ready as process 12",
        "killed by SIGKILL",
        "launched again",
        "ready as process 22",
    ]
    assert "restart" in chosen["verbs"]
    assert json.loads(view.widget.agents)["chosen"] is None


def test_panels_are_given_every_fact_once_whoever_catches_up(bench):
    panel = Counting()
    view = dashboard(bench, panels=[panel])
    view._ipython_display_()
    threads = [threading.Thread(target=view.refresh) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view.close()

    assert [fact.seq for fact in panel.facts] == [fact.seq for fact in short_story().facts]


def test_one_panel_stands_below_and_several_are_tabs_by_name(bench):
    one, two = Counting("Outcomes"), Counting("Search")

    alone = dashboard(bench, panels=[one]).shown
    both = dashboard(bench, panels=[one, two]).shown

    assert alone.children[1] is one.widget
    assert both.children[1].titles == ("Outcomes", "Search")


def test_a_panel_that_breaks_says_so_and_the_others_go_on(bench):
    well = Counting()
    view = dashboard(bench, panels=[Broken("Curves"), well])
    view._ipython_display_()
    view.close()

    assert len(well.facts) == len(short_story().facts)
    assert view.widget.beat["note"] == "Curves stopped: ValueError: no figure"


def test_without_a_page_it_shows_the_same_as_text_and_as_html(bench):
    view = dashboard(bench, panels=[Counting()])
    view.close()

    assert repr(view).splitlines()[0] == "2 agents: 2 idle"
    assert "war_score_bounds" in view._repr_html_()
    assert set(view._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_claims_are_shown_with_their_evidence_and_listed_where_nothing_does_that(bench):
    whole, plain = dashboard(bench), dashboard(bench, panels=())
    for view in (whole, plain):
        view._ipython_display_()
        view.close()

    assert whole.shown.children[1].titles == ("Claims", "Genetic search")
    assert "war_score_bounds" in whole.shown.children[1].children[0].frame
    assert whole.widget.claims == ""
    assert "war_score_bounds" in plain.widget.claims
    assert "refuted" in whole.widget.head
