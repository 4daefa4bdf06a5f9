import Moneyball.Scores

/-!
What holds of the Weighted Agreement Return, and what is published of it and does not.

A theorem bears the name of the claim that it proves; `X_false` says that the claim `X` fails.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball

/-- One sector's part of the return stays within 100 times its weight. -/
theorem war_term_bounds (w a d : ℝ) (hw : 0 ≤ w) (ha : -100 ≤ a ∧ a ≤ 100)
    (hd : 0 ≤ d ∧ d ≤ 1) : (-100) * w ≤ w * a * d ∧ w * a * d ≤ 100 * w := by
  have wd : 0 ≤ w * d := mul_nonneg hw hd.1
  have rest : 0 ≤ w * (1 - d) := mul_nonneg hw (by linarith [hd.2])
  have above : 0 ≤ w * d * (a + 100) := mul_nonneg wd (by linarith [ha.1])
  have below : 0 ≤ w * d * (100 - a) := mul_nonneg wd (by linarith [ha.2])
  constructor
  · nlinarith [above, rest]
  · nlinarith [below, rest]

/-- With potentials from 0 to 1 the return lies between -100 and 100. -/
theorem war_score_bounds_repaired {n : ℕ} (w a d : Fin n → ℝ)
    (hw : ∀ i, 0 < w i ∧ w i ≤ 1) (hs : ∑ i, w i = 1)
    (ha : ∀ i, -100 ≤ a i ∧ a i ≤ 100) (hd : ∀ i, 0 ≤ d i ∧ d i ≤ 1) :
    -100 ≤ war_score w a d ∧ war_score w a d ≤ 100 := by
  have bounds : ∀ i, (-100) * w i ≤ w i * a i * d i ∧ w i * a i * d i ≤ 100 * w i :=
    fun i => war_term_bounds (w i) (a i) (d i) (hw i).1.le (ha i) (hd i)
  have lower : ∑ i, (-100) * w i ≤ ∑ i, w i * a i * d i :=
    Finset.sum_le_sum fun i _ => (bounds i).1
  have upper : ∑ i, w i * a i * d i ≤ ∑ i, 100 * w i :=
    Finset.sum_le_sum fun i _ => (bounds i).2
  have total : ∀ k : ℝ, ∑ i, k * w i = k := fun k => by rw [← Finset.mul_sum, hs, mul_one]
  rw [total (-100)] at lower
  rw [total 100] at upper
  exact ⟨lower, upper⟩

/-- No upper bound is published for the potential, and without one a single sector with impact 100
and potential 2 returns 200. -/
theorem war_score_upper_false :
    ¬ ∀ (n : ℕ) (w a d : Fin n → ℝ), (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 →
      (∀ i, -100 ≤ a i ∧ a i ≤ 100) → (∀ i, 0 ≤ d i) → war_score w a d ≤ 100 := by
  intro claim
  have value : war_score (fun _ : Fin 1 => 1) (fun _ => 100) (fun _ => 2) = 200 := by
    norm_num [war_score]
  have upper := claim 1 (fun _ => 1) (fun _ => 100) (fun _ => 2) (fun _ => by norm_num)
    (by simp) (fun _ => by norm_num) (fun _ => by norm_num)
  rw [value] at upper
  linarith

/-- Nor does the lower bound hold: with impact -100 the same sector returns -200. -/
theorem war_score_lower_false :
    ¬ ∀ (n : ℕ) (w a d : Fin n → ℝ), (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 →
      (∀ i, -100 ≤ a i ∧ a i ≤ 100) → (∀ i, 0 ≤ d i) → -100 ≤ war_score w a d := by
  intro claim
  have value : war_score (fun _ : Fin 1 => 1) (fun _ => -100) (fun _ => 2) = -200 := by
    norm_num [war_score]
  have lower := claim 1 (fun _ => 1) (fun _ => -100) (fun _ => 2) (fun _ => by norm_num)
    (by simp) (fun _ => by norm_num) (fun _ => by norm_num)
  rw [value] at lower
  linarith

/-- So the published bounds fail. -/
theorem war_score_bounds_false :
    ¬ ∀ (n : ℕ) (w a d : Fin n → ℝ), (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 →
      (∀ i, -100 ≤ a i ∧ a i ≤ 100) → (∀ i, 0 ≤ d i) →
      -100 ≤ war_score w a d ∧ war_score w a d ≤ 100 := by
  intro claim
  exact war_score_upper_false fun n w a d hw hs ha hd => (claim n w a d hw hs ha hd).2

/-- Scaling every impact by one factor scales the return by it. -/
theorem war_score_linearity {n : ℕ} (w a d : Fin n → ℝ) (t : ℝ) :
    war_score w (fun i => t * a i) d = t * war_score w a d := by
  show ∑ i, w i * (t * a i) * d i = t * ∑ i, w i * a i * d i
  rw [Finset.mul_sum]
  exact Finset.sum_congr rfl fun i _ =>
    show w i * (t * a i) * d i = t * (w i * a i * d i) by ring

/-- The return of two agreements together is the sum of their returns. -/
theorem war_score_additivity {n : ℕ} (w a d a' : Fin n → ℝ) :
    war_score w (fun i => a i + a' i) d = war_score w a d + war_score w a' d := by
  show ∑ i, w i * (a i + a' i) * d i = ∑ i, w i * a i * d i + ∑ i, w i * a' i * d i
  rw [← Finset.sum_add_distrib]
  exact Finset.sum_congr rfl fun i _ =>
    show w i * (a i + a' i) * d i = w i * a i * d i + w i * a' i * d i by ring

/-- A larger impact in every sector, all else equal, never means a smaller return. -/
theorem war_score_monotonicity_repaired {n : ℕ} (w a d a' : Fin n → ℝ)
    (hw : ∀ i, 0 < w i) (hd : ∀ i, 0 ≤ d i) (ha : ∀ i, a i < a' i) :
    war_score w a d ≤ war_score w a' d := by
  have term : ∀ i, w i * a i * d i ≤ w i * a' i * d i := by
    intro i
    have wd : 0 ≤ w i * d i := mul_nonneg (hw i).le (hd i)
    have gain : 0 ≤ w i * d i * (a' i - a i) := mul_nonneg wd (by linarith [ha i])
    nlinarith [gain]
  show ∑ i, w i * a i * d i ≤ ∑ i, w i * a' i * d i
  exact Finset.sum_le_sum fun i _ => term i

/-- A potential of zero is allowed, and then a larger impact changes nothing. -/
theorem war_score_monotonicity_false :
    ¬ ∀ (n : ℕ) (w a d a' : Fin n → ℝ), 0 < n → (∀ i, 0 < w i) → (∀ i, 0 ≤ d i) →
      (∀ i, a i < a' i) → war_score w a d < war_score w a' d := by
  intro claim
  have value : ∀ a : Fin 1 → ℝ, war_score (fun _ => 1) a (fun _ => 0) = 0 := by
    intro a
    simp [war_score]
  have strict := claim 1 (fun _ => 1) (fun _ => 0) (fun _ => 0) (fun _ => 1) (by norm_num)
    (fun _ => by norm_num) (fun _ => by norm_num) (fun _ => by norm_num)
  rw [value, value] at strict
  linarith

/-- An agreement without impact anywhere returns nothing. -/
theorem war_score_zero {n : ℕ} (w a d : Fin n → ℝ) (ha : ∀ i, a i = 0) :
    war_score w a d = 0 := by
  show ∑ i, w i * a i * d i = 0
  exact Finset.sum_eq_zero fun i _ => by rw [ha i, mul_zero, zero_mul]

/-- The published range of one weight does not make three of them add up to one. -/
theorem weight_consistency_false :
    ¬ ∀ w : Fin 3 → ℝ, (∀ i, 0 < w i ∧ w i ≤ 1) → ∑ i, w i = 1 := by
  intro claim
  have total := claim (fun _ => 1) (fun _ => by norm_num)
  norm_num at total

end Moneyball
