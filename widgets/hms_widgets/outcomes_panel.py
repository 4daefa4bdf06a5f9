"""The claims of a session as a table that filters, sorts and opens a claim's card. Proves nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
import traitlets

from hms_kernel import cards, summaries
from hms_kernel.cards import Card, Section
from hms_kernel.facts import Fact, TaskSettled
from hms_kernel.messages import TaskStatus
from hms_kernel.model import Result
from hms_widgets import drawings
from hms_widgets.boards import VerdictRow, VerdictsBoard
from hms_widgets.outcomes import OutcomesBoard, fold_outcomes
from hms_widgets.page import joined
from hms_widgets.panel import BoardPanel, PanelPage
from hms_widgets.rows import Row, Table, table
from hms_widgets.source import Session, Source, source_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

LISTED = 200  # rows of the static view
CHART_S = 1.0  # least time between two drawings of the totals, seconds


class OutcomesPage(PanelPage):
    """The page's half; what it does with a frame is in ``outcomes.js``."""

    _esm = joined(("kit.js", "card.js", "outcomes.js"))

    chart = traitlets.Unicode("").tag(sync=True)  # SVG
    card = traitlets.Unicode("").tag(sync=True)  # JSON: the id of a task and its card


class OutcomesPanel(BoardPanel):
    """Every task of a run, live.

    Args:
        watched: where the evidence of a claim is looked up when its card is opened.
        run: show only the tasks of this run; empty shows all.
        clock: seconds, monotonic.
    """

    page = OutcomesPage
    title = "Claims"

    def __init__(
        self,
        watched: Source | Session,
        run: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._source = source_of(watched)
        self._board = OutcomesBoard(verdicts=VerdictsBoard(run=run))
        self._have = 0  # the fact up to which a page is known to have all rows
        self._charted = (0, float("-inf"))  # ended tasks in the chart, and when
        self._open = ""  # the task whose card is shown
        self._looking = False  # a thread is looking up evidence
        self._stale = False  # there is more to be looked up

    @property
    def board(self) -> OutcomesBoard:
        """The tasks as folded so far."""
        return self._board

    def figure(self, *, dark: bool = False) -> go.Figure:
        """The totals over time, to zoom and hover."""
        from hms_widgets import figures  # plotly takes a second to import

        return figures.totals(self._board, dark=dark)

    def card(self) -> Card:
        """The board in words, the first claims listed."""
        whole = table(self._board)
        more = len(whole.rows) - LISTED + whole.more
        rows = tuple(
            (cards.badge(row.state), row.label, row.says, row.trust, row.agent, _seconds(row))
            for row in whole.rows[:LISTED]
        )
        heads = ("verdict", "claim", "why", "trust", "agent", "seconds")
        sections = [Section(title="Claims", heads=heads, rows=rows, clocks=2)] if rows else []
        if more > 0:
            sections.append(Section(title="Not listed", lines=(f"{more} more",)))
        return Card(
            kind="outcomes",
            title=self._board.verdicts.run or "all runs",
            says=whole.headline,
            sections=tuple(sections),
        )

    def picture(self) -> str:
        """The totals over time."""
        return drawings.totals(self._board)

    # --- the page --------------------------------------------------------------

    def update(self, facts: Iterable[Fact] = ()) -> None:
        """Fold facts, send a frame if one is due, and bring an open card up to date."""
        before = self._board.changed.get(self._open)
        super().update(facts)
        if before is not None and self._board.changed.get(self._open) != before:
            self._look_up()

    def _fold(self, facts: Iterable[Fact]) -> None:
        self._board = fold_outcomes(self._board, facts)

    def _whole(self) -> str:
        with self._lock:
            return _encoded(table(self._board))

    def _behind(self) -> bool:
        return self._board.touched > self._upto or self._chart_is_due()

    def _fresh(self, *, force: bool) -> dict[str, str]:
        fresh: dict[str, str] = {}
        if force or self._board.touched > self._upto:
            fresh["frame"] = _encoded(table(self._board, self._have))
            self._upto = self._board.seq
        if force or self._chart_is_due():
            self._charted = self._board.ended, self._clock()
            fresh["chart"] = drawings.totals(self._board, alone=False)
        elif self._charted[0] != self._board.ended:
            self._later(CHART_S)
        return fresh

    def _chart_is_due(self) -> bool:
        drawn, at = self._charted
        return drawn != self._board.ended and self._clock() - at >= CHART_S

    def _receive(self, content: dict[str, Any]) -> None:
        match content:
            case {"open": str(task)}:
                with self._lock:
                    self._open = task
                    if self._page is not None and not task:
                        self._page.set_trait("card", "")
                if task:
                    self._look_up()
            case {"ack": int(frame), "have": int(seq)}:
                with self._lock:
                    self._pacer.acked(frame)
                    self._have = min(max(seq, 0), self._board.seq)
                    self._push()
            case {"have": int(seq)}:
                with self._lock:
                    self._have = max(seq, 0)
                    self._push(force=True)
                    if self._page is not None:
                        # The frame that went missing may be this very one: no change, so not sent.
                        self._page.send_state("frame")

    def _look_up(self) -> None:
        """See to the card that is open, in a thread of its own; one at a time, the newest wish last.

        Neither who clicks nor who follows the session may wait for a supervisor here, and a page
        that asks a thousand times keeps one thread busy.
        """
        with self._lock:
            self._stale = True
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._looked_up, name="hms-card", daemon=True).start()

    def _looked_up(self) -> None:
        while True:
            with self._lock:
                if not self._stale:
                    self._looking = False
                    return
                self._stale = False
                task = self._open
                row = self._board.verdicts.rows.get(task)
                settled = self._board.settled.get(task)
            if row is None:
                continue
            plain = {"id": task, "card": self._card_of(row, settled)}
            with self._lock:
                if self._open == task and self._page is not None:
                    self._page.set_trait("card", msgspec.json.encode(plain).decode())

    def _card_of(self, row: VerdictRow, settled: int | None) -> Card:
        try:
            card = summaries.of_task(_status(row, self._settlement(settled)))
        except Exception as error:
            # The session may be over; what the row knows is still true.
            card = summaries.of_task(_status(row, None))
            card = msgspec.structs.replace(card, facts=(*card.facts, ("evidence", str(error))))
        # Of one that is open only the row knows why.
        told = card.says or row.outcome == "proved"
        return card if told else msgspec.structs.replace(card, says=row.shows or row.reason)

    def _settlement(self, seq: int | None) -> TaskSettled | None:
        if seq is None:
            return None
        for fact in self._source.facts(seq - 1)[:1]:
            if fact.seq == seq and isinstance(fact.kind, TaskSettled):
                return fact.kind
        return None


def _status(row: VerdictRow, settled: TaskSettled | None) -> TaskStatus:
    """A row of the board as the answer to a query about its task."""
    result: Result | None = settled.result if settled else None
    return TaskStatus(
        task_id=row.task_id,
        skill=row.skill,
        label=row.label,
        run=row.run,
        phase=row.phase.value,
        attempts=row.attempts,
        agent=row.agent or None,
        duration_s=row.duration_s or 0.0,
        result=result,
        output=settled.output if settled else "",
    )


def _encoded(part: Table) -> str:
    return msgspec.json.encode(part).decode()


def _seconds(row: Row) -> str:
    return "" if row.wall_s is None else f"{row.wall_s:.2f}"
