"""The facade of the plan's appendix A.2: nothing but re-exports."""

from hms_kernel.facade import (
    ping_supervisor,
    query_agent_status,
    query_task_status,
    spawn_agent,
    submit_proof_task,
)

__all__ = [
    "ping_supervisor",
    "query_agent_status",
    "query_task_status",
    "spawn_agent",
    "submit_proof_task",
]
