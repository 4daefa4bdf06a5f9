"""How agent processes come to life and how their deaths are noticed. Decides nothing about restarts."""

from __future__ import annotations

from typing import Protocol

import msgspec

from hms_kernel.model import AgentSpec


class Exited(msgspec.Struct, frozen=True, kw_only=True):
    """An agent process has ended."""

    agent_id: str
    pid: int
    cause: str  # "killed by SIGKILL", "exit code 1", "ended" when the status is not known
    output: str = ""  # the tail of what it printed, where known


class Launcher(Protocol):
    """Starts agent processes. Owned by the supervisor's thread; ``launch`` returns at once.

    Agents live in POSIX sessions of their own, so signals to the supervisor's
    process group never reach them, and they outlive the supervisor's process.
    """

    def launch(self, spec: AgentSpec) -> None:
        """Begin to start one agent; its process registers over the transport, or an ``Exited`` follows.

        A process of that name which an earlier supervisor left, and nobody expects, is ended.
        """

    def watch(self, agent_id: str, pid: int) -> None:
        """Notice the death of a process that registered itself (after a takeover, launched by another)."""

    def terminate(self, agent_id: str) -> None:
        """SIGTERM the agent, which then ends its worker and itself. Unknown ids are ignored."""

    def expect(self, agent_id: str, pid: int | None, age_s: float) -> None:
        """Find out what has become of an agent that an earlier supervisor launched.

        An ``Exited`` follows when it is gone or dies, or when it is given up by
        ``kill``; until somebody can tell, it counts as alive. A process id alone says
        little: only a process that is certainly the agent is signalled.

        Args:
            pid: its last known process; None when it had none yet.
            age_s: seconds since that process registered, at the least.
        """

    def kill(self, agent_id: str) -> None:
        """SIGKILL the agent and its worker; an ``Exited`` follows. Unknown ids are ignored."""

    def fileno(self) -> int:
        """A descriptor that is readable when ``poll`` has something to return."""

    def poll(self) -> list[Exited]:
        """Deaths noticed since the last call, oldest first; never blocks."""

    def leave(self) -> None:
        """Let go of every agent without ending any: they live on for the next supervisor."""

    def close(self, timeout_s: float = 5.0) -> None:
        """End every agent that is left, wait for them up to ``timeout_s``, and leave no process behind."""
