prelude
import HMS.Polynomial
import HMS.Inequalities

/-!
Polynomial identities by one computation: proof by reflection.

That `(x + y) ^ 2 = x ^ 2 + 2 * x * y + y ^ 2` follows from the ring axioms in a few dozen rewrites;
an identity with hundreds of monomials needs many thousands. Writing those out is slow and checking
them slower. Reflection replaces them by a computation that was proved right beforehand:

1. **Syntax as data.** `Ring.Expr` is a type of expressions: `x * y` becomes
   `.mul (.atom 0) (.atom 1)`, a value that functions can take apart (from the number `x * y` nobody
   can read off that it is a product).
2. **Meaning.** `Ring.denote [x, y]` maps an expression back to the number. That
   `denote [x, y] (.mul (.atom 0) (.atom 1))` is `x * y` needs no proof; unfolding the
   definition shows it, so the kernel sees it by itself.
3. **A decision.** `Ring.equal a b` multiplies both expressions out, with sorted monomials and big
   coefficients, and answers `true` if nothing is left of the difference.
4. **One theorem for all.** `Ring.identity`: if `equal a b` is `true`, then `denote xs a` is
   `denote xs b` in every commutative ring.

So the proof of any identity is `Ring.identity xs a b rfl`. For `rfl` to prove `equal a b = true`
the kernel has to run `equal`, and that run is the whole work. A wrong identity gives `false`, and
`false = true` has no proof. Nothing here is trusted: had `equal` a mistake, `Ring.identity` could
not have been proved.

    example {R : Type} [CommRing R] (x y : R) : (x + y) * (x - y) = x ^ 2 - y ^ 2 :=
      Ring.identity [x, y]
        (.mul (.add (.atom 0) (.atom 1)) (.sub (.atom 0) (.atom 1)))
        (.sub (.pow (.atom 0) 2) (.pow (.atom 1) 2))
        rfl

For a large identity write `by decide +kernel` in place of `rfl`: with `rfl` the elaborator
evaluates `equal` as well, and more slowly.

Left out: division (clear denominators first, or make `q` with `q * n = 1` an atom), hypotheses
(multiply them in), and completeness: that true identities are accepted is tested, not proved.
-/

set_option autoImplicit false
universe u
noncomputable section
namespace Ring

/-- An expression with numbered atoms and natural numerals. -/
inductive Expr where
  | atom (i : Nat) : Expr
  | num (n : Nat) : Expr
  | add (a b : Expr) : Expr
  | sub (a b : Expr) : Expr
  | mul (a b : Expr) : Expr
  | neg (a : Expr) : Expr
  | pow (a : Expr) (n : Nat) : Expr

/-! ## The decision, which the kernel runs -/

/-- `a` or `-a`. -/
def Poly.signed (positive : Bool) (a : Poly) : Poly := Bool.rec (neg a) a positive

def flip (positive : Bool) : Bool := Bool.rec true false positive

namespace Expr

/-- Adds the expression, or minus the expression, to a sum in progress. Sums are never
multiplied out on their own: all terms of `a + (b - c * d)` go into the same sum. -/
def gather (e : Expr) : Bool → Runs → Runs :=
  Expr.rec
    (fun i positive s =>
      Runs.push s (Poly.signed positive (Poly.term (Nat.pow 4294967296 i) 1 0 Poly.zero)))
    (fun n positive s => Runs.push s (Poly.signed positive (Poly.term 0 n 0 Poly.zero)))
    (fun _ _ gather_a gather_b positive s => gather_a positive (gather_b positive s))
    (fun _ _ gather_a gather_b positive s => gather_a positive (gather_b (flip positive) s))
    (fun _ _ gather_a gather_b positive s =>
      Runs.pushMul (Runs.flush (gather_a positive Runs.nil))
        (Runs.flush (gather_b true Runs.nil)) s)
    (fun _ gather_a positive s => gather_a (flip positive) s)
    (fun _ n gather_a positive s =>
      Runs.push s (Poly.signed positive (Poly.pow (Runs.flush (gather_a true Runs.nil)) n)))
    e

/-- A bound for every degree that occurs on the way. -/
def weight (e : Expr) : Nat :=
  Expr.rec (fun _ => 1) (fun _ => 0) (fun _ _ a b => Nat.add a b) (fun _ _ a b => Nat.add a b)
    (fun _ _ a b => Nat.add a b) (fun _ a => a) (fun _ n a => Nat.mul a (Nat.succ n)) e

/-- Whether multiplying out leaves nothing, and no exponent comes near the base `2 ^ 32`. -/
def isZero (e : Expr) : Bool :=
  Bool.rec false (Poly.isZero (Runs.flush (gather e true Runs.nil)))
    (Nat.ble (Nat.succ (weight e)) 4294967296)

end Expr

/-- Whether both expressions are the same polynomial. -/
def equal (a b : Expr) : Bool := Expr.isZero (Expr.sub a b)

/-! ## Its meaning -/

variable {R : Type u} [CommRing R]

/-- The number that an expression stands for. -/
def Expr.value (atoms : Nat → R) (e : Expr) : R :=
  Expr.rec (fun i => atoms i) (fun n => Nat.cast n) (fun _ _ a b => a + b) (fun _ _ a b => a - b)
    (fun _ _ a b => a * b) (fun _ a => -a) (fun _ n a => a ^ n) e

/-- The place `i` of a list, 0 behind its end. -/
def place (xs : List R) : Nat → R :=
  List.rec (fun _ => 0) (fun x _ rest i => Nat.rec x (fun j _ => rest j) i) xs

/-- The number that an expression stands for, its atoms in a list. -/
def denote (xs : List R) (e : Expr) : R := Expr.value (place xs) e

def sign (positive : Bool) (v : R) : R := Bool.rec (-v) v positive

theorem sign_flip (positive : Bool) (v : R) : sign (flip positive) v = sign positive (-v) := by
  cases positive with
  | false => exact (neg_neg v).symm
  | true => rfl

theorem sign_add (positive : Bool) (v w : R) :
    sign positive (v + w) = sign positive v + sign positive w := by
  cases positive with
  | false => exact neg_add v w
  | true => rfl

theorem sign_mul (positive : Bool) (v w : R) : sign positive (v * w) = sign positive v * w := by
  cases positive with
  | false => exact (neg_mul v w).symm
  | true => rfl

theorem Poly.Means.signed {atoms : Nat → R} {base d : Nat} {v : R} {a : Poly} (positive : Bool)
    (h : Means atoms base d a v) : Means atoms base d (signed positive a) (sign positive v) := by
  cases positive with
  | false => exact h.neg
  | true => exact h

namespace Expr

/-- `gather` adds what the expression stands for. -/
theorem gather_means {base d : Nat} (atoms : Nat → R) (digits : base = 4294967296) (e : Expr)
    (positive : Bool) (s : Runs) (v : R) (small : d < base) (fits : weight e ≤ d)
    (h : Runs.Means atoms base d s v) :
    Runs.Means atoms base d (gather e positive s) (sign positive (value atoms e) + v) := by
  induction e generalizing positive s v d with
  | atom i =>
    apply Runs.Means.push small h
    apply Poly.Means.signed
    rw [← digits]
    apply Poly.Means.term ((Monomial.atom i).weaken fits) Poly.Means.zero
    rw [coef_zero, natCast_one, one_mul, add_zero]
    rfl
  | num n =>
    apply Runs.Means.push small h
    apply Poly.Means.signed
    apply Poly.Means.term (Monomial.one.weaken fits) Poly.Means.zero
    rw [coef_zero, mul_one, add_zero]
    rfl
  | add a b iha ihb =>
    show Runs.Means _ _ _ _ (sign positive (value atoms a + value atoms b) + v)
    rw [sign_add, add_assoc]
    exact iha positive _ _ small (Nat.le_trans (Nat.le_add_right _ _) fits)
      (ihb positive s v small (Nat.le_trans (Nat.le_add_left _ _) fits) h)
  | sub a b iha ihb =>
    show Runs.Means _ _ _ _ (sign positive (value atoms a + -value atoms b) + v)
    rw [sign_add, ← sign_flip, add_assoc]
    exact iha positive _ _ small (Nat.le_trans (Nat.le_add_right _ _) fits)
      (ihb (flip positive) s v small (Nat.le_trans (Nat.le_add_left _ _) fits) h)
  | mul a b iha ihb =>
    have fits_a := Nat.le_trans (Nat.le_add_right (weight a) (weight b)) fits
    have fits_b := Nat.le_trans (Nat.le_add_left (weight b) (weight a)) fits
    have small_a := Nat.lt_of_le_of_lt fits_a small
    have small_b := Nat.lt_of_le_of_lt fits_b small
    have ha := (iha positive _ _ small_a (Nat.le_refl _) Runs.Means.nil).flush small_a
    have hb := (ihb true _ _ small_b (Nat.le_refl _) Runs.Means.nil).flush small_b
    rw [add_zero] at ha hb
    show Runs.Means _ _ _ _ (sign positive (value atoms a * value atoms b) + v)
    rw [sign_mul]
    exact h.pushMul small fits ha hb
  | neg a ih =>
    show Runs.Means _ _ _ _ (sign positive (-value atoms a) + v)
    rw [← sign_flip]
    exact ih (flip positive) s v small fits h
  | pow a n ih =>
    have fits_a := Nat.le_trans (Nat.le_add_left (weight a) (weight a * n)) fits
    have fits_pow := Nat.le_trans (Nat.le_add_right (weight a * n) (weight a)) fits
    have small_a := Nat.lt_of_le_of_lt fits_a small
    have ha := (ih true _ _ small_a (Nat.le_refl _) Runs.Means.nil).flush small_a
    rw [add_zero] at ha
    have power := (ha.pow n (Nat.lt_of_le_of_lt fits_pow small)).weaken fits_pow
    exact h.push small (power.signed positive)

theorem value_eq_zero (e : Expr) (h : isZero e = true) (atoms : Nat → R) : value atoms e = 0 := by
  have h : Bool.rec false (Poly.isZero (Runs.flush (gather e true Runs.nil)))
    (Nat.ble (Nat.succ (weight e)) 4294967296) = true := h
  cases fits : Nat.ble (Nat.succ (weight e)) 4294967296 with
  | false =>
    rw [fits] at h
    exact nomatch h
  | true =>
    rw [fits] at h
    have small := Nat.lt_of_ble_eq_true fits
    have means := gather_means atoms rfl e true Runs.nil 0 small (Nat.le_refl _) Runs.Means.nil
    have zero := (means.flush small).eq_zero h
    rw [add_zero] at zero
    exact zero

end Expr

/-- Equal polynomials have equal values, in every commutative ring. -/
theorem identity (xs : List R) (a b : Expr) (h : equal a b = true) : denote xs a = denote xs b :=
  eq_of_sub_eq_zero (Expr.value_eq_zero (Expr.sub a b) h (place xs))

/-! ## Two numbers whose difference is known

This is how a hypothesis comes in: from `q * 5 = 1` follows `x * q + x * (4 * q) = x`, since the
difference of the sides is `x * (q * 5 - 1)`. -/

theorem eq_of_difference (xs : List R) (a b c : Expr) (h : equal (Expr.sub a b) c = true)
    (zero : denote xs c = 0) : denote xs a = denote xs b :=
  eq_of_sub_eq_zero ((identity xs (Expr.sub a b) c h).trans zero)

theorem le_of_difference {R : Type u} [OrderedRing R] (xs : List R) (a b c : Expr)
    (h : equal (Expr.sub b a) c = true) (nonneg : 0 ≤ denote xs c) : denote xs a ≤ denote xs b :=
  sub_nonneg.mp (le_trans nonneg (le_of_eq (identity xs (Expr.sub b a) c h).symm))

theorem lt_of_difference {R : Type u} [OrderedRing R] (xs : List R) (a b c : Expr)
    (h : equal (Expr.sub b a) c = true) (pos : 0 < denote xs c) : denote xs a < denote xs b :=
  sub_pos.mp (lt_of_lt_of_le pos (le_of_eq (identity xs (Expr.sub b a) c h).symm))

end Ring
