"""Reading an ``.olean`` as data: what is honest is read whole, and anything else is said to be malformed."""

from __future__ import annotations

import contextlib
import struct

import pytest
from forged_olean import NIL, Forger
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.backends.lean import Submission
from hms_kernel.backends.lean.door import units
from hms_kernel.backends.lean.objects import Malformed
from hms_kernel.backends.lean.olean import Module
from hms_kernel.backends.lean.pip import PipKernel


def sample() -> bytes:
    forger = Forger()
    one, nat = forger.nat(1), forger.const("Nat")
    named = forger.object(6, (forger.name("x"), nat, forger.object(0, (NIL,), bytes(8))), bytes(9))
    helper = forger.definition("helper", nat, forger.app(named, one))
    family = forger.inductive("Own", forger.sort(forger.one()), ["Own.mk"])
    make = forger.constructor("Own.mk", "Own", forger.const("Own"))
    claim = forger.theorem(
        "claim", forger.equal(forger.const("helper"), one), forger.app(forger.const("Own.mk"), one)
    )
    return forger.file([claim, helper, make, family])


def read_whole(data: bytes) -> Module:
    module = Module(data)
    for name in module.names():
        module.find(name)
    if module.find(("claim",)):
        list(units(module, ("claim",)))
    return module


def test_what_a_theorem_rests_on_comes_before_it_and_nothing_else_comes():
    forger = Forger()
    nat = forger.const("Nat")
    stranger = forger.axiom("stranger", nat)
    helper = forger.definition("helper", nat, forger.nat(1))
    claim = forger.theorem("claim", nat, forger.const("helper"))
    module = Module(forger.file([stranger, claim, helper]))

    found = [[each.name for each in unit] for unit in units(module, ("claim",))]

    assert found == [[("helper",)], [("claim",)]]


def test_an_honest_file_is_read_whole(kernel: PipKernel):
    # The small library of the tests, as Lean has compiled it.
    (compiled,) = kernel._installation.search
    module = read_whole((compiled / "Base.olean").read_bytes())

    names = {".".join(map(str, name)) for name in module.names()}

    assert {"Eq.refl", "Nat.rec", "Nat.pow", "Lean.ParserDescr", "sorryAx"} <= names


def test_large_numbers_are_read_to_the_last_digit(kernel: PipKernel):
    big = 3**200  # written by Lean as a number of several limbs
    checked = kernel.check(Submission(f"Eq (Nat.pow 3 200) {big}", "Eq.refl _"))
    wrong = kernel.check(Submission(f"Eq (Nat.pow 3 200) {big + 2}", "Eq.refl _"))

    assert (checked.accepted, wrong.accepted) == (True, False)


@given(st.data())
def test_a_file_with_bytes_changed_is_read_or_malformed_and_nothing_else(data: st.DataObject):
    forged = bytearray(sample())
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(forged) - 1))
        forged[position] = data.draw(st.integers(0, 255))

    with contextlib.suppress(Malformed):
        read_whole(bytes(forged))


@given(st.integers(0, len(sample())))
def test_a_file_cut_short_is_malformed(length: int):
    if length == len(sample()):
        read_whole(sample())
        return
    # The root is written last, so it is what any cut takes away first.
    with pytest.raises(Malformed):
        read_whole(sample()[:length])


@given(st.binary(max_size=400))
def test_noise_behind_a_right_header_is_malformed(noise: bytes):
    with pytest.raises(Malformed):
        read_whole(sample()[:0x58] + noise)


def circular_list(forger: Forger) -> int:
    item = forger.name("u")
    here = forger.raw(b"")  # where the next object will lie
    return forger.object(1, (item, here))


def circular_term(forger: Forger) -> int:
    here = forger.raw(b"")
    return forger.object(5, (here, here), bytes(8))


def large_name(forger: Forger) -> int:
    limbs = forger.raw(struct.pack("<QQ", 1, 1))
    number = forger.raw(struct.pack("<iHBBiiQ", 0, 24, 0, 250, 2, 2, limbs))
    return forger.object(2, (NIL, number), bytes(8))


@pytest.mark.parametrize(
    ("what", "type_"),
    [
        ("after its parts", circular_term),
        ("circular list", lambda f: f.object(4, (f.name("Eq"), circular_list(f)), bytes(8))),
        ("free variable", lambda f: f.object(1, (f.name("x"),), bytes(8))),
        ("metavariable", lambda f: f.object(2, (f.name("x"),), bytes(8))),
        ("metavariable", lambda f: f.sort(f.object(5, (f.name("u"),), bytes(8)))),
        ("bound variable", lambda f: f.object(0, ((1 << 20) << 1 | 1,), bytes(8))),
        ("number that is too large", lambda f: f.object(4, (large_name(f), NIL), bytes(8))),
        ("no known kind", lambda f: f.object(12, (), bytes(8))),
        ("number where an expression", lambda f: f.object(5, (NIL, NIL), bytes(8))),
        ("out of the file", lambda f: f.object(5, (8, 8), bytes(8))),
        ("UTF-8", lambda f: f.object(9, (f.object(1, (text(f, b"\xff"),)),), bytes(8))),
        ("another length", lambda f: f.object(9, (f.object(1, (text(f, b"ab"),)),), bytes(8))),
    ],
)
def test_what_no_lean_would_write_is_malformed(what: str, type_):
    forger = Forger()
    claim = forger.axiom("claim", type_(forger))

    with pytest.raises(Malformed, match=what):
        read_whole(forger.file([claim]))


def text(forger: Forger, data: bytes) -> int:
    head = struct.pack("<iHBBQQQ", 0, 1, 0, 249, len(data) + 1, len(data) + 1, 1)
    return forger.raw(head + data + b"\0")


def test_metadata_means_nothing():
    forger = Forger()
    nat = forger.const("Nat")
    wrapped = forger.object(10, (NIL, forger.object(10, (NIL, nat), bytes(8))), bytes(8))
    module = Module(forger.file([forger.axiom("claim", wrapped)]))

    claim = module.find(("claim",))

    assert claim is not None
    assert module.exprs[claim.type].kind == "const"
