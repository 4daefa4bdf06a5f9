"""What a search for a certificate may spend, in nominal seconds: the same work on every machine. Reads no clock."""

from __future__ import annotations

from hms_kernel.backends import units

ENGINE = "simple"  # z3's exact simplex

# Steps of our own per nominal second; one is about a product of two small polynomials. Measured
# on searches that run out: those with one nominal second took 1 to 2 s of processor time.
WORK_PER_S = 30_000


class Spent(Exception):
    """Nothing is left."""


class Purse:
    """Nominal seconds that every part of one search draws on."""

    def __init__(self, nominal_s: float) -> None:
        self.left_s = nominal_s
        self.units = 0  # of the engine, in all

    def spend(self, work: int) -> None:
        """Pay for steps of our own.

        Raises:
            Spent: that was the last of it.
        """
        self._pay(work / WORK_PER_S)

    def limit(self) -> int:
        """Units of the engine that can be paid for."""
        return units.to_units(max(0.0, self.left_s), ENGINE)

    def charge(self, spent: int) -> None:
        """Pay for units of the engine.

        Raises:
            Spent: that was the last of it.
        """
        self.units += spent
        self._pay(units.to_nominal_s(spent, ENGINE))

    def _pay(self, nominal_s: float) -> None:
        self.left_s -= nominal_s
        if self.left_s <= 0:
            raise Spent


class Share(Purse):
    """At most some of what is in another purse, and paid from there."""

    def __init__(self, whole: Purse, nominal_s: float) -> None:
        super().__init__(min(nominal_s, whole.left_s))
        self._whole = whole

    def _pay(self, nominal_s: float) -> None:
        self._whole._pay(nominal_s)
        super()._pay(nominal_s)
