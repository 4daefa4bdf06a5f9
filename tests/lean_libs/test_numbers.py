"""Naturals and integers of the core mean what they mean in Lean: values, signs, division by 0."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from lean_core import check, needs_kernel

pytestmark = needs_kernel

INTEGERS = (-9, -4, -3, -1, 0, 1, 3, 4, 9)
BIG = (-(10**30) - 1, 10**30 + 7)


def euclid(x: int, y: int) -> tuple[int, int]:
    """Quotient and remainder as Lean has them: ``0 <= remainder < |y|``, and ``(0, x)`` for ``y = 0``."""
    if y == 0:
        return 0, x
    remainder = x % abs(y)
    return (x - remainder) // y, remainder


def example(statement: str) -> str:
    return f"example : {statement} := rfl"


def test_integers_compute_as_in_lean(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    lines = []
    for x, y in [*product(INTEGERS, repeat=2), *product(BIG, repeat=2), *product(BIG, (-7, 7))]:
        quotient, remainder = euclid(x, y)
        values = {"+": x + y, "-": x - y, "*": x * y, "/": quotient, "%": remainder}
        lines += [
            example(f"(({x} : Int) {sign} ({y} : Int)) = ({value} : Int)")
            for sign, value in values.items()
        ]

    assert check("\n".join(lines), tmp_path, compiled[0]) == []


def test_integers_compare_and_divide_as_in_lean(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    lines = []
    for x, y in [*product(INTEGERS, repeat=2), *product(BIG, repeat=2)]:
        truths = {"<": x < y, "≤": x <= y, "=": x == y, "∣": y == x if x == 0 else y % x == 0}
        lines += [
            f"example : {'' if true else '¬ '}(({x} : Int) {sign} ({y} : Int)) := by decide"
            for sign, true in truths.items()
        ]

    assert check("\n".join(lines), tmp_path, compiled[0]) == []


def test_naturals_compute_as_in_lean(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    lines = []
    for m, n in [*product((0, 1, 2, 3, 7, 12), repeat=2), (10**30, 7), (10**30, 10**15 + 1)]:
        quotient, remainder = euclid(m, n)
        values = {
            "+": m + n,
            "-": max(m - n, 0),
            "*": m * n,
            "/": quotient,
            "%": remainder,
        }
        lines += [
            example(f"(({m} : Nat) {sign} ({n} : Nat)) = ({value} : Nat)")
            for sign, value in values.items()
        ]
        divides = n == 0 if m == 0 else n % m == 0
        lines.append(f"example : {'' if divides else '¬ '}({m} : Nat) ∣ ({n} : Nat) := by decide")

    assert check("\n".join(lines), tmp_path, compiled[0]) == []


def test_integers_and_naturals_keep_their_values_inside_a_field(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    said = check(
        "variable {R : Type} [OrderedField R]\n"
        "example : (Int.cast (-3) : R) = -(3 : R) := rfl\n"
        "example : (Int.cast 3 : R) = (3 : R) := rfl\n"
        "example (n : Nat) : (Int.cast (Int.ofNat n) : R) = Nat.cast n := rfl\n"
        "example (n : Nat) : (Nat.cast n : Int) = Int.ofNat n := rfl\n"
        "example (x y : Int) (h : (Int.cast x : R) < Int.cast y) : x + 1 ≤ y := intCast_lt_iff.mp h\n"
        "example (m n : Nat) (h : n ≤ m) : (Nat.cast (m - n) : R) = Nat.cast m - Nat.cast n :=\n"
        "  natCast_sub h\n"
        "example (x : Int) (h : 0 < x) : 1 ≤ x := Int.one_le_of_pos h",
        tmp_path,
        compiled[0],
    )

    assert said == []
