"""What the panels' scripts do with the states Python sends, in a real browser without a kernel."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
import recorded_search
from playwright.sync_api import Page, expect
from widget_story import PROSE, PROVED, REFUTED, Playback, Story

from hms_kernel import summaries
from hms_kernel.model import Counterexample, Outcome, Trust, Verdict
from hms_widgets.curves_panel import CurvesPage, CurvesPanel
from hms_widgets.outcomes_panel import OutcomesPage, OutcomesPanel
from hms_widgets.panel import PanelPage

# The model half of an anywidget: values, change events, messages to Python.
MODEL = """
window.sent = [];
const listeners = new Map();
window.model = {
  get: (name) => window.values[name],
  on: (event, call) => listeners.set(call, event),
  off: (event, call) => listeners.delete(call),
  send: (content) => window.sent.push(content),
};
window.show = (state) => {
  Object.assign(window.values, state);
  for (const name of Object.keys(state))
    for (const [call, event] of [...listeners]) if (event === "change:" + name) call();
};
"""
HOSTILE = "<img src=x onerror='window.hacked = true'><b>bold</b>"
MANY = 5000


@pytest.fixture
def shown(tab) -> Iterator[Callable[[PanelPage], Page]]:
    def show(widget: PanelPage) -> Page:
        page: Page = tab.page
        values = {name: widget.get_state()[name] for name in widget.keys if name in KEPT}
        css = widget._css
        page.set_content(f"<!doctype html><style>{css}</style><div id=el></div>")
        script = base64.b64encode(str(widget._esm).encode()).decode()
        page.evaluate(
            """async ([script, model, values]) => {
                 window.values = values;
                 (0, eval)(model);
                 const module = await import("data:text/javascript;base64," + script);
                 const el = document.querySelector("#el");
                 window.forget = module.default.render({model: window.model, el});
               }""",
            [script, MODEL, values],
        )
        return page

    yield show
    assert tab.errors == []
    assert tab.outside == []


KEPT = ("frame", "beat", "palette", "chart", "card")


def story(tasks: int) -> Story:
    told = Story()
    for number in range(tasks):
        told.submit(f"t{number}", f"claim {number}")
        told.settle(f"t{number}", [PROVED, REFUTED, PROSE][number % 3], "a1")
    return told


def outcomes(told: Story) -> OutcomesPanel:
    panel = OutcomesPanel(Playback(told))
    panel.update(told.facts)
    return panel


def rows(page: Page):
    return page.locator("tr.hms-row")


def labels(page: Page) -> list[str]:
    return page.locator("tr.hms-row td.hms-col-label").all_inner_texts()


def test_thousands_of_claims_take_few_rows_and_all_can_be_reached(shown):
    page = shown(outcomes(story(MANY)).widget)

    expect(page.get_by_role("status")).to_contain_text(f"{MANY} of {MANY} claims settled")
    assert rows(page).count() < 60
    page.locator(".hms-rows").focus()
    page.keyboard.press("End")
    expect(page.get_by_text(f"claim {MANY - 1}", exact=True)).to_be_visible()
    assert rows(page).count() < 60
    page.keyboard.press("Home")
    expect(page.get_by_text("claim 0", exact=True)).to_be_visible()


def test_the_rows_fill_what_is_in_sight(shown):
    page = shown(outcomes(story(MANY)).widget)
    scroll = page.locator(".hms-rows")

    def covered() -> bool:
        return page.evaluate("""() => {
          const box = document.querySelector(".hms-rows").getBoundingClientRect();
          const last = [...document.querySelectorAll("tr.hms-row")].at(-1).getBoundingClientRect();
          return last.bottom >= box.bottom;
        }""")

    page.wait_for_timeout(100)
    assert covered()
    scroll.evaluate("each => { each.scrollTop = 50000; }")
    page.wait_for_timeout(100)
    assert covered()
    scroll.evaluate("each => { each.style.maxHeight = '1100px'; }")
    page.wait_for_timeout(100)
    assert covered()


def test_text_verdict_and_trust_narrow_the_rows(shown):
    page = shown(outcomes(story(9)).widget)
    text = page.get_by_label("filter claims by text")
    text.fill("7 CLAIM")
    assert labels(page) == ["claim 7"]
    text.fill("not ≤")
    assert labels(page) == ["claim 1", "claim 4", "claim 7"]

    text.fill("claim")
    page.get_by_role("button", name="proved").click()
    assert labels(page) == ["claim 0", "claim 3", "claim 6"]
    expect(page.get_by_text("3 of 9 shown")).to_be_visible()
    page.get_by_role("button", name="replayed").click()
    assert labels(page) == []
    page.get_by_role("button", name="proved").click()
    assert labels(page) == ["claim 1", "claim 4", "claim 7"]
    expect(page.get_by_role("button", name="proved")).to_have_attribute("aria-pressed", "false")


def test_a_click_on_a_head_sorts_up_then_down_then_not_at_all(shown):
    page = shown(outcomes(story(6)).widget)
    head = page.get_by_role("columnheader", name="seconds")
    button = head.get_by_role("button")

    button.click()
    assert labels(page)[:3] == ["claim 2", "claim 5", "claim 0"]
    expect(head).to_have_attribute("aria-sort", "ascending")
    button.click()
    assert labels(page)[0] == "claim 1"
    expect(head).to_have_attribute("aria-sort", "descending")
    button.click()
    assert labels(page) == [f"claim {n}" for n in range(6)]
    page.get_by_role("columnheader", name="claim").get_by_role("button").press("Enter")
    assert labels(page) == [f"claim {n}" for n in range(6)]


def test_a_row_opens_in_place_and_its_card_comes_when_python_answers(shown):
    page = shown(outcomes(story(6)).widget)
    page.get_by_text("claim 1", exact=True).click()

    expect(page.locator(".hms-card")).to_contain_text("x = 2, not ≤ 1")
    assert {"open": "t1"} in page.evaluate("sent")
    card = summaries.of_verdict(REFUTED, "claim 1")
    page.evaluate(
        "card => show({card})", json.dumps({"id": "t1", "card": msgspec.to_builtins(card)})
    )
    expect(page.locator(".hms-card")).to_contain_text("replayed")
    assert page.evaluate(
        "document.querySelector('.hms-card-row').previousSibling.textContent.includes('claim 1')"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".hms-card")).to_have_count(0)
    assert page.evaluate("sent")[-1] == {"open": ""}


def test_arrow_keys_move_and_enter_opens_and_no_key_reaches_the_notebook(shown):
    page = shown(outcomes(story(6)).widget)
    page.evaluate("window.leaked = 0; document.addEventListener('keydown', () => window.leaked++)")
    page.locator(".hms-rows").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "Enter", "d", "d"):
        page.keyboard.press(key)

    expect(rows(page).nth(1)).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".hms-card")).to_contain_text("claim 1")
    assert page.evaluate("leaked") == 0


def test_new_frames_fill_in_verdicts_and_leave_the_rest_as_it_was(shown):
    told = story(3)
    told.submit("t9", "late")
    panel = outcomes(told)
    page = shown(panel.widget)
    expect(rows(page).last).to_contain_text("pending")
    page.evaluate("window.kept = document.querySelector('tr.hms-row')")
    have = page.evaluate("sent.at(-1).have")
    panel.widget._handle_custom_msg({"ack": 1, "have": have}, [])

    told.settle("t9", PROVED, "a1")
    panel._clock = lambda: 1e9
    panel.update(told.facts)
    frame = json.loads(panel.widget.frame)
    page.evaluate("state => show(state)", {"frame": panel.widget.frame, "beat": panel.widget.beat})

    assert [row["id"] for row in frame["rows"]] == ["t9"]
    expect(rows(page).last).to_contain_text("proved")
    expect(page.get_by_role("button", name="proved")).to_contain_text("2")
    assert page.evaluate("kept === document.querySelector('tr.hms-row')")


def test_a_page_that_missed_a_frame_asks_and_does_not_guess(shown):
    page = shown(outcomes(story(3)).widget)
    have = page.evaluate("sent.at(-1).have")
    part = {"since": have + 5, "upto": have + 9, "rows": [], "gone": ["t0"], "headline": "wrong"}
    part |= {"counts": [], "more": 0, "done": 0}
    beat = {"frame": 9, "live": True, "upto": have + 9}
    page.evaluate("state => show(state)", {"frame": json.dumps(part), "beat": beat})

    assert {"have": have} in page.evaluate("sent")
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_role("status")).not_to_contain_text("wrong")


def test_words_from_outside_stay_words(shown):
    told = story(1)
    told.submit("t9", HOSTILE)
    counterexample = Counterexample(values={}, shows=HOSTILE)
    verdict = Verdict(outcome=Outcome.REFUTED, trust=Trust.REPLAYED, counterexample=counterexample)
    told.settle("t9", verdict, HOSTILE)
    page = shown(outcomes(told).widget)
    rows(page).last.click()
    card: Any = msgspec.to_builtins(summaries.of_verdict(verdict, HOSTILE))
    page.evaluate("card => show({card})", json.dumps({"id": "t9", "card": card}))

    expect(page.locator(".hms-card")).to_contain_text(HOSTILE)
    expect(page.locator("img")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_a_script_in_a_picture_is_never_run(shown):
    page = shown(outcomes(story(3)).widget)
    hack = "window.hacked = true"
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{hack}"><script>{hack}</script>'
    picture += f'<image href="data:x" onerror="{hack}"/></svg>'
    page.evaluate("chart => show({chart})", picture)
    page.wait_for_timeout(50)

    expect(page.locator(".hms-chart image")).to_have_count(1)
    assert page.evaluate("window.hacked") is None


def test_generations_can_be_scrubbed_through_and_left_to_follow_again(shown, tmp_path):
    panel = CurvesPanel()
    panel.update(recorded_search.facts())
    page = shown(panel.widget)
    slider = page.get_by_role("slider")
    table = page.locator(".hms-curves .hms-table tbody tr")
    expect(page.get_by_role("status").first).to_contain_text("10 of 10 generations, 17 of 18")
    expect(table).to_have_count(2)
    last = page.locator(".hms-cursor").first.get_attribute("x1")

    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")

    expect(page.locator("output")).to_have_text("3")
    expect(page.get_by_text("island 0: sum-of-cubes")).to_be_visible()
    expect(table.first).to_contain_text("16 of 18")
    assert float(page.locator(".hms-cursor").first.get_attribute("x1")) < float(last)
    page.get_by_role("button", name="Latest").click()
    expect(page.locator("output")).to_have_text("9")
    page.screenshot(path=tmp_path / "curves.png")


def test_a_new_generation_moves_those_who_follow_and_not_those_who_look_back(shown):
    facts = recorded_search.facts()
    panel = CurvesPanel()
    panel.update(facts[:8])
    page = shown(panel.widget)
    expect(page.locator("output")).to_have_text("2")

    def tell(upto: int) -> None:
        panel._clock = lambda: 1e9 + upto
        panel.update(facts[:upto])
        state = {"frame": panel.widget.frame, "beat": panel.widget.beat}
        page.evaluate("state => show(state)", state)

    tell(10)
    expect(page.locator("output")).to_have_text("3")
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    tell(12)
    expect(page.locator("output")).to_have_text("0")


def test_a_removed_panel_stops_listening(shown):
    page = shown(outcomes(story(3)).widget)
    before = len(page.evaluate("sent"))
    page.evaluate("forget(); show({beat: {frame: 5, live: true, upto: 0}})")

    assert len(page.evaluate("sent")) == before


@pytest.mark.parametrize("page", [OutcomesPage, CurvesPage])
def test_scripts_and_styles_name_no_other_host(page):
    script = str(page._esm).replace("http://www.w3.org/2000/svg", "")

    assert "export default" in script
    for text in (script, str(page._css)):
        assert "http" not in text
        assert "@import" not in text
