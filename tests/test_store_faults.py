"""A store in trouble: full, locked, damaged, killed in the middle of writing. Nothing accepted is lost."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import hms_kernel as hms
from hms_kernel.errors import StoreError
from hms_kernel.facts import (
    AgentSpawned,
    Fact,
    FactKind,
    SessionClosed,
    TaskAssigned,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.journal import Journal
from hms_kernel.model import AgentSpec, Phase, Task, Value
from hms_kernel.store import Store

ROOT = Path(__file__).resolve().parents[1]
Until = Callable[..., None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = Store(str(file))
    yield store
    store.close()


def fact(kind: FactKind, seq: int = 1) -> Fact:
    return Fact(session="s", epoch=1, seq=seq, time_s=1.0, kind=kind)


def test_killing_the_writer_again_and_again_neither_corrupts_nor_loses_what_was_safe():
    script = [sys.executable, str(ROOT / "benchmarks" / "store_kills.py"), "--kills", "15"]

    done = subprocess.run(script, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report.pop("facts") > 100
    assert report == {"kills": 15, "corrupted": 0, "lost": 0, "gaps": 0}


@pytest.mark.parametrize(
    "value",
    [
        b"\x00\xff",
        {"deep": [b"x", {"$bytes": "no bytes"}]},
        {"$object": {"$float": "1"}},
        [math.inf, -math.inf, 0.1],
        {"$a": 1, "$b": b""},
        2**70,
    ],
)
def test_what_json_cannot_hold_comes_back_as_it_was(store, value):
    facts = [
        fact(TaskSubmitted(submitted=Task(task_id="t", skill="s", payload=value)), 1),
        fact(
            TaskSettled(
                phase=Phase.SUCCEEDED, result=Value(value=value), attempts=1, duration_s=0.0
            ),
            2,
        ),
        fact(AgentSpawned(spec=AgentSpec(agent_id="a", config={"it": value})), 3),
    ]

    store.append(facts)

    assert store.facts("s") == facts


def test_a_batch_whose_commit_succeeded_unheard_may_be_handed_in_again(store):
    batch = [fact(TaskAssigned(), 1), fact(SessionClosed(), 2)]
    store.append(batch)

    store.append(batch)

    assert store.facts("s") == batch


def test_a_second_supervisor_in_the_same_session_is_noticed_and_changes_nothing(store):
    store.append([fact(TaskAssigned())])

    with pytest.raises(StoreError, match="another supervisor writes to it"):
        store.append([fact(SessionClosed())])

    assert store.facts("s") == [fact(TaskAssigned())]


def damage(file: Path) -> bytes:
    """Overwrite the middle of a database that holds a few hundred facts."""
    store = Store(str(file))
    store.append([fact(TaskAssigned(), seq) for seq in range(1, 2000)])
    store.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = b"\xff" * 20_000
    file.write_bytes(content)
    return bytes(content)


def test_a_damaged_file_is_refused_with_a_remedy_and_left_as_it_is(file):
    content = damage(file)

    with pytest.raises(StoreError, match="damaged and stays as it is: move it aside") as refused:
        Store(str(file))

    assert str(file) in str(refused.value)
    assert file.read_bytes() == content


def test_a_session_whose_store_is_damaged_does_not_open_and_can_be_tried_again(file):
    damage(file)
    with pytest.raises(hms.StoreError, match="move it aside"):
        hms.Workbench("s", store=str(file))

    file.rename(file.with_suffix(".damaged"))

    with hms.Workbench("s", store=str(file)) as bench:
        assert bench.ping().epoch == 1


def test_a_file_cut_short_is_refused(file):
    damage(file)
    file.write_bytes(file.read_bytes()[: 4096 * 3])

    with pytest.raises(StoreError, match="move it aside"):
        Store(str(file))


class Disk:
    """A disk of bounded size, by SQLite's own bound on its pages: it fails as a full one does."""

    def __init__(self, engine: sa.Engine) -> None:
        self.pages = 1 << 30
        sa.event.listen(engine, "begin", self._bound)

    def _bound(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")

    def fill(self) -> None:
        """No room for another page."""
        self.pages = 1

    def free(self) -> None:
        """Room again."""
        self.pages = 1 << 30


@pytest.mark.usefixtures("rehearsal")
class TestASessionWhoseDiskIsFull:
    @pytest.fixture
    def bench(self, rehearsal: None) -> Iterator[hms.Workbench]:
        with hms.Workbench() as bench:
            yield bench

    @pytest.fixture
    def disk(self, bench: hms.Workbench) -> Disk:
        return Disk(bench._supervisor._store._engine)

    def test_refuses_new_work_says_what_to_do_and_accepts_again_by_itself(self, bench, disk):
        bench.spawn(1, ["rehearse"])
        big = "x" * 100_000  # more than a page has left
        disk.fill()

        with pytest.raises(hms.StoreError, match="free some space"):
            bench.submit("rehearse", {"do": "echo", "value": big}, label="refused")
        with pytest.raises(hms.StoreError, match="no new work is accepted"):
            bench.submit("rehearse", {"do": "echo", "value": 1})

        disk.free()
        answer = self.patiently(lambda: bench.submit("rehearse", {"do": "echo", "value": 2}))
        assert answer.result(60) == 2
        phases = dict(zip(bench.tasks()["label"], bench.tasks()["phase"], strict=True))
        assert phases["refused"] == "cancelled"

    def test_works_on_and_loses_no_answer(self, bench, disk, until: Until):
        [agent] = bench.spawn(1, ["rehearse"])
        flag = bench.directory / "go"
        task = bench.submit("rehearse", {"do": "hang", "until": str(flag)})
        until(lambda: agent.status().progress is not None)
        disk.fill()
        with pytest.raises(hms.StoreError):
            bench.submit("rehearse", {"do": "echo", "value": "x" * 100_000})
        flag.touch()
        with pytest.raises(TimeoutError):
            task.result(0.5)  # an end that is not safe is not told

        disk.free()

        assert task.result(60) == "done"

    def patiently(self, submit: Callable[[], hms.TaskHandle]) -> hms.TaskHandle:
        for _ in range(600):
            try:
                return submit()
            except hms.StoreError:
                threading.Event().wait(0.05)
        raise AssertionError("it never accepted again")


def test_a_locked_store_is_waited_for_and_written_in_order(store, file, until: Until):
    heard: list[Fact] = []
    journal = Journal(store, session="s", epoch=1, on_durable=heard.extend)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    journal.record(TaskAssigned(), task="t")
    until(lambda: journal.failure is not None)
    assert "end that program" in str(journal.failure)
    journal.record(TaskAssigned(), task="u")
    other.execute("ROLLBACK")
    other.close()

    until(lambda: len(heard) == 2)
    assert journal.failure is None
    assert store.facts("s") == heard
    journal.close()
