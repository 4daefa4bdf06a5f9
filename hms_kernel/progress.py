"""The claims of a run on their way to verdicts: one table, brought up to date in place. Settles nothing.

Plain HTML and text, so that a notebook which ran headless shows how it ended, and one that
was stopped half-way shows that it was.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape

from hms_kernel import display
from hms_kernel.client import Client
from hms_kernel.handles import Run
from hms_kernel.model import Outcome, Trust
from hms_kernel.report import Settlement, is_proved, remarks, why
from hms_kernel.specs import Spec

TICK_S = 0.5  # between two looks at who works on what
BREATH_S = 0.1  # what arrives so soon after another is shown with it

# Verdicts as they come in, then None; or what went wrong.
Arrivals = queue.SimpleQueue[Settlement | Exception | None]


class Progress:
    """How the claims of a specification fare.

    Args:
        spec: whose claims.
        least: the weakest proof that counts.
    """

    def __init__(self, spec: Spec, least: Trust = Trust.ONE_SOLVER) -> None:
        self._spec = spec
        self._least = least
        self._settled: Mapping[str, Settlement] = {}
        self._doing: Mapping[str, str] = {}  # claim to who is at work on it
        self._over = False

    def now(self, settled: Mapping[str, Settlement], doing: Mapping[str, str]) -> None:
        """How things stand this moment."""
        self._settled, self._doing = dict(settled), dict(doing)

    def end(self) -> None:
        """Nothing more will come; what is open stays so."""
        self._over = True

    def headline(self) -> str:
        """How many claims are settled and how, for people."""
        counts = Counter(found.verdict.outcome for found in self._settled.values())
        told = ", ".join(f"{counts[each]} {each.value}" for each in Outcome if counts[each])
        total, done = len(self._spec.claims), len(self._settled)
        if done == total:
            return f"{total} claim{'s' if total != 1 else ''}: {told}"
        so_far = "when it was interrupted" if self._over else "so far"
        return f"{done} of {total} settled {so_far}" + (f": {told}" if told else "")

    def rows(self) -> list[dict[str, str]]:
        """One row per claim, in the order of the specification."""
        rows = []
        for claim in self._spec.claims:
            found = self._settled.get(claim.id)
            rows.append(
                {
                    "claim": claim.id,
                    "says": claim.natural_language or claim.statement,
                    "verdict": self._verdict(found) if found else self._open(claim.id),
                    "trust": found.verdict.trust.value if found and found.verdict.trust else "",
                    "why": why(found.verdict) if found else "",
                }
            )
        return rows

    def remarks(self) -> list[str]:
        """What could not be understood, with a caret where."""
        return remarks(self._settled.values())

    def __repr__(self) -> str:
        lines = [
            f"{display.signed(row['verdict'])}  {row['claim']}: {' '.join(row['says'].split())}"
            + (f"  ({row['why']})" if row["why"] else "")
            for row in self.rows()
        ]
        return "\n".join([*lines, *self.remarks(), self.headline()])

    def _repr_html_(self) -> str:
        total, done = len(self._spec.claims), len(self._settled)
        bar = "" if done == total else f'<progress value="{done}" max="{total}"></progress> '
        said = "".join(f"<pre>{escape(remark)}</pre>" for remark in self.remarks())
        return f"<p>{bar}{escape(self.headline())}</p>{display.html_table(self.rows())}{said}"

    def _verdict(self, found: Settlement) -> str:
        verdict = found.verdict
        weak = verdict.outcome is Outcome.PROVED and not is_proved(verdict, self._least)
        return "proved, too weakly" if weak else verdict.outcome.value

    def _open(self, claim: str) -> str:
        if self._over:
            return "not settled"
        return f"… {self._doing[claim]}" if claim in self._doing else "… waiting"


def follow(run: Run, client: Client, progress: Progress, show: Callable[[], None]) -> None:
    """Bring ``progress`` up to date and ``show`` it until every claim is settled.

    Interrupted, it cancels what is open and shows how far it came.
    """
    arrivals: Arrivals = queue.SimpleQueue()
    # Waiting for verdicts must not keep us from seeing who works on what.
    threading.Thread(
        target=_collect, args=(run, arrivals), name="hms-verdicts", daemon=True
    ).start()
    claims = {t.task_id: c.id for t, c in zip(run.tasks, run.spec.claims, strict=True)}
    settled: dict[str, Settlement] = {}
    try:
        while len(settled) < len(claims):
            progress.now(settled, _doing(client, claims))
            show()
            _take(arrivals, settled)
    except KeyboardInterrupt:
        run.cancel()
        raise
    finally:
        progress.end()
        progress.now(settled, {})
        show()


def _take(arrivals: Arrivals, settled: dict[str, Settlement]) -> None:
    """Take in what arrives within a tick; after a first arrival only what comes along with it.

    Raises:
        HmsError: the session is gone.
    """
    until = time.monotonic() + TICK_S
    while (left := until - time.monotonic()) > 0:
        try:
            arrived = arrivals.get(timeout=left)
        except queue.Empty:
            return
        if arrived is None:  # that was all
            return
        if isinstance(arrived, Exception):
            raise arrived
        settled[arrived.claim.id] = arrived
        until = min(until, time.monotonic() + BREATH_S)


def _collect(run: Run, arrivals: Arrivals) -> None:
    try:
        for found in run.as_settled():
            arrivals.put(found)
        arrivals.put(None)
    except Exception as error:
        arrivals.put(error)


def _doing(client: Client, claims: Mapping[str, str]) -> dict[str, str]:
    """Claim to the agent that works on it, and what it says of its progress."""
    found = {}
    for agent in client.agents():
        if agent.task is not None and agent.task in claims:
            attempt = f", attempt {agent.attempt}" if (agent.attempt or 0) > 1 else ""
            found[claims[agent.task]] = f"{agent.agent_id}{attempt}"
    return found
