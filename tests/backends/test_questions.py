"""A question leaves nothing behind: what it took must not count against the next one."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
import z3

from hms_kernel.backends.certifying import find
from hms_kernel.backends.questions import pose, smtlib
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.strategy import Stage
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements import parse

STATEMENT = parse("∀ x y : ℝ, 0 < x → 2 * x * y ≤ x ^ 2 + y ^ 2 + Real.sqrt x")
SEQUENT = Sequent.of(STATEMENT)
UNREADABLE = Sequent.of(parse("∀ n : ℕ, 0 < ∏ i ∈ Finset.range n, (i + 1)"))


def unreadable() -> None:
    with pytest.raises(UnsupportedStatement):
        pose(UNREADABLE, Stage(engine="smt"), units=2000, wall_s=60)


ASKED: dict[str, Callable[[], object]] = {
    "sat": lambda: pose(UNFOUNDED, Stage(engine="smt"), units=2000, wall_s=60),
    "unsat": lambda: pose(SEQUENT, Stage(engine="smt"), units=2000, wall_s=60),
    "unsupported": unreadable,
    "printed": lambda: smtlib(SEQUENT),
    "certified": lambda: find(STATEMENT, 0.2),
}
UNFOUNDED = Sequent.of(parse("∀ x : ℝ, x * x = 2"))


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("what", ASKED)
def test_its_memory_is_given_back_at_once(what: str, uncollected: None):
    ASKED[what]()
    before = z3.Z3_get_estimated_alloc_size()

    for _ in range(5):
        ASKED[what]()

    # One context alone is larger than this.
    assert z3.Z3_get_estimated_alloc_size() - before < 8 << 20
