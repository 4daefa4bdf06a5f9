"""One call shows a session: how it stands, its agents, its controls, its claims, and whatever is plugged in below.

The frame: where parts stand and when they are told. What they show is their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import ipywidgets

from hms_kernel.facts import Fact
from hms_widgets.curves_panel import CurvesPanel
from hms_widgets.live import Live
from hms_widgets.outcomes_panel import OutcomesPanel
from hms_widgets.source import Session, Source, commands_of


class Panel(Protocol):
    """Something to be shown below the agents. It folds the facts it is given, in its own way."""

    @property
    def title(self) -> str:
        """Of its tab."""

    @property
    def widget(self) -> ipywidgets.DOMWidget:
        """What is placed on the page; the same one each time."""

    def update(self, facts: Sequence[Fact]) -> None:
        """Take in new facts, oldest first, and draw.

        Called from the display's own thread, as often as the page can paint: every few
        seconds while nobody looks. Returns within milliseconds.
        """

    def close(self) -> None:
        """There will be no more facts. Idempotent."""


class Dashboard(Live):
    """A session to look at and to steer.

    Args:
        watched: what to follow: a workbench, or a source of facts and statuses.
        run: show only the claims of this run; empty shows all.
        read_only: without controls. A mere source has none anyway.
        panels: shown below, as tabs where there are several; without any, a list of claims is.
    """

    def __init__(
        self,
        watched: Source | Session,
        *,
        run: str = "",
        read_only: bool = False,
        panels: Sequence[Panel] = (),
    ) -> None:
        commands = None if read_only else commands_of(watched)
        super().__init__(watched, run=run, head=True, commands=commands)
        self._lists_claims = not panels
        self._panels = list(panels)
        self._untold: list[Fact] = []  # facts the panels have not been given yet
        self._taken = 0  # seq of the last of them
        self._frame: ipywidgets.DOMWidget | None = None

    @property
    def shown(self) -> ipywidgets.DOMWidget:
        """The page with its panels below, to be placed in a layout of one's own."""
        with self._lock:
            if self._frame is None:
                self._frame = self._framed()
            return self._frame

    def _framed(self) -> ipywidgets.DOMWidget:
        match self._panels:
            case []:
                return self.widget
            case [only]:
                return ipywidgets.VBox([self.widget, only.widget])
            case several:
                tabs = ipywidgets.Tab([panel.widget for panel in several])
                tabs.add_class("hms-tabs")
                tabs.titles = tuple(panel.title for panel in several)
                return ipywidgets.VBox([self.widget, tabs])

    def _view(self) -> dict[str, Any]:
        bundle = self.shown._repr_mimebundle_() or {}
        return dict(bundle[0] if isinstance(bundle, tuple) else bundle)

    def _drawn(self) -> dict[str, str]:
        parts = super()._drawn()
        if not self._lists_claims:
            del parts["claims"]
        return parts

    def _take(self, facts: Sequence[Fact]) -> None:
        # The kernel's main thread catches up too, and may have been given the same facts.
        fresh = [fact for fact in facts if fact.seq > self._taken]
        if self._panels and fresh:
            self._untold += fresh
            self._taken = fresh[-1].seq

    def _end(self, note: str) -> None:
        super()._end(note)
        for panel in self._panels:
            panel.close()

    def _sent(self) -> None:
        facts, self._untold = self._untold, []
        for panel in list(self._panels) if facts else ():
            try:
                panel.update(facts)
            except Exception as error:
                # One panel that breaks must not hide what the others show.
                self._panels.remove(panel)
                self._note = f"{panel.title} stopped: {type(error).__name__}: {error}"


def dashboard(
    watched: Source | Session,
    *,
    run: str = "",
    read_only: bool = False,
    panels: Sequence[Panel] | None = None,
) -> Dashboard:
    """The dashboard of a session; showing it starts it.

    Args:
        watched: what to follow, and the rest as for ``Dashboard``.
        panels: shown below; None for the claims with their evidence, and the genetic searches.
    """
    if panels is None:
        panels = (OutcomesPanel(watched, run), CurvesPanel())
    return Dashboard(watched, run=run, read_only=read_only, panels=panels)
