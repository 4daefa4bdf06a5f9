"""The genetic searches of a session: curves, a scrubber through generations, the winner. Searches nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from hms_kernel.cards import Card
from hms_kernel.facts import Fact
from hms_widgets import drawings, search_lines
from hms_widgets.page import joined
from hms_widgets.panel import BoardPanel, PanelPage
from hms_widgets.searches import SearchesBoard, fold_searches

if TYPE_CHECKING:
    import plotly.graph_objects as go


class CurvesPage(PanelPage):
    """The page's half; what it does with a frame is in ``curves.js``."""

    _esm = joined(("kit.js", "curves.js"))


class CurvesPanel(BoardPanel):
    """The search that began last, live.

    Args:
        clock: seconds, monotonic.
    """

    page = CurvesPage
    title = "Genetic search"

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._board = SearchesBoard()
        self._drawn: SearchesBoard | None = None

    @property
    def board(self) -> SearchesBoard:
        """The searches as folded so far."""
        return self._board

    def figure(self, *, dark: bool = False) -> go.Figure | None:
        """The curves of the latest search, to zoom and hover; None without one."""
        from hms_widgets import figures  # plotly takes a second to import

        search = self._board.latest
        return None if search is None else figures.curves(search, dark=dark)

    def card(self) -> Card:
        """The board in words, every generation a row."""
        return search_lines.card(self._board)

    def picture(self) -> str:
        """The curves of the latest search."""
        search = self._board.latest
        return "" if search is None else drawings.curves(search)

    def _fold(self, facts: Iterable[Fact]) -> None:
        self._board = fold_searches(self._board, facts)

    def _whole(self) -> str:
        with self._lock:
            return msgspec.json.encode(search_lines.curves_part(self._board)).decode()

    def _behind(self) -> bool:
        drawn, board = self._drawn, self._board
        return drawn is None or ((drawn.searches, drawn.adopted) != (board.searches, board.adopted))

    def _fresh(self, *, force: bool) -> dict[str, str]:
        self._drawn = self._board
        return {"frame": self._whole()}
