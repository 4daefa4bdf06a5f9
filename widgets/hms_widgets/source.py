"""Where a display gets its story from. A seam: the workbench and its clients stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from hms_kernel.facts import Fact
from hms_kernel.messages import AgentStatus
from hms_widgets.commands import Commands


class Source(Protocol):
    """A session that can be watched. Called from the display's own thread.

    Either method may raise ``HmsError`` when the session has ended; the display
    then says so and stops.
    """

    def facts(self, after_seq: int = 0, wait_s: float = 0.0) -> Sequence[Fact]:
        """Facts after ``after_seq``, oldest first; with none yet, waits up to ``wait_s`` seconds."""

    def agents(self) -> Sequence[AgentStatus]:
        """Every agent as it stands now, with the age of its heartbeat and its progress."""


@runtime_checkable
class Session(Protocol):
    """Whatever speaks to a session through a client that is a ``Source``: a workbench, say."""

    @property
    def client(self) -> Source: ...


@runtime_checkable
class Steered(Protocol):
    """A session that can be asked for something too."""

    @property
    def commands(self) -> Commands: ...


def commands_of(watched: object) -> Commands | None:
    """What stands behind the buttons; None where there is nothing."""
    return watched.commands if isinstance(watched, Steered) else None


def source_of(watched: Source | Session) -> Source:
    """What to follow: the thing itself, or the client of a session."""
    return watched.client if isinstance(watched, Session) else watched
