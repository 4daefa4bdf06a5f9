"""The promises of ``hms_kernel.transport`` as a test suite. Imports no test framework.

Import it from ``hms_kernel.testing``, subclass it as ``Test...`` and say how to
make the two sides.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from hms_kernel.errors import TransportError
from hms_kernel.messages import (
    AgentTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import Task
from hms_kernel.transport import Dealer, Listener, Peer
from hms_kernel.transport.codec import MAX_FRAME_BYTES, encode

PATIENCE_S = 20.0  # how long a test waits for what must come; it returns as soon as it does


class _Closable(Protocol):
    def close(self) -> None: ...


class TransportContract:
    """What every transport promises; see ``hms_kernel.transport``."""

    def make_listener(self, queue_messages: int) -> Listener:
        """A listener, at the same address whenever it is called within one test."""
        raise NotImplementedError

    def make_dealer(
        self, identity: bytes | None, queue_when_away: bool, queue_messages: int
    ) -> Dealer:
        """A dealer for that address."""
        raise NotImplementedError

    def send_raw(self, dealer: Dealer, frames: list[bytes]) -> None:
        """Send what is no message of ours."""
        raise NotImplementedError

    def setup_method(self) -> None:
        self._opened: list[_Closable] = []

    def teardown_method(self) -> None:
        for opened in reversed(self._opened):
            opened.close()

    # --- promises -----------------------------------------------------------------

    def test_messages_of_one_peer_arrive_in_order(self) -> None:
        listener, dealer = self._listener(), self._dealer()

        for number in range(500):
            assert dealer.send(numbered(number))

        numbers = [envelope.message_id for _, envelope in take(listener, 500)]
        assert numbers == list(range(500))

    def test_an_answer_reaches_the_peer_that_asked(self) -> None:
        listener = self._listener()
        dealers = [self._dealer() for _ in range(20)]
        for number, dealer in enumerate(dealers):
            dealer.send(numbered(number))

        for peer, envelope in take(listener, 20):
            assert listener.send(peer, envelope)

        for number, dealer in enumerate(dealers):
            assert dealer.receive(PATIENCE_S) == numbered(number)
            assert dealer.receive() is None

    def test_a_peer_goes_by_the_name_it_gave(self) -> None:
        listener = self._listener()
        self._dealer(b"agent-7").send(numbered(1))

        assert take(listener, 1) == [(b"agent-7", numbered(1))]

    def test_receiving_takes_no_more_than_asked_and_the_descriptor_tells_of_the_rest(self) -> None:
        listener, dealer = self._listener(), self._dealer()
        for number in range(3):
            dealer.send(numbered(number))
        take(listener, 1)

        left = [*take(listener, 1, at_once=1), *take(listener, 1, at_once=1)]

        assert [envelope.message_id for _, envelope in left] == [1, 2]
        assert not readable(listener, 0)

    def test_sending_does_not_make_the_descriptor_forget_what_waits(self) -> None:
        listener, one, other = self._listener(), self._dealer(), self._dealer()
        one.send(numbered(1))
        ((peer, _),) = take(listener, 1)
        for round_number in range(50):
            other.send(numbered(round_number))
            # What a send does inside may swallow the signal of what has just come.
            listener.send(peer, numbered(round_number))
            listener.send(b"nobody", numbered(round_number))

            ((_, envelope),) = take(listener, 1)

            assert envelope.message_id == round_number

    def test_a_dealers_descriptor_tells_of_what_waits(self) -> None:
        listener, dealer = self._listener(), self._dealer()
        assert not readable(dealer, 0)
        dealer.send(numbered(1))
        ((peer, _),) = take(listener, 1)

        listener.send(peer, numbered(2))

        assert readable(dealer, PATIENCE_S)
        assert dealer.receive(PATIENCE_S) == numbered(2)
        assert not readable(dealer, 0)

    def test_a_message_for_a_peer_nobody_knows_is_reported(self) -> None:
        assert self._listener().send(b"nobody", numbered(1)) is False

    def test_a_message_for_a_peer_that_has_gone_is_reported(self) -> None:
        listener, dealer = self._listener(), self._dealer(b"agent-7")
        dealer.send(numbered(1))
        ((peer, _),) = take(listener, 1)

        dealer.close()

        deadline_s = time.monotonic() + PATIENCE_S
        while listener.send(peer, numbered(2)):
            assert time.monotonic() < deadline_s
        assert listener.send(peer, numbered(3)) is False

    def test_a_peer_that_does_not_read_fills_its_queue_and_blocks_nobody(self) -> None:
        listener, lazy, busy = self._listener(10), self._dealer(queue=10), self._dealer(queue=10)
        lazy.send(numbered(1))
        ((peer, _),) = take(listener, 1)
        bulky = Envelope(body=AgentTask(task=Task(task_id="t", skill="s", payload="x" * 65536)))

        accepted = 0
        while accepted < 2000 and listener.send(peer, bulky):
            accepted += 1

        assert 0 < accepted < 2000
        busy.send(numbered(2))
        ((peer, _),) = take(listener, 1)
        assert listener.send(peer, numbered(3))
        assert busy.receive(PATIENCE_S) == numbered(3)

    def test_malformed_frames_are_counted_and_cost_only_themselves(self) -> None:
        listener, bad, good = self._listener(), self._dealer(), self._dealer()
        later = encode(msgspec.structs.replace(numbered(1), version=99))
        unknown = msgspec.msgpack.encode({"body": {"type": "launch_rockets"}, "version": 1})
        malformed = [
            [b""],
            [b"\xc1 no msgpack"],
            [later],
            [unknown],
            [b"\x91" * 100_000],
            [encode(numbered(2)), b"one part too many"],
            [b"", encode(numbered(3))],
            [b"part"] * 5000,
        ]

        for frames in malformed:
            self.send_raw(bad, frames)
        bad.send(numbered(4))
        good.send(numbered(5))

        numbers = {envelope.message_id for _, envelope in take(listener, 2)}
        assert numbers == {4, 5}
        assert listener.rejected == len(malformed)

    def test_a_frame_beyond_the_limit_costs_only_its_sender(self) -> None:
        listener, bad, good = self._listener(), self._dealer(), self._dealer()
        good.send(numbered(1))
        take(listener, 1)

        self.send_raw(bad, [bytes(MAX_FRAME_BYTES + 1)])
        good.send(numbered(2))

        assert [envelope.message_id for _, envelope in take(listener, 1)] == [2]

    def test_a_message_beyond_the_limit_is_refused_before_it_is_sent(self) -> None:
        listener, dealer = self._listener(), self._dealer(b"agent-7")
        dealer.send(numbered(1))
        take(listener, 1)
        task = Task(task_id="t", skill="s", payload=bytes(MAX_FRAME_BYTES))
        large = Envelope(body=AgentTask(task=task))

        assert refuses(lambda: listener.send(b"agent-7", large))
        assert refuses(lambda: dealer.send(large))

        assert listener.send(b"agent-7", numbered(2))
        assert dealer.receive(PATIENCE_S) == numbered(2)

    def test_a_dealer_finds_a_listener_that_comes_back(self) -> None:
        listener, dealer = self._listener(), self._dealer(b"agent-7")
        dealer.send(numbered(1))
        take(listener, 1)
        listener.close()

        listener = self._listener()
        deadline_s = time.monotonic() + PATIENCE_S
        arrived: list[tuple[Peer, Envelope]] = []
        while not arrived and time.monotonic() < deadline_s:
            dealer.send(numbered(2))
            readable(listener, 0.2)
            arrived = listener.receive(1)

        assert arrived == [(b"agent-7", numbered(2))]
        assert listener.send(b"agent-7", numbered(3))
        assert dealer.receive(PATIENCE_S) == numbered(3)

    def test_messages_for_a_listener_that_is_yet_to_come_are_kept(self) -> None:
        dealer = self._dealer()

        assert dealer.send(numbered(1))

        assert [envelope for _, envelope in take(self._listener(), 1)] == [numbered(1)]

    def test_a_dealer_may_rather_be_told_that_nobody_is_there(self) -> None:
        dealer = self._dealer(queue_when_away=False)

        assert dealer.send(numbered(1)) is False

    def test_receiving_from_nobody_returns_in_time(self) -> None:
        dealer = self._dealer()

        assert dealer.receive() is None
        assert dealer.receive(0.01) is None
        assert self._listener().receive(10) == []

    def test_an_address_in_use_is_not_stolen(self) -> None:
        listener, dealer = self._listener(), self._dealer()

        assert refuses(lambda: self._listener())

        dealer.send(numbered(1))
        assert len(take(listener, 1)) == 1

    def test_closing_twice_is_closing_once(self) -> None:
        for opened in (self._listener(), self._dealer()):
            opened.fileno()
            opened.close()
            opened.close()

    # --- helpers --------------------------------------------------------------------

    def _listener(self, queue: int = 1000) -> Listener:
        listener = self.make_listener(queue)
        self._opened.append(listener)
        return listener

    def _dealer(
        self, identity: bytes | None = None, *, queue_when_away: bool = True, queue: int = 1000
    ) -> Dealer:
        dealer = self.make_dealer(identity, queue_when_away, queue)
        self._opened.append(dealer)
        return dealer


def numbered(number: int) -> Envelope:
    """A small message that can be told from others; three kinds of them."""
    if number % 3 == 0:
        return Envelope(body=HeartbeatRequest(agent_id="a"), message_id=number)
    if number % 3 == 1:
        return Envelope(body=HeartbeatResponse(), message_id=number, epoch=2)
    return Envelope(body=UpdateTaskStatusResponse(task_id="t"), message_id=number, attempt=3)


def readable(side: Listener | Dealer, timeout_s: float) -> bool:
    """Whether the descriptor becomes readable in time."""
    return bool(select.select([side.fileno()], [], [], timeout_s)[0])


def take(listener: Listener, count: int, *, at_once: int = 1000) -> list[tuple[Peer, Envelope]]:
    """Wait for so many messages, trusting the descriptor."""
    taken: list[tuple[Peer, Envelope]] = []
    while len(taken) < count:
        assert readable(listener, PATIENCE_S), f"{len(taken)} of {count} messages came"
        taken += listener.receive(min(at_once, count - len(taken)))
    return taken


def refuses(act: Callable[[], object]) -> bool:
    """Whether it raises ``TransportError``."""
    try:
        act()
    except TransportError:
        return True
    return False
