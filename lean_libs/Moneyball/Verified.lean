import Moneyball.Drp
import Moneyball.Inputs
import Moneyball.Sps
import Moneyball.War

/-!
Version 0.3: inputs whose numbers carry their ranges as subtypes of `ℝ`, and scores whose bounds
then hold without any assumption. The potential is limited to 1, which the publication forgot.

Each theorem here is one about plain numbers, applied to what the types say.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball.Verified

/-- Above 0 and up to 1: a sector's weight, the margin of safety. -/
abbrev Share := { x : ℝ // 0 < x ∧ x ≤ 1 }

/-- From 0 to 1: a potential, a confidence, a rate. -/
abbrev Fraction := { x : ℝ // 0 ≤ x ∧ x ≤ 1 }

/-- From -100 to 100. -/
abbrev Impact := { x : ℝ // -100 ≤ x ∧ x ≤ 100 }

/-- From 0 to 100. -/
abbrev Rating := { x : ℝ // 0 ≤ x ∧ x ≤ 100 }

/-- Not negative: a deficit, the effect of a policy. -/
abbrev Amount := { x : ℝ // 0 ≤ x }

structure SectorTrade where
  sector_weight : Share
  agreement_impact : Impact
  deficit_reduction_potential : Fraction

structure TradeAnalysisInput where
  sectors : Finmap fun _ : Sector => SectorTrade
  weights_total : ∑ e ∈ records sectors, e.2.sector_weight.1 = 1

structure PolicyRecord where
  policy_effect : Amount
  confidence_factor : Fraction
  implementation_rate : Fraction

structure DeficitAnalysisInput where
  baseline_deficit : Amount
  buffett_margin_of_safety : Share
  policies : Finmap fun _ : PolicyId => PolicyRecord

structure SectorRatings where
  deficit_impact : Rating
  job_creation : Rating
  growth_potential : Rating
  implementation_ease : Rating

structure SectorPrioritizationInput where
  sectors : Finmap fun _ : Sector => SectorRatings

noncomputable def TradeAnalysisInput.war_score (x : TradeAnalysisInput) : ℝ :=
  Moneyball.war_score (fun i => (record x.sectors i).sector_weight.1)
    (fun i => (record x.sectors i).agreement_impact.1)
    (fun i => (record x.sectors i).deficit_reduction_potential.1)

noncomputable def DeficitAnalysisInput.raw_reduction (x : DeficitAnalysisInput) : ℝ :=
  Moneyball.raw_reduction (fun i => (record x.policies i).policy_effect.1)
    (fun i => (record x.policies i).confidence_factor.1)
    (fun i => (record x.policies i).implementation_rate.1)

noncomputable def DeficitAnalysisInput.drp (x : DeficitAnalysisInput) : ℝ :=
  Moneyball.drp x.baseline_deficit.1 x.buffett_margin_of_safety.1
    (fun i => (record x.policies i).policy_effect.1)
    (fun i => (record x.policies i).confidence_factor.1)
    (fun i => (record x.policies i).implementation_rate.1)

noncomputable def SectorRatings.sps (x : SectorRatings) : ℝ :=
  Moneyball.sps x.deficit_impact.1 x.job_creation.1 x.growth_potential.1 x.implementation_ease.1

/-- The return of an agreement lies between -100 and 100. -/
theorem war_score_bounds (x : TradeAnalysisInput) :
    -100 ≤ x.war_score ∧ x.war_score ≤ 100 := by
  have total : ∑ i, (record x.sectors i).sector_weight.1 = 1 :=
    (sum_record x.sectors fun s => s.sector_weight.1).trans x.weights_total
  exact war_score_bounds_repaired _ _ _ (fun i => (record x.sectors i).sector_weight.2) total
    (fun i => (record x.sectors i).agreement_impact.2)
    (fun i => (record x.sectors i).deficit_reduction_potential.2)

/-- The potential lies between the deficit less the raw effect, and the deficit. -/
theorem drp_bounds (x : DeficitAnalysisInput) :
    x.baseline_deficit.1 - x.raw_reduction ≤ x.drp ∧ x.drp ≤ x.baseline_deficit.1 := by
  constructor
  · exact drp_conservative_repaired _ _ _ _ _ x.baseline_deficit.2 x.buffett_margin_of_safety.2
      (fun i => (record x.policies i).policy_effect.2)
      (fun i => (record x.policies i).confidence_factor.2)
      (fun i => (record x.policies i).implementation_rate.2)
  · exact drp_at_most_baseline _ _ _ _ _ x.baseline_deficit.2 x.buffett_margin_of_safety.2
      (fun i => (record x.policies i).policy_effect.2)
      (fun i => (record x.policies i).confidence_factor.2)
      (fun i => (record x.policies i).implementation_rate.2)

/-- The potential is not negative while the adjusted effect stays within the deficit. -/
theorem drp_nonneg (x : DeficitAnalysisInput)
    (h : x.raw_reduction * x.buffett_margin_of_safety.1 ≤ x.baseline_deficit.1) : 0 ≤ x.drp :=
  drp_nonnegative_repaired _ _ _ _ _ h

/-- The score of a sector lies between 0 and 100. -/
theorem sps_bounds (x : SectorRatings) : 0 ≤ x.sps ∧ x.sps ≤ 100 :=
  Moneyball.sps_bounds _ _ _ _ x.deficit_impact.2 x.job_creation.2 x.growth_potential.2
    x.implementation_ease.2

end Moneyball.Verified
