"""Stages as text: what is printed is read back."""

from __future__ import annotations

from random import Random

import pytest

from hms_kernel.backends.strategies import NAMED, named
from hms_kernel.backends.strategy import stage, strategy
from hms_kernel.errors import UsageError
from hms_kernel.genetics.stages import drawn


def test_every_stage_is_read_back_from_its_printed_form():
    rng = Random(1)
    stages = [drawn(rng).stage for _ in range(300)]

    assert [stage(str(one)) for one in stages] == stages


@pytest.mark.parametrize("text", ["", "|smt", "smt(", "smt(lazy=1", "a|b|smt", "smt;nlsat"])
def test_what_is_no_printed_stage_is_refused(text):
    with pytest.raises(UsageError, match="no printed stage"):
        stage(text)


@pytest.mark.parametrize("name", NAMED)
def test_every_strategy_is_read_back_from_its_printed_form(name):
    assert strategy(str(NAMED[name])) == NAMED[name] == named(str(NAMED[name]))


@pytest.mark.parametrize(
    "text", ["", "smt", "1×", "x×smt", "1×smt ; ", "0×smt", "-1×smt", "nan×smt"]
)
def test_what_is_no_printed_strategy_is_refused(text):
    with pytest.raises(UsageError, match="no printed strategy"):
        strategy(text)
