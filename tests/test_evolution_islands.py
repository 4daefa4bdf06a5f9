"""Searches on islands, on the agents of a session: told by island, repeated for nothing, resumed after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hms_kernel as hms
from hms_kernel import session as sessions
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.errors import UsageError
from hms_kernel.facts import GenerationDone, SearchBegun
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.engine import evolve
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Prover
from hms_kernel.genetics.variation import OPERATORS
from hms_kernel.model import Budget

CLAIMS = ["∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2", "∀ x : ℝ, x ≤ x ^ 2", "∀ a b : ℝ, a * b ≤ a ^ 2 + b ^ 2"]  # fmt: skip
SETTINGS = {
    "seed": 5, "generations": 4, "stages": 4, "budget_s": 0.02,
    "islands": 2, "adaptive": True, "founders": ["smt", "nlsat"], "adopt": False,
}  # fmt: skip
IN_TURN = [(generation, island) for generation in range(4) for island in range(2)]

SEARCHING = """
import json, sys
import hms_kernel as hms

bench = hms.Workbench("s", agents=2)
search = bench.evolve(json.loads(sys.argv[1]), **json.loads(sys.argv[2]))
for told in search:
    if (told.number, told.island) == (1, 0):
        break
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def nobody_left(hms_home: Path) -> Iterator[None]:
    """Whatever a test leaves behind of its session is ended."""
    yield
    for name in sessions.names():
        if sessions.state(name) is sessions.State.INTERRUPTED:
            hms.Workbench(name).close()


def told(facts: list) -> list[GenerationDone]:
    return [fact.kind for fact in facts if isinstance(fact.kind, GenerationDone)]


def test_every_island_tells_its_generations_and_what_its_operators_have_earned(tmp_path):
    with hms.Workbench(agents=2) as bench:
        search = bench.evolve(CLAIMS, **SETTINGS)
        found = search.result()
        again = bench.evolve(CLAIMS, **SETTINGS)
        repeated = again.result()
        facts = bench.facts()

    prover = Prover(Budget(nominal_s=0.02))
    alone = evolve(
        search.plan.train,
        Archive(tmp_path / "another.sqlite").through(prover, prover.build),
        search.plan.settings,
        founders=search.plan.founders,
        fallback=DEFAULT_STRATEGY,
    )
    assert list(found.generations) == list(alone)
    assert repeated.generations == found.generations
    assert search.paid > 0
    assert again.paid == 0
    assert [f.kind.islands for f in facts if isinstance(f.kind, SearchBegun)] == [2, 2]
    first = [kind for kind in told(facts) if kind.search == search.name]
    assert [(kind.generation, kind.island) for kind in first] == IN_TURN
    assert [kind.credit for kind in first] == [one.credit for one in found.generations]
    assert all(set(kind.credit) == set(OPERATORS) for kind in first)
    assert [row["island"] for row in search.rows()] == [0, 1] * 4


def test_a_killed_kernel_is_followed_by_one_that_tells_the_rest_once():
    kernel = subprocess.Popen(
        [sys.executable, "-c", SEARCHING, json.dumps(CLAIMS), json.dumps(SETTINGS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert kernel.stdout is not None
    assert kernel.stdout.readline() == "ready\n"
    os.killpg(kernel.pid, signal.SIGKILL)
    kernel.communicate()
    kept = len(Archive(default_file()))

    with hms.Workbench("s") as bench:
        search = bench.evolve(CLAIMS, **SETTINGS)
        found = search.result()
        facts = bench.facts()

    assert kept > 0
    assert [(kind.generation, kind.island) for kind in told(facts)] == IN_TURN
    assert [kind.winner for kind in told(facts)] == [one.text for one in found.generations]
    assert search.paid <= len(Archive(default_file())) - kept


def test_more_islands_than_stages_are_refused():
    with hms.Workbench(agents=1) as bench, pytest.raises(UsageError, match="islands"):
        bench.evolve(CLAIMS, stages=2, islands=3)
