"""Turns what happened into numbered facts and hands them to the store first, then to whoever follows. Folds nothing.

Writing happens on a thread of its own and in groups, so the supervisor never
waits for the disk; what must wait for it (acknowledgements, answers) is told by
``on_durable``.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import islice

from hms_kernel.errors import StoreError
from hms_kernel.facts import Fact, FactKind
from hms_kernel.store import Store

RECENT = 20_000  # facts kept in memory for followers; older ones are read from the store
RETRY_S = 0.5  # between attempts to write when the store fails


class Journal:
    """The one writer of a session's facts.

    ``record`` belongs to the supervisor's thread; ``recent`` and ``failure`` may
    be read from any thread.

    Args:
        store: where facts go.
        session: name of the session.
        epoch: of this supervisor.
        on_durable: called on the writer's thread after each commit, with the new facts.
        on_trouble: called there when the store fails; ``failure`` says how, until it recovers.
    """

    def __init__(
        self,
        store: Store,
        *,
        session: str,
        epoch: int,
        on_durable: Callable[[Sequence[Fact]], None],
        on_trouble: Callable[[], None] = lambda: None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.session = session
        self.epoch = epoch
        self.failure: StoreError | None = None  # the store's trouble, while it lasts
        self._on_durable, self._on_trouble = on_durable, on_trouble
        self._wall_clock = wall_clock
        self._last_seq = store.last(session)[1]
        self.durable_seq = self._last_seq
        self._last_of: dict[str, int] = {}  # task or agent to the seq of its newest fact
        self._pending: list[Fact] = []
        self._recent: deque[Fact] = deque(maxlen=RECENT)
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="hms-journal", daemon=True)
        self._thread.start()

    def record(
        self,
        kind: FactKind,
        *,
        task: str | None = None,
        attempt: int | None = None,
        agent: str | None = None,
        cause: int | None = None,
    ) -> Fact:
        """Number a fact and pass it to the writer; returns at once.

        ``cause`` defaults to the newest fact about the same task, else about the
        same agent.
        """
        self._last_seq += 1
        subject = _subject(task, agent)
        fact = Fact(
            session=self.session,
            epoch=self.epoch,
            seq=self._last_seq,
            time_s=self._wall_clock(),
            kind=kind,
            cause=cause if cause is not None else self._last_of.get(subject),
            task=task,
            attempt=attempt,
            agent=agent,
        )
        if subject:
            self._last_of[subject] = fact.seq
        with self._wake:
            self._pending.append(fact)
            self._wake.notify()
        return fact

    def together(self) -> AbstractContextManager[object]:
        """While it is held, facts gather: those recorded within become durable in one commit."""
        return self._wake

    def recall(self, facts: Iterable[Fact]) -> None:
        """Let facts of earlier epochs count as causes of those to come; oldest first, before any ``record``."""
        for fact in facts:
            if fact.task or fact.agent:
                self._last_of[_subject(fact.task, fact.agent)] = fact.seq

    @property
    def last_seq(self) -> int:
        """Number of the newest fact, durable or not."""
        return self._last_seq

    def after(self, seq: int, limit: int) -> list[Fact]:
        """Durable facts with a number above ``seq``, oldest first, at most ``limit``.

        Raises:
            StoreError: they are too old for memory, and the store cannot be read.
        """
        with self._wake:
            oldest = self._recent[0].seq if self._recent else self.durable_seq + 1
            if seq + 1 >= oldest:
                skip = seq + 1 - oldest
                return list(islice(self._recent, skip, skip + limit))
            newest = self.durable_seq
        return [fact for fact in self.store.facts(self.session, seq, limit) if fact.seq <= newest]

    def close(self, timeout_s: float = 10.0) -> None:
        """Write what is pending and stop.

        Raises:
            StoreError: facts could not be written within ``timeout_s``.
        """
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout_s)
        if self.durable_seq < self._last_seq:
            raise self.failure or StoreError("the store did not finish writing in time")

    def _write(self) -> None:
        while True:
            with self._wake:
                while not self._pending and not self._closing:
                    self._wake.wait()
                batch, self._pending = self._pending, []
            if not batch:
                return
            # Nothing may be dropped and nothing reordered. The batch stays as it is:
            # its commit may have gone through although the answer to it was lost.
            while not self._append(batch):
                with self._wake:
                    if self._wake.wait_for(lambda: self._closing, RETRY_S):
                        return
            with self._wake:
                self.failure = None
                self.durable_seq = batch[-1].seq
                self._recent.extend(batch)
            self._on_durable(batch)

    def _append(self, batch: Sequence[Fact]) -> bool:
        try:
            self.store.append(batch)
        except StoreError as error:
            self.failure = error
            self._on_trouble()
            return False
        return True


def _subject(task: str | None, agent: str | None) -> str:
    return f"task:{task}" if task else f"agent:{agent}" if agent else ""
