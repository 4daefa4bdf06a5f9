"""What happens in a session, as facts: the one story that store, boards and successors fold. Decides nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from hms_kernel.model import AgentSpec, Desired, Hint, Move, Phase, Result, Task


class SessionOpened(msgspec.Struct, frozen=True, kw_only=True, tag="session_opened"):
    """A supervisor has begun to serve the session."""

    pid: int
    version: str


class SessionClosed(msgspec.Struct, frozen=True, kw_only=True, tag="session_closed"):
    """The session has ended: its agents were told to end, its open tasks were cancelled."""


class AgentSpawned(msgspec.Struct, frozen=True, kw_only=True, tag="agent_spawned"):
    """An agent is wanted, or wanted again after a death, and its process is being started."""

    spec: AgentSpec
    restarts: int = 0  # how often it had died before


class AgentReady(msgspec.Struct, frozen=True, kw_only=True, tag="agent_ready"):
    """An agent has registered and takes tasks."""

    pid: int
    skills: tuple[str, ...]


class AgentGone(msgspec.Struct, frozen=True, kw_only=True, tag="agent_gone"):
    """It ended without being asked to."""

    cause: str  # "killed by SIGKILL", "exit code 1", "frozen: no heartbeat for 2.6 s"
    backoff_s: float  # seconds until it is launched again
    output: str = ""  # the tail of what it printed, where known


class AgentDismissed(msgspec.Struct, frozen=True, kw_only=True, tag="agent_dismissed"):
    """It was asked to end; what comes next holds whoever supervises it by then."""

    desired: Desired = Desired.STOPPED
    cause: str = ""  # why it is put aside, if it is


class AgentStopped(msgspec.Struct, frozen=True, kw_only=True, tag="agent_stopped"):
    """It ended because it was asked to."""


class AgentDraining(msgspec.Struct, frozen=True, kw_only=True, tag="agent_draining"):
    """It finishes what it runs, takes nothing new, and then ends."""


class AgentQuarantined(msgspec.Struct, frozen=True, kw_only=True, tag="agent_quarantined"):
    """It is not launched again for now: the escalation of a restart intensity, or somebody's wish."""

    cause: str  # "6 deaths within 60 s, the last one: exit code 1", "asked for"
    cool_s: float | None  # seconds until it is tried once more; None: until it is released


class AgentReleased(msgspec.Struct, frozen=True, kw_only=True, tag="agent_released"):
    """It leaves quarantine on probation: one death puts it back, one finished task clears it."""

    cause: str  # "asked for", "cooled down"


class DispatchPaused(msgspec.Struct, frozen=True, kw_only=True, tag="dispatch_paused"):
    """The agent it is about, without one nobody, is given new tasks; what runs goes on."""


class DispatchResumed(msgspec.Struct, frozen=True, kw_only=True, tag="dispatch_resumed"):
    """The agent it is about, without one everybody else, is given tasks again."""


class SearchBegun(msgspec.Struct, frozen=True, kw_only=True, tag="search_begun"):
    """A genetic search for better stages has begun."""

    search: str  # its name, unique in the session
    family: str  # of the claims it is for
    goals: tuple[str, ...]  # their theorem ids
    seed: int
    generations: int  # planned, with the first
    islands: int = 1
    why: str = ""  # "2 of the last 5 claims of the family stayed unknown", "asked for"
    plan: Any = None  # all that it depends on, as plain JSON data: who takes it over repeats it


class GenerationDone(msgspec.Struct, frozen=True, kw_only=True, tag="generation_done"):
    """One generation of one island has been evaluated. Seconds are nominal."""

    search: str
    generation: int  # from 0
    island: int = 0
    evaluated: int = 0  # stages so far
    solved: int = 0  # goals, by the winner
    best_fitness: float = 0.0
    median_fitness: float = 0.0
    spread: float = 0.0  # between the quartiles of fitness
    par2_s: float = 0.0  # of the winner
    cost_s: float = 0.0  # what this generation's trials cost
    best: str = ""  # the fittest stage, as printed
    winner: str = ""  # the best schedule so far, as printed
    credit: dict[str, float] = {}  # operator to its share of the choices to come
    gained: tuple[str, ...] = ()  # goals its winner settles and none before it did


class SearchEnded(msgspec.Struct, frozen=True, kw_only=True, tag="search_ended"):
    """A search is over: all generations are done, or it was stopped."""

    search: str
    cause: str  # "finished", "stopped", "every goal is settled"
    winner: str = ""  # the schedule as printed
    adopted: bool = False
    judged: str = ""  # how it compared on goals held apart from the search, in words
    changed: tuple[str, ...] = ()  # "WAR with 12 sectors: unknown → proved after generation 7"


class StrategyAdopted(msgspec.Struct, frozen=True, kw_only=True, tag="strategy_adopted"):
    """From now on the claims of a family are tried with this schedule first."""

    family: str
    strategy: Any  # as plain JSON data; None: back to the default
    text: str  # as printed
    search: str = ""  # which found it
    why: str = ""  # how it compared on goals held apart, "rolled back: asked for"


class LineStopped(msgspec.Struct, frozen=True, kw_only=True, tag="line_stopped"):
    """One claim was proved and refuted: no proof is taken on until somebody has looked into it."""

    claim: str  # what people call it, or its text
    said: tuple[str, ...]  # "proved by task-7: sum-lemma|nlsat"


class LineReleased(msgspec.Struct, frozen=True, kw_only=True, tag="line_released"):
    """Somebody has looked into it; proofs are taken on again."""

    why: str


class TaskSubmitted(msgspec.Struct, frozen=True, kw_only=True, tag="task_submitted"):
    """A task was accepted: it will end exactly once."""

    submitted: Task


class TaskAssigned(msgspec.Struct, frozen=True, kw_only=True, tag="task_assigned"):
    """An attempt at the task has been given to the agent."""


class TaskRequeued(msgspec.Struct, frozen=True, kw_only=True, tag="task_requeued"):
    """An attempt ended without a result; the task waits for its next one."""

    cause: str
    # Counts against the task's attempts; not so when somebody stopped the agent.
    blamed: bool = True
    output: str = ""  # the tail of what its worker printed


class TaskSettled(msgspec.Struct, frozen=True, kw_only=True, tag="task_settled"):
    """The task has ended; there is no second one of these for it."""

    phase: Phase
    result: Result
    attempts: int
    duration_s: float  # seconds from submission to here, supervisor's clock
    output: str = ""  # the tail of what its worker printed during the last attempt


class RecoveryBegun(msgspec.Struct, frozen=True, kw_only=True, tag="recovery_begun"):
    """An attempt left the task open, and what was found so far is kept while more is tried."""

    result: Result
    reason: str  # "budget", "wall clock", "crash", "memory", "unsupported", "trust"
    output: str = ""  # the tail of what its worker printed


class RecoveryStep(msgspec.Struct, frozen=True, kw_only=True, tag="recovery_step"):
    """What a recovery does next. One without tasks is skipped, or waits for a person."""

    number: int  # from 1 within the recovery of a task
    place: int  # how much of its plan is used up
    move: Move
    says: str  # "budget of 20 nominal s", "skipped: 0.2 nominal s are left"
    tasks: tuple[str, ...] = ()  # that it waits for; another recovery may wait for them, too
    waits: bool = False  # for a person


class HintGiven(msgspec.Struct, frozen=True, kw_only=True, tag="hint_given"):
    """A person has answered a claim that waits for one."""

    hint: Hint


class ResultDropped(msgspec.Struct, frozen=True, kw_only=True, tag="result_dropped"):
    """A result of a superseded attempt arrived and was recognised."""


class ActionDenied(msgspec.Struct, frozen=True, kw_only=True, tag="action_denied"):
    """The gate refused an action."""

    verb: str
    policy: str


FactKind = (
    SessionOpened
    | SessionClosed
    | AgentSpawned
    | AgentReady
    | AgentGone
    | AgentDismissed
    | AgentStopped
    | AgentDraining
    | AgentQuarantined
    | AgentReleased
    | DispatchPaused
    | DispatchResumed
    | SearchBegun
    | GenerationDone
    | SearchEnded
    | StrategyAdopted
    | LineStopped
    | LineReleased
    | TaskSubmitted
    | TaskAssigned
    | TaskRequeued
    | TaskSettled
    | RecoveryBegun
    | RecoveryStep
    | HintGiven
    | ResultDropped
    | ActionDenied
)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened in a session. Store, audit, metrics and widgets fold these."""

    session: str
    epoch: int  # which supervisor of the session recorded it; counts up at each takeover
    seq: int  # counts up from 1 within a session, without gaps
    time_s: float  # seconds since the Unix epoch, UTC
    kind: FactKind
    cause: int | None = None  # seq of the fact that led to this one
    task: str | None = None
    attempt: int | None = None
    agent: str | None = None
