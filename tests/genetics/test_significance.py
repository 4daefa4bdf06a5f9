"""Exact tests of significance, against numbers from tables and against counting."""

from __future__ import annotations

import itertools
import random

import pytest

from hms_kernel.genetics.significance import below, smaller, superiority


def test_the_smallest_possible_sample_is_as_rare_as_counting_says():
    assert smaller([1, 2, 3], [4, 5, 6]) == pytest.approx(1 / 20)
    assert smaller([4, 5, 6], [1, 2, 3]) == 1.0


def test_a_value_of_the_tables():
    # Sums of ranks up to 78 for two samples of ten: p = 0.022, one-sided (Wilcoxon 1945 and later tables).
    xs, ys = [1, 2, 3, 4, 5, 6, 7, 15, 17, 18], [8, 9, 10, 11, 12, 13, 14, 16, 19, 20]

    assert sum(xs) == 78
    assert smaller(xs, ys) == pytest.approx(0.0216, abs=0.0005)


def test_ties_share_their_rank_and_all_equal_says_nothing():
    assert smaller([1, 1], [1, 1]) == 1.0
    assert superiority([1, 1], [1, 1]) == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_counting_all_ways_to_deal_the_values_gives(seed):
    rng = random.Random(seed)
    values = [rng.randint(0, 6) for _ in range(9)]
    xs, ys = values[:4], values[4:]

    def ranks(picked: tuple[int, ...]) -> float:
        ordered = sorted(values)
        mean = {v: (2 * ordered.index(v) + 1 + ordered.count(v)) / 2 for v in values}
        return sum(mean[values[at]] for at in picked)

    ways = [ranks(picked) for picked in itertools.combinations(range(9), 4)]
    few = sum(one <= ranks((0, 1, 2, 3)) for one in ways)

    assert smaller(xs, ys) == pytest.approx(few / len(ways))


def test_ten_of_ten_below_a_bar_is_no_luck_and_a_tie_tells_nothing():
    assert below([0.1] * 10, 0.2) == pytest.approx(2**-10)
    assert below([0.2] * 10, 0.2) == 1.0
    assert below([0.1, 0.3], 0.2) == pytest.approx(0.75)


def test_superiority_is_how_often_one_is_smaller():
    assert superiority([1, 3], [2, 4]) == pytest.approx(0.75)
