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

from hms_kernel import backends, config, plugins, specs, tables
from hms_kernel.backends.strategy import Strategy
from hms_kernel.client import Client, Line
from hms_kernel.errors import AgentLost, StoreError, UsageError
from hms_kernel.evolving import Evolving
from hms_kernel.genetics.family import family
from hms_kernel.genetics.files import default_file
from hms_kernel.handles import AgentHandle, Run, TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    AgentStatus,
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
from hms_kernel.model import (
    AgentPhase,
    AgentSpec,
    Budget,
    Fact,
    Goal,
    Limits,
    Recovery,
    Semantics,
    Task,
    TaskSubmitted,
    Trust,
)
from hms_kernel.racing import Race
from hms_kernel.specs import Claim, Spec
from hms_kernel.steering import Steering

if TYPE_CHECKING:
    import pandas as pd

    from hms_widgets import Dashboard

BATCH_WAIT_S = 3600.0  # the claims of a specification wait so long for room in the queue
SPECIALISTS = 2  # stages of the archive that a recovery tries
KILL_MARGIN_S = 5.0  # a prover gets so long beyond its wall clock to stop by itself


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
        spec = agent_spec(skills, config or {})
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
        wanted = _prepared(trust)
        strategy = self._in_force().get(family(goal)) if backend == "smt" else None
        recovery = _recovery(recover, backend)
        asked = self.client.send(
            _proof(goal, budget, run, cache, wanted, backend, strategy, recovery)
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
        return self._run(name, spec, {}, budget, cache, _prepared(trust), _recovery(recover))

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
        return self._run(name, loaded, tasks, budget, cache, _prepared(trust), _recovery(recover))

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

    def race(
        self,
        statement: str | Goal,
        n: int = 4,
        *,
        budget: Budget | None = None,
        cache: bool = True,
    ) -> Race:
        """Hand in one claim to several agents, each with a strategy of its own; the first answer counts.

        The first runs what ``prove`` would, the others what has settled most in the archive, each
        with the whole budget.

        Args:
            statement: Lean text, or a goal.
            n: runners, at least 1; fewer run where the archive knows fewer stages.

        Raises:
            UsageError: nobody is to run.
        """
        # They bring the solver along, which ``prove`` must not.
        from hms_kernel.genetics.archive import Archive
        from hms_kernel.genetics.trials import alone

        goal = (
            statement if isinstance(statement, Goal) else Goal(theorem_id="", statement=statement)
        )
        if n < 1:
            raise UsageError(f"a race needs at least one runner, not {n}")
        self._at_least_one_agent()
        others = [alone(stage) for stage in Archive(default_file()).specialists(n - 1)]
        strategies = [self._in_force().get(family(goal)), *others]
        asked = [
            self.client.send(
                _proof(goal, budget or Budget(), "", cache, Trust.ONE_SOLVER, strategy=one)
            )
            for one in strategies
        ]
        tasks = [self._submitted(one, goal.theorem_id, goal) for one in asked]
        names = [str(one or "the default") for one in strategies]
        claim = goal.theorem_id or goal.statement
        return Race(self.client, claim, list(zip(names, tasks, strict=True)))

    def facts(self, after_seq: int = 0) -> list[Fact]:
        """Every fact after a sequence number, oldest first."""
        facts: list[Fact] = []
        while page := self.client.facts(after_seq):
            facts += page
            after_seq = page[-1].seq
        return facts

    def agents(self) -> pd.DataFrame:
        """Agents as a pandas frame: phase, pid, restarts, what they run, age of the heartbeat."""
        rows = [msgspec.structs.asdict(status) for status in self.client.agents()]
        for row in rows:
            row["skills"] = ", ".join(row["skills"])
            row.pop("progress")
        columns = [name for name in AgentStatus.__struct_fields__ if name != "progress"]
        return tables.frame(rows, columns)

    def tasks(self) -> pd.DataFrame:
        """Tasks of the session, its earlier epochs included, as a pandas frame."""
        return tables.frame(tables.with_plain_results(tables.tasks(self.facts())))

    def runs(self) -> pd.DataFrame:
        """Runs of the session, its earlier epochs included: name, tasks, how many are open."""
        return tables.frame(tables.runs(self.facts()))

    def waiting(self) -> pd.DataFrame:
        """Claims that wait for a person, with what was tried; ``task(name).answer(...)`` answers one."""
        return tables.frame(tables.waiting(self.facts()), tables.WAITING)

    def attempts(self) -> pd.DataFrame:
        """Every attempt at a task: on which agent, how long, how it ended."""
        return tables.frame(tables.attempts(self.facts()))

    def verdicts(self, run: str = "") -> pd.DataFrame:
        """Every verdict of the session (of one run, if named) with its evidence."""
        return tables.frame(tables.verdicts(self.facts(), run))

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
                _claim_request(claim, budget or Budget(), name, cache, trust, in_force, recovery)
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
            task = self._submitted(asked[claim.id], claim.id, goal, wait_s=BATCH_WAIT_S)
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


def agent_spec(skills: Sequence[str], settings: dict[str, Any]) -> AgentSpec:
    """The desired state for agents alike; keys that are no field of ``AgentSpec`` go to the skills.

    Raises:
        UsageError: a value is of the wrong type.
    """
    own = {"heartbeat_s", "grace_s", "memory_bytes", "intensity", "agent_id"}
    fields = {key: value for key, value in settings.items() if key in own}
    rest = {key: value for key, value in settings.items() if key not in own}
    try:
        return msgspec.convert(
            {"agent_id": "", **fields, "skills": list(skills), "config": rest}, AgentSpec
        )
    except msgspec.ValidationError as error:
        raise UsageError(f"cannot configure an agent with {settings!r}: {error}") from None


def _prepared(trust: str) -> Trust:
    """The trust of that name, with what it needs in place: no claim's time is spent on that."""
    wanted = Trust.of_proofs(trust)
    if wanted is Trust.LEAN_KERNEL:
        # An extra, which most proofs do not ask for.
        from hms_kernel.backends import lean

        lean.prepare()
    return wanted


def _load(spec: str | Path | Spec | Callable[..., Any] | ModuleType, semantics: str | None) -> Spec:
    if not isinstance(spec, Spec):
        spec = specs.load(spec) if isinstance(spec, str | Path) else _functions(spec)
    return spec if semantics is None else spec.read_as(Semantics.named(semantics))


def _functions(source: Callable[..., Any] | ModuleType) -> Spec:
    # Reading Python takes a package of its own, which every other start would pay for.
    from hms_kernel.specs import python

    return python.load(source)


def _recovery(recover: bool | Recovery, backend: str = "smt") -> Recovery | None:
    if recover is False:
        return None
    if backend != "smt":
        raise UsageError(f"only proofs by 'smt' are recovered, not those by {backend!r}")
    if recover is not True and not isinstance(recover, Recovery):
        raise UsageError(f"{recover!r} is no recovery; write True or Recovery(nominal_s=60)")
    chosen = Recovery() if recover is True else recover
    if chosen.strategies is None:
        chosen = msgspec.structs.replace(chosen, strategies=_specialists())
    return chosen


def _specialists() -> tuple[str, ...]:
    """What has settled most in the user's archive, as printed."""
    if not default_file().is_file():
        return ()
    # They bring the solver along, which a claim without a recovery must not.
    from hms_kernel.genetics.archive import Archive
    from hms_kernel.genetics.trials import alone

    try:
        return tuple(str(alone(one)) for one in Archive(default_file()).specialists(SPECIALISTS))
    except StoreError:
        return ()  # no claim has to wait for that


def _proof(
    goal: Goal,
    budget: Budget,
    run: str,
    cache: bool,
    trust: Trust,
    backend: str = "smt",
    strategy: Strategy | None = None,
    recovery: Recovery | None = None,
) -> SubmitTaskRequest:
    if not isinstance(budget, Budget):
        raise UsageError(f"{budget!r} is no budget; write Budget(nominal_s=5, wall_s=60)")
    request = {"goal": goal, "budget": budget, "cache": cache, "trust": trust, "backend": backend}
    if strategy is not None:
        request["strategy"] = strategy
    if recovery is not None:
        request["propose"] = False  # a model is asked when its turn comes
    return SubmitTaskRequest(
        skill="prove",
        payload=msgspec.to_builtins(request),
        label=goal.theorem_id,
        run=run,
        limits=Limits(attempt_wall_s=budget.wall_s + KILL_MARGIN_S),
        recovery=recovery,
    )


def _claim_request(
    claim: Claim,
    budget: Budget,
    run: str,
    cache: bool,
    trust: Trust,
    in_force: Mapping[str, Strategy],
    recovery: Recovery | None = None,
) -> SubmitTaskRequest:
    if claim.settled is not None:
        return SubmitTaskRequest(skill="prove", label=claim.id, run=run, settled=claim.settled)
    goal = claim.goal()
    strategy = in_force.get(family(goal))
    request = _proof(goal, budget, run, cache, trust, strategy=strategy, recovery=recovery)
    return msgspec.structs.replace(request, wait_s=BATCH_WAIT_S)
