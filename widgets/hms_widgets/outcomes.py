"""The outcomes of a session's tasks over time, folded from facts. Draws nothing, reads no clock.

On top of the board of verdicts it notes when each row changed last, so that a page gets only
what it has not seen, which fact settled a task, so that its evidence can be looked up and
need not be kept, and how the totals grew. All of it is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hms_kernel.facts import Fact, TaskSettled, TaskSubmitted
from hms_widgets.boards import VerdictsBoard, fold_all, lists

MOMENTS = 120  # points of the totals; with twice as many, every second one is dropped
GONE = 1_000  # rows dropped from the board that are still remembered by name


class Moment(msgspec.Struct, frozen=True):
    """Totals at one time."""

    time_s: float  # seconds since the Unix epoch
    counts: Mapping[str, int]  # outcome, or phase for a task without one, to tasks that ended so


class OutcomesBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks, what came of them, and when. Treat the mappings as read-only."""

    verdicts: VerdictsBoard = VerdictsBoard()
    changed: Mapping[str, int] = {}  # task to the last fact that changed its row
    touched: int = 0  # the last fact that changed any row
    settled: Mapping[str, int] = {}  # task to the fact that settled it
    gone: tuple[tuple[int, str], ...] = ()  # rows dropped: the last fact seen then, and the task
    unnamed: int = 0  # rows dropped up to this fact are no longer named in ``gone``
    begun_s: float | None = None  # when the first task was submitted
    moments: tuple[Moment, ...] = ()  # oldest first; the last one is exact

    @property
    def seq(self) -> int:
        """Of the last fact folded in."""
        return self.verdicts.seq

    @property
    def ended(self) -> int:
        """Tasks that have ended."""
        return sum(self.moments[-1].counts.values()) if self.moments else 0


def fold_outcomes(board: OutcomesBoard, facts: Iterable[Fact]) -> OutcomesBoard:
    """The board after more facts, oldest first; facts it has already seen change nothing."""
    fresh = [fact for fact in facts if fact.seq > board.seq]
    if not fresh:
        return board
    verdicts = fold_all(board.verdicts, fresh)
    changed, settled = dict(board.changed), dict(board.settled)
    moments, begun_s, touched = list(board.moments), board.begun_s, board.touched
    totals = dict(moments[-1].counts) if moments else {}
    ours = board.verdicts.rows.keys() | verdicts.rows.keys()
    for fact in fresh:
        if isinstance(fact.kind, TaskSubmitted) and lists(board.verdicts, fact.kind.submitted):
            # Also one that was forgotten within this very batch counts in the totals.
            ours.add(fact.kind.submitted.task_id)
            begun_s = fact.time_s if begun_s is None else begun_s
        if fact.task is None or fact.task not in ours:
            continue
        changed[fact.task] = touched = fact.seq
        if isinstance(fact.kind, TaskSettled):
            settled[fact.task] = fact.seq
            state = _state(fact.kind)
            totals[state] = totals.get(state, 0) + 1
            moments.append(Moment(fact.time_s, dict(totals)))
    dropped = [task for task in changed if task not in verdicts.rows]
    for task in dropped:
        del changed[task]
        settled.pop(task, None)
    gone = [*board.gone, *((verdicts.seq, task) for task in dropped)]
    unnamed = board.unnamed if len(gone) <= GONE else gone[-GONE - 1][0]
    return OutcomesBoard(
        verdicts=verdicts,
        changed=changed,
        touched=touched,
        settled=settled,
        gone=tuple(entry for entry in gone[-GONE:] if entry[0] > unnamed),
        unnamed=unnamed,
        begun_s=begun_s,
        moments=tuple(_thinned(moments)),
    )


def _state(settled: TaskSettled) -> str:
    outcome = getattr(settled.result, "outcome", None)
    return outcome.value if outcome is not None else settled.phase.value


def _thinned(moments: list[Moment]) -> list[Moment]:
    """At most twice ``MOMENTS``; totals only grow, so a point left out hides nothing."""
    while len(moments) > 2 * MOMENTS:
        moments = moments[:-1:2] + moments[-1:]
    return moments
