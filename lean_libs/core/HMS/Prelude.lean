prelude
import HMS.Syntax

/-!
First lemmas of logic and the decidability of connectives, so that `if` takes what one writes.

Left out: arithmetic (`HMS.Naturals`, `HMS.Integers`), and everything classical.
-/

set_option autoImplicit false
universe u v

noncomputable section

/-! ## Logic -/

theorem trivial : True := True.intro
theorem And.symm {a b : Prop} (h : a ∧ b) : b ∧ a := ⟨h.right, h.left⟩
theorem Or.elim {a b c : Prop} (h : a ∨ b) (f : a → c) (g : b → c) : c := by
  cases h with
  | inl h => exact f h
  | inr h => exact g h
theorem Or.symm {a b : Prop} (h : a ∨ b) : b ∨ a := h.elim Or.inr Or.inl
theorem Iff.symm {a b : Prop} (h : a ↔ b) : b ↔ a := ⟨h.mpr, h.mp⟩
theorem Iff.trans {a b c : Prop} (h : a ↔ b) (g : b ↔ c) : a ↔ c :=
  ⟨fun x => g.mp (h.mp x), fun x => h.mpr (g.mpr x)⟩
theorem Ne.symm {α : Sort u} {a b : α} (h : a ≠ b) : b ≠ a := fun e => h e.symm
theorem Ne.irrefl {α : Sort u} {a : α} (h : a ≠ a) {p : Prop} : p := absurd rfl h
theorem Exists.elim {α : Sort u} {p : α → Prop} {b : Prop} (h : ∃ x, p x)
    (f : ∀ x, p x → b) : b := by
  cases h with
  | intro x hx => exact f x hx

/-! ## Decisions -/

theorem Decidable.em (p : Prop) [h : Decidable p] : p ∨ ¬ p := by
  cases h with
  | isTrue h => exact Or.inl h
  | isFalse h => exact Or.inr h
theorem Decidable.of_not_not {p : Prop} [Decidable p] (h : ¬ ¬ p) : p :=
  (Decidable.em p).elim id (fun g => absurd g h)
theorem if_pos {α : Sort u} {c : Prop} {h : Decidable c} (hc : c) {t e : α} : ite c t e = t := by
  cases h with
  | isTrue _ => rfl
  | isFalse h => exact absurd hc h
theorem if_neg {α : Sort u} {c : Prop} {h : Decidable c} (hc : ¬ c) {t e : α} : ite c t e = e := by
  cases h with
  | isTrue h => exact absurd h hc
  | isFalse _ => rfl
theorem dif_pos {α : Sort u} {c : Prop} {h : Decidable c} (hc : c) {t : c → α} {e : ¬ c → α} :
    dite c t e = t hc := by
  cases h with
  | isTrue _ => rfl
  | isFalse h => exact absurd hc h
theorem dif_neg {α : Sort u} {c : Prop} {h : Decidable c} (hc : ¬ c) {t : c → α} {e : ¬ c → α} :
    dite c t e = e hc := by
  cases h with
  | isTrue h => exact absurd h hc
  | isFalse _ => rfl

/-- What is equivalent to something decidable is decidable. -/
def decidable_of_iff {a b : Prop} (h : a ↔ b) [d : Decidable a] : Decidable b :=
  match d with
  | isTrue x => isTrue (h.mp x)
  | isFalse x => isFalse (fun y => x (h.mpr y))
instance instDecidableTrue : Decidable True := isTrue trivial
instance instDecidableFalse : Decidable False := isFalse id
instance instDecidableNot {p : Prop} [d : Decidable p] : Decidable (¬ p) :=
  match d with
  | isTrue h => isFalse (fun g => g h)
  | isFalse h => isTrue h
instance instDecidableAnd {p q : Prop} [d : Decidable p] [e : Decidable q] : Decidable (p ∧ q) :=
  match d, e with
  | isTrue h, isTrue g => isTrue ⟨h, g⟩
  | isFalse h, _ => isFalse (fun k => h k.left)
  | _, isFalse g => isFalse (fun k => g k.right)
instance instDecidableOr {p q : Prop} [d : Decidable p] [e : Decidable q] : Decidable (p ∨ q) :=
  match d, e with
  | isTrue h, _ => isTrue (Or.inl h)
  | _, isTrue g => isTrue (Or.inr g)
  | isFalse h, isFalse g => isFalse (fun k => k.elim h g)
instance instDecidableImp {p q : Prop} [d : Decidable p] [e : Decidable q] : Decidable (p → q) :=
  match d, e with
  | isFalse h, _ => isTrue (fun x => absurd x h)
  | _, isTrue g => isTrue (fun _ => g)
  | isTrue h, isFalse g => isFalse (fun k => g (k h))
instance instDecidableIff {p q : Prop} [Decidable p] [Decidable q] : Decidable (p ↔ q) :=
  decidable_of_iff (a := (p → q) ∧ (q → p))
    ⟨fun h => ⟨h.left, h.right⟩, fun h => ⟨h.mp, h.mpr⟩⟩
instance instDecidableEqBool : DecidableEq Bool
  | true, true => isTrue rfl
  | false, false => isTrue rfl
  | true, false => isFalse (fun h => nomatch h)
  | false, true => isFalse (fun h => nomatch h)

/-! ## Numbers below a bound -/

theorem Nat.le_succ_of_le {m n : Nat} (h : m ≤ n) : m ≤ succ n := Nat.le.step h
theorem Nat.succ_le_succ {m n : Nat} (h : m ≤ n) : succ m ≤ succ n := by
  induction h with
  | refl => exact Nat.le.refl
  | step _ ih => exact Nat.le.step ih
theorem Nat.zero_le (n : Nat) : 0 ≤ n := by
  induction n with
  | zero => exact Nat.le.refl
  | succ n ih => exact Nat.le.step ih
theorem Nat.le_of_ble_eq_true {m n : Nat} (h : Nat.ble m n = true) : m ≤ n := by
  induction m generalizing n with
  | zero => exact Nat.zero_le n
  | succ m ih =>
    cases n with
    | zero => exact nomatch h
    | succ n => exact Nat.succ_le_succ (ih h)
theorem Nat.lt_of_ble_eq_true {m n : Nat} (h : Nat.ble (succ m) n = true) : m < n :=
  Nat.le_of_ble_eq_true h
theorem Nat.ble_self (n : Nat) : Nat.ble n n = true := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
theorem Nat.ble_succ_of_ble {m n : Nat} (h : Nat.ble m n = true) : Nat.ble m (succ n) = true := by
  induction m generalizing n with
  | zero => rfl
  | succ m ih =>
    cases n with
    | zero => exact nomatch h
    | succ n => exact ih (n := n) h
theorem Nat.ble_eq_true_of_le {m n : Nat} (h : m ≤ n) : Nat.ble m n = true := by
  induction h with
  | refl => exact Nat.ble_self m
  | step _ ih => exact Nat.ble_succ_of_ble ih
instance instDecidableLeNat (m n : Nat) : Decidable (m ≤ n) :=
  match h : Nat.ble m n with
  | true => isTrue (Nat.le_of_ble_eq_true h)
  | false => isFalse (fun g => nomatch h.symm.trans (Nat.ble_eq_true_of_le g))
instance instDecidableLtNat (m n : Nat) : Decidable (m < n) := instDecidableLeNat (Nat.succ m) n

theorem Nat.not_lt_zero (n : Nat) : ¬ n < 0 := fun h => nomatch h
theorem Nat.le_of_succ_le_succ {m n : Nat} (h : succ m ≤ succ n) : m ≤ n := by
  -- `Nat.pred` is monotone
  have mono : ∀ k, succ m ≤ k → m ≤ pred k := by
    intro k h
    induction h with
    | refl => exact Nat.le.refl
    | step h ih =>
      cases h with
      | refl => exact Nat.le.step Nat.le.refl
      | step _ => exact Nat.le.step ih
  exact mono _ h

namespace Fin
variable {n : Nat}

/-- The first of `n + 1` places. -/
protected def zero : Fin (Nat.succ n) := ⟨0, Nat.succ_le_succ (Nat.zero_le n)⟩
/-- One place further. -/
def succ (i : Fin n) : Fin (Nat.succ n) := ⟨Nat.succ i.val, Nat.succ_le_succ i.isLt⟩
/-- The same place, with one more behind. -/
def castSucc (i : Fin n) : Fin (Nat.succ n) := ⟨i.val, Nat.le_succ_of_le i.isLt⟩
/-- The last of `n + 1` places. -/
protected def last (n : Nat) : Fin (Nat.succ n) := ⟨n, Nat.le.refl⟩
theorem elim0 {p : Prop} (i : Fin 0) : p := absurd i.isLt (Nat.not_lt_zero i.val)

/-- A place among `n + 1` is the first or the successor of one among `n`. -/
theorem cases {p : Fin (Nat.succ n) → Prop} (zero : p Fin.zero) (succ : ∀ i, p (Fin.succ i)) :
    ∀ i, p i
  | ⟨Nat.zero, _⟩ => zero
  | ⟨Nat.succ i, h⟩ => succ ⟨i, Nat.le_of_succ_le_succ h⟩
theorem forall_succ {p : Fin (Nat.succ n) → Prop} : (∀ i, p i) ↔ p Fin.zero ∧ ∀ i, p (Fin.succ i) :=
  ⟨fun h => ⟨h _, fun i => h i.succ⟩, fun h => Fin.cases h.left h.right⟩
end Fin

/-- Whether something holds of all of finitely many. -/
instance Fin.decidableForall : {n : Nat} → (p : Fin n → Prop) → [∀ i, Decidable (p i)] →
    Decidable (∀ i, p i)
  | Nat.zero, _, _ => isTrue (fun i => i.elim0)
  | Nat.succ _, p, _ =>
    have := Fin.decidableForall fun i => p (Fin.succ i)
    decidable_of_iff Fin.forall_succ.symm
