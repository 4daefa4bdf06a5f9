import Moneyball.Verified

/-!
The rules and system invariants that the publication states across its three scores, and its
optimality targets. Where it speaks of something that it does not define (`priority`, `pursue`,
`resources`), the simplest definition that fits stands here; what is false is refuted.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball.Integrated

/-! ### Rules -/

/-- An agreement is pursued when its return is not negative. -/
def pursue {n : ℕ} (w a d : Fin n → ℝ) : Prop :=
  0 ≤ war_score w a d

/-- Rule: an agreement whose return is below zero is not pursued. -/
theorem war_threshold {n : ℕ} (w a d : Fin n → ℝ) (h : war_score w a d < 0) :
    ¬ pursue w a d := by
  show ¬ 0 ≤ war_score w a d
  exact not_le.mpr h

/-- An agreement that harms no sector passes the threshold. -/
theorem harmless_agreement_is_pursued {n : ℕ} (w a d : Fin n → ℝ) (hw : ∀ i, 0 < w i)
    (hd : ∀ i, 0 ≤ d i) (ha : ∀ i, 0 ≤ a i) : pursue w a d := by
  show 0 ≤ ∑ i, w i * a i * d i
  exact Finset.sum_nonneg fun i _ => mul_nonneg (mul_nonneg (hw i).le (ha i)) (hd i)

/-- The priority of a policy: how many of the policies have a lower score. -/
noncomputable def priority {n : ℕ} (s : Fin n → ℝ) (i : Fin n) : ℝ :=
  ∑ j, if s j < s i then 1 else 0

/-- Rule: a policy with a higher score has the higher priority. -/
theorem policy_prioritization {n : ℕ} (s : Fin n → ℝ) (i j : Fin n) (h : s i < s j) :
    priority s i < priority s j := by
  unfold priority
  apply Finset.sum_lt_sum
  · intro k _
    by_cases hi : s k < s i
    · have hj : s k < s j := lt_trans hi h
      simp [hi, hj]
    · by_cases hj : s k < s j
      · simp [hi, hj]
      · simp [hi, hj]
  · refine ⟨i, Finset.mem_univ i, ?_⟩
    simp [h]

/-- Rule: while the policies have any effect, a potential is the one that the current margin gives
exactly when it was computed with the current margin. -/
theorem drp_adjustment {n : ℕ} (b m current : ℝ) (p c r : Fin n → ℝ)
    (h : 0 < raw_reduction p c r) : drp b m p c r = drp b current p c r ↔ m = current := by
  constructor
  · intro equal
    unfold drp at equal
    have same : raw_reduction p c r * m = raw_reduction p c r * current := by linarith
    exact mul_left_cancel₀ h.ne' same
  · intro equal
    rw [equal]

/-- Rule: within the published range of weights no sector is left out. -/
theorem sector_inclusivity {n : ℕ} (w : Fin n → ℝ) (hw : ∀ i, 0 < w i ∧ w i ≤ 1) (i : Fin n) :
    0 < w i :=
  (hw i).1

/-! ### System invariants -/

/-- The potentials of policies, each taken alone, can add up to more than the deficit: two
policies without effect leave all of it, twice. -/
theorem deficit_reduction_soundness_false :
    ¬ ∀ (b m : ℝ) (p c r : Fin 2 → ℝ), 0 ≤ b → 0 < m ∧ m ≤ 1 → (∀ i, 0 ≤ p i) →
      (∀ i, 0 ≤ c i ∧ c i ≤ 1) → (∀ i, 0 ≤ r i ∧ r i ≤ 1) →
      ∑ i, (b - p i * c i * r i * m) ≤ b := by
  intro claim
  have bound := claim 1 1 (fun _ => 0) (fun _ => 0) (fun _ => 0) (by norm_num) (by norm_num)
    (fun _ => by norm_num) (fun _ => by norm_num) (fun _ => by norm_num)
  norm_num at bound

/-- What the policies take off the deficit adds up to no more than the deficit, while the
potential is not negative. -/
theorem deficit_reduction_soundness_repaired {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ)
    (h : 0 ≤ drp b m p c r) : ∑ i, p i * c i * r i * m ≤ b := by
  have rest : 0 ≤ b - (∑ i, p i * c i * r i) * m := h
  rw [Finset.sum_mul] at rest
  linarith

/-- Resources in proportion to scores. -/
noncomputable def resources {n : ℕ} (total : ℝ) (s : Fin n → ℝ) (i : Fin n) : ℝ :=
  total / (∑ j, s j) * s i

/-- Invariant: the resources of two sectors stand to each other as their scores do. -/
theorem intervention_prioritization {n : ℕ} (total : ℝ) (s : Fin n → ℝ) (ht : total ≠ 0)
    (hs : ∑ i, s i ≠ 0) (i j : Fin n) :
    resources total s i / resources total s j = s i / s j := by
  show total / (∑ k, s k) * s i / (total / (∑ k, s k) * s j) = s i / s j
  exact mul_div_mul_left (s i) (s j) (div_ne_zero ht hs)

/-- Parts in proportion to numbers that add up to `S` add up to the whole. -/
theorem proportional_parts {n : ℕ} (total S : ℝ) (s : Fin n → ℝ) (h : ∑ i, s i = S)
    (hS : S ≠ 0) : ∑ i, total / S * s i = total := by
  rw [← Finset.mul_sum, h]
  field_simp

/-- All resources are given out. -/
theorem resources_total {n : ℕ} (total : ℝ) (s : Fin n → ℝ) (hs : ∑ i, s i ≠ 0) :
    ∑ i, resources total s i = total := by
  show ∑ i, total / (∑ j, s j) * s i = total
  exact proportional_parts total (∑ i, s i) s rfl hs

/-- Invariant: a projection with the margin of safety never promises more than one without. -/
theorem conservative_projection {n : ℕ} (m : ℝ) (p c r : Fin n → ℝ) (hm : 0 < m ∧ m ≤ 1)
    (hp : ∀ i, 0 ≤ p i) (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1) (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1) :
    raw_reduction p c r * m ≤ raw_reduction p c r := by
  have raw := raw_reduction_nonneg p c r hp hc hr
  have saved : 0 ≤ raw_reduction p c r * (1 - m) := mul_nonneg raw (by linarith [hm.2])
  nlinarith [saved]

/-! ### Targets -/

/-- A sector's ratings within the published ranges. -/
def ratings_valid (deficit jobs growth ease : ℝ) : Prop :=
  (0 ≤ deficit ∧ deficit ≤ 100) ∧ (0 ≤ jobs ∧ jobs ≤ 100) ∧ (0 ≤ growth ∧ growth ≤ 100)
    ∧ (0 ≤ ease ∧ ease ≤ 100)

/-- Ratings on one scale: no rating can outweigh another by its unit. -/
theorem normalization_consistency (deficit jobs growth ease x : ℝ)
    (h : ratings_valid deficit jobs growth ease)
    (hx : x = deficit ∨ x = jobs ∨ x = growth ∨ x = ease) : 0 ≤ x ∧ x ≤ 100 := by
  obtain ⟨h1, h2, h3, h4⟩ := h
  rcases hx with hx | hx | hx | hx
  · rw [hx]; exact h1
  · rw [hx]; exact h2
  · rw [hx]; exact h3
  · rw [hx]; exact h4

/-- Nothing dominates what no score exceeds: as good in every rating, better in one. -/
theorem pareto_optimality (deficit jobs growth ease deficit' jobs' growth' ease' : ℝ)
    (h : sps deficit' jobs' growth' ease' ≤ sps deficit jobs growth ease) :
    ¬ (deficit ≤ deficit' ∧ jobs ≤ jobs' ∧ growth ≤ growth' ∧ ease ≤ ease' ∧
      (deficit < deficit' ∨ jobs < jobs' ∨ growth < growth' ∨ ease < ease')) := by
  rintro ⟨h1, h2, h3, h4, better⟩
  rw [sps_in_fractions, sps_in_fractions] at h
  rcases better with better | better | better | better <;> linarith

/-- No allocation does better than giving everything where a unit takes most off the deficit:
`v i` is what a unit takes off in sector `i`, `best` the most. -/
theorem resource_allocation_optimality {n : ℕ} (total best : ℝ) (x v : Fin n → ℝ)
    (hv : ∀ i, v i ≤ best) (hx : ∀ i, 0 ≤ x i) (ht : ∑ i, x i = total) :
    ∑ i, x i * v i ≤ best * total := by
  have term : ∀ i, x i * v i ≤ best * x i := by
    intro i
    have gap : 0 ≤ x i * (best - v i) := mul_nonneg (hx i) (by linarith [hv i])
    nlinarith [gap]
  have bound : ∑ i, x i * v i ≤ ∑ i, best * x i := Finset.sum_le_sum fun i _ => term i
  have all : ∑ i, best * x i = best * total := by rw [← Finset.mul_sum, ht]
  linarith

/-- The publication's own allocation, in proportion to the scores, is not the best by that
measure: of scores 1 and 3, giving all to the second takes off 3, splitting takes off 5/2. -/
theorem resource_allocation_optimality_false :
    ¬ ∀ (n : ℕ) (total : ℝ) (x s : Fin n → ℝ), 0 < total → (∀ i, 0 < s i) → (∀ i, 0 ≤ x i) →
      ∑ i, x i = total → ∑ i, x i * s i ≤ ∑ i, resources total s i * s i := by
  intro claim
  have bound := claim 2 1 ![0, 1] ![1, 3] (by norm_num)
    (by norm_num [Fin.forall_fin_two]) (by norm_num [Fin.forall_fin_two])
    (by norm_num [Fin.sum_univ_two])
  norm_num [resources, Fin.sum_univ_two] at bound

/-! ### Whole analyses -/

/-- An agreement within the published ranges, and with potentials up to 1. -/
def trade_valid {n : ℕ} (w a d : Fin n → ℝ) : Prop :=
  (∀ i, 0 < w i ∧ w i ≤ 1) ∧ ∑ i, w i = 1 ∧ (∀ i, -100 ≤ a i ∧ a i ≤ 100) ∧
    (∀ i, 0 ≤ d i ∧ d i ≤ 1)

/-- Policies within the published ranges. -/
def deficit_valid {n : ℕ} (b m : ℝ) (p c r : Fin n → ℝ) : Prop :=
  0 ≤ b ∧ (0 < m ∧ m ≤ 1) ∧ (∀ i, 0 ≤ p i) ∧ (∀ i, 0 ≤ c i ∧ c i ≤ 1) ∧
    (∀ i, 0 ≤ r i ∧ r i ≤ 1)

/-- An analysis of one agreement, a set of policies and a sector: all within their ranges, and the
margin is the current one. -/
def economic_analysis_valid {n k : ℕ} (w a d : Fin n → ℝ) (b m current : ℝ) (p c r : Fin k → ℝ)
    (deficit jobs growth ease : ℝ) : Prop :=
  trade_valid w a d ∧ deficit_valid b m p c r ∧ m = current ∧
    ratings_valid deficit jobs growth ease

/-- A valid analysis keeps every bound that is true. -/
theorem economic_analysis_sound {n k : ℕ} (w a d : Fin n → ℝ) (b m current : ℝ)
    (p c r : Fin k → ℝ) (deficit jobs growth ease : ℝ)
    (h : economic_analysis_valid w a d b m current p c r deficit jobs growth ease) :
    (-100 ≤ war_score w a d ∧ war_score w a d ≤ 100) ∧
      (b - raw_reduction p c r ≤ drp b current p c r ∧ drp b current p c r ≤ b) ∧
      (0 ≤ sps deficit jobs growth ease ∧ sps deficit jobs growth ease ≤ 100) := by
  obtain ⟨⟨hw, hs, ha, hd⟩, ⟨hb, hm, hp, hc, hr⟩, equal, h1, h2, h3, h4⟩ := h
  rw [← equal]
  refine ⟨war_score_bounds_repaired w a d hw hs ha hd, ⟨?_, ?_⟩, sps_bounds _ _ _ _ h1 h2 h3 h4⟩
  · exact drp_conservative_repaired b m p c r hb hm hp hc hr
  · exact drp_at_most_baseline b m p c r hb hm hp hc hr

/-- An analysis whose numbers carry their ranges, and a decision on the agreement. -/
structure EconomicAnalysis where
  trade : Verified.TradeAnalysisInput
  deficit : Verified.DeficitAnalysisInput
  sectors : Verified.SectorPrioritizationInput
  current_margin : Verified.Share
  pursued : Prop

/-- The rules that an analysis can break once its numbers are within their ranges. -/
def EconomicAnalysis.valid (x : EconomicAnalysis) : Prop :=
  x.deficit.buffett_margin_of_safety = x.current_margin ∧ (x.pursued → 0 ≤ x.trade.war_score)

/-- What may be relied on in an analysis that keeps the rules. -/
theorem EconomicAnalysis.sound (x : EconomicAnalysis) (h : x.valid) :
    (-100 ≤ x.trade.war_score ∧ x.trade.war_score ≤ 100) ∧
      (x.deficit.baseline_deficit.1 - x.deficit.raw_reduction ≤ x.deficit.drp ∧
        x.deficit.drp ≤ x.deficit.baseline_deficit.1) ∧
      (∀ e ∈ records x.sectors.sectors, 0 ≤ e.2.sps ∧ e.2.sps ≤ 100) ∧
      (x.trade.war_score < 0 → ¬ x.pursued) := by
  refine ⟨Verified.war_score_bounds x.trade, Verified.drp_bounds x.deficit, ?_, ?_⟩
  · intro e _
    exact Verified.sps_bounds e.2
  · intro negative pursued
    exact absurd (h.2 pursued) (not_le.mpr negative)

end Moneyball.Integrated
