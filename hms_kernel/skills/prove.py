"""The skill of proving: a request in, a verdict out. Which prover does it is the request's choice."""

from __future__ import annotations

from typing import Any

import msgspec

# Imported for their cost: the process that forks workers imports this module once, so
# that a new worker starts warm. No solver object is made before a request arrives.
import hms_kernel.backends.smt  # noqa: F401
from hms_kernel import backends
from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Verdict
from hms_kernel.skills import Report


class ProofRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One goal to settle; the payload of a ``prove`` task."""

    goal: Goal
    budget: Budget = Budget()
    backend: str = "smt"  # a name under the entry-point group ``hms.proof_backends``
    strategy: Strategy | None = None  # None: the backend's own ``default_strategy``


class Prove:
    """Attempts goals with the backend each request names."""

    name = "prove"

    def __init__(self, config: dict[str, Any]) -> None:
        self._backends: dict[str, backends.ProofBackend] = {}

    def run(self, payload: Any, report: Report) -> Verdict:
        """Settle the goal of a ``ProofRequest`` given as plain data.

        Raises:
            UsageError: the payload is no proof request, or the backend does not exist.
            BackendError: the prover itself broke.
        """
        try:
            request = msgspec.convert(payload, ProofRequest)
        except msgspec.ValidationError as error:
            raise UsageError(f"not a proof request: {error}") from error
        backend = self._backends.get(request.backend)
        if backend is None:
            backend = self._backends[request.backend] = backends.load(request.backend)
        strategy = request.strategy or backend.default_strategy
        return backend.attempt(request.goal, strategy, request.budget, report)
