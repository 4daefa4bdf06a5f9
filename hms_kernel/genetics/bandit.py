"""A bandit over operators: chosen the more often, the more their children gained. Knows no genome and draws nothing.

A value like any other: learning returns the next bandit, so a search that is repeated
learns the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

import msgspec

from hms_kernel.errors import UsageError

FLOOR = 0.05  # the least share of any operator: what did not pay yet may pay later
RATE = 0.3  # how much of a value one generation replaces


class Bandit(msgspec.Struct, frozen=True):
    """Operators and what each is worth, from 0 to 1.

    Raises:
        UsageError: on building, where no operator is given, a value is out of range or the
            floors leave nothing to choose.

    Source:
        Goldberg (1990), Probability Matching, the Magnitude of Reinforcement, and Classifier
        System Bidding; compared with others by Thierens (2005), An Adaptive Pursuit Strategy
        for Allocating Operator Probabilities.
    """

    values: dict[str, float]
    floor: float = FLOOR
    rate: float = RATE

    def __post_init__(self) -> None:
        if not self.values or not all(0 <= value <= 1 for value in self.values.values()):
            raise UsageError("a bandit needs operators with values from 0 to 1")
        if not 0 <= self.floor * len(self.values) < 1 or not 0 < self.rate <= 1:
            raise UsageError("the floors of all operators are below 1 together, the rate above 0")

    @property
    def shares(self) -> dict[str, float]:
        """Operator to the probability that it is chosen next: at least the floor, 1 together."""
        whole = sum(self.values.values())
        free = 1.0 - self.floor * len(self.values)
        # Rather than to divide by what rounds to nothing: nobody is better than the others.
        fair = whole < 1e-9
        return {
            name: self.floor + free * (1 / len(self.values) if fair else value / whole)
            for name, value in self.values.items()
        }

    def choose(self, rng: Random) -> str:
        """An operator, by its share."""
        shares = self.shares
        return rng.choices(list(shares), list(shares.values()))[0]

    def learned(self, rewards: Mapping[str, Sequence[float]]) -> Bandit:
        """The bandit after one generation.

        Args:
            rewards: operator to the reward of every child that it made, each from 0 to 1; who
                made none keeps its value.
        """
        values = dict(self.values)
        for name, earned in rewards.items():
            if earned:
                values[name] += self.rate * (sum(earned) / len(earned) - values[name])
        return msgspec.structs.replace(self, values=values)


def fair(operators: Iterable[str]) -> Bandit:
    """A bandit that has seen nothing: everybody is chosen alike."""
    return Bandit(dict.fromkeys(operators, 1.0))


def ranked(gains: Sequence[float]) -> list[float]:
    """Rewards by rank, for gains in whatever unit: the largest earns 1, none earns nothing.

    Ranks and not sizes: early gains are large, late ones small, and both are news.

    Source:
        Fialho, Schoenauer & Sebag (2010), Toward Comparison-based Adaptive Operator Selection.
    """
    order = sorted({gain for gain in gains if gain > 0})
    return [(order.index(gain) + 1) / len(order) if gain > 0 else 0.0 for gain in gains]
