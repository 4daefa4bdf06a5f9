prelude
import HMS.Steps.Order

/-!
Steps of certificates: inverses, and polynomial identities with fractions. Left out: whatever is not
an identity after multiplying by numerals.
-/

set_option autoImplicit false
universe u

noncomputable section
namespace HMS.Steps

open Ring (Expr)

section Field
variable {R : Type u} [OrderedField R] {a b c x y : R}

theorem num_ne (n : Nat) (h : Nat.ble 1 n = true) : (Nat.cast n : R) ≠ 0 :=
  fun e => lt_irrefl _ (e ▸ num_pos n h : (0 : R) < 0)
theorem one_ne_zero : (1 : R) ≠ 0 := fun e => lt_irrefl _ (e ▸ zero_lt_one : (0 : R) < 0)
theorem inv_of_mul (e : a * b = 1) : a⁻¹ = b :=
  have h : a ≠ 0 := fun z =>
    one_ne_zero (((zero_mul b).symm.trans (congrArg (fun t => t * b) z.symm)).trans e).symm
  mul_left_cancel h ((mul_inv_cancel h).trans e.symm)
theorem inv_cases (a : R) : (a ≠ 0 ∧ a⁻¹ * a = 1) ∨ (a = 0 ∧ a⁻¹ = 0) :=
  Or.elim (dec_eq a 0) (fun e => Or.inr (And.intro e (e ▸ inv_zero)))
    (fun h => Or.inl (And.intro h ((mul_comm a⁻¹ a).trans (mul_inv_cancel h))))
theorem inv_inv : (a⁻¹)⁻¹ = a :=
  Or.elim (inv_cases a) (fun h => inv_of_mul h.right)
    (fun h => (congrArg (fun t => t⁻¹) h.right).trans (inv_zero.trans h.left.symm))
theorem inv_mul (h : a⁻¹ = x) (g : b⁻¹ = y) : (a * b)⁻¹ = x * y :=
  have zero (e : a * b = 0) (f : x * y = 0) : (a * b)⁻¹ = x * y := e.symm ▸ f.symm ▸ inv_zero
  Or.elim (inv_cases a)
    (fun ha => Or.elim (inv_cases b)
      (fun hb => inv_of_mul ((Ring.identity (.cons a (.cons b (.cons x (.cons y .nil))))
        (.mul (.mul (.atom 0) (.atom 1)) (.mul (.atom 2) (.atom 3)))
        (.mul (.mul (.atom 2) (.atom 0)) (.mul (.atom 3) (.atom 1))) rfl
        : a * b * (x * y) = (x * a) * (y * b)).trans
          ((congrArg (fun t => t * (y * b)) (h ▸ ha.right : x * a = 1)).trans
            ((one_mul (y * b)).trans (g ▸ hb.right)))))
      (fun hb => zero (hb.left.symm ▸ mul_zero a) (g ▸ hb.right.symm ▸ mul_zero x)))
    (fun ha => zero (ha.left.symm ▸ zero_mul b) (h ▸ ha.right.symm ▸ zero_mul y))

/-! Fractions with numerals below -/

/-- A polynomial expression in which `div a n` is the `n+1`-th part of `a`. -/
inductive Frac where
  | atom (i : Nat) : Frac
  | num (n : Nat) : Frac
  | add (a b : Frac) : Frac
  | sub (a b : Frac) : Frac
  | mul (a b : Frac) : Frac
  | neg (a : Frac) : Frac
  | pow (a : Frac) (n : Nat) : Frac
  | div (a : Frac) (n : Nat) : Frac

namespace Frac

/-- By what to multiply so that no numeral stands below. -/
def den : Frac → Nat
  | atom _ => 1
  | num _ => 1
  | add a b => den a * den b
  | sub a b => den a * den b
  | mul a b => den a * den b
  | neg a => den a
  | pow a n => den a ^ n
  | div a n => den a * Nat.succ n

/-- The expression multiplied by `den`. -/
def top : Frac → Expr
  | atom i => .atom i
  | num n => .num n
  | add a b => .add (.mul (top a) (.num (den b))) (.mul (top b) (.num (den a)))
  | sub a b => .sub (.mul (top a) (.num (den b))) (.mul (top b) (.num (den a)))
  | mul a b => .mul (top a) (top b)
  | neg a => .neg (top a)
  | pow a n => .pow (top a) n
  | div a _ => top a

def denote (atoms : Nat → R) : Frac → R
  | atom i => atoms i
  | num n => Nat.cast n
  | add a b => denote atoms a + denote atoms b
  | sub a b => denote atoms a - denote atoms b
  | mul a b => denote atoms a * denote atoms b
  | neg a => -denote atoms a
  | pow a n => denote atoms a ^ n
  | div a n => denote atoms a / Nat.cast (Nat.succ n)

def equal (a b : Frac) : Bool :=
  Ring.equal (.mul (top a) (.num (den b))) (.mul (top b) (.num (den a)))

theorem den_ne (e : Frac) : (Nat.cast (den e) : R) ≠ 0 := by
  induction e with
  | atom i => exact num_ne 1 rfl
  | num n => exact num_ne 1 rfl
  | add a b ha hb => exact fun h => mul_ne_zero ha hb ((natCast_mul (den a) (den b)).symm.trans h)
  | sub a b ha hb => exact fun h => mul_ne_zero ha hb ((natCast_mul (den a) (den b)).symm.trans h)
  | mul a b ha hb => exact fun h => mul_ne_zero ha hb ((natCast_mul (den a) (den b)).symm.trans h)
  | neg a ha => exact ha
  | pow a n ha =>
    induction n with
    | zero => exact num_ne 1 rfl
    | succ n ih => exact fun h => mul_ne_zero ih ha ((natCast_mul (den a ^ n) (den a)).symm.trans h)
  | div a n ha =>
    exact fun h => mul_ne_zero ha (num_ne (Nat.succ n) rfl) ((natCast_mul (den a) (Nat.succ n)).symm.trans h)

theorem top_eq (atoms : Nat → R) (e : Frac) :
    (Nat.cast (den e) : R) * denote atoms e = (top e).value atoms := by
  induction e with
  | atom i => exact one_mul (atoms i)
  | num n => exact one_mul (Nat.cast n)
  | add a b ha hb =>
    show _ = (top a).value atoms * Nat.cast (den b) + (top b).value atoms * Nat.cast (den a)
    exact (congrArg (fun t => t * _) (natCast_mul (den a) (den b))).trans (ha ▸ hb ▸ Ring.identity
      (.cons (Nat.cast (den a)) (.cons (Nat.cast (den b))
        (.cons (denote atoms a) (.cons (denote atoms b) .nil))))
      (.mul (.mul (.atom 0) (.atom 1)) (.add (.atom 2) (.atom 3)))
      (.add (.mul (.mul (.atom 0) (.atom 2)) (.atom 1)) (.mul (.mul (.atom 1) (.atom 3)) (.atom 0))) rfl)
  | sub a b ha hb =>
    show _ = (top a).value atoms * Nat.cast (den b) - (top b).value atoms * Nat.cast (den a)
    exact (congrArg (fun t => t * _) (natCast_mul (den a) (den b))).trans (ha ▸ hb ▸ Ring.identity
      (.cons (Nat.cast (den a)) (.cons (Nat.cast (den b))
        (.cons (denote atoms a) (.cons (denote atoms b) .nil))))
      (.mul (.mul (.atom 0) (.atom 1)) (.sub (.atom 2) (.atom 3)))
      (.sub (.mul (.mul (.atom 0) (.atom 2)) (.atom 1)) (.mul (.mul (.atom 1) (.atom 3)) (.atom 0))) rfl)
  | mul a b ha hb =>
    show _ = (top a).value atoms * (top b).value atoms
    exact (congrArg (fun t => t * _) (natCast_mul (den a) (den b))).trans (ha ▸ hb ▸ Ring.identity
      (.cons (Nat.cast (den a)) (.cons (Nat.cast (den b))
        (.cons (denote atoms a) (.cons (denote atoms b) .nil))))
      (.mul (.mul (.atom 0) (.atom 1)) (.mul (.atom 2) (.atom 3)))
      (.mul (.mul (.atom 0) (.atom 2)) (.mul (.atom 1) (.atom 3))) rfl)
  | neg a ha =>
    show _ = -(top a).value atoms
    exact ha ▸ Ring.identity (.cons (Nat.cast (den a)) (.cons (denote atoms a) .nil))
      (.mul (.atom 0) (.neg (.atom 1))) (.neg (.mul (.atom 0) (.atom 1))) rfl
  | pow a n ha =>
    show _ = (top a).value atoms ^ n
    induction n with
    | zero => exact one_mul (denote atoms a ^ 0)
    | succ n ih =>
      show _ = (top a).value atoms ^ n * (top a).value atoms
      exact (congrArg (fun t => t * _) (natCast_mul (den a ^ n) (den a))).trans (ih ▸ ha ▸ Ring.identity
        (.cons (Nat.cast (den a ^ n)) (.cons (Nat.cast (den a))
          (.cons (denote atoms a ^ n) (.cons (denote atoms a) .nil))))
        (.mul (.mul (.atom 0) (.atom 1)) (.mul (.atom 2) (.atom 3)))
        (.mul (.mul (.atom 0) (.atom 2)) (.mul (.atom 1) (.atom 3))) rfl)
  | div a n ha =>
    show _ = (top a).value atoms
    exact (congrArg (fun t => t * _) (natCast_mul (den a) (Nat.succ n))).trans (ha ▸ (Ring.identity
      (.cons (Nat.cast (den a)) (.cons (Nat.cast (Nat.succ n))
        (.cons (denote atoms a) (.cons (Nat.cast (Nat.succ n))⁻¹ .nil))))
      (.mul (.mul (.atom 0) (.atom 1)) (.mul (.atom 2) (.atom 3)))
      (.mul (.mul (.atom 0) (.atom 2)) (.mul (.atom 1) (.atom 3))) rfl).trans
        ((congrArg (fun t => _ * t) (mul_inv_cancel (num_ne (Nat.succ n) rfl))).trans (mul_one _)))

end Frac

/-- Two expressions that are the same polynomial with fractions have one value. -/
theorem rational (atoms : List R) (a b : Frac) (h : Frac.equal a b = true) :
    a.denote (Ring.place atoms) = b.denote (Ring.place atoms) :=
  mul_left_cancel (mul_ne_zero (Frac.den_ne a) (Frac.den_ne b))
    ((Ring.identity
        (.cons (Nat.cast a.den) (.cons (Nat.cast b.den) (.cons (a.denote (Ring.place atoms)) .nil)))
        (.mul (.mul (.atom 0) (.atom 1)) (.atom 2)) (.mul (.mul (.atom 0) (.atom 2)) (.atom 1)) rfl).trans
      ((Frac.top_eq (Ring.place atoms) a ▸ Frac.top_eq (Ring.place atoms) b ▸ Ring.identity atoms _ _ h
          : Nat.cast a.den * a.denote (Ring.place atoms) * Nat.cast b.den
            = Nat.cast b.den * b.denote (Ring.place atoms) * Nat.cast a.den).trans
        (Ring.identity
          (.cons (Nat.cast a.den) (.cons (Nat.cast b.den) (.cons (b.denote (Ring.place atoms)) .nil)))
          (.mul (.mul (.atom 1) (.atom 2)) (.atom 0)) (.mul (.mul (.atom 0) (.atom 1)) (.atom 2)) rfl)))

end Field

end HMS.Steps
