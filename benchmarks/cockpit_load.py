"""What a dashboard of a large session costs the kernel and the page, in JupyterLab and a real Chromium.

    python benchmarks/cockpit_load.py [--agents 1000] [--verdicts 200] [--seconds 20]

A recorded session is played into the kernel: every agent has a heartbeat each second, and so
many claims a second are submitted, assigned and answered. Measured are the processor share
of the kernel while a page shows the dashboard and after its tab was closed, messages and
bytes to the browser, and how often the page paints. No prover runs, so all the kernel
does is the display (and the little it takes to tell the story).
"""

from __future__ import annotations

import argparse
import bisect
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from hms_kernel.facts import (
    AgentReady,
    AgentSpawned,
    Fact,
    FactKind,
    SessionOpened,
    TaskAssigned,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.messages import AgentStatus
from hms_kernel.model import AgentSpec, Outcome, Phase, Progress, Task, Trust, Verdict

ROOT = Path(__file__).resolve().parents[1]
WORK_S = 4.0  # a claim takes an agent so long
SETTLE_S = 4.0  # before anything is measured
LONGEST_S = 300.0  # the story that is told
PAGE = 1000  # facts in one answer, as a supervisor gives


class Played:
    """A session that plays itself by the clock.

    Args:
        agents: how many there are.
        verdicts: answered claims a second.
    """

    def __init__(self, agents: int, verdicts: int) -> None:
        self._facts: list[Fact] = []
        self._times: list[float] = []
        self._names = [f"agent-{n}" for n in range(1, agents + 1)]
        events: list[tuple[float, FactKind, dict[str, Any]]] = []
        for k in range(int(LONGEST_S * verdicts)):
            at_s, task = k / verdicts, f"task-{k}"
            where = {"task": task, "agent": self._names[k % agents], "attempt": 1}
            refuted = k % 4 == 0
            verdict = Verdict(
                outcome=Outcome.REFUTED if refuted else Outcome.PROVED,
                trust=Trust.REPLAYED if refuted else Trust.CERTIFICATE,
                wall_s=WORK_S,
            )
            told = Task(task_id=task, skill="prove", label=f"claim {k}")
            settled = TaskSettled(
                phase=Phase.SUCCEEDED, result=verdict, attempts=1, duration_s=WORK_S
            )
            events.append((at_s, TaskSubmitted(submitted=told), {"task": task}))
            events.append((at_s, TaskAssigned(), where))
            events.append((at_s + WORK_S, settled, where))
        events.sort(key=lambda event: event[0])
        self._add(0.0, SessionOpened(pid=1, version="0"))
        for n, name in enumerate(self._names):
            self._add(0.0, AgentSpawned(spec=AgentSpec(agent_id=name)), agent=name)
            self._add(0.0, AgentReady(pid=1000 + n, skills=("prove",)), agent=name)
        for at_s, kind, about in events:
            self._add(at_s, kind, **about)
        self._began = time.monotonic()

    def _add(self, at_s: float, kind: FactKind, **about: Any) -> None:
        seq = len(self._facts) + 1
        self._facts.append(
            Fact(session="load", epoch=1, seq=seq, time_s=1.7e9 + at_s, kind=kind, **about)
        )
        self._times.append(at_s)

    def facts(self, after_seq: int = 0, wait_s: float = 0.0) -> Sequence[Fact]:
        """What has happened by now."""
        until = time.monotonic() + wait_s
        while True:
            upto = bisect.bisect(self._times, time.monotonic() - self._began)
            if upto > after_seq or time.monotonic() >= until:
                return self._facts[after_seq : min(upto, after_seq + PAGE)]
            time.sleep(0.005)

    def agents(self) -> Sequence[AgentStatus]:
        """Heartbeats: one a second from each, not all at once."""
        now_s = time.monotonic() - self._began
        statuses = []
        for n, name in enumerate(self._names):
            beats, age_s = divmod(now_s + n * 0.618, 1.0)
            progress = Progress(task_id="", attempt=1, steps=int(beats), cpu_s=beats)
            statuses.append(
                AgentStatus(
                    agent_id=name,
                    phase="ready",
                    pid=1000 + n,
                    skills=("prove",),
                    restarts=0,
                    task=None,
                    attempt=None,
                    heartbeat_age_s=age_s,
                    progress=progress,
                )
            )
        return statuses


CELL = """
import sys; sys.path.insert(0, {benchmarks!r})
import os, cockpit_load, hms_widgets
view = hms_widgets.dashboard(cockpit_load.Played({agents}, {verdicts}))
open("pid", "w").write(str(os.getpid()))
view
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--verdicts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from own_lab import lab
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        root = folder / "notebooks"
        root.mkdir()
        source = CELL.format(
            benchmarks=str(Path(__file__).parent),
            agents=options.agents,
            verdicts=options.verdicts,
        )
        cell = {"cell_type": "code", "id": "load", "source": source}
        cell |= {"metadata": {}, "outputs": [], "execution_count": None}
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = {"cells": [cell], "metadata": {"kernelspec": spec}}
        notebook |= {"nbformat": 4, "nbformat_minor": 5}
        (root / "load.ipynb").write_text(json.dumps(notebook))
        with lab(folder, root) as desk, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            received: list[int] = []
            page.on(
                "websocket",
                lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
            )
            desk.open(page, "load.ipynb")
            desk.start_all(page)
            if not desk.finish(page):
                raise SystemExit("the cell failed")
            kernel = psutil.Process(int((root / "pid").read_text()))
            page.evaluate("document.querySelector('.hms-live').scrollIntoView()")
            page.wait_for_timeout(SETTLE_S * 1000)
            watched = measure_watched(page, kernel, received, options.seconds)
            page.close()
            time.sleep(SETTLE_S)
            spent_s = used(kernel)
            time.sleep(options.seconds)
            alone = (used(kernel) - spent_s) / options.seconds
            browser.close()
    print(f"{options.agents} agents at 1 Hz, {options.verdicts} verdicts a second")
    for name, value in watched.items():
        print(f"  {name:<42}{value:10.1f}")
    print(f"  {'kernel, share of a processor, tab closed':<42}{100 * alone:9.1f}%")


def measure_watched(
    page: Any, kernel: psutil.Process, received: list[int], seconds: float
) -> dict[str, float]:
    """Rates while the page shows the dashboard."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def busy_s() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    def count() -> dict[str, float]:
        counts = page.evaluate(
            """() => { const live = document.querySelector(".hms-live");
                 const grid = live.querySelector(".hms-grid");
                 return {frame: +live.dataset.frame, painted: +grid.dataset.painted,
                         shown: window.shown || 0}; }"""
        )
        return {**counts, "busy": busy_s(), "kernel": used(kernel), "at": time.monotonic()}

    page.evaluate(
        """() => { window.shown = 0;
             const tick = () => { window.shown += 1; requestAnimationFrame(tick); };
             requestAnimationFrame(tick); }"""
    )
    received.clear()
    before = count()
    page.wait_for_timeout(seconds * 1000)
    after = count()
    messages, sent = len(received), sum(received)
    took_s = after["at"] - before["at"]
    rate = {name: (after[name] - before[name]) / took_s for name in before}
    return {
        "kernel, % of a processor": 100 * rate["kernel"],
        "frames sent to the page a second": rate["frame"],
        "messages to the browser a second": messages / took_s,
        "kB to the browser a second": sent / took_s / 1000,
        "grids painted a second": rate["painted"],
        "frames the browser showed a second": rate["shown"],
        "page's main thread, % busy": 100 * rate["busy"],
    }


def used(process: psutil.Process) -> float:
    """Processor seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
