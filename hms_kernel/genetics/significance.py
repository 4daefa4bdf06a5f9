"""Whether one sample is smaller than another by more than luck: exact rank and sign tests. Draws no random number."""

from __future__ import annotations

import math
from collections.abc import Sequence


def smaller(xs: Sequence[float], ys: Sequence[float]) -> float:
    """One-sided p-value that ``xs`` are no smaller than ``ys``: the rank-sum test, exact, also with ties.

    Args:
        xs, ys: two independent samples, neither empty; one value per seed.

    Returns:
        The probability, were all values alike, of a rank sum as small as that of ``xs``.

    Source:
        Wilcoxon (1945), Individual Comparisons by Ranking Methods; Streitberg & Röhmel (1986)
        for the distribution with ties.
    """
    ranks = _doubled_ranks([*xs, *ys])
    observed = sum(ranks[: len(xs)])
    # ways[k][s]: samples of k values whose doubled ranks add up to s.
    ways: list[dict[int, int]] = [{0: 1}, *({} for _ in xs)]
    for rank in ranks:
        for size in range(len(xs), 0, -1):
            for total, count in ways[size - 1].items():
                ways[size][total + rank] = ways[size].get(total + rank, 0) + count
    few = sum(count for total, count in ways[len(xs)].items() if total <= observed)
    return float(few / math.comb(len(ranks), len(xs)))


def superiority(xs: Sequence[float], ys: Sequence[float]) -> float:
    """How often an x is smaller than a y, a tie counting half.

    Source:
        Vargha & Delaney (2000), A Critique and Improvement of the CL Common Language Effect Size.
    """
    wins = sum((x < y) + (x == y) / 2 for x in xs for y in ys)
    return wins / (len(xs) * len(ys))


def below(xs: Sequence[float], bar: float) -> float:
    """One-sided p-value that ``xs`` lie no lower than ``bar``: the sign test; ties are left out."""
    wins = sum(x < bar for x in xs)
    told = sum(x != bar for x in xs)
    return float(sum(math.comb(told, k) for k in range(wins, told + 1)) / 2**told)


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each, ties sharing theirs: whole numbers."""
    ordered = sorted(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, value in enumerate(ordered, 1):
        first.setdefault(value, rank)
        last[value] = rank
    return [first[value] + last[value] for value in values]
