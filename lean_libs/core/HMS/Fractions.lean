prelude
import HMS.Normal

/-!
The field of fractions of an ordered ring, without quotients: the fraction in lowest terms stands
for all that equal it.

How to find lowest terms is a matter of the ring (`Reduces`); here it is enough that equal
fractions have the same. Each law of an ordered field is then an identity, or an inequality, between
numerators and denominators, and the normaliser proves the identities. ℚ is the case of integers
(`HMS.Rationals`). Left out: that no smaller field would do.
-/

set_option autoImplicit false
universe u
noncomputable section

/-- A numerator over a positive denominator, in any terms. -/
structure Fraction (Z : Type u) [OrderedRing Z] where
  num : Z
  den : Z
  pos : 0 < den

namespace Fraction
variable {Z : Type u} [OrderedRing Z]

/-- Equal as numbers. -/
def Same (x y : Fraction Z) : Prop := x.num * y.den = y.num * x.den
def Le (x y : Fraction Z) : Prop := x.num * y.den ≤ y.num * x.den

/-- An element of the ring, over 1. -/
def whole (a : Z) : Fraction Z := ⟨a, 1, zero_lt_one⟩
protected def add (x y : Fraction Z) : Fraction Z :=
  ⟨x.num * y.den + y.num * x.den, x.den * y.den, mul_pos x.pos y.pos⟩
protected def mul (x y : Fraction Z) : Fraction Z :=
  ⟨x.num * y.num, x.den * y.den, mul_pos x.pos y.pos⟩
protected def neg (x : Fraction Z) : Fraction Z := ⟨-x.num, x.den, x.pos⟩
/-- Upside down, with the sign in the numerator; 0 stays. -/
protected def inv (x : Fraction Z) : Fraction Z :=
  if h : 0 < x.num then ⟨x.den, x.num, h⟩
  else if g : x.num < 0 then ⟨-x.den, -x.num, neg_pos g⟩
  else whole 0

theorem inv_of_pos {x : Fraction Z} (h : 0 < x.num) : x.inv = ⟨x.den, x.num, h⟩ := dif_pos h
theorem inv_of_neg {x : Fraction Z} (h : x.num < 0) : x.inv = ⟨-x.den, -x.num, neg_pos h⟩ := by
  unfold Fraction.inv
  rw [dif_neg (fun g => lt_irrefl _ (lt_trans h g)), dif_pos h]
theorem inv_of_zero {x : Fraction Z} (h : x.num = 0) : x.inv = whole 0 := by
  unfold Fraction.inv
  rw [dif_neg (fun g => ne_of_gt g h), dif_neg (fun g => ne_of_lt g h)]

/-! ## Identities

`identity xs (fun a p b q c r => (left, right)) rfl` is `left = right` with the elements of `xs` for
the letters. The fractions are `a / p`, `b / q`, `c / r`. -/

section
open Ring (Expr)
local instance : Add Expr := ⟨Expr.add⟩
local instance : Mul Expr := ⟨Expr.mul⟩
local instance : Neg Expr := ⟨Expr.neg⟩
local instance (n : Nat) : OfNat Expr n := ⟨Expr.num n⟩

theorem identity (xs : List Z) (sides : Expr → Expr → Expr → Expr → Expr → Expr → Expr × Expr)
    (h : Ring.equal (sides (.atom 0) (.atom 1) (.atom 2) (.atom 3) (.atom 4) (.atom 5)).fst
      (sides (.atom 0) (.atom 1) (.atom 2) (.atom 3) (.atom 4) (.atom 5)).snd = true) :
    Ring.denote xs (sides (.atom 0) (.atom 1) (.atom 2) (.atom 3) (.atom 4) (.atom 5)).fst =
      Ring.denote xs (sides (.atom 0) (.atom 1) (.atom 2) (.atom 3) (.atom 4) (.atom 5)).snd :=
  Ring.identity xs _ _ h

/-! ## Operations and order respect sameness -/

theorem Same.refl (x : Fraction Z) : Same x x := rfl
theorem Same.symm {x y : Fraction Z} (h : Same x y) : Same y x := Eq.symm h
theorem Same.trans {x y z : Fraction Z} (h : Same x y) (g : Same y z) : Same x z := by
  have h : x.num * y.den = y.num * x.den := h
  have g : y.num * z.den = z.num * y.den := g
  apply mul_left_cancel (ne_of_gt y.pos)
  calc y.den * (x.num * z.den) = x.num * y.den * z.den :=
        identity [x.num, y.den, z.den] (fun a q r _ _ _ => (q * (a * r), a * q * r)) rfl
    _ = y.num * z.den * x.den := by rw [h, mul_assoc, mul_comm x.den, ← mul_assoc]
    _ = y.den * (z.num * x.den) := by rw [g, mul_comm z.num, mul_assoc]

theorem add_congr {x x' y y' : Fraction Z} (h : Same x x') (g : Same y y') :
    Same (x.add y) (x'.add y') := by
  have h : x.num * x'.den = x'.num * x.den := h
  have g : y.num * y'.den = y'.num * y.den := g
  calc (x.num * y.den + y.num * x.den) * (x'.den * y'.den) =
        x.num * x'.den * (y.den * y'.den) + y.num * y'.den * (x.den * x'.den) :=
        identity [x.num, x.den, y.num, y.den, x'.den, y'.den] (fun a p b q p' q' =>
          ((a * q + b * p) * (p' * q'), a * p' * (q * q') + b * q' * (p * p'))) rfl
    _ = x'.num * x.den * (y.den * y'.den) + y'.num * y.den * (x.den * x'.den) := by rw [h, g]
    _ = (x'.num * y'.den + y'.num * x'.den) * (x.den * y.den) :=
        identity [x'.num, x.den, y'.num, y.den, x'.den, y'.den] (fun a p b q p' q' =>
          (a * p * (q * q') + b * q * (p * p'), (a * q' + b * p') * (p * q))) rfl
theorem mul_congr {x x' y y' : Fraction Z} (h : Same x x') (g : Same y y') :
    Same (x.mul y) (x'.mul y') := by
  have h : x.num * x'.den = x'.num * x.den := h
  have g : y.num * y'.den = y'.num * y.den := g
  show x.num * y.num * (x'.den * y'.den) = x'.num * y'.num * (x.den * y.den)
  rw [mul_mul_mul_comm, h, g, mul_mul_mul_comm]
theorem neg_congr {x x' : Fraction Z} (h : Same x x') : Same x.neg x'.neg := by
  show -x.num * x'.den = -x'.num * x.den
  rw [neg_mul, neg_mul]
  exact congrArg (fun z => -z) h

theorem Same.num_pos {x x' : Fraction Z} (h : Same x x') (g : 0 < x.num) : 0 < x'.num := by
  have k := mul_pos g x'.pos
  rw [show x.num * x'.den = x'.num * x.den from h, ← zero_mul x.den] at k
  exact lt_of_not_le (fun l => not_le_of_lt k (mul_le_mul_of_nonneg_right l (le_of_lt x.pos)))
theorem Same.num_neg {x x' : Fraction Z} (h : Same x x') (g : x.num < 0) : x'.num < 0 := by
  have k := neg_neg_of_pos (Same.num_pos (neg_congr h) (neg_pos g))
  rw [show x'.neg.num = -x'.num from rfl, neg_neg] at k
  exact k
theorem inv_congr {x x' : Fraction Z} (h : Same x x') : Same x.inv x'.inv := by
  have e : x.num * x'.den = x'.num * x.den := h
  cases lt_trichotomy x.num 0 with
  | inl g =>
    rw [inv_of_neg g, inv_of_neg (h.num_neg g)]
    show -x.den * -x'.num = -x'.den * -x.num
    rw [neg_mul_neg, neg_mul_neg, mul_comm, ← e, mul_comm]
  | inr g =>
    cases g with
    | inr g =>
      rw [inv_of_pos g, inv_of_pos (h.num_pos g)]
      show x.den * x'.num = x'.den * x.num
      rw [mul_comm, ← e, mul_comm]
    | inl g =>
      have g' : x'.num = 0 := by
        apply mul_left_cancel (ne_of_gt x.pos)
        rw [mul_comm, ← e, g, zero_mul, mul_zero]
      rw [inv_of_zero g, inv_of_zero g']
      exact Same.refl _

theorem le_congr {x x' y y' : Fraction Z} (h : Same x x') (g : Same y y') (k : Le x y) :
    Le x' y' := by
  have h : x.num * x'.den = x'.num * x.den := h
  have g : y.num * y'.den = y'.num * y.den := g
  apply le_of_mul_le_mul_right (c := x.den * y.den) _ (mul_pos x.pos y.pos)
  calc x'.num * y'.den * (x.den * y.den) = x.num * x'.den * (y.den * y'.den) := by
        rw [h]
        exact identity [x'.num, x.den, y.den, y'.den] (fun a p q q' _ _ =>
          (a * q' * (p * q), a * p * (q * q'))) rfl
    _ = x.num * y.den * (x'.den * y'.den) := mul_mul_mul_comm _ _ _ _
    _ ≤ y.num * x.den * (x'.den * y'.den) :=
        mul_le_mul_of_nonneg_right k (le_of_lt (mul_pos x'.pos y'.pos))
    _ = y.num * y'.den * (x.den * x'.den) := by rw [mul_comm x'.den, mul_mul_mul_comm]
    _ = y'.num * x'.den * (x.den * y.den) := by
        rw [g]
        exact identity [y'.num, x.den, y.den, x'.den] (fun b p q p' _ _ =>
          (b * q * (p * p'), b * p' * (p * q))) rfl

/-! ## The laws, up to sameness -/

theorem add_assoc (x y z : Fraction Z) : Same ((x.add y).add z) (x.add (y.add z)) :=
  identity [x.num, x.den, y.num, y.den, z.num, z.den] (fun a p b q c r =>
    (((a * q + b * p) * r + c * (p * q)) * (p * (q * r)),
     (a * (q * r) + (b * r + c * q) * p) * (p * q * r))) rfl
theorem add_comm (x y : Fraction Z) : Same (x.add y) (y.add x) :=
  identity [x.num, x.den, y.num, y.den] (fun a p b q _ _ =>
    ((a * q + b * p) * (q * p), (b * p + a * q) * (p * q))) rfl
theorem zero_add (x : Fraction Z) : Same ((whole 0).add x) x :=
  identity [x.num, x.den] (fun a p _ _ _ _ => ((0 * p + a * 1) * p, a * (1 * p))) rfl
theorem neg_add_cancel (x : Fraction Z) : Same (x.neg.add x) (whole 0) :=
  identity [x.num, x.den] (fun a p _ _ _ _ => ((-a * p + a * p) * 1, 0 * (p * p))) rfl
theorem mul_assoc (x y z : Fraction Z) : Same ((x.mul y).mul z) (x.mul (y.mul z)) :=
  identity [x.num, x.den, y.num, y.den, z.num, z.den] (fun a p b q c r =>
    (a * b * c * (p * (q * r)), a * (b * c) * (p * q * r))) rfl
theorem mul_comm (x y : Fraction Z) : Same (x.mul y) (y.mul x) :=
  identity [x.num, x.den, y.num, y.den] (fun a p b q _ _ => (a * b * (q * p), b * a * (p * q))) rfl
theorem one_mul (x : Fraction Z) : Same ((whole 1).mul x) x :=
  identity [x.num, x.den] (fun a p _ _ _ _ => (1 * a * p, a * (1 * p))) rfl
theorem mul_add (x y z : Fraction Z) : Same (x.mul (y.add z)) ((x.mul y).add (x.mul z)) :=
  identity [x.num, x.den, y.num, y.den, z.num, z.den] (fun a p b q c r =>
    (a * (b * r + c * q) * (p * q * (p * r)),
     (a * b * (p * r) + a * c * (p * q)) * (p * (q * r)))) rfl
theorem whole_succ (n : Nat) :
    Same (whole (Nat.cast (Nat.succ n) : Z)) ((whole (Nat.cast n)).add (whole 1)) := by
  show Nat.cast (Nat.succ n) * (1 * 1) = (Nat.cast n * 1 + 1 * 1) * (1 : Z)
  rw [natCast_succ]
  exact identity [Nat.cast n] (fun a _ _ _ _ _ => ((a + 1) * (1 * 1), (a * 1 + 1 * 1) * 1)) rfl
theorem mul_inv_cancel {x : Fraction Z} (h : x.num ≠ 0) : Same (x.mul x.inv) (whole 1) := by
  cases lt_or_gt_of_ne h with
  | inl g =>
    rw [inv_of_neg g]
    exact identity [x.num, x.den] (fun a p _ _ _ _ => (a * -p * 1, 1 * (p * -a))) rfl
  | inr g =>
    rw [inv_of_pos g]
    exact identity [x.num, x.den] (fun a p _ _ _ _ => (a * p * 1, 1 * (p * a))) rfl

theorem le_trans {x y z : Fraction Z} (h : Le x y) (g : Le y z) : Le x z := by
  apply le_of_mul_le_mul_right (c := y.den) _ y.pos
  calc x.num * z.den * y.den = x.num * y.den * z.den := by
        rw [_root_.mul_assoc, _root_.mul_comm z.den, ← _root_.mul_assoc]
    _ ≤ y.num * x.den * z.den := mul_le_mul_of_nonneg_right h (le_of_lt z.pos)
    _ = y.num * z.den * x.den := by
        rw [_root_.mul_assoc, _root_.mul_comm x.den, ← _root_.mul_assoc]
    _ ≤ z.num * y.den * x.den := mul_le_mul_of_nonneg_right g (le_of_lt x.pos)
    _ = z.num * x.den * y.den := by
        rw [_root_.mul_assoc, _root_.mul_comm y.den, ← _root_.mul_assoc]
theorem add_le_add_left {x y : Fraction Z} (h : Le x y) (z : Fraction Z) :
    Le (z.add x) (z.add y) := by
  have square := mul_pos z.pos z.pos
  calc (z.num * x.den + x.num * z.den) * (z.den * y.den) =
        z.num * z.den * (x.den * y.den) + x.num * y.den * (z.den * z.den) :=
        identity [x.num, x.den, y.num, y.den, z.num, z.den] (fun a p _ q c r =>
          ((c * p + a * r) * (r * q), c * r * (p * q) + a * q * (r * r))) rfl
    _ ≤ z.num * z.den * (x.den * y.den) + y.num * x.den * (z.den * z.den) :=
        _root_.add_le_add_left (mul_le_mul_of_nonneg_right h (le_of_lt square)) _
    _ = (z.num * y.den + y.num * z.den) * (z.den * x.den) :=
        identity [x.num, x.den, y.num, y.den, z.num, z.den] (fun _ p b q c r =>
          (c * r * (p * q) + b * p * (r * r), (c * q + b * r) * (r * p))) rfl
end

/-- Above 0 as its numerator is. -/
theorem not_le_zero {x : Fraction Z} : ¬ Le x (whole 0) ↔ 0 < x.num := by
  have e : Le x (whole 0) ↔ x.num ≤ 0 := by
    show x.num * 1 ≤ 0 * x.den ↔ x.num ≤ 0
    rw [mul_one, zero_mul]
    exact Iff.rfl
  exact ⟨fun h => lt_of_not_le (fun g => h (e.mpr g)), fun h g => not_le_of_lt h (e.mp g)⟩
end Fraction

/-! ## The field -/

/-- Every fraction has lowest terms, and those that are the same have the same. -/
class Reduces (Z : Type u) [OrderedRing Z] where
  reduce : Fraction Z → Fraction Z
  same (x : Fraction Z) : Fraction.Same (reduce x) x
  unique {x y : Fraction Z} : Fraction.Same x y → reduce x = reduce y

/-- A fraction in lowest terms. -/
structure FractionField (Z : Type u) [OrderedRing Z] [Reduces Z] where
  form : Fraction Z
  reduced : Reduces.reduce form = form

namespace FractionField
variable {Z : Type u} [OrderedRing Z] [Reduces Z]

def of (x : Fraction Z) : FractionField Z :=
  ⟨Reduces.reduce x, Reduces.unique (Reduces.same x)⟩
theorem ext : {p q : FractionField Z} → p.form = q.form → p = q
  | ⟨_, _⟩, ⟨_, _⟩, rfl => rfl
theorem of_form (p : FractionField Z) : of p.form = p := ext p.reduced
theorem sound {x y : Fraction Z} (h : Fraction.Same x y) : of x = of y := ext (Reduces.unique h)
theorem exact {x y : Fraction Z} (h : of x = of y) : Fraction.Same x y := by
  have e : Reduces.reduce x = Reduces.reduce y := congrArg form h
  have s := (Reduces.same x).symm
  rw [e] at s
  exact s.trans (Reduces.same y)

instance : Add (FractionField Z) := ⟨fun p q => of (p.form.add q.form)⟩
instance : Mul (FractionField Z) := ⟨fun p q => of (p.form.mul q.form)⟩
instance : Neg (FractionField Z) := ⟨fun p => of p.form.neg⟩
instance : Inv (FractionField Z) := ⟨fun p => of p.form.inv⟩
instance : NatCast (FractionField Z) := ⟨fun n => of (Fraction.whole (Nat.cast n))⟩
instance : LE (FractionField Z) := ⟨fun p q => p.form.Le q.form⟩
instance : LT (FractionField Z) := ⟨fun p q => ¬ q ≤ p⟩

theorem of_add (x y : Fraction Z) : of x + of y = of (x.add y) :=
  sound (Fraction.add_congr (Reduces.same x) (Reduces.same y))
theorem of_mul (x y : Fraction Z) : of x * of y = of (x.mul y) :=
  sound (Fraction.mul_congr (Reduces.same x) (Reduces.same y))
theorem of_neg (x : Fraction Z) : -of x = of x.neg := sound (Fraction.neg_congr (Reduces.same x))
theorem of_inv (x : Fraction Z) : (of x)⁻¹ = of x.inv := sound (Fraction.inv_congr (Reduces.same x))
theorem of_le {x y : Fraction Z} : of x ≤ of y ↔ x.Le y :=
  ⟨Fraction.le_congr (Reduces.same x) (Reduces.same y),
   Fraction.le_congr (Reduces.same x).symm (Reduces.same y).symm⟩
theorem zero_lt {p : FractionField Z} : 0 < p ↔ 0 < p.form.num := by
  have e : p ≤ 0 ↔ p.form.Le (Fraction.whole 0) := by
    have h := of_le (x := p.form) (y := Fraction.whole 0)
    rw [of_form] at h
    exact h
  exact ⟨fun h => Fraction.not_le_zero.mp (fun g => h (e.mpr g)),
    fun h g => Fraction.not_le_zero.mpr h (e.mp g)⟩

instance : OrderedField (FractionField Z) where
  add_assoc p q r := by
    rw [← of_form p, ← of_form q, ← of_form r, of_add, of_add, of_add, of_add]
    exact sound (Fraction.add_assoc _ _ _)
  add_comm p q := sound (Fraction.add_comm _ _)
  zero_add p := by
    rw [← of_form p]
    exact (of_add _ _).trans (sound (Fraction.zero_add _))
  neg_add_cancel p := by
    rw [← of_form p, of_neg, of_add]
    exact sound (Fraction.neg_add_cancel _)
  mul_assoc p q r := by
    rw [← of_form p, ← of_form q, ← of_form r, of_mul, of_mul, of_mul, of_mul]
    exact sound (Fraction.mul_assoc _ _ _)
  mul_comm p q := sound (Fraction.mul_comm _ _)
  one_mul p := by
    rw [← of_form p]
    exact (of_mul _ _).trans (sound (Fraction.one_mul _))
  mul_add p q r := by
    rw [← of_form p, ← of_form q, ← of_form r, of_add, of_mul, of_mul, of_mul, of_add]
    exact sound (Fraction.mul_add _ _ _)
  natCast_succ n := (sound (Fraction.whole_succ n)).trans (of_add _ _).symm
  le_refl p := le_rfl (a := p.form.num * p.form.den)
  le_trans := Fraction.le_trans
  le_antisymm {p q} h g := by
    rw [← of_form p, ← of_form q]
    exact sound (le_antisymm h g)
  le_total p q := le_total (p.form.num * q.form.den) _
  decLe p q := instDecidableLe (p.form.num * q.form.den) _
  lt_iff_not_le _ _ := Iff.rfl
  add_le_add_left {p q} h r := by
    rw [← of_form p, ← of_form q, ← of_form r, of_add, of_add]
    exact of_le.mpr (Fraction.add_le_add_left h _)
  mul_pos {p q} h g := zero_lt.mpr
    ((Reduces.same (p.form.mul q.form)).symm.num_pos (mul_pos (zero_lt.mp h) (zero_lt.mp g)))
  zero_ne_one h := by
    have e : (0 : Z) * 1 = 1 * 1 := exact h
    rw [mul_one, mul_one] at e
    exact OrderedRing.zero_ne_one e
  inv_zero := (of_inv _).trans (congrArg of (Fraction.inv_of_zero rfl))
  mul_inv_cancel {p} h := by
    have nonzero : p.form.num ≠ 0 := by
      intro e
      apply h
      rw [← of_form p]
      apply sound
      show p.form.num * 1 = 0 * p.form.den
      rw [e, zero_mul, zero_mul]
    exact (sound (Fraction.mul_congr (Fraction.Same.refl _) (Reduces.same _))).trans
      (sound (Fraction.mul_inv_cancel nonzero))
end FractionField
