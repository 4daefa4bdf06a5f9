"""Speaks to a supervisor, in this process or another, with the same requests and the same errors. Decides nothing."""

from __future__ import annotations

import heapq
import select
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeVar

from hms_kernel import errors
from hms_kernel.facts import Fact
from hms_kernel.messages import (
    AgentStatus,
    AgentStatusRequest,
    AgentStatusResponse,
    Envelope,
    ErrorResponse,
    FactsRequest,
    FactsResponse,
    Question,
    Request,
    Response,
)
from hms_kernel.session import State, is_live, published_ns, state
from hms_kernel.store import Store
from hms_kernel.transport import Dealer
from hms_kernel.transport.zeromq import ZmqDealer
from hms_kernel.wake import Wake

PATIENCE_S = 30.0  # for an answer that needs no waiting
HANDOVER_S = 5.0  # for a session whose kernel was killed to be taken over
LOOK_UP_S = 1.0  # between looks whether the supervisor is still there
AGAIN_S = (0.5, 4.0)  # first and longest pause before a request is sent again, ...
AGAIN_SHARE = 0.1  # ... with this share of what the supervisor was asked to wait on top
R = TypeVar("R", bound=Response)


class _TakenOver(errors.SessionError):
    """The supervisor that was asked is gone, and another one is there."""


class Line(Protocol):
    """A way to a supervisor: the supervisor itself, or a ``RemoteLine``."""

    def call(self, request: Request) -> Future[Response]:
        """Ask, from any thread; the future holds the answer."""


@dataclass
class _Asked:
    """A request without an answer."""

    request: Request
    future: Future[Response]
    epoch: int  # of the supervisor it was sent to first
    until_s: float  # when it is given up
    pause_s: float  # until it is sent again
    copies: int = 0  # sent


class RemoteLine:
    """A line to a supervisor in another process, over its client socket.

    A request without an answer is sent again under its number, in case it or its
    answer was lost; the supervisor does it once. Another supervisor than the one
    that was asked first does it not at all.

    Args:
        address: ZeroMQ address from the connection file.
        epoch: of the supervisor there, from the same file.
    """

    def __init__(self, address: str, epoch: int) -> None:
        self._address = address
        self._epoch = epoch
        self._calls: deque[tuple[Request, Future[Response]]] = deque()
        self._waiting: dict[int, _Asked] = {}  # by message number
        self._dues: list[tuple[float, int]] = []  # heap: when to ask again, and what
        self._wake = Wake()
        self._closing = False
        self._why = "this client has hung up"
        self._thread = threading.Thread(target=self._run, name="hms-client", daemon=True)
        self._thread.start()

    def call(self, request: Request) -> Future[Response]:
        """Ask, from any thread; the future holds the answer."""
        future: Future[Response] = Future()
        if self._closing:
            future.set_exception(errors.SessionError(self._why))
            return future
        self._calls.append((request, future))
        self._wake.wake()
        return future

    @property
    def closed(self) -> bool:
        """Whether it has hung up."""
        return self._closing

    def close(self, why: str = "this client has hung up") -> None:
        """Hang up, telling those who still wait why; the supervisor does not mind. Idempotent."""
        if not self._closing:
            self._why = why
        self._closing = True
        self._wake.wake()
        self._thread.join()
        self._wake.close()

    def _run(self) -> None:
        # The same name after a reconnection, by which the supervisor knows what it has done.
        # In letters, for ZeroMQ refuses a name that begins with a zero.
        dealer: Dealer = ZmqDealer(self._address, uuid.uuid4().hex.encode())
        numbers = count(1)
        poller = select.poll()
        poller.register(dealer, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        while not self._closing:
            poller.poll(self._patience_ms())
            self._wake.clear()
            while self._calls:
                request, future = self._calls.popleft()
                wait_s = getattr(request, "wait_s", 0.0)
                until_s = time.monotonic() + wait_s + PATIENCE_S
                pause_s = AGAIN_S[0] + wait_s * AGAIN_SHARE
                asked = _Asked(request, future, self._epoch, until_s, pause_s)
                self._ask(dealer, next(numbers), asked)
            while (envelope := dealer.receive()) is not None:
                self._epoch = max(self._epoch, envelope.epoch)
                answered = self._waiting.pop(envelope.message_id, None)
                if answered is not None and answered.future.set_running_or_notify_cancel():
                    answered.future.set_result(envelope.body)  # type: ignore[arg-type]
            while self._dues and self._dues[0][0] <= time.monotonic():
                _, number = heapq.heappop(self._dues)
                if (unanswered := self._waiting.pop(number, None)) is not None:
                    self._ask(dealer, number, unanswered)
        left = [asked.future for asked in self._waiting.values()]
        for future in (*left, *(future for _, future in self._calls)):
            if future.set_running_or_notify_cancel():
                future.set_exception(errors.SessionError(self._why))
        dealer.close()

    def _ask(self, dealer: Dealer, number: int, asked: _Asked) -> None:
        """Send a request, for the first time or again, unless nobody waits for the answer any more."""
        if asked.future.cancelled():
            return
        dealer.send(
            Envelope(body=asked.request, epoch=asked.epoch, attempt=asked.copies, message_id=number)
        )
        self._waiting[number] = asked
        asked.copies += 1
        again_s = time.monotonic() + asked.pause_s
        if again_s < asked.until_s:
            heapq.heappush(self._dues, (again_s, number))
            asked.pause_s = min(2 * asked.pause_s, max(AGAIN_S[1], asked.pause_s))

    def _patience_ms(self) -> float | None:
        """How long to wait for anything to happen; None: for ever."""
        while self._dues and self._dues[0][1] not in self._waiting:
            heapq.heappop(self._dues)
        return max(0.0, self._dues[0][0] - time.monotonic()) * 1000 if self._dues else None


class Client:
    """Asks a supervisor and turns its refusals into the errors they stand for.

    Also a source of facts and agents' statuses for widgets.

    Args:
        line: the way to the supervisor.
        session: its name.
        store: database URL where the session's facts are kept.
    """

    def __init__(self, line: Line, session: str, store: str) -> None:
        self._line = line
        self.session = session
        self.store = store

    def ask(self, request: Request, kind: type[R], *, wait_s: float = 0.0) -> R:
        """The answer to a request; a question that its supervisor took along is asked again.

        Args:
            request: what to ask.
            kind: the class of the answer.
            wait_s: seconds the supervisor was asked to wait, on top of our patience.

        Raises:
            HmsError: the supervisor refused; the same class it named.
            SessionError: no answer came in time.
        """
        while True:
            try:
                return self.answer(self.send(request), kind, wait_s=wait_s)
            except _TakenOver:
                if not isinstance(request, Question):
                    raise

    def send(self, request: Request) -> Future[Response]:
        """Ask without waiting; give the future to ``answer``."""
        return self._line.call(request)

    def answer(self, future: Future[Response], kind: type[R], *, wait_s: float = 0.0) -> R:
        """Wait for what ``send`` asked for; errors as for ``ask``."""
        deadline = time.monotonic() + wait_s + PATIENCE_S
        hosted, alone_s = published_ns(self.session), 0.0
        while True:
            try:
                return checked(future.result(LOOK_UP_S), kind)
            except TimeoutError:
                # A supervisor that was killed hangs up on nobody; another may follow.
                if not is_live(self.session):
                    alone_s += LOOK_UP_S
                    if alone_s > HANDOVER_S or state(self.session) is State.ENDED:
                        raise errors.SessionError(f"session {self.session!r} has ended") from None
                if published_ns(self.session) != hosted:
                    raise _TakenOver(
                        f"session {self.session!r} was taken over before there was an answer; "
                        "what was asked may have happened or not"
                    ) from None
                if time.monotonic() >= deadline:
                    raise errors.SessionError(
                        f"session {self.session!r} did not answer within {wait_s + PATIENCE_S:g} s"
                    ) from None

    def facts(self, after_seq: int = 0, wait_s: float = 0.0) -> Sequence[Fact]:
        """Facts after a sequence number, oldest first; with none yet, wait up to ``wait_s`` s."""
        request = FactsRequest(after_seq=after_seq, wait_s=wait_s)
        return self.ask(request, FactsResponse, wait_s=wait_s).facts

    def story(self) -> Iterator[Fact]:
        """Every fact so far, oldest first."""
        seq = 0
        while page := self.facts(seq):
            yield from page
            seq = page[-1].seq

    def follow(self, after_seq: int = 0) -> Iterator[Fact]:
        """Every fact after a sequence number, then those to come, until the session has ended."""
        ended = False
        while not ended:
            try:
                facts = self.facts(after_seq, wait_s=1.0)
            except errors.SessionError:
                # What was said while we looked away is in the store.
                ended = True
                facts = self._stored(after_seq)
            for fact in facts:
                yield fact
                after_seq = fact.seq

    def _stored(self, after_seq: int) -> Sequence[Fact]:
        store = Store(self.store, read_only=True)
        try:
            return store.facts(self.session, after_seq)
        finally:
            store.close()

    def agents(self) -> Sequence[AgentStatus]:
        """Every agent of the session, in order of spawning."""
        return self.ask(AgentStatusRequest(), AgentStatusResponse).agents


def checked(response: Response, kind: type[R]) -> R:
    """The response as what it should be; a refusal raises the error that it names."""
    if isinstance(response, ErrorResponse):
        error = getattr(errors, response.error, errors.HmsError)
        if error is errors.PolicyDenied:
            message = response.message.removesuffix(f" (policy {response.policy})")
            raise errors.PolicyDenied(message, policy=response.policy)
        raise error(response.message)
    if not isinstance(response, kind):
        raise errors.TransportError(f"expected {kind.__name__}, got {type(response).__name__}")
    return response
