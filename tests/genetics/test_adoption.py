"""A challenger takes over only by its results on goals held apart, and steps back at one call."""

from __future__ import annotations

import pytest

from hms_kernel.backends.strategy import Stage
from hms_kernel.errors import UsageError
from hms_kernel.genetics.adoption import compare, held_apart
from hms_kernel.genetics.adoptions import Adoptions, in_force
from hms_kernel.genetics.files import opened
from hms_kernel.genetics.trials import Trial, alone
from hms_kernel.model import Goal, Outcome

OLD, NEW = alone(Stage(engine="smt")), alone(Stage(engine="nlsat"))
GOALS = [Goal(theorem_id=name, statement="True") for name in "abc"]


def recorded(old: list[float | None], new: list[float | None]):
    """An evaluation that answers from two rows of times; None for a goal that stays open."""
    rows = {OLD: dict(zip("abc", old, strict=True)), NEW: dict(zip("abc", new, strict=True))}

    def evaluate(strategy, goal, cap_s):
        time = rows[strategy][goal.theorem_id]
        if time is None:
            return Trial(outcome=Outcome.UNKNOWN, nominal_s=cap_s, cap_s=cap_s)
        return Trial(outcome=Outcome.PROVED, nominal_s=time, cap_s=cap_s)

    return evaluate


@pytest.mark.parametrize(
    ("old", "new", "accepted"),
    [
        ([0.1, 0.2, None], [0.1, 0.2, 0.3], True),
        ([0.5, 0.5, 0.5], [0.1, 0.1, 0.1], True),
        ([0.1, 0.2, None], [0.1, 0.2, None], False),
        ([0.5, 0.5, 0.5], [0.49, 0.5, 0.5], False),  # too little to be worth a change
        ([0.9, 0.9, 0.9], [None, 0.0, 0.0], False),  # one is lost
        ([0.1, None, None], [None, 0.1, 0.1], False),  # more are solved, but one is lost
    ],
)
def test_a_challenger_is_accepted_for_a_clear_gain_without_a_loss(old, new, accepted):
    found = compare(GOALS, recorded(old, new), OLD, NEW, 1.0)

    assert found.accepted is accepted


def test_a_comparison_names_what_is_lost():
    found = compare(GOALS, recorded([0.1, None, None], [None, 0.1, 0.1]), OLD, NEW, 1.0)

    assert found.lost == ("a",)
    assert str(found) == "1 → 2 of 3 goals, PAR-2 1.3667 → 0.7333 nominal s, lost: a"


def test_a_third_of_every_family_is_held_apart():
    goals = [
        (family, Goal(theorem_id=f"{family}{n}", statement="True"))
        for family in ("u", "v", "w")
        for n in range(6)
    ]

    train, judge = held_apart(goals)

    assert len(train) == 12
    assert sorted(goal.theorem_id[0] for goal in judge) == list("uuvvww")
    assert not {g.theorem_id for g in train} & {g.theorem_id for g in judge}


BETTER = compare(GOALS, recorded([0.1, None, None], [0.1, 0.1, None]), OLD, NEW, 1.0)
WORSE = compare(GOALS, recorded([0.1, 0.1, None], [0.1, None, None]), OLD, NEW, 1.0)


class TestAdoptions:
    @pytest.fixture
    def adoptions(self, tmp_path) -> Adoptions:
        return Adoptions(tmp_path / "archive.sqlite")

    def test_at_first_the_backends_own_strategy_is_in_force(self, adoptions):
        assert adoptions.current("sums") is None
        assert adoptions.rollback("sums") is None

    def test_every_rollback_goes_back_by_one(self, adoptions):
        adoptions.adopt("sums", OLD, BETTER)
        adoptions.adopt("sums", NEW, BETTER)

        assert adoptions.current("sums") == NEW
        assert adoptions.rollback("sums") == OLD
        assert adoptions.rollback("sums") is None

    def test_what_no_comparison_accepts_is_not_adopted(self, adoptions):
        with pytest.raises(UsageError, match="lost: b"):
            adoptions.adopt("sums", NEW, WORSE)

        assert adoptions.current("sums") is None
        assert adoptions.history("sums") == []

    def test_scopes_do_not_meet(self, adoptions):
        adoptions.adopt("sums", OLD, BETTER)

        assert adoptions.current("squares") is None

    def test_it_is_remembered_with_its_reasons_by_the_next_process(self, adoptions, tmp_path):
        adoptions.adopt("sums", NEW, BETTER)
        adoptions.rollback("sums", "lost one in use")

        again = Adoptions(tmp_path / "archive.sqlite")

        assert again.current("sums") is None
        assert again.history("sums") == [(NEW, str(BETTER)), (None, "lost one in use")]


@pytest.mark.parametrize(
    "text",
    [
        '{"turns": []}',
        '{"slices": [{"stage": {"engine": "smt", "transforms": ["gone"]}, "share": 1.0}]}',
        '{"slices": [{"stage": {"engine": "gone"}, "share": 1.0}]}',
    ],
)
def test_what_another_version_adopted_keeps_nobody_from_what_this_one_did(tmp_path, text):
    file = tmp_path / "archive.sqlite"
    adoptions = Adoptions(file)
    adoptions.adopt("products", NEW, BETTER)
    with opened(file) as connection:
        connection.execute(
            "INSERT INTO adoptions (scope, strategy, why) VALUES ('sums', ?, '')", (text,)
        )

    assert in_force(file) == {"products": NEW}
