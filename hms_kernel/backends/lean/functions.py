"""Functions on an ordered field, said by the property that makes each the only one of its kind. Trusted, like ``statements``.

Not every ordered field has square roots or whole parts. So a claim that uses such a function is
stated for every function that has the property. On ℝ exactly one has it, Lean's, so the claim
about ℝ is among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Function(NamedTuple):
    """A function and its property; ``{R}`` is the field."""

    name: str
    type: str
    says: str

    @property
    def property(self) -> str:
        """The name under which a proof finds the property."""
        return f"{self.name}_def"

    def binders(self, field: str) -> tuple[str, str]:
        """How a statement brings them in."""
        return (
            f"({self.name} : {self.type.format(R=field)})",
            f"({self.property} : {self.says.format(R=field)})",
        )


FUNCTIONS: Mapping[str, Function] = {
    "sqrt": Function(
        "sqrt",
        "{R} → {R}",
        "∀ (x : {R}), (((0 : {R}) ≤ x) ∧ ((0 : {R}) ≤ (sqrt x)) ∧ (((sqrt x) * (sqrt x)) = x))"
        " ∨ ((x < (0 : {R})) ∧ ((sqrt x) = (0 : {R})))",
    ),
    "floor": Function(
        "floor",
        "{R} → Int",
        "∀ (x : {R}), ((Int.cast (floor x) : {R}) ≤ x)"
        " ∧ (x < ((Int.cast (floor x) : {R}) + (1 : {R})))",
    ),
}
