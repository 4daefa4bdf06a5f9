"""The lives of agents: launched, watched, brought back, put aside, ended. Pure; knows no task.

What somebody desires of an agent and what it is doing are kept apart: a process
that ends is told from the desired state what comes next. Agents share nothing, so
the death of one restarts that one only.

Source:
    Erlang/OTP, supervisor behaviour: one_for_one, restart intensity, shutdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from hms_kernel import healing, takeover
from hms_kernel.errors import UsageError
from hms_kernel.events import Effect, Exited, Kill, Launch, Record, Shutdown, Terminate
from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    AgentReleased,
    AgentSpawned,
    AgentStopped,
)
from hms_kernel.ledger import Agent
from hms_kernel.model import AgentPhase, AgentSpec, Desired

STARTUP_S = 60.0  # an agent that has not registered by then is killed and launched again
SWEEP_S = 0.25  # between two looks at who has gone silent
SHUTDOWN_S = (3.0, 2.0, 5.0)  # after asking, after SIGTERM, after each SIGKILL

_LIVE = (AgentPhase.READY, AgentPhase.DRAINING)  # registered, so heartbeats are due
_DOWN = (AgentPhase.STOPPED, AgentPhase.BACKOFF, AgentPhase.QUARANTINED)  # without a process


@dataclass
class Fleet:
    """Every agent of a session, by id.

    Args:
        rng: jitters restarts.
    """

    rng: Random
    agents: dict[str, Agent] = field(default_factory=dict)
    _due: dict[str, None] = field(default_factory=dict)  # agents with a deadline
    _heard: dict[str, None] = field(default_factory=dict)  # agents whose heartbeats are due
    _sweep_s: float = 0.0

    def next_due_s(self) -> float | None:
        """When ``tick`` will have something to do; None: not by itself."""
        dues = [due for name in self._due if (due := self.agents[name].due_s) is not None]
        if self._heard:
            dues.append(self._sweep_s)
        return min(dues, default=None)

    def resume(self, agents: dict[str, Agent], now_s: float) -> list[Effect]:
        """Go on with the agents of an earlier supervisor; once, before anything else."""
        self.agents.update(agents)
        effects: list[Effect] = []
        for agent in agents.values():
            if (expected := takeover.await_return(agent, now_s)) is not None:
                effects.append(expected)
            self._schedule(agent, agent.due_s)
        return effects

    def known(self, agent_id: str) -> Agent:
        """The agent of that id.

        Raises:
            UsageError: there is none.
        """
        try:
            return self.agents[agent_id]
        except KeyError:
            raise UsageError(f"no agent {agent_id!r}; known: {_some(self.agents)}") from None

    def live(self, agent_id: str, now_s: float) -> None:
        """The agent has registered: from now on its heartbeats are due."""
        agent = self.agents[agent_id]
        # One that was draining when its supervisor ended still is.
        leaving = agent.desired is Desired.STOPPED
        agent.phase = AgentPhase.DRAINING if leaving else AgentPhase.READY
        agent.ready_s, agent.returning = now_s, False
        self._schedule(agent, None)
        if not self._heard:
            self._sweep_s = now_s + SWEEP_S
        self._heard[agent_id] = None

    def heard(self, agent: Agent, now_s: float) -> None:
        """It has shown a sign of life."""
        agent.seen_s, agent.excused_s = now_s, 0.0

    # --- what somebody asks for ----------------------------------------------

    def spawn(self, spec: AgentSpec, now_s: float) -> list[Effect]:
        """A new agent, or a namesake of one that has stopped."""
        known = self.agents.get(spec.agent_id)
        if known is not None and known.phase is not AgentPhase.STOPPED:
            raise UsageError(f"agent {spec.agent_id!r} exists already")
        agent = self.agents[spec.agent_id] = Agent(spec=spec, phase=AgentPhase.STARTING)
        return self._launch(agent, now_s)

    def stop(self, agent_id: str, now_s: float) -> list[Effect]:
        """It shall end now and stay so."""
        agent = self.known(agent_id)
        agent.desired = Desired.STOPPED
        if agent.phase in (AgentPhase.BACKOFF, AgentPhase.QUARANTINED):
            return self._stopped(agent)
        return self._dismiss(agent, now_s)

    def drain(self, agent_id: str, now_s: float, *, busy: bool) -> list[Effect]:
        """It shall end and stay so, but finish first what it runs."""
        agent = self.known(agent_id)
        if agent.phase is AgentPhase.DRAINING:
            return []
        if agent.phase is not AgentPhase.READY or not busy:
            return self.stop(agent_id, now_s)
        agent.phase, agent.desired = AgentPhase.DRAINING, Desired.STOPPED
        return [Record(AgentDraining(), agent=agent_id)]

    def drained(self, agent: Agent, now_s: float) -> list[Effect]:
        """A draining agent has finished."""
        return self._dismiss(agent, now_s)

    def restart(self, agent_id: str, now_s: float) -> list[Effect]:
        """It shall have a new process; also if it had been stopped or put aside."""
        agent = self.known(agent_id)
        if agent.phase is AgentPhase.QUARANTINED:
            return self._release(agent, "a restart was asked for", now_s)
        agent.desired = Desired.RUNNING
        if agent.phase in _DOWN:
            return self._launch_again(agent, now_s)
        return self._dismiss(agent, now_s)

    def quarantine(self, agent_id: str, reason: str, now_s: float) -> list[Effect]:
        """It shall be put aside until somebody releases it."""
        agent = self.known(agent_id)
        if agent.desired is Desired.STOPPED:
            raise UsageError(f"agent {agent_id!r} is {agent.phase.value}: nothing to put aside")
        agent.desired, agent.verdict = Desired.QUARANTINED, reason or "asked for"
        if agent.phase in _DOWN:
            return self._put_aside(agent)
        return self._dismiss(agent, now_s)

    def release(self, agent_id: str, now_s: float) -> list[Effect]:
        """It may leave quarantine."""
        agent = self.known(agent_id)
        if agent.phase is not AgentPhase.QUARANTINED and agent.desired is not Desired.QUARANTINED:
            raise UsageError(f"agent {agent_id!r} is {agent.phase.value}, not quarantined")
        if agent.phase is AgentPhase.QUARANTINED:
            return self._release(agent, "asked for", now_s)
        agent.desired = Desired.RUNNING  # its process is still ending; the next one follows
        return [self._wish(agent)]

    # --- what happens --------------------------------------------------------

    def exited(self, event: Exited, now_s: float) -> list[Effect] | None:
        """A process has ended; None when it is one that we had already given up."""
        agent = self.agents.get(event.agent_id)
        if agent is None or agent.phase in _DOWN:
            return None
        if event.pid and agent.pid and event.pid != agent.pid:
            return None
        asked = agent.phase is AgentPhase.STOPPING
        agent.pid, agent.force, agent.returning = None, 0, False
        self._schedule(agent, None)
        match agent.desired:
            case Desired.STOPPED:
                return self._stopped(agent)
            case Desired.QUARANTINED:
                return self._put_aside(agent)
            case Desired.RUNNING if asked:
                stopped = Record(AgentStopped(), agent=event.agent_id)
                return [stopped, *self._launch_again(agent, now_s)]
            case Desired.RUNNING:
                return self._died(agent, event, now_s)

    def condemn(self, agent_id: str, verdict: str, now_s: float) -> list[Effect]:
        """Kill an agent that is of no more use; its death will be told with this cause."""
        agent = self.agents[agent_id]
        agent.verdict = agent.verdict or verdict
        self._schedule(agent, now_s + SHUTDOWN_S[-1])
        return [Kill(agent_id)]

    def tick(self, now_s: float, stalled_s: float) -> list[Effect]:
        """Do what time asks for; of the time since the last tick nobody listened for ``stalled_s``."""
        if stalled_s > 0:
            self._excuse(stalled_s, now_s)
        effects: list[Effect] = []
        for agent_id in list(self._due):
            agent = self.agents[agent_id]
            if agent.due_s is not None and agent.due_s <= now_s:
                effects += self._overdue(agent, now_s)
        if self._heard and self._sweep_s <= now_s:
            self._sweep_s = now_s + SWEEP_S
            effects += self._sweep(now_s)
        return effects

    def denied(self, agent_id: str) -> None:
        """It may not be launched."""
        agent = self.agents[agent_id]
        agent.phase, agent.desired = AgentPhase.STOPPED, Desired.STOPPED
        self._schedule(agent, None)

    # --- from one phase to the next ------------------------------------------

    def _launch(self, agent: Agent, now_s: float) -> list[Effect]:
        agent.phase, agent.pid, agent.ready_s, agent.verdict = AgentPhase.STARTING, None, None, ""
        agent.desired = Desired.RUNNING
        self._schedule(agent, now_s + STARTUP_S)
        kind = AgentSpawned(spec=agent.spec, restarts=agent.restarts)
        return [Record(kind, agent=agent.spec.agent_id), Launch(agent.spec)]

    def _launch_again(self, agent: Agent, now_s: float) -> list[Effect]:
        agent.restarts += 1
        return self._launch(agent, now_s)

    def _dismiss(self, agent: Agent, now_s: float) -> list[Effect]:
        """Have its process end; ``tick`` uses more force where it does not."""
        agent_id = agent.spec.agent_id
        if agent.phase in _DOWN:
            return []
        if agent.phase is AgentPhase.STOPPING:
            return [self._wish(agent)]
        # One that is only starting cannot hear us yet, and a condemned one never will.
        deaf = agent.phase is AgentPhase.STARTING or agent.due_s is not None
        agent.phase, agent.force = AgentPhase.STOPPING, 2 if deaf else 0
        self._schedule(agent, now_s + SHUTDOWN_S[agent.force])
        return [self._wish(agent), Kill(agent_id) if deaf else Shutdown(agent_id)]

    def _wish(self, agent: Agent) -> Record:
        """What is desired of an agent that is ending, for whoever supervises it when it has."""
        cause = agent.verdict if agent.desired is Desired.QUARANTINED else ""
        kind = AgentDismissed(desired=agent.desired, cause=cause)
        return Record(kind, agent=agent.spec.agent_id)

    def _stopped(self, agent: Agent) -> list[Effect]:
        agent.phase = AgentPhase.STOPPED
        self._schedule(agent, None)
        return [Record(AgentStopped(), agent=agent.spec.agent_id)]

    def _put_aside(self, agent: Agent) -> list[Effect]:
        agent.phase, agent.last_cause = AgentPhase.QUARANTINED, agent.verdict
        self._schedule(agent, None)
        kind = AgentQuarantined(cause=agent.verdict, cool_s=None)
        return [Record(kind, agent=agent.spec.agent_id)]

    def _died(self, agent: Agent, event: Exited, now_s: float) -> list[Effect]:
        agent_id, rule = agent.spec.agent_id, agent.spec.intensity
        cause = agent.last_cause = agent.verdict or event.cause
        if agent.ready_s is not None and now_s - agent.ready_s > healing.CLEAN_RUN_S:
            agent.failures = agent.probation = 0
        agent.failures += 1
        agent.deaths = healing.recent_deaths(agent.deaths, now_s, rule)
        too_often = len(agent.deaths) > rule.deaths
        if not (too_often or agent.probation):
            wait_s = healing.backoff_s(agent.failures, self.rng)
            agent.phase = AgentPhase.BACKOFF
            self._schedule(agent, now_s + wait_s)
            gone = AgentGone(cause=cause, backoff_s=wait_s, output=event.output)
            return [Record(gone, agent=agent_id)]
        cool_s = healing.cool_s(agent.probation, rule)
        why = (
            f"died on probation: {cause}"
            if agent.probation
            else f"{len(agent.deaths)} deaths within {rule.within_s:g} s, the last one: {cause}"
        )
        agent.phase, agent.last_cause = AgentPhase.QUARANTINED, why
        self._schedule(agent, now_s + cool_s)
        return [
            Record(AgentGone(cause=cause, backoff_s=cool_s, output=event.output), agent=agent_id),
            Record(AgentQuarantined(cause=why, cool_s=cool_s), agent=agent_id),
        ]

    def _release(self, agent: Agent, cause: str, now_s: float) -> list[Effect]:
        agent.probation += 1
        agent.deaths = ()
        released = Record(AgentReleased(cause=cause), agent=agent.spec.agent_id)
        return [released, *self._launch_again(agent, now_s)]

    def _overdue(self, agent: Agent, now_s: float) -> list[Effect]:
        agent_id = agent.spec.agent_id
        match agent.phase:
            case AgentPhase.BACKOFF:
                return self._launch_again(agent, now_s)
            case AgentPhase.QUARANTINED:
                return self._release(agent, "cooled down", now_s)
            case AgentPhase.STARTING:
                verdict = (
                    f"did not come back within {takeover.RETURN_S:g} s"
                    if agent.returning
                    else f"never registered within {STARTUP_S:g} s"
                )
                return self.condemn(agent_id, verdict, now_s)
            case AgentPhase.STOPPING:
                agent.force = min(agent.force + 1, len(SHUTDOWN_S) - 1)
                self._schedule(agent, now_s + SHUTDOWN_S[agent.force])
                return [Terminate(agent_id) if agent.force == 1 else Kill(agent_id)]
            case _:  # condemned, and still there
                return self.condemn(agent_id, agent.verdict, now_s)

    def _sweep(self, now_s: float) -> list[Effect]:
        effects: list[Effect] = []
        for agent_id in list(self._heard):
            agent = self.agents[agent_id]
            if agent.phase not in _LIVE:
                del self._heard[agent_id]
            elif agent.seen_s is not None and not agent.verdict:
                silent_s = now_s - agent.seen_s - agent.excused_s
                if silent_s >= healing.frozen_after_s(agent.spec.heartbeat_s):
                    verdict = f"frozen: no heartbeat for {silent_s:.1f} s"
                    effects += self.condemn(agent_id, verdict, now_s)
        return effects

    def _excuse(self, stalled_s: float, now_s: float) -> None:
        """What we could not hear, nobody failed to say; and nobody was late for us."""
        for agent_id in self._heard:
            agent = self.agents[agent_id]
            silent_s = now_s - (now_s if agent.seen_s is None else agent.seen_s)
            agent.excused_s = min(agent.excused_s + stalled_s, silent_s)
        for agent_id in self._due:
            agent = self.agents[agent_id]
            if agent.due_s is not None and agent.phase in (
                AgentPhase.STARTING,
                AgentPhase.STOPPING,
            ):
                agent.due_s += stalled_s

    def _schedule(self, agent: Agent, due_s: float | None) -> None:
        agent.due_s = due_s
        if due_s is None:
            self._due.pop(agent.spec.agent_id, None)
        else:
            self._due[agent.spec.agent_id] = None


def _some(names: Iterable[str]) -> str:
    """A few names for an error message."""
    shown = list(names)
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "") if shown else "none"
