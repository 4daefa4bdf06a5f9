"""A live display follows its source, tells when it ends, and always has a static view."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from widget_story import Playback, Story, long_story, short_story, status

from hms_kernel.errors import SessionError
from hms_widgets import Cockpit, Live, static
from hms_widgets.boards import VerdictsBoard, fold_all
from hms_widgets.page import Page

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def shown() -> Iterator[Callable[[Live], Live]]:
    """Start displays as a cell would, and close them afterwards."""
    open_views: list[Live] = []

    def show(view: Live) -> Live:
        open_views.append(view)
        view._ipython_display_()
        return view

    yield show
    for view in open_views:
        view.close()


def until(what: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if what():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


def claims(view: Live) -> dict:
    return json.loads(view.widget.claims)


def test_a_shown_display_follows_facts_as_they_come(shown):
    story = short_story()
    source = Playback(story, upto=6)
    view = shown(Cockpit(source))
    before = claims(view)["headline"]

    source.let_out()
    until(lambda: view.widget.claims and claims(view)["done"] == 1.0)

    assert before == "0 of 1 claim settled: 1 pending"
    assert claims(view)["headline"] == "3 of 3 claims settled: 1 proved, 1 refuted, 1 invalid"
    assert view.live


def test_heartbeats_reach_the_page_without_any_fact(shown):
    story = Story()
    story.spawn("a1")
    source = Playback(story)
    view = shown(Live(source, claims=False))

    source.statuses = [status("a1", age_s=7.7)]
    until(lambda: view.widget.grid[2:3] == bytes([77]))

    assert view.agents is not None
    assert view.agents.seq == len(story.facts)


def test_the_page_gets_only_the_parts_that_are_shown(shown):
    source = Playback(short_story())

    assert shown(Live(source, claims=False)).widget.claims == ""
    assert shown(Live(source, agents=False)).widget.agents == ""


def test_a_session_that_closes_ends_the_display(shown):
    story = short_story()
    source = Playback(story)
    view = shown(Cockpit(source))

    story.close()
    source.tell(story.facts)
    until(lambda: not view.live)

    assert view.widget.beat["live"] is False
    assert view.widget.beat["note"] == "session closed"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SessionError("nobody answers"), "session ended: nobody answers"),
        (RuntimeError("boom"), "display stopped: RuntimeError: boom"),
    ],
)
def test_a_source_that_breaks_ends_the_display_and_says_why(shown, error, words):
    source = Playback(short_story())
    view = shown(Cockpit(source))

    source.break_with(error)
    until(lambda: not view.live)

    assert view.widget.beat["note"] == words
    assert words in repr(view)


def test_closing_takes_in_the_last_facts_and_ends_the_thread():
    source = Playback(short_story(), upto=3)
    view = Cockpit(source)
    with view:
        until(lambda: view.agents is not None and view.agents.seq == 3)
        source.let_out()

    assert view.verdicts is not None
    assert view.verdicts.settled == 3
    assert not [thread for thread in threading.enumerate() if thread.name == "hms-live"]
    view.close()


def test_a_closed_display_needs_no_kernel_to_be_seen():
    view = Cockpit(Playback(short_story()))
    live_bundle = view._repr_mimebundle_()
    view.close()

    closed_bundle = view._repr_mimebundle_()

    assert set(live_bundle) == {"text/plain", "text/html", WIDGET}
    assert set(closed_bundle) == {"text/plain", "text/html"}
    assert "war_score_bounds" in closed_bundle["text/html"]
    assert closed_bundle["text/plain"] == repr(view)


def test_many_batches_are_caught_up_with_on_closing():
    story = long_story(seed=1, tasks=40)
    source = Playback(story)
    source.limit = 7
    view = Live(source, agents=False, run="q")

    view.close()

    assert view.verdicts == fold_all(VerdictsBoard(run="q"), story.facts)


def test_the_display_of_a_long_session_stays_small(shown):
    view = shown(Cockpit(Playback(long_story(seed=2, tasks=600, agents=60))))

    assert len(view.widget.claims) < 60_000
    assert len(view.widget.agents) < 20_000
    assert len(view.widget.grid) == 4 * 60
    assert len(view._repr_html_()) < 150_000


def test_frames_wait_for_the_pages_ack(shown):
    now = [0.0]
    story = Story()
    source = Playback(story)
    view = shown(Live(source, agents=False))
    view._clock = lambda: now[0]
    view._pacer.sent(0.0)
    view._pacer.acked(view._pacer.frame)
    frame = view.widget.beat["frame"]

    story.submit("t1", "claim")
    source.tell(story.facts)
    until(lambda: view.verdicts is not None and view.verdicts.total == 1)
    held_back = view.widget.beat["frame"]
    now[0] = 0.3
    until(lambda: "claim" in view.widget.claims)

    assert held_back == frame


def test_acks_from_the_page_are_believed_only_if_they_are_numbers():
    acks: list[int] = []
    page = Page(acks.append)
    for content in ({"ack": 3}, {"ack": "3"}, {"ack": None}, {}, [], "ack", {"ack": 4, "more": 1}):
        page._handle_custom_msg(content, [])

    assert acks == [3, 4]


def test_script_and_style_travel_with_the_widget_and_name_no_other_host():
    page = Cockpit(Playback(Story())).widget

    for text in (page._esm, page._css):
        assert len(str(text)) > 1000
        assert "http" not in str(text)
        assert "@import" not in str(text)
    assert "export default" in str(page._esm)


def test_text_and_html_come_from_the_same_boards():
    view = Cockpit(Playback(short_story()))
    view.refresh()

    assert view._repr_html_() == static.html(*view._parts())
    assert repr(view) == static.text(*view._parts())


def test_a_workbench_is_followed_through_its_client():
    class Bench:
        client = Playback(short_story())

    with Cockpit(Bench()) as view:
        until(lambda: view.verdicts is not None and view.verdicts.settled == 3)
