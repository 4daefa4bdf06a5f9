"""How the evaluator says that it cannot tell. Evaluates nothing."""

from __future__ import annotations

from hms_kernel.errors import StatementError


class Undecided(StatementError):
    """The evaluator cannot tell; the message says why."""


class Exhausted(Undecided):
    """The work limit is reached, so nothing further can be tried."""
