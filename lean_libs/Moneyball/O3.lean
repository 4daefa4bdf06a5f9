import Moneyball.Integrated

/-!
Which deals to take, and what they may bring: a selection that is proved to be the best, and a
simulation that stays within proved bounds. `Moneyball.Simulation` runs both on `Float`.

A deal is worth `v i`, net of what it costs; a scarce resource enters through its price.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball.O3

/-- How much of each deal to take: all of it where it is worth something, else nothing. -/
noncomputable def optimize_deals {n : ℕ} (v : Fin n → ℝ) (i : Fin n) : ℝ :=
  if 0 ≤ v i then 1 else 0

/-- No other choice, in parts or whole, is worth more. -/
theorem optimize_deals_optimal {n : ℕ} (v x : Fin n → ℝ) (hx : ∀ i, 0 ≤ x i ∧ x i ≤ 1) :
    ∑ i, v i * x i ≤ ∑ i, v i * optimize_deals v i := by
  refine Finset.sum_le_sum fun i _ => ?_
  unfold optimize_deals
  by_cases h : 0 ≤ v i
  · have rest : 0 ≤ v i * (1 - x i) := mul_nonneg h (by linarith [(hx i).2])
    rw [if_pos h]
    nlinarith [rest]
  · have loss : 0 ≤ -v i * x i := mul_nonneg (by linarith [not_le.mp h]) (hx i).1
    rw [if_neg h]
    nlinarith [loss]

/-- What is taken is never worth less than nothing. -/
theorem optimize_deals_nonneg {n : ℕ} (v : Fin n → ℝ) (i : Fin n) :
    0 ≤ v i * optimize_deals v i := by
  unfold optimize_deals
  by_cases h : 0 ≤ v i
  · rw [if_pos h]
    linarith
  · rw [if_neg h]
    linarith

/-- Worth at a price is worth less the price of what is used. -/
theorem worth_at_price {n : ℕ} (price : ℝ) (v c x : Fin n → ℝ) :
    ∑ i, (v i - price * c i) * x i = ∑ i, v i * x i - price * ∑ i, c i * x i := by
  rw [Finset.mul_sum, ← Finset.sum_sub_distrib]
  exact Finset.sum_congr rfl fun i _ =>
    show (v i - price * c i) * x i = v i * x i - price * (c i * x i) by ring

/-- A choice that is best at some price of a resource is best among all that use no more of it:
whoever sets the price sets the budget.
Source: Everett (1963), Generalized Lagrange multiplier method. -/
theorem optimize_deals_within_budget {n : ℕ} (price : ℝ) (v c x : Fin n → ℝ) (hp : 0 ≤ price)
    (hx : ∀ i, 0 ≤ x i ∧ x i ≤ 1)
    (hc : ∑ i, c i * x i ≤ ∑ i, c i * optimize_deals (fun j => v j - price * c j) i) :
    ∑ i, v i * x i ≤ ∑ i, v i * optimize_deals (fun j => v j - price * c j) i := by
  have best : ∑ i, (v i - price * c i) * x i ≤
      ∑ i, (v i - price * c i) * optimize_deals (fun j => v j - price * c j) i :=
    optimize_deals_optimal (fun j => v j - price * c j) x hx
  have spent := mul_le_mul_of_nonneg_left hc hp
  rw [worth_at_price price v c x,
    worth_at_price price v c (optimize_deals fun j => v j - price * c j)] at best
  linarith

/-- The gain of one round: deal `i` comes off where its draw `u i` is below its chance `q i`. -/
noncomputable def round_gain {n : ℕ} (u q g : Fin n → ℝ) : ℝ :=
  ∑ i, if u i < q i then g i else 0

/-- A round gains something between nothing and everything. -/
theorem round_gain_bounds {n : ℕ} (u q g : Fin n → ℝ) (hg : ∀ i, 0 ≤ g i) :
    0 ≤ round_gain u q g ∧ round_gain u q g ≤ ∑ i, g i := by
  unfold round_gain
  constructor
  · refine Finset.sum_nonneg fun i _ => ?_
    by_cases h : u i < q i
    · rw [if_pos h]
      exact hg i
    · exact le_of_eq (if_neg h).symm
  · refine Finset.sum_le_sum fun i _ => ?_
    by_cases h : u i < q i
    · exact le_of_eq (if_pos h)
    · rw [if_neg h]
      exact hg i

/-- A mean lies between the bounds of what it is the mean of. -/
theorem mean_bounds {k : ℕ} (x : Fin k → ℝ) (low high : ℝ) (hk : 0 < k)
    (hx : ∀ i, low ≤ x i ∧ x i ≤ high) :
    low ≤ (∑ i, x i) / k ∧ (∑ i, x i) / k ≤ high := by
  have positive : (0 : ℝ) < k := Nat.cast_pos.mpr hk
  have total : ∀ c : ℝ, ∑ _i : Fin k, c = k * c := fun c => by simp
  have lower : ∑ _i : Fin k, low ≤ ∑ i, x i := Finset.sum_le_sum fun i _ => (hx i).1
  have upper : ∑ i, x i ≤ ∑ _i : Fin k, high := Finset.sum_le_sum fun i _ => (hx i).2
  rw [total low] at lower
  rw [total high] at upper
  constructor
  · rw [le_div_iff₀ positive]
    linarith
  · rw [div_le_iff₀ positive]
    linarith

/-- The mean gain of a roadmap over the rounds of `u`, simulated for the deals worth taking only:
deal `i` brings `v i` with chance `q i`. -/
noncomputable def monte_carlo_roadmap_simulation_optimized {k n : ℕ} (u : Fin k → Fin n → ℝ)
    (q v : Fin n → ℝ) : ℝ :=
  (∑ t, round_gain (u t) q (fun i => v i * optimize_deals v i)) / k

/-- Whatever is drawn, the simulated mean stays between nothing and the worth of the roadmap. -/
theorem monte_carlo_roadmap_simulation_optimized_bounds {k n : ℕ} (u : Fin k → Fin n → ℝ)
    (q v : Fin n → ℝ) (hk : 0 < k) :
    0 ≤ monte_carlo_roadmap_simulation_optimized u q v ∧
      monte_carlo_roadmap_simulation_optimized u q v ≤ ∑ i, v i * optimize_deals v i := by
  have rounds : ∀ t, 0 ≤ round_gain (u t) q (fun i => v i * optimize_deals v i) ∧
      round_gain (u t) q (fun i => v i * optimize_deals v i) ≤ ∑ i, v i * optimize_deals v i :=
    fun t => round_gain_bounds (u t) q _ (optimize_deals_nonneg v)
  unfold monte_carlo_roadmap_simulation_optimized
  exact mean_bounds _ 0 (∑ i, v i * optimize_deals v i) hk rounds

end Moneyball.O3
