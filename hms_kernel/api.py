"""What a notebook works with: a workbench, and handles that show themselves. Decides nothing.

import hms_kernel as hms

with hms.Workbench() as wb:
    wb.spawn(4)
    run = wb.verify("moneyball")
    run.result()
"""

from __future__ import annotations

import atexit
import threading

from hms_kernel import display, hosting, tables
from hms_kernel import session as sessions
from hms_kernel.client import RemoteLine
from hms_kernel.desk import Desk
from hms_kernel.errors import UsageError
from hms_kernel.messages import AcceptedResponse, CloseSessionRequest
from hms_kernel.model import AgentPhase
from hms_kernel.policy import Gate
from hms_kernel.sidecar import Sidecar
from hms_kernel.supervisor import Supervisor


class Workbench(Desk):
    """A session of this process: the supervisor runs in a background thread, or beside it.

    Use it as a context manager, or ``close`` it. When the interpreter ends, a session
    without a name of its own is closed; one with a name is left: its agents work on, and
    the next ``Workbench`` of that name takes it over with all its tasks, as it does after
    the process was killed. Agents nobody takes over end after their grace period.

    Args:
        session: name; None invents a fresh one. An ended or interrupted session goes on.
        agents: how many provers there shall be right away; those that a session which is
            taken over has already count.
        store: database URL or SQLite file; None keeps one in the session's directory.
        seed: of every random choice the supervisor makes (the jitter of restarts).
        gate: asked before every action; None allows everything.
        host: "thread", in this process; or "process", in one of its own, which long cells
            do not slow down or stop. It ends with this one, as a thread would.
        stay: the process of its own goes on when this one ends; ``attach`` finds it again.

    Raises:
        SessionError: a live supervisor holds the session; ``attach`` to it instead.
        UsageError: there is no such host, or it cannot have that gate.
    """

    def __init__(
        self,
        session: str | None = None,
        *,
        agents: int = 0,
        store: str | None = None,
        seed: int = 0,
        gate: Gate | None = None,
        host: str = "thread",
        stay: bool = False,
    ) -> None:
        self._supervisor = _host(host, session, store, seed, gate, stay)
        super().__init__(self._supervisor, self._supervisor.name, self._supervisor.store_url)
        self.directory = self._supervisor.directory
        self._at_exit = self.close if session is None and not stay else self.leave
        atexit.register(self._at_exit)
        _hosted.append(self)
        try:
            if (missing := agents - self._provers()) > 0:
                self.spawn(missing)
        except BaseException:
            self._at_exit()
            raise

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self._supervisor.closed

    def close(self) -> None:
        """Cancel what is open, end the agents, free the session; the store stays. Idempotent.

        Raises:
            StoreError: the last facts could not be written.
        """
        self._forget()
        self._supervisor.close()

    def leave(self) -> None:
        """Let go of the session without ending it: agents work on for whoever takes it over. Idempotent."""
        self._forget()
        self._supervisor.leave()

    def _provers(self) -> int:
        stopped = AgentPhase.STOPPED.value
        known = self.client.agents()
        return sum(agent.phase != stopped and "prove" in agent.skills for agent in known)

    def _forget(self) -> None:
        atexit.unregister(self._at_exit)
        if self in _hosted:
            _hosted.remove(self)

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.closed:
            return f"<workbench {self.session}, closed>"
        ping = self.ping()
        return f"<workbench {self.session}: {ping.agents} agents, {ping.tasks} tasks>"

    def _repr_html_(self) -> str:
        if self.closed:
            return display.html_text(repr(self))
        rows = tables.agents(self.facts())
        return display.html_text(repr(self)) + display.html_table(rows)


class Attached(Desk):
    """A session hosted by another process of this machine; ``close`` only hangs up."""

    def __init__(self, session: str | None = None) -> None:
        found = sessions.connection(session)
        self._remote = RemoteLine(found.clients)
        super().__init__(self._remote, found.session, found.store)

    def alive(self) -> bool:
        """Whether the session still has a supervisor."""
        return sessions.is_live(self.session)

    def stop_session(self) -> None:
        """End the session itself: its supervisor closes as if asked by its own process."""
        self.client.ask(CloseSessionRequest(), AcceptedResponse)

    def close(self) -> None:
        """Hang up; the session goes on. Idempotent."""
        self._remote.close()

    def __enter__(self) -> Attached:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_hosted: list[Workbench] = []  # live workbenches of this process, oldest first


def attach(session: str | None = None) -> Attached:
    """Join a live session of another process: ``session``, else ``HMS_SESSION``, else the newest.

    Raises:
        SessionError: there is none.
    """
    return Attached(session)


def hosted() -> Workbench | None:
    """The newest live workbench of this process."""
    return next((bench for bench in reversed(_hosted) if not bench.closed), None)


def current() -> Desk:
    """The session that is meant when none is named: the newest of this process, else as for ``attach``.

    Raises:
        SessionError: there is none.
    """
    global _joined
    with _joining:
        if (own := hosted()) is not None:
            return own
        if _joined is not None:
            if _joined.alive():
                return _joined
            _joined.close()
            _joined = None
        _joined = attach()
        return _joined


_joining = threading.Lock()
_joined: Attached | None = None


def _host(
    where: str, name: str | None, store: str | None, seed: int, gate: Gate | None, stay: bool
) -> Supervisor | Sidecar:
    if where == "process":
        if gate is not None:
            raise UsageError("a gate cannot be handed to another process; host it in a thread")
        return Sidecar(name, store=store, seed=seed, stay=stay)
    if where != "thread":
        raise UsageError(f"no host {where!r}; there are 'thread' and 'process'")
    if stay:
        raise UsageError("a thread cannot stay when its process ends; use host='process'")
    return hosting.host(name, store=store, seed=seed, gate=gate)
