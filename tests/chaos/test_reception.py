"""Requests that are lost, come twice or late: each is done once, by the supervisor it was meant for."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future
from random import Random

import pytest

import hms_kernel as hms
from hms_kernel.chaos.wire import MISHAPS, BadLine
from hms_kernel.client import Client, RemoteLine
from hms_kernel.facts import TaskSubmitted
from hms_kernel.messages import (
    AcceptedResponse,
    CancelTaskRequest,
    Envelope,
    ErrorResponse,
    HeartbeatRequest,
    PingRequest,
    SubmitTaskRequest,
    SubmitTaskResponse,
)
from hms_kernel.reception import REMEMBERED, Reception
from hms_kernel.transport.memory import Hub, MemoryDealer, MemoryListener

SUBMIT = SubmitTaskRequest(skill="s")
QUESTION = PingRequest()


class Desk:
    """A reception, one client, and what was asked of whoever answers."""

    def __init__(self, epoch: int = 2) -> None:
        hub = Hub()
        self.listener = MemoryListener("x", hub)
        self.client = MemoryDealer("x", hub, b"c")
        self.asked: list[object] = []
        self.replies: list[object] = []
        self.reception = Reception(self.listener, self._answer, epoch)

    def _answer(self, request, reply) -> None:
        self.asked.append(request)
        self.replies.append(reply)

    def say(self, body, number: int = 1, *, copy: int = 0, epoch: int = 2) -> None:
        self.client.send(Envelope(body=body, epoch=epoch, attempt=copy, message_id=number))
        for peer, envelope in self.listener.receive(10):
            self.reception.hear(peer, envelope)

    def heard(self) -> list[tuple[object, int]]:
        found = []
        while (envelope := self.client.receive()) is not None:
            found.append((envelope.body, envelope.message_id))
        return found


def test_what_changes_something_is_done_for_the_first_copy_and_answered_to_each():
    desk = Desk()
    desk.say(SUBMIT)
    desk.say(SUBMIT, copy=1)
    assert desk.heard() == []

    desk.replies[0](AcceptedResponse())
    desk.say(SUBMIT, copy=2)

    assert desk.asked == [SUBMIT]
    assert desk.heard() == [(AcceptedResponse(), 1)] * 2


def test_the_same_request_under_another_number_is_another_request():
    desk = Desk()

    desk.say(SUBMIT, 1)
    desk.say(SUBMIT, 2)

    assert desk.asked == [SUBMIT, SUBMIT]


def test_a_question_is_answered_as_often_as_it_is_asked():
    desk = Desk()

    desk.say(QUESTION)
    desk.say(QUESTION, copy=1)

    assert desk.asked == [QUESTION, QUESTION]


def test_a_copy_of_what_an_earlier_supervisor_was_asked_is_left_alone():
    desk = Desk(epoch=3)

    desk.say(SUBMIT, 1, copy=1, epoch=2)
    desk.say(SUBMIT, 2, copy=0, epoch=2)
    desk.say(SUBMIT, 3, copy=1, epoch=3)

    assert desk.asked == [SUBMIT, SUBMIT]
    assert len(desk.replies) == 2


def test_what_is_no_request_is_refused():
    desk = Desk()

    desk.say(HeartbeatRequest(agent_id="a"))

    [(refusal, _)] = desk.heard()
    assert isinstance(refusal, ErrorResponse)


def test_the_oldest_answers_are_forgotten_but_no_request_that_has_none():
    desk = Desk()
    desk.say(SUBMIT, 1)
    for number in range(2, REMEMBERED + 3):
        desk.say(SUBMIT, number)
        desk.replies[-1](AcceptedResponse())

    desk.say(SUBMIT, 1, copy=1)
    desk.say(SUBMIT, 3, copy=1)
    assert len(desk.asked) == REMEMBERED + 2

    desk.say(SUBMIT, 2, copy=1)
    assert len(desk.asked) == REMEMBERED + 3


@pytest.fixture
def bad_line(arena):
    """A client of a session whose line can be made bad, and the fault that does it."""
    found = hms.session.last_connection(arena.supervisor.name)
    line = RemoteLine(found.clients, found.epoch)
    faults: list[BadLine] = []

    def make(kind: str, rate: float) -> BadLine:
        faults.append(BadLine(kind, [arena.host.clients], Random(5), rate))
        return faults[-1]

    yield Client(line, found.session, found.store), make
    for fault in faults:
        fault.end()
    line.close()


@pytest.mark.parametrize("kind", MISHAPS)
def test_over_a_bad_line_every_submission_is_accepted_once(arena, bad_line, kind):
    client, make = bad_line
    arena.bench.spawn(2, ["rehearse"])
    assert client.facts() is not None
    fault = make(kind, 0.15)
    fault.begin()
    request = SubmitTaskRequest(skill="rehearse", payload={"do": "echo"})

    futures: list[Future] = [client.send(request) for _ in range(40)]
    ids = [client.answer(future, SubmitTaskResponse).task_id for future in futures]

    fault.end()
    submitted = Counter(f.task for f in arena.bench.facts() if isinstance(f.kind, TaskSubmitted))
    assert submitted == Counter(ids)
    assert len(set(ids)) == 40
    assert [hms.TaskHandle(client, task_id).result(60) for task_id in ids] == [None] * 40


def test_a_request_nobody_waits_for_any_more_is_not_sent_again(arena, bad_line, until):
    client, make = bad_line
    fault = make("drop_messages", 1.0)
    fault.begin()
    future = client.send(CancelTaskRequest(task_id="none"))
    until(lambda: fault.harmed == 1)

    future.cancel()
    client.send(CancelTaskRequest(task_id="another"))
    until(lambda: fault.harmed >= 3)  # this one, twice; the first one's turn was before its second

    assert fault.harmed == 3
