"""The agents' board as bytes: four numbers for each agent, whose names travel apart. Pure.

A struct of arrays: with n agents, plane k is ``cells[k * n : (k + 1) * n]``, one
unsigned byte for each agent, in the order of the roster.

    0  state     place in ``palette.AGENTS``
    1  flags     1: it is given no new tasks; 2: its work advances
    2  age       of its last heartbeat, in tenths of a second up to 25.4; 255: none is due
    3  restarts  up to 255

A thousand agents are 4 kB, and the page ages the heartbeats by itself between two
messages, so a quiet session costs one message a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hms_kernel.messages import AgentStatus
from hms_kernel.model import AgentPhase, Progress
from hms_widgets import palette
from hms_widgets.boards import AgentRow, AgentsBoard

PLANES = 4
PAUSED, ADVANCING = 1, 2  # flags
NO_AGE = 255
LATE_BEATS, LATE_S = 1.75, 1.5  # a heartbeat that is so late is worth a look; no verdict yet
SILENT_S = 2.0  # of a worker's interpreter, while it computes nothing

_CODES = {state: code for code, state in enumerate(palette.AGENTS)}
_LIVE = (AgentPhase.READY, AgentPhase.DRAINING)
_WORDS = {
    AgentPhase.BACKOFF: "dead",
    AgentPhase.QUARANTINED: "quarantined",
    AgentPhase.DRAINING: "draining",
    AgentPhase.STOPPING: "stopping",
    AgentPhase.STOPPED: "stopped",
}


class Sign(msgspec.Struct, frozen=True):
    """What heartbeats tell of one agent."""

    age_s: float  # of the last one
    late: bool = False  # it is overdue
    hung: bool = False  # it was so the last time too, or its worker neither speaks nor computes
    advancing: bool = False  # its worker has computed or reported between the last two
    progress: Progress | None = None  # of the last one


class Signs:
    """Reads heartbeats one after the other: whether work advances shows only between two of them."""

    def __init__(self) -> None:
        self._last: dict[str, Sign] = {}

    def read(
        self, rows: Mapping[str, AgentRow], statuses: Iterable[AgentStatus]
    ) -> Mapping[str, Sign]:
        """Agent to sign, for those from whom heartbeats are due."""
        self._last = {
            status.agent_id: self._sign(row, status, status.heartbeat_age_s)
            for status in statuses
            if status.heartbeat_age_s is not None
            and (row := rows.get(status.agent_id)) is not None
            and row.phase in _LIVE
        }
        return self._last

    def _sign(self, row: AgentRow, status: AgentStatus, age_s: float) -> Sign:
        last, progress = self._last.get(status.agent_id), status.progress
        before = last.progress if last else None
        if last is not None and progress == before:
            advancing = last.advancing
        else:
            advancing = progress is not None and (before is None or _advanced(before, progress))
        silent = progress is not None and progress.silent_s >= SILENT_S and not advancing
        late = age_s > max(LATE_S, LATE_BEATS * row.heartbeat_s)
        # Whoever was stopped itself finds everybody late at its first look.
        hung = silent or (late and last is not None and last.late)
        return Sign(age_s, late, hung, advancing, progress)


class Grid(msgspec.Struct, frozen=True):
    """The agents of a session as they are painted."""

    roster: tuple[str, ...] = ()  # agent ids
    cells: bytes = b""  # ``PLANES`` planes of as many bytes

    @property
    def still(self) -> bytes:
        """The cells without the plane that changes while nothing happens."""
        n = len(self.roster)
        return self.cells[: 2 * n] + self.cells[3 * n :]


def present(board: AgentsBoard) -> Sequence[AgentRow]:
    """Who is shown: those that ended as desired only when nobody else is left."""
    rows = board.rows.values()
    if board.closed:
        return list(rows)
    return [row for row in rows if row.phase is not AgentPhase.STOPPED] or list(rows)


def state_of(row: AgentRow, sign: Sign | None = None, *, paused: bool = False) -> str:
    """One word for an agent, a key of ``palette.AGENTS``; ``paused`` is the session."""
    if row.phase is AgentPhase.STARTING:
        return "restarting" if row.restarts else "starting"
    if row.phase in _LIVE and sign is not None and sign.hung:
        return "hung"
    if row.phase is not AgentPhase.READY:
        return _WORDS[row.phase]
    if row.task is not None:
        return "working"
    return "paused" if paused or row.paused else "idle"


def encode(board: AgentsBoard, signs: Mapping[str, Sign] | None = None) -> Grid:
    """The board as bytes; without signs no heartbeat has an age."""
    signs = signs or {}
    rows = present(board)
    n = len(rows)
    cells = bytearray(PLANES * n)
    for at, row in enumerate(rows):
        sign = signs.get(row.agent_id)
        cells[at] = _CODES[state_of(row, sign, paused=board.paused)]
        advancing = ADVANCING if sign is not None and sign.advancing else 0
        cells[n + at] = (PAUSED if board.paused or row.paused else 0) | advancing
        cells[2 * n + at] = NO_AGE if sign is None else min(NO_AGE - 1, int(sign.age_s * 10))
        cells[3 * n + at] = min(255, row.restarts)
    return Grid(tuple(row.agent_id for row in rows), bytes(cells))


def _advanced(before: Progress, now: Progress) -> bool:
    return (before.task_id, before.attempt, before.steps) != (
        now.task_id,
        now.attempt,
        now.steps,
    ) or now.cpu_s > before.cpu_s + 0.01
