"""Boards: facts folded into what a person wants to see. Draws nothing, reads no clock, asks nobody.

A board remembers the sequence number of the last fact it has seen, so replaying
facts, all of them or a part, changes nothing. History is bounded: the oldest
ended rows are forgotten, their counts are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from hms_kernel.model import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentPhase,
    AgentQuarantined,
    AgentReady,
    AgentSpawned,
    AgentStopped,
    Fact,
    Failure,
    Phase,
    SessionClosed,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
    Verdict,
)

STOPPED_AGENTS_KEPT = 200  # rows of agents that ended as desired
SETTLED_TASKS_KEPT = 5_000  # rows of tasks that have ended


class AgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One agent, as facts tell it."""

    agent_id: str
    phase: AgentPhase
    pid: int | None = None
    task: str | None = None  # id of the task it runs
    label: str = ""  # what people call that task
    attempt: int | None = None
    restarts: int = 0
    last_cause: str = ""  # how it ended last time, or why it is in quarantine
    done: int = 0  # tasks it has settled, over all its lives


class AgentsBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Every agent of a session, in order of first appearance. Treat the mappings as read-only."""

    seq: int = 0  # of the last fact folded in
    closed: bool = False  # the session has ended
    rows: Mapping[str, AgentRow] = {}
    labels: Mapping[str, str] = {}  # open task to its label


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """One task and what came of it."""

    task_id: str
    label: str
    run: str = ""
    skill: str = "prove"
    phase: Phase = Phase.PENDING
    outcome: str = ""  # an ``Outcome`` value once a verdict is in
    trust: str = ""  # a ``Trust`` value where the verdict has one
    shows: str = ""  # the counterexample in one line
    reason: str = ""  # for people; also why a task failed, or is tried again
    agent: str = ""  # that runs it, or ran it last
    attempts: int = 0  # attempts begun
    duration_s: float | None = None  # seconds from submission to the end, supervisor's clock
    work_s: float | None = None  # seconds of work the verdict took, worker's clock

    @property
    def state(self) -> str:
        """One word for the row: the outcome where there is a verdict, the phase elsewhere."""
        return self.outcome or self.phase.value


class VerdictsBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Every task of a run (of the session, with an empty run), in order of submission.

    Treat the mappings as read-only.
    """

    run: str = ""  # only tasks of this run are kept; empty keeps all
    seq: int = 0  # of the last fact folded in
    closed: bool = False  # the session has ended
    rows: Mapping[str, VerdictRow] = {}
    forgotten: Mapping[str, int] = {}  # state to how many rows of it were dropped

    @property
    def counts(self) -> dict[str, int]:
        """State to number of tasks, forgotten ones included; states nobody is in are absent."""
        counts = dict(self.forgotten)
        for row in self.rows.values():
            counts[row.state] = counts.get(row.state, 0) + 1
        return counts

    @property
    def total(self) -> int:
        """Tasks ever submitted."""
        return len(self.rows) + sum(self.forgotten.values())

    @property
    def settled(self) -> int:
        """Tasks that have ended."""
        return sum(row.phase.terminal for row in self.rows.values()) + sum(self.forgotten.values())


Board = TypeVar("Board", AgentsBoard, VerdictsBoard)


def fold(board: Board, fact: Fact) -> Board:
    """The board after one more fact; a fact it has already seen changes nothing."""
    return fold_all(board, (fact,))


def fold_all(board: Board, facts: Iterable[Fact]) -> Board:
    """The board after more facts, oldest first: the same as folding one by one, but copies once."""
    # One mutable copy per batch keeps a replay of n facts from costing n copies.
    fresh = [fact for fact in facts if fact.seq > board.seq]
    if not fresh:
        return board
    if isinstance(board, AgentsBoard):
        return _fold_agents(board, fresh)
    return _fold_verdicts(board, fresh)


def _fold_agents(board: AgentsBoard, facts: Iterable[Fact]) -> AgentsBoard:
    rows, labels = dict(board.rows), dict(board.labels)
    closed, seq = board.closed, board.seq

    def change(agent: str, **fields: object) -> None:
        row = rows.get(agent) or AgentRow(agent_id=agent, phase=AgentPhase.STARTING)
        rows[agent] = msgspec.structs.replace(row, **fields)

    def release(task: str | None) -> None:
        for row in list(rows.values()):
            if task is not None and row.task == task:
                change(row.agent_id, task=None, label="", attempt=None)

    for fact in facts:
        if fact.seq <= seq:
            continue
        seq = fact.seq
        agent = fact.agent or ""
        match fact.kind:
            case SessionOpened():
                closed = False
            case SessionClosed():
                closed = True
            case AgentSpawned(spec=spec, restarts=restarts):
                change(spec.agent_id, phase=AgentPhase.STARTING, restarts=restarts)
            case AgentReady(pid=pid):
                change(agent, phase=AgentPhase.READY, pid=pid)
            case AgentGone(cause=cause):
                change(agent, phase=AgentPhase.BACKOFF, pid=None, last_cause=cause)
                change(agent, task=None, label="", attempt=None)
            case AgentStopped():
                change(agent, phase=AgentPhase.STOPPED, pid=None)
                change(agent, task=None, label="", attempt=None)
                _forget(rows, STOPPED_AGENTS_KEPT, lambda row: row.phase is AgentPhase.STOPPED)
            case AgentDismissed():
                change(agent, phase=AgentPhase.STOPPING)
            case AgentDraining():
                change(agent, phase=AgentPhase.DRAINING)
            case AgentQuarantined(cause=cause):
                change(agent, phase=AgentPhase.QUARANTINED, pid=None, last_cause=cause)
                change(agent, task=None, label="", attempt=None)
            case TaskSubmitted(submitted=task):
                labels[task.task_id] = task.label or task.task_id
            case TaskAssigned() if fact.task:
                label = labels.get(fact.task, fact.task)
                change(agent, task=fact.task, label=label, attempt=fact.attempt)
            case TaskRequeued():
                release(fact.task)
            case TaskSettled(phase=phase):
                release(fact.task)
                labels.pop(fact.task or "", None)
                if agent and phase is Phase.SUCCEEDED:
                    row = rows.get(agent)
                    change(agent, done=(row.done if row else 0) + 1)
            case _:
                pass
    return AgentsBoard(seq=seq, closed=closed, rows=rows, labels=labels)


def _fold_verdicts(board: VerdictsBoard, facts: Iterable[Fact]) -> VerdictsBoard:
    rows, forgotten = dict(board.rows), dict(board.forgotten)
    closed, seq = board.closed, board.seq

    def change(task: str | None, **fields: object) -> None:
        # Facts about a forgotten task, or one of another run, are not ours.
        if task in rows:
            rows[task] = msgspec.structs.replace(rows[task], **fields)

    for fact in facts:
        if fact.seq <= seq:
            continue
        seq = fact.seq
        match fact.kind:
            case SessionOpened():
                closed = False
            case SessionClosed():
                closed = True
            case TaskSubmitted(submitted=task) if not board.run or task.run == board.run:
                rows[task.task_id] = VerdictRow(
                    task_id=task.task_id,
                    label=task.label or task.task_id,
                    run=task.run,
                    skill=task.skill,
                )
            case TaskAssigned():
                change(
                    fact.task,
                    phase=Phase.RUNNING,
                    agent=fact.agent or "",
                    attempts=fact.attempt or 0,
                )
            case TaskRequeued(cause=cause):
                change(fact.task, phase=Phase.PENDING, reason=f"tried again: {cause}")
            case TaskSettled() as settled:
                change(fact.task, **_conclusion(settled))
                for row in _forget(rows, SETTLED_TASKS_KEPT, lambda row: row.phase.terminal):
                    forgotten[row.state] = forgotten.get(row.state, 0) + 1
            case _:
                pass
    return VerdictsBoard(run=board.run, seq=seq, closed=closed, rows=rows, forgotten=forgotten)


def _conclusion(settled: TaskSettled) -> dict[str, object]:
    """The fields of a row that its settlement decides."""
    fields: dict[str, object] = {
        "phase": settled.phase,
        "attempts": settled.attempts,
        "duration_s": settled.duration_s,
        "reason": "",
    }
    match settled.result:
        case Verdict() as verdict:
            fields["outcome"] = verdict.outcome.value
            fields["trust"] = verdict.trust.value if verdict.trust else ""
            fields["reason"] = verdict.reason
            fields["work_s"] = verdict.wall_s
            if verdict.counterexample:
                fields["shows"] = "; ".join(
                    [
                        verdict.counterexample.shows,
                        *(f"true if also {r.hypothesis}" for r in verdict.evidence.repairs),
                    ]
                )
        case Failure(kind=kind, message=message):
            fields["reason"] = f"{kind}: {message}"
        case _:
            pass
    return fields


Row = TypeVar("Row", AgentRow, VerdictRow)


def _forget(rows: dict[str, Row], keep: int, ended: Callable[[Row], bool]) -> list[Row]:
    """Drop the oldest ended rows beyond ``keep``, in place; returns what was dropped."""
    if len(rows) <= keep:
        return []
    old = [key for key, row in rows.items() if ended(row)]
    return [rows.pop(key) for key in old[: max(0, len(old) - keep)]]
