"""The controls of a session as sentences: asked by a click, answered for people. Decides nothing.

Stands behind ``hms_widgets.commands.Commands``. Killing and freezing go past the
supervisor on purpose: it is to notice by itself.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from random import Random

from hms_kernel.client import Client
from hms_kernel.errors import UsageError
from hms_kernel.handles import AgentHandle, TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    AgentStatus,
    PauseRequest,
    ResumeRequest,
    SpawnAgentRequest,
    SpawnAgentResponse,
)
from hms_kernel.model import AgentPhase, AgentSpec

_RUNNING = (AgentPhase.READY.value, AgentPhase.DRAINING.value)


class Steering:
    """Asks a session for what its dashboard's buttons say.

    Args:
        client: of the session.
        prove: hands in a statement.
        rng: picks victims.
    """

    def __init__(
        self, client: Client, prove: Callable[[str], TaskHandle], rng: Random | None = None
    ) -> None:
        self._client, self._prove = client, prove
        self._rng = rng or Random()

    def spawn(self, count: int) -> str:
        """Start so many provers more; they are not waited for."""
        request = SpawnAgentRequest(spec=AgentSpec(agent_id=""), count=count)
        names = self._client.ask(request, SpawnAgentResponse).agent_ids
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return f"{shown} {'is' if len(names) == 1 else 'are'} starting"

    def pause(self, agent: str) -> str:
        """Give an agent, with an empty id nobody, new tasks."""
        self._client.ask(PauseRequest(agent_id=agent), AcceptedResponse)
        return f"{agent or 'nobody'} {'gets no' if agent else 'gets'} new tasks; what runs goes on"

    def resume(self, agent: str) -> str:
        """Give an agent, with an empty id everybody, tasks again."""
        self._client.ask(ResumeRequest(agent_id=agent), AcceptedResponse)
        return f"{agent or 'everybody'} gets tasks again"

    def drain(self, agent: str) -> str:
        """Let an agent finish what it runs and then be gone."""
        AgentHandle(self._client, agent).drain()
        return f"{agent} finishes what it runs and then ends"

    def restart(self, agent: str) -> str:
        """Give an agent a new process."""
        AgentHandle(self._client, agent).restart()
        return f"{agent} gets a new process"

    def quarantine(self, agent: str) -> str:
        """Put an agent aside."""
        AgentHandle(self._client, agent).quarantine("asked for on the dashboard")
        return f"{agent} is put aside until it is released"

    def release(self, agent: str) -> str:
        """Bring an agent back from quarantine."""
        AgentHandle(self._client, agent).release()
        return f"{agent} comes back, on probation"

    def kill(self, agent: str) -> str:
        """End an agent's process with SIGKILL, with an empty id a random one's."""
        return f"{self._signal(agent, signal.SIGKILL)} was killed; a new process follows"

    def freeze(self, agent: str) -> str:
        """Stop an agent's process with SIGSTOP, with an empty id a random one's."""
        victim = self._signal(agent, signal.SIGSTOP)
        return f"{victim} was frozen; it will be found out and replaced"

    def cancel(self, task: str) -> str:
        """End a task without an answer."""
        TaskHandle(self._client, task).cancel()
        return f"{task} is cancelled"

    def prove(self, statement: str) -> str:
        """Hand in a claim."""
        return f"{self._prove(statement).task_id} was handed in"

    def _signal(self, agent_id: str, number: signal.Signals) -> str:
        agent, pid = self._victim(agent_id)
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            raise UsageError(f"agent {agent.agent_id!r} had just ended by itself") from None
        return agent.agent_id

    def _victim(self, agent_id: str) -> tuple[AgentStatus, int]:
        running = [
            (agent, agent.pid)
            for agent in self._client.agents()
            if agent.phase in _RUNNING
            and agent.pid is not None
            # Its own process only: no signal may ever reach a group or everybody.
            and agent.pid > 1
            and agent_id in ("", agent.agent_id)
        ]
        if not running:
            who = f"agent {agent_id!r}" if agent_id else "an agent"
            raise UsageError(f"there is no process of {who} to send a signal to")
        return self._rng.choice(running)
