"""Boards: facts folded into what a person wants to see. Draws nothing, reads no clock, asks nobody.

A board remembers the sequence number of the last fact it has seen, so replaying
facts, all of them or a part, changes nothing. History is bounded: the oldest
ended rows are forgotten, their counts are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    AgentReady,
    AgentReleased,
    AgentSpawned,
    AgentStopped,
    DispatchPaused,
    DispatchResumed,
    Fact,
    RecoveryBegun,
    RecoveryStep,
    SessionClosed,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import AgentPhase, Desired, Failure, Phase, Task, Verdict

STOPPED_AGENTS_KEPT = 200  # rows of agents that ended as desired
SETTLED_TASKS_KEPT = 5_000  # rows of tasks that have ended
EVENTS_KEPT = 8  # of one agent's life
OUTPUT_KEPT = 2_000  # characters of what an agent printed before it died


class Event(msgspec.Struct, frozen=True):
    """Something that happened to an agent."""

    time_s: float  # seconds since the Unix epoch, UTC
    words: str


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
    output: str = ""  # the end of what it printed before it died
    done: int = 0  # tasks it has settled, over all its lives
    paused: bool = False  # it is given no new tasks
    heartbeat_s: float = 1.0  # seconds between two heartbeats
    events: tuple[Event, ...] = ()  # its life without its work, oldest first


class AgentsBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Every agent of a session, in order of first appearance. Treat the mappings as read-only."""

    seq: int = 0  # of the last fact folded in
    session: str = ""  # its name
    closed: bool = False  # the session has ended
    paused: bool = False  # nobody is given new tasks
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
    # State to number of tasks, forgotten ones included; states nobody is in are absent.
    counts: Mapping[str, int] = {}
    settled: int = 0  # tasks that have ended

    @property
    def total(self) -> int:
        """Tasks ever submitted."""
        return sum(self.counts.values())


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
    session, closed, paused, seq = board.session, board.closed, board.paused, board.seq

    def change(agent: str, happened: str = "", **fields: object) -> None:
        row = rows.get(agent) or AgentRow(agent_id=agent, phase=AgentPhase.STARTING)
        if happened:
            fields["events"] = (*row.events, Event(fact.time_s, happened))[-EVENTS_KEPT:]
        rows[agent] = msgspec.structs.replace(row, **fields)

    def end(agent: str, happened: str, phase: AgentPhase, **fields: object) -> None:
        change(agent, happened, phase=phase, pid=None, task=None, label="", attempt=None, **fields)

    # Looking for a task's agent among all of them, for every task, would cost a thousand
    # agents' boards most of a processor.
    holders = {row.task: row.agent_id for row in rows.values() if row.task is not None}

    def release(task: str | None) -> None:
        holder = holders.pop(task, None) if task is not None else None
        if holder is not None and (row := rows.get(holder)) is not None and row.task == task:
            change(holder, task=None, label="", attempt=None)

    for fact in facts:
        if fact.seq <= seq:
            continue
        seq, session = fact.seq, fact.session
        agent = fact.agent or ""
        match fact.kind:
            case SessionOpened():
                closed = False
            case SessionClosed():
                closed, paused = True, False
            case AgentSpawned(spec=spec, restarts=restarts):
                known = rows.get(spec.agent_id)
                if known is not None and not restarts:  # a namesake of one that was stopped
                    rows[spec.agent_id] = msgspec.structs.replace(known, paused=False)
                change(
                    spec.agent_id,
                    "launched again" if restarts else "launched",
                    phase=AgentPhase.STARTING,
                    restarts=restarts,
                    heartbeat_s=spec.heartbeat_s,
                )
            case AgentReady(pid=pid):
                leaving = agent in rows and rows[agent].phase is AgentPhase.DRAINING
                now = AgentPhase.DRAINING if leaving else AgentPhase.READY
                change(agent, f"ready as process {pid}", phase=now, pid=pid)
            case AgentGone(cause=cause, output=output):
                tail = output[-OUTPUT_KEPT:]
                end(agent, cause, AgentPhase.BACKOFF, last_cause=cause, output=tail)
            case AgentStopped():
                end(agent, "stopped", AgentPhase.STOPPED)
                _forget(rows)
            case AgentDismissed(desired=desired):
                wish = _WISHES[desired]
                change(agent, wish, phase=AgentPhase.STOPPING)
            case AgentDraining():
                change(agent, "draining", phase=AgentPhase.DRAINING)
            case AgentQuarantined(cause=cause):
                happened = f"quarantined: {cause}"
                end(agent, happened, AgentPhase.QUARANTINED, last_cause=cause)
            case AgentReleased(cause=cause):
                change(agent, f"released: {cause}")
            case DispatchPaused() | DispatchResumed() as held:
                hold = isinstance(held, DispatchPaused)
                if agent:
                    change(agent, "paused" if hold else "resumed", paused=hold)
                else:
                    paused = hold
            case TaskSubmitted(submitted=task):
                labels[task.task_id] = task.label or task.task_id
            case TaskAssigned() if fact.task:
                label = labels.get(fact.task, fact.task)
                change(agent, task=fact.task, label=label, attempt=fact.attempt)
                holders[fact.task] = agent
            case TaskRequeued() | RecoveryBegun():
                release(fact.task)
            case TaskSettled(phase=phase):
                release(fact.task)
                labels.pop(fact.task or "", None)
                if agent and phase is Phase.SUCCEEDED:
                    row = rows.get(agent)
                    change(agent, done=(row.done if row else 0) + 1)
            case _:
                pass
    return AgentsBoard(
        seq=seq, session=session, closed=closed, paused=paused, rows=rows, labels=labels
    )


_WISHES = {
    Desired.RUNNING: "asked to make room for a new process",
    Desired.STOPPED: "asked to end",
    Desired.QUARANTINED: "being put aside",
}


def lists(board: VerdictsBoard, task: Task) -> bool:
    """Whether a task has a row of its own; what a recovery asks for is told on that of its claim."""
    return not task.parent and board.run in ("", task.run)


def _fold_verdicts(board: VerdictsBoard, facts: Iterable[Fact]) -> VerdictsBoard:
    rows, counts = dict(board.rows), dict(board.counts)
    closed, seq, settled = board.closed, board.seq, board.settled

    def count(state: str, change: int) -> None:
        counts[state] = counts.get(state, 0) + change
        if not counts[state]:
            del counts[state]

    def change(task: str | None, **fields: object) -> None:
        # Facts about a forgotten task, or one of another run, are not ours.
        if task in rows:
            count(rows[task].state, -1)
            rows[task] = msgspec.structs.replace(rows[task], **fields)
            count(rows[task].state, 1)

    for fact in facts:
        if fact.seq <= seq:
            continue
        seq = fact.seq
        match fact.kind:
            case SessionOpened():
                closed = False
            case SessionClosed():
                closed = True
            case TaskSubmitted(submitted=task) if lists(board, task):
                row = VerdictRow(
                    task_id=task.task_id,
                    label=task.label or task.task_id,
                    run=task.run,
                    skill=task.skill,
                )
                rows[task.task_id] = row
                count(row.state, 1)
            case TaskAssigned():
                change(
                    fact.task,
                    phase=Phase.RUNNING,
                    agent=fact.agent or "",
                    attempts=fact.attempt or 0,
                )
            case TaskRequeued(cause=cause):
                change(fact.task, phase=Phase.PENDING, reason=f"tried again: {cause}")
            case RecoveryBegun(reason=reason):
                change(fact.task, phase=Phase.WAITING, reason=f"left open ({reason})")
            case RecoveryStep(number=number, move=move, says=says):
                change(fact.task, reason=f"step {number} of its recovery, {move}: {says}")
            case TaskSettled() as conclusion if fact.task in rows:
                change(fact.task, **_conclusion(conclusion))
                settled += 1
                if settled > SETTLED_TASKS_KEPT:
                    del rows[next(key for key, row in rows.items() if row.phase.terminal)]
            case _:
                pass
    return VerdictsBoard(
        run=board.run, seq=seq, closed=closed, rows=rows, counts=counts, settled=settled
    )


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


def _forget(rows: dict[str, AgentRow]) -> None:
    """Drop the oldest agents that ended as desired beyond those kept, in place."""
    if len(rows) > STOPPED_AGENTS_KEPT:
        old = [key for key, row in rows.items() if row.phase is AgentPhase.STOPPED]
        for key in old[: max(0, len(old) - STOPPED_AGENTS_KEPT)]:
            del rows[key]
