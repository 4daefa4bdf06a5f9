"""The controls of a display: a click is put in a queue, and a thread of its own sees it through. Decides nothing.

Whoever handles a click must not wait: it may be the thread that runs cells, and a
supervisor that is slow to answer must not make it slower.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from hms_kernel.errors import HmsError
from hms_widgets.commands import Command, Commands, perform, read

SAID = 6  # answers that a reloaded page still finds
LAST_S = 10.0  # for what was asked before a display was closed
WAITING = 100  # clicks that may wait for their turn; of more, somebody leans on the button


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one click."""

    n: str  # the page's name for the click
    words: str
    ok: bool


class Controls:
    """Takes what pages ask and keeps the latest answers.

    Args:
        commands: what stands behind the buttons.
        on_answer: called, from the thread of the controls, when there is a new answer.
    """

    def __init__(self, commands: Commands, on_answer: Callable[[], None]) -> None:
        self._commands, self._on_answer = commands, on_answer
        self._asked: queue.Queue[tuple[str, Command] | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()  # a click may be refused while another is answered
        self.said: tuple[Answer, ...] = ()  # oldest first

    def ask(self, n: str, content: dict[str, Any]) -> None:
        """Take a click; returns at once. What it asks for is performed in turn."""
        command = read(content)
        if command is None:
            self._say(n, "that cannot be asked", ok=False)
            return
        if self._closed:
            self._say(n, "this display has been closed", ok=False)
            return
        try:
            self._asked.put_nowait((n, command))
        except queue.Full:
            self._say(n, "too much was asked already; wait for the answers", ok=False)
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="hms-controls", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """See through what was asked, but not for ever; then end. Idempotent."""
        self._closed = True
        if self._thread is not None:
            with contextlib.suppress(queue.Full):
                self._asked.put(None, timeout=LAST_S)
            self._thread.join(timeout=LAST_S)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            n, command = asked
            try:
                self._say(n, perform(command, self._commands), ok=True)
            except HmsError as error:
                self._say(n, str(error), ok=False)
            except Exception as error:
                # Nobody reads a thread's traceback, and the next click must still work.
                self._say(n, f"{type(error).__name__}: {error}", ok=False)

    def _say(self, n: str, words: str, *, ok: bool) -> None:
        with self._lock:
            self.said = (*self.said, Answer(n=n, words=words, ok=ok))[-SAID:]
        self._on_answer()
