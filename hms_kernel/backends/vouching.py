"""Who vouches for a proof: two solvers where they agree, else one. Proves nothing; lets nobody be believed against another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from hms_kernel.backends import engines, opinion
from hms_kernel.backends.attempt import Conclusion
from hms_kernel.backends.meter import Meter
from hms_kernel.model import Outcome, Trust


@dataclass(frozen=True)
class Vouched:
    """A conclusion and who stands behind it."""

    conclusion: Conclusion
    trust: Trust | None
    checker: str  # with its build


def vouch(conclusion: Conclusion, meter: Meter, report: Callable[[str], None]) -> Vouched:
    """Ask others about a proof; a solver that has a counterexample turns it into ``unknown``."""
    solver = engines.checker()
    if conclusion.outcome is Outcome.REFUTED:
        return Vouched(conclusion, Trust.REPLAYED, solver)
    if conclusion.outcome is not Outcome.PROVED:
        return Vouched(conclusion, None, solver)
    report("asking a second solver")
    second = opinion.ask(conclusion.rests_on, wall_s=meter.left_s)
    if second.contradicts:
        denied = f"{solver} proved it and {second.solver} denies it: one of them, or what they were asked, is wrong"
        unknown = dataclasses.replace(conclusion, outcome=Outcome.UNKNOWN, reason=denied)
        return Vouched(unknown, None, solver)
    if second.agrees:
        return Vouched(conclusion, Trust.TWO_SOLVERS, f"{solver}, {second.solver}")
    return Vouched(conclusion, Trust.ONE_SOLVER, solver)
