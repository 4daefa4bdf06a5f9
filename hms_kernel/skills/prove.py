"""The skill of proving: a request in, a verdict out, once per question. Which prover does it is the request's choice."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

import msgspec

# Imported for their cost: the process that forks workers imports this module once, so
# that a new worker starts warm. No solver object is made before a request arrives.
from hms_kernel import backends, config
from hms_kernel.backends.engines import versions
from hms_kernel.backends.smt import SmtBackend, understood
from hms_kernel.backends.strategy import Strategy
from hms_kernel.cache import Cache
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Trust, Verdict
from hms_kernel.skills import Report

PROVERS = ("backends", "certificates", "statements")  # the packages a verdict comes from


class ProofRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One goal to settle; the payload of a ``prove`` task."""

    goal: Goal
    budget: Budget = Budget()
    backend: str = "smt"  # a name under the entry-point group ``hms.proof_backends``
    strategy: Strategy | None = None  # None: the backend's own ``default_strategy``
    cache: bool = True  # whether an answer given before will do
    trust: Trust = Trust.ONE_SOLVER  # how much is wanted; only "lean-kernel" takes more work


class Prove:
    """Attempts goals with the backend each request names, and remembers what came of them."""

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
        # Only the embedded prover is known to repeat itself.
        key = _key(request, strategy) if request.cache and type(backend) is SmtBackend else None
        if key is None:
            return backend.attempt(request.goal, strategy, request.budget, report)
        cache = Cache(config.home() / "cache.sqlite")
        known = cache.get(key)
        if known is not None:
            report("answered before")
            return msgspec.structs.replace(known, cached=True, wall_s=0.0)
        verdict = backend.attempt(request.goal, strategy, request.budget, report)
        if not _depends_on_the_clock(verdict):
            cache.put(key, verdict)
        return verdict


def _key(request: ProofRequest, strategy: Strategy) -> str | None:
    """Names the question: the statement as understood, and all else that the verdict depends on.

    None for a statement that is not understood, which is quickly said again.
    """
    goal = request.goal
    try:
        statement = understood(goal)
    except UsageError:
        return None
    question = (
        repr(statement),
        goal.semantics,
        goal.unstated,
        goal.notes,
        request.backend,
        strategy,
        request.budget,
        build(),
    )
    return hashlib.sha256(msgspec.json.encode(question)).hexdigest()


def _depends_on_the_clock(verdict: Verdict) -> bool:
    said = (verdict.reason, *verdict.evidence.tried)
    return any("wall clock" in text or "memory" in text for text in said)


@functools.cache
def build() -> str:
    """A hash of the provers' own source and of the versions they run on: another build, other answers."""
    found = hashlib.sha256(repr(sorted(versions().items())).encode())
    root = Path(__file__).parents[1]
    for package in PROVERS:
        for file in sorted((root / package).glob("*.py")):
            found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()
