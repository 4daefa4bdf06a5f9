"""What our panels have in common: a board that facts are folded into, a page that draws it, a static view. Follows nobody.

Whoever follows a session calls ``update`` with each batch of facts, from any thread. The page's
acknowledgements set the pace: what cannot go out yet goes later, the newest state only, and
a closed tab costs nothing.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import traitlets

from hms_kernel import cards
from hms_kernel.cards import Card
from hms_kernel.facts import Fact
from hms_widgets import palette
from hms_widgets.channel import Reachable
from hms_widgets.pacing import Pacer
from hms_widgets.page import joined

AGAIN_S = 2.0  # a frame that nobody acknowledges is followed by a small one after this long
AGAIN = 3  # times; a page that wakes up later asks by itself
NO_BEAT = {"frame": 0, "live": False, "upto": 0}


class PanelPage(Reachable):
    """Holds what a page draws. A page that is opened or reloaded asks for the whole state.

    Args:
        whole: the frame that has everything.
        receive: what a page sends.
    """

    _css = joined(("panels.css",))

    frame = traitlets.Unicode("").tag(sync=True)  # JSON
    beat = traitlets.Dict(NO_BEAT).tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)

    def __init__(self, whole: Callable[[], str], receive: Callable[[dict[str, Any]], None]) -> None:
        self._whole = whole
        self._receive = receive
        super().__init__(palette=palette.table() | {"trust": cards.TRUST})
        self.on_msg(self._got)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The synchronised values; when all are asked for, the frame has everything in it."""
        state: dict[str, Any] = super().get_state(key=key, drop_defaults=drop_defaults)
        if key is None:
            state["frame"] = self._whole()
        return state

    def _got(self, widget: Any, content: Any, buffers: Any) -> None:
        # The page is not ours to trust: what is no table of values is ignored.
        if isinstance(content, dict):
            self._receive(content)


class BoardPanel(ABC):
    """One board with its page and its static view; a ``dashboard.Panel``, as both of ours are.

    Args:
        clock: seconds, monotonic.
    """

    page: ClassVar[type[PanelPage]]
    title: ClassVar[str]  # of its tab

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()  # guards the board and everything below
        self._pacer = Pacer()
        self._page: PanelPage | None = None
        self._timer: threading.Timer | None = None  # for what could not go out yet
        self._again = 0  # small frames still to be sent when nobody acknowledges
        self._live = True
        self._upto = 0  # the last fact that a page is to know of; one that lacks it will ask

    # --- what a frame around it uses ------------------------------------------

    @property
    def widget(self) -> PanelPage:
        """The widget, to be placed in a layout; made when first asked for."""
        with self._lock:
            if self._page is None:
                self._page = self.page(self._whole, self._receive)
                self._push(force=True)
            return self._page

    def update(self, facts: Iterable[Fact] = ()) -> None:
        """Fold facts, oldest first, and send a frame if one is due."""
        with self._lock:
            self._fold(facts)
            self._push()

    def close(self) -> None:
        """Send the last frame; from now on only the static view is shown. Idempotent."""
        with self._lock:
            if self._live:
                self._live = False
                self._again = 0
                self._push(force=True)

    def __repr__(self) -> str:
        return cards.text(self.card())

    def _repr_html_(self) -> str:
        return cards.html(self.card(), self.picture())

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        with self._lock:
            shown: dict[str, Any] = dict(cards.bundle(self.card(), self.picture()))
            if self._live:
                data, _ = self.widget._repr_mimebundle_() or ({}, {})
                shown |= {kind: value for kind, value in data.items() if kind not in shown}
            return shown

    # --- what a panel is made of ------------------------------------------------

    @abstractmethod
    def card(self) -> Card:
        """The board in words."""

    @abstractmethod
    def picture(self) -> str:
        """The board as SVG that stands by itself, or nothing."""

    @abstractmethod
    def _fold(self, facts: Iterable[Fact]) -> None: ...

    @abstractmethod
    def _whole(self) -> str:
        """The frame that has everything."""

    @abstractmethod
    def _fresh(self, *, force: bool) -> dict[str, str]:
        """The values for the next frame, empty when there is nothing new and none is forced."""

    @abstractmethod
    def _behind(self) -> bool:
        """Whether there is something that no frame has told."""

    def _receive(self, content: dict[str, Any]) -> None:
        match content:
            case {"ack": int(frame)}:
                with self._lock:
                    self._pacer.acked(frame)
                    self._push()

    def _push(self, force: bool = False) -> None:
        """Send what is new, if a frame is due; otherwise later."""
        if self._page is None:
            return
        now = self._clock()
        if not force and not self._behind():
            return
        if not force and (wait_s := self._pacer.wait_s(now)) > 0:
            self._later(wait_s)
            return
        self._again = AGAIN if self._live else 0
        self._send(now, self._fresh(force=force))

    def _send(self, now: float, fresh: dict[str, str]) -> None:
        assert self._page is not None
        with self._page.hold_sync():
            for name, value in fresh.items():
                self._page.set_trait(name, value)
            self._page.beat = {
                "frame": self._pacer.sent(now),
                "live": self._live,
                "upto": self._upto,
            }
        if self._again:
            self._later(AGAIN_S)

    def _later(self, wait_s: float) -> None:
        """Look again after a while, in a thread of its own; one such look at a time."""
        if self._timer is None and self._live:
            self._timer = threading.Timer(wait_s, self._look_again)
            self._timer.daemon = True
            self._timer.start()

    def _look_again(self) -> None:
        with self._lock:
            self._timer = None
            if self._behind():
                self._push()
            elif self._again and not self._pacer.all_acked:
                # Tells a page only how far the board is: one that lacks something will ask.
                self._again -= 1
                self._send(self._clock(), {})
