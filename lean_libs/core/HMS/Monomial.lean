prelude
import HMS.Naturals
import HMS.Order

/-!
Monomials as single naturals: the exponents are the digits in some base.

So multiplying two monomials is one addition and comparing them is one comparison of naturals,
which the kernel does with big numbers. What has to be shown is that no digit overflows: while the
degree is below the base, the code determines the monomial (`Monomial.unique`).
-/

set_option autoImplicit false
universe u
noncomputable section
theorem pow_add {R : Type u} [CommRing R] (a : R) (m n : Nat) :
    a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero => exact (mul_one _).symm
  | succ n ih => rw [Nat.add_succ, pow_succ, pow_succ, ih, mul_assoc]

namespace Ring

/-! ## Lists of exponents -/

namespace Exponents

/-- The exponents as digits, atom 0 least significant. -/
def code (base : Nat) : List Nat → Nat
  | [] => 0
  | e :: es => e + base * code base es

/-- The degree. -/
def total : List Nat → Nat
  | [] => 0
  | e :: es => e + total es

/-- Multiplying monomials adds their exponents. -/
def add : List Nat → List Nat → List Nat
  | [], fs => fs
  | es, [] => es
  | e :: es, f :: fs => (e + f) :: add es fs

/-- Atom `i` alone. -/
def unit : Nat → List Nat
  | Nat.zero => [1]
  | Nat.succ i => 0 :: unit i

theorem code_add (base : Nat) (es fs : List Nat) :
    code base (add es fs) = code base es + code base fs := by
  induction es generalizing fs with
  | nil => exact (Nat.zero_add _).symm
  | cons e es ih =>
    cases fs with
    | nil => rfl
    | cons f fs =>
      show e + f + base * code base (add es fs) =
        e + base * code base es + (f + base * code base fs)
      rw [ih, Nat.mul_add, Nat.add_add_add_comm]

theorem total_add (es fs : List Nat) : total (add es fs) = total es + total fs := by
  induction es generalizing fs with
  | nil => exact (Nat.zero_add _).symm
  | cons e es ih =>
    cases fs with
    | nil => rfl
    | cons f fs =>
      show e + f + total (add es fs) = e + total es + (f + total fs)
      rw [ih, Nat.add_add_add_comm]

theorem code_unit (base i : Nat) : code base (unit i) = Nat.pow base i := by
  induction i with
  | zero => rfl
  | succ i ih =>
    show 0 + base * code base (unit i) = Nat.pow base i * base
    rw [ih, Nat.zero_add, Nat.mul_comm]

theorem total_unit (i : Nat) : total (unit i) = 1 := by
  induction i with
  | zero => rfl
  | succ i ih =>
    show 0 + total (unit i) = 1
    rw [ih, Nat.zero_add]

variable {R : Type u} [CommRing R]

/-- The product of `atoms i ^ eᵢ`. -/
def value : List Nat → (Nat → R) → R
  | [], _ => 1
  | e :: es, atoms => atoms 0 ^ e * value es fun i => atoms (Nat.succ i)

theorem value_add (es fs : List Nat) (atoms : Nat → R) :
    value (add es fs) atoms = value es atoms * value fs atoms := by
  induction es generalizing fs atoms with
  | nil => exact (one_mul _).symm
  | cons e es ih =>
    cases fs with
    | nil => exact (mul_one _).symm
    | cons f fs =>
      show atoms 0 ^ (e + f) * value (add es fs) _ =
        atoms 0 ^ e * value es _ * (atoms 0 ^ f * value fs _)
      rw [ih, pow_add, mul_mul_mul_comm]

theorem value_unit (i : Nat) (atoms : Nat → R) : value (unit i) atoms = atoms i := by
  induction i generalizing atoms with
  | zero =>
    show atoms 0 ^ 1 * 1 = atoms 0
    rw [mul_one, pow_one]
  | succ i ih =>
    show 1 * value (unit i) (fun i => atoms (Nat.succ i)) = atoms (Nat.succ i)
    rw [ih, one_mul]

theorem value_eq_one (base : Nat) (es : List Nat) (atoms : Nat → R) (positive : 0 < base)
    (h : code base es = 0) : value es atoms = 1 := by
  induction es generalizing atoms with
  | nil => rfl
  | cons e es ih =>
    have head : e = 0 := Nat.eq_zero_of_add_eq_zero ((Nat.add_comm _ e).trans h)
    rw [head] at h ⊢
    have tail := (Nat.digit_unique (q := code base es) (t := 0) positive positive h).right
    show 1 * value es _ = 1
    rw [ih _ tail, one_mul]

/-- Below the base no digit overflows, so the code determines the monomial. -/
theorem value_unique (base : Nat) (es fs : List Nat) (atoms : Nat → R) (he : total es < base)
    (hf : total fs < base) (h : code base es = code base fs) : value es atoms = value fs atoms := by
  have positive : 0 < base := Nat.lt_of_le_of_lt (Nat.zero_le _) he
  induction es generalizing fs atoms with
  | nil => exact (value_eq_one base fs atoms positive h.symm).symm
  | cons e es ih =>
    cases fs with
    | nil => exact value_eq_one base (e :: es) atoms positive h
    | cons f fs =>
      have both := Nat.digit_unique (Nat.lt_of_le_of_lt (Nat.le_add_right _ _) he)
        (Nat.lt_of_le_of_lt (Nat.le_add_right _ _) hf) h
      show atoms 0 ^ e * value es _ = atoms 0 ^ f * value fs _
      rw [both.left, ih fs _ (Nat.lt_of_le_of_lt (Nat.le_add_left _ _) he)
        (Nat.lt_of_le_of_lt (Nat.le_add_left _ _) hf) both.right]

end Exponents

/-! ## Codes -/

variable {R : Type u} [CommRing R]

/-- `m` is the code of a monomial of degree at most `d` whose value is `x`. -/
def Monomial (atoms : Nat → R) (base d m : Nat) (x : R) : Prop :=
  ∃ es, Exponents.code base es = m ∧ Exponents.total es ≤ d ∧ Exponents.value es atoms = x

namespace Monomial

variable {atoms : Nat → R} {base d d' m m' : Nat} {x x' : R}

theorem one : Monomial atoms base 0 0 1 := ⟨[], rfl, Nat.le_refl 0, rfl⟩

theorem atom (i : Nat) : Monomial atoms base 1 (Nat.pow base i) (atoms i) :=
  ⟨Exponents.unit i, Exponents.code_unit base i, Nat.le_of_eq (Exponents.total_unit i),
    Exponents.value_unit i atoms⟩

theorem mul (h : Monomial atoms base d m x) (h' : Monomial atoms base d' m' x') :
    Monomial atoms base (d + d') (m + m') (x * x') := by
  obtain ⟨es, code, total, value⟩ := h
  obtain ⟨fs, code', total', value'⟩ := h'
  refine ⟨Exponents.add es fs, ?_, ?_, ?_⟩
  · rw [Exponents.code_add, code, code']
  · rw [Exponents.total_add]
    exact Nat.add_le_add total total'
  · rw [Exponents.value_add, value, value']

theorem weaken (h : Monomial atoms base d m x) (le : d ≤ d') : Monomial atoms base d' m x := by
  obtain ⟨es, code, total, value⟩ := h
  exact ⟨es, code, Nat.le_trans total le, value⟩

theorem unique (h : Monomial atoms base d m x) (h' : Monomial atoms base d m x')
    (small : d < base) :
    x = x' := by
  obtain ⟨es, code, total, value⟩ := h
  obtain ⟨fs, code', total', value'⟩ := h'
  rw [← value, ← value']
  exact Exponents.value_unique base es fs atoms (Nat.lt_of_le_of_lt total small)
    (Nat.lt_of_le_of_lt total' small) (code.trans code'.symm)

end Monomial

end Ring
