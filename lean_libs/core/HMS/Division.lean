prelude
import HMS.Integers

/-!
Integers mapped into ordered rings, and their division.

The map keeps sums, products and order, so a claim about integers inside ℝ is one about integers.
Division is Euclid's, as in Lean: `0 ≤ x % y < |y|` for `y ≠ 0`, and `x / 0 = 0`, `x % 0 = x`.
`a ∣ b` means that `b` is `a` times something, and a remainder decides it.
-/

set_option autoImplicit false
universe u
noncomputable section

/-! ## Naturals in ordered rings -/

section
variable {R : Type u} [OrderedRing R]

theorem natCast_le_iff {m n : Nat} : (Nat.cast m : R) ≤ Nat.cast n ↔ m ≤ n :=
  ⟨fun h => (Nat.lt_or_le n m).elim (fun g => absurd h (not_le_of_lt (natCast_lt g))) id,
    natCast_le⟩
theorem natCast_lt_iff {m n : Nat} : (Nat.cast m : R) < Nat.cast n ↔ m < n :=
  ⟨fun h => (Nat.lt_or_le m n).elim id (fun g => absurd h (not_lt_of_le (natCast_le g))),
    natCast_lt⟩
theorem natCast_inj {m n : Nat} (h : (Nat.cast m : R) = Nat.cast n) : m = n :=
  Nat.le_antisymm (natCast_le_iff.mp (le_of_eq h)) (natCast_le_iff.mp (le_of_eq h.symm))
end

theorem natCast_sub {R : Type u} [CommRing R] {m n : Nat} (h : n ≤ m) :
    (Nat.cast (m - n) : R) = Nat.cast m - Nat.cast n := by
  have sum := natCast_add (R := R) n (m - n)
  rw [Nat.add_sub_of_le h] at sum
  rw [sum, add_comm, add_sub_cancel]

/-! ## Integers in rings -/

section
variable {R : Type u} [CommRing R]

theorem intCast_natCast (n : Nat) : (Int.cast (Int.ofNat n) : R) = Nat.cast n := rfl
theorem intCast_diff (a b : Nat) : (Int.cast (Int.diff a b) : R) = Nat.cast a - Nat.cast b := by
  apply Int.diff_induction (p := fun a b => (Int.cast (Int.diff a b) : R) = Nat.cast a - Nat.cast b)
    (a := a) (b := b)
  · intro k
    rw [Int.diff_zero, natCast_zero, sub_zero]
    rfl
  · intro k
    rw [natCast_zero, zero_sub]
    rfl
  · intro a b h
    rw [Int.diff_succ, h, natCast_succ, natCast_succ, sub_eq_add_neg, sub_eq_add_neg, neg_add,
      add_add_add_comm, add_neg_cancel, add_zero]
theorem intCast_add (x y : Int) : (Int.cast (x + y) : R) = Int.cast x + Int.cast y := by
  obtain ⟨a, b, rfl⟩ := Int.exists_diff x
  obtain ⟨c, d, rfl⟩ := Int.exists_diff y
  rw [Int.add_diff, intCast_diff, intCast_diff, intCast_diff, natCast_add, natCast_add,
    sub_eq_add_neg, neg_add, add_add_add_comm]
  rfl
theorem intCast_neg (x : Int) : (Int.cast (-x) : R) = -Int.cast x := by
  obtain ⟨a, b, rfl⟩ := Int.exists_diff x
  rw [Int.neg_diff, intCast_diff, intCast_diff, neg_sub]
theorem intCast_sub (x y : Int) : (Int.cast (x - y) : R) = Int.cast x - Int.cast y := by
  rw [sub_eq_add_neg, intCast_add, intCast_neg]
  rfl
theorem intCast_mul (x y : Int) : (Int.cast (x * y) : R) = Int.cast x * Int.cast y := by
  obtain ⟨a, b, rfl⟩ := Int.exists_diff x
  obtain ⟨c, d, rfl⟩ := Int.exists_diff y
  rw [Int.mul_diff, intCast_diff, intCast_diff, intCast_diff, natCast_add, natCast_add, natCast_mul,
    natCast_mul, natCast_mul, natCast_mul, mul_sub, sub_mul, sub_mul, sub_eq_add_neg,
    sub_eq_add_neg, sub_eq_add_neg, sub_eq_add_neg, neg_add, neg_add, neg_neg, add_add_add_comm,
    add_comm (Nat.cast b * Nat.cast d), add_add_add_comm]
theorem intCast_zero : (Int.cast 0 : R) = 0 := rfl
theorem intCast_one : (Int.cast 1 : R) = 1 := rfl
theorem intCast_pow (x : Int) (n : Nat) : (Int.cast (x ^ n) : R) = Int.cast x ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [pow_succ, pow_succ, intCast_mul, ih]
end

theorem Int.exists_of_le {x y : Int} (h : x ≤ y) : ∃ n : Nat, x + ofNat n = y := by
  have nonneg := sub_nonneg.mpr h
  have sum := sub_add_cancel y x
  cases d : y - x with
  | ofNat n => exact ⟨n, by rw [← d, add_comm, sum]⟩
  | negSucc n =>
    rw [d] at nonneg
    exact nonneg.elim

section
variable {R : Type u} [OrderedRing R] {x y : Int}

theorem intCast_mono (h : x ≤ y) : (Int.cast x : R) ≤ Int.cast y := by
  obtain ⟨n, rfl⟩ := Int.exists_of_le h
  rw [intCast_add, intCast_natCast]
  have g := add_le_add_left (natCast_nonneg (R := R) n) (Int.cast x)
  rw [add_zero] at g
  exact g
theorem intCast_strict (h : x < y) : (Int.cast x : R) < Int.cast y := by
  -- between integers there is a whole step
  have step : (Int.cast (x + 1) : R) ≤ Int.cast y := intCast_mono h
  rw [intCast_add] at step
  have g := add_lt_add_left (zero_lt_one (R := R)) (Int.cast x)
  rw [add_zero] at g
  exact lt_of_lt_of_le g step
theorem intCast_le_iff : (Int.cast x : R) ≤ Int.cast y ↔ x ≤ y :=
  ⟨fun h => (lt_or_le y x).elim (fun g => absurd h (not_le_of_lt (intCast_strict g))) id,
    intCast_mono⟩
theorem intCast_lt_iff : (Int.cast x : R) < Int.cast y ↔ x < y :=
  ⟨fun h => (lt_or_le x y).elim id (fun g => absurd h (not_lt_of_le (intCast_mono g))),
    intCast_strict⟩
theorem intCast_inj (h : (Int.cast x : R) = Int.cast y) : x = y :=
  le_antisymm (intCast_le_iff.mp (le_of_eq h)) (intCast_le_iff.mp (le_of_eq h.symm))
end

/-! ## Division -/

namespace Int

protected def ediv : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m / n)
  | ofNat m, negSucc n => negOfNat (m / Nat.succ n)
  | negSucc _, ofNat Nat.zero => 0
  | negSucc m, ofNat (Nat.succ n) => negSucc (m / Nat.succ n)
  | negSucc m, negSucc n => ofNat (Nat.succ (m / Nat.succ n))
protected def emod : Int → Int → Int
  | ofNat m, y => ofNat (m % natAbs y)
  | negSucc m, y => diff (natAbs y) (Nat.succ (m % natAbs y))
instance instDiv : Div Int := ⟨Int.ediv⟩
instance instMod : Mod Int := ⟨Int.emod⟩

theorem ediv_zero (x : Int) : x / 0 = 0 := by
  cases x with
  | ofNat m => rfl
  | negSucc m => rfl
/-- The sign of the divisor does not matter. -/
theorem emod_negSucc (x : Int) (n : Nat) : x % negSucc n = x % ofNat (Nat.succ n) := by
  cases x with
  | ofNat m => rfl
  | negSucc m => rfl
theorem natAbs_pos {y : Int} (h : y ≠ 0) : 0 < natAbs y := by
  cases y with
  | ofNat n => exact Nat.pos_of_ne_zero (fun e => h (congrArg ofNat e))
  | negSucc n => exact Nat.succ_le_succ (Nat.zero_le n)
theorem ofNat_natAbs (x : Int) : ofNat (natAbs x) = abs x := by
  cases x with
  | ofNat n => exact (abs_of_nonneg (a := ofNat n) (Nat.zero_le n)).symm
  | negSucc n => exact (abs_of_nonpos (a := negSucc n) trivial).symm

/-- Below zero: `-(m + 1) = k * -(m / k + 1) + (k - (m % k + 1))`. -/
theorem negSucc_div_mod (m k : Nat) :
    negOfNat (k * Nat.succ (m / k)) + diff k (Nat.succ (m % k)) = negSucc m := by
  -- `k` cancels
  rw [negOfNat_eq, add_diff, Nat.mul_succ, Nat.add_assoc, Nat.add_comm k, ← Nat.add_assoc,
    Nat.add_succ, Nat.div_add_mod, diff_add]
  rfl
/-- Quotient times divisor and remainder make the number. -/
theorem mul_ediv_add_emod (x y : Int) : y * (x / y) + x % y = x := by
  cases x with
  | ofNat m =>
    cases y with
    | ofNat n => exact congrArg ofNat (Nat.div_add_mod m n)
    | negSucc n =>
      have product : negSucc n * negOfNat (m / Nat.succ n) =
          ofNat (Nat.succ n * (m / Nat.succ n)) := by
        cases m / Nat.succ n with
        | zero => rfl
        | succ q => rfl
      show negSucc n * negOfNat (m / Nat.succ n) + ofNat (m % Nat.succ n) = ofNat m
      rw [product]
      exact congrArg ofNat (Nat.div_add_mod m (Nat.succ n))
  | negSucc m =>
    cases y with
    | ofNat n =>
      cases n with
      | zero =>
        show ofNat 0 * 0 + diff 0 (Nat.succ (m % 0)) = negSucc m
        rw [Nat.mod_zero]
        rfl
      | succ n => exact negSucc_div_mod m (Nat.succ n)
    | negSucc n => exact negSucc_div_mod m (Nat.succ n)
theorem emod_zero (x : Int) : x % 0 = x := by
  have h := mul_ediv_add_emod x 0
  rw [zero_mul, zero_add] at h
  exact h
theorem emod_nonneg (x : Int) {y : Int} (h : y ≠ 0) : 0 ≤ x % y := by
  cases x with
  | ofNat m => exact Nat.zero_le _
  | negSucc m =>
    apply (le_diff 0 0 _ _).mpr
    rw [Nat.zero_add]
    exact Nat.mod_lt m (natAbs_pos h)
theorem emod_lt_abs (x : Int) {y : Int} (h : y ≠ 0) : x % y < abs y := by
  rw [← ofNat_natAbs]
  cases x with
  | ofNat m =>
    have less := Nat.mod_lt m (natAbs_pos h)
    rw [← diff_zero (natAbs y)]
    show ofNat _ < _
    rw [← diff_zero]
    exact (lt_diff _ _ _ _).mpr less
  | negSucc m =>
    rw [← diff_zero (natAbs y)]
    apply (lt_diff _ _ _ _).mpr
    exact Nat.succ_le_succ (Nat.le_add_right (natAbs y) (m % natAbs y))
theorem emod_lt_of_pos (x : Int) {y : Int} (h : 0 < y) : x % y < y := by
  have less := emod_lt_abs x (ne_of_gt h)
  rw [abs_of_nonneg (le_of_lt h)] at less
  exact less

/-- A step in the quotient is more than the remainder can make up for. -/
theorem quotient_le {y q r q' r' : Int} (pos : 0 < y) (less : r < y) (nonneg : 0 ≤ r')
    (h : y * q + r = y * q' + r') : q' ≤ q := by
  apply le_of_not_lt
  intro step
  -- q + 1 ≤ q', so y * q + y ≤ y * q' + r' = y * q + r < y * q + y
  have more := mul_le_mul_of_nonneg_left (c := y) (a := q + 1) (b := q') step (le_of_lt pos)
  rw [mul_add, mul_one] at more
  have all := add_le_add more nonneg
  rw [add_zero, ← h] at all
  exact not_le_of_lt less (le_of_add_le_add_left all)
/-- Quotient and remainder are the only numbers with their properties. -/
theorem ediv_emod_unique {x y q r : Int} (nonneg : 0 ≤ r) (less : r < y) (h : y * q + r = x) :
    x / y = q ∧ x % y = r := by
  have pos := lt_of_le_of_lt nonneg less
  have e := (mul_ediv_add_emod x y).trans h.symm
  have same : x / y = q := le_antisymm
    (quotient_le pos less (emod_nonneg x (ne_of_gt pos)) e.symm)
    (quotient_le pos (emod_lt_of_pos x pos) nonneg e)
  rw [same] at e
  exact ⟨same, add_left_cancel e⟩

end Int

/-! ## Divisibility -/

instance instDvdNat : Dvd Nat := ⟨fun a b => ∃ c, b = a * c⟩
instance instDvdInt : Dvd Int := ⟨fun a b => ∃ c, b = a * c⟩

theorem Nat.dvd_iff_mod_eq_zero (n m : Nat) : n ∣ m ↔ m % n = 0 := by
  refine ⟨fun h => ?_, fun h => ⟨m / n, ?_⟩⟩
  · obtain ⟨c, rfl⟩ := h
    cases n with
    | zero => rw [Nat.zero_mul]; rfl
    | succ n => exact (Nat.div_mod_unique (Nat.succ_le_succ (Nat.zero_le n)) rfl).right.symm
  · have sum := Nat.div_add_mod m n
    rw [h] at sum
    exact sum.symm
theorem Int.dvd_iff_emod_eq_zero (y x : Int) : y ∣ x ↔ x % y = 0 := by
  refine ⟨fun h => ?_, fun h => ⟨x / y, ?_⟩⟩
  · obtain ⟨c, rfl⟩ := h
    have positive (n : Nat) (c : Int) : ofNat (Nat.succ n) * c % ofNat (Nat.succ n) = 0 :=
      (ediv_emod_unique (y := ofNat (Nat.succ n)) (le_refl 0) (Nat.succ_le_succ (Nat.zero_le n))
        (add_zero _)).right
    cases y with
    | ofNat n =>
      cases n with
      | zero =>
        show 0 * c % 0 = 0
        rw [zero_mul, emod_zero]
      | succ n => exact positive n c
    | negSucc n =>
      have e : negSucc n * c = ofNat (Nat.succ n) * -c := by
        rw [mul_neg, ← neg_mul]
        rfl
      rw [emod_negSucc, e]
      exact positive n (-c)
  · have sum := Int.mul_ediv_add_emod x y
    rw [h, add_zero] at sum
    exact sum.symm
instance instDecidableDvdNat (n m : Nat) : Decidable (n ∣ m) :=
  decidable_of_iff (Nat.dvd_iff_mod_eq_zero n m).symm
instance instDecidableDvdInt (y x : Int) : Decidable (y ∣ x) :=
  decidable_of_iff (Int.dvd_iff_emod_eq_zero y x).symm
