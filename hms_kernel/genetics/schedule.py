"""A strategy out of recorded trials: greedily, the stage that settles most for its time comes next. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hms_kernel.backends.attempt import PROVING
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.genetics.fitness import Row
from hms_kernel.genetics.stages import genes
from hms_kernel.genetics.trials import Trial
from hms_kernel.model import Outcome

ROOM = 1.1  # a slice is this much longer than the longest trial that it is meant for
RESERVED = 0.25  # share of the budget that a fallback keeps, for goals unlike those seen
LEAST_SHARE = 0.001


def build(
    table: Mapping[Stage, Row],
    goals: Sequence[str],
    budget_s: float,
    fallback: Strategy | None = None,
) -> Strategy:
    """The schedule that settles the goals early, as far as the trials can tell.

    Again and again the stage and time are chosen that settle most open goals for the time
    they take on average; what is left over goes to the slices of ``fallback``.

    Args:
        table: trials of stages alone, with caps up to ``budget_s``.
        goals: keys of every row.
        budget_s: nominal seconds of a whole attempt.
        fallback: comes after the stages chosen; None: these share the whole budget.

    Returns:
        A strategy with at least one slice; equal tables give equal strategies.

    Raises:
        ValueError: there is neither a stage nor a fallback.

    Source:
        Streeter, Golovin & Smith (2007), Combining Multiple Heuristics Online.
    """
    chosen = list(_chosen(table, goals, budget_s, 1.0 - (RESERVED if fallback else 0.0)))
    left = 1.0 - sum(part.share for part in chosen)
    if fallback is not None:
        whole = sum(part.share for part in fallback.slices)
        rest = [Slice(part.stage, _rounded(part.share / whole * left)) for part in fallback.slices]
        return Strategy(slices=(*chosen, *rest))
    if not chosen:
        first = min(table, key=_plainest, default=None)
        if first is None:
            raise ValueError("no stage to schedule")
        return Strategy(slices=(Slice(first, 1.0),))
    grown = left / len(chosen)
    return Strategy(slices=tuple(Slice(p.stage, _rounded(p.share + grown)) for p in chosen))


def _chosen(
    table: Mapping[Stage, Row], goals: Sequence[str], budget_s: float, most: float
) -> Iterator[Slice]:
    """Stages in order, with shares of at most ``most`` together."""
    open_goals = list(goals)
    # Ties go to the plainer stage, by name where need be: no order of insertion shows.
    stages = sorted(table, key=_plainest)
    while open_goals:
        best: tuple[float, Slice] | None = None
        for stage in stages:
            row = table[stage]
            for time_s in sorted({row[g].nominal_s for g in open_goals if row[g].settled}):
                slot_s = ROOM * time_s
                share = _rounded(slot_s / (PROVING * budget_s))
                if share > most:
                    break
                slot_s = share * PROVING * budget_s
                won = sum(_slotted(row[g], slot_s).settled for g in open_goals)
                cost_s = sum(_slotted(row[g], slot_s).nominal_s for g in open_goals)
                rate = won / max(cost_s, 1e-9)
                if best is None or rate > best[0]:
                    best = rate, Slice(stage, share)
        if best is None:
            return
        part = best[1]
        yield part
        most -= part.share
        slot_s = part.share * PROVING * budget_s
        row = table[part.stage]
        open_goals = [g for g in open_goals if not _slotted(row[g], slot_s).settled]


def predicted(strategy: Strategy, table: Mapping[Stage, Row], goal: str, budget_s: float) -> Trial:
    """What a strategy would come to on a goal, out of the trials of its stages alone.

    As in an attempt, what stages leave over goes to those that ran out, in a second round. A
    stage without a trial is taken to spend its slice in vain. What an attempt does beside its
    stages is in every trial, so it is counted more than once: the estimate is cautious.
    """
    spent_s = 0.0
    hungry: list[Slice] = []
    for part in strategy.slices:
        slot_s = part.share * PROVING * budget_s
        trial = _tried(part.stage, table, goal, slot_s)
        spent_s += trial.nominal_s
        if trial.settled:
            return _ended(trial.outcome, spent_s, budget_s)
        if trial.nominal_s >= slot_s:
            hungry.append(part)
    left_s = PROVING * budget_s - spent_s
    shares = sum(part.share for part in hungry)
    for part in hungry if left_s > 0 else ():
        slot_s = part.share * PROVING * budget_s + left_s * part.share / shares
        trial = _tried(part.stage, table, goal, slot_s)
        spent_s += trial.nominal_s
        if trial.settled:
            return _ended(trial.outcome, spent_s, budget_s)
    return _ended(Outcome.UNKNOWN, spent_s, budget_s)


def _tried(stage: Stage, table: Mapping[Stage, Row], goal: str, slot_s: float) -> Trial:
    row = table.get(stage)
    if row is None:
        return Trial(outcome=Outcome.UNKNOWN, nominal_s=slot_s, cap_s=slot_s)
    return _slotted(row[goal], slot_s)


def _ended(outcome: Outcome, spent_s: float, budget_s: float) -> Trial:
    """What an attempt comes to; one that spends more than there is settles nothing."""
    if spent_s > budget_s:
        outcome = Outcome.UNKNOWN
    return Trial(outcome=outcome, nominal_s=min(spent_s, budget_s), cap_s=budget_s)


def _slotted(trial: Trial, slot_s: float) -> Trial:
    """A trial as a slice shows it; beyond its cap it is taken to go on in vain."""
    if trial.answers(slot_s):
        return trial.within(slot_s)
    return Trial(outcome=Outcome.UNKNOWN, nominal_s=slot_s, cap_s=slot_s, clock=trial.clock)


def _rounded(share: float) -> float:
    """A share as it is printed, and so as it is remembered."""
    return max(LEAST_SHARE, round(share, 4))


def _plainest(stage: Stage) -> tuple[int, str]:
    return genes(stage), str(stage)
