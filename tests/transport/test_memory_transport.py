"""The memory twin keeps the wire's promises."""

from __future__ import annotations

import threading

from hms_kernel.messages import Envelope, HeartbeatResponse
from hms_kernel.testing import TransportContract
from hms_kernel.transport import Dealer, Listener
from hms_kernel.transport.memory import Hub, MemoryDealer, MemoryListener


class TestMemoryTransport(TransportContract):
    def setup_method(self) -> None:
        super().setup_method()
        self.hub = Hub()

    def make_listener(self, queue_messages: int) -> Listener:
        return MemoryListener("agents", self.hub, queue_messages=queue_messages)

    def make_dealer(
        self, identity: bytes | None, queue_when_away: bool, queue_messages: int
    ) -> Dealer:
        return MemoryDealer(
            "agents",
            self.hub,
            identity,
            queue_when_away=queue_when_away,
            queue_messages=queue_messages,
        )

    def send_raw(self, dealer: Dealer, frames: list[bytes]) -> None:
        assert isinstance(dealer, MemoryDealer)
        assert dealer._send_frames(frames)


def test_a_waiting_dealer_is_woken_by_another_thread():
    hub = Hub()
    listener = MemoryListener("agents", hub)
    dealer = MemoryDealer("agents", hub, b"a")
    dealer.send(Envelope(body=HeartbeatResponse()))
    listener.receive(1)
    answers: list[Envelope | None] = []
    waiting = threading.Thread(target=lambda: answers.append(dealer.receive(20.0)))
    waiting.start()

    listener.send(b"a", Envelope(body=HeartbeatResponse(), message_id=7))

    waiting.join(20.0)
    assert [answer.message_id for answer in answers if answer] == [7]
