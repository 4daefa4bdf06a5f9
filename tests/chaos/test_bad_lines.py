"""Messages that are lost, come twice, late, cut off or as noise, on real sockets: they cost time, and nothing else."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from zmq_contract import ZmqContract

from hms_kernel.chaos.wire import LATE_S, MISHAPS, BadLine, FrailListener
from hms_kernel.facts import TaskSettled
from hms_kernel.transport.contract import numbered, take
from hms_kernel.transport.zeromq import ZmqDealer


class TestAFrailListenerWhoseLineIsGood(ZmqContract):
    """It is as good as any other."""

    kind = FrailListener


@pytest.fixture
def line() -> Iterator[tuple[FrailListener, ZmqDealer]]:
    directory = tempfile.mkdtemp(prefix="hms-")
    listener = FrailListener(f"ipc://{directory}/x")
    dealer = ZmqDealer(listener.address, b"a")
    yield listener, dealer
    dealer.close()
    listener.close()
    shutil.rmtree(directory)


def settle(listener: FrailListener, dealer: ZmqDealer) -> tuple[list[int], list[int]]:
    """Numbers of the messages that reach either side until the longest delay is over."""
    arrived, heard = [], []
    for _ in range(int(LATE_S / 0.05) + 4):
        threading.Event().wait(0.05)
        arrived += [envelope.message_id for _, envelope in listener.receive(100)]
        while (envelope := dealer.receive()) is not None:
            heard.append(envelope.message_id)
    return arrived, heard


@pytest.mark.parametrize("kind", MISHAPS)
def test_every_mishap_happens_in_both_directions_and_ends_when_told(line, kind):
    listener, dealer = line
    fault = BadLine(kind, [listener], Random(3), rate=1.0)
    dealer.send(numbered(0))
    take(listener, 1)
    numbers = list(range(1, 11))

    fault.begin()
    fault.begin()
    for number in numbers:
        dealer.send(numbered(number))
        assert listener.send(b"a", numbered(number))
    arrived, heard = settle(listener, dealer)
    fault.end()
    fault.end()

    assert fault.harmed == 20
    match kind:
        case "drop_messages":
            assert arrived == heard == []
        case "double_messages":
            assert sorted(arrived) == sorted(heard) == sorted(numbers * 2)
        case "delay_messages":
            assert sorted(arrived) == sorted(heard) == numbers
            assert arrived != numbers != heard
        case _:
            assert arrived == heard == []
            assert listener.rejected == dealer.rejected == 10
    dealer.send(numbered(12))
    assert [envelope.message_id for _, envelope in take(listener, 1)] == [12]


@pytest.mark.parametrize("kind", MISHAPS)
def test_on_a_bad_line_every_task_is_answered_once(arena, kind, until):
    arena.bench.spawn(3, ["rehearse"], config={"heartbeat_s": 0.25})
    fault = arena.faults[kind]
    fault.begin()

    tasks = [arena.submit("echo", value=n) for n in range(40)]
    endless = [arena.submit("hang") for _ in range(2)]
    for task in endless:
        until(lambda task=task: task.status().phase == "running")
        task.cancel()

    assert [task.result(60) for task in tasks] == list(range(40))
    fault.end()
    # Nobody is left with work that is not wanted any more.
    until(lambda: all(agent.task is None for agent in arena.bench.client.agents()), 20.0)
    ends = Counter(fact.task for fact in arena.bench.facts() if isinstance(fact.kind, TaskSettled))
    assert set(ends.values()) == {1}
    assert len(ends) == len(tasks) + len(endless)
    assert fault.harmed > 10
