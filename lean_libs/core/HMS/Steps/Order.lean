prelude
import HMS.Sum
import HMS.Normal
import HMS.Steps.Logic

/-!
Steps of certificates: comparisons as facts about a difference, and what cannot be.

A proof `e` that two terms are the same polynomial is one computation (`HMS.Normal`). Where a numeral
has to be positive, the kernel computes that too.
-/

set_option autoImplicit false
universe u

noncomputable section
namespace HMS.Steps

section Order
variable {R : Type u} [OrderedRing R]

theorem dec_le (a b : R) : a ≤ b ∨ ¬a ≤ b :=
  Or.elim (lt_or_le b a) (fun h => Or.inr (fun g => not_le_of_lt h g)) Or.inl
theorem dec_lt (a b : R) : a < b ∨ ¬a < b :=
  Or.elim (lt_or_le a b) Or.inl (fun h => Or.inr (fun g => not_le_of_lt g h))
theorem dec_eq (a b : R) : a = b ∨ ¬a = b :=
  Or.elim (lt_or_le a b) (fun h => Or.inr (fun e => not_le_of_lt h (le_of_eq e.symm)))
    (fun g => Or.elim (lt_or_le b a) (fun h => Or.inr (fun e => not_le_of_lt h (le_of_eq e)))
      (fun h => Or.inl (le_antisymm h g)))
theorem dec_ne (a b : R) : a ≠ b ∨ ¬a ≠ b := dec_not (dec_eq a b)

variable {a b c p q s x y : R}

theorem nonneg_of_le (h : a ≤ b) (e : b - a = p) : 0 ≤ p := e ▸ sub_nonneg.mpr h
theorem pos_of_lt (h : a < b) (e : b - a = p) : 0 < p := e ▸ sub_pos.mpr h
theorem pos_of_not_le (h : ¬a ≤ b) (e : a - b = p) : 0 < p :=
  pos_of_lt (Or.elim (lt_or_le b a) id (fun g => False.elim (h g))) e
theorem nonneg_of_not_lt (h : ¬a < b) (e : a - b = p) : 0 ≤ p :=
  nonneg_of_le (Or.elim (lt_or_le a b) (fun g => False.elim (h g)) id) e
theorem zero_of_eq (h : a = b) (e : a - b = p) : p = 0 := e ▸ h ▸ sub_self b
theorem ne_zero_of_ne (h : ¬a = b) (e : a - b = p) : p ≠ 0 := fun z => h (eq_of_sub_eq_zero (e.trans z))
theorem zero_of_not_ne (h : ¬a ≠ b) (e : a - b = p) : p = 0 := zero_of_eq (of_not_not (dec_eq a b) h) e

theorem pos_of_eq (h : 0 < a) (e : a = p) : 0 < p := e ▸ h
theorem nonneg_of_eq (h : 0 ≤ a) (e : a = p) : 0 ≤ p := e ▸ h
theorem add_pos_of_nonneg_of_pos (h : 0 ≤ a) (g : 0 < b) : 0 < a + b :=
  pos_of_eq (add_pos_of_pos_of_nonneg g h) (add_comm b a)
theorem num_pos (n : Nat) (h : Nat.ble 1 n = true) : 0 < (Nat.cast n : R) := by
  cases n with
  | zero => exact nomatch h
  | succ n => exact pos_of_eq (add_pos_of_nonneg_of_pos (natCast_nonneg n) zero_lt_one) (natCast_succ n).symm

/-! A number that has a value, and says that it is something else -/

theorem not_pos (n m : Nat) (hn : Nat.ble 1 n = true) (h : 0 < a) (e : Nat.cast n * a + Nat.cast m = 0) :
    False :=
  lt_irrefl _ (e ▸ add_pos_of_pos_of_nonneg (mul_pos (num_pos n hn) h) (natCast_nonneg m) : (0 : R) < 0)
theorem not_nonneg (n m : Nat) (hm : Nat.ble 1 m = true) (h : 0 ≤ a) (e : Nat.cast n * a + Nat.cast m = 0) :
    False :=
  lt_irrefl _ (e ▸ add_pos_of_nonneg_of_pos (mul_nonneg (natCast_nonneg n) h) (num_pos m hm) : (0 : R) < 0)
theorem not_zero (n m : Nat) (hm : Nat.ble 1 m = true) (h : a = 0) (e : Nat.cast n * a = Nat.cast m) :
    False :=
  lt_irrefl _ (pos_of_eq (num_pos m hm) (e.symm.trans (h.symm ▸ mul_zero (Nat.cast n : R))))
theorem not_zero' (n m : Nat) (hm : Nat.ble 1 m = true) (h : a = 0) (e : Nat.cast n * a + Nat.cast m = 0) :
    False :=
  not_nonneg n m hm (le_of_eq h.symm) e

/-! Two facts about one number -/

theorem zero_of_nonneg (h : 0 ≤ p) (g : 0 ≤ q) (e : -p = q) : p = 0 :=
  le_antisymm (Or.elim (lt_or_le 0 p)
    (fun k => False.elim (lt_irrefl _ (pos_of_eq (add_pos_of_pos_of_nonneg k g)
      (e ▸ add_neg_cancel p)))) id) h
theorem not_both_pos (h : 0 < p) (g : 0 < q) (e : -p = q) : False :=
  lt_irrefl _ (pos_of_eq (add_pos h g) (e ▸ add_neg_cancel p))
theorem not_zero_ne (h : p = 0) (g : q ≠ 0) (e : -p = q) : False := g (e ▸ h.symm ▸ neg_zero)
theorem not_ne_zero (h : p ≠ 0) (g : q = 0) (e : -p = q) : False :=
  h ((neg_neg p).symm.trans (e.symm ▸ g.symm ▸ neg_zero))
theorem pos_or_neg_pos (h : p ≠ 0) : 0 < p ∨ 0 < -p :=
  Or.elim (lt_or_le 0 p) Or.inl (fun g => Or.inr (Or.elim (lt_or_le p 0)
    (fun k => pos_of_eq (sub_pos.mpr k) (zero_add (-p))) (fun k => False.elim (h (le_antisymm g k)))))
theorem neg_pos_or_nonneg (p : R) : 0 < -p ∨ 0 ≤ p :=
  Or.elim (lt_or_le p 0) (fun k => Or.inl (pos_of_eq (sub_pos.mpr k) (zero_add (-p)))) Or.inr
theorem eq_of_nonneg (h : 0 ≤ p) (g : 0 ≤ q) (e : p = a - b) (f : q = b - a) : b = a :=
  (eq_of_sub_eq_zero (e ▸ zero_of_nonneg h g (f ▸ e ▸ Ring.identity (.cons a (.cons b .nil))
    (.neg (.sub (.atom 0) (.atom 1))) (.sub (.atom 1) (.atom 0)) rfl))).symm

/-! Products and multiples -/

theorem sq_nonneg (a : R) : 0 ≤ a * a :=
  Or.elim (lt_or_le a 0)
    (fun h => nonneg_of_eq (le_of_lt (mul_pos (pos_of_lt h rfl) (pos_of_lt h rfl)))
      (Ring.identity (.cons a .nil) (.mul (.sub (.num 0) (.atom 0)) (.sub (.num 0) (.atom 0)))
        (.mul (.atom 0) (.atom 0)) rfl))
    (fun h => mul_nonneg h h)
theorem nonneg_add_zero (b : R) (h : 0 ≤ s) (e : p = 0) : 0 ≤ s + b * p :=
  nonneg_of_eq h (e ▸ (mul_zero b).symm ▸ (add_zero s).symm)
theorem pos_add_zero (b : R) (h : 0 < s) (e : p = 0) : 0 < s + b * p :=
  pos_of_eq h (e ▸ (mul_zero b).symm ▸ (add_zero s).symm)

end Order

/-! ## Values by cases -/

section Cases
variable {R : Type u} [OrderedRing R]

theorem max_cases (a b : R) : (b ≤ a ∧ max a b = a) ∨ (a < b ∧ max a b = b) :=
  Or.elim (lt_or_le a b) (fun h => Or.inr (And.intro h (max_eq_right (le_of_lt h))))
    (fun h => Or.inl (And.intro h (max_eq_left h)))
theorem min_cases (a b : R) : (a ≤ b ∧ min a b = a) ∨ (b < a ∧ min a b = b) :=
  Or.elim (lt_or_le b a) (fun h => Or.inr (And.intro h (min_eq_right (le_of_lt h))))
    (fun h => Or.inl (And.intro h (min_eq_left h)))
theorem abs_cases (a : R) : (0 ≤ a ∧ abs a = a) ∨ (a < 0 ∧ abs a = -a) :=
  Or.elim (lt_or_le a 0) (fun h => Or.inr (And.intro h (abs_of_nonpos (le_of_lt h))))
    (fun h => Or.inl (And.intro h (abs_of_nonneg h)))

end Cases

/-! ## Sums -/

section Sums
variable {R : Type u} [OrderedRing R] {n : Nat} {f g : Fin n → R} {c t : R}

theorem sum_mul (c : R) (f : Fin n → R) : ∑ i, c * f i = c * ∑ i, f i := (mul_sum c f).symm
theorem sum_add (h : ∑ i, g i = t) : ∑ i, (c * f i + g i) = c * ∑ i, f i + t :=
  (_root_.sum_add (fun i => c * f i) g).trans (h ▸ sum_mul c f ▸ rfl)
theorem sum_pos (h : ∀ i, 0 < f i) : n < 1 ∨ 0 < ∑ i, f i := by
  cases n with
  | zero => exact Or.inl (Nat.lt_of_ble_eq_true rfl)
  | succ n => exact Or.inr (_root_.sum_pos (Nat.succ_le_succ (Nat.zero_le n)) h)
theorem sum_ones : ∑ _i : Fin n, (1 : R) = Nat.cast n := (sum_const n 1).trans (mul_one _)

end Sums

end HMS.Steps
