prelude
import HMS.Prelude

/-!
Steps of certificates: connectives, where the propositions involved are decided.
-/

set_option autoImplicit false
universe u

noncomputable section
namespace HMS.Steps

section Logic
variable {p q : Prop}

theorem by_contra (d : p ∨ ¬p) (h : ¬p → False) : p :=
  Or.elim d id (fun n => False.elim (h n))
theorem of_not_not (d : p ∨ ¬p) (h : ¬¬p) : p := by_contra d h
theorem dec_true : True ∨ ¬True := Or.inl True.intro
theorem dec_false : False ∨ ¬False := Or.inr id
theorem dec_not (d : p ∨ ¬p) : ¬p ∨ ¬¬p := Or.elim d (fun a => Or.inr (fun n => n a)) Or.inl
theorem dec_and (d : p ∨ ¬p) (e : q ∨ ¬q) : (p ∧ q) ∨ ¬(p ∧ q) :=
  Or.elim d (fun a => Or.elim e (fun b => Or.inl (And.intro a b)) (fun n => Or.inr (fun h => n h.right)))
    (fun n => Or.inr (fun h => n h.left))
theorem dec_or (d : p ∨ ¬p) (e : q ∨ ¬q) : (p ∨ q) ∨ ¬(p ∨ q) :=
  Or.elim d (fun a => Or.inl (Or.inl a))
    (fun n => Or.elim e (fun b => Or.inl (Or.inr b)) (fun m => Or.inr (fun h => Or.elim h n m)))
theorem dec_imp (d : p ∨ ¬p) (e : q ∨ ¬q) : (p → q) ∨ ¬(p → q) :=
  Or.elim e (fun b => Or.inl (fun _ => b))
    (fun m => Or.elim d (fun a => Or.inr (fun h => m (h a))) (fun n => Or.inl (fun a => False.elim (n a))))
theorem dec_iff (d : p ∨ ¬p) (e : q ∨ ¬q) : (p ↔ q) ∨ ¬(p ↔ q) :=
  Or.elim (dec_and (dec_imp d e) (dec_imp e d))
    (fun h => Or.inl (Iff.intro h.left h.right))
    (fun n => Or.inr (fun h => n (And.intro h.mp h.mpr)))
theorem not_and (d : p ∨ ¬p) (h : ¬(p ∧ q)) : ¬p ∨ ¬q :=
  Or.elim d (fun a => Or.inr (fun b => h (And.intro a b))) Or.inl
theorem not_or (h : ¬(p ∨ q)) : ¬p ∧ ¬q := And.intro (fun a => h (Or.inl a)) (fun b => h (Or.inr b))
theorem not_or_of_imp (d : p ∨ ¬p) (h : p → q) : ¬p ∨ q :=
  Or.elim d (fun a => Or.inr (h a)) Or.inl
theorem and_of_not_imp (d : p ∨ ¬p) (h : ¬(p → q)) : p ∧ ¬q :=
  And.intro (by_contra d (fun n => h (fun a => False.elim (n a)))) (fun b => h (fun _ => b))
theorem iff_cases (d : p ∨ ¬p) (h : p ↔ q) : (p ∧ q) ∨ (¬p ∧ ¬q) :=
  Or.elim d (fun a => Or.inl (And.intro a (h.mp a)))
    (fun n => Or.inr (And.intro n (fun b => n (h.mpr b))))
theorem not_iff_cases (d : p ∨ ¬p) (e : q ∨ ¬q) (h : ¬(p ↔ q)) : (p ∧ ¬q) ∨ (¬p ∧ q) :=
  Or.elim d
    (fun a => Or.inl (And.intro a (fun b => h (Iff.intro (fun _ => b) (fun _ => a)))))
    (fun n => Or.elim e (fun b => Or.inr (And.intro n b))
      (fun m => False.elim (h (Iff.intro (fun a => False.elim (n a)) (fun b => False.elim (m b))))))

end Logic

/-- With the law of excluded middle, which this library does without. -/
theorem exists_not {α : Sort u} {p : α → Prop} (em : ∀ q : Prop, q ∨ ¬q) (h : ¬∀ x, p x) : ∃ x, ¬p x :=
  by_contra (em _) (fun n => h (fun x => by_contra (em _) (fun m => n (Exists.intro x m))))

/-! Choices -/

section Choice
variable {α β : Type u} {p q : Prop} [Decidable p] [Decidable q]

theorem ite_same (a : α) : (if p then a else a) = a :=
  Or.elim (Decidable.em p) (fun h => if_pos h) (fun h => if_neg h)
theorem ite_iff {a b : α} (h : p → q) (g : ¬p → ¬q) : (if p then a else b) = (if q then a else b) :=
  Or.elim (Decidable.em p) (fun k => (if_pos k).trans (if_pos (h k)).symm)
    (fun k => (if_neg k).trans (if_neg (g k)).symm)
theorem ite_apply (f : α → β) {a b : α} {x y : β} (h : x = f a) (g : y = f b) :
    (if p then x else y) = f (if p then a else b) :=
  Or.elim (Decidable.em p)
    (fun k => (if_pos k).trans (h.trans (congrArg f (if_pos k).symm)))
    (fun k => (if_neg k).trans (g.trans (congrArg f (if_neg k).symm)))
theorem ite_cases (p : Prop) [Decidable p] (a b : α) :
    (p ∧ (if p then a else b) = a) ∨ (¬p ∧ (if p then a else b) = b) :=
  Or.elim (Decidable.em p) (fun k => Or.inl (And.intro k (if_pos k)))
    (fun k => Or.inr (And.intro k (if_neg k)))

end Choice

end HMS.Steps
