"""What an agent can be asked. A skill is a small class found by entry point. Knows no agent and no socket."""

from __future__ import annotations

from typing import Any, Protocol

from hms_kernel import plugins

GROUP = "hms.skills"


class Report(Protocol):
    """How a running skill says that it is getting somewhere."""

    def __call__(self, note: str = "") -> None:
        """Count one step of progress; ``note`` is shown on the board until the next one."""


class Skill(Protocol):
    """One thing an agent can do.

    An instance lives in an agent's worker process and serves one task at a time.
    ``run`` may take as long as the task's limits allow, may use all of its
    process, and may raise: the task then fails with the traceback. Killing the
    worker is the only way it is cancelled.
    """

    name: str

    def __init__(self, config: dict[str, Any]) -> None:
        """``config`` is the agent's, as given to ``spawn``: plain data."""

    def run(self, payload: Any, report: Report) -> Any:
        """Do the task. Payload and result are plain msgpack-able data, or a ``Verdict``."""


def load(name: str) -> type[Skill]:
    """The skill class registered under ``name``.

    Raises:
        UsageError: no installed package provides it.
        BackendMissing: its dependency is not installed.
    """
    skill: type[Skill] = plugins.load(GROUP, name)
    return skill


def installed() -> list[str]:
    """Names of all skills that installed packages provide, sorted."""
    return plugins.names(GROUP)
