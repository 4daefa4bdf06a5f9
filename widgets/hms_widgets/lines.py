"""Boards as short plain lines, ready to draw: what to say, in which order, how much. Draws nothing.

Page, static view and text all draw these lines, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from hms_kernel.model import AgentPhase
from hms_widgets import palette
from hms_widgets.boards import AgentRow, AgentsBoard, VerdictRow, VerdictsBoard
from hms_widgets.grid import Sign, present, state_of

AGENT_LINES = 48  # of more agents only those are listed with which something is wrong
CLAIM_LINES = 200  # more claims than this are counted, not listed
WORDS = 240  # characters of a counterexample or a reason
_WELL = ("working", "idle", "paused", "stopped")
_ALIVE = ("working", "idle", "paused", "draining")


class AgentLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agent as it is drawn."""

    id: str
    state: str  # a key of ``palette.AGENTS``
    pid: int | None = None
    doing: str = ""  # label of its task
    attempt: int = 0  # of that task; 0 when idle
    note: str = ""  # stage and seconds from its last heartbeat
    restarts: int = 0
    cause: str = ""  # how it ended last time
    done: int = 0


class AgentDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The one agent somebody looks at, with what its line has no room for."""

    line: AgentLine
    task: str = ""  # id of what it runs
    output: str = ""  # the end of what it printed before it died
    events: list[tuple[float, str]] = []  # seconds since the Unix epoch, what happened
    verbs: list[str] = []  # what can be asked of it now; see ``commands``


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
    """The agents of a session as they are drawn."""

    headline: str = "No agents yet"
    counts: list[tuple[str, int]] = []  # state and number, in the palette's order
    lines: list[AgentLine] = []
    more: int = 0  # agents that are counted but not listed
    swarm: list[str] = []  # one state per agent, where the lines are not all of them
    chosen: AgentDetail | None = None


class ClaimsPart(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks of a run as they are drawn."""

    headline: str = "No claims yet"
    counts: list[tuple[str, int]] = []  # state and number, in the palette's order
    lines: list[ClaimLine] = []
    more: int = 0  # tasks that are counted but not listed
    done: float = 0.0  # settled share of all tasks, 0 to 1


class HeadPart(msgspec.Struct, frozen=True, kw_only=True):
    """How a session stands, at a glance."""

    session: str = ""
    closed: bool = False
    paused: bool = False
    tiles: list[tuple[str, int, str]] = []  # what is counted, how many, the state whose mark it has
    words: str = ""


def head_part(
    agents: AgentsBoard,
    verdicts: VerdictsBoard,
    signs: Mapping[str, Sign] | None = None,
    *,
    ended: bool = False,
) -> HeadPart:
    """Draw the whole session in a few numbers and a sentence; ``ended``: it is followed no longer."""
    signs = signs or {}
    states = [
        state_of(row, signs.get(row.agent_id), paused=agents.paused) for row in present(agents)
    ]
    alive = sum(state in _ALIVE for state in states)
    working = states.count("working")
    down = len(states) - alive - states.count("stopped")
    counts = verdicts.counts
    open_ = verdicts.total - verdicts.settled
    proved, refuted = counts.get("proved", 0), counts.get("refuted", 0)
    other = verdicts.settled - proved - refuted
    tiles = [
        ("agents alive", alive, "idle"),
        ("at work", working, "working"),
        ("down", down, "dead"),
        ("proved", proved, "proved"),
        ("refuted", refuted, "refuted"),
        ("other answers", other, "unknown"),
        ("open", open_, "running"),
    ]
    work = f"{_number(working, 'agent')} of {alive} at work" if working else "Nobody is at work"
    ill = f", {down} down or coming up" if down else ""
    now = "This has ended" if agents.closed or ended else work + ill
    if not verdicts.total:
        claims = "No claim has been handed in."
    elif not open_:
        claims = f"All {_number(verdicts.total, 'claim')} are answered."
    else:
        claims = f"{verdicts.settled} of {_number(verdicts.total, 'claim')} are answered."
    return HeadPart(
        session=agents.session,
        closed=agents.closed or ended,
        paused=agents.paused,
        tiles=tiles,
        words=f"{now}. {claims}",
    )


def agents_part(
    board: AgentsBoard, signs: Mapping[str, Sign] | None = None, chosen: str = ""
) -> AgentsPart:
    """Draw agents from facts, and from heartbeats where there are any.

    Args:
        chosen: id of the agent to tell more of.
    """
    signs = signs or {}
    rows = present(board)
    if not rows:
        return AgentsPart()
    states = [state_of(row, signs.get(row.agent_id), paused=board.paused) for row in rows]
    counts = _ordered(palette.AGENTS, states)
    many = len(rows) > AGENT_LINES
    listed = [
        (row, state)
        for row, state in zip(rows, states, strict=True)
        if not many or state not in _WELL
    ][:AGENT_LINES]
    detail = None
    if (row := board.rows.get(chosen)) is not None:
        sign = signs.get(chosen)
        state = state_of(row, sign, paused=board.paused)
        detail = AgentDetail(
            line=_agent_line(row, state, sign),
            task=row.task or "",
            output=row.output,
            events=[(event.time_s, clip(event.words, WORDS)) for event in row.events],
            verbs=verbs(row, paused=row.paused),
        )
    return AgentsPart(
        headline=f"{_number(len(rows), 'agent')}: {_listed(counts)}",
        counts=counts,
        lines=[_agent_line(row, state, signs.get(row.agent_id)) for row, state in listed],
        more=len(rows) - len(listed),
        swarm=states if many else [],
        chosen=detail,
    )


def verbs(row: AgentRow, *, paused: bool) -> list[str]:
    """What makes sense to ask of an agent where it stands, the mildest first."""
    match row.phase:
        case AgentPhase.READY:
            task = ["cancel"] if row.task else []
            first = "resume" if paused else "pause"
            return [first, *task, "drain", "restart", "quarantine", "freeze", "kill"]
        case AgentPhase.DRAINING:
            return ["restart", "freeze", "kill"]
        case AgentPhase.QUARANTINED:
            return ["release"]
        case AgentPhase.BACKOFF:
            return ["restart", "quarantine"]
        case AgentPhase.STOPPED:
            return ["restart"]
        case AgentPhase.STARTING | AgentPhase.STOPPING:
            return []


def claims_part(board: VerdictsBoard) -> ClaimsPart:
    """Draw tasks in order of submission; with too many, the open ones and the latest ended ones."""
    if not board.total:
        return ClaimsPart()
    counts = [(s, board.counts[s]) for s in palette.CLAIMS if s in board.counts]
    rows = list(board.rows.values())
    if len(rows) > CLAIM_LINES:
        open_ = [row for row in rows if not row.phase.terminal][:CLAIM_LINES]
        ended = (row for row in reversed(rows) if row.phase.terminal)
        keep = {row.task_id for row in (*open_, *islice(ended, CLAIM_LINES - len(open_)))}
        rows = [row for row in rows if row.task_id in keep]
    return ClaimsPart(
        headline=(f"{board.settled} of {_number(board.total, 'claim')} settled: {_listed(counts)}"),
        counts=counts,
        lines=[_claim_line(row) for row in rows],
        more=board.total - len(rows),
        done=round(board.settled / board.total, 4),
    )


def _agent_line(row: AgentRow, state: str, sign: Sign | None) -> AgentLine:
    note = ""
    progress = sign.progress if sign else None
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
