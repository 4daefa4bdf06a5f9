"""How soon is it noticed that a process was killed or stopped under its task, and how soon does the task run again?

    pip install distributed ipyparallel    # the peers; the workbench needs neither
    python benchmarks/detection.py [--times 5] [--cap 60] [--peers distributed ipyparallel]

Four single workers each, everything else as it comes, but for ``retries=1`` of
ipyparallel, without which it runs nothing again. A workbench's agent is an agent's
process and its worker, so both are hit in turn; of the peers, the process that runs the
task. Told are medians in seconds; what has not happened by the cap is told as such, and
tried once only. The machine is shared, so believe the ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

WORKERS = 4
LOOK_S = 0.002
START_S = 60.0  # for whatever is started to be there
SKILLS = Path(__file__).parent.parent / "tests" / "plugins"
SIGNALS = {"kill -9": signal.SIGKILL, "SIGSTOP": signal.SIGSTOP}

Seconds = float | None  # None: not by the cap


@dataclass(frozen=True)
class Seen:
    """Seconds from the blow until somebody noticed, and until the task ran again."""

    noticed_s: Seconds
    again_s: Seconds


def until(true: Callable[[], object], cap_s: float) -> Seconds:
    """Seconds until it was true, looking all the time."""
    began_s = time.monotonic()
    while not true():
        if time.monotonic() - began_s > cap_s:
            return None
        time.sleep(LOOK_S)
    return time.monotonic() - began_s


def both(noticed: Callable[[], object], again: Callable[[], object], cap_s: float) -> Seen:
    """When the two became true, in whichever order."""
    first: dict[str, float] = {}
    began_s = time.monotonic()

    def look() -> bool:
        for name, true in (("noticed", noticed), ("again", again)):
            if name not in first and true():
                first[name] = time.monotonic() - began_s
        return len(first) == 2

    until(look, cap_s)
    return Seen(first.get("noticed"), first.get("again"))


def stay(file: str) -> None:
    """The peers' task: say who runs it, and go on for ever."""
    import os
    import time

    with open(file, "a") as told:
        told.write(f"{os.getpid()}\n")
    while os.path.exists(file):
        time.sleep(0.01)


def starts(file: Path) -> list[int]:
    """Process ids of those who have begun the task, in turn."""
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


# --- the workbench -------------------------------------------------------------------


def workbench(victim: str, number: signal.Signals, cap_s: float) -> Seen:
    """One blow to an agent or to its worker."""
    import psutil

    import hms_kernel as hms
    from hms_kernel.facts import TaskRequeued

    with hms.Workbench() as bench:
        bench.spawn(WORKERS, ["rehearse"])
        task = bench.submit("rehearse", {"do": "hang"})

        def attempt() -> int:
            progress = task.status().progress
            return progress.attempt if progress is not None and progress.steps else 0

        until(lambda: attempt() == 1, START_S)
        pids = {agent.agent_id: agent.pid for agent in bench.client.agents()}
        agent = pids[task.status().agent]
        [worker] = psutil.Process(agent).children()
        began = bench.client.facts()[-1].seq
        os.kill(agent if victim == "agent" else worker.pid, number)
        seen = both(
            lambda: any(isinstance(f.kind, TaskRequeued) for f in bench.client.facts(began)),
            lambda: attempt() == 2,
            cap_s,
        )
        task.cancel()
    return seen


# --- the peers -----------------------------------------------------------------------


@contextlib.contextmanager
def distributed() -> Iterator[tuple[Callable[[str], object], Callable[[], int]]]:
    """How to hand in the task, and how many workers are thought to be there."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(WORKERS, timeout=START_S)
        yield (
            lambda file: client.submit(stay, file, pure=False),
            lambda: len(cluster.scheduler.workers),
        )


@contextlib.contextmanager
def ipyparallel() -> Iterator[tuple[Callable[[str], object], Callable[[], int]]]:
    """The same."""
    import ipyparallel as ipp

    with ipp.Cluster(n=WORKERS, log_level=50) as client:
        client.wait_for_engines(WORKERS, timeout=START_S)
        view = client.load_balanced_view()
        view.retries = 1
        yield (lambda file: view.apply_async(stay, file)), (lambda: len(client.ids))


PEERS = {"distributed": distributed, "ipyparallel": ipyparallel}


def peer(name: str, number: signal.Signals, cap_s: float) -> Seen:
    """One blow to the process that runs a peer's task."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "starts"
        with PEERS[name]() as (submit, there):
            handle = submit(str(file))
            until(lambda: starts(file), START_S)
            [pid] = starts(file)
            os.kill(pid, number)
            # A worker that is replaced at once may never be missed in between.
            seen = both(
                lambda: there() < WORKERS or len(starts(file)) > 1,
                lambda: len(starts(file)) > 1,
                cap_s,
            )
            file.unlink()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
            del handle
    return seen


# --- the table -----------------------------------------------------------------------


def several(once: Callable[[], Seen], times: int) -> Seen:
    """Medians of several blows; one that the cap ended is not repeated."""
    seen: list[Seen] = []
    while len(seen) < times and not (seen and seen[-1].again_s is None):
        seen.append(once())
    return Seen(median([one.noticed_s for one in seen]), median([one.again_s for one in seen]))


def median(seconds: list[Seconds]) -> Seconds:
    known = [value for value in seconds if value is not None]
    return statistics.median(known) if len(known) == len(seconds) else None


def shown(seconds: Seconds, cap_s: float) -> str:
    return f"> {cap_s:g}" if seconds is None else f"{seconds:.3f}"


def ratio(theirs: Seconds, ours: Seconds, cap_s: float) -> str:
    if ours is None:
        return "-"
    return f"{'> ' if theirs is None else ''}{(cap_s if theirs is None else theirs) / ours:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--cap", type=float, default=60.0)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    arguments = parser.parse_args()
    sys.path.insert(0, str(SKILLS))
    os.environ["PYTHONPATH"] = f"{SKILLS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    cap_s = arguments.cap
    print(f"{'':34}{'noticed, s':>12}{'ratio':>9}{'runs again, s':>15}{'ratio':>9}")
    for blow, number in SIGNALS.items():
        rows: list[tuple[str, Seen]] = []
        for victim in ("agent", "worker"):
            with tempfile.TemporaryDirectory(prefix="hms-") as home:
                os.environ["HMS_HOME"] = home
                once = functools.partial(workbench, victim, number, cap_s)
                found = several(once, arguments.times)
            rows.append((f"workbench, its {victim}", found))
        rows += [
            (name, several(functools.partial(peer, name, number, cap_s), arguments.times))
            for name in arguments.peers
        ]
        # The slower of our two is what the peers are measured against.
        ours = rows[:2]
        noticed = max((seen.noticed_s or cap_s) for _, seen in ours)
        again = max((seen.again_s or cap_s) for _, seen in ours)
        for name, seen in rows:
            print(
                f"{blow + ': ' + name:34}{shown(seen.noticed_s, cap_s):>12}"
                f"{ratio(seen.noticed_s, noticed, cap_s):>9}{shown(seen.again_s, cap_s):>15}"
                f"{ratio(seen.again_s, again, cap_s):>9}",
                flush=True,
            )


if __name__ == "__main__":
    main()
