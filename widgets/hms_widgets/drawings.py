"""Static pictures of boards, as SVG: totals over time, and the curves of a search. Pure; needs no plotly.

Lines are named where they end and differ by dash, so nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from hms_kernel.facts import GenerationDone
from hms_widgets import palette
from hms_widgets.outcomes import OutcomesBoard
from hms_widgets.plotting import DASHES, Plot, picture
from hms_widgets.searches import Search

# Okabe & Ito's, in an order in which neighbours differ most.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
TOTALS = (960.0, 150.0)  # width and height, pixels
CURVES = (480.0, 195.0)  # of one of its plots


def colour(number: int) -> str:
    """The colour of the island or operator of that number."""
    return SERIES[number % len(SERIES)]


def totals(board: OutcomesBoard, *, alone: bool = True) -> str:
    """How many tasks had ended how, over time; empty text before the first has.

    Args:
        alone: to be shown outside a page.
    """
    if not board.moments or board.begun_s is None:
        return ""
    start_s, last = board.begun_s, board.moments[-1]
    span_s = last.time_s - start_s
    whole = sum(last.counts.values())
    width, height = TOTALS
    plot = Plot((0, 0, width, height), (0, span_s), (0, whole), "tasks ended", "seconds since the first was handed in", 130)  # fmt: skip
    times = [0.0, *(moment.time_s - start_s for moment in board.moments)]
    below = [0.0] * len(times)
    names = []
    for state in [state for state in palette.CLAIMS if last.counts.get(state)]:
        mark = palette.claim(state)
        counts = [0, *(moment.counts.get(state, 0) for moment in board.moments)]
        above = [low + count for low, count in zip(below, counts, strict=True)]
        told = f"{mark.glyph} {last.counts[state]} {state}"
        plot.area(_steps(times, below), _steps(times, above), mark.colour, told)
        names.append(((below[-1] + above[-1]) / 2, told, mark.colour))
        below = above
    plot.names(names)
    said = ", ".join(f"{last.counts[s]} {s}" for s in palette.CLAIMS if last.counts.get(s))
    return picture([plot.svg()], width, height, f"tasks ended over time: {said}", alone=alone)


def curves(search: Search, *, alone: bool = True) -> str:
    """Fitness, goals solved, cost and operators' credit by generation; empty text before the first."""
    if not search.done:
        return ""
    wide, high = CURVES
    islands = [search.island(number) for number in range(search.islands)]
    across = (0.0, float(max(search.generations - 1, search.planned - 1, 1)))
    told = any(done.credit for done in search.done.values())
    rows = 3 if told else 2
    boxes = [(column * wide, row * high, wide, high) for row in range(rows) for column in (0, 1)]
    plots = [
        _fitness(boxes[0], across, islands),
        _solved(boxes[1], across, islands, len(search.goals)),
        _par2(boxes[2], across, islands),
        _cost(boxes[3], across, islands),
    ]
    if told:
        plots.append(_credit(boxes[4], across, islands))
    best = search.winner
    said = f"search {search.search}: {search.generations} generations"
    said += f", {best.solved} of {len(search.goals)} goals solved" if best else ""
    return picture([plot.svg() for plot in plots], 2 * wide, rows * high, said, alone=alone)


Box = tuple[float, float, float, float]
Islands = Sequence[Sequence[GenerationDone]]


def _fitness(box: Box, across: tuple[float, float], islands: Islands) -> Plot:
    told = [done for island in islands for done in island]
    low = min(0.0, *(done.median_fitness - done.spread / 2 for done in told))
    high = max(done.best_fitness for done in told)
    plot = Plot(box, across, (low, high), "fitness (goals' worth): best —, median - -, spread", "generation")  # fmt: skip
    for number, island in enumerate(islands):
        ink, x = colour(number), [float(done.generation) for done in island]
        below = [done.median_fitness - done.spread / 2 for done in island]
        above = [done.median_fitness + done.spread / 2 for done in island]
        plot.area(_pairs(x, below), _pairs(x, above), ink, f"island {number}: spread between the quartiles")  # fmt: skip
        plot.line(_pairs(x, [done.median_fitness for done in island]), ink, DASHES[1], f"island {number}: median")  # fmt: skip
        plot.line(_pairs(x, [done.best_fitness for done in island]), ink, "", f"island {number}: best")  # fmt: skip
    plot.names((island[-1].best_fitness, f"island {number}", colour(number)) for number, island in enumerate(islands) if island)  # fmt: skip
    return plot


def _solved(box: Box, across: tuple[float, float], islands: Islands, goals: int) -> Plot:
    most = max(goals, *(done.solved for island in islands for done in island))
    plot = Plot(box, across, (0, most), f"goals solved by the winner, of {goals}", "generation")
    for number, island in enumerate(islands):
        points = [(float(done.generation), float(done.solved)) for done in island]
        plot.line(points, colour(number), DASHES[number % len(DASHES)], f"island {number}")
    plot.names((island[-1].solved, f"{island[-1].solved} island {number}", colour(number)) for number, island in enumerate(islands) if island)  # fmt: skip
    return plot


def _par2(box: Box, across: tuple[float, float], islands: Islands) -> Plot:
    most = max(done.par2_s for island in islands for done in island)
    plot = Plot(box, across, (0, most), "PAR-2 of the winner, nominal seconds", "generation")
    for number, island in enumerate(islands):
        points = [(float(done.generation), done.par2_s) for done in island]
        plot.line(points, colour(number), DASHES[number % len(DASHES)], f"island {number}")
    plot.names((island[-1].par2_s, f"{island[-1].par2_s:.3g} island {number}", colour(number)) for number, island in enumerate(islands) if island)  # fmt: skip
    return plot


def _cost(box: Box, across: tuple[float, float], islands: Islands) -> Plot:
    spent: dict[int, float] = {}
    for island in islands:
        for done in island:
            spent[done.generation] = spent.get(done.generation, 0.0) + done.cost_s
    span = (across[0] - 0.5, across[1] + 0.5)
    plot = Plot(box, span, (0, max(spent.values())), "cost of the trials, nominal seconds", "generation")  # fmt: skip
    floor = dict.fromkeys(spent, 0.0)
    for number, island in enumerate(islands):
        for done in island:
            low = floor[done.generation]
            floor[done.generation] = high = low + done.cost_s
            at = (done.generation - 0.35, done.generation + 0.35)
            plot.box(at, (low, high), colour(number), f"island {number}: {done.cost_s:.2f} s")
    total = sum(spent.values())
    plot.names([(max(spent.values()), f"{total:.1f} s in all", "none")])
    return plot


def _credit(box: Box, across: tuple[float, float], islands: Islands) -> Plot:
    told = [done for island in islands for done in island if done.credit]
    operators = sorted({name for done in told for name in done.credit})
    title = "operators' credit: share of the choices to come"
    span = (across[0] - 0.5, across[1] + 0.5)
    plot = Plot(box, span, (0, 1), title, "generation")
    for generation in sorted({done.generation for done in told}):
        here = [done for done in told if done.generation == generation]
        whole = sum(sum(done.credit.values()) for done in here) or 1.0
        low = 0.0
        for number, name in enumerate(operators):
            share = sum(done.credit.get(name, 0.0) for done in here) / whole
            at = (generation - 0.35, generation + 0.35)
            plot.box(at, (low, low + share), colour(number), f"{name}: {100 * share:.0f} %")
            low += share
    last = max(told, key=lambda done: done.generation).credit
    whole, low, names = sum(last.values()) or 1.0, 0.0, []
    for number, name in enumerate(operators):
        share = last.get(name, 0.0) / whole
        names.append((low + share / 2, f"{name} {100 * share:.0f} %", colour(number)))
        low += share
    plot.names(names)
    return plot


def _steps(times: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Totals stay as they are until the next task ends."""
    points: list[tuple[float, float]] = []
    for before, (time_s, value) in zip([values[0], *values], zip(times, values, strict=True), strict=False):  # fmt: skip
        points += [(time_s, before), (time_s, value)]
    return points


def _pairs(x: Sequence[float], y: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(x, y, strict=True))
