prelude
import HMS.Division
import HMS.Fractions

/-!
ℚ: fractions of integers in lowest terms, an ordered field in which the kernel computes.

So ordered fields exist, and what is proved of all of them says something. Lowest terms are those of
the least denominator, found by trying 1, 2, 3, …; that there is only one such form is plain, and
no theory of common divisors is needed. Left out: efficiency.
-/

set_option autoImplicit false
noncomputable section

/-! ## The least number with a property -/

/-- The least number with the property, if there is one below `bound`. -/
def least (p : Nat → Prop) [∀ n, Decidable (p n)] : (bound : Nat) → Nat
  | Nat.zero => 0
  | Nat.succ bound => if p 0 then 0 else Nat.succ (least (fun n => p (Nat.succ n)) bound)

theorem least_spec {p : Nat → Prop} [d : ∀ n, Decidable (p n)] {bound m : Nat} (h : m < bound)
    (hm : p m) : p (least p bound) ∧ ∀ n, p n → least p bound ≤ n := by
  induction bound generalizing p m with
  | zero => exact absurd h (Nat.not_lt_zero m)
  | succ bound ih =>
    by_cases zero : p 0
    · have e : least p (Nat.succ bound) = 0 := if_pos zero
      rw [e]
      exact ⟨zero, fun n _ => Nat.zero_le n⟩
    · have e : least p (Nat.succ bound) = Nat.succ (least (fun n => p (Nat.succ n)) bound) :=
        if_neg zero
      rw [e]
      cases m with
      | zero => exact absurd hm zero
      | succ m =>
        have later := ih (p := fun n => p (Nat.succ n)) (Nat.le_of_succ_le_succ h) hm
        refine ⟨later.left, fun n hn => ?_⟩
        cases n with
        | zero => exact absurd hn zero
        | succ n => exact Nat.succ_le_succ (later.right n hn)

/-! ## Lowest terms -/

namespace Fraction

/-- Whether the number is something over `k + 1`. -/
def Fits (x : Fraction Int) (k : Nat) : Prop := x.den ∣ x.num * Int.ofNat (Nat.succ k)
instance (x : Fraction Int) (k : Nat) : Decidable (x.Fits k) := instDecidableDvdInt _ _
/-- One less than the least denominator. -/
def lowest (x : Fraction Int) : Nat := least x.Fits (Int.natAbs x.den)
def lowestTerms (x : Fraction Int) : Fraction Int :=
  ⟨x.num * Int.ofNat (Nat.succ x.lowest) / x.den, Int.ofNat (Nat.succ x.lowest),
    Nat.succ_le_succ (Nat.zero_le _)⟩

theorem fits_own : (x : Fraction Int) → ∃ k, k < Int.natAbs x.den ∧ x.Fits k
  | ⟨a, Int.ofNat (Nat.succ k), _⟩ => ⟨k, Nat.le.refl, a, _root_.mul_comm _ _⟩
theorem lowest_spec (x : Fraction Int) : x.Fits x.lowest ∧ ∀ k, x.Fits k → x.lowest ≤ k := by
  obtain ⟨k, below, fits⟩ := x.fits_own
  exact least_spec below fits
theorem Same.fits {x y : Fraction Int} (h : Same x y) {k : Nat} (fits : x.Fits k) : y.Fits k := by
  obtain ⟨c, hc⟩ := fits
  refine ⟨c, mul_left_cancel (ne_of_gt x.pos) ?_⟩
  rw [mul_left_comm x.den, mul_left_comm x.den, ← hc, ← _root_.mul_assoc, ← _root_.mul_assoc,
    _root_.mul_comm y.den, show x.num * y.den = y.num * x.den from h]
theorem Same.lowest {x y : Fraction Int} (h : Same x y) : x.lowest = y.lowest :=
  Nat.le_antisymm (x.lowest_spec.right _ (h.symm.fits y.lowest_spec.left))
    (y.lowest_spec.right _ (h.fits x.lowest_spec.left))
theorem lowestTerms_same (x : Fraction Int) : Same x.lowestTerms x := by
  have whole := Int.mul_ediv_add_emod (x.num * Int.ofNat (Nat.succ x.lowest)) x.den
  rw [(Int.dvd_iff_emod_eq_zero _ _).mp x.lowest_spec.left, add_zero, _root_.mul_comm] at whole
  exact whole
theorem eq_of_same {x y : Fraction Int} (h : Same x y) (e : x.den = y.den) : x = y := by
  have n : x.num = y.num := by
    apply mul_left_cancel (ne_of_gt x.pos)
    rw [_root_.mul_comm, _root_.mul_comm x.den]
    have h : x.num * y.den = y.num * x.den := h
    rw [← e] at h
    exact h
  obtain ⟨a, p, _⟩ := x
  obtain ⟨b, q, _⟩ := y
  have n : a = b := n
  have e : p = q := e
  subst n
  subst e
  rfl
end Fraction

instance : Reduces Int where
  reduce := Fraction.lowestTerms
  same := Fraction.lowestTerms_same
  unique {x y} h := Fraction.eq_of_same
    (x.lowestTerms_same.trans (h.trans y.lowestTerms_same.symm))
    (congrArg (fun k => Int.ofNat (Nat.succ k)) h.lowest)

/-- The rational numbers. -/
abbrev Rat : Type := FractionField Int
