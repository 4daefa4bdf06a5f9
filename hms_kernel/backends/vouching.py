"""Who vouches for a proof: a certificate, else two solvers, else one. Proves nothing itself.

Nobody is believed against another: a second solver that has a counterexample turns a proof
into ``unknown``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from hms_kernel.backends import certifying, engines, opinion
from hms_kernel.backends.attempt import Conclusion
from hms_kernel.backends.meter import Meter
from hms_kernel.certificates import Certificate
from hms_kernel.model import Outcome, Trust
from hms_kernel.statements.terms import Statement


@dataclass(frozen=True)
class Vouched:
    """A conclusion and who stands behind it."""

    conclusion: Conclusion
    trust: Trust | None
    checker: str  # with its build
    certificate: Certificate | None = None


def vouch(
    statement: Statement,
    conclusion: Conclusion,
    meter: Meter,
    nominal_s: float,
    report: Callable[[str], None],
) -> Vouched:
    """Look for a certificate of a proof within ``nominal_s``, and ask a second solver where there is none."""
    solver = engines.checker()
    if conclusion.outcome is Outcome.REFUTED:
        return Vouched(conclusion, Trust.REPLAYED, solver)
    if conclusion.outcome is not Outcome.PROVED:
        return Vouched(conclusion, None, solver)
    if meter.left_s <= 0:
        # The proof stands; nobody was asked about it, which another run may do.
        meter.hit_wall = True
        return Vouched(conclusion, Trust.ONE_SOLVER, solver)
    report("looking for a certificate")
    certificate = certifying.find(statement, min(certifying.NOMINAL_S, nominal_s))
    if certificate is not None:
        return Vouched(conclusion, Trust.CERTIFICATE, solver, certificate)
    report("asking a second solver")
    second = opinion.ask(conclusion.rests_on, wall_s=meter.left_s)
    meter.hit_wall = meter.hit_wall or second.stopped
    if second.contradicts:
        denied = f"{solver} proved it and {second.solver} denies it: one of them, or what they were asked, is wrong"
        unknown = dataclasses.replace(conclusion, outcome=Outcome.UNKNOWN, reason=denied)
        return Vouched(unknown, None, solver)
    if second.agrees:
        return Vouched(conclusion, Trust.TWO_SOLVERS, f"{solver}, {second.solver}")
    return Vouched(conclusion, Trust.ONE_SOLVER, solver)
