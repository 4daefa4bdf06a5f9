"""Live displays: a thread follows a session, folds its facts and shows the boards. Decides nothing.

A display starts following when it is first shown and stops when it is closed or
the session ends; it is then replaced by a static view, which needs no kernel.
After every cell the static fallback in the notebook is brought up to date, so
papermill, nbconvert and GitHub show the last state and not the first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from IPython.core.getipython import get_ipython
from IPython.display import display

from hms_kernel.errors import HmsError
from hms_kernel.facts import Fact
from hms_widgets import static
from hms_widgets.boards import AgentsBoard, VerdictsBoard, fold_all
from hms_widgets.commands import Commands
from hms_widgets.controls import Controls
from hms_widgets.grid import Grid, Sign, Signs, encode
from hms_widgets.headless import headless
from hms_widgets.lines import AgentsPart, ClaimsPart, agents_part, claims_part, head_part
from hms_widgets.pacing import Pacer
from hms_widgets.page import Page
from hms_widgets.source import Session, Source, source_of

TICK_S = 0.25  # longest wait for new facts before heartbeats are looked at again
BEAT_S = 0.5  # an unchanged display still says this often that it is alive
PULLS = 100  # batches taken in at most when asked to catch up
BREATH_S = 0.05  # rest between two batches of facts, so that a flood is folded in bulk ...
RESTS = 40  # ... and so many of them at most

_display: Callable[..., Any] = display  # IPython leaves it untyped


class Live:
    """Shows a session while it runs.

    Args:
        watched: what to follow: a workbench, or a source of facts and statuses.
        agents: show the agents.
        claims: show the tasks.
        run: show only the tasks of this run; empty shows all.
        head: show the session as a whole, above both.
        commands: stands behind buttons; None is a display to look at only.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        watched: Source | Session,
        *,
        agents: bool = True,
        claims: bool = True,
        run: str = "",
        head: bool = False,
        commands: Commands | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source_of(watched)
        self._clock = clock
        self._headless = headless()
        self._lock = threading.RLock()  # guards everything below
        self._agents = AgentsBoard() if agents else None
        self._verdicts = VerdictsBoard(run=run) if claims else None
        self._head = head and agents and claims
        self._reader = Signs()
        self._signs: Mapping[str, Sign] = {}
        self._chosen = ""  # the agent somebody looks at
        self._grid = Grid()  # as it was sent last
        self._controls = Controls(commands, self._answer) if commands is not None else None
        self._note = ""
        self._pacer = Pacer()
        self._beat_at: float | None = None
        self._page: Page | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._ended = False
        self._handle = f"hms-{id(self):x}-{time.time_ns():x}"
        self._published: dict[str, Any] | None = None

    # --- what a person uses ------------------------------------------------

    @property
    def agents(self) -> AgentsBoard | None:
        """The agents as folded so far; None where the display does not show them."""
        return self._agents

    @property
    def verdicts(self) -> VerdictsBoard | None:
        """The tasks as folded so far; None where the display does not show them."""
        return self._verdicts

    @property
    def live(self) -> bool:
        """Whether it is following the session."""
        return self._thread is not None and not self._ended

    @property
    def widget(self) -> Page:
        """The widget itself, to be placed in a layout of one's own."""
        with self._lock:
            if self._page is None:
                ask = self._controls.ask if self._controls is not None else None
                self._page = Page(self._pacer.acked, self.choose, ask)
            return self._page

    def start(self) -> None:
        """Begin to follow, in a thread of its own. Showing the display does this."""
        with self._lock:
            if self._thread is not None or self._ended:
                return
            self._thread = threading.Thread(target=self._follow, name="hms-live", daemon=True)
            self._thread.start()
        if shell := get_ipython():
            shell.events.register("post_run_cell", self._after_cell)

    def choose(self, agent: str) -> None:
        """Tell more about this agent; with an empty id, about none."""
        with self._lock:
            self._chosen = agent
            self._push(force=True)

    def refresh(self) -> None:
        """Take in every fact there is by now; a session that has ended is noted, not raised."""
        if self._ended:
            return
        try:
            for _ in range(PULLS):
                if not self._pull(wait_s=0.0):
                    break
        except HmsError as error:
            with self._lock:
                self._note = self._note or str(error)

    def close(self) -> None:
        """Take in the last facts, stop following, leave the static view. Idempotent."""
        self.refresh()
        self._stop.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)
        if self._controls is not None:
            self._controls.close()
        self._end("")
        self._settle()

    def __enter__(self) -> Live:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return static.text(*self._parts(), self._note)

    def _repr_html_(self) -> str:
        return static.html(*self._parts(), self._note)

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, Any]:
        with self._lock:
            bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
            if not (self._ended or self._headless):
                view = self._view()
                bundle |= {kind: data for kind, data in view.items() if kind not in bundle}
            return bundle

    def _ipython_display_(self) -> None:
        self.start()
        self.refresh()
        with self._lock:
            if not self._headless:
                _ = self.widget
            self._push(force=True)
            self._published = self._repr_mimebundle_()
            if get_ipython() is None:
                print(self)
            else:
                # A display id lets later cells bring this output up to date.
                _display(self._published, raw=True, display_id=self._handle)

    def _view(self) -> dict[str, Any]:
        """The mime bundle of what is shown while it is live."""
        shown, _ = self.widget._repr_mimebundle_() or ({}, {})
        return dict(shown)

    # --- the thread ----------------------------------------------------------

    def _follow(self) -> None:
        note = ""
        try:
            while not self._stop.is_set():
                fresh = self._pull(TICK_S)
                if self._closed():
                    note = "session closed"
                    break
                self._push()
                if fresh:
                    self._rest()
        except HmsError as error:
            note = f"session ended: {error}"
        except Exception as error:
            # A display must say why it stands still; nobody reads a thread's traceback.
            note = f"display stopped: {type(error).__name__}: {error}"
        self._end(note)

    def _rest(self) -> None:
        """After facts, wait until a frame may go out: while nobody looks, they are folded in bulk."""
        for _ in range(RESTS):
            self._stop.wait(BREATH_S)
            if self._stop.is_set() or self._pacer.wait_s(self._clock()) <= 0:
                return

    def _pull(self, wait_s: float) -> int:
        """Fold what is new; returns how many facts that were."""
        boards = [board for board in (self._agents, self._verdicts) if board is not None]
        after = min((board.seq for board in boards), default=0)
        facts = self._source.facts(after, wait_s)
        # Heartbeats are for the eye only: nothing is folded from them.
        statuses = self._source.agents() if self._agents is not None else ()
        with self._lock:
            if self._agents is not None:
                self._agents = fold_all(self._agents, facts)
                self._signs = self._reader.read(self._agents.rows, statuses)
            if self._verdicts is not None:
                self._verdicts = fold_all(self._verdicts, facts)
            self._take(facts)
        return len(facts)

    def _take(self, facts: Sequence[Fact]) -> None:
        """New facts have been folded; for displays that show more than this one."""

    def _sent(self) -> None:
        """A frame has gone out; likewise."""

    def _closed(self) -> bool:
        return any(board.closed for board in (self._agents, self._verdicts) if board is not None)

    def _parts(self) -> tuple[AgentsPart | None, ClaimsPart | None]:
        with self._lock:
            return (
                None if self._agents is None else agents_part(self._agents),
                None if self._verdicts is None else claims_part(self._verdicts),
            )

    def _drawn(self) -> dict[str, str]:
        """Part of the page to its content; only what is shown, and without the grid's bytes."""
        parts: dict[str, object] = {}
        signs = {} if self._ended else self._signs
        if self._agents is not None:
            part = agents_part(self._agents, signs, self._chosen)
            parts["agents"] = msgspec.structs.replace(part, swarm=[])  # the grid tells it
        if self._verdicts is not None:
            parts["claims"] = claims_part(self._verdicts)
        if self._head and self._agents is not None and self._verdicts is not None:
            parts["head"] = head_part(self._agents, self._verdicts, signs, ended=self._ended)
        if self._controls is not None:
            parts["said"] = self._controls.said
        return {name: msgspec.json.encode(part).decode() for name, part in parts.items()}

    def _push(self, force: bool = False) -> None:
        """Send a frame if one is due and there is something to say."""
        with self._lock:
            now = self._clock()
            if self._page is None or (not force and self._pacer.wait_s(now) > 0):
                return
            parts = self._drawn()
            changed = any(content != getattr(self._page, name) for name, content in parts.items())
            grid = Grid()
            if self._agents is not None:
                grid = encode(self._agents, {} if self._ended else self._signs)
                changed = changed or grid.still != self._grid.still
                if grid.roster != self._grid.roster:
                    parts["roster"] = msgspec.json.encode(grid.roster).decode()
            quiet = self._beat_at is not None and now - self._beat_at < BEAT_S
            if not (force or changed) and quiet:
                return
            self._beat_at, self._grid = now, grid
            self._page.show(
                frame=self._pacer.sent(now),
                live=not self._ended,
                note=self._note,
                grid=grid.cells,
                **parts,
            )
            self._sent()

    def _answer(self) -> None:
        """Whoever clicked waits for this; it does not wait for its turn among the frames."""
        with self._lock:
            if self._page is not None and self._controls is not None:
                self._page.said = msgspec.json.encode(self._controls.said).decode()

    def _end(self, note: str) -> None:
        with self._lock:
            if self._ended:
                return
            self._note = self._note or note
            self._ended = True
            self._push(force=True)

    # --- the notebook's copy -------------------------------------------------

    def _after_cell(self, *result: object) -> None:
        """In the kernel's main thread, after each cell."""
        if not self._ended:
            self.refresh()
            # A page that draws the widget needs no fallback yet, and replacing
            # the output under it would make it draw from scratch.
            if self._pacer.watched:
                return
        self._settle()

    def _settle(self) -> None:
        """Bring the output in the notebook up to date; once ended, for the last time."""
        with self._lock:
            if self._published is not None and get_ipython() is not None:
                bundle = self._repr_mimebundle_()
                if bundle != self._published:
                    self._published = bundle
                    _display(bundle, raw=True, display_id=self._handle, update=True)
        if self._ended and (shell := get_ipython()):
            callbacks = shell.events.callbacks["post_run_cell"]
            if self._after_cell in callbacks:
                shell.events.unregister("post_run_cell", self._after_cell)


class Cockpit(Live):
    """Agents and verdicts side by side, live: what one looks at while a run is going on."""

    def __init__(self, watched: Source | Session, run: str = "") -> None:
        super().__init__(watched, run=run)
