"""What the page does with the states Python sends, in a real browser without a kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_model import mount, show
from playwright.sync_api import Page, expect

from hms_kernel.model import Counterexample, Outcome, Trust, Verdict
from hms_widgets import boards, lines


@pytest.fixture
def live(tab) -> Iterator[Page]:
    page: Page = tab.page
    mount(page)
    yield page
    assert tab.errors == []
    assert tab.outside == []


def claims(story) -> lines.ClaimsPart:
    return lines.claims_part(boards.fold_all(boards.VerdictsBoard(), story.facts))


def agents(story) -> lines.AgentsPart:
    return lines.agents_part(boards.fold_all(boards.AgentsBoard(), story.facts))


def test_both_boards_are_drawn_and_the_counts_are_spoken(live: Page, story):
    show(live, 1, agents=agents(story), claims=claims(story))

    expect(live.get_by_role("region", name="Agents").locator("tbody tr")).to_have_count(2)
    rows = live.get_by_role("region", name="Claims").locator("tbody tr")
    expect(rows.nth(1)).to_contain_text("war_score_bounds")
    expect(rows.nth(1)).to_contain_text("x = 2, not ≤ 1")
    expect(rows.nth(1)).to_contain_text("✘")
    expect(live.get_by_role("status")).to_have_text(
        "2 agents: 2 idle. 3 of 3 claims settled: 1 proved, 1 refuted, 1 invalid"
    )
    expect(live.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")


def test_every_frame_is_acknowledged_after_painting_until_the_display_ends(live: Page, story):
    show(live, 7, claims=claims(story))
    show(live, 8)
    show(live, 9, live=False)

    assert live.evaluate("sent") == [{"ack": 7}, {"ack": 8}]


def test_words_from_outside_stay_words(live: Page, story):
    hostile = "<img src=x onerror='window.hacked = true'><b>bold</b>"
    story.submit("t9", hostile)
    told = Counterexample(values={}, shows=hostile)
    verdict = Verdict(outcome=Outcome.REFUTED, trust=Trust.REPLAYED, counterexample=told)
    story.settle("t9", verdict, "a1")
    show(live, 1, claims=claims(story), note=hostile)

    expect(live.locator("tbody tr").last).to_contain_text(hostile)
    expect(live.locator("img")).to_have_count(0)
    assert live.evaluate("window.hacked") is None


def test_a_row_that_has_not_changed_is_the_same_row_in_the_page(live: Page, story):
    show(live, 1, claims=claims(story))
    live.evaluate("window.kept = document.querySelectorAll('tbody tr')[1]")
    story.submit("t9", "one more")
    show(live, 2, claims=claims(story))

    assert live.evaluate("kept === document.querySelectorAll('tbody tr')[1]")
    expect(live.locator("tbody tr")).to_have_count(4)


def test_rows_that_are_gone_from_the_board_are_gone_from_the_page(live: Page, story):
    show(live, 1, agents=agents(story))
    story.stop("a1")
    show(live, 2, agents=agents(story))

    expect(live.locator("tbody tr")).to_have_count(1)
    expect(live.locator("tbody tr")).to_contain_text("a2")


def test_silence_while_live_draws_a_veil_and_the_next_frame_lifts_it(live: Page, story):
    show(live, 1, claims=claims(story))
    live.clock.run_for(4_000)
    expect(live.locator(".hms-veil")).to_be_hidden()

    live.clock.run_for(4_000)
    expect(live.locator(".hms-veil")).to_be_visible()
    expect(live.locator(".hms-veil")).to_contain_text("Stale since")

    show(live, 2)
    expect(live.locator(".hms-veil")).to_be_hidden()


def test_a_display_that_has_ended_is_never_stale_and_says_why_it_ended(live: Page, story):
    show(live, 1, claims=claims(story), live=False, note="session closed")
    live.clock.run_for(60_000)

    expect(live.locator(".hms-veil")).to_be_hidden()
    expect(live.get_by_text("session closed")).to_be_visible()


def test_keys_typed_in_the_display_do_not_reach_the_notebook(live: Page, story):
    show(live, 1, claims=claims(story))
    live.evaluate("""
        window.leaked = 0;
        document.addEventListener("keydown", () => window.leaked++);
        document.querySelector(".hms-scroll").tabIndex = 0;
        document.querySelector(".hms-scroll").focus();
    """)
    live.keyboard.press("d")
    live.keyboard.press("d")

    assert live.evaluate("leaked") == 0


def test_a_removed_display_stops_listening_and_counting_time(live: Page, story):
    show(live, 1, claims=claims(story))
    live.evaluate("forget()")
    show(live, 2)
    live.clock.run_for(10_000)

    assert live.evaluate("sent") == [{"ack": 1}]
    expect(live.locator(".hms-veil")).to_be_hidden()
