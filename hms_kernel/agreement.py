"""Keeps a supervisor's books and its agents' hands the same when messages between them get lost. Pure.

An agent repeats what it has to say until it is answered. What it is told is compared
instead: with every heartbeat it says which attempts it has in hand, and what differs
from the books is said again. To be told twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hms_kernel.events import Assign, CancelOn, Effect, Shutdown
from hms_kernel.ledger import Agent, Work
from hms_kernel.model import AgentPhase

# A heartbeat may cross an assignment on the wire: only a difference that lasts is one.
LASTS_S = 0.5

_WITHOUT_PROCESS = (AgentPhase.STOPPED, AgentPhase.BACKOFF, AgentPhase.QUARANTINED)
_AT_WORK = (AgentPhase.READY, AgentPhase.DRAINING)


def agree(
    agent: Agent, tasks: Mapping[str, Work], holds: Sequence[tuple[str, int]], now_s: float
) -> list[Effect]:
    """What to say again to an agent that has these attempts in hand, (task id, attempt) each."""
    agent_id = agent.spec.agent_id
    if agent.phase in _WITHOUT_PROCESS:
        return [Shutdown(agent_id)]
    if agent.phase not in _AT_WORK or agent.verdict:
        return []
    mine = None if agent.task is None or agent.attempt is None else (agent.task, agent.attempt)
    effects: list[Effect] = [CancelOn(agent_id, *other) for other in holds if other != mine]
    unwanted = mine is not None and tasks[mine[0]].phase.terminal
    if mine is None or (mine in holds and not unwanted):
        agent.differs = None
        return effects
    if agent.differs is None or agent.differs[0] != mine:
        agent.differs = (mine, now_s)
    elif now_s >= agent.differs[1] + LASTS_S:
        agent.differs = (mine, now_s)
        task = tasks[mine[0]].task
        effects.append(CancelOn(agent_id, *mine) if unwanted else Assign(agent_id, task, mine[1]))
    return effects
