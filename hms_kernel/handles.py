"""Handles: one agent, one task, one run. They ask, wait and show themselves; they hold no state of their own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hms_kernel import cards, summaries, tables
from hms_kernel.client import Client, checked
from hms_kernel.errors import HmsError, SessionError, TaskFailed, UsageError
from hms_kernel.messages import (
    AcceptedResponse,
    AgentStatus,
    AgentStatusRequest,
    AgentStatusResponse,
    AnswerTaskRequest,
    CancelTaskRequest,
    DrainAgentRequest,
    PauseRequest,
    QuarantineAgentRequest,
    ReleaseAgentRequest,
    Response,
    RestartAgentRequest,
    ResumeRequest,
    StopAgentRequest,
    TaskStatus,
    TaskStatusRequest,
    TaskStatusResponse,
)
from hms_kernel.model import Failure, Goal, Hint, Phase, Value, Verdict
from hms_kernel.report import Report, Settlement
from hms_kernel.shown import Bundle
from hms_kernel.specs import Claim, Spec

if TYPE_CHECKING:
    import pandas as pd

LONG_POLL_S = 20.0  # one request's wait for a task; repeated until the caller's own limit


class AgentHandle:
    """One agent: ask how it is, stop, drain or restart it, put it aside and bring it back."""

    def __init__(self, client: Client, agent_id: str) -> None:
        self._client = client
        self.agent_id = agent_id

    def status(self) -> AgentStatus:
        """How it is now."""
        request = AgentStatusRequest(agent_id=self.agent_id)
        return self._client.ask(request, AgentStatusResponse).agents[0]

    @property
    def pid(self) -> int | None:
        """Its process; None while it has none. A restarted agent has a new one."""
        return self.status().pid

    def stop(self) -> None:
        """End it, and do not bring it back; what it runs goes to another agent."""
        self._client.ask(StopAgentRequest(agent_id=self.agent_id), AcceptedResponse)

    def drain(self) -> None:
        """Let it finish what it runs and give it nothing new; then it ends and stays so."""
        self._client.ask(DrainAgentRequest(agent_id=self.agent_id), AcceptedResponse)

    def restart(self) -> None:
        """Give it a new process, also when it was stopped; what it runs goes to another agent."""
        self._client.ask(RestartAgentRequest(agent_id=self.agent_id), AcceptedResponse)

    def quarantine(self, reason: str = "") -> None:
        """Put it aside until it is released; what it runs goes to another agent.

        Raises:
            UsageError: it has been stopped.
        """
        request = QuarantineAgentRequest(agent_id=self.agent_id, reason=reason)
        self._client.ask(request, AcceptedResponse)

    def release(self) -> None:
        """Bring it back from quarantine on probation: one death puts it back.

        Raises:
            UsageError: it is not in quarantine.
        """
        self._client.ask(ReleaseAgentRequest(agent_id=self.agent_id), AcceptedResponse)

    def pause(self) -> None:
        """Give it nothing new, also after a restart; what it runs goes on.

        Raises:
            UsageError: it has been stopped.
        """
        self._client.ask(PauseRequest(agent_id=self.agent_id), AcceptedResponse)

    def resume(self) -> None:
        """Give it tasks again."""
        self._client.ask(ResumeRequest(agent_id=self.agent_id), AcceptedResponse)

    def __repr__(self) -> str:
        return f"<agent {self.agent_id}>"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return _shown(repr(self), lambda: cards.bundle(summaries.of_agent(self.status())))


class TaskHandle:
    """One task: ask where it stands, wait for its answer, cancel it. Awaitable."""

    def __init__(
        self, client: Client, task_id: str, label: str = "", goal: Goal | None = None
    ) -> None:
        self._client = client
        self.task_id = task_id
        self.label = label
        self._goal = goal

    def status(self) -> TaskStatus:
        """Where it stands now."""
        return self._client.ask(TaskStatusRequest(task_id=self.task_id), TaskStatusResponse).status

    def done(self) -> bool:
        """Whether it has ended."""
        return Phase(self.status().phase).terminal

    def cancel(self) -> None:
        """End it without an answer; work on it stops. Nothing happens when it has ended already."""
        self._client.ask(CancelTaskRequest(task_id=self.task_id), AcceptedResponse)

    def answer(
        self,
        *,
        lemma: str = "",
        strategy: str = "",
        nominal_s: float = 0.0,
        give_up: bool = False,
    ) -> None:
        """Help a claim that waits for a person, in one of four ways; what follows goes on by itself.

        Args:
            lemma: Lean text in the scope of the claim, such as ``"0 ≤ (x - y) ^ 2"``: it is
                proved first, and then used.
            strategy: the name of one in ``backends.strategies``.
            nominal_s: seconds of solver work to spend on it, beyond what it was allowed.
            give_up: end it with what there is.

        Raises:
            UsageError: the claim waits for no person, or not exactly one of these is given.
        """
        hint = Hint(lemma=lemma, strategy=strategy, nominal_s=nominal_s, give_up=give_up)
        self._client.ask(AnswerTaskRequest(task_id=self.task_id, hint=hint), AcceptedResponse)

    def output(self) -> str:
        """The end of what its worker printed, C libraries included, during the last attempt."""
        return self.status().output

    def wait(self, timeout_s: float | None = None) -> TaskStatus:
        """Wait until it has ended.

        Raises:
            TimeoutError: it has not ended within ``timeout_s`` seconds; it goes on.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            left = LONG_POLL_S if deadline is None else deadline - time.monotonic()
            wait_s = max(0.0, min(LONG_POLL_S, left))
            request = TaskStatusRequest(task_id=self.task_id, wait_s=wait_s)
            status = self._client.ask(request, TaskStatusResponse, wait_s=wait_s).status
            if Phase(status.phase).terminal:
                return status
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"task {self.task_id} has not ended within {timeout_s:g} s")

    def result(self, timeout_s: float | None = None) -> Any:
        """Wait for the answer: a ``Verdict`` for a proof, the skill's value otherwise.

        A proof always has a verdict; one that was lost or cancelled is ``unknown``.

        Raises:
            TaskFailed: a task of another skill has no answer.
            TimeoutError: it has not ended within ``timeout_s`` seconds; it goes on.
        """
        return _answer(self.wait(timeout_s))

    def save(self, path: str | Path) -> Path:
        """Wait for the verdict and write it as a file that stands by itself.

        Raises:
            UsageError: the task is no proof, or the file cannot be written.
        """
        from hms_kernel import witness  # brings the prover, which a handle must not

        if self._goal is None:
            raise UsageError(f"task {self.task_id} settles no statement that this handle knows")
        return witness.save(path, self._goal, self.result())

    def __await__(self) -> Generator[Any, None, Any]:
        return self._wait_async().__await__()

    async def _wait_async(self) -> Any:
        while True:
            request = TaskStatusRequest(task_id=self.task_id, wait_s=LONG_POLL_S)
            response = await asyncio.wrap_future(self._client.send(request))
            status = checked(response, TaskStatusResponse).status
            if Phase(status.phase).terminal:
                return _answer(status)

    def __repr__(self) -> str:
        return f"<task {self.task_id}{f' {self.label}' if self.label else ''}>"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return _shown(repr(self), lambda: cards.bundle(summaries.of_task(self.status())))


class Run:
    """All claims of one specification on their way to verdicts. Awaitable; shows itself as a table."""

    def __init__(
        self, client: Client, name: str, spec: Spec, tasks: Sequence[TaskHandle], store: str
    ) -> None:
        self._client = client
        self.name = name
        self.spec = spec
        self.tasks = tuple(tasks)  # in the order of ``spec.claims``
        self.store = store

    def result(self, timeout_s: float | None = None) -> Report:
        """Wait for every verdict.

        Raises:
            TimeoutError: not all are in within ``timeout_s`` seconds; the run goes on.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        for task in self.tasks:
            task.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return self.report()

    def statuses(self) -> list[TaskStatus]:
        """Where every claim stands now, in the order of ``spec.claims``."""
        # All questions are on their way before the first answer is read.
        asked = [self._client.send(TaskStatusRequest(task_id=task.task_id)) for task in self.tasks]
        return [self._client.answer(future, TaskStatusResponse).status for future in asked]

    def report(self) -> Report:
        """The verdicts as they are now; claims still open are left out."""
        return Report(
            spec=self.spec.name,
            session=self._client.session,
            store=self.store,
            claims=tuple(
                _settlement(self.spec, claim, status)
                for claim, status in zip(self.spec.claims, self.statuses(), strict=True)
                if Phase(status.phase).terminal
            ),
        )

    def as_settled(self) -> Iterator[Settlement]:
        """The verdicts, each as soon as it is in."""
        open_ids = {task.task_id: n for n, task in enumerate(self.tasks)}
        futures: dict[Future[Response], str] = {}
        for task_id in open_ids:
            futures[self._poll(task_id)] = task_id
        while futures:
            ended, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in ended:
                task_id = futures.pop(future)
                status = self._client.answer(future, TaskStatusResponse).status
                if Phase(status.phase).terminal:
                    yield _settlement(self.spec, self.spec.claims[open_ids[task_id]], status)
                else:
                    futures[self._poll(task_id)] = task_id

    def cancel(self) -> None:
        """Cancel every claim that is still open."""
        for task in self.tasks:
            task.cancel()

    def frame(self) -> pd.DataFrame:
        """The verdicts so far as a pandas frame, one row per claim."""
        return self.report().frame()

    def __await__(self) -> Generator[Any, None, Report]:
        return self._wait_async().__await__()

    async def _wait_async(self) -> Report:
        for task in self.tasks:
            with contextlib.suppress(TaskFailed):
                await task
        return self.report()

    def _poll(self, task_id: str) -> Future[Response]:
        return self._client.send(TaskStatusRequest(task_id=task_id, wait_s=LONG_POLL_S))

    def __repr__(self) -> str:
        report = self.report()
        return f"<run of {self.spec.name}: {len(report.claims)}/{len(self.tasks)} settled>"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        def drawn() -> Bundle:
            statuses = [
                _reviewed(self.spec, claim, status)
                for claim, status in zip(self.spec.claims, self.statuses(), strict=True)
            ]
            card = summaries.of_run(self.name, self.spec.name, statuses)
            return cards.bundle(card, summaries.run_picture(statuses))

        return _shown(f"<run {self.name}>", drawn)


def _shown(name: str, draw: Callable[[], Bundle]) -> Bundle:
    """What a handle shows: how things stand this moment, or that nobody answers any more."""
    try:
        return draw()
    except HmsError as error:
        told = f"{name}: {error}"
        return {"text/plain": told, "text/html": f"<p><code>{escape(told)}</code></p>"}


def _answer(status: TaskStatus) -> Any:
    if status.skill == "prove":
        return tables.verdict_of(status.result)
    match status.result:
        case Value(value=value):
            return value
        case Failure() as failure:
            raise TaskFailed(failure.message, kind=failure.kind, detail=tables.evidence(failure))
        case _:
            return status.result


def _reviewed(spec: Spec, claim: Claim, status: TaskStatus) -> TaskStatus:
    """A status with the verdict that the claim's author is to see; an open one as it is."""
    verdict = tables.verdict_of(status.result)
    if verdict is None:
        return status
    return msgspec.structs.replace(status, result=spec.review(claim, verdict))


def _settlement(spec: Spec, claim: Claim, status: TaskStatus) -> Settlement:
    verdict = tables.verdict_of(status.result)
    if verdict is None:
        raise SessionError(f"task {status.task_id} ended without a verdict")
    return Settlement(
        claim=claim,
        verdict=spec.review(claim, verdict),
        agent=status.agent,
        attempts=status.attempts,
        duration_s=verdict.wall_s if isinstance(status.result, Verdict) else status.duration_s,
    )
