"""The backend: samples whole proofs, has each checked, says proved only when a kernel accepts one.

A model that finds no proof has shown nothing: the verdict is then unknown, never refuted.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from hms_kernel import config
from hms_kernel.backends import engines
from hms_kernel.backends.deepseek import problem as problems
from hms_kernel.backends.deepseek.endpoint import Clock, RealClock
from hms_kernel.backends.deepseek.problem import Problem
from hms_kernel.backends.deepseek.search import Found, Search
from hms_kernel.backends.lean import library
from hms_kernel.backends.lean import runtime as lean
from hms_kernel.backends.lean.runtime import Runtime
from hms_kernel.backends.smt import understood
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import (
    BackendError,
    BackendMissing,
    StatementError,
    UnsupportedStatement,
    UsageError,
)
from hms_kernel.model import Budget, Evidence, Goal, Outcome, Semantics, Trust, Verdict
from hms_kernel.statements import show

ENGINE = "prover"
# What a strategy may choose; where the model is and what it may cost stay with the installation.
CHOICES = ("corrections", "max_tokens", "mode", "samples", "tokens")
NO_ENDPOINT = (
    f"no prover endpoint: set {config.PROVER}URL to an OpenAI-compatible address such as "
    f"http://127.0.0.1:8000/v1 (vLLM, SGLang, llama.cpp), {config.PROVER}MODEL to the model's name there, "
    f"and {config.PROVER}KEY if it wants one"
)


def describe() -> str:
    """One line on what is configured; asks no server.

    Raises:
        BackendMissing: what to set or install.
        BackendError: Lean is there and broken.
        UsageError: a setting makes no sense.
    """
    settings = _settings()
    with contextlib.closing(_runtime()) as runtime:
        return (
            f"{settings.model} at {settings.url}, checked by {runtime.version()} ({runtime.name})"
        )


class DeepSeekBackend:
    """Asks DeepSeek-Prover-V2, or another prover behind the same protocol, for whole proofs.

    ``budget.wall_s`` bounds everything, and so does a number of tokens; nominal seconds mean
    nothing to a server. A model with a plan takes a minute and more for one proof.

    Args:
        settings: of the endpoint; from the environment if not given.
        runtime: who checks; an installed Lean with Mathlib if not given, else the kernel from pip.
        clock: for deadlines and pauses.
        random: for the jitter of pauses.

    Raises:
        BackendMissing: there is no endpoint or no Lean; the message says what to set or install.
    """

    name = "deepseek"

    def __init__(
        self,
        settings: config.Prover | None = None,
        runtime: Runtime | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self._settings = settings or _settings()
        self._runtime = runtime or _runtime()
        self._clock = clock or RealClock()
        self._random = random or Random()

    @property
    def default_strategy(self) -> Strategy:
        """The settings, as far as a strategy may choose them."""
        chosen = tuple((name, getattr(self._settings, name)) for name in CHOICES)
        return Strategy(slices=(Slice(Stage(engine=ENGINE, parameters=chosen), 1.0),))

    def close(self) -> None:
        """End the Lean that checks; idempotent."""
        self._runtime.close()

    def attempt(
        self,
        goal: Goal,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None] = lambda note: None,
    ) -> Verdict:
        """Look for a proof of ``goal`` within ``budget``.

        Raises:
            UsageError: the strategy is none for this backend.
            BackendError: the endpoint refuses to be asked, or Lean broke.
        """
        started = self._clock.monotonic()
        settings = _chosen(self._settings, strategy)
        evidence = Evidence(
            versions=engines.versions(),
            strategy=msgspec.to_builtins(strategy),
            budget=budget,
            statement=goal.statement,
            notes=goal.notes,
        )

        def verdict(outcome: Outcome, evidence: Evidence, **said: Any) -> Verdict:
            digest = hashlib.sha256(evidence.statement.encode()).hexdigest()
            evidence = replace(evidence, statement_sha256=digest)
            wall_s = self._clock.monotonic() - started
            return Verdict(outcome=outcome, evidence=evidence, wall_s=wall_s, **said)

        report("reading the statement")
        try:
            shown, notes, problem = self._problem(goal)
        except StatementError as error:
            unsupported = isinstance(error, UnsupportedStatement)
            outcome = Outcome.UNSUPPORTED if unsupported else Outcome.INVALID
            return verdict(outcome, evidence, reason=str(error))
        evidence = replace(evidence, statement=shown, notes=(*goal.notes, *notes))
        deadline = started + budget.wall_s
        search = Search(problem, settings, self._runtime, deadline, self._clock, report)
        found, complaint = None, ""
        try:
            found = search.run(self._random)
        except UsageError as error:
            # The statement is the submitter's: Lean, or the library at hand, does not know it.
            complaint = f"Lean does not accept the statement: {error}"
        evidence = replace(evidence, units=search.tokens, tried=search.tried())
        if complaint:
            return verdict(Outcome.UNSUPPORTED, evidence, reason=complaint)
        if found is None:
            return verdict(Outcome.UNKNOWN, evidence, reason=search.why())
        evidence = _accepted(evidence, found, settings, problem)
        return verdict(Outcome.PROVED, evidence, trust=Trust.LEAN_KERNEL)

    def _problem(self, goal: Goal) -> tuple[str, tuple[str, ...], Problem]:
        """The statement as understood, notes on that, and the problem for the runtime at hand.

        Raises:
            StatementError: it is invalid, or nothing that this Lean could check.
        """
        if goal.semantics is not Semantics.EXACT:
            raise UnsupportedStatement("machine numbers, of which a Lean kernel knows nothing")
        try:
            statement = understood(goal)
        except StatementError:
            if self._runtime.name != "toolchain":
                raise
            # Lean with Mathlib knows more than the fragment does; what it says of the text counts.
            problem = problems.as_written(goal)
            return problem.statement, (), problem
        if self._runtime.name == "toolchain":
            problem = problems.for_mathlib(goal, statement)
        else:
            problem = problems.for_core(goal, statement, library.sources())
        return show(statement), statement.notes, problem


def _accepted(
    evidence: Evidence, found: Found, settings: config.Prover, problem: Problem
) -> Evidence:
    """The evidence, with the proof and whose it is."""
    sample = f"sample {found.sample} of {settings.samples}"
    notes = [
        *evidence.notes,
        f"proposed by {settings.model} ({settings.mode}), {sample}, {found.tokens} tokens",
        f"rests on {', '.join(found.checked.axioms) or 'no axioms'}",
    ]
    if problem.assumes:
        notes.append("not checked: that the hypotheses can hold together")
    return replace(
        evidence,
        checker=found.checked.kernel,
        stage=f"{settings.model}, {sample}",
        notes=tuple(notes),
        certificate=found.certificate(),
        lean=found.checked.source,
    )


def _settings() -> config.Prover:
    settings = config.prover()
    if settings is None:
        raise BackendMissing(NO_ENDPOINT)
    return settings


def _runtime() -> Runtime:
    """An installed Lean with Mathlib, in which provers are at home, else the kernel from pip."""
    try:
        with contextlib.ExitStack() as unless_used:
            installed = lean.toolchain()
            unless_used.callback(installed.close)
            if "Mathlib" in installed.version():
                unless_used.pop_all()
                return installed
        remedy = "set HMS_LEAN to a Lake project that has Mathlib compiled"
    except BackendError as error:
        remedy = str(error)
    try:
        return lean.pip_kernel()
    except BackendMissing as error:
        raise BackendMissing(f"no Lean that could check its proofs: {error}; or {remedy}") from None


def _chosen(settings: config.Prover, strategy: Strategy) -> config.Prover:
    """The settings with what a strategy chooses.

    Raises:
        UsageError: it is a strategy for another backend, or chooses what it may not.
    """
    stages = [part.stage for part in strategy.slices]
    if len(stages) != 1 or stages[0].engine != ENGINE or stages[0].transforms:
        raise UsageError(f"the backend deepseek takes one stage {ENGINE}(…), not {strategy}")
    chosen = dict(stages[0].parameters)
    if unknown := chosen.keys() - set(CHOICES):
        raise UsageError(f"no parameter {min(unknown)!r}; there are {', '.join(CHOICES)}")
    try:
        return msgspec.convert({**msgspec.structs.asdict(settings), **chosen}, config.Prover)
    except msgspec.ValidationError as error:
        raise UsageError(f"{stages[0]}: {error}") from None
