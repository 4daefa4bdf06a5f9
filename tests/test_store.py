"""Facts go into a real database and come back as they were."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hms_kernel.errors import StoreError, UsageError
from hms_kernel.facts import (
    AgentGone,
    AgentReady,
    AgentSpawned,
    AgentStopped,
    Fact,
    SessionClosed,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.journal import Journal
from hms_kernel.model import (
    AgentSpec,
    Counterexample,
    Evidence,
    Failure,
    Outcome,
    Phase,
    Task,
    Trust,
    Verdict,
)
from hms_kernel.store import Store, store_name

REFUTED = Verdict(
    outcome=Outcome.REFUTED,
    trust=Trust.REPLAYED,
    counterexample=Counterexample(values={"w": ["1/2", "1/2"], "d": "2"}, shows="200, not ≤ 100"),
    evidence=Evidence(checker="z3", units=3, notes=("ℝ ascribed",)),
)
KINDS = [
    SessionOpened(pid=1, version="0"),
    AgentSpawned(spec=AgentSpec(agent_id="a", config={"deep": [1, {"x": None}]})),
    AgentReady(pid=7, skills=("prove",)),
    TaskSubmitted(submitted=Task(task_id="t", skill="prove", payload={"goal": "∀ x, x = x"})),
    TaskAssigned(),
    AgentGone(cause="killed by SIGKILL", backoff_s=0.1),
    TaskRequeued(cause="agent a killed by SIGKILL"),
    TaskSettled(phase=Phase.SUCCEEDED, result=REFUTED, attempts=2, duration_s=1.5),
    TaskSettled(
        phase=Phase.FAILED,
        result=Failure(kind="error", message="boom"),
        attempts=1,
        duration_s=0.0,
    ),
    AgentStopped(),
    SessionClosed(),
]


def facts(session: str = "s", first: int = 1) -> list[Fact]:
    return [
        Fact(
            session=session, epoch=1, seq=first + n, time_s=1e9 + n, kind=kind, task="t", agent="a"
        )
        for n, kind in enumerate(KINDS)
    ]


@pytest.fixture
def store(tmp_path: Path):
    store = Store(str(tmp_path / "store.sqlite"))
    yield store
    store.close()


def test_every_kind_of_fact_comes_back_as_it_was(store):
    store.append(facts())

    assert store.facts("s") == facts()


def test_facts_are_given_from_a_sequence_number_on_and_up_to_a_limit(store):
    store.append(facts())

    assert [fact.seq for fact in store.facts("s", after_seq=3, limit=2)] == [4, 5]


def test_sessions_share_a_database_and_never_mix(store):
    store.append(facts("first"))
    store.append(facts("second"))

    assert store.sessions() == ["first", "second"]
    assert {fact.session for fact in store.facts("second")} == {"second"}
    assert store.last("second") == (1, len(KINDS))
    assert store.last("third") == (0, 0)


def test_a_batch_that_cannot_be_written_whole_is_not_written_at_all(store):
    store.append(facts()[:2])

    with pytest.raises(StoreError):
        store.append(facts())

    assert len(store.facts("s")) == 2


def test_it_can_be_read_with_plain_sql(store, tmp_path):
    store.append(facts())
    connection = sqlite3.connect(tmp_path / "store.sqlite")

    rows = connection.execute(
        "select json_extract(body, '$.result.outcome') from facts "
        "where kind = 'task_settled' order by seq"
    ).fetchall()
    connection.close()

    assert rows == [("refuted",), (None,)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nosuch://x", "nosuch"),
        ("postgresql+nodriver://x/y", "nodriver"),
    ],
)
def test_a_url_that_makes_no_sense_is_the_callers_error(url, said):
    with pytest.raises(UsageError, match=said):
        Store(url)


def test_a_place_that_cannot_be_written_is_the_operators_error(tmp_path):
    with pytest.raises(StoreError, match="cannot open the store"):
        Store(str(tmp_path / "missing" / "store.sqlite"))


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / "store.sqlite").write_text("not a database, " * 100)

    with pytest.raises(StoreError, match="not a database"):
        Store(str(tmp_path / "store.sqlite"))


def test_reading_creates_nothing(tmp_path):
    with pytest.raises(StoreError, match="no store"):
        Store(str(tmp_path / "store.sqlite"), read_only=True)

    assert list(tmp_path.iterdir()) == []


def test_passwords_are_not_shown():
    assert "secret" not in store_name("postgresql://me:secret@localhost/db")


class Recorder:
    """Collects what a journal reports as durable, and waits for it without sleeping."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._news = threading.Condition()

    def __call__(self, batch):
        with self._news:
            self.facts += batch
            self._news.notify_all()

    def wait_for(self, count: int) -> list[Fact]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.facts) >= count, timeout=60)
        return self.facts


def until(true: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Poll a condition that another thread will make true."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


@pytest.fixture
def durable() -> Recorder:
    return Recorder()


def journal(store: Store, durable: Recorder) -> Journal:
    return Journal(store, session="s", epoch=1, on_durable=durable, wall_clock=lambda: 1.0)


class TestJournal:
    def test_numbers_facts_without_gaps_and_reports_only_what_is_in_the_store(self, store, durable):
        written = journal(store, durable)
        for _ in range(100):
            written.record(TaskAssigned(), task="t", attempt=1, agent="a")
        durable.wait_for(100)

        assert [fact.seq for fact in durable.facts] == list(range(1, 101))
        assert store.facts("s") == durable.facts
        written.close()

    def test_names_the_fact_that_led_to_each(self, store, durable):
        written = journal(store, durable)
        first = written.record(TaskAssigned(), task="t")
        other = written.record(TaskAssigned(), task="u")
        second = written.record(TaskRequeued(cause="lost"), task="t")
        told = written.record(TaskAssigned(), task="t", cause=other.seq)
        written.close()

        assert (first.cause, second.cause, told.cause) == (None, first.seq, other.seq)

    def test_goes_on_counting_where_an_earlier_supervisor_stopped(self, store, durable):
        earlier = journal(store, durable)
        earlier.record(TaskAssigned(), task="t")
        earlier.close()

        later = journal(store, durable)
        assert later.record(TaskAssigned(), task="t").seq == 2
        later.close()

    def test_gives_old_facts_from_the_store_and_new_ones_from_memory(self, store, durable):
        store.append(facts())
        written = journal(store, durable)
        written.record(SessionClosed())
        durable.wait_for(1)

        assert [f.seq for f in written.after(0, 100)] == list(range(1, len(KINDS) + 2))
        assert [f.seq for f in written.after(len(KINDS), 100)] == [len(KINDS) + 1]
        assert written.after(len(KINDS) + 1, 100) == []
        written.close()

    def test_keeps_what_it_cannot_write_and_says_so_and_writes_it_later_in_order(
        self, store, durable, tmp_path
    ):
        written = journal(store, durable)
        operator = sqlite3.connect(tmp_path / "store.sqlite")
        operator.execute("drop table facts")
        operator.commit()
        operator.close()
        written.record(TaskAssigned(), task="t")
        written.record(TaskAssigned(), task="u")
        until(lambda: written.failure is not None)
        assert "no such table" in str(written.failure)
        assert durable.facts == []

        Store(str(tmp_path / "store.sqlite")).close()  # creates the table again
        durable.wait_for(2)

        assert [fact.task for fact in store.facts("s")] == ["t", "u"]
        assert written.failure is None
        written.close()
