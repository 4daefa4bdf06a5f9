from __future__ import annotations

from hms_kernel.backends.deepseek.outline import MOST_CHARACTERS, outline

SOURCE = """prelude
import HMS.Basic

/-!
About rings.
theorem in_a_comment : True
-/

set_option autoImplicit false
universe u

/-- Adds. -/
class Ring (R : Type u) extends Add R where
  add_comm (a b : R) : a + b = b + a  -- either way

section
variable {R : Type u} [Ring R]

instance : Foo R := ⟨fun a => a⟩
@[simp] theorem add_comm (a b : R) (c := a) :
    a + b = b + a := by
  rw [Ring.add_comm]

/-- Powers. -/
def npow (a : R) : Nat → R
  | Nat.zero => 1
  | Nat.succ n => npow a n * a
end

section
instance : Bar R := ⟨⟩
end
"""


def test_an_outline_has_statements_and_classes_and_neither_proofs_nor_comments():
    assert outline([SOURCE]) == (
        "universe u\n"
        "class Ring (R : Type u) extends Add R where\n"
        "  add_comm (a b : R) : a + b = b + a\n"
        "section\n"
        "variable {R : Type u} [Ring R]\n"
        "theorem add_comm (a b : R) (c := a) :\n"
        "    a + b = b + a\n"
        "def npow (a : R) : Nat → R\n"
        "end"
    )


def test_where_there_is_too_much_the_last_sources_give_way():
    long = "".join(f"theorem early_{n} : True := trivial\n" for n in range(MOST_CHARACTERS // 10))

    cut = outline(["theorem first : True := trivial\n", long])

    assert cut.startswith("theorem first : True\ntheorem early_0 : True\n")
    assert cut.endswith(" : True")
    assert MOST_CHARACTERS - 100 < len(cut) <= MOST_CHARACTERS


def test_what_stands_in_for_leans_own_library_is_left_out():
    assert outline(["unsafe axiom lcAny : Type\ntheorem rfl : p := q", SOURCE]) == outline([SOURCE])
