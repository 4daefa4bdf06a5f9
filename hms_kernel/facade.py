"""The verbs of the plan's appendix A.2, as plain functions over plain data. ``hms_core`` re-exports them.

They speak to the workbench of this process; without one, to the live session
that ``HMS_SESSION`` names, else to the newest live one on this machine; without
that, they host one here.
"""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from hms_kernel import api, desk, handles, requests, tables
from hms_kernel.errors import SessionError, UsageError
from hms_kernel.messages import (
    AcceptedResponse,
    AnswerTaskRequest,
    SpawnAgentRequest,
    SpawnAgentResponse,
)
from hms_kernel.model import Hint
from hms_kernel.report import verdict_json

_lock = threading.Lock()  # so that two threads do not host one each


def ping_supervisor() -> dict[str, Any]:
    """Whether the supervisor answers, and who it is.

    Returns:
        ``{"status": "ok", "session", "epoch", "pid", "version", "uptime_s", "agents", "tasks"}``.

    Raises:
        SessionError: there is a session, but it does not answer.
    """
    return {"status": "ok", **msgspec.to_builtins(_desk().ping())}


def spawn_agent(skills: list[str], config: dict[str, Any]) -> str:
    """Start an agent process and return its id; it registers within a second or so.

    Args:
        skills: what it can be asked, such as ``["prove"]``.
        config: ``agent_id``, ``heartbeat_s`` (seconds), ``grace_s`` (seconds),
            ``memory_bytes``; other keys go to the skills.

    Raises:
        UsageError: no such skill, or a config value of the wrong type.
        PolicyDenied: the gate refused.
    """
    spec = requests.agent_spec(skills, config)
    return _desk().client.ask(SpawnAgentRequest(spec=spec), SpawnAgentResponse).agent_ids[0]


def submit_proof_task(theorem_id: str, lean_expr: bytes, axioms: list[str]) -> str:
    """Hand in a statement to be proved or refuted; returns the id of the task.

    Args:
        theorem_id: what you call it.
        lean_expr: Lean 4 text in UTF-8, a proposition or a whole theorem.
        axioms: an identifier allows that Lean axiom, anything else is a hypothesis.

    Raises:
        UsageError: the text is not UTF-8, or no text.
        PolicyDenied: the gate refused.
        StoreError: the task could not be recorded, so it was not accepted.
    """
    try:
        text = lean_expr.decode() if isinstance(lean_expr, bytes) else lean_expr
    except UnicodeDecodeError as error:
        raise UsageError(f"lean_expr must be UTF-8: {error}") from None
    return _desk().prove(text, axioms, theorem_id=theorem_id).task_id


def query_task_status(task_id: str) -> dict[str, Any]:
    """Where a task stands.

    Returns:
        ``{"task_id", "theorem_id", "phase", "agent", "attempts", "duration_s", "progress"}`` and,
        once it has ended, ``"verdict", "trust", "reason", "counterexample", "evidence"``
        (None before). ``phase`` is pending, running, waiting (for its
        recovery), succeeded, failed or cancelled.

    Raises:
        UsageError: no such task.
    """
    desk = _desk()
    status = handles.TaskHandle(desk.client, task_id).status()
    verdict = tables.verdict_of(status.result)
    ended: dict[str, Any] = dict.fromkeys(
        ("verdict", "trust", "reason", "counterexample", "evidence")
    )
    if verdict is not None:
        ended = verdict_json(verdict)
    return {
        "task_id": status.task_id,
        "theorem_id": status.label,
        "phase": status.phase,
        "agent": status.agent,
        "attempts": status.attempts,
        "duration_s": status.duration_s,
        "progress": msgspec.to_builtins(status.progress),
        **ended,
    }


def query_agent_status(agent_id: str) -> dict[str, Any]:
    """How an agent is.

    Returns:
        ``{"agent_id", "phase", "pid", "skills", "restarts", "task", "attempt",
        "heartbeat_age_s", "progress", "last_cause"}``. ``phase`` is starting, ready,
        draining, backoff, quarantined, stopping or stopped.

    Raises:
        UsageError: no such agent.
    """
    status: dict[str, Any] = msgspec.to_builtins(
        handles.AgentHandle(_desk().client, agent_id).status()
    )
    return status


def list_waiting() -> list[dict[str, Any]]:
    """Claims whose recovery waits for a person, longest first.

    Returns:
        One ``{"task", "label", "reason", "since_s", "tried"}`` each: ``reason`` is why its first
        attempt left it open, ``since_s`` seconds since the Unix epoch, ``tried`` a line per step.
    """
    return tables.waiting(_desk().facts())


def answer_task(task_id: str, hint: dict[str, Any]) -> None:
    """Help a claim that waits for a person; its recovery goes on.

    Args:
        task_id: of the claim.
        hint: one of ``{"lemma": text}`` (Lean, in the scope of the claim), ``{"strategy": name}``,
            ``{"nominal_s": seconds}`` and ``{"give_up": True}``.

    Raises:
        UsageError: no such task, it waits for no person, or the hint makes no sense.
        PolicyDenied: the gate refused.
    """
    try:
        given = msgspec.convert(hint, Hint)
    except msgspec.ValidationError as error:
        raise UsageError(f"not a hint: {error}") from None
    request = AnswerTaskRequest(task_id=task_id, hint=given)
    _desk().client.ask(request, AcceptedResponse)


def list_failures() -> list[dict[str, Any]]:
    """What went wrong in the session, oldest first, and healed or not.

    Returns:
        One ``{"time_s", "what", "agent", "task", "attempt", "cause", "output"}`` each: ``what`` is
        agent died, agent quarantined, attempt lost or task failed; ``time_s`` is seconds since the
        Unix epoch; ``output`` is the end of what was printed.
    """
    return tables.failures(_desk().facts())


def restart_agent(agent_id: str) -> None:
    """Give an agent a new process, also when it was stopped or quarantined; its task goes to another.

    Raises:
        UsageError: no such agent.
        PolicyDenied: the gate refused.
    """
    _agent(agent_id).restart()


def quarantine_agent(agent_id: str, reason: str = "") -> None:
    """Put an agent aside until it is released; what it runs goes to another.

    Raises:
        UsageError: no such agent, or it has been stopped.
        PolicyDenied: the gate refused.
    """
    _agent(agent_id).quarantine(reason)


def release_agent(agent_id: str) -> None:
    """Bring an agent back from quarantine, on probation: one death puts it back.

    Raises:
        UsageError: no such agent, or it is not in quarantine.
        PolicyDenied: the gate refused.
    """
    _agent(agent_id).release()


def pause_dispatch(agent_id: str = "") -> None:
    """Give an agent, with an empty id nobody, new tasks; what runs goes on.

    Raises:
        UsageError: no such agent, or it has been stopped.
        PolicyDenied: the gate refused.
    """
    (_agent(agent_id) if agent_id else _desk()).pause()


def resume_dispatch(agent_id: str = "") -> None:
    """Give an agent, with an empty id everybody who is not paused itself, tasks again.

    Raises:
        UsageError: no such agent, or it has been stopped.
        PolicyDenied: the gate refused.
    """
    (_agent(agent_id) if agent_id else _desk()).resume()


def _agent(agent_id: str) -> handles.AgentHandle:
    return handles.AgentHandle(_desk().client, agent_id)


def _desk() -> desk.Desk:
    """The session the verbs speak to; found again when it has ended."""
    with _lock:
        try:
            return api.current()
        except SessionError:
            return api.Workbench()
