"""The verbs of a session, whoever hosts it: hand in work, start agents, look. Hosts nothing.

``api`` has the two kinds there are: a session of this process, and one hosted elsewhere.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from hms_kernel import backends, config, plugins, requests, specs, tables
from hms_kernel.client import Client, Line
from hms_kernel.errors import AgentLost, UsageError
from hms_kernel.evolving import Evolving
from hms_kernel.facts import TaskSubmitted
from hms_kernel.genetics.family import family
from hms_kernel.handles import AgentHandle, Run, TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    PauseRequest,
    PingRequest,
    PingResponse,
    Response,
    ResumeRequest,
    SpawnAgentRequest,
    SpawnAgentResponse,
    SubmitTaskRequest,
    SubmitTaskResponse,
)
from hms_kernel.model import AgentPhase, Budget, Goal, Limits, Recovery, Semantics, Task, Trust
from hms_kernel.specs import Spec
from hms_kernel.steering import Steering

if TYPE_CHECKING:
    from hms_widgets import Dashboard


class Desk(Evolving):
    """The verbs of a session, whoever hosts it. ``attach`` gives one for a session hosted elsewhere."""

    def __init__(self, line: Line, session: str, store: str) -> None:
        super().__init__(Client(line, session, store))
        self.session = session
        self.store = store  # database URL

    def ping(self) -> PingResponse:
        """Ask the supervisor who it is.

        Raises:
            SessionError: it does not answer.
        """
        return self.client.ask(PingRequest(), PingResponse)

    def spawn(
        self,
        count: int = 1,
        skills: Sequence[str] = ("prove", "trial"),
        *,
        config: dict[str, Any] | None = None,
        timeout_s: float = 60.0,
    ) -> list[AgentHandle]:
        """Start agents, each a process of its own, and wait until they are ready.

        Args:
            count: how many.
            skills: what they can be asked; names under the entry points ``hms.skills``.
            config: fields of ``AgentSpec`` (``heartbeat_s``, ``memory_bytes``, ``intensity``, …); other
                keys go to the skills.
            timeout_s: seconds until they must be ready.

        Raises:
            UsageError: an unknown skill, or a config value of the wrong type.
            AgentLost: they did not come up in time; the supervisor goes on trying.
        """
        if isinstance(skills, str):
            skills = (skills,)
        spec = requests.agent_spec(skills, config or {})
        ids = self.client.ask(
            SpawnAgentRequest(spec=spec, count=count), SpawnAgentResponse
        ).agent_ids
        self._await_ready(set(ids), timeout_s)
        return [AgentHandle(self.client, agent_id) for agent_id in ids]

    def pause(self) -> None:
        """Give nobody new tasks; what runs goes on, what is handed in waits. Also after a takeover."""
        self.client.ask(PauseRequest(), AcceptedResponse)

    def resume(self) -> None:
        """Give out tasks again; agents that are paused themselves stay so."""
        self.client.ask(ResumeRequest(), AcceptedResponse)

    def submit(
        self,
        skill: str,
        payload: Any = None,
        *,
        label: str = "",
        limits: Limits | None = None,
        wait_s: float = 0.0,
    ) -> TaskHandle:
        """Hand a task to whichever agent has the skill.

        Args:
            payload: plain data: None, numbers, text, bytes, lists and string-keyed dicts of them.
            wait_s: seconds to wait for room when too many tasks wait for an agent already.

        Raises:
            UsageError: no agent and no installed package has that skill.
            QueueFull: too many tasks wait already, and there was no room in time.
            PolicyDenied: the gate refused.
            StoreError: the task could not be recorded, so it was not accepted.
        """
        request = SubmitTaskRequest(
            skill=skill, payload=payload, label=label, limits=limits or Limits(), wait_s=wait_s
        )
        return self._submitted(self.client.send(request), label, wait_s=wait_s)

    def prove(
        self,
        statement: str,
        axioms: str | Sequence[str] = (),
        *,
        theorem_id: str = "",
        semantics: str = Semantics.EXACT,
        budget: Budget | None = None,
        cache: bool = True,
        trust: str = Trust.ONE_SOLVER,
        backend: str = "smt",
        recover: bool | Recovery = False,
    ) -> TaskHandle:
        """Hand in one statement of Lean 4 text; the result is a ``Verdict``.

        Args:
            statement: a closed proposition or a whole ``theorem ... := by sorry``.
            axioms: an identifier allows that Lean axiom, anything else is a hypothesis; one
                may come without a list around it.
            semantics: "exact", or "float64" to ask about ℝ as processors compute it.
            cache: whether an answer given before, to the same question, will do.
            trust: "lean-kernel" has the Lean kernel check the proof, where it can; the verdict
                says who vouches in the end.
            backend: which prover: "smt"; "lean" has a Lean check the proof that the text itself
                carries; "deepseek" asks a language model for proofs and a Lean about each.
            recover: whether to go on when that leaves it open, and how far; see ``Recovery``.

        Raises:
            UsageError: the statement or an axiom is no text, or there are no such semantics,
                trust or backend; or a backend other than "smt" is to recover.
            BackendMissing: the Lean kernel is wanted and not installed.
        """
        axioms = (axioms,) if isinstance(axioms, str) else tuple(axioms)
        for text in (statement, *axioms):
            if not isinstance(text, str):
                raise UsageError(f"{text!r} is no Lean text; write it between quotes")
        goal = Goal(
            theorem_id=theorem_id,
            statement=statement,
            axioms=axioms,
            semantics=Semantics.named(semantics),
        )
        return self.settle(
            goal, budget or Budget(), cache=cache, trust=trust, backend=backend, recover=recover
        )

    def settle(
        self,
        goal: Goal,
        budget: Budget,
        *,
        run: str = "",
        cache: bool = True,
        trust: str = Trust.ONE_SOLVER,
        backend: str = "smt",
        recover: bool | Recovery = False,
    ) -> TaskHandle:
        """Hand in one goal as it is."""
        plugins.ensure(backends.GROUP, backend)
        wanted = requests.prepared(trust)
        strategy = self._in_force().get(family(goal)) if backend == "smt" else None
        recovery = requests.recovery_of(recover, backend)
        asked = self.client.send(
            requests.proof(goal, budget, run, cache, wanted, backend, strategy, recovery)
        )
        return self._submitted(asked, goal.theorem_id, goal)

    def verify(
        self,
        spec: str | Path | Spec | Callable[..., Any] | ModuleType,
        *,
        semantics: str | None = None,
        budget: Budget | None = None,
        cache: bool = True,
        trust: str = Trust.ONE_SOLVER,
        recover: bool | Recovery = False,
    ) -> Run:
        """Hand in every claim of a specification: a built-in name, a file, or one already loaded.

        Also the claims on a Python function (see ``claim``), or on all functions of a module.
        With no agents yet, as many are spawned as there are processors.

        Args:
            spec: what to settle.
            semantics: of all claims; None leaves each as its file has it.
            trust: "lean-kernel" has the Lean kernel check every proof, where it can.
            recover: whether to go on with every claim that is left open, and how far.

        Raises:
            SpecError: the specification as a whole cannot be used.
            UsageError: a function or module has no claims, or there are no such semantics or trust.
            BackendMissing: the Lean kernel is wanted and not installed.
        """
        spec = _load(spec, semantics)
        name = f"{spec.name}-{uuid.uuid4().hex[:6]}"
        return self._run(
            name, spec, {}, budget, cache, requests.prepared(trust), requests.recovery_of(recover)
        )

    def run(
        self,
        name: str,
        spec: str | Path | Spec | Callable[..., Any] | ModuleType,
        *,
        semantics: str | None = None,
        budget: Budget | None = None,
        cache: bool = True,
        trust: str = Trust.ONE_SOLVER,
        recover: bool | Recovery = False,
    ) -> Run:
        """A run of ``verify`` again, after a restart for example; ``runs`` lists the names.

        Claims that had not been handed in when it was interrupted are handed in now.

        Args:
            name: of the run.
            spec: what it was to settle, and the rest as for ``verify``.

        Raises:
            UsageError: there is no such run.
        """
        tasks = {task.label: task for task in self._submissions() if task.run == name}
        if not tasks:
            known = ", ".join(row["run"] for row in tables.runs(self.facts())[-5:])
            raise UsageError(f"no run {name!r}; there are: {known or 'none'}")
        loaded = _load(spec, semantics)
        return self._run(
            name,
            loaded,
            tasks,
            budget,
            cache,
            requests.prepared(trust),
            requests.recovery_of(recover),
        )

    def task(self, name: str) -> TaskHandle:
        """A task handed in earlier, in this epoch or before, by its id or its label.

        Of several with the same label, the newest.

        Raises:
            UsageError: there is none.
        """
        for task in reversed(self._submissions()):
            # What a recovery asks for bears the label of its claim.
            if name == task.task_id or (name == task.label and not task.parent):
                return self._handle(task)
        raise UsageError(f"no task has the id or the label {name!r}; tasks() lists them")

    @property
    def commands(self) -> Steering:
        """What stands behind the buttons of its dashboard."""
        return Steering(self.client, self.prove)

    def dashboard(self, *, run: str = "", read_only: bool = False) -> Dashboard:
        """The session to look at and to steer: agents, claims, totals, controls.

        Args:
            run: show only the claims of this run; empty shows all.
            read_only: without controls.
        """
        # Widgets take long to import, and every command line would pay for them.
        from hms_widgets import dashboard

        return dashboard(self, run=run, read_only=read_only)

    def _run(
        self,
        name: str,
        spec: Spec,
        known: Mapping[str, Task],
        budget: Budget | None,
        cache: bool,
        trust: Trust,
        recovery: Recovery | None,
    ) -> Run:
        self._at_least_one_agent()
        in_force = self._in_force()
        asked = {
            claim.id: self.client.send(
                requests.claim_proof(
                    claim, budget or Budget(), name, cache, trust, in_force, recovery
                )
            )
            for claim in spec.claims
            if claim.id not in known
        }
        tasks = []
        for claim in spec.claims:
            if claim.id in known:
                tasks.append(self._handle(known[claim.id]))
                continue
            goal = None if claim.settled else claim.goal()
            task = self._submitted(asked[claim.id], claim.id, goal, wait_s=requests.BATCH_WAIT_S)
            tasks.append(task)
        return Run(self.client, name, spec, tasks, self.store)

    def _at_least_one_agent(self) -> None:
        if all(agent.phase == AgentPhase.STOPPED.value for agent in self.client.agents()):
            self.spawn(config.cores())

    def _submissions(self) -> list[Task]:
        """Every task that was ever handed in, oldest first."""
        kinds = (fact.kind for fact in self.facts())
        return [kind.submitted for kind in kinds if isinstance(kind, TaskSubmitted)]

    def _handle(self, task: Task) -> TaskHandle:
        goal = None
        if task.skill == "prove" and isinstance(task.payload, dict):
            goal = msgspec.convert(task.payload["goal"], Goal)
        return TaskHandle(self.client, task.task_id, task.label, goal)

    def _submitted(
        self,
        future: Future[Response],
        label: str,
        goal: Goal | None = None,
        *,
        wait_s: float = 0.0,
    ) -> TaskHandle:
        accepted = self.client.answer(future, SubmitTaskResponse, wait_s=wait_s)
        return TaskHandle(self.client, accepted.task_id, label, goal)

    def _await_ready(self, waiting: set[str], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        seq = 0
        while True:
            # A status query is cheap; new facts tell when it is worth another.
            for status in self.client.agents():
                if status.phase == AgentPhase.READY.value:
                    waiting.discard(status.agent_id)
            if not waiting:
                return
            left = deadline - time.monotonic()
            if left <= 0:
                causes = {
                    status.last_cause
                    for status in self.client.agents()
                    if status.agent_id in waiting and status.last_cause
                }
                raise AgentLost(
                    f"{len(waiting)} agents did not come up within {timeout_s:g} s"
                    + (f": {'; '.join(sorted(causes))}" if causes else "")
                )
            facts = self.client.facts(seq, wait_s=min(1.0, left))
            seq = facts[-1].seq if facts else seq

    def __repr__(self) -> str:
        return f"<session {self.session}>"


def _load(spec: str | Path | Spec | Callable[..., Any] | ModuleType, semantics: str | None) -> Spec:
    if not isinstance(spec, Spec):
        spec = specs.load(spec) if isinstance(spec, str | Path) else _functions(spec)
    return spec if semantics is None else spec.read_as(Semantics.named(semantics))


def _functions(source: Callable[..., Any] | ModuleType) -> Spec:
    # Reading Python takes a package of its own, which every other start would pay for.
    from hms_kernel.specs import python

    return python.load(source)
