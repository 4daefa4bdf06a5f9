"""Clicks: read from a page that is not trusted, performed in order elsewhere, answered in words."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest

from hms_kernel.errors import UsageError
from hms_widgets.commands import MOST_AT_ONCE, Command, read
from hms_widgets.controls import SAID, Controls


class Recorder:
    """Commands that note what they were asked for; a small working fake of a session."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.hold = threading.Event()
        self.hold.set()

    def _note(self, verb: str, about: Any) -> str:
        self.hold.wait(10)
        if about == "nobody":
            raise UsageError("no agent 'nobody'")
        if about == "broken":
            raise RuntimeError("boom")
        self.asked.append((verb, about))
        return f"{verb} {about}"

    def spawn(self, count: int) -> str:
        return self._note("spawn", count)

    def pause(self, agent: str) -> str:
        return self._note("pause", agent)

    def resume(self, agent: str) -> str:
        return self._note("resume", agent)

    def drain(self, agent: str) -> str:
        return self._note("drain", agent)

    def restart(self, agent: str) -> str:
        return self._note("restart", agent)

    def quarantine(self, agent: str) -> str:
        return self._note("quarantine", agent)

    def release(self, agent: str) -> str:
        return self._note("release", agent)

    def kill(self, agent: str) -> str:
        return self._note("kill", agent)

    def freeze(self, agent: str) -> str:
        return self._note("freeze", agent)

    def cancel(self, task: str) -> str:
        return self._note("cancel", task)

    def prove(self, statement: str) -> str:
        return self._note("prove", statement)


@pytest.fixture
def session() -> Recorder:
    return Recorder()


def controls(session: Recorder) -> Controls:
    return Controls(session, lambda: None)


ASKED = {
    "spawn": {"count": 3},
    "pause": {"agent": ""},
    "resume": {"agent": "a1"},
    "drain": {"agent": "a1"},
    "restart": {"agent": "a1"},
    "quarantine": {"agent": "a1"},
    "release": {"agent": "a1"},
    "kill": {"agent": ""},
    "freeze": {"agent": "a1"},
    "cancel": {"task": "t1"},
    "prove": {"statement": "∀ x : ℝ, 0 ≤ x ^ 2"},
}


def test_every_command_there_is_reaches_the_session_in_the_order_asked(session):
    desk = controls(session)
    for n, (verb, fields) in enumerate(ASKED.items()):
        desk.ask(str(n), {"do": verb, **fields})
    desk.close()

    assert session.asked == [(verb, *fields.values()) for verb, fields in ASKED.items()]
    tags = {kind.__struct_config__.tag for kind in Command.__args__}
    assert tags == set(ASKED)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"do": "format the disk"},
        {"do": "spawn", "count": 0},
        {"do": "spawn", "count": MOST_AT_ONCE + 1},
        {"do": "spawn", "count": "3"},
        {"do": "drain"},
        {"do": "kill", "agent": ["a1"]},
        {"do": "prove", "statement": ""},
        {"do": "prove", "statement": "x" * 1_000_000},
        ["kill"],
        "kill",
        None,
    ],
)
def test_what_no_button_asks_is_read_as_nothing(content):
    assert read(content) is None


def test_a_refusal_and_a_breakage_are_answered_and_the_next_click_still_works(session):
    desk = controls(session)
    desk.ask("1", {"do": "restart", "agent": "nobody"})
    desk.ask("2", {"do": "restart", "agent": "broken"})
    desk.ask("3", {"do": "restart", "agent": "a1"})
    desk.ask("4", {"do": "nonsense"})
    desk.close()

    said = {answer.n: (answer.ok, answer.words) for answer in desk.said}
    assert said == {
        "1": (False, "no agent 'nobody'"),
        "2": (False, "RuntimeError: boom"),
        "3": (True, "restart a1"),
        "4": (False, "that cannot be asked"),
    }


def test_a_click_does_not_wait_for_what_it_asks(session):
    session.hold.clear()
    desk = controls(session)

    desk.ask("1", {"do": "spawn", "count": 1})
    answered_at_once = desk.said
    session.hold.set()
    desk.close()

    assert answered_at_once == ()
    assert [answer.n for answer in desk.said] == ["1"]


def test_whoever_leans_on_a_button_is_told_and_the_answers_kept_are_few(session):
    session.hold.clear()
    desk = controls(session)
    for n in range(300):
        desk.ask(str(n), {"do": "pause"})
    refused = desk.said[-1]
    session.hold.set()
    desk.close()

    assert not refused.ok
    assert "too much was asked" in refused.words
    assert len(desk.said) == SAID
    assert len(session.asked) < 110


def test_a_closed_display_takes_no_more_clicks(session):
    desk = controls(session)
    desk.close()
    desk.ask("1", {"do": "pause"})

    assert session.asked == []
    assert "closed" in desk.said[0].words


def test_nothing_runs_before_the_first_click_or_after_the_end(session):
    def working() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name == "hms-controls"]

    desk = controls(session)
    before = working()
    desk.ask("1", {"do": "pause"})
    desk.close()

    assert before == working() == []


def test_a_command_prints_as_what_the_page_sends():
    for verb, fields in ASKED.items():
        command = read({"do": verb, **fields})
        assert msgspec.to_builtins(command) == {"do": verb, **fields}
