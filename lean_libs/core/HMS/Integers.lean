prelude
import HMS.Naturals
import HMS.Inequalities

/-!
Integers: an ordered ring in which `0 < x` is `1 ≤ x`, with Euclidean division, and their images in
every ordered ring.

As in Lean an integer is `ofNat n` or `negSucc n`, which is `-(n + 1)`: a form without redundancy,
in which the kernel computes. Proofs use the other form. Every integer is a difference `diff a b` of
naturals, in which the operations are polynomials (`add_diff`, `mul_diff`, `le_diff`), and so each
law is one of naturals. `diff_induction` connects the two: it is enough to look at `k - 0` and
`0 - (k + 1)`, and to see that nothing changes from `a - b` to `(a + 1) - (b + 1)`.

`-`, `^`, `max`, `min`, `abs` are those of every ordered ring (`HMS.Order`). Left out: gcd, primes,
rounding division.
-/

set_option autoImplicit false
universe u
noncomputable section
namespace Int

/-! ## The operations, as Lean defines them -/

/-- The difference of two naturals. -/
def subNatNat (m n : Nat) : Int :=
  match n - m with
  | Nat.zero => ofNat (m - n)
  | Nat.succ k => negSucc k
def negOfNat : Nat → Int
  | Nat.zero => ofNat 0
  | Nat.succ n => negSucc n
protected def neg : Int → Int
  | ofNat n => negOfNat n
  | negSucc n => ofNat (Nat.succ n)
protected def add : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m + n)
  | ofNat m, negSucc n => subNatNat m (Nat.succ n)
  | negSucc m, ofNat n => subNatNat n (Nat.succ m)
  | negSucc m, negSucc n => negSucc (Nat.succ (m + n))
protected def mul : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m * n)
  | ofNat m, negSucc n => negOfNat (m * Nat.succ n)
  | negSucc m, ofNat n => negOfNat (Nat.succ m * n)
  | negSucc m, negSucc n => ofNat (Nat.succ m * Nat.succ n)
protected def le : Int → Int → Prop
  | ofNat m, ofNat n => m ≤ n
  | ofNat _, negSucc _ => False
  | negSucc _, ofNat _ => True
  | negSucc m, negSucc n => n ≤ m
/-- The absolute value, as a natural. -/
def natAbs : Int → Nat
  | ofNat n => n
  | negSucc n => Nat.succ n
/-- The number itself, or 0 where it is negative. -/
def toNat : Int → Nat
  | ofNat n => n
  | negSucc _ => 0

instance instNatCastInt : NatCast Int := ⟨ofNat⟩
instance instAddInt : Add Int := ⟨Int.add⟩
instance instMulInt : Mul Int := ⟨Int.mul⟩
instance instNegInt : Neg Int := ⟨Int.neg⟩
instance instLEInt : LE Int := ⟨Int.le⟩
instance instLTInt : LT Int := ⟨fun a b => a + 1 ≤ b⟩

def decLe : (a b : Int) → Decidable (a ≤ b)
  | ofNat m, ofNat n => instDecidableLeNat m n
  | ofNat _, negSucc _ => isFalse id
  | negSucc _, ofNat _ => isTrue trivial
  | negSucc m, negSucc n => instDecidableLeNat n m

/-! ## Integers as differences -/

/-- The integer `a - b`. -/
def diff (a b : Nat) : Int := subNatNat a b

theorem diff_zero (a : Nat) : diff a 0 = ofNat a := by
  show subNatNat a 0 = ofNat a
  unfold subNatNat
  rw [Nat.zero_sub]
  rfl
theorem zero_diff (b : Nat) : diff 0 (Nat.succ b) = negSucc b := rfl
theorem diff_succ (a b : Nat) : diff (Nat.succ a) (Nat.succ b) = diff a b := by
  show subNatNat _ _ = subNatNat _ _
  unfold subNatNat
  rw [Nat.succ_sub_succ, Nat.succ_sub_succ]

theorem diff_induction {p : Nat → Nat → Prop} (pos : ∀ k, p k 0) (neg : ∀ k, p 0 (Nat.succ k))
    (shift : ∀ a b, p a b → p (Nat.succ a) (Nat.succ b)) (a b : Nat) : p a b := by
  induction a generalizing b with
  | zero =>
    cases b with
    | zero => exact pos 0
    | succ b => exact neg b
  | succ a ih =>
    cases b with
    | zero => exact pos (Nat.succ a)
    | succ b => exact shift a b (ih b)

theorem exists_diff (x : Int) : ∃ a b, x = diff a b := by
  cases x with
  | ofNat n => exact ⟨n, 0, (diff_zero n).symm⟩
  | negSucc n => exact ⟨0, Nat.succ n, rfl⟩

theorem diff_add (a b k : Nat) : diff (a + k) (b + k) = diff a b := by
  induction k with
  | zero => rfl
  | succ k ih => rw [Nat.add_succ, Nat.add_succ, diff_succ, ih]

theorem neg_diff (a b : Nat) : -diff a b = diff b a := by
  apply diff_induction (p := fun a b => -diff a b = diff b a) (a := a) (b := b)
  · intro k
    rw [diff_zero]
    cases k with
    | zero => rfl
    | succ k => rfl
  · intro k
    rw [diff_zero]
    rfl
  · intro a b h
    rw [diff_succ, diff_succ, h]

theorem add_diff (a b c d : Nat) : diff a b + diff c d = diff (a + c) (b + d) := by
  apply diff_induction (p := fun a b => diff a b + diff c d = diff (a + c) (b + d)) (a := a)
    (b := b)
  · intro k
    rw [diff_zero]
    apply diff_induction (p := fun c d => ofNat k + diff c d = diff (k + c) (0 + d))
      (a := c) (b := d)
    · intro l
      rw [diff_zero, Nat.zero_add, diff_zero]
      rfl
    · intro l
      rw [Nat.zero_add]
      rfl
    · intro c d h
      rw [diff_succ, Nat.add_succ, Nat.add_succ, diff_succ, h]
  · intro k
    apply diff_induction (p := fun c d => negSucc k + diff c d = diff (0 + c) (Nat.succ k + d))
      (a := c) (b := d)
    · intro l
      rw [diff_zero, Nat.zero_add]
      rfl
    · intro l
      rw [Nat.add_succ, Nat.succ_add]
      rfl
    · intro c d h
      rw [diff_succ, Nat.add_succ, Nat.add_succ, diff_succ, h]
  · intro a b h
    rw [diff_succ, Nat.succ_add, Nat.succ_add, diff_succ, h]

theorem negOfNat_eq (n : Nat) : negOfNat n = diff 0 n := by
  cases n with
  | zero => rfl
  | succ n => rfl

theorem mul_diff (a b c d : Nat) : diff a b * diff c d = diff (a * c + b * d) (a * d + b * c) := by
  apply diff_induction (p := fun a b => diff a b * diff c d = diff (a * c + b * d) (a * d + b * c))
    (a := a) (b := b)
  · intro k
    rw [diff_zero, Nat.zero_mul, Nat.zero_mul]
    apply diff_induction (p := fun c d => ofNat k * diff c d = diff (k * c + 0) (k * d + 0))
      (a := c) (b := d)
    · intro l
      rw [diff_zero]
      exact (diff_zero (k * l)).symm
    · intro l
      exact negOfNat_eq (k * Nat.succ l)
    · intro c d h
      rw [diff_succ, h]
      exact (diff_add (k * c) (k * d) k).symm
  · intro k
    rw [Nat.zero_mul, Nat.zero_mul, Nat.zero_add, Nat.zero_add]
    apply diff_induction
      (p := fun c d => negSucc k * diff c d = diff (Nat.succ k * d) (Nat.succ k * c))
      (a := c) (b := d)
    · intro l
      rw [diff_zero]
      exact negOfNat_eq (Nat.succ k * l)
    · intro l
      exact (diff_zero (Nat.succ k * Nat.succ l)).symm
    · intro c d h
      rw [diff_succ, h]
      exact (diff_add (Nat.succ k * d) (Nat.succ k * c) (Nat.succ k)).symm
  · intro a b h
    rw [diff_succ, h, Nat.succ_mul, Nat.succ_mul, Nat.succ_mul, Nat.succ_mul, Nat.add_add_add_comm,
      Nat.add_add_add_comm (a * d), Nat.add_comm d c, diff_add]

theorem le_diff (a b c d : Nat) : diff a b ≤ diff c d ↔ a + d ≤ c + b := by
  -- moving both numbers of one difference by one changes neither side
  have both {m n : Nat} : Nat.succ m ≤ Nat.succ n ↔ m ≤ n :=
    ⟨Nat.le_of_succ_le_succ, Nat.succ_le_succ⟩
  apply diff_induction (p := fun a b => diff a b ≤ diff c d ↔ a + d ≤ c + b) (a := a) (b := b)
  · intro k
    rw [diff_zero]
    apply diff_induction (p := fun c d => ofNat k ≤ diff c d ↔ k + d ≤ c + 0) (a := c) (b := d)
    · intro l
      rw [diff_zero]
      exact Iff.rfl
    · intro l
      exact ⟨fun h => h.elim, fun h => absurd h (Nat.not_lt_zero (k + l))⟩
    · intro c d h
      rw [diff_succ]
      exact h.trans both.symm
  · intro k
    apply diff_induction (p := fun c d => negSucc k ≤ diff c d ↔ 0 + d ≤ c + Nat.succ k)
      (a := c) (b := d)
    · intro l
      rw [diff_zero]
      exact ⟨fun _ => Nat.zero_le _, fun _ => trivial⟩
    · intro l
      rw [Nat.zero_add, Nat.zero_add]
      exact both.symm
    · intro c d h
      rw [diff_succ, Nat.succ_add]
      exact h.trans both.symm
  · intro a b h
    rw [diff_succ, Nat.succ_add]
    exact h.trans both.symm

theorem lt_diff (a b c d : Nat) : diff a b < diff c d ↔ a + d < c + b := by
  have h := le_diff (a + 1) b c d
  rw [← Nat.add_zero b, ← add_diff a b 1 0, Nat.add_zero, Nat.add_succ, Nat.add_zero,
    Nat.succ_add] at h
  exact h

/-! ## The ordered ring -/

instance instOrderedRing : OrderedRing Int where
  add_assoc x y z := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    obtain ⟨e, f, rfl⟩ := exists_diff z
    rw [add_diff, add_diff, add_diff, add_diff, Nat.add_assoc, Nat.add_assoc]
  add_comm x y := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    rw [add_diff, add_diff, Nat.add_comm a, Nat.add_comm b]
  zero_add x := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    exact (add_diff 0 0 a b).trans (by rw [Nat.zero_add, Nat.zero_add])
  neg_add_cancel x := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    rw [neg_diff, add_diff, Nat.add_comm b, ← Nat.zero_add (a + b), diff_add]
    rfl
  mul_assoc x y z := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    obtain ⟨e, f, rfl⟩ := exists_diff z
    rw [mul_diff, mul_diff, mul_diff, mul_diff]
    have regroup (k l m n : Nat) : (a * c + b * d) * m + (a * d + b * c) * n =
        a * (c * m + d * n) + b * (c * n + d * m) := by
      rw [Nat.add_mul, Nat.add_mul, Nat.mul_add, Nat.mul_add, Nat.mul_assoc, Nat.mul_assoc,
        Nat.mul_assoc, Nat.mul_assoc, Nat.add_add_add_comm, Nat.add_comm (b * (d * m))]
    rw [regroup 0 0 e f, regroup 0 0 f e]
  mul_comm x y := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    rw [mul_diff, mul_diff, Nat.mul_comm a c, Nat.mul_comm b d, Nat.mul_comm a d, Nat.mul_comm b c,
      Nat.add_comm (d * a)]
  one_mul x := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    have product := mul_diff 1 0 a b
    rw [Nat.one_mul, Nat.one_mul, Nat.zero_mul, Nat.zero_mul] at product
    exact product
  mul_add x y z := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    obtain ⟨e, f, rfl⟩ := exists_diff z
    rw [add_diff, mul_diff, mul_diff, mul_diff, add_diff, Nat.mul_add, Nat.mul_add, Nat.mul_add,
      Nat.mul_add, Nat.add_add_add_comm, Nat.add_add_add_comm (a * d)]
  natCast_succ n := rfl
  le_refl x := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    exact (le_diff a b a b).mpr (Nat.le_refl _)
  le_trans {x y z} h g := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    obtain ⟨e, f, rfl⟩ := exists_diff z
    have sum := Nat.add_le_add ((le_diff a b c d).mp h) ((le_diff c d e f).mp g)
    rw [Nat.add_comm a d, Nat.add_add_add_comm d a, Nat.add_comm e d, Nat.add_add_add_comm c b,
      Nat.add_comm c d, Nat.add_comm b e] at sum
    exact (le_diff a b e f).mpr (Nat.le_of_add_le_add_left sum)
  le_antisymm {x y} h g := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    have e := Nat.le_antisymm ((le_diff a b c d).mp h) ((le_diff c d a b).mp g)
    rw [← diff_add a b d, e, Nat.add_comm b d, diff_add]
  le_total x y := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    exact (Nat.le_total (a + d) (c + b)).elim (fun h => Or.inl ((le_diff a b c d).mpr h))
      (fun h => Or.inr ((le_diff c d a b).mpr h))
  decLe := decLe
  lt_iff_not_le x y := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    have g := le_diff c d a b
    exact (lt_diff a b c d).trans (Nat.lt_iff_not_le.trans
      ⟨fun h k => h (g.mp k), fun h k => h (g.mpr k)⟩)
  add_le_add_left {x y} h z := by
    obtain ⟨a, b, rfl⟩ := exists_diff x
    obtain ⟨c, d, rfl⟩ := exists_diff y
    obtain ⟨e, f, rfl⟩ := exists_diff z
    rw [add_diff, add_diff]
    apply (le_diff _ _ _ _).mpr
    rw [Nat.add_add_add_comm, Nat.add_add_add_comm e c]
    exact Nat.add_le_add (Nat.le_refl _) ((le_diff a b c d).mp h)
  mul_pos {x y} h g := by
    cases x with
    | negSucc m => exact h.elim
    | ofNat m =>
      cases y with
      | negSucc n => exact g.elim
      | ofNat n =>
        have hm : 0 < m := h
        have hn : 0 < n := g
        show 0 < m * n
        exact Nat.mul_pos hm hn
  zero_ne_one h := nomatch congrArg toNat h

/-! ## What sets integers apart: there is nothing between a number and the next -/

theorem lt_iff_add_one_le {x y : Int} : x < y ↔ x + 1 ≤ y := Iff.rfl
theorem one_le_of_pos {x : Int} (h : 0 < x) : 1 ≤ x := h
theorem le_of_lt_add_one {x y : Int} (h : x < y + 1) : x ≤ y := le_of_add_le_add_right h

/-- What is not negative is a natural. -/
theorem ofNat_toNat {x : Int} (h : 0 ≤ x) : ofNat (toNat x) = x := by
  cases x with
  | ofNat n => rfl
  | negSucc n => exact h.elim

end Int
