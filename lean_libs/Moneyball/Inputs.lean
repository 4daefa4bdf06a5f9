import Moneyball.Scores

/-!
The inputs of the three scores as finite maps from names to records. Assumes nothing of the numbers.

A record holds all numbers of one sector or policy, so no map can lack a key that another has. `R`
is the type of the numbers: `Float` in `Moneyball.Executable`, `ℝ` below. `Moneyball.Verified`
has inputs of its own, whose numbers carry their ranges.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball

abbrev Sector := String
abbrev PolicyId := String

/-- One sector under a trade agreement. -/
structure SectorTrade (R : Type) where
  sector_weight : R
  agreement_impact : R
  deficit_reduction_potential : R

/-- A trade agreement. -/
structure TradeAnalysisInput (R : Type) where
  sectors : Finmap fun _ : Sector => SectorTrade R

/-- One policy against the deficit. -/
structure PolicyRecord (R : Type) where
  policy_effect : R
  confidence_factor : R
  implementation_rate : R

/-- A deficit and the policies against it. -/
structure DeficitAnalysisInput (R : Type) where
  baseline_deficit : R
  buffett_margin_of_safety : R
  policies : Finmap fun _ : PolicyId => PolicyRecord R

/-- The four ratings of one sector. -/
structure SectorRatings (R : Type) where
  deficit_impact : R
  job_creation : R
  growth_potential : R
  implementation_ease : R

/-- The sectors to be compared. -/
structure SectorPrioritizationInput (R : Type) where
  sectors : Finmap fun _ : Sector => SectorRatings R

/-- The records of a finite map, each with its name. -/
def records {β : Type} (m : Finmap fun _ : String => β) : Finset (Σ _ : String, β) :=
  ⟨m.entries, m.nodup_entries⟩

/-- The records of a finite map in some order; `sum_record` says that it makes no difference. -/
noncomputable def record {β : Type} (m : Finmap fun _ : String => β)
    (i : Fin (records m).card) : β :=
  ((records m).equivFin.symm i).1.2

/-- A sum over the order is the sum over the names. -/
theorem sum_record {β : Type} (m : Finmap fun _ : String => β) (f : β → ℝ) :
    ∑ i, f (record m i) = ∑ e ∈ records m, f e.2 :=
  (Equiv.sum_comp (records m).equivFin.symm fun e : records m => f e.1.2).trans
    (Finset.sum_coe_sort (records m) fun e => f e.2)

/-- The Weighted Agreement Return of an agreement. -/
noncomputable def TradeAnalysisInput.war_score (x : TradeAnalysisInput ℝ) : ℝ :=
  Moneyball.war_score (fun i => (record x.sectors i).sector_weight)
    (fun i => (record x.sectors i).agreement_impact)
    (fun i => (record x.sectors i).deficit_reduction_potential)

/-- The Deficit Reduction Potential of a set of policies. -/
noncomputable def DeficitAnalysisInput.drp (x : DeficitAnalysisInput ℝ) : ℝ :=
  Moneyball.drp x.baseline_deficit x.buffett_margin_of_safety
    (fun i => (record x.policies i).policy_effect)
    (fun i => (record x.policies i).confidence_factor)
    (fun i => (record x.policies i).implementation_rate)

/-- The Sector Prioritization Score of one sector. -/
noncomputable def SectorRatings.sps (x : SectorRatings ℝ) : ℝ :=
  Moneyball.sps x.deficit_impact x.job_creation x.growth_potential x.implementation_ease

/-- The return of an agreement is the published sum over its sectors. -/
theorem war_score_of_sectors (x : TradeAnalysisInput ℝ) :
    x.war_score = ∑ e ∈ records x.sectors,
      e.2.sector_weight * e.2.agreement_impact * e.2.deficit_reduction_potential := by
  have h := sum_record x.sectors fun s : SectorTrade ℝ =>
    s.sector_weight * s.agreement_impact * s.deficit_reduction_potential
  exact h

/-- The potential of a set of policies is the published formula over its policies. -/
theorem drp_of_policies (x : DeficitAnalysisInput ℝ) :
    x.drp = x.baseline_deficit - (∑ e ∈ records x.policies,
      e.2.policy_effect * e.2.confidence_factor * e.2.implementation_rate)
        * x.buffett_margin_of_safety := by
  have h := sum_record x.policies fun s : PolicyRecord ℝ =>
    s.policy_effect * s.confidence_factor * s.implementation_rate
  exact congrArg (fun t => x.baseline_deficit - t * x.buffett_margin_of_safety) h

end Moneyball
