"""The wire: one tagged union of messages, and the envelope that carries each. Sends nothing.

Agents talk to the supervisor's agent socket, clients to its client socket; a
request's answer repeats the request's message id.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hms_kernel.facts import (
    Fact,
    GenerationDone,
    LineReleased,
    LineStopped,
    SearchBegun,
    SearchEnded,
    StrategyAdopted,
)
from hms_kernel.model import AgentSpec, Hint, Limits, Progress, Recovery, Result, Task, Verdict

PROTOCOL_VERSION = 1


# --- supervisor and agent ----------------------------------------------------


class RegisterRequest(msgspec.Struct, frozen=True, kw_only=True, tag="register_request"):
    """Agent to supervisor, first and again whenever it finds a new supervisor."""

    agent_id: str
    pid: int
    skills: tuple[str, ...]
    running: tuple[tuple[str, int], ...] = ()  # (task id, attempt) it works on now


class RegisterResponse(msgspec.Struct, frozen=True, kw_only=True, tag="register_response"):
    """Supervisor to agent: you are known. The envelope carries the epoch to obey."""

    session: str


class AgentTask(msgspec.Struct, frozen=True, kw_only=True, tag="agent_task"):
    """Supervisor to agent: do this. The envelope carries the attempt."""

    task: Task


class ProofResult(msgspec.Struct, frozen=True, kw_only=True, tag="proof_result"):
    """Agent to supervisor: what a proof attempt concluded. Resent until acknowledged."""

    task_id: str
    verdict: Verdict
    output: str = ""  # the tail of what the worker printed during the attempt


class TaskResult(msgspec.Struct, frozen=True, kw_only=True, tag="task_result"):
    """Agent to supervisor: what any other skill returned, or how it failed. Resent until acknowledged."""

    task_id: str
    result: Result
    output: str = ""  # the tail of what the worker printed during the attempt


class UpdateTaskStatusRequest(
    msgspec.Struct, frozen=True, kw_only=True, tag="update_task_status_request"
):
    """Agent to supervisor: a new word on a running task, sooner than the next heartbeat."""

    progress: Progress


class UpdateTaskStatusResponse(
    msgspec.Struct, frozen=True, kw_only=True, tag="update_task_status_response"
):
    """Supervisor to agent: the result of this task and attempt is safe; stop resending."""

    task_id: str


class CancelTask(msgspec.Struct, frozen=True, kw_only=True, tag="cancel_task"):
    """Supervisor to agent: stop working on it; the worker is killed and replaced."""

    task_id: str
    reason: str = "cancelled"


class HeartbeatRequest(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat_request"):
    """Agent to supervisor: I am here, and my worker has got this far."""

    agent_id: str
    progress: Progress | None = None
    holds: tuple[tuple[str, int], ...] = ()  # (task id, attempt) it works on or is yet to begin


class HeartbeatResponse(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat_response"):
    """Supervisor to agent: somebody is listening."""

    known: bool = True  # False: register again


class ShutdownAgent(msgspec.Struct, frozen=True, kw_only=True, tag="shutdown_agent"):
    """Supervisor to agent: end now; a running task is abandoned."""


# --- client and supervisor ---------------------------------------------------


class PingRequest(msgspec.Struct, frozen=True, kw_only=True, tag="ping_request"):
    pass


class PingResponse(msgspec.Struct, frozen=True, kw_only=True, tag="ping_response"):
    session: str
    epoch: int
    pid: int
    version: str
    uptime_s: float
    agents: int
    tasks: int
    paused: bool = False  # nobody is given new tasks


class SpawnAgentRequest(msgspec.Struct, frozen=True, kw_only=True, tag="spawn_agent_request"):
    """Ask for ``count`` agents alike; ``spec.agent_id`` empty lets the supervisor name them."""

    spec: AgentSpec
    count: int = 1


class SpawnAgentResponse(msgspec.Struct, frozen=True, kw_only=True, tag="spawn_agent_response"):
    agent_ids: tuple[str, ...]


class StopAgentRequest(msgspec.Struct, frozen=True, kw_only=True, tag="stop_agent_request"):
    agent_id: str


class RestartAgentRequest(msgspec.Struct, frozen=True, kw_only=True, tag="restart_agent_request"):
    """Give the agent a new process, also when it was stopped or quarantined."""

    agent_id: str


class DrainAgentRequest(msgspec.Struct, frozen=True, kw_only=True, tag="drain_agent_request"):
    """Let the agent finish what it runs, and then be gone."""

    agent_id: str


class QuarantineAgentRequest(
    msgspec.Struct, frozen=True, kw_only=True, tag="quarantine_agent_request"
):
    """Put the agent aside; what it runs goes to another one."""

    agent_id: str
    reason: str = ""


class ReleaseAgentRequest(msgspec.Struct, frozen=True, kw_only=True, tag="release_agent_request"):
    """Launch a quarantined agent again, on probation."""

    agent_id: str


class PauseRequest(msgspec.Struct, frozen=True, kw_only=True, tag="pause_request"):
    """Give an agent, with an empty id nobody, new tasks; what runs goes on."""

    agent_id: str = ""


class ResumeRequest(msgspec.Struct, frozen=True, kw_only=True, tag="resume_request"):
    """Give an agent, with an empty id everybody who is not paused itself, tasks again."""

    agent_id: str = ""


class SubmitTaskRequest(msgspec.Struct, frozen=True, kw_only=True, tag="submit_task_request"):
    """Hand in work. A claim that needs no agent (prose, say) comes with its verdict.

    With a full queue it is refused, or with ``wait_s`` accepted once there is room
    within so many seconds.
    """

    skill: str
    payload: Any = None
    label: str = ""
    run: str = ""
    limits: Limits = Limits()
    settled: Verdict | None = None
    background: bool = False
    wait_s: float = 0.0
    recovery: Recovery | None = None


class SubmitTaskResponse(msgspec.Struct, frozen=True, kw_only=True, tag="submit_task_response"):
    task_id: str


class CancelTaskRequest(msgspec.Struct, frozen=True, kw_only=True, tag="cancel_task_request"):
    task_id: str


class AnswerTaskRequest(msgspec.Struct, frozen=True, kw_only=True, tag="answer_task_request"):
    """A person's hint for a claim that waits for one."""

    task_id: str
    hint: Hint


class TaskStatusRequest(msgspec.Struct, frozen=True, kw_only=True, tag="task_status_request"):
    """Where a task stands; with ``wait_s``, answered when it ends or after so many seconds."""

    task_id: str
    wait_s: float = 0.0


class TaskStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a query about a task returns."""

    task_id: str
    skill: str
    label: str
    run: str
    phase: str  # a ``Phase`` value
    attempts: int  # attempts begun
    agent: str | None  # that runs it, or ran it last
    duration_s: float  # seconds since submission, until the end if it has ended
    result: Result | None
    progress: Progress | None = None
    output: str = ""  # the tail of what its worker printed during the last attempt
    recovery: str = ""  # the latest step of its recovery, if one is under way


class TaskStatusResponse(msgspec.Struct, frozen=True, kw_only=True, tag="task_status_response"):
    status: TaskStatus


class AgentStatusRequest(msgspec.Struct, frozen=True, kw_only=True, tag="agent_status_request"):
    """One agent by id, or all of them with an empty id."""

    agent_id: str = ""


class AgentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a query about an agent returns."""

    agent_id: str
    phase: str  # an ``AgentPhase`` value
    pid: int | None
    skills: tuple[str, ...]
    restarts: int
    task: str | None  # it is running now
    attempt: int | None
    heartbeat_age_s: float | None  # seconds since its last sign of life
    progress: Progress | None
    last_cause: str = ""  # how it ended last time, if it ever did
    paused: bool = False  # it, or the whole session, is given no new tasks


class AgentStatusResponse(msgspec.Struct, frozen=True, kw_only=True, tag="agent_status_response"):
    agents: tuple[AgentStatus, ...]


class FactsRequest(msgspec.Struct, frozen=True, kw_only=True, tag="facts_request"):
    """Facts after ``after_seq``; with none yet, wait up to ``wait_s`` seconds for the first."""

    after_seq: int = 0
    limit: int = 1000
    wait_s: float = 0.0


class FactsResponse(msgspec.Struct, frozen=True, kw_only=True, tag="facts_response"):
    facts: tuple[Fact, ...]


class CloseSessionRequest(msgspec.Struct, frozen=True, kw_only=True, tag="close_session_request"):
    """Ask the supervisor to end: agents are stopped, open tasks cancelled."""


class RecordRequest(msgspec.Struct, frozen=True, kw_only=True, tag="record_request"):
    """Make what a client has done with the session a fact: it searched, adopted, found a contradiction."""

    kind: SearchBegun | GenerationDone | SearchEnded | StrategyAdopted | LineStopped | LineReleased


class AcceptedResponse(msgspec.Struct, frozen=True, kw_only=True, tag="accepted_response"):
    """Done as asked; nothing to say."""


class ErrorResponse(msgspec.Struct, frozen=True, kw_only=True, tag="error_response"):
    """The request was refused: class name of the ``HmsError`` and its message."""

    error: str
    message: str
    policy: str = ""


AgentMessage = (
    RegisterRequest | ProofResult | TaskResult | UpdateTaskStatusRequest | HeartbeatRequest
)
SupervisorMessage = (
    RegisterResponse
    | AgentTask
    | UpdateTaskStatusResponse
    | CancelTask
    | HeartbeatResponse
    | ShutdownAgent
)
Request = (
    PingRequest
    | SpawnAgentRequest
    | StopAgentRequest
    | RestartAgentRequest
    | DrainAgentRequest
    | QuarantineAgentRequest
    | ReleaseAgentRequest
    | PauseRequest
    | ResumeRequest
    | SubmitTaskRequest
    | CancelTaskRequest
    | AnswerTaskRequest
    | TaskStatusRequest
    | AgentStatusRequest
    | FactsRequest
    | RecordRequest
    | CloseSessionRequest
)
# Asking these twice changes nothing.
Question = AgentStatusRequest | FactsRequest | PingRequest | TaskStatusRequest
Response = (
    PingResponse
    | SpawnAgentResponse
    | SubmitTaskResponse
    | TaskStatusResponse
    | AgentStatusResponse
    | FactsResponse
    | AcceptedResponse
    | ErrorResponse
)
Message = AgentMessage | SupervisorMessage | Request | Response


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What one frame holds."""

    body: Message
    version: int = PROTOCOL_VERSION
    epoch: int = 0  # of the supervisor spoken to; 0 when not known yet
    attempt: int = 0  # of the task spoken about; 0 where there is none
    message_id: int = 0  # chosen by the asker; answers repeat it
