"""A server on the loopback interface that speaks the protocol, and misbehaves as told."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hms_kernel.backends.lean.runtime import Checked, Submission
from hms_kernel.config import Prover

Reply = Callable[[BaseHTTPRequestHandler], None]


def _headers(handler: BaseHTTPRequestHandler, kind: str, status: int = 200, **more: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    for name, value in more.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Connection", "close")
    handler.end_headers()


def _event(handler: BaseHTTPRequestHandler, data: Any) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    handler.wfile.write(f"data: {text}\n\n".encode())
    handler.wfile.flush()


def _delta(reason: str | None = None, **said: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": said, "finish_reason": reason}]}


class ProverServer:
    """Answers each question with the next reply it was given; the last one again and again."""

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.hung_up = threading.Event()  # the client left before an answer had ended
        self.asked = threading.Event()
        self._replies: list[Reply] = []
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with server._lock:
                    server.questions.append({**json.loads(body), "path": self.path})
                    server.headers.append({k.lower(): v for k, v in self.headers.items()})
                    replies = server._replies
                    reply = replies.pop(0) if len(replies) > 1 else replies[0]
                server.asked.set()
                try:
                    reply(self)
                except OSError:
                    server.hung_up.set()

            def log_message(self, *said: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def replies(self, *replies: Reply) -> None:
        """What to answer, in order."""
        self._replies = list(replies)

    def settings(self, **chosen: Any) -> Prover:
        """Settings that lead here."""
        return Prover(
            **{"url": self.url, "model": "a-prover", "samples": 1, "parallel": 1, **chosen}
        )

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    # --- replies --------------------------------------------------------------

    @staticmethod
    def streamed(text: str, reason: str = "stop", tokens: Any = None) -> Reply:
        """A whole answer, a few letters at a time."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _headers(handler, "text/event-stream")
            _event(handler, _delta(role="assistant"))
            for at in range(0, len(text), 5):
                _event(handler, _delta(content=text[at : at + 5]))
            _event(handler, _delta(reason))
            if tokens is not None:
                _event(handler, {"choices": [], "usage": {"completion_tokens": tokens}})
            _event(handler, "[DONE]")

        return reply

    @staticmethod
    def whole(text: str, reason: str = "stop") -> Reply:
        """An answer in one piece."""
        message = {"role": "assistant", "content": text}
        answer = {
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"completion_tokens": 7},
        }
        return ProverServer.raw(json.dumps(answer).encode(), "application/json")

    @staticmethod
    def raw(
        body: bytes, kind: str = "text/event-stream", status: int = 200, **headers: str
    ) -> Reply:
        """Any bytes at all."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _headers(handler, kind, status, **{"Content_Length": str(len(body)), **headers})
            handler.wfile.write(body)

        return reply

    @staticmethod
    def status(status: int, message: str = "no", **headers: str) -> Reply:
        """An error of the protocol."""
        body = json.dumps({"error": {"message": message}}).encode()
        return ProverServer.raw(body, "application/json", status, **headers)

    @staticmethod
    def dropped(text: str) -> Reply:
        """Some of an answer, then the connection is reset."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _headers(handler, "text/event-stream", Transfer_Encoding="chunked")
            if text:
                data = f"data: {json.dumps(_delta(content=text))}\n\n".encode()
                handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            handler.wfile.flush()
            handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            handler.connection.close()

        return reply

    @staticmethod
    def endless(piece: str, *, framed: bool = True) -> Reply:
        """The same for ever: as events, or as one line that never ends."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _headers(handler, "text/event-stream")
            while True:
                if framed:
                    _event(handler, _delta(content=piece))
                else:
                    handler.wfile.write(piece.encode())

        return reply

    def silent(self, text: str = "") -> Reply:
        """Some of an answer, then nothing more until the client hangs up."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _headers(handler, "text/event-stream")
            if text:
                _event(handler, _delta(content=text))
            handler.connection.settimeout(60.0)
            if not handler.connection.recv(1):
                self.hung_up.set()

        return reply


@pytest.fixture
def server() -> Iterator[ProverServer]:
    """A prover that says what it is told to say."""
    found = ProverServer()
    yield found
    found.close()


class Patient:
    """A clock on which pausing takes no time."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, delay_s: float) -> None:
        self.pauses.append(delay_s)
        self.now_s += delay_s


@pytest.fixture
def clock() -> Patient:
    return Patient()


class Wary:
    """A runtime that accepts one proof and keeps what it was asked."""

    name = "pip"

    def __init__(self, accepts: str) -> None:
        self.accepts = accepts
        self.asked: list[Submission] = []

    def version(self) -> str:
        return "Lean 0"

    def check(self, submission: Submission, wall_s: float = 30.0) -> Checked:
        self.asked.append(submission)
        accepted = submission.proof.endswith(self.accepts)
        return Checked(
            accepted=accepted,
            reason="" if accepted else "type mismatch",
            axioms=("propext",) if accepted else (),
            kernel="Lean 0",
            source=f"theorem claim : {submission.statement} := {submission.proof}",
            wall_s=0.0,
        )

    def close(self) -> None:
        pass


@pytest.fixture
def wary() -> Callable[[str], Wary]:
    """Makes a runtime that accepts only what ends in the given proof."""
    return Wary
