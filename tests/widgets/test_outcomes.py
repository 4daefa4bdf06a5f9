"""Outcomes are folded, sent in part, opened and shown without a page; nothing is lost on the way."""

from __future__ import annotations

import json
import threading
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from widget_story import PROSE, PROVED, REFUTED, Playback, Story, long_story, short_story

from hms_kernel import cards, pictures
from hms_kernel.errors import SessionError
from hms_kernel.facts import RecoveryBegun, TaskSubmitted
from hms_kernel.model import AgentPhase, Counterexample, Outcome, Phase, Task, Verdict
from hms_widgets import boards, drawings, figures, outcomes, palette
from hms_widgets.boards import VerdictsBoard
from hms_widgets.outcomes import OutcomesBoard, fold_outcomes
from hms_widgets.outcomes_panel import OutcomesPanel
from hms_widgets.rows import table

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
WIDGET = "application/vnd.jupyter.widget-view+json"


def folded(story: Story, run: str = "") -> OutcomesBoard:
    return fold_outcomes(OutcomesBoard(verdicts=VerdictsBoard(run=run)), story.facts)


def until(what) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if what():
            return
        pause.wait(0.005)
    raise AssertionError("it never came about")


# --- the fold ---------------------------------------------------------------------


@given(seed=st.integers(0, 999), cut=st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_folding_in_pieces_and_again_gives_the_same_board(seed: int, cut: int):
    story = long_story(seed, 25)
    once = folded(story)
    board = OutcomesBoard()
    for start in range(0, len(story.facts), cut):
        board = fold_outcomes(board, story.facts[max(0, start - 3) : start + cut])

    assert board == once
    assert fold_outcomes(once, story.facts) is once


@given(seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_the_totals_end_at_what_the_board_counts(seed: int):
    board = folded(long_story(seed, 30), run="q")

    last = board.moments[-1].counts if board.moments else {}
    assert sum(last.values()) == board.verdicts.settled
    assert dict(last) == {s: n for s, n in board.verdicts.counts.items() if s in last}
    times = [moment.time_s for moment in board.moments]
    assert times == sorted(times)


def many(tasks: int) -> Story:
    story = Story()
    for number in range(tasks):
        story.submit(f"t{number}", f"claim {number}")
        story.settle(f"t{number}", [PROVED, REFUTED, PROSE][number % 3])
    return story


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_recovery_asked_for_is_no_claim_of_its_own(at_once: bool):
    story = many(2)
    asked = Task(task_id="lemma", skill="prove", run="r", parent="t0")
    story.add(TaskSubmitted(submitted=asked), task="lemma")
    story.settle("lemma", PROVED)
    board = OutcomesBoard()
    for part in [story.facts] if at_once else [[fact] for fact in story.facts]:
        board = fold_outcomes(board, part)

    assert table(board).headline == "2 of 2 claims settled: 1 proved, 1 refuted"
    assert board.gone == ()


def test_a_long_session_keeps_a_bounded_history_that_ends_exactly():
    board = folded(many(2000))

    assert len(board.moments) <= 2 * outcomes.MOMENTS
    assert board.moments[-1].counts == {"proved": 667, "refuted": 667, "invalid": 666}


def test_rows_that_were_forgotten_are_named_as_gone_and_still_counted(monkeypatch):
    monkeypatch.setattr(boards, "SETTLED_TASKS_KEPT", 50)
    story = many(80)
    board = OutcomesBoard()
    for fact in story.facts:
        board = fold_outcomes(board, [fact])
    before = story.facts[120].seq

    part = table(board, since=before)
    assert len(board.verdicts.rows) == len(board.changed) == len(board.settled) == 50
    assert set(part.gone).isdisjoint(board.verdicts.rows)
    assert part.more == 30
    assert sum(board.moments[-1].counts.values()) == 80
    assert part.headline.startswith("80 of 80 claims settled")


# --- frames, and pages that miss some ------------------------------------------------


def still(panel: OutcomesPanel) -> OutcomesPanel:
    """A panel whose clock is the test's: it looks again only when the test says so."""
    panel._later = lambda wait_s: None
    return panel


class Reader:
    """A page as ``outcomes.js`` has it: rows by id, how far it has come, and a line that may lose words."""

    def __init__(self, panel: OutcomesPanel) -> None:
        self.page = panel.widget
        self.values = {"frame": self.page.frame, "beat": self.page.beat}
        self.page.send_state = self.deliver
        self.rows: dict[str, dict] = {}
        self.have = 0
        self.deaf = False

    def deliver(self, key) -> None:
        """A message from Python: the values that have changed, unless it gets lost."""
        for name in {key} if isinstance(key, str) else set(key):
            if not self.deaf:
                self.values[name] = getattr(self.page, name)

    def paint(self) -> None:
        """Take in what has arrived, ask for what is missing, acknowledge."""
        if text := self.values["frame"]:
            part = json.loads(text)
            if part["since"] <= self.have:
                if not part["since"]:
                    self.rows.clear()
                for gone in part["gone"]:
                    self.rows.pop(gone, None)
                self.rows |= {row["id"]: row for row in part["rows"]}
                self.have = max(self.have, part["upto"]) if part["since"] else part["upto"]
        if self.have < self.values["beat"]["upto"]:
            self.page._handle_custom_msg({"have": self.have}, [])
        ack = {"ack": self.values["beat"]["frame"], "have": self.have}
        self.page._handle_custom_msg(ack, [])


@given(data=st.data(), seed=st.integers(0, 99), kept=st.sampled_from([6, 5000]))
@settings(max_examples=30, deadline=None)
def test_whatever_frames_are_lost_the_page_ends_with_the_exact_rows(data, seed: int, kept: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "SETTLED_TASKS_KEPT", kept)
        now = [0.0]
        story = long_story(seed, 20)
        panel = still(OutcomesPanel(Playback(story), clock=lambda: now[0]))
        page = Reader(panel)
        for start in range(0, len(story.facts), 7):
            page.deaf = data.draw(st.booleans())
            panel.update(story.facts[start : start + 7])
            now[0] += data.draw(st.sampled_from([0.1, 0.3, 3.0]))
            if data.draw(st.booleans()):
                page.paint()
        page.deaf = False
        for _ in range(4):  # the session goes quiet
            now[0] += 3.0
            panel._look_again()
            page.paint()

        exact = json.loads(panel._whole())["rows"]
        assert page.rows == {row["id"]: row for row in exact}
        assert len(exact) == len(panel.board.verdicts.rows)


def test_a_frame_holds_only_what_has_changed_since_the_page_spoke():
    now = [0.0]
    story = many(300)
    panel = still(OutcomesPanel(Playback(story), clock=lambda: now[0]))
    panel.update(story.facts)
    page = Reader(panel)
    page.paint()

    story.submit("new", "one more")
    now[0] += 1.0
    panel.update(story.facts)

    part = json.loads(panel.widget.frame)
    assert [row["id"] for row in part["rows"]] == ["new"]
    assert len(panel.widget.frame) < 500


def test_a_reloaded_page_gets_all_rows():
    story = many(300)
    panel = OutcomesPanel(Playback(story))
    Reader(panel).paint()
    panel.update(story.facts)

    assert len(json.loads(panel.widget.get_state()["frame"])["rows"]) == 300
    assert len(panel.widget.get_state(key="beat")) == 1


def test_a_closed_tab_gets_the_news_once_and_a_few_small_frames():
    now = [0.0]
    story = many(1000)
    panel = still(OutcomesPanel(Playback(story), clock=lambda: now[0]))
    page = panel.widget
    sent: list[int] = []

    def send(key) -> None:
        sent.append(sum(len(json.dumps(getattr(page, name))) for name in key))

    page.send_state = send
    now[0] += 3.0
    panel.update(story.facts)
    for _ in range(100):
        now[0] += 2.0
        panel._look_again()

    assert 1 <= len(sent) <= 5
    assert max(sent[1:]) < 100


def test_what_could_not_go_out_yet_goes_out_by_itself():
    story = many(3)
    panel = OutcomesPanel(Playback(story))
    _ = panel.widget
    panel.update(story.facts)  # right after the first frame, which nobody has acknowledged

    until(lambda: json.loads(panel.widget.frame)["upto"] == story.facts[-1].seq)


@pytest.mark.parametrize("said", [{"have": -5}, {"have": 10**9}, {"have": "x"}, {"open": 3}, {}])
def test_what_a_page_makes_up_does_no_harm(said):
    panel = OutcomesPanel(Playback(short_story()))
    panel.update(short_story().facts)
    panel.widget._handle_custom_msg(said, [])
    panel.update()

    assert len(json.loads(panel._whole())["rows"]) == 3


# --- cards ------------------------------------------------------------------------------


class Slow(Playback):
    """A session that answers when the test lets it, and notes which threads asked."""

    def __init__(self, story: Story) -> None:
        super().__init__(story)
        self.go = threading.Event()
        self.threads: set[int] = set()

    def facts(self, after_seq: int = 0, wait_s: float = 0.0):
        self.threads.add(threading.get_ident())
        assert self.go.wait(10)
        return super().facts(after_seq, wait_s)


def card(panel: OutcomesPanel) -> dict:
    return json.loads(panel.widget.card)["card"] if panel.widget.card else {}


def test_a_click_opens_the_claims_card_with_its_evidence():
    story = short_story()
    panel = OutcomesPanel(Playback(story))
    panel.update(story.facts)
    panel.widget._handle_custom_msg({"open": "t2"}, [])

    until(lambda: card(panel))
    assert card(panel)["title"] == "war_score_bounds"
    assert card(panel)["says"] == "x = 2, not ≤ 1"
    panel.widget._handle_custom_msg({"open": ""}, [])
    until(lambda: not panel.widget.card)


def test_the_card_of_an_open_claim_follows_it():
    story = Story()
    story.spawn("a1")
    story.submit("t1", "claim")
    source = Playback(story)
    panel = OutcomesPanel(source)
    panel.update(story.facts)
    panel.widget._handle_custom_msg({"open": "t1"}, [])
    until(lambda: card(panel).get("state") == "pending")

    story.settle("t1", PROVED, "a1")
    source.tell(story.facts)
    panel.update(story.facts)

    until(lambda: card(panel)["state"] == "proved")


def test_the_card_of_a_waiting_claim_says_what_it_waits_for():
    story = Story()
    story.submit("t1", "claim")
    story.add(RecoveryBegun(result=PROSE, reason="budget"), task="t1")
    panel = OutcomesPanel(Playback(story))
    panel.update(story.facts)
    panel.widget._handle_custom_msg({"open": "t1"}, [])
    until(lambda: card(panel))

    assert card(panel)["state"] == "waiting"
    assert card(panel)["says"] == "left open (budget)"


def test_the_card_that_was_asked_for_last_is_shown_and_one_thread_sees_to_all():
    story = many(40)
    source = Slow(story)
    panel = OutcomesPanel(source)
    panel.update(story.facts)
    for number in range(40):
        panel.widget._handle_custom_msg({"open": f"t{number}"}, [])
    source.go.set()
    until(lambda: not panel._looking)

    assert card(panel)["title"] == "claim 39"
    assert len(source.threads) == 1


def test_a_session_that_is_over_leaves_the_card_what_the_row_knows():
    story = short_story()
    source = Playback(story)
    panel = OutcomesPanel(source)
    panel.update(story.facts)
    source.break_with(SessionError("nobody answers"))
    panel.widget._handle_custom_msg({"open": "t2"}, [])

    until(lambda: card(panel))
    assert ["evidence", "nobody answers"] in card(panel)["facts"]


# --- what needs no page ---------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def test_the_static_view_tells_counts_rows_and_totals_and_escapes_what_came_from_outside():
    story = short_story()
    story.submit("t9", HOSTILE, run=HOSTILE)
    told = Counterexample(values={"x": HOSTILE}, shows=HOSTILE)
    story.settle("t9", Verdict(outcome=Outcome.REFUTED, counterexample=told, reason=HOSTILE))
    panel = OutcomesPanel(Playback(story))
    panel.update(story.facts)
    shown = panel._repr_html_()
    page = Tags(shown)

    assert not page.tags & {"script", "img", "iframe", "style", "link"}
    assert HOSTILE[:50] in page.text
    assert "4 of 4 claims settled: 1 proved, 2 refuted, 1 invalid" in page.text
    assert panel.picture() in shown
    assert "✘ refuted  war_score_bounds  x = 2, not ≤ 1  replayed" in repr(panel)


def test_a_closed_panel_shows_itself_without_a_kernel():
    panel = OutcomesPanel(Playback(short_story()))
    panel.update(short_story().facts)
    live = panel._repr_mimebundle_()
    panel.close()

    assert WIDGET in live
    assert set(panel._repr_mimebundle_()) == {"text/plain", "text/html", "image/svg+xml"}
    assert panel.widget.beat["live"] is False


def test_nothing_yet_is_said_in_words():
    panel = OutcomesPanel(Playback(Story()))

    assert "No claims yet" in repr(panel)
    assert panel.picture() == ""
    assert len(figures.totals(panel.board).data) == 0


def test_ten_thousand_claims_are_listed_in_part_and_counted_in_full():
    story = many(600)
    panel = OutcomesPanel(Playback(story))
    panel.update(story.facts)

    assert len(panel._repr_html_()) < 100_000
    assert "400 more" in panel._repr_html_()


@pytest.mark.parametrize("phase", [*Phase, AgentPhase.DRAINING, AgentPhase.STOPPED])
def test_a_phase_has_one_shape_on_cards_and_pages(phase: Phase | AgentPhase):
    marks = palette.CLAIMS if isinstance(phase, Phase) else palette.AGENTS

    assert cards.sign(phase.value) == marks[phase.value].glyph


def test_outcomes_have_the_colours_in_pictures_that_they_have_on_the_page():
    assert {state: mark.colour for state, mark in palette.CLAIMS.items()} == pictures.COLOURS


@pytest.mark.parametrize("dark", [False, True])
def test_totals_lie_on_top_of_each_other_and_differ_by_more_than_colour(dark: bool):
    figure = figures.totals(folded(short_story()), dark=dark)

    assert [trace.y[-1] for trace in figure.data] == [1, 1, 1]
    assert len({trace.fillpattern.shape for trace in figure.data}) == 3
    assert "seconds" in figure.layout.xaxis.title.text
    background = figure.layout.template.layout.paper_bgcolor
    assert (background == "white") is not dark


def test_the_picture_of_totals_names_every_outcome_with_its_sign():
    picture = drawings.totals(folded(short_story()))

    for words in ("✔ 1 proved", "✘ 1 refuted", "! 1 invalid"):
        assert words in picture
    assert "currentColor" in picture
    assert 'color="#222222"' in picture
    assert 'color="#222222"' not in drawings.totals(folded(short_story()), alone=False)
