"""Ways to attempt a goal. A backend is found by entry point. Knows no agent and no task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hms_kernel import plugins
from hms_kernel.backends.strategy import Strategy
from hms_kernel.model import Budget, Goal, Verdict

GROUP = "hms.proof_backends"


class ProofBackend(Protocol):
    """Attempts goals, one at a time per instance.

    ``attempt`` returns within ``budget``; running out is "unknown", an answer,
    and so are statements that are invalid or unsupported. It raises
    ``BackendError`` only when the prover itself breaks. ``report`` is called at
    every stage with the stage's name. ``default_strategy`` is used by callers
    that have no wish of their own.
    """

    name: str
    default_strategy: Strategy

    def attempt(
        self,
        goal: Goal,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None] = lambda note: None,
    ) -> Verdict: ...


def load(name: str) -> ProofBackend:
    """A fresh instance of the backend registered under ``name``.

    Raises:
        UsageError: no installed package provides it.
        BackendMissing: its dependency is not installed.
    """
    backend: ProofBackend = plugins.load(GROUP, name)()
    return backend
