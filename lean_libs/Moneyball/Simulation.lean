import Moneyball.Executable

/-!
Version 0.2 of `Moneyball.O3`: the selection of deals and the simulation on `Float`, to be run.
Draws come from a seed, so that the same run gives the same numbers. Nothing is proved of them.

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball.Executable

/-- A deal: what it is worth, how much of a scarce resource it uses, its chance to come off. -/
structure Deal where
  name : String
  worth : Float
  uses : Float
  chance : Float

/-- The deals that are worth their resource at a price; best among all that use no more of it. -/
def optimize_deals (price : Float) (deals : List Deal) : List Deal :=
  deals.filter fun deal => decide (0 ≤ deal.worth - price * deal.uses)

/-- The next number of the minimal standard generator, from 1 to 2147483646.
Source: Park & Miller (1988), with the multiplier 48271 that they recommended in 1993. -/
def next (state : Nat) : Nat :=
  state * 48271 % 2147483647

/-- A number as a draw between 0 and 1. -/
def draw (state : Nat) : Float :=
  state.toFloat / 2147483647

/-- The gains of a round and of the round with every draw `u` turned into `1 - u`, and the state
after them: what one round has too much of, its twin has too little. -/
def twinRounds (deals : List Deal) (state : Nat) : Float × Nat :=
  deals.foldl (init := (0, state)) fun (gain, state) deal =>
    let state := next state
    let u := draw state
    let first := if u < deal.chance then deal.worth else 0
    let second := if 1 - u < deal.chance then deal.worth else 0
    (gain + first + second, state)

/-- The mean gain of `2 * pairs` rounds over the deals worth taking, for a seed that the generator
takes: not a multiple of 2147483647. -/
def monte_carlo_roadmap_simulation_optimized (seed pairs : Nat) (price : Float)
    (deals : List Deal) : Float :=
  let chosen := optimize_deals price deals
  let (total, _) := (List.range pairs).foldl (init := ((0 : Float), seed)) fun (total, state) _ =>
    let (gain, state) := twinRounds chosen state
    (total + gain, state)
  total / (2 * pairs).toFloat

/-! ### Smoke tests -/

def roadmap : List Deal :=
  [⟨"ports", 100, 10, 0.5⟩, ⟨"rail", 60, 20, 0.25⟩, ⟨"study", 5, 10, 1⟩]

#eval (optimize_deals 2 roadmap).map (·.name)
#guard (optimize_deals 2 roadmap).map (·.name) == ["ports", "rail"]
#guard (optimize_deals 0 roadmap).length == 3

#guard next 1 == 48271
#guard next (next 1) == 182605794

#eval monte_carlo_roadmap_simulation_optimized 1 1000 2 roadmap
#guard monte_carlo_roadmap_simulation_optimized 1 1000 2 roadmap ≤ 160
#guard (monte_carlo_roadmap_simulation_optimized 1 1000 2 roadmap - 65).abs < 3

end Moneyball.Executable
