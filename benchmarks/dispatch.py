"""Dispatch against its floor: journaled no-op tasks through four agents, and a bare pyzmq loop, in one run.

    python benchmarks/dispatch.py [--tasks N]

Machines are shared and noisy, so believe the ratios. The floor is a ROUTER
in this process and four DEALER processes that echo: no journal, no heartbeats,
no attempts, no policy.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import zmq

AGENTS = 4
SKILLS = Path(__file__).parent.parent / "tests" / "plugins"


def echo(address: str) -> None:
    """One bare peer: sends everything back."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.connect(address)
    socket.send(b"hello")
    while (frame := socket.recv()) != b"end":
        socket.send(frame)


def floor(tasks: int, address: str) -> tuple[float, list[float]]:
    """Tasks per second with every peer busy, and the round trips of single tasks in seconds."""
    context = multiprocessing.get_context("spawn")
    router = zmq.Context().socket(zmq.ROUTER)
    router.bind(address)
    peers = [context.Process(target=echo, args=(address,)) for _ in range(AGENTS)]
    for peer in peers:
        peer.start()
    names = [router.recv_multipart()[0] for _ in peers]

    began = time.perf_counter()
    for name in names:
        router.send_multipart([name, b"task"])
    for sent in range(len(names), tasks + len(names)):
        name, _ = router.recv_multipart()
        if sent < tasks:
            router.send_multipart([name, b"task"])
    rate = tasks / (time.perf_counter() - began)

    def trip(n: int) -> None:
        router.send_multipart([names[n % AGENTS], b"task"])
        router.recv_multipart()

    trips = timed(trip, tasks // 4)
    for name in names:
        router.send_multipart([name, b"end"])
    for peer in peers:
        peer.join()
    router.close(0)
    return rate, trips


def workbench(tasks: int) -> tuple[float, list[float]]:
    """The same through a workbench: submitted, journaled, assigned, answered, acknowledged."""
    import hms_kernel as hms
    from hms_kernel.messages import SubmitTaskRequest, TaskStatusRequest

    request = SubmitTaskRequest(skill="rehearse", payload={"do": "echo"})
    with hms.Workbench() as bench:
        bench.spawn(AGENTS, ["rehearse"])
        client = bench.client

        began = time.perf_counter()
        accepted = [client.send(request) for _ in range(tasks)]
        ids = [future.result().task_id for future in accepted]
        waits = [client.send(TaskStatusRequest(task_id=name, wait_s=60.0)) for name in ids]
        assert all(wait.result().status.phase == "succeeded" for wait in waits)
        rate = tasks / (time.perf_counter() - began)

        trips = timed(lambda n: bench.submit("rehearse", {"do": "echo"}).wait(), tasks // 4)
    return rate, trips


def timed(trip: Callable[[int], object], count: int) -> list[float]:
    """Seconds of each of ``count`` calls, one after the other."""
    seconds = []
    for n in range(count):
        began = time.perf_counter()
        trip(n)
        seconds.append(time.perf_counter() - began)
    return seconds


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=4000)
    tasks = parser.parse_args().tasks
    sys.path.insert(0, str(SKILLS))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(SKILLS), os.environ.get("PYTHONPATH")])
    )
    with tempfile.TemporaryDirectory(prefix="hms-bench-") as home:
        os.environ["HMS_HOME"] = home
        bare_rate, bare = floor(tasks, f"ipc://{home}/floor.ipc")
        rate, trips = workbench(tasks)
    rows = [
        ("tasks/s, all agents busy", rate, bare_rate),
        ("round trip p50, ms", statistics.median(trips) * 1e3, statistics.median(bare) * 1e3),
        ("round trip p99, ms", p99(trips) * 1e3, p99(bare) * 1e3),
    ]
    print(f"{'':28}{'workbench':>12}{'bare pyzmq':>12}{'ratio':>9}")
    for name, ours, theirs in rows:
        print(f"{name:28}{ours:12.2f}{theirs:12.2f}{ours / theirs:9.3f}")


if __name__ == "__main__":
    main()
