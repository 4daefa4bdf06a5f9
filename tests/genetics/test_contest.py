"""Searches on equal terms: same purse, same founders, and a seed that decides everything."""

from __future__ import annotations

import random
import sys
from functools import partial

import pytest

from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import BackendMissing
from hms_kernel.genetics import contest
from hms_kernel.genetics.contest import Terms
from hms_kernel.genetics.trials import Trial
from hms_kernel.model import Goal, Outcome

SMT, NLSAT = Stage(engine="smt"), Stage(engine="nlsat")
GOALS = tuple(Goal(theorem_id=f"g{k}", statement=f"0 ≤ {k}") for k in range(12))
FALLBACK = Strategy(slices=(Slice(SMT, 0.5), Slice(NLSAT, 0.5)))
TERMS = Terms(
    goals=GOALS, founders=(SMT, NLSAT), fallback=FALLBACK, budget_s=1.0, purse_s=60.0, batch=4
)
ISLANDS = partial(contest.evolved, adaptive=True, islands=2)
SEARCHES = [
    contest.evolved, contest.random_stages, contest.tpe_stages, contest.tpe_strategies, ISLANDS,
]  # fmt: skip
OVER_STAGES = [search for search in SEARCHES if search is not contest.tpe_strategies]


def landscape(strategy, goal, cap_s):
    """Every goal has a transform that settles it by some engine; a stage of it does so quickly."""
    number, spent = int(goal.theorem_id[1:]), 0.0
    for part in strategy.slices:
        rng = random.Random(f"{part.stage.engine} {sorted(part.stage.transforms)} {number}")
        need, slot = 0.05 + rng.random() * 4, part.share
        if need <= slot and spent + need <= cap_s:
            return Trial(outcome=Outcome.PROVED, nominal_s=spent + need, cap_s=cap_s)
        spent += min(need, slot)
    return Trial(outcome=Outcome.UNKNOWN, nominal_s=cap_s, cap_s=cap_s)


@pytest.mark.parametrize("search", SEARCHES)
def test_the_same_seed_finds_the_same_and_another_seed_something_else(search):
    first, again, other = (search(TERMS, landscape, seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_spends_its_purse_and_little_more(search):
    asked = []

    def counted(strategy, goal, cap_s):
        asked.append(landscape(strategy, goal, cap_s))
        return asked[-1]

    found = search(TERMS, counted, 0)

    most = TERMS.batch * len(GOALS) * TERMS.budget_s  # one batch, at the worst
    assert TERMS.purse_s <= found.cost_s < TERMS.purse_s + most
    assert found.tried > 0
    assert found.cost_s < sum(trial.nominal_s for trial in asked)  # founders and fallback are known


@pytest.mark.parametrize("search", OVER_STAGES)
def test_a_search_over_stages_never_does_worse_than_its_founders(search):
    start = contest.unsearched(TERMS, landscape)

    found = search(TERMS, landscape, 3)

    assert start.cost_s == start.tried == 0
    assert (found.solved, -found.par2_s) >= (start.solved, -start.par2_s)
    assert found.solved > start.solved  # this landscape rewards looking


@pytest.mark.parametrize("search", SEARCHES)
def test_every_strategy_found_ends_with_the_fallback(search):
    slices = search(TERMS, landscape, 0).strategy.slices

    assert [part.stage for part in slices[-2:]] == [SMT, NLSAT]
    assert sum(part.share for part in slices[-2:]) >= contest.RESERVED - 1e-3


def test_a_missing_optuna_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)

    with pytest.raises(BackendMissing, match=r"hms-workbench\[bench\]"):
        contest.tpe_stages(TERMS, landscape, 0)
