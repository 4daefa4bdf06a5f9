"""The bandit: shares that add up, a floor for everybody, and what pays is chosen more often."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.errors import UsageError
from hms_kernel.genetics.bandit import Bandit, fair, ranked

NAMES = ("a", "b", "c", "d")
REWARDS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.floats(0, 1), max_size=6))


def taught(generations, floor=0.05, rate=0.3):
    bandit = Bandit(dict.fromkeys(NAMES, 1.0), floor, rate)
    for rewards in generations:
        bandit = bandit.learned(rewards)
    return bandit


@given(st.lists(REWARDS, max_size=30), st.floats(0, 0.24), st.floats(0.01, 1))
def test_shares_add_up_to_one_and_nobody_falls_below_the_floor(generations, floor, rate):
    shares = taught(generations, floor, rate).shares

    assert list(shares) == list(NAMES)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(floor - 1e-12 <= share <= 1 + 1e-12 for share in shares.values())


@given(st.lists(REWARDS, max_size=10), st.integers())
def test_the_same_rewards_and_seed_make_the_same_choices(generations, seed):
    one, other = taught(generations), taught(generations)
    first, second = Random(seed), Random(seed)

    assert one == other
    assert [one.choose(first) for _ in range(20)] == [other.choose(second) for _ in range(20)]


@given(REWARDS)
def test_learning_makes_another_bandit_and_leaves_this_one(rewards):
    bandit = fair(NAMES)

    bandit.learned(rewards)

    assert bandit == fair(NAMES)


@given(st.lists(st.floats(-5, 5), max_size=12), st.floats(0.1, 10))
def test_rewards_are_ranks_whatever_the_unit(gains, unit):
    rewards = ranked(gains)

    assert all(0 <= reward <= 1 for reward in rewards)
    assert all((reward > 0) == (gain > 0) for reward, gain in zip(rewards, gains, strict=True))
    assert max(rewards, default=0) == (1 if any(gain > 0 for gain in gains) else 0)
    whole = [float(round(gain)) for gain in gains]
    assert ranked([unit * gain for gain in whole]) == ranked(whole)


def test_before_anything_is_known_everybody_is_chosen_alike():
    assert fair(NAMES).shares == pytest.approx(dict.fromkeys(NAMES, 0.25))


def test_what_pays_is_chosen_more_often_and_the_rest_not_never():
    bandit = taught([{"a": [1.0, 0.5], "b": [0.0], "c": [0.0], "d": [0.0]}] * 20)
    rng = Random(1)

    chosen = [bandit.choose(rng) for _ in range(1000)]

    assert bandit.shares["a"] > 0.8
    assert bandit.shares["b"] == pytest.approx(0.05, abs=0.01)
    assert chosen.count("a") > 750
    assert chosen.count("b") > 20


def test_what_no_longer_pays_is_left_again():
    early = [{"a": [1.0], "b": [0.1]}] * 10
    late = [{"a": [0.0], "b": [1.0]}] * 10

    assert taught(early).shares["a"] > taught(early).shares["b"]
    assert taught(early + late).shares["a"] < taught(early + late).shares["b"]


def test_who_was_not_chosen_keeps_its_value():
    assert taught([{"a": [0.0]}, {"b": []}]).values == {"a": 0.7, "b": 1.0, "c": 1.0, "d": 1.0}


def test_nothing_gained_by_anybody_makes_all_alike():
    shares = taught([{name: [0.0] for name in NAMES}] * 300).shares

    assert shares == pytest.approx(dict.fromkeys(NAMES, 0.25))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: fair(()),
        lambda: Bandit({"a": 1.5}),
        lambda: Bandit({"a": 1.0, "b": 1.0}, 0.5),
        lambda: Bandit({"a": 1.0}, -0.1),
        lambda: Bandit({"a": 1.0}, 0.1, 0.0),
    ],
)
def test_a_bandit_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        wrong()
