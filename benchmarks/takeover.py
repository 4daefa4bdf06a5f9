"""How long does a session stand still when its kernel is killed?

    python benchmarks/takeover.py [--agents N] [--tasks N] [--kills N] [--host thread|process]

A kernel with so many agents answers so many tasks and is killed with more of them
open; the next one takes over. Told are the seconds until its workbench is there,
until the first answer is recorded, and until every agent is back, the median over
the kills; and what was lost or doubled, counted in the store.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SKILLS = Path(__file__).parent.parent / "tests" / "plugins"
KERNEL = """
import json, sys, time
import hms_kernel as hms
from hms_kernel.messages import SubmitTaskRequest
from hms_kernel.facts import TaskSettled

agents, tasks, host = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
began_s, clock_s = time.time(), time.monotonic()
bench = hms.Workbench("s", host=host)
opened_s = time.monotonic() - clock_s
if not bench.client.agents():
    bench.spawn(agents, ["rehearse"], timeout_s=300)
while not all(agent.phase == "ready" for agent in bench.client.agents()):
    time.sleep(0.01)
back_s = time.monotonic() - clock_s
answers = [f.time_s for f in bench.facts() if f.epoch == bench.ping().epoch and isinstance(f.kind, TaskSettled)]
request = SubmitTaskRequest(skill="rehearse", payload={"do": "echo"}, wait_s=300)
accepted = [bench.client.send(request) for _ in range(tasks)]
ids = [future.result(300).task_id for future in accepted]
first_s = min(answers) - began_s if answers else None
print(json.dumps({"open_s": opened_s, "back_s": back_s, "first_s": first_s, "accepted": ids}), flush=True)
sys.stdin.read()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=2000, help="per kernel")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--host", default="thread")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hms-") as home:
        os.environ["HMS_HOME"] = home
        os.environ["PYTHONPATH"] = f"{SKILLS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        sys.path.append(str(SKILLS))
        print(json.dumps(measured(arguments)))


def measured(arguments: argparse.Namespace) -> dict[str, object]:
    """Kill kernels, then let the last one finish, and count."""
    import hms_kernel as hms
    from hms_kernel.facts import TaskSettled, TaskSubmitted
    from hms_kernel.store import Store

    accepted: set[str] = set()
    rounds = []
    sizes = [str(arguments.agents), str(arguments.tasks), arguments.host]
    for _ in range(arguments.kills + 1):
        kernel = subprocess.Popen(
            [sys.executable, "-c", KERNEL, *sizes], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert kernel.stdout is not None
        told = json.loads(kernel.stdout.readline())
        accepted |= set(told.pop("accepted"))
        rounds.append(told)
        kernel.send_signal(signal.SIGKILL)
        kernel.communicate()
    with hms.Workbench("s") as bench:
        restarts = sum(agent.restarts for agent in bench.client.agents())
        while not {"pending", "running"}.isdisjoint(bench.tasks()["phase"]):
            time.sleep(0.1)
    store = Store(bench.store, read_only=True)
    facts = store.facts("s")
    store.close()
    ends = Counter(fact.task for fact in facts if isinstance(fact.kind, TaskSettled))
    submitted = {fact.task for fact in facts if isinstance(fact.kind, TaskSubmitted)}
    taken = rounds[1:]
    firsts = [told["first_s"] for told in taken if told["first_s"] is not None]
    return {
        "agents": arguments.agents,
        "kills": arguments.kills + 1,
        "accepted": len(accepted),
        "lost": len(accepted - ends.keys()),
        "doubled": sum(count > 1 for count in ends.values()),
        "unanswered": len(submitted - ends.keys()),
        "restarts": restarts,
        "open_s": round(statistics.median(told["open_s"] for told in taken), 2),
        "first_answer_s": round(statistics.median(firsts), 2) if firsts else None,
        "all_back_s": round(statistics.median(told["back_s"] for told in taken), 2),
    }


if __name__ == "__main__":
    main()
