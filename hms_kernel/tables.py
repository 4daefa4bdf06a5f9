"""Facts as tables: one row per agent, task, attempt. Pure folds; pandas is only the wrapping.

The tables of a finished session, read from its store, are the same as those of
a live one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hms_kernel.errors import BackendMissing
from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    AgentReady,
    AgentSpawned,
    AgentStopped,
    Fact,
    HintGiven,
    RecoveryBegun,
    RecoveryStep,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import AgentPhase, Failure, Outcome, Phase, Result, Value, Verdict

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def verdict_of(result: Result | None) -> Verdict | None:
    """The verdict a task's result amounts to; None for the results of other skills.

    A proof that has no answer is an honest ``unknown`` with the reason: the
    failure is never read as a statement about the claim.
    """
    match result:
        case Verdict():
            return result
        case Failure(kind=kind, message=message):
            why = "wall clock: " if kind == "deadline" else ""
            return Verdict(outcome=Outcome.UNKNOWN, reason=f"{why}{message}")
        case _:
            return None


def evidence(failure: Failure) -> str:
    """What there is to show for a failure: the traceback, or how each attempt was lost."""
    if not failure.lost:
        return failure.detail
    return "\n".join(
        f"attempt {lost.attempt} on {lost.agent}: {lost.cause}"
        + "".join(f"\n    {line}" for line in lost.output.splitlines())
        for lost in failure.lost
    )


def agents(facts: Iterable[Fact]) -> list[Row]:
    """One row per agent, in order of first appearance: id, phase, pid, skills, restarts, last cause."""
    rows: dict[str, Row] = {}
    for fact in facts:
        if fact.agent is None:
            continue
        row = rows.get(fact.agent)
        match fact.kind:
            case AgentSpawned(spec=spec, restarts=restarts):
                fresh = {"agent": fact.agent, "pid": None, "done": 0, "last_cause": ""}
                row = rows.setdefault(fact.agent, fresh)
                row |= {
                    "phase": AgentPhase.STARTING.value,
                    "skills": list(spec.skills),
                    "restarts": restarts,
                }
            case AgentReady(pid=pid, skills=skills):
                fresh = {"agent": fact.agent, "restarts": 0, "done": 0, "last_cause": ""}
                row = rows.setdefault(fact.agent, fresh)
                row |= {"phase": AgentPhase.READY.value, "pid": pid, "skills": list(skills)}
            case AgentGone(cause=cause) if row:
                row |= {"phase": AgentPhase.BACKOFF.value, "pid": None, "last_cause": cause}
            case AgentStopped() if row:
                row |= {"phase": AgentPhase.STOPPED.value, "pid": None}
            case AgentDismissed() if row:
                row |= {"phase": AgentPhase.STOPPING.value}
            case AgentDraining() if row:
                row |= {"phase": AgentPhase.DRAINING.value}
            case AgentQuarantined(cause=cause) if row:
                row |= {"phase": AgentPhase.QUARANTINED.value, "pid": None, "last_cause": cause}
            case TaskSettled(phase=Phase.SUCCEEDED) if row:
                row["done"] += 1
            case _:
                pass
    order = ("agent", "phase", "pid", "skills", "restarts", "done", "last_cause")
    return [{name: row[name] for name in order} for row in rows.values()]


def tasks(facts: Iterable[Fact], run: str = "") -> list[Row]:
    """One row per task, in order of submission, with its verdict or value; of one run if named."""
    rows: dict[str, Row] = {}
    for fact in facts:
        if isinstance(fact.kind, TaskSubmitted):
            task = fact.kind.submitted
            if run and task.run != run:
                continue
            rows[task.task_id] = {
                "task": task.task_id,
                "label": task.label,
                "run": task.run,
                "skill": task.skill,
                "phase": Phase.PENDING.value,
                "agent": None,
                "attempts": 0,
                "duration_s": None,
                "submitted_s": fact.time_s,
                "parent": task.parent,
                "result": None,
            }
        elif fact.task in rows:
            row = rows[fact.task]
            match fact.kind:
                case TaskAssigned():
                    row |= {
                        "phase": Phase.RUNNING.value,
                        "agent": fact.agent,
                        "attempts": fact.attempt,
                    }
                case TaskRequeued():
                    row["phase"] = Phase.PENDING.value
                case RecoveryBegun():
                    row["phase"] = Phase.WAITING.value
                case TaskSettled() as settled:
                    row |= {
                        "phase": settled.phase.value,
                        "attempts": settled.attempts,
                        "duration_s": settled.duration_s,
                        "result": settled.result,
                    }
    return list(rows.values())


def runs(facts: Iterable[Fact]) -> list[Row]:
    """One row per run, in order of beginning: its name, how many tasks it has, how many are open."""
    rows: dict[str, Row] = {}
    for task in tasks(facts):
        if not task["run"]:
            continue
        fresh = {"run": task["run"], "tasks": 0, "open": 0, "submitted_s": task["submitted_s"]}
        row = rows.setdefault(task["run"], fresh)
        row["tasks"] += 1
        row["open"] += not Phase(task["phase"]).terminal
    return list(rows.values())


WAITING = ("task", "label", "reason", "since_s", "tried")


def waiting(facts: Iterable[Fact]) -> list[Row]:
    """One row per claim that waits for a person, longest first: since when, and a line per step tried."""
    rows: dict[str, Row] = {}
    labels: dict[str, str] = {}
    asking: dict[str, float] = {}
    for fact in facts:
        task = fact.task or ""
        match fact.kind:
            case TaskSubmitted(submitted=submitted):
                labels[task] = submitted.label
            case RecoveryBegun(reason=reason):
                rows[task] = {"task": task, "label": labels.get(task, ""), "reason": reason}
                rows[task] |= {"since_s": None, "tried": []}
            case RecoveryStep(waits=True) if task in rows:
                asking[task] = rows[task]["since_s"] = fact.time_s
            case RecoveryStep(move=move, says=says) if task in rows:
                rows[task]["tried"].append(f"{move}: {says}")
            case HintGiven() | TaskSettled():
                asking.pop(task, None)
            case _:
                pass
    return [rows[task] for task in asking]


def failures(facts: Iterable[Fact]) -> list[Row]:
    """One row per thing that went wrong, oldest first: an agent's end or quarantine, an attempt or a task lost."""
    rows = []
    for fact in facts:
        output = ""
        match fact.kind:
            case AgentGone(cause=cause, output=output):
                what = "agent died"
            case AgentQuarantined(cause=cause):
                what = "agent quarantined"
            case TaskRequeued(cause=cause, output=output, blamed=True):
                what = "attempt lost"
            case TaskSettled(phase=Phase.FAILED, result=Failure(message=cause), output=output):
                what = "task failed"
            case _:
                continue
        rows.append(
            {
                "time_s": fact.time_s,
                "what": what,
                "agent": fact.agent,
                "task": fact.task,
                "attempt": fact.attempt,
                "cause": cause,
                "output": output,
            }
        )
    return rows


def attempts(facts: Iterable[Fact]) -> list[Row]:
    """One row per attempt, in order of beginning: where, how long, how it ended, what it printed last."""
    rows: dict[tuple[str, int], Row] = {}
    begun: dict[tuple[str, int], float] = {}
    for fact in facts:
        key = (fact.task or "", fact.attempt or 0)
        match fact.kind:
            case TaskAssigned():
                begun[key] = fact.time_s
                rows[key] = {
                    "task": fact.task,
                    "attempt": fact.attempt,
                    "agent": fact.agent,
                    "wall_s": None,
                    "ended": "running",
                    "output": "",
                }
            case TaskRequeued(cause=cause, output=output) if key in rows:
                wall_s = fact.time_s - begun[key]
                rows[key] |= {"wall_s": wall_s, "ended": cause, "output": output}
            case TaskSettled(phase=phase, output=output, result=result) if key in rows:
                if isinstance(result, Failure) and result.lost:
                    output = output or result.lost[-1].output
                wall_s = fact.time_s - begun[key]
                rows[key] |= {"wall_s": wall_s, "ended": phase.value, "output": output}
            case _:
                pass
    return list(rows.values())


def verdicts(facts: Iterable[Fact], run: str = "") -> list[Row]:
    """One row per claim that has ended, in order of submission, with its evidence."""
    rows = []
    for row in tasks(facts, run):
        verdict = verdict_of(row["result"])
        if verdict is None or row["parent"]:
            continue  # what a recovery asked for by the way is in the verdict it led to
        rows.append(
            {
                "claim": row["label"] or row["task"],
                "verdict": verdict.outcome.value,
                "trust": verdict.trust.value if verdict.trust else None,
                "counterexample": plain_counterexample(verdict),
                "shows": verdict.counterexample.shows if verdict.counterexample else "",
                "reason": verdict.reason,
                "agent": row["agent"],
                "attempts": row["attempts"],
                "duration_s": row["duration_s"],
                "task": row["task"],
                "run": row["run"],
                "evidence": msgspec.to_builtins(verdict.evidence),
            }
        )
    return rows


def plain_counterexample(verdict: Verdict) -> dict[str, Any] | None:
    """Variable to exact Lean numeral (lists for functions on ``Fin n``); None without one."""
    return verdict.counterexample.values if verdict.counterexample else None


def with_plain_results(rows: Iterable[Row]) -> list[Row]:
    """Rows of ``tasks`` with the result split into columns a person can read."""
    plain = []
    for row in rows:
        result = row["result"]
        verdict = verdict_of(result)
        shown = {key: value for key, value in row.items() if key != "result"}
        shown["verdict"] = verdict.outcome.value if verdict else None
        shown["value"] = result.value if isinstance(result, Value) else None
        shown["error"] = result.message if isinstance(result, Failure) else ""
        plain.append(shown)
    return plain


def frame(rows: Sequence[Row], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as a pandas frame.

    Raises:
        BackendMissing: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise BackendMissing("tables need pandas: pip install 'hms-workbench[notebook]'") from error
    return pd.DataFrame.from_records(list(rows), columns=list(columns) or None)
