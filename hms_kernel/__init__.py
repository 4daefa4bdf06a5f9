"""HMS Workbench: claims settled by a supervised fleet of provers. The public names.

    import hms_kernel as hms

    with hms.Workbench() as wb:
        wb.verify("moneyball").result()

Names are imported when first used, so that agents and the command line start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hms_kernel.version import __version__

if TYPE_CHECKING:
    from hms_kernel.api import Attached, Workbench, attach
    from hms_kernel.errors import (
        AgentError,
        AgentLost,
        BackendError,
        BackendMissing,
        HmsError,
        PolicyDenied,
        QueueFull,
        SessionError,
        SpecError,
        StatementError,
        StoreError,
        TaskFailed,
        UsageError,
    )
    from hms_kernel.explanation import explain
    from hms_kernel.handles import AgentHandle, Run, TaskHandle
    from hms_kernel.model import Budget, Goal, Limits, Outcome, Phase, Trust, Verdict
    from hms_kernel.report import Report
    from hms_kernel.specs.python import claim
    from hms_kernel.witness import check

_HOME = {
    "hms_kernel.api": ("Attached", "Workbench", "attach"),
    "hms_kernel.handles": ("AgentHandle", "Run", "TaskHandle"),
    "hms_kernel.errors": (
        "AgentError",
        "AgentLost",
        "BackendError",
        "BackendMissing",
        "HmsError",
        "PolicyDenied",
        "QueueFull",
        "SessionError",
        "SpecError",
        "StatementError",
        "StoreError",
        "TaskFailed",
        "UsageError",
    ),
    "hms_kernel.model": ("Budget", "Goal", "Limits", "Outcome", "Phase", "Trust", "Verdict"),
    "hms_kernel.report": ("Report",),
    "hms_kernel.witness": ("check",),
    "hms_kernel.explanation": ("explain",),
    "hms_kernel.specs.python": ("claim",),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "AgentError",
    "AgentHandle",
    "AgentLost",
    "Attached",
    "BackendError",
    "BackendMissing",
    "Budget",
    "Goal",
    "HmsError",
    "Limits",
    "Outcome",
    "Phase",
    "PolicyDenied",
    "QueueFull",
    "Report",
    "Run",
    "SessionError",
    "SpecError",
    "StatementError",
    "StoreError",
    "TaskFailed",
    "TaskHandle",
    "Trust",
    "UsageError",
    "Verdict",
    "Workbench",
    "__version__",
    "attach",
    "check",
    "claim",
    "explain",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext hms_kernel``: the magics ``%%prove`` and ``%hms``."""
    from hms_kernel.magics import register

    register(ipython)


def __dir__() -> list[str]:
    return __all__
