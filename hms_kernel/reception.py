"""Takes in requests from other processes; one that comes twice is done once. Answers none itself.

A client that hears nothing asks again under the same number. A question may be answered
as often as it is asked; what changes something is done for the first copy, and the others
get the same answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from hms_kernel.messages import Envelope, ErrorResponse, Question, Request, Response
from hms_kernel.transport import Listener, Peer

REMEMBERED = 10_000  # answers after which the oldest is forgotten

Key = tuple[Peer, int]


class Reception:
    """Between the clients' listener and whoever answers.

    Args:
        clients: where the answers go.
        answer: answers a request by calling what it is given, once, now or later.
        epoch: of this supervisor.
    """

    def __init__(
        self,
        clients: Listener,
        answer: Callable[[Request, Callable[[Response], None]], None],
        epoch: int,
    ) -> None:
        self._clients, self._answer, self._epoch = clients, answer, epoch
        self._open: set[Key] = set()  # no answer yet: never forgotten, or a copy would be done too
        self._answered: OrderedDict[Key, Response] = OrderedDict()

    def hear(self, peer: Peer, envelope: Envelope) -> None:
        """Have a request answered."""
        key, body = (peer, envelope.message_id), envelope.body
        if isinstance(body, Question):
            self._answer(body, lambda response: self._send(key, response))
        elif not isinstance(body, Request):
            message = "that message is no request"
            self._send(key, ErrorResponse(error="UsageError", message=message))
        elif key in self._open:
            pass
        elif (response := self._answered.get(key)) is not None:
            self._send(key, response)
        elif envelope.attempt and envelope.epoch != self._epoch:
            pass  # an earlier supervisor was asked first, and may have done it
        else:
            self._open.add(key)
            self._answer(body, lambda response: self._done(key, response))

    def _done(self, key: Key, response: Response) -> None:
        self._open.discard(key)
        self._answered[key] = response
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        self._send(key, response)

    def _send(self, key: Key, response: Response) -> None:
        peer, number = key
        self._clients.send(peer, Envelope(body=response, epoch=self._epoch, message_id=number))
