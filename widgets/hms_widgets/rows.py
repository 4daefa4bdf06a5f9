"""The board of outcomes as rows of a table, whole or only what is new since a fact. Draws nothing.

Page, static view and text all draw these rows, so they cannot disagree.
"""

from __future__ import annotations

import msgspec

from hms_widgets import palette
from hms_widgets.boards import VerdictRow
from hms_widgets.lines import clip
from hms_widgets.outcomes import OutcomesBoard

WORDS = 160  # characters of a counterexample or a reason; the card has all of it


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One task as a row. Absent values sort last."""

    id: str
    place: int  # in order of submission, from 1
    label: str
    state: str  # a key of ``palette.CLAIMS``
    trust: str = ""
    says: str = ""  # counterexample or reason
    agent: str = ""
    attempts: int = 0
    wall_s: float | None = None  # seconds of proving
    repairs: int = 0  # hypotheses known to make it true


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that changed after one fact and up to another; with ``since`` 0 these are all there are."""

    since: int = 0
    upto: int = 0
    rows: list[Row] = []
    gone: list[str] = []  # rows that are there no more
    headline: str = "No claims yet"  # for those who hear the page
    counts: list[tuple[str, int]] = []  # state and number, in the palette's order
    more: int = 0  # tasks that are counted and no longer listed
    done: float = 0.0  # settled share of all tasks, 0 to 1


def table(board: OutcomesBoard, since: int = 0) -> Table:
    """What is to be drawn; a ``since`` too long ago to say what has gone gives all of it."""
    verdicts = board.verdicts
    if since < board.unnamed or since > board.seq:
        since = 0
    counts = verdicts.counts
    listed = [(state, counts[state]) for state in palette.CLAIMS if state in counts]
    told = ", ".join(f"{number} {state}" for state, number in listed)
    dropped = verdicts.total - len(verdicts.rows)
    if not verdicts.total:
        return Table(upto=board.seq)
    claims = f"{verdicts.total} claim{'' if verdicts.total == 1 else 's'}"
    return Table(
        since=since,
        upto=board.seq,
        rows=[
            _row(row, place)
            for place, row in enumerate(verdicts.rows.values(), start=1 + dropped)
            if board.changed.get(row.task_id, board.seq) > since
        ],
        gone=[task for seq, task in board.gone if seq > since] if since else [],
        headline=f"{board.ended} of {claims} settled: {told}",
        counts=listed,
        more=dropped,
        done=round(board.ended / verdicts.total, 4),
    )


def _row(row: VerdictRow, place: int) -> Row:
    return Row(
        id=row.task_id,
        place=place,
        label=clip(row.label, 80),
        state=row.state,
        trust=row.trust,
        says=clip(row.shows or row.reason, WORDS),
        agent=row.agent,
        attempts=row.attempts,
        wall_s=None if row.work_s is None else round(row.work_s, 3),
        repairs=row.shows.count("true if also"),
    )
