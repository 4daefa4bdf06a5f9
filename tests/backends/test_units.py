from __future__ import annotations

import pytest

from hms_kernel.backends import units
from hms_kernel.backends.meter import Allowance
from hms_kernel.backends.strategy import ENGINES
from hms_kernel.errors import UsageError


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_a_price_and_conversion_goes_both_ways(engine):
    assert units.to_nominal_s(units.to_units(2.0, engine), engine) == pytest.approx(2.0)


def test_the_smallest_budget_is_one_unit_because_none_would_mean_no_limit():
    assert units.to_units(0.0, "smt") == 1


def test_an_engine_without_a_price_is_refused_by_name():
    with pytest.raises(UsageError, match="no engine 'qfnra'"):
        units.to_units(1.0, "qfnra")


def test_engines_draw_on_one_allowance_each_at_its_own_price():
    allowance = Allowance(1.0)

    allowance.charge(units.to_units(0.5, "nlsat"), "nlsat")

    assert allowance.units("smt") == units.to_units(0.5, "smt")
    assert allowance.units("smt", at_most_s=0.1) == units.to_units(0.1, "smt")


def test_a_spent_allowance_buys_nothing():
    allowance = Allowance(0.25)

    allowance.charge(units.to_units(0.25, "smt"), "smt")

    assert allowance.units("smt") == 0
