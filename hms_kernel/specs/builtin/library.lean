/-- Weighted Agreement Return: each sector's weight, times the agreement's impact on it, times
the deficit reduction potential there, summed over the sectors. -/
noncomputable def warScore {n : ℕ} (weights impacts drps : Fin n → ℝ) : ℝ :=
  ∑ i, weights i * impacts i * drps i

/-- Sector Prioritization Score: four ratings from 0 to 100, weighed 40, 30, 20 and 10 percent. -/
noncomputable def sectorPrioritizationScore
    (deficitImpact jobCreation growthPotential implementationEase : ℝ) : ℝ :=
  0.4 * deficitImpact + 0.3 * jobCreation + 0.2 * growthPotential + 0.1 * implementationEase

/-- What one policy is said to do: its impact, the confidence in it, and the share of it that is
carried out. Nothing here bounds these numbers. -/
structure PolicyEffect where
  impact : ℝ
  confidence : ℝ
  implementation : ℝ

/-- Deficit Reduction Potential: the baseline deficit, less what the policies are expected to do
times a margin of safety. -/
noncomputable def deficitReductionPotential
    (baselineDeficit : ℝ) (policyEffects : List PolicyEffect) (marginOfSafety : ℝ) : ℝ :=
  baselineDeficit
    - (policyEffects.map fun pe => pe.impact * pe.confidence * pe.implementation).sum
      * marginOfSafety
