prelude
import HMS.Prelude

/-!
Ordered rings and fields: the axioms, and what one computes and compares by.

ℤ is an ordered ring, ℚ and ℝ are ordered fields; a theorem about every ordered field holds of
ℝ. As in Lean, `x / 0 = 0`. That an order is decided (`decLe`) gives `max`, `min`, `|x|` and `if`
without choice. Left out: completeness, square roots, and whatever else singles out ℝ.
-/

set_option autoImplicit false
universe u
noncomputable section

/-! ## The classes -/

/-- A numeral is the image of a natural: `(5 : R)` is `Nat.cast 5`, by definition. -/
instance instOfNat {R : Type u} [NatCast R] (n : Nat) : OfNat R n := ⟨Nat.cast n⟩

class CommRing (R : Type u) extends Add R, Mul R, Neg R, NatCast R where
  add_assoc (a b c : R) : a + b + c = a + (b + c)
  add_comm (a b : R) : a + b = b + a
  zero_add (a : R) : 0 + a = a
  neg_add_cancel (a : R) : -a + a = 0
  mul_assoc (a b c : R) : a * b * c = a * (b * c)
  mul_comm (a b : R) : a * b = b * a
  one_mul (a : R) : 1 * a = a
  mul_add (a b c : R) : a * (b + c) = a * b + a * c
  natCast_succ (n : Nat) : (Nat.cast (Nat.succ n) : R) = Nat.cast n + 1

class OrderedRing (R : Type u) extends CommRing R, LE R, LT R where
  le_refl (a : R) : a ≤ a
  le_trans {a b c : R} : a ≤ b → b ≤ c → a ≤ c
  le_antisymm {a b : R} : a ≤ b → b ≤ a → a = b
  le_total (a b : R) : a ≤ b ∨ b ≤ a
  decLe (a b : R) : Decidable (a ≤ b)
  lt_iff_not_le (a b : R) : a < b ↔ ¬ b ≤ a
  add_le_add_left {a b : R} : a ≤ b → ∀ c, c + a ≤ c + b
  mul_pos {a b : R} : 0 < a → 0 < b → 0 < a * b
  zero_ne_one : (0 : R) ≠ 1

class OrderedField (R : Type u) extends OrderedRing R, Inv R where
  inv_zero : (0 : R)⁻¹ = 0
  mul_inv_cancel {a : R} : a ≠ 0 → a * a⁻¹ = 1

/-! ## Operations made of these -/

section
variable {R : Type u}

instance instSub [CommRing R] : Sub R := ⟨fun a b => a + -b⟩
/-- Natural powers. -/
def npow [CommRing R] (a : R) : Nat → R
  | Nat.zero => 1
  | Nat.succ n => npow a n * a
instance instPow [CommRing R] : Pow R Nat := ⟨npow⟩
/-- The image of an integer. -/
def intCast [CommRing R] : Int → R
  | Int.ofNat n => Nat.cast n
  | Int.negSucc n => -Nat.cast (Nat.succ n)
instance instIntCast [CommRing R] : IntCast R := ⟨intCast⟩

instance instDecidableLe [OrderedRing R] (a b : R) : Decidable (a ≤ b) := OrderedRing.decLe a b
instance instDecidableLt [OrderedRing R] (a b : R) : Decidable (a < b) :=
  decidable_of_iff (OrderedRing.lt_iff_not_le a b).symm
instance instDecidableEq [OrderedRing R] : DecidableEq R := fun a b =>
  decidable_of_iff (a := a ≤ b ∧ b ≤ a)
    ⟨fun h => OrderedRing.le_antisymm h.left h.right,
     fun h => h.rec ⟨OrderedRing.le_refl a, OrderedRing.le_refl a⟩⟩
instance instMax [OrderedRing R] : Max R := ⟨fun a b => if a ≤ b then b else a⟩
instance instMin [OrderedRing R] : Min R := ⟨fun a b => if a ≤ b then a else b⟩
/-- The absolute value, written `|a|` elsewhere. -/
def abs [OrderedRing R] (a : R) : R := max a (-a)

instance instDiv [OrderedField R] : Div R := ⟨fun a b => a * b⁻¹⟩
/-- `0.4` is `4 / 10 ^ 1`. -/
instance instOfScientific [OrderedField R] : OfScientific R :=
  ⟨fun mantissa negative exponent =>
    cond negative (Nat.cast mantissa / Nat.cast (10 ^ exponent))
      (Nat.cast (mantissa * 10 ^ exponent))⟩
end

/-! ## Commutative rings -/

section
variable {R : Type u} [CommRing R]

theorem add_assoc (a b c : R) : a + b + c = a + (b + c) := CommRing.add_assoc a b c
theorem add_comm (a b : R) : a + b = b + a := CommRing.add_comm a b
theorem add_left_comm (a b c : R) : a + (b + c) = b + (a + c) := by
  rw [← add_assoc, add_comm a b, add_assoc]
theorem add_add_add_comm (a b c d : R) : a + b + (c + d) = a + c + (b + d) := by
  rw [add_assoc, add_left_comm b c d, ← add_assoc]
theorem zero_add (a : R) : 0 + a = a := CommRing.zero_add a
theorem add_zero (a : R) : a + 0 = a := by rw [add_comm, zero_add]
theorem neg_add_cancel (a : R) : -a + a = 0 := CommRing.neg_add_cancel a
theorem add_neg_cancel (a : R) : a + -a = 0 := by rw [add_comm, neg_add_cancel]
theorem sub_eq_add_neg (a b : R) : a - b = a + -b := rfl
theorem mul_assoc (a b c : R) : a * b * c = a * (b * c) := CommRing.mul_assoc a b c
theorem mul_comm (a b : R) : a * b = b * a := CommRing.mul_comm a b
theorem mul_left_comm (a b c : R) : a * (b * c) = b * (a * c) := by
  rw [← mul_assoc, mul_comm a b, mul_assoc]
theorem mul_mul_mul_comm (a b c d : R) : a * b * (c * d) = a * c * (b * d) := by
  rw [mul_assoc, mul_left_comm b c d, ← mul_assoc]
theorem one_mul (a : R) : 1 * a = a := CommRing.one_mul a
theorem mul_one (a : R) : a * 1 = a := by rw [mul_comm, one_mul]
theorem mul_add (a b c : R) : a * (b + c) = a * b + a * c := CommRing.mul_add a b c
theorem add_mul (a b c : R) : (a + b) * c = a * c + b * c := by
  rw [mul_comm, mul_add, mul_comm c a, mul_comm c b]

theorem add_left_cancel {a b c : R} (h : a + b = a + c) : b = c := by
  rw [← zero_add b, ← neg_add_cancel a, add_assoc, h, ← add_assoc, neg_add_cancel, zero_add]
theorem add_right_cancel {a b c : R} (h : a + c = b + c) : a = b := by
  rw [add_comm a, add_comm b] at h
  exact add_left_cancel h
theorem neg_unique {a b : R} (h : a + b = 0) : b = -a := by
  apply add_left_cancel (a := a)
  rw [h, add_neg_cancel]
theorem neg_neg (a : R) : -(-a) = a := (neg_unique (neg_add_cancel a)).symm
theorem neg_zero : -(0 : R) = 0 := (neg_unique (zero_add 0)).symm
theorem neg_add (a b : R) : -(a + b) = -a + -b := by
  apply Eq.symm
  apply neg_unique
  rw [add_add_add_comm, add_neg_cancel, add_neg_cancel, zero_add]
theorem mul_zero (a : R) : a * 0 = 0 := by
  apply add_left_cancel (a := a * 0)
  rw [← mul_add, zero_add, add_zero]
theorem zero_mul (a : R) : 0 * a = 0 := by rw [mul_comm, mul_zero]
theorem neg_mul (a b : R) : -a * b = -(a * b) := by
  apply neg_unique
  rw [← add_mul, add_neg_cancel, zero_mul]
theorem mul_neg (a b : R) : a * -b = -(a * b) := by rw [mul_comm, neg_mul, mul_comm]
theorem neg_mul_neg (a b : R) : -a * -b = a * b := by rw [neg_mul, mul_neg, neg_neg]
theorem neg_one_mul (a : R) : -1 * a = -a := by rw [neg_mul, one_mul]
theorem mul_sub (a b c : R) : a * (b - c) = a * b - a * c := by
  rw [sub_eq_add_neg, sub_eq_add_neg, mul_add, mul_neg]
theorem sub_mul (a b c : R) : (a - b) * c = a * c - b * c := by
  rw [mul_comm, mul_sub, mul_comm c a, mul_comm c b]
theorem sub_self (a : R) : a - a = 0 := add_neg_cancel a
theorem sub_zero (a : R) : a - 0 = a := by rw [sub_eq_add_neg, neg_zero, add_zero]
theorem zero_sub (a : R) : 0 - a = -a := zero_add (-a)
theorem sub_add_cancel (a b : R) : a - b + b = a := by
  rw [sub_eq_add_neg, add_assoc, neg_add_cancel, add_zero]
theorem add_sub_cancel (a b : R) : a + b - b = a := by
  rw [sub_eq_add_neg, add_assoc, add_neg_cancel, add_zero]
theorem neg_sub (a b : R) : -(a - b) = b - a := by
  rw [sub_eq_add_neg, sub_eq_add_neg, neg_add, neg_neg, add_comm]
theorem eq_of_sub_eq_zero {a b : R} (h : a - b = 0) : a = b := by
  rw [← sub_add_cancel a b, h, zero_add]
theorem sub_eq_zero {a b : R} : a - b = 0 ↔ a = b :=
  ⟨eq_of_sub_eq_zero, fun h => by rw [h, sub_self]⟩

theorem pow_zero (a : R) : a ^ 0 = 1 := rfl
theorem pow_succ (a : R) (n : Nat) : a ^ Nat.succ n = a ^ n * a := rfl
theorem pow_one (a : R) : a ^ 1 = a := one_mul a
theorem pow_two (a : R) : a ^ 2 = a * a := by
  show 1 * a * a = a * a
  rw [one_mul]

theorem natCast_zero : (Nat.cast 0 : R) = 0 := rfl
theorem natCast_one : (Nat.cast 1 : R) = 1 := rfl
theorem natCast_succ (n : Nat) : (Nat.cast (Nat.succ n) : R) = Nat.cast n + 1 :=
  CommRing.natCast_succ n
theorem natCast_add (m n : Nat) : (Nat.cast (m + n) : R) = Nat.cast m + Nat.cast n := by
  induction n with
  | zero => exact (add_zero _).symm
  | succ n ih =>
    show Nat.cast (Nat.succ (m + n)) = _
    rw [natCast_succ, natCast_succ, ih, add_assoc]
theorem natCast_mul (m n : Nat) : (Nat.cast (m * n) : R) = Nat.cast m * Nat.cast n := by
  induction n with
  | zero => exact (mul_zero _).symm
  | succ n ih =>
    show Nat.cast (m * n + m) = _
    rw [natCast_add, natCast_succ, ih, mul_add, mul_one]
theorem natCast_pow (m n : Nat) : (Nat.cast (m ^ n) : R) = Nat.cast m ^ n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show Nat.cast (m ^ n * m) = _
    rw [natCast_mul, ih, pow_succ]
end
