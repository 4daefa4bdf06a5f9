import Lean
import Moneyball

/-!
The axioms that the library rests on: `lake env lean audit.lean` prints them for every theorem.

An error, so that the command fails: an axiom beyond the three of Lean's logic behind anything in
the library (`sorry` is one, `native_decide` brings one), or no theorem at all. Names that Lean
makes up are left out; what they rest on counts for whatever uses them.
-/

open Lean Elab Command

/-- The axioms of Lean's logic, as Mathlib uses it. -/
def allowedAxioms : List Name := [``propext, ``Quot.sound, ``Classical.choice]

run_cmd do
  let env ← getEnv
  let mut theorems := 0
  for (name, info) in env.constants.toList do
    if name.isInternal then continue
    let some index := env.getModuleIdxFor? name | continue
    unless env.header.moduleNames[index.toNat]!.getRoot == `Moneyball do continue
    let axioms ← collectAxioms name
    for used in axioms do
      unless allowedAxioms.contains used do
        throwError "{name} rests on the axiom {used}"
    if info matches .thmInfo _ then
      theorems := theorems + 1
      logInfo m!"{name}: {axioms.toList}"
  if theorems == 0 then
    throwError "no theorem was found"
