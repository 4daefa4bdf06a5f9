prelude
import HMS.Prelude

/-!
Naturals: they are a commutative semiring, ordered, with subtraction that stops at 0 and division.

Everything is by induction on the definitions of `HMS.Basic`; the names are Lean's. A rule for
numbers of any kind is stated once, in `HMS.Order`, for rings: what is here is what the naturals
need because they are none. Left out: primes, gcd, digits.
-/

set_option autoImplicit false
noncomputable section
namespace Nat

/-! ## Addition and multiplication -/

theorem add_zero (n : Nat) : n + 0 = n := rfl
theorem add_succ (m n : Nat) : m + succ n = succ (m + n) := rfl
theorem zero_add (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem succ_add (m n : Nat) : succ m + n = succ (m + n) := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih
theorem add_comm (m n : Nat) : m + n = n + m := by
  induction n with
  | zero => exact (zero_add m).symm
  | succ n ih =>
    rw [succ_add]
    exact congrArg succ ih
theorem add_assoc (a b c : Nat) : a + b + c = a + (b + c) := by
  induction c with
  | zero => rfl
  | succ c ih => exact congrArg succ ih
theorem add_left_comm (a b c : Nat) : a + (b + c) = b + (a + c) := by
  rw [← add_assoc, add_comm a b, add_assoc]
theorem add_add_add_comm (a b c d : Nat) : a + b + (c + d) = a + c + (b + d) := by
  rw [add_assoc, add_left_comm b c d, ← add_assoc]

theorem zero_mul (n : Nat) : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem mul_succ (m n : Nat) : m * succ n = m * n + m := rfl
theorem succ_mul (m n : Nat) : succ m * n = m * n + n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [mul_succ, mul_succ, ih, add_succ, add_succ, add_assoc, add_assoc, add_comm n m]
theorem mul_comm (m n : Nat) : m * n = n * m := by
  induction n with
  | zero => exact (zero_mul m).symm
  | succ n ih => rw [mul_succ, succ_mul, ih]
theorem mul_add (a b c : Nat) : a * (b + c) = a * b + a * c := by
  induction c with
  | zero => rfl
  | succ c ih => rw [add_succ, mul_succ, mul_succ, ih, add_assoc]
theorem add_mul (a b c : Nat) : (a + b) * c = a * c + b * c := by
  rw [mul_comm, mul_add, mul_comm c a, mul_comm c b]
theorem mul_assoc (a b c : Nat) : a * b * c = a * (b * c) := by
  induction c with
  | zero => rfl
  | succ c ih => rw [mul_succ, mul_succ, ih, mul_add]
theorem mul_left_comm (a b c : Nat) : a * (b * c) = b * (a * c) := by
  rw [← mul_assoc, mul_comm a b, mul_assoc]
theorem mul_mul_mul_comm (a b c d : Nat) : a * b * (c * d) = a * c * (b * d) := by
  rw [mul_assoc, mul_left_comm b c d, ← mul_assoc]
theorem mul_one (n : Nat) : n * 1 = n := zero_add n
theorem one_mul (n : Nat) : 1 * n = n := by rw [mul_comm, mul_one]

theorem succ_inj {m n : Nat} (h : succ m = succ n) : m = n := congrArg pred h
theorem succ_ne_zero (n : Nat) : succ n ≠ 0 := fun h => nomatch h
theorem add_left_cancel {a b c : Nat} (h : a + b = a + c) : b = c := by
  induction a with
  | zero =>
    rw [← zero_add b, ← zero_add c]
    exact h
  | succ a ih =>
    rw [succ_add, succ_add] at h
    exact ih (succ_inj h)
theorem add_right_cancel {a b c : Nat} (h : a + c = b + c) : a = b := by
  rw [add_comm a, add_comm b] at h
  exact add_left_cancel h
theorem eq_zero_of_add_eq_zero {m n : Nat} (h : m + n = 0) : n = 0 := by
  cases n with
  | zero => rfl
  | succ n => exact absurd h (succ_ne_zero _)

/-! ## Order -/

theorem le_refl (n : Nat) : n ≤ n := le.refl
theorem le_of_eq {m n : Nat} (h : m = n) : m ≤ n := h.rec (le_refl m)
theorem le_trans {a b c : Nat} (h : a ≤ b) (g : b ≤ c) : a ≤ c := by
  induction g with
  | refl => exact h
  | step _ ih => exact le.step ih
theorem le_add_right (m k : Nat) : m ≤ m + k := by
  induction k with
  | zero => exact le.refl
  | succ k ih => exact le.step ih
theorem le_add_left (m k : Nat) : m ≤ k + m := by
  rw [add_comm]
  exact le_add_right m k
theorem exists_of_le {m n : Nat} (h : m ≤ n) : ∃ k, m + k = n := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨k, hk⟩ := ih
    exact ⟨succ k, congrArg succ hk⟩
theorem le_of_add_eq {m n k : Nat} (h : m + k = n) : m ≤ n := h.rec (le_add_right m k)
theorem le_total (m n : Nat) : m ≤ n ∨ n ≤ m := by
  induction m with
  | zero => exact Or.inl (zero_le n)
  | succ m ih =>
    cases ih with
    | inr h => exact Or.inr (le.step h)
    | inl h =>
      obtain ⟨k, hk⟩ := exists_of_le h
      cases k with
      | zero => exact Or.inr (hk.rec (le.step le.refl))
      | succ k => exact Or.inl (le_of_add_eq ((succ_add m k).trans hk))
theorem add_le_add {a b c d : Nat} (h : a ≤ b) (g : c ≤ d) : a + c ≤ b + d := by
  obtain ⟨k, hk⟩ := exists_of_le h
  obtain ⟨l, hl⟩ := exists_of_le g
  rw [← hk, ← hl, add_add_add_comm]
  exact le_add_right _ _
theorem le_of_add_le_add_left {a b c : Nat} (h : a + b ≤ a + c) : b ≤ c := by
  obtain ⟨k, hk⟩ := exists_of_le h
  rw [add_assoc] at hk
  exact le_of_add_eq (add_left_cancel hk)
theorem le_of_add_le_add_right {a b c : Nat} (h : b + a ≤ c + a) : b ≤ c := by
  rw [add_comm b, add_comm c] at h
  exact le_of_add_le_add_left h
theorem mul_le_mul_left {b c : Nat} (h : b ≤ c) (a : Nat) : a * b ≤ a * c := by
  obtain ⟨k, hk⟩ := exists_of_le h
  rw [← hk, mul_add]
  exact le_add_right _ _
theorem not_succ_add_le {n k : Nat} : ¬ succ (n + k) ≤ n := by
  intro h
  obtain ⟨l, hl⟩ := exists_of_le h
  rw [succ_add, add_assoc] at hl
  exact succ_ne_zero _ (add_left_cancel (a := n) (c := 0) hl)
theorem lt_irrefl (n : Nat) : ¬ n < n := not_succ_add_le (k := 0)
theorem le_antisymm {m n : Nat} (h : m ≤ n) (g : n ≤ m) : m = n := by
  obtain ⟨k, hk⟩ := exists_of_le h
  cases k with
  | zero => exact hk
  | succ k =>
    rw [← hk] at g
    exact absurd g not_succ_add_le
theorem lt_or_le (m n : Nat) : m < n ∨ n ≤ m := by
  by_cases h : n ≤ m
  · exact Or.inr h
  · apply Or.inl
    obtain ⟨k, hk⟩ := exists_of_le ((le_total m n).elim id (fun g => absurd g h))
    cases k with
    | zero => exact absurd (hk.rec (le_refl m)) h
    | succ k => exact le_of_add_eq ((succ_add m k).trans hk)
theorem lt_iff_not_le {m n : Nat} : m < n ↔ ¬ n ≤ m :=
  ⟨fun h g => lt_irrefl _ (le_trans h g), fun h => (lt_or_le m n).elim id (fun g => absurd g h)⟩
theorem lt_of_le_of_lt {a b c : Nat} (h : a ≤ b) (g : b < c) : a < c :=
  le_trans (succ_le_succ h) g
theorem mul_pos {m n : Nat} (h : 0 < m) (g : 0 < n) : 0 < m * n := by
  cases n with
  | zero => exact g
  | succ n => exact le_trans h (le_add_left m (m * n))
theorem pos_of_ne_zero {n : Nat} (h : n ≠ 0) : 0 < n := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => exact succ_le_succ (zero_le n)

/-! ## Subtraction: `m - n = 0` where `m ≤ n` -/

theorem zero_sub (n : Nat) : 0 - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg pred ih
theorem succ_sub_succ (m n : Nat) : succ m - succ n = m - n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg pred ih
theorem add_sub_cancel_left (m n : Nat) : m + n - m = n := by
  induction m with
  | zero => exact zero_add n
  | succ m ih => rw [succ_add, succ_sub_succ, ih]
theorem sub_eq_zero_of_le {m n : Nat} (h : m ≤ n) : m - n = 0 := by
  induction n generalizing m with
  | zero => exact le_antisymm h (zero_le m)
  | succ n ih =>
    cases m with
    | zero => exact zero_sub (succ n)
    | succ m => rw [succ_sub_succ, ih (le_of_succ_le_succ h)]
theorem add_sub_of_le {m n : Nat} (h : m ≤ n) : m + (n - m) = n := by
  obtain ⟨k, hk⟩ := exists_of_le h
  rw [← hk, add_sub_cancel_left]
theorem sub_le (m n : Nat) : m - n ≤ m := by
  cases le_total m n with
  | inl h =>
    rw [sub_eq_zero_of_le h]
    exact zero_le m
  | inr h =>
    apply le_of_add_eq (k := n)
    rw [add_comm, add_sub_of_le h]

/-! ## Division -/

/-- Number and rest are determined: digits below the base are unique. -/
theorem digit_unique {n r s q t : Nat} (hr : r < n) (hs : s < n) (h : r + n * q = s + n * t) :
    r = s ∧ q = t := by
  induction q generalizing t with
  | zero =>
    cases t with
    | zero => exact ⟨h, rfl⟩
    | succ t =>
      have e : r = n + (s + n * t) := by
        rw [← add_left_comm s, add_comm n]
        exact h
      rw [e] at hr
      exact absurd hr not_succ_add_le
  | succ q ih =>
    cases t with
    | zero =>
      have e : s = n + (r + n * q) := by
        rw [← add_left_comm r, add_comm n]
        exact h.symm
      rw [e] at hs
      exact absurd hs not_succ_add_le
    | succ t =>
      have e : r + n * q + n = s + n * t + n := by
        rw [add_assoc, add_assoc]
        exact h
      have both := ih (add_right_cancel e)
      exact ⟨both.left, congrArg succ both.right⟩

/-- The definition of division is right wherever the fuel suffices. -/
theorem divFuel_spec (fuel m n : Nat) (pos : 0 < n) (enough : m ≤ fuel) :
    n * divFuel fuel m n ≤ m ∧ m < n * divFuel fuel m n + n := by
  induction fuel generalizing m with
  | zero =>
    have e : m = 0 := le_antisymm enough (zero_le m)
    rw [e]
    refine ⟨le_refl 0, ?_⟩
    show 0 < 0 + n
    rw [zero_add]
    exact pos
  | succ fuel ih =>
    cases fits : ble n m with
    | false =>
      have step : divFuel (succ fuel) m n = 0 := by
        show cond (ble n m) _ zero = 0
        rw [fits]
        rfl
      have less : m < n := lt_iff_not_le.mpr fun g =>
        nomatch fits.symm.trans (ble_eq_true_of_le g)
      rw [step]
      refine ⟨zero_le m, ?_⟩
      show m < 0 + n
      rw [zero_add]
      exact less
    | true =>
      have step : divFuel (succ fuel) m n = succ (divFuel fuel (m - n) n) := by
        show cond (ble n m) (succ (divFuel fuel (m - n) n)) zero = _
        rw [fits]
        rfl
      obtain ⟨k, hk⟩ := exists_of_le (le_of_ble_eq_true fits)
      have rest : m - n = k := by rw [← hk, add_sub_cancel_left]
      rw [rest] at step
      have less : k ≤ fuel := by
        have shorter := add_le_add pos (le_refl k)
        rw [succ_add, zero_add, hk] at shorter
        exact le_of_succ_le_succ (le_trans shorter enough)
      have spec := ih k less
      have upper := add_le_add spec.right (le_refl n)
      rw [succ_add] at upper
      rw [step, mul_succ, ← hk, add_comm n k]
      exact ⟨add_le_add spec.left (le_refl n), upper⟩

theorem div_zero (m : Nat) : m / 0 = 0 := rfl
theorem mod_zero (m : Nat) : m % 0 = m := by
  show m - 0 * (m / 0) = m
  rw [zero_mul]
  rfl
theorem div_spec (m : Nat) {n : Nat} (pos : 0 < n) : n * (m / n) ≤ m ∧ m < n * (m / n) + n := by
  cases n with
  | zero => exact absurd pos (lt_irrefl 0)
  | succ n => exact divFuel_spec m m (succ n) pos (le_refl m)
theorem div_add_mod (m n : Nat) : n * (m / n) + m % n = m := by
  cases n with
  | zero => rw [zero_mul, zero_add, mod_zero]
  | succ n => exact add_sub_of_le (div_spec m (succ_le_succ (zero_le n))).left
theorem mod_lt (m : Nat) {n : Nat} (pos : 0 < n) : m % n < n := by
  have spec := (div_spec m pos).right
  apply le_of_add_le_add_left (a := n * (m / n))
  rw [add_succ, div_add_mod]
  exact spec
/-- Quotient and remainder are the only numbers with their properties. -/
theorem div_mod_unique {m n q r : Nat} (less : r < n) (h : n * q + r = m) :
    q = m / n ∧ r = m % n := by
  have e : r + n * q = m % n + n * (m / n) := by
    rw [add_comm, h, add_comm, div_add_mod]
  have both := digit_unique less (mod_lt m (le_trans (succ_le_succ (zero_le r)) less)) e
  exact ⟨both.right, both.left⟩

end Nat
