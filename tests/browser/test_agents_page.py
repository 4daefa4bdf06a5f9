"""The agents' grid and the controls in a real browser, without a kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_model import mount, show
from playwright.sync_api import Locator, Page, expect
from widget_story import Story, status

from hms_widgets import boards, lines, palette
from hms_widgets.controls import Answer
from hms_widgets.grid import Grid, Sign, Signs, encode

SIZE, GAP = 20, 3  # pixels of a cell when there are many, and between two of them


@pytest.fixture
def steered(tab) -> Iterator[Page]:
    page: Page = tab.page
    mount(page, steered=True)
    yield page
    assert tab.errors == []
    assert tab.outside == []


def many(count: int) -> Story:
    story = Story()
    for number in range(count):
        story.spawn(f"agent-{number}")
    return story


def tell(
    page: Page, frame: int, story: Story, chosen: str = "", age_s: float | None = None
) -> Grid:
    board = boards.fold_all(boards.AgentsBoard(), story.facts)
    signs: dict[str, Sign] = {}
    if age_s is not None:
        beats = [status(name, age_s=age_s) for name in board.rows]
        signs = dict(Signs().read(board.rows, beats))
    grid = encode(board, signs)
    show(page, frame, agents=lines.agents_part(board, signs, chosen), grid=grid)
    return grid


def asked(page: Page) -> list[dict]:
    return [sent["content"] for sent in page.evaluate("sent") if "ask" in sent]


def chosen(page: Page) -> list[str]:
    return [sent["choose"] for sent in page.evaluate("sent") if "choose" in sent]


def pixel(page: Page, x: int, y: int) -> list[int]:
    """Red, green, blue and opacity of a point of the canvas."""
    return page.evaluate(
        """([x, y]) => [...document.querySelector(".hms-grid canvas").getContext("2d")
               .getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data]""",
        [x, y],
    )


def box(page: Page) -> Locator:
    return page.get_by_role("application", name="Agents: arrow keys")


def test_a_thousand_agents_are_painted_and_the_one_that_died_turns(steered: Page):
    story = many(1000)
    tell(steered, 1, story)
    columns = steered.evaluate(
        f"Math.floor((document.querySelector('.hms-grid').clientWidth + {GAP}) / {SIZE + GAP})"
    )
    x = (500 % columns) * (SIZE + GAP) + SIZE // 2
    y = (500 // columns) * (SIZE + GAP) + SIZE // 2
    before = pixel(steered, x, y)
    story.kill("agent-500")
    tell(steered, 2, story)

    colours = {state: bytes.fromhex(mark.colour[1:]) for state, mark in palette.AGENTS.items()}
    assert bytes(before[:3]) == colours["idle"]
    assert bytes(pixel(steered, x, y)[:3]) == colours["dead"]
    expect(steered.get_by_role("region", name="Agents").locator("tbody tr")).to_have_count(1)
    expect(steered.get_by_role("status")).to_contain_text("999 idle, 1 dead")


def test_it_is_painted_ten_times_a_second_at_most_and_not_at_all_when_it_has_ended(steered: Page):
    story = many(300)
    tell(steered, 1, story, age_s=0.1)
    before = int(box(steered).get_attribute("data-painted") or 0)
    steered.clock.run_for(5_000)
    during = int(box(steered).get_attribute("data-painted") or 0)
    show(steered, 2, live=False)
    ended = int(box(steered).get_attribute("data-painted") or 0)
    steered.clock.run_for(5_000)

    assert 10 <= during - before <= 51
    assert int(box(steered).get_attribute("data-painted") or 0) - ended <= 1


def test_the_pointer_tells_who_it_is_on_and_a_click_chooses(steered: Page):
    story = many(8)
    story.kill("agent-2", cause="killed by SIGKILL")
    tell(steered, 1, story, age_s=0.4)
    canvas = steered.locator(".hms-grid canvas")

    canvas.hover(position={"x": 2 * 71 + 30, "y": 30})
    expect(steered.locator(".hms-tip")).to_contain_text("agent-2 · dead")
    expect(steered.locator(".hms-tip")).to_contain_text("ended last: killed by SIGKILL")
    canvas.click(position={"x": 1 * 71 + 30, "y": 30})

    assert chosen(steered) == ["agent-1"]


def test_arrow_keys_move_enter_chooses_and_what_is_under_the_cursor_is_spoken(steered: Page):
    tell(steered, 1, many(8))
    box(steered).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter", "Escape"):
        steered.keyboard.press(key)

    expect(box(steered).locator("[aria-live]")).to_contain_text("agent-1 · idle")
    assert chosen(steered) == ["agent-1", ""]


def test_the_chosen_agent_is_told_in_full_with_what_can_be_asked_of_it(steered: Page):
    story = many(3)
    story.kill("agent-1", cause="killed by SIGSEGV")
    tell(steered, 1, story, chosen="agent-1")
    pane = steered.get_by_role("complementary", name="Chosen agent")

    expect(pane).to_contain_text("ended last bykilled by SIGSEGV")
    expect(pane.get_by_role("button", name="Restart")).to_be_visible()
    expect(pane.get_by_role("button", name="Kill")).to_be_hidden()
    pane.get_by_role("button", name="Restart").click()

    # Bringing back one that is down hurts nobody, so nobody is asked twice.
    assert asked(steered) == [{"do": "restart", "agent": "agent-1"}]
    tell(steered, 2, story)
    expect(pane).to_be_hidden()


def test_what_hurts_is_asked_twice_and_no_is_the_answer_at_hand(steered: Page):
    tell(steered, 1, many(3), chosen="agent-1")
    pane = steered.get_by_role("complementary", name="Chosen agent")

    pane.get_by_role("button", name="Kill").click()
    expect(pane).to_contain_text("Kill agent-1 with SIGKILL, to see it come back?")
    steered.keyboard.press("Enter")  # on "No"
    expect(pane.get_by_role("button", name="Yes")).to_be_hidden()
    pane.get_by_role("button", name="Drain").click()
    steered.keyboard.press("Escape")
    before = asked(steered)
    pane.get_by_role("button", name="Kill").click()
    pane.get_by_role("button", name="Yes").click()

    assert before == []
    assert asked(steered) == [{"do": "kill", "agent": "agent-1"}]


def test_a_question_about_one_agent_is_never_answered_for_another(steered: Page):
    story = many(3)
    tell(steered, 1, story, chosen="agent-1")
    pane = steered.get_by_role("complementary", name="Chosen agent")
    pane.get_by_role("button", name="Kill").click()
    tell(steered, 2, story, chosen="agent-2")

    expect(pane.get_by_role("button", name="Yes")).to_be_hidden()


def test_the_session_is_steered_and_each_answer_stands_where_it_was_asked(steered: Page):
    tell(steered, 1, many(2))
    region = steered.get_by_role("region", name="Agents")
    steered.get_by_label("how many agents to spawn").fill("3")
    region.get_by_role("button", name="Spawn").click()
    region.get_by_role("button", name="Pause").click()
    steered.get_by_label("a claim in Lean 4").fill("1 + 1 = 2")
    steered.keyboard.press("Enter")
    log = steered.get_by_role("log", name="Answers")
    expect(log.locator("li")).to_have_count(3)
    expect(log).to_contain_text("asked to spawn 3 agents")
    steered.clock.run_for(2_000)
    expect(log).to_contain_text("the kernel is busy and will get to it")

    first = next(sent["ask"] for sent in steered.evaluate("sent") if "ask" in sent)
    show(steered, 2, said=[Answer(n=first, words="agent-7, … are starting", ok=True)])

    assert asked(steered) == [
        {"do": "spawn", "count": 3},
        {"do": "pause"},
        {"do": "prove", "statement": "1 + 1 = 2"},
    ]
    expect(log.locator("li[data-kind=done]")).to_have_text("✔agent-7, … are starting")
    expect(log.locator("li")).to_have_count(3)


def test_chaos_asks_before_it_strikes(steered: Page):
    tell(steered, 1, many(2))
    steered.get_by_role("button", name="Chaos: freeze").click()
    before = asked(steered)
    steered.get_by_role("button", name="Yes").click()

    assert before == []
    assert asked(steered) == [{"do": "freeze"}]


def test_a_display_without_commands_has_no_buttons_to_act_with(tab):
    mount(tab.page)
    tell(tab.page, 1, many(3), chosen="agent-1")

    expect(tab.page.get_by_role("complementary", name="Chosen agent")).to_be_visible()
    names = tab.page.get_by_role("button").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert names == ["Let go of this agent"]


def test_names_from_outside_stay_words(steered: Page):
    hostile = "<img src=x onerror='window.hacked = true'>"
    story = Story()
    story.spawn(hostile)
    story.kill(hostile, cause=hostile)
    tell(steered, 1, story, chosen=hostile)
    steered.locator(".hms-grid canvas").hover(position={"x": 30, "y": 30})

    expect(steered.locator(".hms-tip")).to_contain_text("<img")
    expect(steered.locator("img")).to_have_count(0)
    assert steered.evaluate("window.hacked") is None


def test_the_boards_stand_still_behind_the_veil(steered: Page):
    tell(steered, 1, many(5), age_s=0.2)
    steered.clock.run_for(8_000)
    expect(steered.locator(".hms-veil")).to_be_visible()
    before = box(steered).get_attribute("data-painted")
    steered.clock.run_for(3_000)

    assert box(steered).get_attribute("data-painted") == before
