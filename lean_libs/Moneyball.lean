import Moneyball.Scores
import Moneyball.War
import Moneyball.Drp
import Moneyball.Sps
import Moneyball.Inputs
import Moneyball.Executable
import Moneyball.Simulation
import Moneyball.Verified
import Moneyball.Integrated
import Moneyball.O3
import Moneyball.Dashboard

/-!
The economic model of the HMS project, stated and proved over Mathlib: every module of the library.

Not compiled where the workbench's own tests run, for no Lean toolchain can be installed there;
the job `lean` of the workflow compiles it and audits its axioms. `README.md` says what is checked
without one.

* `Scores`: the three scores over `ℝ`. `War`, `Drp`, `Sps`: what holds of them, what does not.
* `Inputs`: finite maps of records. `Executable`, `Simulation`: version 0.2, on `Float`, to be run.
* `Verified`: version 0.3, inputs that carry their ranges. `Integrated`: rules and invariants
  across the scores. `O3`: which deals to take. `Dashboard`: what HMS shows.
-/

#check Moneyball.Integrated.economic_analysis_valid
#check Moneyball.Integrated.war_threshold
#check Moneyball.O3.optimize_deals
#check Moneyball.O3.monte_carlo_roadmap_simulation_optimized
