"""Boards as short plain lines, ready to draw: what to say, in which order, how much. Draws nothing.

Page, static view and text all draw these lines, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hms_kernel.messages import AgentStatus
from hms_kernel.model import AgentPhase
from hms_widgets import palette
from hms_widgets.boards import AgentRow, AgentsBoard, VerdictRow, VerdictsBoard

AGENT_LINES = 48  # more agents than this are drawn as one swarm
CLAIM_LINES = 200  # more claims than this are counted, not listed
WORDS = 240  # characters of a counterexample or a reason


class AgentLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agent as it is drawn."""

    id: str
    state: str  # a key of ``palette.AGENTS``
    pid: int | None = None
    doing: str = ""  # label of its task
    attempt: int = 0  # of that task; 0 when idle
    note: str = ""  # stage and seconds from its last heartbeat
    beat: str = ""  # age of that heartbeat
    restarts: int = 0
    cause: str = ""  # how it ended last time
    done: int = 0


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One task as it is drawn."""

    id: str
    label: str
    state: str  # a key of ``palette.CLAIMS``
    trust: str = ""
    says: str = ""  # counterexample or reason
    agent: str = ""
    attempts: int = 0
    wall: str = ""  # time of proving; waiting for an agent is not counted


class AgentsPart(msgspec.Struct, frozen=True, kw_only=True):
    """The agents of a session as they are drawn: as lines, or as a swarm when there are many."""

    headline: str = "No agents yet"
    counts: list[tuple[str, int]] = []  # state and number, in the palette's order
    lines: list[AgentLine] = []
    swarm: list[str] = []  # one state per agent


class ClaimsPart(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks of a run as they are drawn."""

    headline: str = "No claims yet"
    counts: list[tuple[str, int]] = []  # state and number, in the palette's order
    lines: list[ClaimLine] = []
    more: int = 0  # tasks that are counted but not listed
    done: float = 0.0  # settled share of all tasks, 0 to 1


def agents_part(board: AgentsBoard, statuses: Sequence[AgentStatus] = ()) -> AgentsPart:
    """Draw agents from facts, and from heartbeats where there are any."""
    heard = {status.agent_id: status for status in statuses}
    present = [
        row
        for row in board.rows.values()
        # The ones that ended as desired are told only when nobody else is left.
        if board.closed or row.phase is not AgentPhase.STOPPED
    ] or list(board.rows.values())
    lines = [_agent_line(row, heard.get(row.agent_id)) for row in present]
    counts = _ordered(palette.AGENTS, (line.state for line in lines))
    if not lines:
        return AgentsPart()
    many = len(lines) > AGENT_LINES
    return AgentsPart(
        headline=f"{_number(len(lines), 'agent')}: {_listed(counts)}",
        counts=counts,
        lines=[] if many else lines,
        swarm=[line.state for line in lines] if many else [],
    )


def claims_part(board: VerdictsBoard) -> ClaimsPart:
    """Draw tasks in order of submission; with too many, the open ones and the latest ended ones."""
    if not board.total:
        return ClaimsPart()
    counts = [(s, board.counts[s]) for s in palette.CLAIMS if s in board.counts]
    rows = list(board.rows.values())
    if len(rows) > CLAIM_LINES:
        running = [row for row in rows if not row.phase.terminal][:CLAIM_LINES]
        ended = [row for row in rows if row.phase.terminal]
        keep = {row.task_id for row in running}
        keep |= {row.task_id for row in ended[len(ended) - (CLAIM_LINES - len(keep)) :]}
        rows = [row for row in rows if row.task_id in keep]
    return ClaimsPart(
        headline=(f"{board.settled} of {_number(board.total, 'claim')} settled: {_listed(counts)}"),
        counts=counts,
        lines=[_claim_line(row) for row in rows],
        more=board.total - len(rows),
        done=round(board.settled / board.total, 4),
    )


def _agent_line(row: AgentRow, status: AgentStatus | None) -> AgentLine:
    state = "busy" if row.phase is AgentPhase.READY and row.task else row.phase.value
    note, beat = "", ""
    if status is not None and row.phase in (AgentPhase.READY, AgentPhase.DRAINING):
        if status.heartbeat_age_s is not None:
            beat = f"{status.heartbeat_age_s:.1f} s"
        progress = status.progress
        if progress is not None and progress.task_id == row.task:
            note = " · ".join(
                part for part in (clip(progress.note, 60), f"{progress.elapsed_s:.1f} s") if part
            )
    return AgentLine(
        id=row.agent_id,
        state=state,
        pid=row.pid,
        doing=clip(row.label, 80),
        attempt=row.attempt or 0,
        note=note,
        beat=beat,
        restarts=row.restarts,
        cause=clip(row.last_cause, 80),
        done=row.done,
    )


def _claim_line(row: VerdictRow) -> ClaimLine:
    return ClaimLine(
        id=row.task_id,
        label=clip(row.label, 80),
        state=row.state,
        trust=row.trust,
        says=clip(row.shows or row.reason, WORDS),
        agent=row.agent,
        attempts=row.attempts,
        wall="" if row.work_s is None else f"{row.work_s:.2f} s",
    )


def clip(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters; an ellipsis tells of what was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _ordered(marks: Mapping[str, palette.Mark], states: Iterable[str]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for state in states:
        found[state] = found.get(state, 0) + 1
    return [(state, found[state]) for state in marks if state in found]


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
