"""What ``control.js`` tells the person who clicked, in a real browser without a kernel."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import hms_widgets

SCRIPT = (Path(hms_widgets.__file__).parent / "control.js").read_text()
MODEL = """
window.sent = []; window.told = []; window.listeners = new Set();
window.model = {
  on: (event, call) => window.listeners.add(call),
  off: (event, call) => window.listeners.delete(call),
  send: (content) => window.sent.push(content),
};
window.answer = (number, state, text) =>
  window.listeners.forEach((call) => call({ answer: number, state, text }));
"""


@pytest.fixture
def page(tab) -> Iterator[Page]:
    page: Page = tab.page
    page.clock.install()
    page.set_content("<p></p>")
    module = base64.b64encode(f"{SCRIPT}\nexport {{ commander }};".encode()).decode()
    page.evaluate(
        """async ([setUp, script]) => {
             (0, eval)(setUp);
             const { commander } = await import("data:text/javascript;base64," + script);
             window.commands = commander(window.model);
             window.click = (name) => window.commands.send(name, { agent: "a1" },
               (state, text) => window.told.push([name, state, text]));
           }""",
        [MODEL, module],
    )
    yield page
    assert tab.errors == []


def click(page: Page, name: str) -> str:
    page.evaluate("name => click(name)", name)
    number: str = page.evaluate("sent.at(-1).number")
    return number


def told(page: Page) -> Any:
    return page.evaluate("told")


def test_a_command_is_sent_once_and_followed_to_its_end(page: Page):
    number = click(page, "kill")
    page.evaluate("number => answer(number, 'taken', '')", number)
    page.evaluate("number => answer(number, 'done', 'a1 is killed')", number)
    page.evaluate("number => answer(number, 'done', 'again')", number)
    page.clock.run_for(5_000)

    assert page.evaluate("sent") == [
        {"command": "kill", "number": number, "arguments": {"agent": "a1"}}
    ]
    assert told(page) == [
        ["kill", "sent", ""],
        ["kill", "taken", ""],
        ["kill", "done", "a1 is killed"],
    ]


def test_a_kernel_that_does_not_take_a_command_is_said_to_be_busy(page: Page):
    number = click(page, "kill")
    page.clock.run_for(1_000)
    soon = told(page)
    page.clock.run_for(1_000)
    waiting = told(page)
    page.evaluate("number => answer(number, 'done', 'a1 is killed')", number)

    assert soon == [["kill", "sent", ""]]
    assert waiting[1:] == [
        ["kill", "waiting", "The kernel is busy: this will be done when the cell has ended."]
    ]
    assert told(page)[2:] == [["kill", "done", "a1 is killed"]]


def test_answers_to_another_tab_are_not_ours_and_after_closing_none_is(page: Page):
    number = click(page, "kill")
    page.evaluate("answer('other-1', 'done', 'not ours')")
    page.evaluate("answer(undefined, 'done', 'nobodys')")
    page.evaluate("commands.close()")
    page.evaluate("number => answer(number, 'done', 'too late')", number)
    page.clock.run_for(5_000)

    assert told(page) == [["kill", "sent", ""]]
    assert page.evaluate("listeners.size") == 0
