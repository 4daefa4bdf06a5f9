"""The widget the page draws: a handful of synchronised values, and what the page sends back. Folds nothing."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import traitlets

from hms_widgets import palette
from hms_widgets.channel import Reachable

HERE = pathlib.Path(__file__).parent
# One module to the page: a widget's script cannot import its neighbours.
SCRIPTS = ("kit.js", "head.js", "grid.js", "controls.js", "agents.js", "claims.js", "live.js")
STYLES = ("live.css", "agents.css")
LONGEST_NAME = 200  # characters of an agent's id, or of the name of a click


def joined(names: tuple[str, ...]) -> str:
    """The text of several files of this package, in this order."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


class Page(Reachable):
    """Holds the truth that a reloaded page starts from; everything else is in the scripts.

    Args:
        on_ack: called with the number of a frame that a page has painted.
        on_choose: called with the id of the agent somebody wants to see; empty for none.
        on_ask: called with the page's name for a click and what it asks for; None leaves the
            page without controls.
    """

    _esm = joined(SCRIPTS)
    _css = joined(STYLES)

    head = traitlets.Unicode("").tag(sync=True)  # JSON of a ``HeadPart``, empty for none
    agents = traitlets.Unicode("").tag(sync=True)  # JSON of an ``AgentsPart``, empty for none
    claims = traitlets.Unicode("").tag(sync=True)  # JSON of a ``ClaimsPart``, empty for none
    roster = traitlets.Unicode("").tag(sync=True)  # JSON list of the agents in the grid
    grid = traitlets.Bytes(b"").tag(sync=True)  # see ``grid.py``
    said = traitlets.Unicode("").tag(sync=True)  # JSON list of the latest answers
    steered = traitlets.Bool(False).tag(sync=True)  # there are controls
    beat = traitlets.Dict({"frame": 0, "live": False, "note": ""}).tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        on_ack: Callable[[int], None],
        on_choose: Callable[[str], None] | None = None,
        on_ask: Callable[[str, dict[str, Any]], None] | None = None,
    ) -> None:
        self._on_ack, self._on_choose, self._on_ask = on_ack, on_choose, on_ask
        super().__init__(palette=palette.table(), steered=on_ask is not None)
        self.on_msg(self._receive)

    def show(self, *, frame: int, live: bool, note: str, **parts: str | bytes) -> None:
        """Send one frame in one message; parts that have not changed stay at home."""
        with self.hold_sync():
            for name, content in parts.items():
                self.set_trait(name, content)
            self.beat = {"frame": frame, "live": live, "note": note}

    def _receive(self, widget: Any, content: Any, buffers: Any) -> None:
        # The page is not ours to trust: what is none of these is ignored.
        match content:
            case {"ack": int(frame)}:
                self._on_ack(frame)
            case {"choose": str(agent)} if self._on_choose and len(agent) <= LONGEST_NAME:
                self._on_choose(agent)
            case {"ask": str(n), "content": dict(asked)} if (
                self._on_ask and self.steered and len(n) <= LONGEST_NAME
            ):
                self._on_ask(n, asked)
            case _:
                pass
