"""The cache gives back what it was given, and losing it costs nothing but time."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from hms_kernel import cache as caches
from hms_kernel.cache import Cache
from hms_kernel.model import Counterexample, Evidence, Outcome, Repair, Trust, Verdict

VERDICT = Verdict(
    outcome=Outcome.REFUTED,
    trust=Trust.REPLAYED,
    reason="x = 1",
    counterexample=Counterexample(values={"x": "1", "w": ["1/2", ["0"]]}, shows="x = 1"),
    evidence=Evidence(
        checker="z3",
        certificate={"proof": ["a", 1]},
        repairs=(Repair(hypothesis="x ≤ 0", statement="t", trust=Trust.CERTIFICATE),),
    ),
    wall_s=0.25,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "cache.sqlite"


def test_what_was_put_is_what_any_process_gets(file):
    Cache(file).put("a", VERDICT)

    assert Cache(file).get("a") == VERDICT
    assert Cache(file).get("b") is None


def test_looking_into_an_empty_cache_makes_no_file(file):
    assert Cache(file).get("a") is None
    assert not file.exists()


def test_the_oldest_go_first_when_it_is_full(file, monkeypatch):
    monkeypatch.setattr(caches, "MOST", 3)
    cache = Cache(file)

    for key in "abcde":
        cache.put(key, VERDICT)

    assert [key for key in "abcde" if cache.get(key)] == ["c", "d", "e"]


def test_many_may_write_at_once(file):
    keys = [str(number) for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: Cache(file).put(key, VERDICT), keys))

    assert all(Cache(file).get(key) == VERDICT for key in keys)


def test_a_broken_file_is_as_good_as_none_and_is_replaced(file):
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)

    assert Cache(file).get("a") is None
    Cache(file).put("a", VERDICT)
    Cache(file).put("a", VERDICT)

    assert Cache(file).get("a") == VERDICT


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)

    Cache(tmp_path / "cache.sqlite").put("a", VERDICT)

    assert Cache(tmp_path / "cache.sqlite").get("a") is None


def test_a_place_that_is_no_directory_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache.sqlite")

    cache.put("a", VERDICT)

    assert cache.get("a") is None
