from __future__ import annotations

from collections.abc import Callable

import pytest

from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.backends.strategy import Strategy
from hms_kernel.model import Budget, Goal, Verdict

Settle = Callable[..., Verdict]


@pytest.fixture
def settle() -> Settle:
    """The embedded prover's verdict on Lean text."""

    def attempt(
        text: str,
        *,
        nominal_s: float = 3.0,
        wall_s: float = 200.0,
        strategy: Strategy = DEFAULT_STRATEGY,
        **goal: object,
    ) -> Verdict:
        return SmtBackend().attempt(
            Goal(theorem_id="claim", statement=text, **goal),
            strategy,
            Budget(nominal_s=nominal_s, wall_s=wall_s),
        )

    return attempt
