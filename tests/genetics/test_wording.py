"""Strategies in words: every transform has some, and what is known already is not said again."""

from __future__ import annotations

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.backends.transforms import TRANSFORMS
from hms_kernel.genetics.wording import in_words, stage_in_words


def test_every_transform_has_words_of_its_own():
    for name in TRANSFORMS:
        assert not stage_in_words(Stage(engine="smt", transforms=(name,))).startswith(f"{name},")


def test_a_strategy_is_told_stage_by_stage_and_its_fallback_in_one_line():
    own = Slice(Stage(engine="nlsat", transforms=("sum-lemma",), parameters=(("lazy", 1),)), 0.4)
    rest = tuple(Slice(part.stage, part.share * 0.6) for part in DEFAULT_STRATEGY.slices)

    assert in_words(Strategy(slices=(own, *rest)), DEFAULT_STRATEGY).splitlines() == [
        "1. Show a bound for every term of a sum, then take the sums for plain numbers, then ask"
        " z3's solver for polynomial inequalities with lazy = 1 (up to 40.0% of the budget).",
        "2. Go on as by default (with 60.0% of the budget).",
    ]
