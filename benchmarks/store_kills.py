"""Does a store survive kill -9 in the middle of writing, again and again?

    python benchmarks/store_kills.py --kills 60 --seed 1

A process writes facts through the journal and tells which are safe; it is killed
at a random moment; the next one goes on in the same file. After each kill the file
must pass SQLite's own check, hold every fact that was told to be safe, and hold
them in order without a gap. This says nothing of power loss.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import struct
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NoReturn

from hms_kernel.facts import Fact, TaskAssigned, TaskSettled
from hms_kernel.journal import Journal
from hms_kernel.model import Outcome, Phase, Verdict
from hms_kernel.store import Store

SESSION = "kills"
_SEQ = struct.Struct("q")
_SETTLED = TaskSettled(
    phase=Phase.SUCCEEDED,
    result=Verdict(outcome=Outcome.UNKNOWN, reason="x" * 500),
    attempts=1,
    duration_s=1.0,
)


def write(file: Path, told: int, seed: int) -> NoReturn:
    """Write facts for ever, in bursts of random length; the number of each safe one goes to ``told``."""
    rng = Random(seed)
    store = Store(str(file))
    lately = threading.Semaphore(200)  # what may be under way at once

    def durable(facts: Sequence[Fact]) -> None:
        os.write(told, _SEQ.pack(facts[-1].seq))
        for _ in facts:
            lately.release()

    journal = Journal(store, session=SESSION, epoch=1, on_durable=durable)
    while True:
        for _ in range(rng.randint(1, 50)):
            lately.acquire()
            journal.record(rng.choice((_SETTLED, TaskAssigned())), task="t", attempt=1)
        time.sleep(rng.random() * 0.003)


def kill_once(file: Path, rng: Random) -> int:
    """Let a process write and kill it; the number of the last fact it called safe."""
    hear, tell = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            os.close(hear)
            write(file, tell, rng.getrandbits(32))
        finally:
            os._exit(1)
    os.close(tell)
    heard = os.read(hear, _SEQ.size)  # it is writing by now
    time.sleep(rng.random() * 0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while more := os.read(hear, 1 << 16):
        heard += more
    os.close(hear)
    whole = len(heard) - len(heard) % _SEQ.size
    return int(_SEQ.unpack(heard[whole - _SEQ.size : whole])[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = Random(arguments.seed)
    report = {"kills": arguments.kills, "facts": 0, "corrupted": 0, "lost": 0, "gaps": 0}
    with tempfile.TemporaryDirectory(prefix="hms-kills-") as directory:
        file = Path(directory) / "store.sqlite"
        for _ in range(arguments.kills):
            safe = kill_once(file, rng)
            # The log of a killed writer is recovered by whoever opens the file next.
            with sqlite3.connect(file) as connection:
                check = connection.execute("PRAGMA integrity_check").fetchall()
                seqs = [row[0] for row in connection.execute("SELECT seq FROM facts ORDER BY seq")]
            connection.close()
            report["corrupted"] += check != [("ok",)]
            report["lost"] += max(0, safe - len(seqs))
            report["gaps"] += seqs != list(range(1, len(seqs) + 1))
        report["facts"] = len(seqs)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
