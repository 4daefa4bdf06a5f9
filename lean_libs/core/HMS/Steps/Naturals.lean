prelude
import HMS.Division
import HMS.Sum

/-!
Steps of certificates: naturals, where subtraction stops at 0 and division leaves a remainder.
-/

set_option autoImplicit false
universe u

noncomputable section
namespace HMS.Steps

section Naturals
variable {m n a b c q r : Nat}

theorem nat_dec_eq (m n : Nat) : m = n ∨ ¬m = n := Decidable.em _
theorem nat_dec_ne (m n : Nat) : m ≠ n ∨ ¬m ≠ n := Decidable.em _
theorem nat_dec_le (m n : Nat) : m ≤ n ∨ ¬m ≤ n := Decidable.em _
theorem nat_dec_lt (m n : Nat) : m < n ∨ ¬m < n := Decidable.em _
theorem nat_not_neg (h : n < 0) : False := Nat.not_lt_zero n h
theorem nat_add_lt (h : c < b - a) : a + c < b :=
  Or.elim (Nat.lt_or_le a b)
    (fun g => Nat.add_sub_of_le (Nat.le_trans (Nat.le_add_right a 1) g) ▸
      Nat.add_le_add (Nat.le_refl a) h)
    (fun g => absurd (Nat.sub_eq_zero_of_le g ▸ h) (Nat.not_lt_zero c))
theorem fin_eq {i j : Fin n} (h : i = j) : i.val = j.val := congrArg Fin.val h
theorem fin_ne {i j : Fin n} (h : ¬i = j) : i.val ≠ j.val := fun e =>
  h (match i, j, e with | ⟨_, _⟩, ⟨_, _⟩, rfl => rfl)

theorem nat_sub_eq (e : a = b + c) : a - b = c := e ▸ Nat.add_sub_cancel_left b c
theorem nat_sub_zero (e : b = a + c) : a - b = 0 :=
  Nat.sub_eq_zero_of_le (e ▸ Nat.le_add_right a c)
theorem nat_minus_cases (a b : Nat) : (b ≤ a ∧ a - b + b = a) ∨ (a < b ∧ a - b = 0) :=
  Or.elim (Nat.lt_or_le a b)
    (fun h => Or.inr (And.intro h (Nat.sub_eq_zero_of_le (Nat.le_trans (Nat.le_add_right a 1) h))))
    (fun h => Or.inl (And.intro h ((Nat.add_comm (a - b) b).trans (Nat.add_sub_of_le h))))

theorem nat_euclid (a b : Nat) :
    (0 < b ∧ b * (a / b) + a % b = a ∧ 0 ≤ a % b ∧ a % b < b) ∨ b < 0 ∨
      (b = 0 ∧ a / b = 0 ∧ a % b = a) := by
  cases b with
  | zero => exact Or.inr (Or.inr ⟨rfl, Nat.div_zero a, Nat.mod_zero a⟩)
  | succ n =>
    have pos : 0 < Nat.succ n := Nat.succ_le_succ (Nat.zero_le n)
    exact Or.inl ⟨pos, Nat.div_add_mod a (Nat.succ n), Nat.zero_le _, Nat.mod_lt a pos⟩
theorem nat_split (pos : 0 < n) (e : a = n * q + r) : a / n = q + r / n ∧ a % n = r % n := by
  have h : n * (q + r / n) + r % n = a := by
    rw [Nat.mul_add, Nat.add_assoc, Nat.div_add_mod]
    exact e.symm
  have both := Nat.div_mod_unique (Nat.mod_lt r pos) h
  exact ⟨both.left.symm, both.right.symm⟩
theorem nat_div_eq (hn : Nat.ble 1 n = true) (e : a = n * q + r) : a / n = q + r / n :=
  (nat_split (Nat.lt_of_ble_eq_true hn) e).left
theorem nat_mod_eq (hn : Nat.ble 1 n = true) (e : a = n * q + r) : a % n = r % n :=
  (nat_split (Nat.lt_of_ble_eq_true hn) e).right

theorem nat_dvd (h : a ∣ b) : b % a = 0 := (Nat.dvd_iff_mod_eq_zero a b).mp h
theorem nat_not_dvd (h : ¬a ∣ b) : b % a ≠ 0 := fun e => h ((Nat.dvd_iff_mod_eq_zero a b).mpr e)
theorem nat_mod_two (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by
  have less : n % 2 < 2 := Nat.mod_lt n (Nat.lt_of_ble_eq_true rfl)
  cases h : n % 2 with
  | zero => exact Or.inl rfl
  | succ k =>
    rw [h] at less
    cases k with
    | zero => exact Or.inr rfl
    | succ k => exact absurd (Nat.le_of_succ_le_succ (Nat.le_of_succ_le_succ less)) (Nat.not_lt_zero k)
theorem two_mul_nat (k : Nat) : 2 * k = k + k :=
  (Nat.succ_mul 1 k).trans (congrArg (fun t => t + k) (Nat.one_mul k))
theorem nat_even (h : ∃ k, n = k + k) : n % 2 = 0 :=
  Exists.elim h (fun k e => nat_dvd (Exists.intro k (e.trans (two_mul_nat k).symm)))
theorem nat_odd (h : ∃ k, n = 2 * k + 1) : n % 2 = 1 :=
  Exists.elim h (fun _ e => (nat_mod_eq (n := 2) rfl e).trans rfl)
theorem nat_not_even (h : ¬∃ k, n = k + k) : n % 2 = 1 :=
  Or.elim (nat_mod_two n)
    (fun e => False.elim (h (Exists.intro (n / 2) ((Nat.div_add_mod n 2).symm.trans
      (e.symm ▸ two_mul_nat (n / 2)))))) id
theorem nat_not_odd (h : ¬∃ k, n = 2 * k + 1) : n % 2 = 0 :=
  Or.elim (nat_mod_two n) id
    (fun e => False.elim (h (Exists.intro (n / 2)
      ((Nat.div_add_mod n 2).symm.trans (e.symm ▸ rfl)))))

theorem nat_dec_even (a : Nat) : (∃ k : Nat, a = k + k) ∨ ¬∃ k : Nat, a = k + k :=
  Or.elim (Decidable.em (a % 2 = 1))
    (fun e => Or.inr (fun h => absurd ((nat_even h).symm.trans e) (fun e => nomatch e)))
    (fun n => Or.inl (Exists.elim (((Nat.dvd_iff_mod_eq_zero) 2 a).mpr
      (Or.elim (nat_mod_two a) id (fun e => absurd e n)))
      (fun k e => Exists.intro k (e.trans (two_mul_nat k)))))
theorem nat_dec_odd (a : Nat) : (∃ k : Nat, a = 2 * k + 1) ∨ ¬∃ k : Nat, a = 2 * k + 1 :=
  Or.elim (Decidable.em (a % 2 = 1))
    (fun e => Or.inl (Exists.intro (a / 2)
      ((Nat.div_add_mod a 2).symm.trans (congrArg (fun t => 2 * (a / 2) + t) e))))
    (fun n => Or.inr (fun h => n (nat_odd h)))

/-! Sums -/

theorem sum_nat_succ (f : Fin (Nat.succ n) → Nat) : ∑ i, f i = f Fin.zero + ∑ i, f (Fin.succ i) := rfl
theorem nat_sum_congr {f g : Fin n → Nat} (h : ∀ i, f i = g i) : ∑ i, f i = ∑ i, g i := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [sum_nat_succ, sum_nat_succ, h, ih (fun i => h i.succ)]
theorem nat_sum_zero : ∑ _i : Fin n, 0 = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact (Nat.zero_add _).trans ih
theorem nat_sum_mul (c : Nat) (f : Fin n → Nat) : ∑ i, c * f i = c * ∑ i, f i := by
  induction n with
  | zero => rfl
  | succ n ih =>
    exact (congrArg (fun t => c * f Fin.zero + t) (ih (fun i => f i.succ))).trans (Nat.mul_add c _ _).symm
theorem nat_sum_add {f g : Fin n → Nat} {c t : Nat} (h : ∑ i, g i = t) :
    ∑ i, (c * f i + g i) = c * ∑ i, f i + t := by
  rw [← h, ← nat_sum_mul]
  induction n generalizing t with
  | zero => rfl
  | succ n ih =>
    exact (congrArg (fun s => c * f Fin.zero + g Fin.zero + s) (ih rfl)).trans
      (Nat.add_add_add_comm _ _ _ _)
theorem nat_sum_ones : ∑ _i : Fin n, 1 = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact (congrArg (fun t => 1 + t) ih).trans (Nat.add_comm 1 n)

end Naturals

end HMS.Steps
