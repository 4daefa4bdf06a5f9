"""How far one strategy gets on one goal, and at what cost: settles, and does nothing for the evidence.

No certificate is looked for, no second solver asked, no repair offered: this is how
strategies are compared, not how claims are answered.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hms_kernel.backends.attempt import Attempt
from hms_kernel.backends.meter import Meter, PurseEmpty
from hms_kernel.backends.remembering import Plain
from hms_kernel.backends.smt import understood
from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.statements.terms import first_float


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What a strategy came to, and what that cost."""

    outcome: Outcome
    nominal_s: float = 0.0  # nominal seconds of all questions, until it ended
    units: int = 0  # resource units, engines' own counts
    clock: bool = False  # the wall clock had a say: another run may hear more


def settle(
    goal: Goal,
    strategy: Strategy,
    budget: Budget,
    *,
    purse_s: float | None = None,
    report: Callable[[str], None] = lambda note: None,
    memory: Plain | None = None,
) -> Settled:
    """Attempt ``goal`` as it would be with ``budget``, but end once ``purse_s`` is spent.

    The budget shapes the attempt and the purse only cuts it short, so that who settled a goal
    within the whole budget at a cost of c settles it with every purse from c on, and with no
    smaller one, but for some units: what z3 counts hangs a little on its limit.

    Args:
        purse_s: nominal seconds; None for the whole budget.
        memory: puts questions to engines and applies transforms; None for none.

    Raises:
        UsageError: the strategy names an engine, parameter or transform that does not exist.
    """
    try:
        statement = understood(goal)
    except StatementError as error:
        unsupported = isinstance(error, UnsupportedStatement)
        return Settled(outcome=Outcome.UNSUPPORTED if unsupported else Outcome.INVALID)
    if first_float(statement) is not None:
        return Settled(outcome=Outcome.UNSUPPORTED)  # no strategy arranges the ways of doubles
    purse_s = budget.nominal_s if purse_s is None else purse_s
    meter = Meter(budget, purse_s=purse_s, memory=memory)
    try:
        outcome = Attempt(statement, strategy, budget.nominal_s, meter, report).run().outcome
        spent_s = meter.nominal_s
    except PurseEmpty:
        # The last question ended a few units before or after its limit.
        outcome, spent_s = Outcome.UNKNOWN, purse_s
    if outcome is Outcome.REFUTED and goal.unstated:
        outcome = Outcome.UNKNOWN  # the numbers may break an assumption that is prose
    return Settled(
        outcome=outcome,
        nominal_s=spent_s,
        units=meter.units,
        clock=meter.hit_wall or meter.gave_up,
    )
