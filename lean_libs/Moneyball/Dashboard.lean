import Moneyball.Verified

/-!
What the HMS dashboard shows: the return as a gauge from 0 to 100, and the deficit while the
policies are phased in.

The names are the plan's, in the namespace `HMS`. The modules of the verified core are called
`HMS.…` too, and its scores `Moneyball.…` as here; it brings its own `Eq` and `Nat`, so nothing can
import both and the names never meet.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace HMS

/-- A return from -100 to 100 on a scale from 0 to 100. -/
noncomputable def gauge (war : ℝ) : ℝ :=
  (war + 100) / 2

/-- The gauge stays on its scale. -/
theorem gauge_bounds (war : ℝ) (h : -100 ≤ war ∧ war ≤ 100) : 0 ≤ gauge war ∧ gauge war ≤ 100 := by
  unfold gauge
  constructor
  · linarith [h.1]
  · linarith [h.2]

/-- The upper half of the scale is what may be pursued. -/
theorem gauge_threshold (war : ℝ) : 50 ≤ gauge war ↔ 0 ≤ war := by
  unfold gauge
  constructor
  · intro h
    linarith
  · intro h
    linarith

/-- The deficit once a share `t` of every policy is in force. -/
noncomputable def projected_deficit {n : ℕ} (b m t : ℝ) (p c r : Fin n → ℝ) : ℝ :=
  b - t * (Moneyball.raw_reduction p c r * m)

/-- A projection never shows less than the full programme leaves, nor more than there is. -/
theorem projected_deficit_bounds {n : ℕ} (b m t : ℝ) (p c r : Fin n → ℝ) (hm : 0 < m ∧ m ≤ 1)
    (ht : 0 ≤ t ∧ t ≤ 1) (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1)
    (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) :
    Moneyball.drp b m p c r ≤ projected_deficit b m t p c r ∧
      projected_deficit b m t p c r ≤ b := by
  have raw := Moneyball.raw_reduction_nonneg p c r hp hc hr
  have taken : 0 ≤ Moneyball.raw_reduction p c r * m := mul_nonneg raw hm.1.le
  have now : 0 ≤ t * (Moneyball.raw_reduction p c r * m) := mul_nonneg ht.1 taken
  have later : 0 ≤ (1 - t) * (Moneyball.raw_reduction p c r * m) :=
    mul_nonneg (by linarith [ht.2]) taken
  unfold projected_deficit Moneyball.drp
  constructor
  · nlinarith [later]
  · linarith

/-- What the dashboard is given: an agreement, the policies, and how far they are phased in. -/
structure HMSDashboardInput where
  trade : Moneyball.Verified.TradeAnalysisInput
  deficit : Moneyball.Verified.DeficitAnalysisInput
  phase : Moneyball.Verified.Fraction

/-- The return of the agreement as a gauge. -/
noncomputable def war_score_hms (x : HMSDashboardInput) : ℝ :=
  gauge x.trade.war_score

/-- The deficit at the present phase. -/
noncomputable def project_deficit_impact_hms (x : HMSDashboardInput) : ℝ :=
  projected_deficit x.deficit.baseline_deficit.1 x.deficit.buffett_margin_of_safety.1 x.phase.1
    (fun i => (Moneyball.record x.deficit.policies i).policy_effect.1)
    (fun i => (Moneyball.record x.deficit.policies i).confidence_factor.1)
    (fun i => (Moneyball.record x.deficit.policies i).implementation_rate.1)

/-- The gauge of an agreement stays on its scale. -/
theorem war_score_hms_bounds (x : HMSDashboardInput) :
    0 ≤ war_score_hms x ∧ war_score_hms x ≤ 100 :=
  gauge_bounds x.trade.war_score (Moneyball.Verified.war_score_bounds x.trade)

/-- The dashboard is conservative: it shows at least what the full programme leaves. -/
theorem hms_dashboard_conservative (x : HMSDashboardInput) :
    x.deficit.drp ≤ project_deficit_impact_hms x ∧
      project_deficit_impact_hms x ≤ x.deficit.baseline_deficit.1 :=
  projected_deficit_bounds _ _ _ _ _ _ x.deficit.buffett_margin_of_safety.2 x.phase.2
    (fun i => (Moneyball.record x.deficit.policies i).policy_effect.2)
    (fun i => (Moneyball.record x.deficit.policies i).confidence_factor.2)
    (fun i => (Moneyball.record x.deficit.policies i).implementation_rate.2)

end HMS

#check HMS.HMSDashboardInput
#check HMS.war_score_hms
#check HMS.project_deficit_impact_hms
