"""The skill of trying: strategies on goals, each within a cap, as a search wants to know them. Settles no claim.

What a trial comes to is kept at once, in the archive of the user, so that an agent that is
killed takes nothing with it but the trial it was in.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hms_kernel.backends.remembering import Remembering
from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import BackendError, UsageError
from hms_kernel.genetics.archive import Archive, default_file
from hms_kernel.genetics.trials import Prover, Trial
from hms_kernel.model import Budget, Goal
from hms_kernel.skills import Report


class TrialRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Trials to run; the payload of a ``trial`` task."""

    build: str  # of the prover that whoever asks reckons with
    budget: Budget  # shapes every attempt
    strategies: tuple[Strategy, ...]
    goals: tuple[Goal, ...]
    jobs: tuple[tuple[int, int, float], ...]  # which strategy, which goal, cap in nominal seconds


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a ``TrialRequest``."""

    trials: tuple[Trial, ...]  # one for each job, in its order
    ran: int  # of these; the others were known


class Trials:
    """Runs trials with the embedded prover and writes them into the archive, one by one."""

    name = "trial"

    def __init__(self, config: dict[str, Any]) -> None:
        # Stages of a search differ in little, so most of them ask what others have asked.
        self._memory = Remembering()

    def run(self, payload: Any, report: Report) -> Any:
        """Run the jobs of a ``TrialRequest`` given as plain data; ``Tried``, as plain data.

        Raises:
            UsageError: the payload is no such request, or a strategy makes no sense.
            BackendError: this agent's prover is of another build.
            StoreError: the archive cannot be used.
        """
        try:
            request = msgspec.convert(payload, TrialRequest)
        except msgspec.ValidationError as error:
            raise UsageError(f"not a request for trials: {error}") from error
        prover = Prover(request.budget, self._memory)
        if prover.build != request.build:
            raise BackendError("this agent runs another build of the prover; restart it")
        ran = 0

        def counted(strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
            nonlocal ran
            ran += 1
            return prover(strategy, goal, cap_s)

        evaluate = Archive(default_file()).through(counted, prover.build)
        trials: list[Trial] = []
        for strategy, goal, cap_s in request.jobs:
            report(f"trial {len(trials) + 1} of {len(request.jobs)}")
            trials.append(evaluate(request.strategies[strategy], request.goals[goal], cap_s))
        return msgspec.to_builtins(Tried(trials=tuple(trials), ran=ran))
