import Moneyball.Scores

/-!
What holds of the Deficit Reduction Potential, and what is published of it and does not.

The published statement and the outline that is to prove it contradict each other: one says at
most `b - raw`, the other concludes at least. The second is true.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball

/-- Policies never add to the deficit. -/
theorem raw_reduction_nonneg {n : ℕ} (p c r : Fin n → ℝ) (hp : ∀ i, 0 ≤ p i)
    (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1) (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : 0 ≤ raw_reduction p c r := by
  show 0 ≤ ∑ i, p i * c i * r i
  exact Finset.sum_nonneg fun i _ => mul_nonneg (mul_nonneg (hp i) (hc i).1) (hr i).1

/-- Confidence and rate only ever take from what the policies promise. -/
theorem raw_reduction_at_most_promised {n : ℕ} (p c r : Fin n → ℝ) (hp : ∀ i, 0 ≤ p i)
    (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1) (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) :
    raw_reduction p c r ≤ ∑ i, p i := by
  have term : ∀ i, p i * c i * r i ≤ p i := by
    intro i
    have doubt : 0 ≤ p i * (1 - c i) := mul_nonneg (hp i) (by linarith [(hc i).2])
    have delay : 0 ≤ p i * c i * (1 - r i) :=
      mul_nonneg (mul_nonneg (hp i) (hc i).1) (by linarith [(hr i).2])
    nlinarith [doubt, delay]
  show ∑ i, p i * c i * r i ≤ ∑ i, p i
  exact Finset.sum_le_sum fun i _ => term i

/-- The potential is at least the deficit less the raw effect of the policies. -/
theorem drp_conservative_repaired {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ) (_hb : 0 ≤ b)
    (hm : 0 < m ∧ m ≤ 1) (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1)
    (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : drp b m p c r ≥ b - raw_reduction p c r := by
  have raw := raw_reduction_nonneg p c r hp hc hr
  have saved : 0 ≤ raw_reduction p c r * (1 - m) := mul_nonneg raw (by linarith [hm.2])
  show b - raw_reduction p c r ≤ b - raw_reduction p c r * m
  nlinarith [saved]

/-- The published direction fails: half a margin on a full effect leaves more than the raw rest. -/
theorem drp_conservative_false :
    ¬ ∀ (n : ℕ) (b m : ℝ) (p c r : Fin n → ℝ), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) →
      drp b m p c r ≤ b - raw_reduction p c r := by
  intro claim
  have raw : raw_reduction (fun _ : Fin 1 => 1) (fun _ => 1) (fun _ => 1) = 1 := by
    norm_num [raw_reduction]
  have bound := claim 1 0 (1 / 2) (fun _ => 1) (fun _ => 1) (fun _ => 1) (by norm_num)
    (by norm_num) (fun _ => by norm_num) (fun _ => by norm_num) (fun _ => by norm_num)
  rw [drp, raw] at bound
  linarith

/-- The potential is not negative while the adjusted effect stays within the deficit. -/
theorem drp_nonnegative_repaired {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ)
    (h : raw_reduction p c r * m ≤ b) : 0 ≤ drp b m p c r := by
  show 0 ≤ b - raw_reduction p c r * m
  linarith

/-- Nothing published keeps the effect within the deficit: with no deficit a full effect of one
leaves minus one. -/
theorem drp_nonnegative_false :
    ¬ ∀ (n : ℕ) (b m : ℝ) (p c r : Fin n → ℝ), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) → 0 ≤ drp b m p c r := by
  intro claim
  have raw : raw_reduction (fun _ : Fin 1 => 1) (fun _ => 1) (fun _ => 1) = 1 := by
    norm_num [raw_reduction]
  have bound := claim 1 0 1 (fun _ => 1) (fun _ => 1) (fun _ => 1) (by norm_num)
    (by norm_num) (fun _ => by norm_num) (fun _ => by norm_num) (fun _ => by norm_num)
  rw [drp, raw] at bound
  linarith

/-- The potential never exceeds the deficit. -/
theorem drp_at_most_baseline {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ) (_hb : 0 ≤ b)
    (hm : 0 < m ∧ m ≤ 1) (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1)
    (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) : drp b m p c r ≤ b := by
  have raw := raw_reduction_nonneg p c r hp hc hr
  have taken : 0 ≤ raw_reduction p c r * m := mul_nonneg raw hm.1.le
  show b - raw_reduction p c r * m ≤ b
  linarith

end Moneyball
