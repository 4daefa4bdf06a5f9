"""The facade of the plan's appendix A.2: nothing but re-exports."""

from hms_kernel.facade import (
    answer_task,
    list_failures,
    list_waiting,
    pause_dispatch,
    ping_supervisor,
    quarantine_agent,
    query_agent_status,
    query_task_status,
    release_agent,
    restart_agent,
    resume_dispatch,
    spawn_agent,
    submit_proof_task,
)

__all__ = [
    "answer_task",
    "list_failures",
    "list_waiting",
    "pause_dispatch",
    "ping_supervisor",
    "quarantine_agent",
    "query_agent_status",
    "query_task_status",
    "release_agent",
    "restart_agent",
    "resume_dispatch",
    "spawn_agent",
    "submit_proof_task",
]
