"""A store in real trouble under a running session: acceptance stops, says why, and goes on; nothing accepted is lost."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hms_kernel as hms
from hms_kernel.facts import Fact, SessionClosed, TaskSettled
from hms_kernel.store import Store

TROUBLES = {
    "fill_disk": "the system refuses to write",
    "lock_store": "another program holds it",
    "damage_store": "the file is damaged",
}


def accepted(submit: Callable[[], hms.TaskHandle], until: Callable[..., None]) -> hms.TaskHandle:
    """The task, once the store takes it."""
    found: list[hms.TaskHandle] = []

    def try_it() -> bool:
        try:
            found.append(submit())
        except hms.StoreError:
            return False
        return True

    until(try_it)
    return found[0]


@pytest.mark.parametrize("kind", TROUBLES)
def test_new_work_is_refused_with_the_cause_and_running_work_is_kept(arena, kind, until):
    arena.bench.spawn(2, ["rehearse"])
    flag = arena.supervisor.directory / "go"
    running = arena.submit("hang", until=str(flag))
    until(lambda: running.status().progress is not None)
    fault = arena.faults[kind]

    for _ in range(2):
        fault.begin()
        fault.begin()
        with pytest.raises(hms.StoreError, match=f"no new work is accepted: .*{TROUBLES[kind]}"):
            arena.submit("echo", value=1)
        flag.touch()
        with pytest.raises(TimeoutError):
            running.result(0.3)  # an end that is not safe is not told
        fault.end()
        fault.end()

        assert running.result(60) == "done"
        task = accepted(lambda: arena.submit("echo", value=2), until)
        assert task.result(60) == 2
        flag.unlink()
        running = arena.submit("hang", until=str(flag))
        until(lambda running=running: running.status().progress is not None)

    running.cancel()
    facts = arena.bench.facts()
    ends = Counter(fact.task for fact in facts if isinstance(fact.kind, TaskSettled))
    assert set(ends.values()) == {1}
    file = Path(arena.host.store.url.database or "")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_who_takes_over_a_damaged_store_is_told_and_gets_everything_once_it_is_repaired(
    open_arena, until
):
    first = open_arena("s")
    first.bench.spawn(1, ["rehearse"])
    done = first.submit("echo", value=1)
    assert done.result(60) == 1
    flag = first.supervisor.directory / "go"
    task = first.submit("hang", until=str(flag))
    until(lambda: task.status().progress is not None)
    first.supervisor.leave()
    whole = Path(first.host.store.url.database or "").read_bytes()
    page = len(whole) // 8192 * 4096
    file = Path(first.host.store.url.database or "")
    file.write_bytes(whole[:page] + b"\xff" * 4096 + whole[page + 4096 :])

    with pytest.raises(hms.StoreError, match="move it aside"):
        open_arena("s")
    file.write_bytes(whole)
    second = open_arena("s")
    flag.touch()

    assert second.bench.task(task.task_id).result(60) == "done"
    assert second.bench.task(done.task_id).result(60) == 1


def test_a_log_cut_short_costs_what_was_in_it_and_is_no_damage(tmp_path):
    file = tmp_path / "store.sqlite"
    store = Store(str(file))
    facts = [
        Fact(session="s", epoch=1, seq=n, time_s=1.0, kind=SessionClosed()) for n in range(1, 101)
    ]
    for fact in facts:
        store.append([fact])
    log = Path(f"{file}-wal")
    killed = tmp_path / "killed.sqlite"
    killed.write_bytes(file.read_bytes())
    Path(f"{killed}-wal").write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    store.close()

    found = Store(str(killed))
    kept = found.facts("s")
    found.close()

    assert kept == facts[: len(kept)]
    assert 0 < len(kept) < 100
