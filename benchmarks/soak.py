"""Does a session stay as it is for an hour, with faults all the time?

    python benchmarks/soak.py --agents 200 --minutes 60 [--every 10] [--rate 5] [--seed 1]

A supervisor in a process of its own, its agents with light tasks, and a fault every
few seconds: agents killed and frozen, workers killed, and every disturbance there is
except wrong wall clocks, by which the measuring is done. Told are, once a minute, memory,
descriptors and threads of the supervisor's process and of the zygote; at the end their
slopes, who answered how often, how fast each kind was noticed and healed, and what
uptime follows. One JSON object per line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

import hms_kernel as hms
from hms_kernel.chaos.faults import DISTURBANCES, Injected
from hms_kernel.chaos.kernel import Kernel
from hms_kernel.chaos.strikes import strike
from hms_kernel.errors import UsageError
from hms_kernel.facts import AgentGone, AgentReady, Fact, TaskSettled, TaskSubmitted
from hms_kernel.launchers.wire import ZYGOTE
from hms_kernel.messages import (
    PingRequest,
    PingResponse,
    Response,
    SubmitTaskRequest,
    SubmitTaskResponse,
    TaskStatusRequest,
    TaskStatusResponse,
)
from hms_kernel.store import Store

SKILLS = Path(__file__).parent.parent / "tests" / "plugins"
SESSION = "soak"
ANSWER_S = 1.0  # a ping that is answered later counts as not answered
WARM_UP = 0.2  # of the run, before slopes are taken
WINDOW_S = 1.0  # of a disturbance
BLOWS = ("kill_agent", "freeze_agent", "kill_worker")
KINDS = (*BLOWS, *(kind for kind in DISTURBANCES if kind != "set_wall_clock"))
STORE = ("fill_disk", "lock_store", "damage_store")  # while they last, work is refused on purpose


@dataclass(frozen=True)
class Healed:
    """Seconds from a blow until it was noticed, and until the agent was ready again."""

    blow: Injected
    detect_s: float
    recover_s: float


@dataclass
class Soak:
    """The run: the supervisor's process, the session, and what has been seen of both."""

    kernel: Kernel
    bench: hms.api.Attached
    agents: int
    rng: Random
    began_s: float = field(default_factory=time.time)
    pings: list[bool] = field(default_factory=list)
    trips: list[tuple[float, bool]] = field(default_factory=list)  # when, answered in time
    samples: list[dict[str, float]] = field(default_factory=list)
    blows: list[Injected] = field(default_factory=list)
    windows: list[tuple[str, float, float]] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    # --- load ------------------------------------------------------------------

    def work(self, rate: float) -> None:
        """Hand in light tasks, so many a second, whatever becomes of them."""
        request = SubmitTaskRequest(skill="rehearse", payload={"do": "echo", "value": "x" * 100})
        answers: deque = deque()
        while not self.over.wait(1.0 / rate):
            answers.append(self.bench.client.send(request))
            while answers and answers[0].done():
                accepted = isinstance(answers.popleft().result(), SubmitTaskResponse)
                self.accepted += accepted
                self.refused += not accepted

    def ask(self) -> None:
        """Once a second: does the supervisor answer, and does a task come back in time?"""
        client = self.bench.client
        due_s = time.monotonic()
        while not self.over.is_set():
            due_s += 1.0
            now_s, until_s = time.time(), time.monotonic() + ANSWER_S
            ping = client.send(PingRequest())
            task = client.send(SubmitTaskRequest(skill="rehearse", payload={"do": "echo"}))
            self.pings.append(isinstance(_answer(ping, until_s), PingResponse))
            accepted, answered = _answer(task, until_s), False
            if isinstance(accepted, SubmitTaskResponse):
                self.accepted += 1
                answered = self._ends(accepted.task_id, until_s)
            self.trips.append((now_s, answered))
            self.over.wait(max(0.0, due_s - time.monotonic()))

    def _ends(self, task_id: str, until_s: float) -> bool:
        left_s = max(0.0, until_s - time.monotonic())
        request = TaskStatusRequest(task_id=task_id, wait_s=left_s)
        answer = _answer(self.bench.client.send(request), until_s + ANSWER_S)
        return isinstance(answer, TaskStatusResponse) and answer.status.phase == "succeeded"

    # --- faults ----------------------------------------------------------------

    def disturb(self, every_s: float) -> None:
        """One fault after the other, each kind as often as any."""
        order: list[str] = []
        while not self.over.wait(every_s):
            if not order:
                order = self.rng.sample(KINDS, len(KINDS))
            kind = order.pop()
            if kind in BLOWS:
                with contextlib.suppress(UsageError):  # nobody is there to be hit like that
                    self.blows.append(strike(self.bench, kind, self.rng))
            else:
                began_s = self.kernel.begin(kind).time_s
                self.over.wait(WINDOW_S)
                self.windows.append((kind, began_s, self.kernel.end(kind).time_s))

    # --- looking at it -----------------------------------------------------------

    def sample(self) -> None:
        """What the supervisor's process and the zygote take up now."""
        host = psutil.Process(self.kernel.pid)
        found: dict[str, float] = {"at_s": time.time() - self.began_s, "tasks": self.accepted}
        zygotes = [child for child in host.children() if ZYGOTE in child.cmdline()]
        for name, process in (("host", host), *(("zygote", zygote) for zygote in zygotes[-1:])):
            found[f"{name}_rss_mib"] = round(process.memory_info().rss / 2**20, 2)
            found[f"{name}_fds"] = process.num_fds()
            found[f"{name}_threads"] = process.num_threads()
        self.samples.append(found)

    def slopes(self) -> dict[str, float]:
        """Growth per hour of everything sampled, after the warm-up."""
        kept = self.samples[int(len(self.samples) * WARM_UP) :]
        at_h = [sample["at_s"] / 3600 for sample in kept]
        return {
            f"{name}_per_h": round(
                statistics.linear_regression(at_h, [s.get(name, 0.0) for s in kept]).slope, 2
            )
            for name in kept[0]
            if name not in ("at_s", "tasks")
        }

    def report(self, facts: Sequence[Fact]) -> dict[str, object]:
        """What the hour was like; ``facts``: all of the session."""
        lasted_s = time.time() - self.began_s
        healed = healing(self.blows, facts)
        downs = [one.recover_s for one in healed]
        of_agents: Counter[str] = Counter()
        for one in healed:
            of_agents[one.blow.agent] += one.recover_s
        calm = [
            answered
            for at_s, answered in self.trips
            if not any(k in STORE and b - 1 <= at_s <= e + 1 for k, b, e in self.windows)
        ]
        ends = Counter(fact.task for fact in facts if isinstance(fact.kind, TaskSettled))
        submitted = {fact.task for fact in facts if isinstance(fact.kind, TaskSubmitted)}
        mean_s = statistics.fmean(downs) if downs else 0.0
        first, last = self.samples[int(len(self.samples) * WARM_UP)], self.samples[-1]
        grown = last["host_rss_mib"] - first["host_rss_mib"]
        kinds = sorted({one.blow.kind for one in healed})
        detected = {k: [one.detect_s for one in healed if one.blow.kind == k] for k in kinds}
        recovered = {k: [one.recover_s for one in healed if one.blow.kind == k] for k in kinds}
        return {
            "minutes": round(lasted_s / 60, 1),
            "agents": self.agents,
            "tasks": len(submitted),
            "unanswered": len(submitted - ends.keys()),
            "doubled": sum(count > 1 for count in ends.values()),
            "refused": self.refused,
            "faults": dict(Counter([b.kind for b in self.blows] + [k for k, *_ in self.windows])),
            "slopes": self.slopes(),
            "host_kib_per_task": round(grown * 1024 / max(1, last["tasks"] - first["tasks"]), 2),
            "supervisor_answers": round(share(self.pings), 5),
            "tasks_come_back_in_1_s": round(share([ok for _, ok in self.trips]), 5),
            "the_same_outside_store_faults": round(share(calm), 5),
            "agents_up": round(1.0 - sum(downs) / (lasted_s * self.agents), 6),
            "worst_agent_up": round(1.0 - max(of_agents.values(), default=0.0) / lasted_s, 6),
            "agents_not_back": sum(b.kind != "kill_worker" for b in self.blows) - len(healed),
            "detect_s": {kind: quantiles(seconds) for kind, seconds in detected.items()},
            "recover_s": {kind: quantiles(seconds) for kind, seconds in recovered.items()},
            "why": (
                f"an agent that is hit is back after {mean_s:.2f} s on average, so it is up for "
                f"99.9% of the time as long as it is hit at most once in {mean_s / 0.001 / 60:.0f} "
                f"minutes; here it was once in {lasted_s * self.agents / 60 / max(1, len(downs)):.0f}"
            ),
        }


def healing(blows: Sequence[Injected], facts: Sequence[Fact]) -> list[Healed]:
    """What became of each blow to an agent."""
    stories: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.agent and isinstance(fact.kind, AgentGone | AgentReady):
            stories[fact.agent].append(fact)
    healed = []
    for blow in blows:
        if blow.kind == "kill_worker":  # which costs no agent
            continue
        after = [fact for fact in stories[blow.agent] if fact.time_s >= blow.time_s]
        gone = next((f.time_s for f in after if isinstance(f.kind, AgentGone)), None)
        ready = next((f.time_s for f in after if isinstance(f.kind, AgentReady)), None)
        if gone is not None and ready is not None:
            healed.append(Healed(blow, gone - blow.time_s, ready - blow.time_s))
    return healed


def _answer(future: Future[Response], until_s: float) -> Response | None:
    """What was answered in time, on the monotonic clock."""
    with contextlib.suppress(TimeoutError):
        return future.result(max(0.0, until_s - time.monotonic()))
    return None


def share(answers: Sequence[bool]) -> float:
    return sum(answers) / max(1, len(answers))


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and count."""
    if len(seconds) < 2:
        return {"n": len(seconds)}
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49], 3), "p99": round(cuts[98], 3), "n": len(seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two faults")
    parser.add_argument("--rate", type=float, default=5.0, help="tasks per second")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.path.insert(0, str(SKILLS))
    os.environ["PYTHONPATH"] = f"{SKILLS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    with tempfile.TemporaryDirectory(prefix="hms-") as home:
        os.environ["HMS_HOME"] = home
        kernel = Kernel(SESSION, seed=arguments.seed, environment={})
        with contextlib.closing(kernel), hms.attach(SESSION) as bench:
            bench.spawn(arguments.agents, ["rehearse"], timeout_s=300)
            soak = Soak(kernel, bench, arguments.agents, Random(arguments.seed))
            threads = [
                threading.Thread(target=soak.work, args=(arguments.rate,), daemon=True),
                threading.Thread(target=soak.ask, daemon=True),
                threading.Thread(target=soak.disturb, args=(arguments.every,), daemon=True),
            ]
            for thread in threads:
                thread.start()
            until_s = time.monotonic() + arguments.minutes * 60
            while time.monotonic() < until_s:
                soak.sample()
                if len(soak.samples) % 6 == 1:
                    print(json.dumps(soak.samples[-1]), flush=True)
                time.sleep(min(10.0, max(0.0, until_s - time.monotonic())))
            soak.over.set()
            for thread in threads:
                thread.join(60)
            while not {"pending", "running"}.isdisjoint(bench.tasks()["phase"]):
                time.sleep(1.0)
            soak.sample()
            url = bench.store
        store = Store(url, read_only=True)
        facts = [fact for page in store.pages(SESSION) for fact in page]
        store.close()
        print(json.dumps(soak.report(facts)), flush=True)


if __name__ == "__main__":
    main()
