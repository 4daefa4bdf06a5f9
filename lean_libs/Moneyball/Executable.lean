import Moneyball.Inputs

/-!
Version 0.2: the scores on `Float`, to be run. Nothing is proved of them.

Lean's kernel does not know what `Float` computes, and addition of doubles depends on the order;
so these add in the order of names. What is proved is proved over `ℝ`, in the other modules; claims
about doubles are a matter for the workbench (`semantics = "float64"`).

Written where no toolchain was at hand: only the workflow's job `lean` compiles this file.
-/

namespace Moneyball.Executable

/-- A finite map from a list; of two entries with one name the first counts. -/
def named {β : Type} (entries : List (String × β)) : Finmap fun _ : String => β :=
  (entries.map fun e => (⟨e.1, e.2⟩ : Σ _ : String, β)).toFinmap

/-- The records in the order of their names. -/
def inOrder {β : Type} (m : Finmap fun _ : String => β) : List β :=
  (m.keys.sort (· ≤ ·)).filterMap fun name => m.lookup name

/-- The sum of a list, from the left. -/
def total (terms : List Float) : Float :=
  terms.foldl (· + ·) 0

def war_score (x : TradeAnalysisInput Float) : Float :=
  total ((inOrder x.sectors).map fun s =>
    s.sector_weight * s.agreement_impact * s.deficit_reduction_potential)

def drp (x : DeficitAnalysisInput Float) : Float :=
  x.baseline_deficit - total ((inOrder x.policies).map fun p =>
    p.policy_effect * p.confidence_factor * p.implementation_rate) * x.buffett_margin_of_safety

def sps (x : SectorRatings Float) : Float :=
  x.deficit_impact * 0.4 + x.job_creation * 0.3 + x.growth_potential * 0.2
    + x.implementation_ease * 0.1

/-! ### Smoke tests. The numbers are sums of few powers of two, so that doubles are exact. -/

def agreement : TradeAnalysisInput Float where
  sectors := named (β := SectorTrade Float)
    [("farming", ⟨0.25, 40, 0.5⟩), ("energy", ⟨0.5, -20, 1⟩), ("steel", ⟨0.25, 100, 0.25⟩)]

def programme : DeficitAnalysisInput Float where
  baseline_deficit := 1000
  buffett_margin_of_safety := 0.75
  policies := named (β := PolicyRecord Float)
    [("tariff", ⟨400, 0.5, 0.5⟩), ("export", ⟨200, 0.75, 1⟩)]

def ratings : SectorRatings Float := ⟨100, 50, 25, 0⟩

/-- Within every published range, and its return is 200: nothing limits the potential. -/
def unlimited : TradeAnalysisInput Float where
  sectors := named (β := SectorTrade Float) [("all", ⟨1, 100, 2⟩)]

/-- Within every published range; more is left than the raw effect leaves, and less than nothing. -/
def overdone : DeficitAnalysisInput Float where
  baseline_deficit := 0
  buffett_margin_of_safety := 0.5
  policies := named (β := PolicyRecord Float) [("all", ⟨1, 1, 1⟩)]

#eval war_score agreement
#guard war_score agreement == 1.25

#eval drp programme
#guard drp programme == 812.5

#eval sps ratings
#guard (sps ratings - 60).abs < 1e-9

#guard war_score unlimited == 200
#guard drp overdone == -0.5

end Moneyball.Executable
