prelude
import HMS.Division
import HMS.Steps.Order
import HMS.Steps.Naturals

/-!
Steps of certificates: facts about integers sharpened, and moved between `Nat`, `Int` and a field.
-/

set_option autoImplicit false
universe u

noncomputable section
namespace HMS.Steps

open Ring (Expr)

section Cast
variable {R : Type u} [CommRing R]

/-! Sums -/

theorem sum_natural {n : Nat} (f : Fin n → Nat) :
    (Nat.cast (∑ i, f i) : R) = ∑ i, (Nat.cast (f i) : R) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    exact (natCast_add _ _).trans (congrArg (fun t => Nat.cast (f Fin.zero) + t) (ih (fun i => f i.succ)))
theorem sum_whole {n : Nat} (f : Fin n → Int) :
    (Int.cast (∑ i, f i) : R) = ∑ i, (Int.cast (f i) : R) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    exact (intCast_add _ _).trans (congrArg (fun t => Int.cast (f Fin.zero) + t) (ih (fun i => f i.succ)))

end Cast

section Integers
variable {a b x y z : Int}

/-- An integer that is not negative is a natural number. -/
theorem exists_nat (h : 0 ≤ z) : ∃ n : Nat, z = Nat.cast n :=
  match z with
  | Int.ofNat n => Exists.intro n rfl
  | Int.negSucc n =>
    absurd (neg_neg_of_pos (natCast_pos (R := Int) (Nat.succ_le_succ (Nat.zero_le n))))
      (not_lt_of_le h)
/-- Between 0 and 1 there is no integer. -/
theorem one_le_of_pos (h : 0 < z) : 1 ≤ z :=
  Exists.elim (exists_nat (le_of_lt h)) (fun n e => match n, e with
    | Nat.zero, e => absurd (lt_of_lt_of_le h (le_of_eq e)) (lt_irrefl (0 : Int))
    | Nat.succ n, e => e ▸ natCast_le (m := 1) (Nat.succ_le_succ (Nat.zero_le n)))
theorem one_le (h : 0 < z) : 0 ≤ z - 1 := sub_nonneg.mpr (one_le_of_pos h)

theorem tightened (d r : Nat) (hr : Nat.ble (Nat.succ r) d = true) (h : 0 ≤ z)
    (e : z = Nat.cast d * y + Nat.cast r) : 0 ≤ y :=
  le_of_not_lt (fun g =>
    have below : 0 ≤ -y - 1 := one_le (neg_pos g)
    have rest : (0 : Int) < Nat.cast d - Nat.cast r := sub_pos.mpr (natCast_lt (Nat.lt_of_ble_eq_true hr))
    lt_irrefl 0 (pos_of_eq
      (add_pos_of_nonneg_of_pos (add_nonneg h (mul_nonneg (natCast_nonneg d) below)) rest)
      (e ▸ Ring.identity (.cons y (.cons (Nat.cast d) (.cons (Nat.cast r) .nil)))
        (.add (.add (.add (.mul (.atom 1) (.atom 0)) (.atom 2))
          (.mul (.atom 1) (.sub (.neg (.atom 0)) (.num 1)))) (.sub (.atom 1) (.atom 2)))
        (.num 0) rfl)))
theorem indivisible (d r : Nat) (hr : Nat.ble 1 r = true) (hd : Nat.ble (Nat.succ r) d = true) (h : z = 0)
    (e : z = Nat.cast d * y + Nat.cast r) : False :=
  have nonneg : 0 ≤ y := tightened d r hd (le_of_eq h.symm) e
  lt_irrefl 0 (pos_of_eq
    (add_pos_of_nonneg_of_pos (mul_nonneg (natCast_nonneg d) nonneg) (num_pos r hr))
    (e.symm.trans h))
theorem scaled_zero (d : Nat) (hd : Nat.ble 1 d = true) (h : z = 0) (e : z = Nat.cast d * y) : y = 0 :=
  Or.elim (dec_eq y 0) id (fun n => absurd (e.symm.trans h)
    (mul_ne_zero (fun k => lt_irrefl (0 : Int) (pos_of_eq (num_pos d hd) k)) n))
theorem scaled_ne (d : Nat) (_ : Nat.ble 1 d = true) (h : z ≠ 0) (e : z = Nat.cast d * y) : y ≠ 0 :=
  fun k => h (e.trans (k.symm ▸ mul_zero _))

/-! Naturals among the integers -/

def naturalOf : Int → Nat
  | Int.ofNat n => n
  | Int.negSucc _ => 0
theorem ofNat_inj {m n : Nat} (h : Int.ofNat m = Int.ofNat n) : m = n := congrArg naturalOf h
theorem nat_nonneg (n : Nat) : (0 : Int) ≤ Int.ofNat n := natCast_nonneg n
theorem not_nat_le {m n : Nat} (h : ¬m ≤ n) : ¬Int.ofNat m ≤ Int.ofNat n :=
  not_le_of_lt (natCast_lt (Nat.lt_iff_not_le.mpr h))
theorem not_nat_lt {m n : Nat} (h : ¬m < n) : ¬Int.ofNat m < Int.ofNat n :=
  not_lt_of_le (natCast_le (Or.elim (Nat.lt_or_le m n) (fun g => absurd g h) id))
theorem nat_le {m n : Nat} (h : m ≤ n) : Int.ofNat m ≤ Int.ofNat n := natCast_le h
theorem nat_lt {m n : Nat} (h : m < n) : Int.ofNat m < Int.ofNat n := natCast_lt h
theorem nat_eq {m n : Nat} (h : m = n) : Int.ofNat m = Int.ofNat n := congrArg Int.ofNat h
theorem not_nat_eq {m n : Nat} (h : ¬m = n) : ¬Int.ofNat m = Int.ofNat n := fun e =>
  h (ofNat_inj e)
theorem nat_ne {m n : Nat} (h : m ≠ n) : Int.ofNat m ≠ Int.ofNat n := not_nat_eq h
theorem not_nat_ne {m n : Nat} (h : ¬m ≠ n) : ¬Int.ofNat m ≠ Int.ofNat n := fun g =>
  g (nat_eq (of_not_not (nat_dec_eq m n) h))

/-- An expression without subtraction. -/
def plain (e : Expr) : Bool :=
  Expr.rec (fun _ => true) (fun _ => true) (fun _ _ a b => Bool.and a b) (fun _ _ _ _ => false)
    (fun _ _ a b => Bool.and a b) (fun _ _ => false) (fun _ _ a => a) e
/-- The value of such an expression among the naturals. -/
def natural (atoms : Nat → Nat) (e : Expr) : Nat :=
  Expr.rec atoms id (fun _ _ a b => a + b) (fun _ _ a b => a - b) (fun _ _ a b => a * b)
    (fun _ a => a) (fun _ n a => a ^ n) e

theorem and_left {a b : Bool} (h : Bool.and a b = true) : a = true :=
  match a, h with | true, _ => rfl
theorem and_right {a b : Bool} (h : Bool.and a b = true) : b = true :=
  match a, h with | true, h => h

theorem congr_two {α : Type u} (f : α → α → α) {a b c d : α} (h : a = b) (g : c = d) :
    f a c = f b d :=
  h ▸ g ▸ rfl

theorem natural_eq {R : Type u} [CommRing R] (atoms : Nat → Nat) (e : Expr) (h : plain e = true) :
    (Nat.cast (natural atoms e) : R) = e.value (fun i => Nat.cast (atoms i)) := by
  induction e with
  | atom i => rfl
  | num n => rfl
  | add a b ha hb =>
    exact (natCast_add (natural atoms a) (natural atoms b)).trans
      (congr_two (fun s t => s + t) (ha (and_left h)) (hb (and_right h)))
  | sub a b => exact nomatch h
  | mul a b ha hb =>
    exact (natCast_mul (natural atoms a) (natural atoms b)).trans
      (congr_two (fun s t => s * t) (ha (and_left h)) (hb (and_right h)))
  | neg a => exact nomatch h
  | pow a n ha =>
    exact (natCast_pow (natural atoms a) n).trans (congrArg (fun s => s ^ n) (ha h))

def places : List Nat → Nat → Nat
  | List.nil, _ => 0
  | List.cons a _, Nat.zero => a
  | List.cons _ rest, Nat.succ i => places rest i

theorem natural_whole (atoms : List Nat) (e : Expr) (h : plain e = true) :
    Int.ofNat (natural (places atoms) e) = e.value (fun i => Int.ofNat (places atoms i)) :=
  natural_eq (places atoms) e h
theorem natural_rational {R : Type u} [CommRing R] (atoms : List Nat) (e : Expr) (h : plain e = true) :
    (Nat.cast (natural (places atoms) e) : R) = e.value (fun i => Nat.cast (places atoms i)) :=
  natural_eq (places atoms) e h
/-- As `Ring.identity`, with a function for the atoms. -/
theorem of_identity (a b : Expr) (h : Ring.equal a b = true) (atoms : Nat → Int) :
    a.value atoms = b.value atoms :=
  eq_of_sub_eq_zero (Ring.Expr.value_eq_zero (Expr.sub a b) h atoms)
theorem natural_same (atoms : List Nat) (a b : Expr) (h : plain a = true) (g : plain b = true)
    (e : Ring.equal a b = true) : natural (places atoms) a = natural (places atoms) b :=
  ofNat_inj ((natural_whole atoms a h).trans ((of_identity a b e _).trans
    (natural_whole atoms b g).symm))

theorem whole_rational {R : Type u} [CommRing R] (atoms : List Int) (e : Expr) (_ : true = true) :
    (Int.cast (e.value (Ring.place atoms)) : R) = e.value (fun i => Int.cast (Ring.place atoms i)) := by
  induction e with
  | atom i => rfl
  | num n => rfl
  | add a b ha hb =>
    exact (intCast_add _ _).trans (congr_two (fun s t => s + t) ha hb)
  | sub a b ha hb =>
    exact (intCast_add _ (-_)).trans
      (congr_two (fun s t => s + t) ha ((intCast_neg _).trans (congrArg (fun s => -s) hb)))
  | mul a b ha hb =>
    exact (intCast_mul _ _).trans (congr_two (fun s t => s * t) ha hb)
  | neg a ha => exact (intCast_neg _).trans (congrArg (fun s => -s) ha)
  | pow a n ha =>
    induction n with
    | zero => rfl
    | succ n ih =>
      exact (intCast_mul (a.value (Ring.place atoms) ^ n) _).trans (congr_two (fun s t => s * t) ih ha)

/-! Division -/

theorem int_split {n q r : Int} (pos : 0 < n) (e : a = n * q + r) : a / n = q + r / n ∧ a % n = r % n :=
  Int.ediv_emod_unique (Int.emod_nonneg r (ne_of_gt pos)) (Int.emod_lt_of_pos r pos)
    (((mul_add n q (r / n)).symm ▸ add_assoc (n * q) (n * (r / n)) (r % n)).trans
      ((Int.mul_ediv_add_emod r n).symm ▸ e.symm))
theorem int_div_eq (n : Nat) {q r : Int} (hn : Nat.ble 1 n = true) (e : a = Nat.cast n * q + r) :
    a / Nat.cast n = q + r / Nat.cast n := (int_split (num_pos n hn) e).left
theorem int_mod_eq (n : Nat) {q r : Int} (hn : Nat.ble 1 n = true) (e : a = Nat.cast n * q + r) :
    a % Nat.cast n = r % Nat.cast n := (int_split (num_pos n hn) e).right
theorem int_euclid (a b : Int) :
    (0 < b ∧ b * (a / b) + a % b = a ∧ 0 ≤ a % b ∧ a % b < b) ∨
      (b < 0 ∧ b * (a / b) + a % b = a ∧ 0 ≤ a % b ∧ a % b < -b) ∨
      (b = 0 ∧ a / b = 0 ∧ a % b = a) :=
  have exact := Int.mul_ediv_add_emod a b
  Or.elim (lt_trichotomy b 0)
    (fun h => Or.inr (Or.inl ⟨h, exact, Int.emod_nonneg a (ne_of_lt h),
      lt_of_lt_of_le (Int.emod_lt_abs a (ne_of_lt h)) (le_of_eq (abs_of_nonpos (le_of_lt h)))⟩))
    (fun h => Or.elim h
      (fun e => Or.inr (Or.inr ⟨e, e.symm ▸ Int.ediv_zero a, e.symm ▸ Int.emod_zero a⟩))
      (fun h => Or.inl ⟨h, exact, Int.emod_nonneg a (ne_of_gt h), Int.emod_lt_of_pos a h⟩))
theorem int_dvd (h : a ∣ b) : b % a = 0 := (Int.dvd_iff_emod_eq_zero a b).mp h
theorem int_not_dvd (h : ¬a ∣ b) : b % a ≠ 0 := fun e => h ((Int.dvd_iff_emod_eq_zero a b).mpr e)
theorem int_even (h : ∃ k : Int, a = k + k) : a % 2 = 0 :=
  Exists.elim h (fun k e => int_dvd (Exists.intro k (e.trans
    (Ring.identity [k] (.add (.atom 0) (.atom 0)) (.mul (.num 2) (.atom 0)) rfl))))
theorem int_odd (h : ∃ k : Int, a = 2 * k + 1) : a % 2 = 1 :=
  Exists.elim h (fun _ e => (int_mod_eq 2 rfl e).trans rfl)
theorem int_mod_two (a : Int) : a % 2 = 0 ∨ a % 2 = 1 :=
  have less : a % 2 < 2 := Int.emod_lt_of_pos a (num_pos 2 rfl)
  Exists.elim (exists_nat (Int.emod_nonneg a (y := 2) (fun h => nomatch congrArg Int.toNat h)))
    (fun n e => match n, e with
      | Nat.zero, e => Or.inl e
      | Nat.succ Nat.zero, e => Or.inr e
      | Nat.succ (Nat.succ n), e => absurd (lt_of_le_of_lt (le_of_eq e.symm) less)
          (not_lt_of_le (natCast_le (m := 2) (Nat.succ_le_succ (Nat.succ_le_succ (Nat.zero_le n))))))
theorem int_not_even (h : ¬∃ k : Int, a = k + k) : a % 2 = 1 :=
  Or.elim (int_mod_two a)
    (fun e => False.elim (h (Exists.elim ((Int.dvd_iff_emod_eq_zero 2 a).mpr e)
      (fun k f => Exists.intro k (f.trans
        (Ring.identity [k] (.mul (.num 2) (.atom 0)) (.add (.atom 0) (.atom 0)) rfl)))))) id
theorem int_not_odd (h : ¬∃ k : Int, a = 2 * k + 1) : a % 2 = 0 :=
  Or.elim (int_mod_two a) id
    (fun e => False.elim (h (Exists.intro (a / 2) ((Int.mul_ediv_add_emod a 2).symm.trans
      (congrArg (fun t => 2 * (a / 2) + t) e)))))
theorem int_dec_even (a : Int) : (∃ k : Int, a = k + k) ∨ ¬∃ k : Int, a = k + k :=
  Or.elim (Decidable.em (a % 2 = 1))
    (fun e => Or.inr (fun h => absurd ((int_even h).symm.trans e) (fun e => nomatch congrArg Int.toNat e)))
    (fun n => Or.inl (Exists.elim (((Int.dvd_iff_emod_eq_zero) 2 a).mpr
      (Or.elim (int_mod_two a) id (fun e => absurd e n)))
      (fun k e => Exists.intro k (e.trans (Ring.identity [k] (.mul (.num 2) (.atom 0)) (.add (.atom 0) (.atom 0)) rfl)))))
theorem int_dec_odd (a : Int) : (∃ k : Int, a = 2 * k + 1) ∨ ¬∃ k : Int, a = 2 * k + 1 :=
  Or.elim (Decidable.em (a % 2 = 1))
    (fun e => Or.inl (Exists.intro (a / 2)
      ((Int.mul_ediv_add_emod a 2).symm.trans (congrArg (fun t => 2 * (a / 2) + t) e))))
    (fun n => Or.inr (fun h => n (int_odd h)))
theorem int_abs (a : Int) : abs a = Int.ofNat (Int.natAbs a) := (Int.ofNat_natAbs a).symm
theorem int_abs_cases (a : Int) :
    (0 ≤ a ∧ Int.ofNat (Int.natAbs a) = a) ∨ (a < 0 ∧ Int.ofNat (Int.natAbs a) = -a) :=
  Int.ofNat_natAbs a ▸ abs_cases a

/-! Integers in a field -/

section
variable {R : Type u} [OrderedRing R] {p : R}

theorem rational_nonneg (h : 0 ≤ z) (e : Int.cast z = p) : 0 ≤ p :=
  Exists.elim (exists_nat h) (fun n k => e ▸ k.symm ▸ natCast_nonneg n)
theorem rational_pos (h : 0 < z) (e : Int.cast z = p) : 0 < p :=
  Exists.elim (exists_nat (le_of_lt h)) (fun n k => match n, k with
    | Nat.zero, k => absurd (lt_of_lt_of_le h (le_of_eq k)) (lt_irrefl (0 : Int))
    | Nat.succ n, k => e ▸ k.symm ▸ natCast_pos (Nat.succ_le_succ (Nat.zero_le n)))
theorem rational_zero (h : z = 0) (e : Int.cast z = p) : p = 0 := e ▸ h.symm ▸ rfl
theorem rational_abs (z : Int) : abs (Int.cast z : R) = Nat.cast (Int.natAbs z) :=
  match z with
  | Int.ofNat n => abs_of_nonneg (natCast_nonneg n)
  | Int.negSucc n => (abs_of_nonpos (neg_nonpos (natCast_nonneg (Nat.succ n)))).trans (neg_neg _)
theorem negative (h : z < 0) : (Int.cast z : R) < 0 :=
  have k : (0 : R) < -Int.cast z := intCast_neg (R := R) z ▸ rational_pos (neg_pos h) rfl
  neg_neg (Int.cast z : R) ▸ neg_neg_of_pos k
theorem whole_nonneg' (h : 0 ≤ (Int.cast z : R)) : 0 ≤ z :=
  le_of_not_lt (fun g => not_le_of_lt (negative g) h)
theorem whole_nonneg (d : Nat) (_ : Nat.ble 1 d = true) (h : 0 ≤ p)
    (e : Nat.cast d * p = Int.cast z) : 0 ≤ z :=
  whole_nonneg' (R := R) (e ▸ mul_nonneg (natCast_nonneg d) h)
theorem whole_pos (d : Nat) (hd : Nat.ble 1 d = true) (h : 0 < p)
    (e : Nat.cast d * p = Int.cast z) : 0 < z :=
  have k : (0 : R) < Int.cast z := e ▸ mul_pos (num_pos d hd) h
  Or.elim (lt_or_le 0 z) id (fun g => Or.elim (eq_or_lt_of_le g)
    (fun f => absurd (pos_of_eq k (congrArg Int.cast f)) (lt_irrefl (0 : R)))
    (fun f => absurd (lt_trans k (negative f)) (lt_irrefl (0 : R))))
theorem whole_ne (d : Nat) (hd : Nat.ble 1 d = true) (h : p ≠ 0)
    (e : Nat.cast d * p = Int.cast z) : z ≠ 0 :=
  fun k => mul_ne_zero (fun f => lt_irrefl (0 : R) (pos_of_eq (num_pos d hd) f)) h (e.trans (k ▸ rfl))
theorem whole_zero (d : Nat) (_ : Nat.ble 1 d = true) (h : p = 0) (e : Nat.cast d * p = Int.cast z) : z = 0 :=
  have k : (Int.cast z : R) = 0 := e.symm.trans (h.symm ▸ mul_zero _)
  le_antisymm
    (le_of_not_lt (fun g => lt_irrefl (0 : R) (k ▸ rational_pos g rfl)))
    (whole_nonneg' (le_of_eq k.symm))
end

end Integers

end HMS.Steps
