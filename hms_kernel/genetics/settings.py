"""Everything about a search besides its goals, as one value. Searches nothing."""

from __future__ import annotations

import msgspec

from hms_kernel.errors import UsageError


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a search may spend and how it goes about it; several islands share what is said here."""

    seed: int
    budget_s: float = 0.25  # nominal seconds of a whole attempt
    population: int = 16  # stages that survive a generation
    children: int = 16  # stages tried in every generation
    generations: int = 4  # with the first, which is drawn
    crossover: float = 0.6  # probability
    mutation: float = 0.18  # per gene
    from_team: float = 0.35  # probability that a parent is a stage of the schedule
    tournament: int = 3
    slack: float = 1.15  # how much longer than the incumbent a new stage may take for a goal
    adaptive: bool = False  # operators are chosen by what they gained, not by the rates above
    islands: int = 1  # populations that share the table of trials and the winner
    migration: int = 3  # generations from one migration to the next

    def __post_init__(self) -> None:
        if min(self.population, self.children, self.generations, self.tournament) < 1:
            raise UsageError("population, children, generations and tournament are at least 1")
        if not 0 < self.mutation <= 1 or self.budget_s <= 0 or self.slack < 1:
            raise UsageError(
                "mutation is above 0 and at most 1, budget_s above 0, slack at least 1"
            )
        if min(self.islands, self.migration) < 1:
            raise UsageError("islands and migration are at least 1")
        if self.islands > min(self.population, self.children):
            raise UsageError(
                f"{self.islands} islands share {self.population} survivors and {self.children}"
                " children of a generation: that leaves some without"
            )
