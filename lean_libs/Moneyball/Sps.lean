import Moneyball.Scores

/-!
What holds of the Sector Prioritization Score. Everything published of it is true.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball

/-- The weights as fractions, which linear arithmetic reads without help. -/
theorem sps_in_fractions (deficit jobs growth ease : ℝ) :
    sps deficit jobs growth ease =
      2 / 5 * deficit + 3 / 10 * jobs + 1 / 5 * growth + 1 / 10 * ease := by
  norm_num [sps]

/-- Ratings from 0 to 100 give a score from 0 to 100. -/
theorem sps_bounds (deficit jobs growth ease : ℝ) (h1 : 0 ≤ deficit ∧ deficit ≤ 100)
    (h2 : 0 ≤ jobs ∧ jobs ≤ 100) (h3 : 0 ≤ growth ∧ growth ≤ 100)
    (h4 : 0 ≤ ease ∧ ease ≤ 100) :
    0 ≤ sps deficit jobs growth ease ∧ sps deficit jobs growth ease ≤ 100 := by
  rw [sps_in_fractions]
  constructor
  · linarith [h1.1, h2.1, h3.1, h4.1]
  · linarith [h1.2, h2.2, h3.2, h4.2]

/-- The four weights add up to one. -/
theorem sps_weights_sum_to_one : (0.4 + 0.3 + 0.2 + 0.1 : ℝ) = 1 := by
  norm_num

/-- Of the four ratings, the one for the deficit moves the score most. -/
theorem sps_deficit_weighs_most :
    sps 1 0 0 0 > sps 0 1 0 0 ∧ sps 1 0 0 0 > sps 0 0 1 0 ∧ sps 1 0 0 0 > sps 0 0 0 1 := by
  simp only [sps_in_fractions]
  norm_num

/-- No rating is without effect. -/
theorem sps_every_rating_counts (deficit jobs growth ease more : ℝ) (h : 0 < more) :
    sps deficit jobs growth ease < sps (deficit + more) jobs growth ease ∧
      sps deficit jobs growth ease < sps deficit (jobs + more) growth ease ∧
      sps deficit jobs growth ease < sps deficit jobs (growth + more) ease ∧
      sps deficit jobs growth ease < sps deficit jobs growth (ease + more) := by
  simp only [sps_in_fractions]
  refine ⟨?_, ?_, ?_, ?_⟩ <;> linarith

/-- A better rating for the deficit means a better score. -/
theorem sps_monotonicity (deficit jobs growth ease deficit' : ℝ) (h : deficit < deficit') :
    sps deficit jobs growth ease < sps deficit' jobs growth ease := by
  rw [sps_in_fractions, sps_in_fractions]
  linarith

end Moneyball
