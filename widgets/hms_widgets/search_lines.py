"""A genetic search as lines and one picture, ready to draw: what each generation came to. Draws nothing.

Page, static view and text all draw these, so they cannot disagree.
"""

from __future__ import annotations

import msgspec

from hms_kernel.cards import Card, Section
from hms_kernel.facts import GenerationDone
from hms_widgets import drawings
from hms_widgets.searches import Search, SearchesBoard

SHARED = (
    "Fitness is shared among stages that settle the same goals, so the best one falls as "
    "others learn what it knew; goals solved and PAR-2 are what counts."
)


class Island(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One generation of one island, in words."""

    island: int
    solved: int
    evaluated: int
    best_fitness: str
    median: str  # with the spread
    par2: str
    cost: str
    best: str = ""  # the fittest stage
    winner: str = ""  # the best schedule so far
    gained: list[str] = []  # goals it settles and none before did
    credit: list[tuple[str, str]] = []  # operator and its share


class CurvesPart(msgspec.Struct, frozen=True, kw_only=True):
    """The latest search as it is drawn."""

    headline: str = "No search yet"
    search: str = ""
    facts: list[tuple[str, str]] = []
    generations: list[list[Island]] = []  # by generation, an entry for each island that told it
    first: int = 0  # number of the first generation
    planned: int = 0
    goals: int = 0
    winner: str = ""  # the best schedule so far, or in the end
    source: str = ""  # where it comes from
    outcome: str = ""  # how the search ended, and what was made of it
    force: list[tuple[str, str]] = []  # family, and the strategy in force for it with the reason
    picture: str = ""  # SVG
    hint: str = SHARED


def curves_part(board: SearchesBoard) -> CurvesPart:
    """The search that began last, with what is in force for every family."""
    force = [(a.family, f"{a.text or 'the default'} ({a.why})") for a in board.adopted.values()]
    search = board.latest
    if search is None:
        return CurvesPart(force=force)
    generations: dict[int, list[Island]] = {}
    for (number, _), done in sorted(search.done.items()):
        generations.setdefault(number, []).append(_island(done))
    best = search.winner
    ended = search.ended
    winner = (ended.winner if ended else "") or (best.winner if best else "")
    source = f"generation {best.generation} of island {best.island}" if best else ""
    outcome = ""
    if ended is not None:
        verb = "adopted" if ended.adopted else "not adopted"
        outcome = f"{ended.cause}; {verb}" + (f": {ended.judged}" if ended.judged else "")
    return CurvesPart(
        headline=_headline(search),
        search=search.search,
        facts=[
            ("family", search.family),
            ("goals", str(len(search.goals))),
            ("islands", str(search.islands)),
            ("seed", str(search.seed)),
            ("begun because", search.why),
        ],
        generations=list(generations.values()),
        first=min(generations, default=0),
        planned=search.planned,
        goals=len(search.goals),
        winner=winner,
        source=source,
        outcome=outcome,
        force=force,
        picture=drawings.curves(search, alone=False),
    )


def card(board: SearchesBoard) -> Card:
    """The same as a card, whole and without a page."""
    part = curves_part(board)
    rows = [
        (str(number), str(i.island), str(i.solved), i.best_fitness, i.median, i.par2, i.cost)
        for number, islands in enumerate(part.generations, start=part.first)
        for i in islands
    ]
    heads = ("generation", "island", "solved", "best fitness", "median ± spread", "PAR-2", "cost")
    sections = [
        Section(title="Generations", heads=heads, rows=tuple(rows)),
        Section(title=f"Winner ({part.source})", lines=(part.winner,), code=True),
        Section(title="In force", heads=("family", "strategy"), rows=tuple(part.force)),
    ]
    return Card(
        kind="search",
        title=part.search or "none",
        says=". ".join(filter(None, (part.headline, part.outcome))),
        facts=tuple((name, value) for name, value in part.facts if value),
        sections=tuple(s for s in sections if s.rows or any(s.lines)),
    )


def _headline(search: Search) -> str:
    best = search.winner
    if best is None:
        return f"Search {search.search}: no generation yet"
    return (
        f"Search {search.search}: {search.generations} of {search.planned or '?'} generations, "
        f"{best.solved} of {len(search.goals)} goals solved"
    )


def _island(done: GenerationDone) -> Island:
    whole = sum(done.credit.values()) or 1.0
    ranked = sorted(done.credit.items(), key=lambda item: (-item[1], item[0]))
    return Island(
        island=done.island,
        solved=done.solved,
        evaluated=done.evaluated,
        best_fitness=f"{done.best_fitness:.2f}",
        median=f"{done.median_fitness:.2f} ± {done.spread / 2:.2f}",
        par2=f"{done.par2_s:.4f} s",
        cost=f"{done.cost_s:.2f} s",
        best=done.best,
        winner=done.winner,
        gained=list(done.gained),
        credit=[(name, f"{100 * share / whole:.0f} %") for name, share in ranked],
    )
