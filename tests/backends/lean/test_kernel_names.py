"""The kernel computes with some constants by name: in the verified core they must mean what it computes.

On numerals the kernel never looks at a definition, so an equation between variables, which it
can only see through by unfolding, is held against what Python computes for numbers.
"""

from __future__ import annotations

import math

import pytest

from hms_kernel.backends.lean import Submission
from hms_kernel.backends.lean.pip import PipKernel

# What each operation is by definition; with the rows above it, this fixes its values.
EQUATIONS = {
    "add": ("Nat.add m 0 = m", "Nat.add m (Nat.succ n) = Nat.succ (Nat.add m n)"),
    "mul": ("Nat.mul m 0 = 0", "Nat.mul m (Nat.succ n) = Nat.add (Nat.mul m n) m"),
    "pow": ("Nat.pow m 0 = 1", "Nat.pow m (Nat.succ n) = Nat.mul (Nat.pow m n) m"),
    "pred": ("Nat.pred 0 = 0", "Nat.pred (Nat.succ n) = n"),
    "sub": ("Nat.sub m 0 = m", "Nat.sub m (Nat.succ n) = Nat.pred (Nat.sub m n)"),
    "beq": (
        "Nat.beq 0 0 = true",
        "Nat.beq 0 (Nat.succ n) = false",
        "Nat.beq (Nat.succ m) 0 = false",
        "Nat.beq (Nat.succ m) (Nat.succ n) = Nat.beq m n",
    ),
    "ble": (
        "Nat.ble 0 n = true",
        "Nat.ble (Nat.succ m) 0 = false",
        "Nat.ble (Nat.succ m) (Nat.succ n) = Nat.ble m n",
    ),
    "div": ("Nat.div m 0 = 0", "Nat.div m (Nat.succ n) = Nat.divFuel m m (Nat.succ n)"),
    "mod": ("Nat.mod m n = Nat.sub m (Nat.mul n (Nat.div m n))",),
    "gcd": ("Nat.gcd m n = Nat.gcdFuel m m n",),
    "land": ("Nat.land m n = Nat.bitsFuel Nat.mul (Nat.add m n) m n",),
    "lor": (
        "Nat.lor m n = Nat.bitsFuel (fun a b => Nat.sub (Nat.add a b) (Nat.mul a b)) "
        "(Nat.add m n) m n",
    ),
    "xor": ("Nat.xor m n = Nat.bitsFuel (fun a b => Nat.mod (Nat.add a b) 2) (Nat.add m n) m n",),
    "shiftLeft": ("Nat.shiftLeft m n = Nat.mul m (Nat.pow 2 n)",),
    "shiftRight": ("Nat.shiftRight m n = Nat.div m (Nat.pow 2 n)",),
}
# The helpers have no meaning to the kernel, so numerals are unfolded, too.
UNFOLDED = {
    "Nat.divFuel {m} {m} {n}": lambda m, n: m // n if n else None,
    "Nat.gcdFuel {m} {m} {n}": math.gcd,
    "Nat.bitsFuel Nat.mul ({m} + {n}) {m} {n}": lambda m, n: m & n,
    "Nat.bitsFuel (fun a b => a + b - a * b) ({m} + {n}) {m} {n}": lambda m, n: m | n,
    "Nat.bitsFuel (fun a b => (a + b) % 2) ({m} + {n}) {m} {n}": lambda m, n: m ^ n,
}


@pytest.mark.parametrize("operation", EQUATIONS)
def test_an_operation_is_defined_as_it_is_computed(core: PipKernel, operation: str):
    for equation in EQUATIONS[operation]:
        checked = core.check(Submission(f"∀ m n : Nat, {equation}", "fun m n => rfl"), 60.0)

        assert checked.accepted, f"{equation}: {checked.reason}"


@pytest.mark.parametrize("term", UNFOLDED)
def test_its_helper_has_the_same_values_when_it_is_unfolded(core: PipKernel, term: str):
    rows = [
        f"{term.format(m=m, n=n)} = {value}"
        for m in range(7)
        for n in range(5)
        if (value := UNFOLDED[term](m, n)) is not None
    ]
    proof = "⟨" + ", ".join("rfl" for _ in rows) + "⟩"

    checked = core.check(Submission(" ∧\n".join(rows), proof), 60.0)

    assert checked.accepted, checked.reason
