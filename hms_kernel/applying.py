"""What becomes of the winner of a search: judged on goals held apart, adopted, tried on what had failed; and taken back. Searches nothing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Strategy
from hms_kernel.client import Client
from hms_kernel.errors import UsageError
from hms_kernel.facts import StrategyAdopted, TaskSubmitted
from hms_kernel.genetics.adoption import Comparison, compare
from hms_kernel.genetics.adoptions import Adoptions
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Trial
from hms_kernel.handles import TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    RecordRequest,
    SubmitTaskRequest,
    SubmitTaskResponse,
)
from hms_kernel.model import Goal, Outcome, Task
from hms_kernel.plans import Plan
from hms_kernel.trying import Bench


def compared(plan: Plan, winner: Strategy, bench: Bench) -> Comparison:
    """The winner with the incumbent: by the goals held apart, and none of the others may be lost.

    Raises:
        Stopped, TaskFailed: as for ``Bench.trials``.
    """
    budget_s = plan.settings.budget_s
    goals = (*plan.train, *plan.judges)
    jobs = [(one, goal, budget_s) for goal in goals for one in (plan.incumbent, winner)]
    trials = dict(zip(jobs, bench.trials(jobs), strict=True))

    def evaluate(strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
        return trials[strategy, goal, cap_s]

    apart = compare(plan.judges, evaluate, plan.incumbent, winner, budget_s)
    seen = compare(plan.train, evaluate, plan.incumbent, winner, budget_s)
    return msgspec.structs.replace(apart, lost=(*apart.lost, *seen.lost))


def adopt(
    client: Client, plan: Plan, winner: Strategy, comparison: Comparison, search: str
) -> bool:
    """Put an accepted winner in force for the family of its search; whether that was done.

    It was compared with what was in force when the search began. When somebody has changed
    that since, nothing is known of how it compares, and it is not adopted.

    Raises:
        PolicyDenied: the gate refused; nothing was changed.
    """
    adoptions = Adoptions(default_file())
    in_force = adoptions.current(plan.family)
    if in_force == winner:
        return True  # its predecessor got as far as this
    if (in_force or DEFAULT_STRATEGY) != plan.incumbent:
        return False
    told = StrategyAdopted(
        family=plan.family,
        strategy=msgspec.to_builtins(winner),
        text=str(winner),
        search=search,
        why=str(comparison),
    )
    client.ask(RecordRequest(kind=told), AcceptedResponse)
    adoptions.adopt(plan.family, winner, comparison)
    return True


def retried(client: Client, plan: Plan, winner: Strategy, generation: int) -> tuple[str, ...]:
    """Hand the failed claims in again; what became of them, in words.

    Args:
        generation: whose winner it was.
    """
    submitted: dict[str, Task] = {}
    if plan.retry:
        kinds = (fact.kind for fact in client.story())
        tasks = (kind.submitted for kind in kinds if isinstance(kind, TaskSubmitted))
        submitted = {task.task_id: task for task in tasks}
    handles = [
        (task, _again(client, task, winner, submitted))
        for name in plan.retry
        if (task := submitted.get(name)) is not None
    ]
    changed = []
    for task, handle in handles:
        verdict = handle.result()
        if verdict.outcome is not Outcome.UNKNOWN:
            said = f"unknown → {verdict.outcome} after generation {generation}"
            changed.append(f"{task.label or task.task_id}: {said}")
    return tuple(changed)


def rolled_back(client: Client, family: str, why: str) -> Strategy | None:
    """Put what was in force before in force again; None is the default.

    Raises:
        UsageError: nothing was adopted for the family.
        PolicyDenied: the gate refused.
    """
    adoptions = Adoptions(default_file())
    if adoptions.current(family) is None:
        known = "; ".join(s for s in adoptions.scopes() if adoptions.current(s) is not None)
        raise UsageError(f"nothing is in force for {family!r}; there is for: {known or 'none'}")
    before = adoptions.previous(family)
    said = StrategyAdopted(
        family=family,
        strategy=None if before is None else msgspec.to_builtins(before),
        text="the default" if before is None else str(before),
        why=f"rolled back: {why}",
    )
    client.ask(RecordRequest(kind=said), AcceptedResponse)
    return adoptions.rollback(family, why)


def _again(
    client: Client, task: Task, winner: Strategy, submitted: Mapping[str, Task]
) -> TaskHandle:
    payload = {**task.payload, "strategy": msgspec.to_builtins(winner)}
    for other in submitted.values():
        if (other.run, other.label, other.payload) == (task.run, task.label, payload):
            return TaskHandle(client, other.task_id, task.label)  # its predecessor had done so
    request = SubmitTaskRequest(
        skill=task.skill, payload=payload, label=task.label, run=task.run, limits=task.limits
    )
    accepted = client.ask(request, SubmitTaskResponse)
    return TaskHandle(client, accepted.task_id, task.label)
