"""The skill of proving: a request in, a verdict out, once per question. Which prover does it is the request's choice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

# Imported for their cost: the process that forks workers imports this module once, so
# that a new worker starts warm. No solver object is made before a request arrives.
from hms_kernel import backends, config
from hms_kernel.backends import jobs, strategies
from hms_kernel.backends.builds import build
from hms_kernel.backends.jobs import Job
from hms_kernel.backends.smt import SmtBackend, understood
from hms_kernel.backends.strategy import Strategy
from hms_kernel.cache import Cache
from hms_kernel.errors import BackendError, BackendMissing, UsageError
from hms_kernel.model import Budget, Goal, Outcome, Trust, Value, Verdict
from hms_kernel.skills import Report

if TYPE_CHECKING:
    from hms_kernel.backends.lean.runtime import Runtime

OPEN = (Outcome.UNKNOWN, Outcome.UNSUPPORTED)
LEAST_PROPOSING_S = 1.0  # seconds left, below which no language model is asked


class ProofRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One goal to settle; the payload of a ``prove`` task."""

    goal: Goal
    budget: Budget = Budget()
    backend: str = "smt"  # a name under the entry-point group ``hms.proof_backends``
    strategy: Strategy | str | None = None  # or its name; None: the backend's ``default_strategy``
    cache: bool = True  # whether an answer given before will do
    trust: Trust = Trust.ONE_SOLVER  # how much is wanted; only "lean-kernel" takes more work
    propose: bool = True  # whether a language model is asked about what the solvers leave open
    job: Job | None = None  # something else about the goal than to settle it


class Prove:
    """Attempts goals with the backend each request names, and remembers what came of them."""

    name = "prove"

    def __init__(self, config: dict[str, Any]) -> None:
        self._backends: dict[str, backends.ProofBackend] = {}
        self._kernel: Runtime | None = None

    def run(self, payload: Any, report: Report) -> Verdict | Value:
        """Settle the goal of a ``ProofRequest`` given as plain data, or do its job.

        Raises:
            UsageError: the payload is no proof request, or the backend does not exist.
            BackendError: the prover itself broke.
        """
        try:
            request = msgspec.convert(payload, ProofRequest)
        except msgspec.ValidationError as error:
            raise UsageError(f"not a proof request: {error}") from error
        if request.job is not None:
            found = jobs.done(request.job, request.goal, request.budget, report)
            if not isinstance(found, Verdict):
                return found
            verdict = found
        else:
            verdict = self._settled(request, self._backend(request.backend), report)
        if verdict.outcome in OPEN and request.backend == "smt" and request.propose:
            return self._proposed(request, verdict, report)
        # Of a proof by lemmas the kernel has seen the lemmas; it has no certificate of the whole.
        certified = verdict.evidence.certificate is not None
        if request.trust is Trust.LEAN_KERNEL and verdict.trust is Trust.CERTIFICATE and certified:
            return self._confirmed(request, verdict, report)
        return verdict

    def close(self) -> None:
        """End the processes that provers have started; idempotent."""
        holders = [self._kernel, *self._backends.values()]
        self._kernel, self._backends = None, {}
        for holder in holders:
            if (close := getattr(holder, "close", None)) is not None:
                close()

    def _backend(self, name: str) -> backends.ProofBackend:
        if name not in self._backends:
            self._backends[name] = backends.load(name)
        return self._backends[name]

    def _settled(
        self, request: ProofRequest, backend: backends.ProofBackend, report: Report
    ) -> Verdict:
        strategy = _strategy(request.strategy) or backend.default_strategy
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

    def _proposed(self, request: ProofRequest, open_: Verdict, report: Report) -> Verdict:
        """What a language model and a Lean make of a question that the solvers left open."""
        left_s = request.budget.wall_s - open_.wall_s
        try:
            if left_s < LEAST_PROPOSING_S or config.prover() is None:
                return open_
            prover = self._backend("deepseek")
            budget = msgspec.structs.replace(request.budget, wall_s=left_s)
            found = prover.attempt(request.goal, prover.default_strategy, budget, report)
        except (BackendError, UsageError) as error:
            return open_.noted(f"no language model was asked: {error}")
        tried = (*open_.evidence.tried, *found.evidence.tried)
        if found.outcome is not Outcome.PROVED:
            evidence = msgspec.structs.replace(open_.evidence, tried=tried)
            left_open = msgspec.structs.replace(open_, evidence=evidence)
            return left_open.noted(f"a language model was asked too: {found.reason}")
        evidence = msgspec.structs.replace(found.evidence, tried=tried)
        return msgspec.structs.replace(found, evidence=evidence, wall_s=open_.wall_s + found.wall_s)

    def _confirmed(self, request: ProofRequest, verdict: Verdict, report: Report) -> Verdict:
        # An extra, which most proofs do not ask for.
        from hms_kernel.backends.lean import confirming, pip_kernel

        report("asking the Lean kernel")
        try:
            self._kernel = self._kernel or pip_kernel()
        except BackendMissing as error:
            return verdict.noted(f"not shown to the Lean kernel: {error}")
        left_s = max(1.0, request.budget.wall_s - verdict.wall_s)
        statement = understood(request.goal)
        return confirming.confirmed(statement, verdict, self._kernel, left_s)


def _strategy(chosen: Strategy | str | None) -> Strategy | None:
    return strategies.named(chosen) if isinstance(chosen, str) else chosen


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
