"""How many claims that a small budget leaves open a recovery settles, by which step, at what cost.

    python benchmarks/recovery.py [--file FILE.jsonl] [--nominal 0.25] [--recovery 6] [--only PART]

Goals are those of the public benchmark, or those of a file whose lines are objects with
``theorem_id`` and ``lean_expr``. One process does the work of all agents, task after task, so the
steps and the nominal seconds are those of a session, and the wall clock is not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hms_kernel import recovery
from hms_kernel.genetics.goals import benchmark
from hms_kernel.model import Budget, Failure, Goal, Recovery, Result, Task, Verdict
from hms_kernel.skills.prove import Prove


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--file", type=Path)
    arguments.add_argument("--nominal", type=float, default=0.25, help="of the first attempt")
    arguments.add_argument("--recovery", type=float, default=6.0, help="nominal seconds beyond it")
    arguments.add_argument("--wall", type=float, default=60.0, help="wall seconds per attempt")
    arguments.add_argument("--only", default="", help="part of the names of goals to run")
    options = arguments.parse_args()
    budget = Budget(nominal_s=options.nominal, wall_s=options.wall)
    policy = Recovery(nominal_s=options.recovery)
    runner = Runner()
    counts: Counter[str] = Counter()
    costs: list[float] = []
    for name, goal, expected in _goals(options.file):
        if options.only not in name:
            continue
        payload = {"goal": goal, "budget": budget, "cache": False, "propose": False}
        task = Task(
            task_id=name,
            skill="prove",
            payload=msgspec.to_builtins(payload),
            recovery=policy,
        )
        started = time.perf_counter()
        first = runner.attempt(task)
        if (why := recovery.reason(first, task)) is None:
            counts[f"at once: {_outcome(first)}"] += 1
            continue
        case, end = runner.recover(task, first, why)
        spent_s, outcome = recovery.spent_s(case), _outcome(end)
        assert spent_s <= recovery.allowed_s(case) + 1e-9
        assert expected in ("", outcome) or outcome in ("unknown", "unsupported"), name
        counts[f"recovered: {outcome}" if outcome != _outcome(first) else f"still {outcome}"] += 1
        if outcome != _outcome(first):
            costs.append(spent_s)
        print(
            f"{name:45} {outcome:12} {spent_s:8.3f} nominal s {time.perf_counter() - started:7.1f} s"
        )
        for line in recovery.told(case):
            print(f"    {line}", flush=True)
    for line, count in counts.most_common():
        print(f"{count:4}  {line}")
    if costs:
        print(
            f"nominal s per claim recovered: median {statistics.median(costs):.3f}, most {max(costs):.3f}"
        )


class Runner:
    """All agents in one: does tasks one after the other, with their recoveries."""

    def __init__(self) -> None:
        self._prove = Prove({})

    def attempt(self, task: Task) -> Result:
        """One attempt, as a worker makes it."""
        if task.skill != "prove":
            return Failure(kind="error", message=f"no agent has the skill {task.skill}")
        try:
            return self._prove.run(task.payload, lambda note="": None)
        except Exception as error:
            return Failure(kind="error", message=str(error))

    def recover(self, task: Task, first: Result, why: str) -> tuple[recovery.Case, Result]:
        """Take every step of a recovery; its history and its answer."""
        case = recovery.Case(task=task, first=first, reason=why)
        while True:
            match recovery.decide(case):
                case recovery.End(result=result):
                    return case, result
                case recovery.Take(step=step, tasks=tasks):
                    taken = recovery.Taken(step=step, parts=tuple(map(self._part, tasks)))
                    case = msgspec.structs.replace(case, taken=(*case.taken, taken))
                case recovery.Wait():
                    raise AssertionError("nothing is open here")

    def _part(self, task: Task) -> recovery.Part:
        first = self.attempt(task)
        cost_s = recovery.cost_s(task, first)
        if task.recovery is None or (why := recovery.reason(first, task)) is None:
            return recovery.Part(task=task, result=first, cost_s=cost_s)
        case, result = self.recover(task, first, why)
        return recovery.Part(task=task, result=result, cost_s=cost_s + recovery.spent_s(case))


def _goals(file: Path | None) -> Iterator[tuple[str, Goal, str]]:
    """Name, goal, and what is known of it."""
    if file is None:
        for known in benchmark():
            yield known.name, known.goal, known.expected.value
        return
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        name = entry["theorem_id"]
        yield name, Goal(theorem_id=name, statement=entry["lean_expr"]), ""


def _outcome(result: Result) -> str:
    return result.outcome.value if isinstance(result, Verdict) else "failed"


if __name__ == "__main__":
    main()
