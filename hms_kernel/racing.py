"""Several strategies on one claim at once: the first answer ends the race, two that contradict each other stop the line. Proves nothing itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from hms_kernel import display, tables
from hms_kernel.client import Client
from hms_kernel.errors import Contradiction, PolicyDenied
from hms_kernel.facts import LineStopped
from hms_kernel.handles import LONG_POLL_S, TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    RecordRequest,
    Response,
    TaskStatus,
    TaskStatusRequest,
    TaskStatusResponse,
)
from hms_kernel.model import Outcome, Phase, Verdict


class Race:
    """One claim on several agents, each with a strategy of its own; watched by a thread of its own.

    Args:
        runners: the strategy of each, as printed, and its task; the first is what ``prove``
            would have done.
    """

    def __init__(
        self, client: Client, claim: str, runners: Sequence[tuple[str, TaskHandle]]
    ) -> None:
        self._client = client
        self.claim = claim
        self.strategies = tuple(text for text, _ in runners)
        self.tasks = tuple(task for _, task in runners)
        self._verdict: Future[Verdict] = Future()
        threading.Thread(target=self._watch, name="hms-race", daemon=True).start()

    def result(self, timeout_s: float | None = None) -> Verdict:
        """Wait for the first answer; the others are called back, whether anybody waits or not.

        Returns:
            A decisive verdict; where nobody has one, that of the first runner.

        Raises:
            Contradiction: one proves what another refutes; the line is stopped.
            TimeoutError: there is no answer within ``timeout_s`` seconds; the race goes on.
        """
        try:
            return self._verdict.result(timeout_s)
        except TimeoutError:
            raise TimeoutError(f"nobody has settled {self.claim} within {timeout_s:g} s") from None

    def cancel(self) -> None:
        """Call everybody back who has not ended."""
        for task in self.tasks:
            task.cancel()

    def winner(self) -> str | None:
        """The strategy that has answered first, as printed; None when none has."""
        for text, task in zip(self.strategies, self.tasks, strict=True):
            verdict = tables.verdict_of(task.status().result)
            if verdict is not None and verdict.outcome.decided:
                return text
        return None

    def _watch(self) -> None:
        try:
            self._verdict.set_result(self._first())
        except Exception as error:  # whoever asks for the result is told
            self._verdict.set_exception(error)

    def _first(self) -> Verdict:
        verdicts: dict[str, Verdict] = {}
        for status in self._ended():
            verdict = tables.verdict_of(status.result)
            assert verdict is not None
            verdicts[status.task_id] = verdict
            if verdict.outcome.decided:
                self.cancel()
                # Somebody may have been as quick: what they have to say is heard.
                self._agree(verdicts | self._heard())
                return verdict
        return verdicts[self.tasks[0].task_id]

    def _ended(self) -> Iterator[TaskStatus]:
        """The runners in the order in which they end."""
        futures = {self._poll(task.task_id): task.task_id for task in self.tasks}
        while futures:
            ended, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in ended:
                task_id = futures.pop(future)
                status = self._client.answer(future, TaskStatusResponse).status
                if Phase(status.phase).terminal:
                    yield status
                else:
                    futures[self._poll(task_id)] = task_id

    def _heard(self) -> dict[str, Verdict]:
        statuses = [task.status() for task in self.tasks]
        return {s.task_id: s.result for s in statuses if isinstance(s.result, Verdict)}

    def _agree(self, verdicts: Mapping[str, Verdict]) -> None:
        said: dict[bool, str] = {}
        for name, verdict in verdicts.items():
            if verdict.outcome.decided:
                stage = f" by {verdict.evidence.stage}" if verdict.evidence.stage else ""
                refuted = verdict.outcome is Outcome.REFUTED
                said.setdefault(refuted, f"{verdict.outcome}{stage} ({name})")
        if len(said) > 1:
            stopped = LineStopped(claim=self.claim, said=tuple(said[key] for key in sorted(said)))
            with contextlib.suppress(PolicyDenied):
                self._client.ask(RecordRequest(kind=stopped), AcceptedResponse)
            raise Contradiction(f"{self.claim} was both: {'; '.join(stopped.said)}")

    def _poll(self, task_id: str) -> Future[Response]:
        return self._client.send(TaskStatusRequest(task_id=task_id, wait_s=LONG_POLL_S))

    def _rows(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for text, task in zip(self.strategies, self.tasks, strict=True):
            status = task.status()
            verdict = tables.verdict_of(status.result)
            rows.append(
                {
                    "strategy": text,
                    "phase": status.phase,
                    "verdict": verdict.outcome.value if verdict else "",
                    "agent": status.agent or "",
                    "task": task.task_id,
                }
            )
        return rows

    def __repr__(self) -> str:
        return f"<race for {self.claim}: {len(self.tasks)} strategies>"

    def _repr_html_(self) -> str:
        return display.html_text(repr(self)) + display.html_table(self._rows())
