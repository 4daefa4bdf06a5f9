"""The plan of faults: repeatable, complete, spread over the run."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.chaos.schedule import LAST, plan, shares
from hms_kernel.errors import UsageError

KINDS = ("kill_agent", "freeze_agent", "hold_gil", "kill_kernel")
counts = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 50))
seeds = st.integers(0, 2**32)


@given(tasks=st.integers(1, 100_000), counts=counts, seed=seeds)
def test_the_same_seed_gives_the_same_plan_with_exactly_the_faults_asked_for(tasks, counts, seed):
    made = plan(tasks, counts, seed)

    assert made == plan(tasks, counts, seed)
    kinds = [planned.kind for planned in made]
    assert {kind: kinds.count(kind) for kind in counts} == counts
    assert len(made) == sum(counts.values())


@given(tasks=st.integers(1, 100_000), counts=counts, seed=seeds)
def test_faults_come_in_order_all_over_the_run_and_none_at_its_very_end(tasks, counts, seed):
    at = [planned.at for planned in plan(tasks, counts, seed)]

    assert at == sorted(at)
    assert all(0 <= number <= LAST * tasks for number in at)
    # One in each of as many equal parts: no two neighbours are more than two parts apart.
    longest = 2 * LAST * tasks / max(1, len(at)) + 1
    assert all(later - earlier <= longest for earlier, later in pairwise(at))


def test_another_seed_gives_another_order():
    wanted = dict.fromkeys(KINDS, 10)

    orders = {tuple(planned.kind for planned in plan(1000, wanted, seed)) for seed in range(5)}

    assert len(orders) == 5


@given(st.integers(0, 500), st.integers(0, 5))
def test_faults_are_shared_out_evenly_but_for_the_kinds_whose_number_is_given(faults, kills):
    if faults < kills + len(KINDS) - 1:
        with pytest.raises(UsageError, match=f"at least {kills + len(KINDS) - 1}"):
            shares(KINDS, faults, {"kill_kernel": kills})
        return

    counts = shares(KINDS, faults, {"kill_kernel": kills})

    assert sum(counts.values()) == faults
    assert counts.pop("kill_kernel") == kills
    assert min(counts.values()) >= 1
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_number_given_for_every_kind_must_be_the_total():
    assert shares(("kill_kernel",), 3, {"kill_kernel": 3}) == {"kill_kernel": 3}
    with pytest.raises(UsageError, match="ask for 3"):
        shares(("kill_kernel",), 5, {"kill_kernel": 3})
