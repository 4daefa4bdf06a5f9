import Mathlib

/-!
The three scores over the real numbers, for any number of sectors or policies. Proves nothing.

Source: HMS-A2A project, Moneyball formal specifications 1.0.0. A sector's or a policy's numbers
are functions on `Fin n`; the same definitions stand in the workbench's specification `moneyball`.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball

/-- Weighted Agreement Return: weight times impact times potential, added up over the sectors. -/
noncomputable def war_score {n : ℕ} (w a d : Fin n → ℝ) : ℝ :=
  ∑ i, w i * a i * d i

/-- What the policies are expected to take off the deficit: effect times confidence times rate. -/
noncomputable def raw_reduction {n : ℕ} (p c r : Fin n → ℝ) : ℝ :=
  ∑ i, p i * c i * r i

/-- Deficit Reduction Potential: the deficit `b`, less the raw reduction times the margin `m`. -/
noncomputable def drp {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ) : ℝ :=
  b - raw_reduction p c r * m

/-- Sector Prioritization Score: four ratings, weighed 40, 30, 20 and 10 percent. -/
noncomputable def sps (deficit jobs growth ease : ℝ) : ℝ :=
  0.4 * deficit + 0.3 * jobs + 0.2 * growth + 0.1 * ease

end Moneyball
