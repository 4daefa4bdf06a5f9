prelude
import HMS.Order

/-!
What follows from the axioms of order: inequalities under `+`, `*`, `⁻¹`, `max`, `min`, `|·|`.

Names are Mathlib's where it has the lemma. Left out: powers beyond squares, and anything about
one particular ring.
-/

set_option autoImplicit false
universe u
noncomputable section

section
variable {R : Type u} [OrderedRing R]

/-! ## Order alone -/

theorem le_refl (a : R) : a ≤ a := OrderedRing.le_refl a
theorem le_rfl {a : R} : a ≤ a := le_refl a
theorem le_of_eq {a b : R} (h : a = b) : a ≤ b := h.rec (le_refl a)
theorem le_trans {a b c : R} (h : a ≤ b) (g : b ≤ c) : a ≤ c := OrderedRing.le_trans h g
theorem le_antisymm {a b : R} (h : a ≤ b) (g : b ≤ a) : a = b := OrderedRing.le_antisymm h g
theorem le_total (a b : R) : a ≤ b ∨ b ≤ a := OrderedRing.le_total a b
theorem lt_iff_not_le {a b : R} : a < b ↔ ¬ b ≤ a := OrderedRing.lt_iff_not_le a b
theorem lt_of_not_le {a b : R} (h : ¬ b ≤ a) : a < b := lt_iff_not_le.mpr h
theorem not_le_of_lt {a b : R} (h : a < b) : ¬ b ≤ a := lt_iff_not_le.mp h
theorem lt_or_le (a b : R) : a < b ∨ b ≤ a :=
  (Decidable.em (b ≤ a)).elim Or.inr (fun h => Or.inl (lt_of_not_le h))
theorem le_or_lt (a b : R) : a ≤ b ∨ b < a := (lt_or_le b a).symm
theorem le_of_not_lt {a b : R} (h : ¬ b < a) : a ≤ b := (le_or_lt a b).elim id (fun g => absurd g h)
theorem not_lt_of_le {a b : R} (h : a ≤ b) : ¬ b < a := fun g => not_le_of_lt g h
theorem le_of_lt {a b : R} (h : a < b) : a ≤ b :=
  (le_total a b).elim id (fun g => absurd g (not_le_of_lt h))
theorem lt_irrefl (a : R) : ¬ a < a := fun h => not_le_of_lt h (le_refl a)
theorem lt_of_lt_of_le {a b c : R} (h : a < b) (g : b ≤ c) : a < c :=
  lt_of_not_le (fun k => not_le_of_lt h (le_trans g k))
theorem lt_of_le_of_lt {a b c : R} (h : a ≤ b) (g : b < c) : a < c :=
  lt_of_not_le (fun k => not_le_of_lt g (le_trans k h))
theorem lt_trans {a b c : R} (h : a < b) (g : b < c) : a < c := lt_of_lt_of_le h (le_of_lt g)
theorem ne_of_lt {a b : R} (h : a < b) : a ≠ b := fun e => not_le_of_lt h (le_of_eq e.symm)
theorem ne_of_gt {a b : R} (h : b < a) : a ≠ b := (ne_of_lt h).symm
theorem lt_of_le_of_ne {a b : R} (h : a ≤ b) (g : a ≠ b) : a < b :=
  lt_of_not_le (fun k => g (le_antisymm h k))
theorem eq_or_lt_of_le {a b : R} (h : a ≤ b) : a = b ∨ a < b :=
  (le_or_lt b a).elim (fun g => Or.inl (le_antisymm h g)) Or.inr
theorem lt_trichotomy (a b : R) : a < b ∨ a = b ∨ b < a :=
  (lt_or_le a b).elim Or.inl
    (fun h => Or.inr ((eq_or_lt_of_le h).elim (fun e => Or.inl e.symm) Or.inr))
theorem lt_or_gt_of_ne {a b : R} (h : a ≠ b) : a < b ∨ b < a :=
  (lt_trichotomy a b).elim Or.inl (fun g => g.elim (fun e => absurd e h) Or.inr)

instance : Trans (LE.le (α := R)) LE.le LE.le := ⟨le_trans⟩
instance : Trans (LE.le (α := R)) LT.lt LT.lt := ⟨lt_of_le_of_lt⟩
instance : Trans (LT.lt (α := R)) LE.le LT.lt := ⟨lt_of_lt_of_le⟩
instance : Trans (LT.lt (α := R)) LT.lt LT.lt := ⟨lt_trans⟩

/-! ## Sums -/

theorem add_le_add_left {a b : R} (h : a ≤ b) (c : R) : c + a ≤ c + b :=
  OrderedRing.add_le_add_left h c
theorem add_le_add_right {a b : R} (h : a ≤ b) (c : R) : a + c ≤ b + c := by
  rw [add_comm a, add_comm b]
  exact add_le_add_left h c
theorem add_le_add {a b c d : R} (h : a ≤ b) (g : c ≤ d) : a + c ≤ b + d :=
  le_trans (add_le_add_right h c) (add_le_add_left g b)
theorem le_of_add_le_add_left {a b c : R} (h : c + a ≤ c + b) : a ≤ b := by
  have g := add_le_add_left h (-c)
  rw [← add_assoc, ← add_assoc, neg_add_cancel, zero_add, zero_add] at g
  exact g
theorem le_of_add_le_add_right {a b c : R} (h : a + c ≤ b + c) : a ≤ b := by
  rw [add_comm a, add_comm b] at h
  exact le_of_add_le_add_left h
theorem add_lt_add_left {a b : R} (h : a < b) (c : R) : c + a < c + b :=
  lt_of_not_le (fun g => not_le_of_lt h (le_of_add_le_add_left g))
theorem add_lt_add_right {a b : R} (h : a < b) (c : R) : a + c < b + c :=
  lt_of_not_le (fun g => not_le_of_lt h (le_of_add_le_add_right g))
theorem add_lt_add_of_lt_of_le {a b c d : R} (h : a < b) (g : c ≤ d) : a + c < b + d :=
  lt_of_lt_of_le (add_lt_add_right h c) (add_le_add_left g b)
theorem add_lt_add_of_le_of_lt {a b c d : R} (h : a ≤ b) (g : c < d) : a + c < b + d :=
  lt_of_le_of_lt (add_le_add_right h c) (add_lt_add_left g b)
theorem add_lt_add {a b c d : R} (h : a < b) (g : c < d) : a + c < b + d :=
  add_lt_add_of_lt_of_le h (le_of_lt g)
theorem add_nonneg {a b : R} (h : 0 ≤ a) (g : 0 ≤ b) : 0 ≤ a + b := by
  have k := add_le_add h g
  rw [zero_add] at k
  exact k
theorem add_pos_of_pos_of_nonneg {a b : R} (h : 0 < a) (g : 0 ≤ b) : 0 < a + b := by
  have k := add_lt_add_of_lt_of_le h g
  rw [zero_add] at k
  exact k
theorem add_pos {a b : R} (h : 0 < a) (g : 0 < b) : 0 < a + b :=
  add_pos_of_pos_of_nonneg h (le_of_lt g)

theorem neg_le_neg {a b : R} (h : a ≤ b) : -b ≤ -a := by
  apply le_of_add_le_add_left (c := a + b)
  rw [add_assoc, add_neg_cancel, add_zero, add_comm a, add_assoc, add_neg_cancel, add_zero]
  exact h
theorem neg_lt_neg {a b : R} (h : a < b) : -b < -a :=
  lt_of_not_le (fun g => by
    have k := neg_le_neg g
    rw [neg_neg, neg_neg] at k
    exact not_le_of_lt h k)
theorem neg_nonneg {a : R} (h : a ≤ 0) : 0 ≤ -a := by
  have k := neg_le_neg h
  rw [neg_zero] at k
  exact k
theorem neg_nonpos {a : R} (h : 0 ≤ a) : -a ≤ 0 := by
  have k := neg_le_neg h
  rw [neg_zero] at k
  exact k
theorem neg_pos {a : R} (h : a < 0) : 0 < -a := by
  have k := neg_lt_neg h
  rw [neg_zero] at k
  exact k
theorem neg_neg_of_pos {a : R} (h : 0 < a) : -a < 0 := by
  have k := neg_lt_neg h
  rw [neg_zero] at k
  exact k
theorem sub_nonneg {a b : R} : 0 ≤ a - b ↔ b ≤ a :=
  ⟨fun h => by
    have k := add_le_add_right h b
    rw [zero_add, sub_add_cancel] at k
    exact k,
   fun h => by
    have k := add_le_add_right h (-b)
    rw [add_neg_cancel] at k
    exact k⟩
theorem sub_pos {a b : R} : 0 < a - b ↔ b < a :=
  ⟨fun h => by
    have k := add_lt_add_right h b
    rw [zero_add, sub_add_cancel] at k
    exact k,
   fun h => by
    have k := add_lt_add_right h (-b)
    rw [add_neg_cancel] at k
    exact k⟩
theorem sub_le_sub_left {a b : R} (h : a ≤ b) (c : R) : c - b ≤ c - a :=
  add_le_add_left (neg_le_neg h) c
theorem sub_le_self {a b : R} (h : 0 ≤ b) : a - b ≤ a := by
  have k := sub_le_sub_left h a
  rw [sub_zero] at k
  exact k

/-! ## Products -/

theorem mul_pos {a b : R} (h : 0 < a) (g : 0 < b) : 0 < a * b := OrderedRing.mul_pos h g
theorem mul_nonneg {a b : R} (h : 0 ≤ a) (g : 0 ≤ b) : 0 ≤ a * b := by
  cases eq_or_lt_of_le h with
  | inl e => rw [← e, zero_mul]; exact le_rfl
  | inr h =>
    cases eq_or_lt_of_le g with
    | inl e => rw [← e, mul_zero]; exact le_rfl
    | inr g => exact le_of_lt (mul_pos h g)
theorem mul_self_nonneg (a : R) : 0 ≤ a * a := by
  cases le_total 0 a with
  | inl h => exact mul_nonneg h h
  | inr h =>
    rw [← neg_mul_neg]
    exact mul_nonneg (neg_nonneg h) (neg_nonneg h)
theorem mul_le_mul_of_nonneg_left {a b c : R} (h : a ≤ b) (g : 0 ≤ c) : c * a ≤ c * b := by
  have k := mul_nonneg g (sub_nonneg.mpr h)
  rw [mul_sub] at k
  exact sub_nonneg.mp k
theorem mul_le_mul_of_nonneg_right {a b c : R} (h : a ≤ b) (g : 0 ≤ c) : a * c ≤ b * c := by
  rw [mul_comm a, mul_comm b]
  exact mul_le_mul_of_nonneg_left h g
theorem mul_le_mul {a b c d : R} (h : a ≤ b) (g : c ≤ d) (hc : 0 ≤ c) (hb : 0 ≤ b) :
    a * c ≤ b * d :=
  le_trans (mul_le_mul_of_nonneg_right h hc) (mul_le_mul_of_nonneg_left g hb)
theorem mul_lt_mul_of_pos_left {a b c : R} (h : a < b) (g : 0 < c) : c * a < c * b := by
  have k := mul_pos g (sub_pos.mpr h)
  rw [mul_sub] at k
  exact sub_pos.mp k
theorem mul_lt_mul_of_pos_right {a b c : R} (h : a < b) (g : 0 < c) : a * c < b * c := by
  rw [mul_comm a, mul_comm b]
  exact mul_lt_mul_of_pos_left h g
theorem le_of_mul_le_mul_left {a b c : R} (h : c * a ≤ c * b) (g : 0 < c) : a ≤ b :=
  le_of_not_lt (fun k => not_le_of_lt (mul_lt_mul_of_pos_left k g) h)
theorem le_of_mul_le_mul_right {a b c : R} (h : a * c ≤ b * c) (g : 0 < c) : a ≤ b :=
  le_of_not_lt (fun k => not_le_of_lt (mul_lt_mul_of_pos_right k g) h)
theorem mul_ne_zero {a b : R} (h : a ≠ 0) (g : b ≠ 0) : a * b ≠ 0 := by
  intro e
  cases lt_or_gt_of_ne h with
  | inl h =>
    cases lt_or_gt_of_ne g with
    | inl g => exact ne_of_gt (mul_pos (neg_pos h) (neg_pos g)) (by rw [neg_mul_neg, e])
    | inr g => exact ne_of_gt (mul_pos (neg_pos h) g) (by rw [neg_mul, e, neg_zero])
  | inr h =>
    cases lt_or_gt_of_ne g with
    | inl g => exact ne_of_gt (mul_pos h (neg_pos g)) (by rw [mul_neg, e, neg_zero])
    | inr g => exact ne_of_gt (mul_pos h g) e
theorem mul_left_cancel {a b c : R} (h : c ≠ 0) (e : c * a = c * b) : a = b := by
  apply eq_of_sub_eq_zero
  apply Decidable.of_not_not
  intro n
  apply mul_ne_zero h n
  rw [mul_sub, e, sub_self]

/-! ## Numerals: what holds of naturals holds of their images -/

theorem zero_le_one : (0 : R) ≤ 1 := by
  rw [← one_mul (1 : R)]
  exact mul_self_nonneg 1
theorem zero_lt_one : (0 : R) < 1 := lt_of_le_of_ne zero_le_one OrderedRing.zero_ne_one
theorem natCast_nonneg (n : Nat) : (0 : R) ≤ Nat.cast n := by
  induction n with
  | zero => exact le_rfl
  | succ n ih =>
    rw [natCast_succ]
    exact add_nonneg ih zero_le_one
theorem natCast_pos {n : Nat} (h : 0 < n) : (0 : R) < Nat.cast n := by
  cases n with
  | zero => exact absurd h (Nat.not_lt_zero 0)
  | succ n =>
    rw [natCast_succ, add_comm]
    exact add_pos_of_pos_of_nonneg zero_lt_one (natCast_nonneg n)
theorem natCast_le {m n : Nat} (h : m ≤ n) : (Nat.cast m : R) ≤ Nat.cast n := by
  induction h with
  | refl => exact le_rfl
  | step _ ih =>
    rw [natCast_succ]
    have k := add_le_add ih (zero_le_one (R := R))
    rw [add_zero] at k
    exact k
theorem natCast_lt {m n : Nat} (h : m < n) : (Nat.cast m : R) < Nat.cast n := by
  have k := natCast_le (R := R) (m := Nat.succ m) h
  rw [natCast_succ] at k
  have g := add_lt_add_left (zero_lt_one (R := R)) (Nat.cast m)
  rw [add_zero] at g
  exact lt_of_lt_of_le g k

/-! ## Greater, smaller, absolute -/

theorem max_eq_right {a b : R} (h : a ≤ b) : max a b = b := if_pos h
theorem max_eq_left {a b : R} (h : b ≤ a) : max a b = a := by
  cases Decidable.em (a ≤ b) with
  | inl g => rw [max_eq_right g, le_antisymm h g]
  | inr g => exact if_neg g
theorem min_eq_left {a b : R} (h : a ≤ b) : min a b = a := if_pos h
theorem min_eq_right {a b : R} (h : b ≤ a) : min a b = b := by
  cases Decidable.em (a ≤ b) with
  | inl g => rw [min_eq_left g, le_antisymm h g]
  | inr g => exact if_neg g
theorem max_choice (a b : R) : max a b = a ∨ max a b = b :=
  (le_total a b).elim (fun h => Or.inr (max_eq_right h)) (fun h => Or.inl (max_eq_left h))
theorem min_choice (a b : R) : min a b = a ∨ min a b = b :=
  (le_total a b).elim (fun h => Or.inl (min_eq_left h)) (fun h => Or.inr (min_eq_right h))
theorem le_max_left (a b : R) : a ≤ max a b := by
  cases le_total a b with
  | inl h => rw [max_eq_right h]; exact h
  | inr h => rw [max_eq_left h]; exact le_rfl
theorem le_max_right (a b : R) : b ≤ max a b := by
  cases le_total a b with
  | inl h => rw [max_eq_right h]; exact le_rfl
  | inr h => rw [max_eq_left h]; exact h
theorem min_le_left (a b : R) : min a b ≤ a := by
  cases le_total a b with
  | inl h => rw [min_eq_left h]; exact le_rfl
  | inr h => rw [min_eq_right h]; exact h
theorem min_le_right (a b : R) : min a b ≤ b := by
  cases le_total a b with
  | inl h => rw [min_eq_left h]; exact h
  | inr h => rw [min_eq_right h]; exact le_rfl
theorem max_le {a b c : R} (h : a ≤ c) (g : b ≤ c) : max a b ≤ c := by
  cases max_choice a b with
  | inl e => rw [e]; exact h
  | inr e => rw [e]; exact g
theorem le_min {a b c : R} (h : c ≤ a) (g : c ≤ b) : c ≤ min a b := by
  cases min_choice a b with
  | inl e => rw [e]; exact h
  | inr e => rw [e]; exact g

theorem le_abs_self (a : R) : a ≤ abs a := le_max_left a (-a)
theorem neg_le_abs (a : R) : -a ≤ abs a := le_max_right a (-a)
theorem abs_of_nonneg {a : R} (h : 0 ≤ a) : abs a = a := max_eq_left (le_trans (neg_nonpos h) h)
theorem abs_of_nonpos {a : R} (h : a ≤ 0) : abs a = -a := max_eq_right (le_trans h (neg_nonneg h))
theorem abs_choice (a : R) : abs a = a ∨ abs a = -a := max_choice a (-a)
theorem abs_nonneg (a : R) : 0 ≤ abs a :=
  (le_total 0 a).elim (fun h => le_trans h (le_abs_self a))
    (fun h => le_trans (neg_nonneg h) (neg_le_abs a))
theorem abs_le {a b : R} : abs a ≤ b ↔ -b ≤ a ∧ a ≤ b :=
  ⟨fun h => ⟨by
      have k := neg_le_neg (le_trans (neg_le_abs a) h)
      rw [neg_neg] at k
      exact k, le_trans (le_abs_self a) h⟩,
   fun h => max_le h.right (by
      have k := neg_le_neg h.left
      rw [neg_neg] at k
      exact k)⟩
theorem abs_add (a b : R) : abs (a + b) ≤ abs a + abs b :=
  max_le (add_le_add (le_abs_self a) (le_abs_self b)) (by
    rw [neg_add]
    exact add_le_add (neg_le_abs a) (neg_le_abs b))
end

/-! ## Fields -/

section
variable {R : Type u} [OrderedField R]

theorem div_eq_mul_inv (a b : R) : a / b = a * b⁻¹ := rfl
theorem inv_zero : (0 : R)⁻¹ = 0 := OrderedField.inv_zero
theorem div_zero (a : R) : a / 0 = 0 := by rw [div_eq_mul_inv, inv_zero, mul_zero]
theorem mul_inv_cancel {a : R} (h : a ≠ 0) : a * a⁻¹ = 1 := OrderedField.mul_inv_cancel h
theorem inv_mul_cancel {a : R} (h : a ≠ 0) : a⁻¹ * a = 1 := by rw [mul_comm, mul_inv_cancel h]
theorem div_mul_cancel {b : R} (a : R) (h : b ≠ 0) : a / b * b = a := by
  rw [div_eq_mul_inv, mul_assoc, inv_mul_cancel h, mul_one]
theorem mul_div_cancel {b : R} (a : R) (h : b ≠ 0) : a * b / b = a := by
  rw [div_eq_mul_inv, mul_assoc, mul_inv_cancel h, mul_one]
theorem div_self {a : R} (h : a ≠ 0) : a / a = 1 := mul_inv_cancel h
theorem inv_pos {a : R} (h : 0 < a) : 0 < a⁻¹ := by
  apply lt_of_not_le
  intro g
  -- else 1 = a * a⁻¹ would not be positive
  have k := mul_le_mul_of_nonneg_left g (le_of_lt h)
  rw [mul_inv_cancel (ne_of_gt h), mul_zero] at k
  exact not_le_of_lt zero_lt_one k
theorem inv_nonneg {a : R} (h : 0 ≤ a) : 0 ≤ a⁻¹ := by
  cases eq_or_lt_of_le h with
  | inl e => rw [← e, inv_zero]; exact le_rfl
  | inr h => exact le_of_lt (inv_pos h)
theorem div_pos {a b : R} (h : 0 < a) (g : 0 < b) : 0 < a / b := mul_pos h (inv_pos g)
theorem div_nonneg {a b : R} (h : 0 ≤ a) (g : 0 ≤ b) : 0 ≤ a / b := mul_nonneg h (inv_nonneg g)
theorem div_le_iff {a b c : R} (h : 0 < c) : a / c ≤ b ↔ a ≤ b * c :=
  ⟨fun g => by
    have k := mul_le_mul_of_nonneg_right g (le_of_lt h)
    rw [div_mul_cancel a (ne_of_gt h)] at k
    exact k,
   fun g => le_of_mul_le_mul_right (by rw [div_mul_cancel a (ne_of_gt h)]; exact g) h⟩
theorem le_div_iff {a b c : R} (h : 0 < c) : a ≤ b / c ↔ a * c ≤ b :=
  ⟨fun g => by
    have k := mul_le_mul_of_nonneg_right g (le_of_lt h)
    rw [div_mul_cancel b (ne_of_gt h)] at k
    exact k,
   fun g => le_of_mul_le_mul_right (by rw [div_mul_cancel b (ne_of_gt h)]; exact g) h⟩
theorem eq_div_iff {a b c : R} (h : c ≠ 0) : a = b / c ↔ a * c = b :=
  ⟨fun e => by rw [e, div_mul_cancel b h],
   fun e => mul_left_cancel h (by rw [mul_comm c a, mul_comm c, div_mul_cancel b h, e])⟩
end
