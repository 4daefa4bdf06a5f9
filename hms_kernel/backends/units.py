"""Resource units: what a nominal second buys on each engine. Measures nothing at run time.

A unit is one tick of z3's ``rlimit`` counter. The engines tick at different
speeds, so each has its own price, and a budget in nominal seconds means the
same work on every machine.
"""

from __future__ import annotations

from hms_kernel.errors import UsageError

# Units per nominal second. Measured with z3 5.4.0 on weighted-sum goals, one core of a
# shared two-core machine: nlsat ran 2 to 6 million per second, smt and simple 0.8 to 1.4.
# Bit-blasted doubles tick up to 3 million times a second, half as often on a busy machine.
# The numbers are prices, not promises: changing one changes which goals fit a budget.
UNITS_PER_S: dict[str, int] = {
    "smt": 800_000, "simple": 800_000, "nlsat": 6_000_000, "bits": 1_500_000,
}  # fmt: skip


def rate(engine: str) -> int:
    """Units per nominal second of ``engine``.

    Raises:
        UsageError: the engine has no price.
    """
    try:
        return UNITS_PER_S[engine]
    except KeyError:
        known = ", ".join(UNITS_PER_S)
        raise UsageError(f"no engine {engine!r}; engines are {known}") from None


def to_units(nominal_s: float, engine: str) -> int:
    """Units that ``nominal_s`` nominal seconds buy on ``engine``, at least 1 (z3 reads 0 as no limit)."""
    return max(1, round(nominal_s * rate(engine)))


def to_nominal_s(units: int, engine: str) -> float:
    """Nominal seconds that ``units`` spent on ``engine`` cost."""
    return units / rate(engine)
