prelude
import HMS.Inequalities

/-!
Finite sums: over `Fin n` (written `∑ i, f i`) and over lists.

Each is a recursion with its lemmas for every length: linear, monotone, and so on. A sum over
`low ≤ k < high` is `∑ i : Fin (high - low), f (low + i.val)`. Left out: products, infinite sums,
and sums over sets.
-/

set_option autoImplicit false
universe u

/-! ## Definitions and notation -/

noncomputable section
/-- The sum of `f` over all places below `n`, the first place first. -/
def sum {R : Type u} [Add R] [OfNat R 0] : {n : Nat} → (Fin n → R) → R
  | Nat.zero, _ => 0
  | Nat.succ _, f => f Fin.zero + sum (fun i => f i.succ)

def List.sum {R : Type u} [Add R] [OfNat R 0] : List R → R
  | nil => 0
  | cons x xs => x + sum xs
def List.map {α β : Type u} (f : α → β) : List α → List β
  | nil => nil
  | cons x xs => cons (f x) (map f xs)
def List.length {α : Type u} : List α → Nat
  | nil => 0
  | cons _ xs => Nat.succ (length xs)
/-- Something holds of every element. -/
def List.All {α : Type u} (p : α → Prop) : List α → Prop
  | nil => True
  | cons x xs => p x ∧ All p xs
end

/-- `∑ i, f i`, or `∑ i : Fin n, f i`: as Mathlib's, as far as `67` and to the right. -/
syntax (name := bigSum) "∑ " Lean.explicitBinders ", " term:67 : term
@[macro bigSum] def expandBigSum : Lean.Macro := fun tree =>
  Lean.expandExplicitBinders (Lean.Name.mkStr1 "sum") (tree.getArg 1) (tree.getArg 3)
/-- Printed as `∃ i, f i` is, with another sign. -/
@[app_unexpander sum] def unexpandBigSum : Lean.PrettyPrinter.Unexpander := fun tree head state =>
  match unexpandExists tree head state with
  | .ok t state => .ok ((t.setKind (Lean.Name.mkStr1 "bigSum")).setArg 0 (Lean.mkAtom "∑ ")) state
  | failed => failed

noncomputable section

/-! ## Over `Fin n`, in commutative rings -/

section
variable {R : Type u} [CommRing R] {n : Nat}

theorem sum_zero_places (f : Fin 0 → R) : ∑ i, f i = 0 := rfl
theorem sum_succ (f : Fin (Nat.succ n) → R) : ∑ i, f i = f Fin.zero + ∑ i, f (Fin.succ i) := rfl
theorem sum_congr {f g : Fin n → R} (h : ∀ i, f i = g i) : ∑ i, f i = ∑ i, g i := by
  induction n with
  | zero => rfl
  | succ n ih => rw [sum_succ, sum_succ, h, ih (fun i => h i.succ)]
theorem sum_zero : ∑ _i : Fin n, (0 : R) = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [sum_succ, ih, zero_add]
theorem sum_eq_zero {f : Fin n → R} (h : ∀ i, f i = 0) : ∑ i, f i = 0 := by
  rw [sum_congr h, sum_zero]
theorem sum_add (f g : Fin n → R) : ∑ i, (f i + g i) = ∑ i, f i + ∑ i, g i := by
  induction n with
  | zero => exact (zero_add 0).symm
  | succ n ih => rw [sum_succ, sum_succ, sum_succ, ih, add_add_add_comm]
theorem mul_sum (c : R) (f : Fin n → R) : c * ∑ i, f i = ∑ i, c * f i := by
  induction n with
  | zero => exact mul_zero c
  | succ n ih => rw [sum_succ, sum_succ, mul_add, ih]
theorem sum_mul (f : Fin n → R) (c : R) : (∑ i, f i) * c = ∑ i, f i * c := by
  rw [mul_comm, mul_sum]
  exact sum_congr (fun i => mul_comm c (f i))
theorem sum_neg (f : Fin n → R) : ∑ i, -f i = -∑ i, f i := by
  rw [← neg_one_mul, mul_sum]
  exact sum_congr (fun i => (neg_one_mul (f i)).symm)
theorem sum_sub (f g : Fin n → R) : ∑ i, (f i - g i) = ∑ i, f i - ∑ i, g i := by
  rw [sub_eq_add_neg, ← sum_neg]
  exact sum_add f (fun i => -g i)
theorem sum_const (n : Nat) (c : R) : ∑ _i : Fin n, c = Nat.cast n * c := by
  induction n with
  | zero => exact (zero_mul c).symm
  | succ n ih => rw [sum_succ, ih, natCast_succ, add_mul, one_mul, add_comm]
/-- The last place taken off instead of the first. -/
theorem sum_last (f : Fin (Nat.succ n) → R) :
    ∑ i, f i = ∑ i, f (Fin.castSucc i) + f (Fin.last n) := by
  induction n with
  | zero => rw [sum_succ, sum_zero_places, sum_zero_places, add_comm]; rfl
  | succ n ih => rw [sum_succ, ih, sum_succ, add_assoc]; rfl
theorem sum_comm {m : Nat} (f : Fin m → Fin n → R) : ∑ i, ∑ j, f i j = ∑ j, ∑ i, f i j := by
  induction m with
  | zero => exact sum_zero.symm
  | succ m ih => rw [sum_succ, ih, ← sum_add]; rfl
end

/-! ## Over `Fin n`, in ordered rings -/

section
variable {R : Type u} [OrderedRing R] {n : Nat}

theorem sum_le_sum {f g : Fin n → R} (h : ∀ i, f i ≤ g i) : ∑ i, f i ≤ ∑ i, g i := by
  induction n with
  | zero => exact le_rfl
  | succ n ih => exact add_le_add (h Fin.zero) (ih (fun i => h i.succ))
theorem sum_lt_sum {f g : Fin n → R} (hn : 0 < n) (h : ∀ i, f i < g i) : ∑ i, f i < ∑ i, g i := by
  cases n with
  | zero => exact absurd hn (Nat.not_lt_zero 0)
  | succ n =>
    exact add_lt_add_of_lt_of_le (h Fin.zero) (sum_le_sum (fun i => le_of_lt (h i.succ)))
theorem sum_nonneg {f : Fin n → R} (h : ∀ i, 0 ≤ f i) : 0 ≤ ∑ i, f i := by
  rw [← sum_zero (n := n)]
  exact sum_le_sum h
theorem sum_nonpos {f : Fin n → R} (h : ∀ i, f i ≤ 0) : ∑ i, f i ≤ 0 := by
  rw [← sum_zero (n := n)]
  exact sum_le_sum h
theorem sum_pos {f : Fin n → R} (hn : 0 < n) (h : ∀ i, 0 < f i) : 0 < ∑ i, f i := by
  rw [← sum_zero (n := n)]
  exact sum_lt_sum hn h
theorem single_le_sum {f : Fin n → R} (h : ∀ i, 0 ≤ f i) (i : Fin n) : f i ≤ ∑ i, f i := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    rw [sum_succ]
    cases i using Fin.cases with
    | zero =>
      have k := add_le_add_left (sum_nonneg (fun i => h (Fin.succ i))) (f Fin.zero)
      rw [add_zero] at k
      exact k
    | succ i =>
      have k := add_le_add (h Fin.zero) (ih (fun i => h (Fin.succ i)) i)
      rw [zero_add] at k
      exact k
theorem abs_sum_le (f : Fin n → R) : abs (∑ i, f i) ≤ ∑ i, abs (f i) := by
  induction n with
  | zero => rw [sum_zero_places, sum_zero_places, abs_of_nonneg le_rfl]; exact le_rfl
  | succ n ih =>
    exact le_trans (abs_add _ _) (add_le_add_left (ih (fun i => f i.succ)) _)
end

/-! ## Over lists -/

namespace List

section
variable {R : Type u} [CommRing R] {α : Type u}

theorem sum_map_add (f g : α → R) (xs : List α) :
    (xs.map fun x => f x + g x).sum = (xs.map f).sum + (xs.map g).sum := by
  induction xs with
  | nil => exact (zero_add 0).symm
  | cons x xs ih =>
    show f x + g x + (xs.map fun x => f x + g x).sum = f x + (xs.map f).sum + (g x + (xs.map g).sum)
    rw [ih, add_add_add_comm]
theorem sum_map_mul (c : R) (f : α → R) (xs : List α) :
    (xs.map fun x => c * f x).sum = c * (xs.map f).sum := by
  induction xs with
  | nil => exact (mul_zero c).symm
  | cons x xs ih =>
    show c * f x + (xs.map fun x => c * f x).sum = c * (f x + (xs.map f).sum)
    rw [ih, mul_add]
theorem sum_map_const (c : R) (xs : List α) :
    (xs.map fun _ => c).sum = Nat.cast xs.length * c := by
  induction xs with
  | nil => exact (zero_mul c).symm
  | cons x xs ih =>
    show c + (xs.map fun _ => c).sum = Nat.cast (Nat.succ xs.length) * c
    rw [ih, natCast_succ, add_mul, one_mul, add_comm]
end

theorem sum_map_le {R : Type u} [OrderedRing R] {α : Type u} {f g : α → R} {xs : List α}
    (h : xs.All fun x => f x ≤ g x) : (xs.map f).sum ≤ (xs.map g).sum := by
  induction xs with
  | nil => exact le_rfl
  | cons x xs ih => exact add_le_add h.left (ih h.right)
theorem sum_nonneg {R : Type u} [OrderedRing R] {xs : List R} (h : xs.All fun x => 0 ≤ x) :
    0 ≤ xs.sum := by
  induction xs with
  | nil => exact le_rfl
  | cons x xs ih => exact add_nonneg h.left (ih h.right)
end List
