"""The contract of transports over ZeroMQ, for every listener that speaks it."""

from __future__ import annotations

import shutil
import tempfile

from hms_kernel.transport import Dealer, Listener
from hms_kernel.transport.contract import TransportContract
from hms_kernel.transport.zeromq import ZmqDealer, ZmqListener


class ZmqContract(TransportContract):
    """Say which kind of listener."""

    kind: type[ZmqListener]

    def setup_method(self) -> None:
        super().setup_method()
        # pytest's own directories are often too deep for a socket's path.
        self.directory = tempfile.mkdtemp(prefix="hms-")
        self.address = f"ipc://{self.directory}/x"

    def teardown_method(self) -> None:
        super().teardown_method()
        shutil.rmtree(self.directory)

    def make_listener(self, queue_messages: int) -> Listener:
        return self.kind(self.address, queue_messages=queue_messages)

    def make_dealer(
        self, identity: bytes | None, queue_when_away: bool, queue_messages: int
    ) -> Dealer:
        return ZmqDealer(
            self.address,
            identity,
            queue_when_away=queue_when_away,
            queue_messages=queue_messages,
        )

    def send_raw(self, dealer: Dealer, frames: list[bytes]) -> None:
        assert isinstance(dealer, ZmqDealer)
        assert dealer._send_frames(frames)
