"""An OpenAI-compatible endpoint, asked within limits: time, tokens, bytes. What it says is not judged here.

A server may be busy, broken or hostile. Failures that pass are tried again, with exponential
backoff and jitter or as long as the server asks; an answer that does not end is cut.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

import anyio
import httpx2
import openai

from hms_kernel.backends.deepseek.prompting import Message
from hms_kernel.config import PROVER, Prover
from hms_kernel.errors import BackendError

TRIES = 6  # of one answer
BACKOFF_S, MOST_BACKOFF_S = 0.5, 30.0
PASSING = frozenset([408, 409, 425, 429])  # and whatever is the server's own fault
CONNECT_S = 10.0
# A token is a few letters, and an event with one a few hundred bytes; more is not an answer.
TEXT_BYTES_PER_TOKEN, WIRE_BYTES_PER_TOKEN, WIRE_BYTES = 16, 1024, 1 << 16
SLACK = 16  # events without a token: the first has a role, the last a reason
CHARACTERS_PER_TOKEN = 4  # where a server does not count
COMPLAINT_CHARACTERS = 200
# The client adds others, some from variables that are meant for another host.
HEADERS = frozenset(
    ["host", "accept", "authorization", "content-type", "content-length", "connection", "user-agent"]
)  # fmt: skip


class Clock(Protocol):
    """Where time comes from, and how it is waited for."""

    def monotonic(self) -> float: ...

    async def sleep(self, delay_s: float) -> None: ...


class RealClock:
    """The machine's own."""

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        await anyio.sleep(delay_s)


@dataclass(frozen=True)
class Answer:
    """What a model wrote, and how that ended."""

    text: str
    tokens: int  # the server's count, at most what was asked for; an estimate where it has none
    cut: str = ""  # why it is not whole; empty where the model came to its own end


def backoff_s(failures: int, random: Random) -> float:
    """Seconds to wait after that many failures in a row, at least 1: exponential, with full jitter.

    Source:
        Brooker (2015), Exponential Backoff and Jitter, AWS Architecture Blog.
    """
    return random.uniform(0.0, min(MOST_BACKOFF_S, BACKOFF_S * 2.0**failures))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to be left alone; None where it does not say.

    A date is read against the server's own, so that no clock needs to agree with another.

    Source:
        RFC 9110, section 10.2.3.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        until = email.utils.parsedate_to_datetime(asked)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


class Endpoint:
    """Asks one endpoint; usable in one event loop, as an asynchronous context."""

    def __init__(
        self, settings: Prover, clock: Clock | None = None, random: Random | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock or RealClock()
        self._random = random or Random()
        self.events = 0  # counts up while answers arrive

    async def __aenter__(self) -> Endpoint:
        settings = self._settings
        wire_bytes = WIRE_BYTES + WIRE_BYTES_PER_TOKEN * settings.max_tokens
        # Answers take as long as they take: the deadline of each question is the only limit.
        patience = httpx2.Timeout(None, connect=CONNECT_S)

        async def narrow(response: httpx2.Response) -> None:
            # Nothing compressed was asked for, and a few bytes must not become many.
            response.headers.pop("content-encoding", None)
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _Cut(response.stream, wire_bytes)

        self._client = openai.AsyncOpenAI(
            base_url=settings.url,
            api_key=settings.key or "none",
            default_headers={"Authorization": f"Bearer {settings.key or 'none'}"},
            max_retries=0,
            timeout=patience,
            http_client=httpx2.AsyncClient(
                timeout=patience, event_hooks={"request": [_only_ours], "response": [narrow]}
            ),
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._client.close()

    async def ask(
        self, messages: Sequence[Message], *, seed: int, max_tokens: int, deadline: float
    ) -> Answer:
        """One answer, or what there is of it when ``deadline`` (by the clock) has come.

        Raises:
            BackendError: the endpoint refuses such questions; no use in asking again.
        """
        failures = 0
        gathered = _Gathered(max_tokens)
        with anyio.move_on_after(deadline - self._clock.monotonic()):
            while True:
                gathered = _Gathered(max_tokens)
                try:
                    await self._gather(gathered, messages, seed, max_tokens)
                    return gathered.answer()
                except openai.APIStatusError as error:
                    if error.status_code not in PASSING and error.status_code < 500:
                        # Without the chain: what a server says may repeat the key.
                        raise BackendError(self._refusal(error)) from None
                    trouble = f"the endpoint answered {error.status_code}"
                    asked_s = retry_after_s(error.response.headers)
                except (openai.APIConnectionError, httpx2.TransportError):
                    if gathered.pieces:
                        return gathered.answer("the connection was lost")
                    trouble, asked_s = "the endpoint could not be reached", None
                except (openai.APIError, ValueError, RecursionError):
                    # No JSON, or JSON too deep, or an error among the events.
                    return gathered.answer("the endpoint sent what is no answer")
                failures += 1
                if failures == TRIES:
                    return Answer("", 0, f"{trouble}, {TRIES} times")
                delay_s = max(asked_s or 0.0, backoff_s(failures, self._random))
                if self._clock.monotonic() + delay_s >= deadline:
                    wish = f" and asks for {asked_s:.0f} s" if asked_s else ""
                    return Answer("", 0, f"{trouble}{wish}, no time to ask again")
                await self._clock.sleep(delay_s)
        return gathered.answer("wall clock")

    async def _gather(
        self, gathered: _Gathered, messages: Sequence[Message], seed: int, max_tokens: int
    ) -> None:
        settings = self._settings
        question: dict[str, Any] = {
            "model": settings.model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "seed": seed,
        }
        create: Any = self._client.chat.completions.create
        if not settings.stream:
            gathered.add(await create(**question, stream=False), "message")
            self.events += 1
            return
        stream = await create(**question, stream=True, stream_options={"include_usage": True})
        async with stream:
            async for event in stream:
                gathered.add(event, "delta")
                self.events += 1
                if gathered.full:
                    return

    def _refusal(self, error: openai.APIStatusError) -> str:
        status = error.status_code
        if status in (401, 403):
            return f"the prover endpoint refuses the key (status {status}); set {PROVER}KEY"
        said = str(error.body.get("message", "")) if isinstance(error.body, dict) else ""
        said = " ".join(said.split())
        if self._settings.key:
            said = said.replace(self._settings.key, "…")
        told = f": {said[:COMPLAINT_CHARACTERS]}" if said else ""
        return (
            f"the prover endpoint refuses the question (status {status}){told}; "
            f"see {PROVER}URL and {PROVER}MODEL"
        )


class _Gathered:
    """An answer as it grows. Any part of an event may be missing, or be anything."""

    def __init__(self, max_tokens: int) -> None:
        self.pieces: list[str] = []
        self._max_tokens = max_tokens
        self._events = 0
        self._bytes = 0
        self._reason: Any = None
        self._counted: Any = None

    @property
    def full(self) -> bool:
        """Whether this is more than was asked for."""
        return (
            self._events > self._max_tokens + SLACK
            or self._bytes > self._max_tokens * TEXT_BYTES_PER_TOKEN
        )

    def add(self, event: Any, part: str) -> None:
        """Add what an event (part "delta") or a whole completion (part "message") holds."""
        self._events += 1
        self._counted = getattr(getattr(event, "usage", None), "completion_tokens", self._counted)
        choices = getattr(event, "choices", None)
        if not isinstance(choices, list) or not choices:
            return
        self._reason = getattr(choices[0], "finish_reason", None) or self._reason
        said = getattr(choices[0], part, None)
        text = getattr(said, "content", None)
        # What a model thinks to itself holds no proof, and counts.
        thought = getattr(said, "reasoning_content", None) or getattr(said, "reasoning", None)
        for words in (text, thought):
            self._bytes += len(words.encode(errors="replace")) if isinstance(words, str) else 0
        if isinstance(text, str):
            self.pieces.append(text)

    def answer(self, cut: str = "") -> Answer:
        """The answer, cut off for that reason, or for one that shows in what was gathered."""
        text = "".join(self.pieces)[: self._max_tokens * TEXT_BYTES_PER_TOKEN]
        if not cut and (self.full or self._reason == "length"):
            cut = f"cut off at {self._max_tokens} tokens"
        if not cut and self._reason is None:
            cut = "it ended before the model did" if text else "the endpoint sent what is no answer"
        counted = self._counted
        if not isinstance(counted, int) or counted <= 0:
            events = self._events if len(self.pieces) > 1 else 0
            counted = max(1, events, self._bytes // CHARACTERS_PER_TOKEN)
        return Answer(text, min(counted, self._max_tokens), cut)


async def _only_ours(request: httpx2.Request) -> None:
    for name in [name for name in request.headers if name.lower() not in HEADERS]:
        del request.headers[name]


class _Cut(httpx2.AsyncByteStream):
    """The first bytes of a stream, as if there were no more."""

    def __init__(self, inner: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._inner = inner
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most_bytes
        async for part in self._inner:
            yield part[:left]
            left -= len(part)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._inner.aclose()
