"""The search for a proof: samples of a model, several at a time, checked one by one as they come in.

Believes nobody but the runtime. Makes no verdict.
"""

from __future__ import annotations

import concurrent.futures
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from anyio.from_thread import start_blocking_portal

from hms_kernel.backends.deepseek import prompting, reading
from hms_kernel.backends.deepseek.endpoint import Answer, Clock, Endpoint
from hms_kernel.backends.deepseek.problem import Problem
from hms_kernel.backends.deepseek.prompting import Message
from hms_kernel.backends.deepseek.reading import Candidate
from hms_kernel.backends.lean.backend import record
from hms_kernel.backends.lean.runtime import Checked, Runtime, Submission
from hms_kernel.config import Prover

CHECK_WALL_S = 60.0  # of one candidate; what takes longer is not accepted
TICK_S = 1.0  # between reports of progress
COMPLAINT_CHARACTERS = 160  # of Lean's, in the evidence
# Left out there, so that equal complaints count as equal: "HMSCandidate.lean:12:45: error(…): ".
POSITION = re.compile(r"\A\S+:\d+:\d+: error[^:]*: ")


@dataclass(frozen=True)
class Found:
    """A proof that the kernel accepted."""

    submission: Submission
    checked: Checked
    sample: int
    tokens: int  # of the answer it came in
    runtime: str

    def certificate(self) -> dict[str, Any]:
        """What it takes to have it checked again, as plain data."""
        return record(self.checked, self.submission, self.runtime)


@dataclass(frozen=True)
class Turn:
    """One question to the model: a sample, or a correction of it."""

    sample: int
    messages: tuple[Message, ...]
    corrections: int = 0  # how many there have been


@dataclass
class Search:
    """Samples of one problem, several at a time, checked one by one as they come in."""

    problem: Problem
    settings: Prover
    runtime: Runtime
    deadline: float
    clock: Clock
    report: Callable[[str], None]
    tokens: int = 0
    answers: int = 0
    _outcomes: Counter[str] = field(default_factory=Counter)
    _seen: set[Candidate] = field(default_factory=set)
    _stopped: str = ""

    def run(self, random: Random) -> Found | None:
        """The first proof that is accepted, if any is.

        Raises:
            UsageError: Lean does not accept the statement itself.
            BackendError: the endpoint refuses to be asked, or Lean broke.
        """
        asked = prompting.ask(self.problem, self.settings.mode)
        waiting = deque(Turn(number, asked) for number in range(1, self.settings.samples + 1))
        running: dict[concurrent.futures.Future[Answer], tuple[Turn, int]] = {}
        # The loop has a thread of its own, so that this one can check proofs, be
        # interrupted, and run inside another loop, as a notebook's cells do.
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(
                Endpoint(self.settings, self.clock, random)
            ) as endpoint,
        ):
            try:
                while waiting or running:
                    reserved = sum(tokens for _, tokens in running.values())
                    left = self.settings.tokens - self.tokens - reserved
                    if waiting and left > 0 and len(running) < self.settings.parallel:
                        turn, purse = waiting.popleft(), min(left, self.settings.max_tokens)
                        question = portal.start_task_soon(self._ask, endpoint, turn, purse)
                        running[question] = turn, purse
                        continue
                    if not running:
                        self._stopped = f"the budget of {self.settings.tokens} tokens is spent"
                        return None
                    for question in self._answered(set(running), endpoint):
                        turn, _ = running.pop(question)
                        found = self._settle(turn, question.result(), waiting)
                        if found is not None:
                            return found
                    if self.clock.monotonic() >= self.deadline:
                        self._stopped = "wall clock"
                        if running:
                            self._outcomes["unfinished when the time was up"] += len(running)
                        return None
            finally:
                for question in running:
                    question.cancel()
        return None

    def tried(self) -> tuple[str, ...]:
        """What became of the answers, counted, most frequent first."""
        return tuple(f"{count} × {what}" for what, count in self._outcomes.most_common())

    def why(self) -> str:
        """Why there is no proof."""
        spent = f"{self.answers} answers of {self.settings.model}, {self.tokens} tokens"
        told = f"no proof that Lean accepts in {spent}"
        return f"{told}; {self._stopped}" if self._stopped else told

    async def _ask(self, endpoint: Endpoint, turn: Turn, max_tokens: int) -> Answer:
        return await endpoint.ask(
            turn.messages, seed=turn.sample, max_tokens=max_tokens, deadline=self.deadline
        )

    def _answered(
        self, questions: set[concurrent.futures.Future[Answer]], endpoint: Endpoint
    ) -> set[concurrent.futures.Future[Answer]]:
        """Questions that have been answered; none when the deadline came first."""
        heard = -1
        while True:
            left_s = self.deadline - self.clock.monotonic()
            done, _ = concurrent.futures.wait(
                questions,
                timeout=max(0.0, min(TICK_S, left_s)),
                return_when=concurrent.futures.FIRST_COMPLETED,
            )
            if done or left_s <= 0:
                return done
            if endpoint.events != heard:
                heard = endpoint.events
                self.report(f"{len(questions)} proofs being written")

    def _settle(self, turn: Turn, answer: Answer, waiting: deque[Turn]) -> Found | None:
        """Have the proof in an answer checked; queue a correction where one is allowed."""
        self.answers += 1
        self.tokens += answer.tokens
        candidate = reading.candidate(answer.text, finished=not answer.cut)
        if candidate is None:
            self._outcomes[answer.cut or "no Lean proof in the answer"] += 1
            return None
        if candidate in self._seen:
            self._outcomes["a proof that was there before"] += 1
            return None
        self._seen.add(candidate)
        left_s = self.deadline - self.clock.monotonic()
        if left_s <= 0:
            self._outcomes["no time left to check it"] += 1
            return None
        self.report(f"checking sample {turn.sample}")
        submission = self.problem.submission(candidate)
        checked = self.runtime.check(submission, min(CHECK_WALL_S, left_s))
        if checked.accepted:
            return Found(submission, checked, turn.sample, answer.tokens, self.runtime.name)
        complaint = " ".join(POSITION.sub("", checked.reason).split())[:COMPLAINT_CHARACTERS]
        self._outcomes[f"not accepted: {complaint}"] += 1
        if turn.corrections < self.settings.corrections and not answer.cut:
            messages = prompting.correct(turn.messages, answer.text, checked.reason)
            # Before new samples: it is nearer to a proof than they are.
            waiting.appendleft(Turn(turn.sample, messages, turn.corrections + 1))
        return None
