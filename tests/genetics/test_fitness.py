"""What trials are worth: numbers worked out by hand."""

from __future__ import annotations

import pytest

from hms_kernel.genetics.fitness import Point, caps, front, par2, shared, solved
from hms_kernel.genetics.trials import Trial
from hms_kernel.model import Outcome


def won(nominal_s: float, cap_s: float = 1.0) -> Trial:
    return Trial(outcome=Outcome.PROVED, nominal_s=nominal_s, cap_s=cap_s)


def lost(nominal_s: float = 1.0, cap_s: float = 1.0) -> Trial:
    return Trial(outcome=Outcome.UNKNOWN, nominal_s=nominal_s, cap_s=cap_s)


def test_an_open_goal_counts_twice_the_budget_however_soon_it_was_given_up():
    trials = [won(0.2), lost(0.1), lost()]

    assert par2(trials, 1.0) == pytest.approx((0.2 + 2 + 2) / 3)
    assert solved(trials) == 1


def test_a_specialist_is_worth_more_than_one_of_many():
    crowd = {"easy": won(0.0), "other": won(0.0), "hard": lost()}
    specialist = {"easy": lost(), "other": lost(), "hard": won(0.0)}
    everywhere = dict.fromkeys(crowd, 1.0)

    worth = shared([crowd, crowd, crowd, specialist], everywhere, 1.0)

    assert worth == pytest.approx([2 / 3, 2 / 3, 2 / 3, 1.0])


def test_the_sooner_the_better_and_too_late_is_worth_nothing():
    rows = [{"g": won(0.1)}, {"g": won(0.2)}, {"g": won(0.3)}]

    quick, slow, late = shared(rows, {"g": 0.25}, 0.5)

    assert quick > slow > late == 0.0


def test_a_new_stage_may_take_little_longer_than_the_incumbent():
    incumbent = {"settled": won(0.2), "late": won(0.95), "open": lost(0.3)}

    assert caps(incumbent, 1.0, 1.15) == pytest.approx({"settled": 0.23, "late": 1.0, "open": 1.0})


def test_the_front_has_what_no_other_dominates():
    def at(stage: str, solved: int, par2_s: float, genes: int) -> Point:
        return Point(stage=stage, solved=solved, par2_s=par2_s, genes=genes)

    quick, plain, poor = at("quick", 3, 0.1, 2), at("plain", 3, 0.2, 0), at("poor", 2, 0.3, 1)
    twin = at("twin", 3, 0.1, 2)

    assert front([poor, twin, plain, quick]) == (quick, plain)
