"""Goals from a file that nobody here wrote: what can be read, chosen by a hash."""

from __future__ import annotations

import json

import pytest

from hms_kernel.errors import UsageError
from hms_kernel.genetics.foreign import foreign

LINES = [
    {"theorem_id": f"t{k}", "lean_expr": f"theorem t{k} (x : ℝ) : 0 ≤ x ^ 2 + {k} := by sorry"}
    for k in range(8)
] + [{"theorem_id": "set", "lean_expr": "theorem s (f : ℂ → ℂ) : Continuous f := by sorry"}]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "goals.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)))
    return path


def test_only_what_is_in_the_fragment_is_read(file):
    assert {goal.theorem_id for goal in foreign(file, 100)} == {f"t{k}" for k in range(8)}


def test_fewer_are_chosen_whatever_the_order_of_the_file(file, tmp_path):
    other = tmp_path / "turned.jsonl"
    other.write_text("\n".join(map(json.dumps, reversed(LINES))))

    assert foreign(file, 3) == foreign(other, 3) == foreign(file, 100)[:3]


@pytest.mark.parametrize("text", ["", "not json", '{"theorem_id": "x"}'])
def test_a_file_without_goals_is_an_error_that_names_it(tmp_path, text):
    path = tmp_path / "bad.jsonl"
    path.write_text(text)

    with pytest.raises(UsageError, match=r"bad\.jsonl"):
        foreign(path, 10)


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(UsageError, match=r"none\.jsonl"):
        foreign(tmp_path / "none.jsonl", 10)
