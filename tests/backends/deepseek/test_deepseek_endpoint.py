from __future__ import annotations

import json
import logging
import time
import traceback
from random import Random
from typing import Any

import anyio
import pytest

from hms_kernel.backends.deepseek import endpoint
from hms_kernel.backends.deepseek.endpoint import Answer, Endpoint
from hms_kernel.errors import BackendError

TEXT = "Here is ∑ the proof:\n```lean4\ntheorem t : True := trivial\n```\n"
KEY = "sk-a-key-that-nobody-should-see"


def ask(
    server: Any,
    clock: Any = None,
    *,
    deadline_s: float = 60.0,
    max_tokens: int = 1000,
    **settings: Any,
) -> Answer:
    """One question to the server, ``deadline_s`` from now."""

    async def question() -> Answer:
        patient = clock or endpoint.RealClock()
        async with Endpoint(server.settings(**settings), patient, Random(7)) as found:
            return await found.ask(
                [{"role": "user", "content": "Complete the following"}],
                seed=3,
                max_tokens=max_tokens,
                deadline=patient.monotonic() + deadline_s,
            )

    return anyio.run(question)


def test_a_streamed_answer_arrives_whole_and_its_tokens_are_those_the_server_counted(server):
    server.replies(server.streamed(TEXT, tokens=21))

    assert ask(server) == Answer(TEXT, 21)


def test_an_answer_in_one_piece_is_an_answer_too(server):
    server.replies(server.whole(TEXT))

    assert ask(server, stream=False) == Answer(TEXT, 7)
    assert server.questions[0]["stream"] is False


def test_the_question_is_what_the_protocol_and_the_settings_say(server):
    server.replies(server.streamed(TEXT))

    ask(server, temperature=0.6, top_p=0.9, max_tokens=512, key=KEY)

    question = server.questions[0]
    assert question["path"] == "/v1/chat/completions"
    assert question["model"] == "a-prover"
    assert question["messages"] == [{"role": "user", "content": "Complete the following"}]
    chosen = {
        name: question[name] for name in ("temperature", "top_p", "max_tokens", "seed", "stream")
    }
    assert chosen == {
        "temperature": 0.6,
        "top_p": 0.9,
        "max_tokens": 512,
        "seed": 3,
        "stream": True,
    }
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_variables_meant_for_another_host_are_not_sent_to_this_one(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "other-secret")
    monkeypatch.setenv("OPENAI_ORG_ID", "other-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "other-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/other-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: other-secret\nAuthorization: other-secret")
    server.replies(server.streamed(TEXT))

    assert ask(server).text == TEXT
    assert "other-secret" not in json.dumps(server.headers[0])


@pytest.mark.parametrize("counted", [-5, 0, "many", 2.5, None, [1]])
def test_an_implausible_count_of_tokens_is_replaced_by_an_estimate(server, counted: Any):
    server.replies(server.streamed(TEXT, tokens=counted))

    assert len(TEXT) // 5 <= ask(server).tokens <= len(TEXT)


def test_no_more_tokens_are_charged_than_were_asked_for(server):
    server.replies(server.streamed(TEXT, tokens=10**12))

    assert ask(server, max_tokens=100).tokens == 100


def test_an_answer_that_reached_its_limit_says_so(server):
    server.replies(server.streamed(TEXT, reason="length"))

    assert ask(server, max_tokens=100).cut == "cut off at 100 tokens"


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_what_passes_is_asked_again_after_pauses_that_grow(server, clock, status: int):
    server.replies(*[server.status(status)] * 3, server.streamed(TEXT))

    assert ask(server, clock).text == TEXT
    assert len(server.questions) == 4
    assert len(clock.pauses) == 3
    assert all(0 <= pause <= 0.5 * 2**n for n, pause in enumerate(clock.pauses, 1))


def test_pauses_are_drawn_up_to_a_bound_that_doubles_and_ends_at_half_a_minute():
    drawn = [endpoint.backoff_s(failures, Random(n)) for failures in (1, 3, 50) for n in range(200)]

    most = [max(drawn[:200]), max(drawn[200:400]), max(drawn[400:])]
    assert most == pytest.approx([1.0, 4.0, 30.0], rel=0.05)
    assert min(drawn) < 0.05


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_names_its_pause_is_left_alone_for_that_long(server, clock, status: int):
    server.replies(server.status(status, Retry_After="17"), server.streamed(TEXT))

    assert ask(server, clock).text == TEXT
    assert clock.pauses == [17.0]


def test_a_pause_may_be_named_as_a_date_of_the_servers_own_clock():
    headers = {
        "date": "Wed, 21 Oct 2015 07:28:00 GMT",
        "retry-after": "Wed, 21 Oct 2015 07:28:12 GMT",
    }

    assert endpoint.retry_after_s(headers) == 12.0


@pytest.mark.parametrize("said", ["", "soon", "-3", "1e9", "²", "Wed, 99 Oct 2015", "9" * 400])
def test_a_pause_that_makes_no_sense_is_no_pause_or_a_long_one(said: str):
    asked = endpoint.retry_after_s({"retry-after": said, "date": "Wed, 21 Oct 2015 07:28:00 GMT"})

    assert asked is None or asked >= 1e8


def test_a_pause_that_ends_after_the_deadline_is_not_begun(server, clock):
    server.replies(server.status(429, Retry_After="600"))

    answer = ask(server, clock, deadline_s=60)

    assert answer.cut == "the endpoint answered 429 and asks for 600 s, no time to ask again"
    assert clock.pauses == []


def test_a_server_that_stays_broken_is_given_up(server, clock):
    server.replies(server.status(500))

    assert ask(server, clock, deadline_s=1000).cut == "the endpoint answered 500, 6 times"
    assert len(server.questions) == 6


def test_a_connection_that_breaks_before_the_answer_is_tried_again(server, clock):
    server.replies(server.dropped(""), server.streamed(TEXT))

    assert ask(server, clock).text == TEXT


def test_of_a_connection_that_breaks_within_the_answer_the_beginning_is_kept(server, clock):
    server.replies(server.dropped(TEXT))

    answer = ask(server, clock)

    assert (answer.text, answer.cut) == (TEXT, "the connection was lost")
    assert clock.pauses == []


def test_nobody_listening_is_told_as_such(server, clock):
    settings = server.settings()
    server.close()

    async def question() -> Answer:
        async with Endpoint(settings, clock, Random(7)) as found:
            return await found.ask([], seed=1, max_tokens=10, deadline=1000.0)

    assert anyio.run(question).cut == "the endpoint could not be reached, 6 times"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b"data: {\n\n",
        b"data: not json\n\ndata: [DONE]\n\n",
        b"data: [1, 2]\n\n",
        b'data: "a string"\n\n',
        b"data: null\n\n",
        b'data: {"choices": 3}\n\n',
        b'data: {"choices": [null]}\n\n',
        b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n',
        b'data: {"choices": [{"delta": [], "finish_reason": {}}]}\n\ndata: [DONE]\n\n',
        b'data: {"error": {"message": "out of memory"}}\n\n',
        b"\xff\xfe\x00",
        b"data: \xff\xfe\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_garbage_is_no_answer_and_breaks_nothing(server, body: bytes, stream: bool):
    server.replies(server.raw(body, "text/event-stream" if stream else "application/json"))

    answer = ask(server, stream=stream)

    assert answer.text == ""
    assert answer.cut


def test_an_error_whose_explanation_breaks_off_is_still_an_error(server, clock):
    broken = server.raw(b"{", "application/json", 500, Content_Length="1000")
    server.replies(broken, server.streamed(TEXT))

    assert ask(server, clock).text == TEXT


def test_a_flood_of_events_is_cut_at_the_tokens_asked_for(server):
    server.replies(server.endless("ha"))

    answer = ask(server, max_tokens=100)

    assert answer.cut == "cut off at 100 tokens"
    assert len(answer.text) < 300
    assert server.hung_up.wait(10)


def test_a_line_that_never_ends_is_cut_at_a_number_of_bytes(server):
    server.replies(server.endless("data: " + "x" * 10_000, framed=False))

    answer = ask(server, max_tokens=100)

    assert answer.cut
    assert len(answer.text) <= 1600
    assert server.hung_up.wait(10)


def test_a_few_compressed_bytes_do_not_become_many(server):
    import gzip

    bomb = gzip.compress(b"data: " + b" " * (1 << 24))
    server.replies(server.raw(bomb, Content_Encoding="gzip"))

    assert ask(server).text == ""


def test_a_server_that_falls_silent_is_left_at_the_deadline_with_what_it_had_said(server):
    server.replies(server.silent("half of"))
    started_s = time.monotonic()

    answer = ask(server, deadline_s=0.5)

    assert (answer.text, answer.cut) == ("half of", "wall clock")
    assert time.monotonic() - started_s < 10
    assert server.hung_up.wait(10)


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (401, f"Incorrect API key provided: {KEY}", "refuses the key"),
        (403, f"no access with {KEY}", "HMS_PROVER_KEY"),
        (404, f"no model a-prover for {KEY}", "no model a-prover for …"),
        (400, "maximum context length is 4096", "maximum context length is 4096"),
        (302, "elsewhere", "status 302"),
    ],
)
def test_a_refusal_says_what_to_set_and_holds_no_key_anywhere(
    server, caplog, status: int, message: str, told: str
):
    caplog.set_level(logging.DEBUG)
    server.replies(server.status(status, message, Location="http://127.0.0.1:9/"))

    with pytest.raises(BackendError) as caught:
        ask(server, key=KEY)

    printed = "".join(traceback.format_exception(caught.value))
    assert told in str(caught.value)
    assert KEY not in printed + caplog.text
    assert len(server.questions) == 1
