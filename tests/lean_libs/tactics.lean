-- Every tactic that lean_libs/core/README.md lists, at work; the test adds the imports.
set_option linter.unusedVariables false
example (p q : Prop) (hp : p) (hq : q) : p ∧ q := by refine ⟨?_, ?_⟩ <;> assumption
example (p q : Prop) (hp : p) (hq : q) : p ∧ q := by constructor; exact hp; exact hq
example (p q : Prop) (hp : p) : p ∨ q := by left; exact hp
example (p q : Prop) (hp : q) : p ∨ q := by right; exact hp
example (p : Prop) (h : ¬ p) (g : p) : (1 : Nat) = 2 := by exfalso; exact h g
example (p : Prop) (h : ¬ p) (g : p) : (1 : Nat) = 2 := by contradiction
example : ∃ n : Nat, n + 1 = 3 := by exists 2
example (a b : Nat) (f : Nat → Nat) (h : a = b) : f a = f b := by congr
example (a b : Nat) (f : Nat → Nat) (h : a = b) : f a = f b := by rw [h]
example (a b : Nat) (f : Nat → Nat) (h : a = b) : f a = f b := by rewrite [h]; rfl
example (a b : Nat) (f : Nat → Nat) (h : a = b) (g : f a = 3) : f b = 3 := by rw [h] at g; exact g
example (a b : Nat) (f : Nat → Nat) (h : a = b) (g : f b = 3) : f a = 3 := by rwa [h]
example (a b : Nat) (f : Nat → Nat) (h : a = b) (g : f b = 3) : f a = 3 := by rwa [← h] at g
example (a b : Nat) (h : a = b) : b = a := by subst h; rfl
example (a b : Nat) : a + b = b + a := by
  suffices h : a + b = b + a by exact h
  exact Nat.add_comm a b
example (a b : Nat) : a + b = b + a := by
  suffices h : a + b = b + a from h
  exact Nat.add_comm a b
example (a : Nat) : a = a := by
  let b := a
  show b = a
  change a = a
  first | fail | rfl
example (a : Nat) (h : ∀ b : Nat, b = a → b + 1 = 4) : a + 1 = 4 := by
  specialize h a rfl
  exact h
example (a : Nat) : 0 ≤ a := by
  generalize a = b
  revert b
  intro c
  clear a
  exact Nat.zero_le c
example (p q : Prop) : p ∧ q → q := by rintro ⟨_, h⟩; exact h
example (p q r : Prop) : p ∧ (q ∨ r) → (p ∧ q) ∨ (p ∧ r) := by
  rintro ⟨hp, hq | hr⟩
  · exact Or.inl ⟨hp, hq⟩
  · exact Or.inr ⟨hp, hr⟩
example (a b : Nat) (h : Nat.succ a = Nat.succ b) : a = b := by injection h
example (a : Nat) : (if a = a then 1 else 2) = 1 := by
  by_cases h : a = a
  · exact if_pos h
  · exact absurd rfl h
example (a : Nat) : (if a = a then 1 else 2) = 1 := by
  by_cases a = a
  · rename_i h; exact if_pos h
  · contradiction
example : 2 ^ 10 = 1024 ∧ ¬ 7 ∣ 100 := by decide
example : (2 : Int) - 5 = -3 ∧ (-7 : Int) / 2 = -4 := by decide
example : True ∧ True := by trivial
example (a b : Nat) : Nat.pred (Nat.succ a) = a := by unfold Nat.pred; rfl
example (a b c : Nat) (h : a ≤ b) (g : b ≤ c) : a ≤ c := by
  apply Nat.le_trans
  · exact h
  · exact g
example (a b c : Nat) (h : a ≤ b) (g : b ≤ c) : a ≤ c := by
  refine Nat.le_trans (b := b) ?first ?second
  case second => exact g
  case first => exact h
example (a b : Nat) (h : a = b ∧ True) : b = a := by
  have ⟨e, _⟩ := h
  replace e := e.symm
  exact e
example (a b c d : Nat) (h : a = b) (g : c = d) : a + c = b + d := by
  repeat rw [h]
  try rw [h]
  rw [g]
example (a b c d : Nat) (h : a = b) (g : b = c) : a = c := by
  calc
    a = b := h
    _ = c := by exact g
example (a b : Nat) : a = b → b = a
  | rfl => rfl
example (xs : List Nat) : xs.map id = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => exact congrArg (List.cons x) ih
example {R : Type} [OrderedField R] (x y : R) (h : x < y) : x ≤ y := by exact le_of_lt h
example : [1, 2, 3].sum = 6 := rfl
example (a b : Nat) (h : a = b) : a = b := by
  any_goals exact h
example (a b : Nat) (h : a = b) : a = b := by
  all_goals (skip; exact h)
example (a b : Nat) (h : a = b) : a = b := by
  focus
    exact h
  done
example (a : Nat) : ∃ x y : Nat, x + y = a := ⟨a, 0, rfl⟩
example (h : ∃ x : Nat, x = 3) : ∃ (y : Nat), y = 3 := by
  obtain ⟨x, rfl⟩ := h
  exact ⟨_, rfl⟩
example (p q : Prop) (h : p ∨ q) : q ∨ p := by
  rcases h with h | h
  · exact Or.inr h
  · exact Or.inl h
example (a : Nat) (h : 0 < a) : ∃ b : Nat, a = Nat.succ b := by
  cases a with
  | zero => exact absurd h (Nat.not_lt_zero 0)
  | succ b => exact ⟨b, rfl⟩
