"""The widget the page draws: a handful of synchronised values and the acks that come back. Folds nothing."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from hms_widgets import palette

HERE = pathlib.Path(__file__).parent


class Page(anywidget.AnyWidget):
    """Holds the truth that a reloaded page starts from; everything else is in ``live.js``.

    Args:
        on_ack: called with the number of a frame that a page has painted.
    """

    _esm = HERE / "live.js"
    _css = HERE / "live.css"

    agents = traitlets.Unicode("").tag(sync=True)  # JSON of an ``AgentsPart``, empty for none
    claims = traitlets.Unicode("").tag(sync=True)  # JSON of a ``ClaimsPart``, empty for none
    beat = traitlets.Dict({"frame": 0, "live": False, "note": ""}).tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)

    def __init__(self, on_ack: Callable[[int], None]) -> None:
        self._on_ack = on_ack
        super().__init__(palette=palette.table())
        self.on_msg(self._receive)

    def show(self, *, frame: int, live: bool, note: str, **parts: str) -> None:
        """Send one frame in one message; parts that have not changed stay at home."""
        with self.hold_sync():
            for name, content in parts.items():
                self.set_trait(name, content)
            self.beat = {"frame": frame, "live": live, "note": note}

    def _receive(self, widget: Any, content: Any, buffers: Any) -> None:
        # The page is not ours to trust: anything but a whole number is ignored.
        match content:
            case {"ack": int(frame)}:
                self._on_ack(frame)
            case _:
                pass
