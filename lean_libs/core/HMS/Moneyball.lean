prelude
import HMS.Sum

/-!
Three scores of economic policy, over every ordered field and for every number of sectors and
policies: what their authors say of them, proved or refuted.

Names and statements are those of `hms_kernel/specs/builtin/moneyball.toml`. A name that ends in
`_repaired` is what does hold where the published claim does not; one that ends in `_refuted` says
that the published claim is false, in whatever ordered field, by an instance. Left out: the
claims that are said in words only.
-/

set_option autoImplicit false
universe u
noncomputable section

namespace Moneyball
variable {R : Type u} [OrderedField R] {n : Nat}

/-- The Weighted Agreement Return of weights, impacts and potentials. -/
def war_score (w a d : Fin n → R) : R := ∑ i, w i * a i * d i

/-- The effect of all policies, by confidence and by how far each is carried out. -/
def raw_reduction (p c r : Fin n → R) : R := ∑ i, p i * c i * r i

/-- The Deficit Reduction Potential from a baseline, with a margin of safety. -/
def drp (b m : R) (p c r : Fin n → R) : R := b - raw_reduction p c r * m

/-- The Sector Prioritization Score of four ratings. -/
def sps (deficit jobs growth ease : R) : R :=
  0.4 * deficit + 0.3 * jobs + 0.2 * growth + 0.1 * ease

/-! ## The Weighted Agreement Return -/

/-- An impact from -100 to 100 stays there when only a part of it is realised. -/
theorem part_of_impact {x y : R} (hx : -100 ≤ x ∧ x ≤ 100) (hy : 0 ≤ y ∧ y ≤ 1) :
    -100 ≤ x * y ∧ x * y ≤ 100 := by
  have hundred : (100 : R) * y ≤ 100 := by
    have h := mul_le_mul_of_nonneg_left hy.right (natCast_nonneg (R := R) 100)
    rw [mul_one] at h
    exact h
  constructor
  · calc -100 ≤ -(100 * y) := neg_le_neg hundred
      _ = -100 * y := (neg_mul 100 y).symm
      _ ≤ x * y := mul_le_mul_of_nonneg_right hx.left hy.left
  · exact le_trans (mul_le_mul_of_nonneg_right hx.right hy.left) hundred

/-- A weighted mean of numbers between two bounds is between them. -/
theorem mean_le {w x : Fin n → R} {c : R} (hw : ∀ i, 0 < w i) (hsum : ∑ i, w i = 1)
    (hx : ∀ i, x i ≤ c) : ∑ i, w i * x i ≤ c := by
  have h := sum_le_sum (fun i => mul_le_mul_of_nonneg_left (hx i) (le_of_lt (hw i)))
  rw [← sum_mul, hsum, one_mul] at h
  exact h
theorem le_mean {w x : Fin n → R} {c : R} (hw : ∀ i, 0 < w i) (hsum : ∑ i, w i = 1)
    (hx : ∀ i, c ≤ x i) : c ≤ ∑ i, w i * x i := by
  have h := sum_le_sum (fun i => mul_le_mul_of_nonneg_left (hx i) (le_of_lt (hw i)))
  rw [← sum_mul, hsum, one_mul] at h
  exact h

theorem war_score_bounds_repaired {w a d : Fin n → R}
    (hw : ∀ i, 0 < w i ∧ w i ≤ 1) (hsum : ∑ i, w i = 1)
    (ha : ∀ i, -100 ≤ a i ∧ a i ≤ 100) (hd : ∀ i, 0 ≤ d i ∧ d i ≤ 1) :
    -100 ≤ war_score w a d ∧ war_score w a d ≤ 100 := by
  have mean : war_score w a d = ∑ i, w i * (a i * d i) := sum_congr (fun i => mul_assoc _ _ _)
  rw [mean]
  exact ⟨le_mean (fun i => (hw i).left) hsum (fun i => (part_of_impact (ha i) (hd i)).left),
    mean_le (fun i => (hw i).left) hsum (fun i => (part_of_impact (ha i) (hd i)).right)⟩

/-- One sector of weight 1, impact 100 and potential 2 scores 200. -/
theorem war_score_bounds_refuted :
    ¬ ∀ (n : Nat) (w a d : Fin n → R), (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 →
      (∀ i, -100 ≤ a i ∧ a i ≤ 100) → (∀ i, 0 ≤ d i) →
      -100 ≤ war_score w a d ∧ war_score w a d ≤ 100 := by
  intro claim
  have bounds := claim 1 (fun _ => 1) (fun _ => 100) (fun _ => 2)
    (fun _ => ⟨zero_lt_one, le_rfl⟩) (add_zero 1)
    (fun _ => ⟨le_trans (neg_nonpos (natCast_nonneg 100)) (natCast_nonneg 100), le_rfl⟩)
    (fun _ => natCast_nonneg 2)
  have score : war_score (n := 1) (fun _ => 1) (fun _ => 100) (fun _ => 2) = (200 : R) := by
    show 1 * 100 * 2 + 0 = (200 : R)
    rw [add_zero, one_mul]
    exact (natCast_mul 100 2).symm
  rw [score] at bounds
  exact not_le_of_lt (natCast_lt (m := 100) (n := 200) (by decide)) bounds.right

theorem war_score_linearity (w a d : Fin n → R) (t : R) :
    war_score w (fun i => t * a i) d = t * war_score w a d := by
  unfold war_score
  rw [mul_sum]
  exact sum_congr (fun i => by rw [mul_left_comm, mul_assoc])

theorem war_score_additivity (w a a' d : Fin n → R) :
    war_score w (fun i => a i + a' i) d = war_score w a d + war_score w a' d := by
  unfold war_score
  rw [← sum_add]
  exact sum_congr (fun i => by rw [mul_add, add_mul])

/-- Where the only potential is zero, a larger impact changes nothing. -/
theorem war_score_monotonicity_refuted :
    ¬ ∀ (n : Nat) (w a a' d : Fin n → R), 0 < n → (∀ i, 0 < w i) → (∀ i, 0 ≤ d i) →
      (∀ i, a i < a' i) → war_score w a d < war_score w a' d := by
  intro claim
  have less := claim 1 (fun _ => 1) (fun _ => 0) (fun _ => 1) (fun _ => 0) (by decide)
    (fun _ => zero_lt_one) (fun _ => le_rfl) (fun _ => zero_lt_one)
  have same : ∀ x : R, war_score (n := 1) (fun _ => 1) (fun _ => x) (fun _ => 0) = 0 :=
    fun x => sum_eq_zero (fun _ => mul_zero _)
  rw [same, same] at less
  exact lt_irrefl 0 less

theorem war_score_monotonicity_repaired {w a a' d : Fin n → R} (hw : ∀ i, 0 < w i)
    (hd : ∀ i, 0 ≤ d i) (h : ∀ i, a i < a' i) : war_score w a d ≤ war_score w a' d :=
  sum_le_sum (fun i => mul_le_mul_of_nonneg_right
    (mul_le_mul_of_nonneg_left (le_of_lt (h i)) (le_of_lt (hw i))) (hd i))

theorem war_score_zero {w a d : Fin n → R} (h : ∀ i, a i = 0) : war_score w a d = 0 :=
  sum_eq_zero (fun i => by rw [h i, mul_zero, zero_mul])

/-- Three sectors of weight 1 add up to 3. -/
theorem weight_consistency_refuted :
    ¬ ∀ w : Fin 3 → R, (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 := by
  intro claim
  have one := claim (fun _ => 1) (fun _ => ⟨zero_lt_one, le_rfl⟩)
  rw [sum_const, mul_one] at one
  exact ne_of_gt (natCast_lt (m := 1) (n := 3) (by decide)) one

/-! ## The Deficit Reduction Potential -/

theorem raw_reduction_nonneg {p c r : Fin n → R} (hp : ∀ i, 0 ≤ p i)
    (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1) (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : 0 ≤ raw_reduction p c r :=
  sum_nonneg (fun i => mul_nonneg (mul_nonneg (hp i) (hc i).left) (hr i).left)

/-- One policy of effect 1, sure and carried out, from a baseline of 1 at a margin of 1/2. -/
theorem drp_conservative_refuted :
    ¬ ∀ (n : Nat) (b m : R) (p c r : Fin n → R), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) →
      drp b m p c r ≤ b - raw_reduction p c r := by
  intro claim
  have two : (0 : R) < 2 := natCast_pos (by decide)
  have half : (2 : R)⁻¹ < 1 := by
    apply lt_of_not_le
    intro h
    have k := mul_le_mul_of_nonneg_left h (le_of_lt two)
    rw [mul_one, mul_inv_cancel (ne_of_gt two)] at k
    exact not_le_of_lt (natCast_lt (m := 1) (n := 2) (by decide)) k
  have unit : ∀ i : Fin 1, (0 : R) ≤ 1 ∧ (1 : R) ≤ 1 := fun _ => ⟨zero_le_one, le_rfl⟩
  have less := claim 1 1 2⁻¹ (fun _ => 1) (fun _ => 1) (fun _ => 1) zero_le_one
    ⟨inv_pos two, le_of_lt half⟩ (fun _ => zero_le_one) unit unit
  have raw : raw_reduction (n := 1) (fun _ => 1) (fun _ => 1) (fun _ => 1) = (1 : R) := by
    show 1 * 1 * 1 + 0 = (1 : R)
    rw [add_zero, one_mul, one_mul]
  unfold drp at less
  rw [raw, one_mul] at less
  have k := neg_lt_neg half
  exact not_le_of_lt k (le_of_add_le_add_left less)

theorem drp_conservative_repaired {b m : R} {p c r : Fin n → R} (_hb : 0 ≤ b)
    (hm : 0 < m ∧ m ≤ 1) (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1)
    (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : drp b m p c r ≥ b - raw_reduction p c r := by
  have h := mul_le_mul_of_nonneg_left hm.right (raw_reduction_nonneg hp hc hr)
  rw [mul_one] at h
  exact sub_le_sub_left h b

/-- One policy of effect 1 overshoots a baseline of 0. -/
theorem drp_nonnegative_refuted :
    ¬ ∀ (n : Nat) (b m : R) (p c r : Fin n → R), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) → 0 ≤ drp b m p c r := by
  intro claim
  have unit : ∀ i : Fin 1, (0 : R) ≤ 1 ∧ (1 : R) ≤ 1 := fun _ => ⟨zero_le_one, le_rfl⟩
  have nonneg := claim 1 0 1 (fun _ => 1) (fun _ => 1) (fun _ => 1) le_rfl
    ⟨zero_lt_one, le_rfl⟩ (fun _ => zero_le_one) unit unit
  have score : drp (n := 1) 0 1 (fun _ => 1) (fun _ => 1) (fun _ => 1) = (-1 : R) := by
    show 0 - (1 * 1 * 1 + 0) * 1 = (-1 : R)
    rw [zero_sub, mul_one, add_zero, mul_one, mul_one]
  rw [score] at nonneg
  exact not_le_of_lt (neg_neg_of_pos zero_lt_one) nonneg

theorem drp_nonnegative_repaired {b m : R} {p c r : Fin n → R}
    (h : raw_reduction p c r * m ≤ b) : 0 ≤ drp b m p c r :=
  sub_nonneg.mpr h

theorem drp_at_most_baseline {b m : R} {p c r : Fin n → R} (_hb : 0 ≤ b)
    (hm : 0 < m ∧ m ≤ 1) (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1)
    (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : drp b m p c r ≤ b :=
  sub_le_self (mul_nonneg (raw_reduction_nonneg hp hc hr) (le_of_lt hm.left))

/-- Two policies without effect leave a baseline of 1 twice. -/
theorem deficit_reduction_soundness_refuted :
    ¬ ∀ (b m : R) (p c r : Fin 2 → R), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) →
      ∑ i, (b - p i * c i * r i * m) ≤ b := by
  intro claim
  have unit : ∀ i : Fin 2, (0 : R) ≤ 1 ∧ (1 : R) ≤ 1 := fun _ => ⟨zero_le_one, le_rfl⟩
  have less := claim 1 1 (fun _ => 0) (fun _ => 1) (fun _ => 1) zero_le_one
    ⟨zero_lt_one, le_rfl⟩ (fun _ => le_rfl) unit unit
  rw [mul_one, mul_one, mul_one, sub_zero, sum_const, mul_one] at less
  exact not_le_of_lt (natCast_lt (m := 1) (n := 2) (by decide)) less

/-! ## The Sector Prioritization Score -/

/-- What `0.4` and its like stand for. -/
theorem tenths (k : Nat) : (OfScientific.ofScientific k true 1 : R) = Nat.cast k * 10⁻¹ := rfl

theorem tenth_pos : (0 : R) < 10⁻¹ := inv_pos (natCast_pos (by decide))
theorem tenths_pos {k : Nat} (h : 0 < k) : (0 : R) < OfScientific.ofScientific k true 1 :=
  mul_pos (natCast_pos h) tenth_pos
theorem tenths_lt {j k : Nat} (h : j < k) :
    (OfScientific.ofScientific j true 1 : R) < OfScientific.ofScientific k true 1 :=
  mul_lt_mul_of_pos_right (natCast_lt h) tenth_pos
theorem tenths_add (j k : Nat) : (OfScientific.ofScientific j true 1 : R) +
    OfScientific.ofScientific k true 1 = OfScientific.ofScientific (j + k) true 1 := by
  rw [tenths, tenths, tenths, natCast_add, add_mul]

theorem sps_weights_sum_to_one : (0.4 + 0.3 + 0.2 + 0.1 : R) = 1 := by
  rw [tenths_add, tenths_add, tenths_add]
  exact mul_inv_cancel (ne_of_gt (natCast_pos (n := 10) (by decide)))

theorem sps_bounds {deficit jobs growth ease : R}
    (hd : 0 ≤ deficit ∧ deficit ≤ 100) (hj : 0 ≤ jobs ∧ jobs ≤ 100)
    (hg : 0 ≤ growth ∧ growth ≤ 100) (he : 0 ≤ ease ∧ ease ≤ 100) :
    0 ≤ sps deficit jobs growth ease ∧ sps deficit jobs growth ease ≤ 100 := by
  have four : (0 : R) ≤ 0.4 := le_of_lt (tenths_pos (by decide))
  have three : (0 : R) ≤ 0.3 := le_of_lt (tenths_pos (by decide))
  have two : (0 : R) ≤ 0.2 := le_of_lt (tenths_pos (by decide))
  have one : (0 : R) ≤ 0.1 := le_of_lt (tenths_pos (by decide))
  constructor
  · exact add_nonneg (add_nonneg (add_nonneg (mul_nonneg four hd.left) (mul_nonneg three hj.left))
      (mul_nonneg two hg.left)) (mul_nonneg one he.left)
  · calc sps deficit jobs growth ease ≤ 0.4 * 100 + 0.3 * 100 + 0.2 * 100 + 0.1 * 100 :=
          add_le_add (add_le_add (add_le_add (mul_le_mul_of_nonneg_left hd.right four)
            (mul_le_mul_of_nonneg_left hj.right three)) (mul_le_mul_of_nonneg_left hg.right two))
            (mul_le_mul_of_nonneg_left he.right one)
      _ = (0.4 + 0.3 + 0.2 + 0.1) * 100 := by rw [add_mul, add_mul, add_mul]
      _ = 100 := by rw [sps_weights_sum_to_one, one_mul]

theorem sps_deficit_weighs_most :
    (sps 1 0 0 0 : R) > sps 0 1 0 0 ∧ (sps 1 0 0 0 : R) > sps 0 0 1 0 ∧
      (sps 1 0 0 0 : R) > sps 0 0 0 1 := by
  have first : (sps 1 0 0 0 : R) = 0.4 := by
    unfold sps; rw [mul_zero, mul_zero, mul_zero, add_zero, add_zero, add_zero, mul_one]
  have second : (sps 0 1 0 0 : R) = 0.3 := by
    unfold sps; rw [mul_zero, mul_zero, mul_zero, add_zero, add_zero, zero_add, mul_one]
  have third : (sps 0 0 1 0 : R) = 0.2 := by
    unfold sps; rw [mul_zero, mul_zero, mul_zero, add_zero, add_zero, zero_add, mul_one]
  have fourth : (sps 0 0 0 1 : R) = 0.1 := by
    unfold sps; rw [mul_zero, mul_zero, mul_zero, add_zero, add_zero, zero_add, mul_one]
  rw [first, second, third, fourth]
  exact ⟨tenths_lt (by decide), tenths_lt (by decide), tenths_lt (by decide)⟩

theorem sps_monotonicity {deficit deficit' jobs growth ease : R} (h : deficit < deficit') :
    sps deficit jobs growth ease < sps deficit' jobs growth ease :=
  add_lt_add_right (add_lt_add_right (add_lt_add_right
    (mul_lt_mul_of_pos_left h (tenths_pos (by decide))) _) _) _

end Moneyball
