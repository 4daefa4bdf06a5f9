prelude
import HMS.Monomial

/-!
Polynomials as data, in a form that the kernel computes fast, and what they mean in a ring.

A polynomial is a list of monomials (codes, see `HMS.Monomial`) with coefficients, smallest code
first. A coefficient is a difference `p - n` of naturals: the kernel is fast on naturals, and a
difference needs no sign.

`Poly.Means` says that such a list has a given value, and one lemma for each operation says that
it computes the value's counterpart. Nobody has to prove that lists are sorted or that equal
monomials meet: a list that missed a chance to simplify still means the right thing.

What the kernel runs is written with recursors, which is what it evaluates; pattern matching would
be translated to them by a detour. Left out: division, gcd, rational coefficients.
-/

set_option autoImplicit false
universe u
noncomputable section
namespace Ring

/-! ## What the kernel runs -/

/-- `term m p n rest` is `(p - n) * m + rest`, the monomial `m` given by its code. -/
inductive Poly where
  | zero : Poly
  | term (m p n : Nat) (rest : Poly) : Poly

namespace Poly

/-- The sum, sorted if both are: the smaller code comes first, equal ones become one. -/
def merge (a : Poly) : Poly → Poly :=
  Poly.rec (fun b => b)
    (fun m p n rest merge_rest b =>
      Poly.rec (term m p n rest)
        (fun m' p' n' rest' merge_rest' =>
          Bool.rec
            (term m' p' n' merge_rest')
            (Bool.rec
              (term m p n (merge_rest (term m' p' n' rest')))
              (term m (Nat.add p p') (Nat.add n n') (merge_rest rest'))
              (Nat.beq m m'))
            (Nat.ble m m'))
        b)
    a

def neg (a : Poly) : Poly := Poly.rec zero (fun m p n _ neg_rest => term m n p neg_rest) a

/-- The product with one term. -/
def scale (m p n : Nat) (a : Poly) : Poly :=
  Poly.rec zero
    (fun m' p' n' _ scale_rest =>
      term (Nat.add m m') (Nat.add (Nat.mul p p') (Nat.mul n n'))
        (Nat.add (Nat.mul p n') (Nat.mul n p')) scale_rest)
    a

/-- Whether every coefficient is 0. -/
def isZero (a : Poly) : Bool :=
  Poly.rec true (fun _ p n _ isZero_rest => Bool.rec false isZero_rest (Nat.beq p n)) a

end Poly

/-- A sum in progress. Summing many polynomials one after the other would walk through the sum
so far each time. They are kept apart instead and merged like the carries of a binary counter:
place `k` is empty (`Poly.zero`) or holds a sum of about `2 ^ k` of them. -/
inductive Runs where
  | nil : Runs
  | cons (run : Poly) (rest : Runs) : Runs

namespace Runs

/-- Adds one more polynomial. -/
def push (s : Runs) : Poly → Runs :=
  Runs.rec (fun a => cons a nil)
    (fun run rest push_rest a =>
      Poly.rec (cons a rest) (fun _ _ _ _ _ => cons Poly.zero (push_rest (Poly.merge a run))) run)
    s

/-- The sum of all. -/
def flush (s : Runs) : Poly :=
  Runs.rec Poly.zero (fun run _ flush_rest => Poly.merge run flush_rest) s

/-- Adds the product `a * b`, term by term of `a`. -/
def pushMul (a b : Poly) : Runs → Runs :=
  Poly.rec (fun s => s) (fun m p n _ push_rest s => push_rest (push s (Poly.scale m p n b))) a

end Runs

namespace Poly

def mul (a b : Poly) : Poly := Runs.flush (Runs.pushMul a b Runs.nil)

def pow (a : Poly) (n : Nat) : Poly := Nat.rec (term 0 1 0 zero) (fun _ power => mul a power) n

end Poly

/-! ## What it means -/

variable {R : Type u} [CommRing R]

/-- The number `p - n`. -/
def coef (p n : Nat) : R := Nat.cast p + -Nat.cast n

theorem coef_add (p n p' n' : Nat) : (coef (p + p') (n + n') : R) = coef p n + coef p' n' := by
  show Nat.cast (p + p') + -Nat.cast (n + n') =
    Nat.cast p + -Nat.cast n + (Nat.cast p' + -Nat.cast n')
  rw [natCast_add, natCast_add, neg_add, add_add_add_comm]

theorem coef_neg (p n : Nat) : (coef n p : R) = -coef p n := by
  show Nat.cast n + -Nat.cast p = -(Nat.cast p + -Nat.cast n)
  rw [neg_add, neg_neg, add_comm]

theorem coef_mul (p n p' n' : Nat) :
    (coef (p * p' + n * n') (p * n' + n * p') : R) = coef p n * coef p' n' := by
  show Nat.cast (p * p' + n * n') + -Nat.cast (p * n' + n * p') =
    (Nat.cast p + -Nat.cast n) * (Nat.cast p' + -Nat.cast n')
  rw [natCast_add, natCast_add, natCast_mul, natCast_mul, natCast_mul, natCast_mul, neg_add,
    add_mul, mul_add, mul_add, neg_mul, neg_mul, mul_neg, mul_neg, neg_neg, add_add_add_comm,
    add_comm (Nat.cast n * Nat.cast n')]

theorem coef_self (n : Nat) : (coef n n : R) = 0 := add_neg_cancel _

theorem coef_zero (n : Nat) : (coef n 0 : R) = Nat.cast n := by
  show Nat.cast n + -0 = Nat.cast n
  rw [neg_zero, add_zero]

/-- The polynomial's value is `v`, and its monomials have degrees of at most `d`. -/
def Poly.Means (atoms : Nat → R) (base d : Nat) : Poly → R → Prop
  | zero, v => v = 0
  | term m p n rest, v =>
    ∃ x w, Monomial atoms base d m x ∧ Means atoms base d rest w ∧ v = coef p n * x + w

/-- The sum in progress has the value `v` so far. -/
def Runs.Means (atoms : Nat → R) (base d : Nat) : Runs → R → Prop
  | nil, v => v = 0
  | cons run rest, v => ∃ x w, Poly.Means atoms base d run x ∧ Means atoms base d rest w ∧ v = x + w

namespace Poly

variable {atoms : Nat → R} {base d d' : Nat} {v w x : R} {a b : Poly}

theorem Means.zero : Means atoms base d zero 0 := rfl

theorem Means.term {m p n : Nat} {rest : Poly} (hx : Monomial atoms base d m x)
    (hw : Means atoms base d rest w) (e : v = coef p n * x + w) :
    Means atoms base d (term m p n rest) v := ⟨x, w, hx, hw, e⟩

theorem Means.weaken (h : Means atoms base d a v) (le : d ≤ d') : Means atoms base d' a v := by
  induction a generalizing v with
  | zero => exact h
  | term m p n rest ih =>
    obtain ⟨x, w, hx, hw, e⟩ := h
    exact Means.term (hx.weaken le) (ih hw) e

theorem merge_term_term (m p n m' p' n' : Nat) (rest rest' : Poly) :
    merge (term m p n rest) (term m' p' n' rest') =
      Bool.rec (term m' p' n' (merge (term m p n rest) rest'))
        (Bool.rec (term m p n (merge rest (term m' p' n' rest')))
          (term m (p + p') (n + n') (merge rest rest')) (Nat.beq m m'))
        (Nat.ble m m') := rfl

theorem Means.merge (small : d < base) (ha : Means atoms base d a v) (hb : Means atoms base d b w) :
    Means atoms base d (merge a b) (v + w) := by
  induction a generalizing b v w with
  | zero =>
    have ha : v = 0 := ha
    rw [ha, zero_add]
    exact hb
  | term m p n rest ih =>
    induction b generalizing w with
    | zero =>
      have hb : w = 0 := hb
      rw [hb, add_zero]
      exact ha
    | term m' p' n' rest' ih' =>
      have whole := hb
      obtain ⟨x, v₁, hx, hv, ev⟩ := ha
      obtain ⟨y, w₁, hy, hw, ew⟩ := hb
      rw [merge_term_term]
      cases Nat.ble m m' with
      | false => exact Means.term hy (ih' hw) (by rw [ew, add_left_comm])
      | true =>
        cases same : Nat.beq m m' with
        | false => exact Means.term hx (ih hv whole) (by rw [ev, add_assoc])
        | true =>
          rw [← Nat.eq_of_beq_eq_true m m' same] at hy
          apply Means.term hx (ih hv hw)
          rw [ev, ew, hy.unique hx small, coef_add, add_mul, add_add_add_comm]

theorem Means.neg (h : Means atoms base d a v) : Means atoms base d (neg a) (-v) := by
  induction a generalizing v with
  | zero =>
    have h : v = 0 := h
    rw [h, neg_zero]
    exact Means.zero
  | term m p n rest ih =>
    obtain ⟨x, w, hx, hw, e⟩ := h
    exact Means.term hx (ih hw) (by rw [e, coef_neg p n, neg_mul, neg_add])

theorem Means.scale {m p n : Nat} (hx : Monomial atoms base d m x) (h : Means atoms base d' a v) :
    Means atoms base (d + d') (scale m p n a) (coef p n * x * v) := by
  induction a generalizing v with
  | zero =>
    have h : v = 0 := h
    rw [h, mul_zero]
    exact Means.zero
  | term m' p' n' rest ih =>
    obtain ⟨y, w, hy, hw, e⟩ := h
    apply Means.term (hx.mul hy) (ih hw)
    show _ = coef (p * p' + n * n') (p * n' + n * p') * (x * y) + coef p n * x * w
    rw [e, coef_mul, mul_add, mul_mul_mul_comm]

theorem Means.eq_zero (h : Means atoms base d a v) (zero : isZero a = true) : v = 0 := by
  induction a generalizing v with
  | zero => exact h
  | term m p n rest ih =>
    obtain ⟨x, w, hx, hw, e⟩ := h
    have zero : Bool.rec false (isZero rest) (Nat.beq p n) = true := zero
    cases same : Nat.beq p n with
    | false =>
      rw [same] at zero
      exact nomatch zero
    | true =>
      rw [same] at zero
      rw [e, ih hw zero, Nat.eq_of_beq_eq_true p n same, coef_self, zero_mul, add_zero]

end Poly

namespace Runs

variable {atoms : Nat → R} {base d d' total : Nat} {v x y : R} {s : Runs} {a b : Poly}

theorem Means.nil : Means atoms base d nil 0 := rfl

theorem Means.push (small : d < base) (hs : Means atoms base d s v)
    (ha : Poly.Means atoms base d a x) :
    Means atoms base d (push s a) (x + v) := by
  induction s generalizing a v x with
  | nil => exact ⟨x, v, ha, hs, rfl⟩
  | cons run rest ih =>
    obtain ⟨y, w, hy, hw, e⟩ := hs
    cases run with
    | zero =>
      have hy : y = 0 := hy
      exact ⟨x, w, ha, hw, by rw [e, hy, zero_add]⟩
    | term m p n tail =>
      refine ⟨0, x + y + w, Poly.Means.zero, ih hw (ha.merge small hy), ?_⟩
      rw [e, zero_add, add_assoc]

theorem Means.flush (small : d < base) (h : Means atoms base d s v) :
    Poly.Means atoms base d (flush s) v := by
  induction s generalizing v with
  | nil => exact h
  | cons run rest ih =>
    obtain ⟨x, w, hx, hw, e⟩ := h
    rw [e]
    exact hx.merge small (ih hw)

theorem Means.pushMul (small : total < base) (fits : d + d' ≤ total)
    (hs : Means atoms base total s v)
    (ha : Poly.Means atoms base d a x) (hb : Poly.Means atoms base d' b y) :
    Means atoms base total (pushMul a b s) (x * y + v) := by
  induction a generalizing s v x with
  | zero =>
    have ha : x = 0 := ha
    rw [ha, zero_mul, zero_add]
    exact hs
  | term m p n rest ih =>
    obtain ⟨z, w, hz, hw, e⟩ := ha
    have first := Poly.Means.weaken (Poly.Means.scale (p := p) (n := n) hz hb) fits
    have both := ih (Means.push small hs first) hw
    rw [e, add_mul, add_comm (_ * y) (w * y), add_assoc]
    exact both

end Runs

namespace Poly

variable {atoms : Nat → R} {base d d' : Nat} {x y : R} {a b : Poly}

theorem Means.one : Means atoms base 0 (Poly.term 0 1 0 Poly.zero) 1 :=
  Means.term Monomial.one Means.zero (by rw [coef_zero, mul_one, add_zero, natCast_one])

theorem Means.mul (small : d + d' < base) (ha : Means atoms base d a x)
    (hb : Means atoms base d' b y) :
    Means atoms base (d + d') (mul a b) (x * y) := by
  rw [← add_zero (x * y)]
  exact Runs.Means.flush small (Runs.Means.pushMul small (Nat.le_refl _) Runs.Means.nil ha hb)

theorem Means.pow (k : Nat) (small : d * k < base) (h : Means atoms base d a x) :
    Means atoms base (d * k) (pow a k) (x ^ k) := by
  induction k with
  | zero => exact Means.one
  | succ k ih =>
    have fits : d * k < base := Nat.lt_of_le_of_lt (Nat.le_add_right (d * k) d) small
    rw [Nat.mul_succ, Nat.add_comm] at small ⊢
    rw [pow_succ, mul_comm]
    exact Means.mul small h (ih fits)

end Poly
end Ring
