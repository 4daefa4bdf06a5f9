"""Genetic searches folded from facts: what each generation of each island came to. Draws nothing.

A generation told twice counts once, the later telling; history is bounded by forgetting the
oldest searches that have ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hms_kernel.facts import Fact, GenerationDone, SearchBegun, SearchEnded, StrategyAdopted

SEARCHES_KEPT = 50


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the strategy in force; an empty text is the way back to the default."""

    family: str
    text: str
    why: str
    search: str = ""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One search, as facts tell it. Seconds are nominal."""

    search: str
    family: str = ""
    goals: tuple[str, ...] = ()
    seed: int = 0
    planned: int = 0  # generations
    islands: int = 1
    why: str = ""
    done: Mapping[tuple[int, int], GenerationDone] = {}  # generation and island
    ended: SearchEnded | None = None

    @property
    def generations(self) -> int:
        """How many have been seen, whether or not all islands are there yet."""
        return 1 + max((generation for generation, _ in self.done), default=-1)

    def island(self, number: int) -> list[GenerationDone]:
        """The generations of one island, in order."""
        return [done for (_, island), done in sorted(self.done.items()) if island == number]

    @property
    def winner(self) -> GenerationDone | None:
        """Where the best schedule so far comes from: most solved, then the lowest PAR-2."""
        ranked = sorted(self.done.items(), key=lambda item: (-item[1].solved, item[1].par2_s))
        return ranked[0][1] if ranked else None


class SearchesBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Every search of a session, in order of beginning, and what was adopted. Treat as read-only."""

    seq: int = 0  # of the last fact folded in
    searches: Mapping[str, Search] = {}
    adopted: Mapping[str, Adopted] = {}  # family to the change that holds now

    @property
    def latest(self) -> Search | None:
        """The search that began last."""
        return list(self.searches.values())[-1] if self.searches else None


def fold_searches(board: SearchesBoard, facts: Iterable[Fact]) -> SearchesBoard:
    """The board after more facts, oldest first; facts it has already seen change nothing."""
    searches, adopted, seq = dict(board.searches), dict(board.adopted), board.seq
    for fact in facts:
        if fact.seq <= seq:
            continue
        seq = fact.seq
        match fact.kind:
            case SearchBegun() as begun:
                searches.pop(begun.search, None)  # begun again: it starts over
                searches[begun.search] = Search(
                    search=begun.search,
                    family=begun.family,
                    goals=begun.goals,
                    seed=begun.seed,
                    planned=begun.generations,
                    islands=begun.islands,
                    why=begun.why,
                )
                _forget(searches)
            case GenerationDone(search=name) as done:
                # One whose beginning was forgotten, or is in a store that was cut, is told too.
                search = searches.get(name) or Search(search=name)
                told = {**search.done, (done.generation, done.island): done}
                islands = max(search.islands, done.island + 1)
                searches[name] = msgspec.structs.replace(search, done=told, islands=islands)
            case SearchEnded(search=name) as ended:
                search = searches.get(name) or Search(search=name)
                searches[name] = msgspec.structs.replace(search, ended=ended)
            case StrategyAdopted(family=family, text=text, why=why, search=name, strategy=plain):
                adopted[family] = Adopted(
                    family=family, text=text if plain is not None else "", why=why, search=name
                )
            case _:
                pass
    return SearchesBoard(seq=seq, searches=searches, adopted=adopted)


def _forget(searches: dict[str, Search]) -> None:
    """Drop the oldest searches that have ended, in place."""
    for name in [name for name, search in searches.items() if search.ended is not None]:
        if len(searches) <= SEARCHES_KEPT:
            return
        del searches[name]
