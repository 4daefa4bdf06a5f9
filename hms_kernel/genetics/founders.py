"""Stages and schedules made by hand: where searches start, and what they have to beat. Searches nothing."""

from __future__ import annotations

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Slice, Stage, Strategy

# What the default does not try: certificates of polynomial inequalities, by linear arithmetic.
HINTS = (
    Slice(Stage(engine="nlsat", transforms=("clear",)), 0.06),
    Slice(Stage(engine="smt", transforms=("squares", "linear")), 0.1),
    Slice(Stage(engine="smt", transforms=("squares", "products", "linear")), 0.24),
)
_AT = 3  # after what settles most goals at once

# The default with these stages in it; what it had before keeps its proportions.
HINTED = Strategy(
    slices=(
        *(Slice(part.stage, round(0.6 * part.share, 4)) for part in DEFAULT_STRATEGY.slices[:_AT]),
        *HINTS,
        *(Slice(part.stage, round(0.6 * part.share, 4)) for part in DEFAULT_STRATEGY.slices[_AT:]),
    )
)

FOUNDERS = tuple(dict.fromkeys(part.stage for part in HINTED.slices))
