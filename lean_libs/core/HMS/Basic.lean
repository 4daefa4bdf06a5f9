prelude

/-!
The ground under everything: logic, naturals, lists, and the classes behind `+`, `≤` and numerals.

Definitions only, under Lean's standard names and in Lean's standard shapes, because Lean's own
elaborator and kernel look for them by name. Notation comes next (`HMS.Syntax`), lemmas after
that (`HMS.Prelude`). Left out: quotients, choice, propositional extensionality, function
extensionality. Nothing in this library rests on an axiom.

The kernel computes on closed naturals with big-number arithmetic wherever a constant bears one
of the names in section "Naturals", whatever its definition says. So every such name is defined
here, to mean what the kernel computes, and nobody who imports this file can give it another
meaning. The same holds for string literals and the names in section "Text".
-/

set_option autoImplicit false
set_option relaxedAutoImplicit false
universe u v w u₁ u₂ u₃

/-! ## What the compiler asks for

It compiles the few lines of `HMS.Syntax` that run. No theorem depends on these. -/

unsafe axiom lcAny : Type
unsafe axiom lcErased : Type
unsafe axiom lcVoid : Type
unsafe axiom lcProof {α : Prop} : α
unsafe axiom lcUnreachable {α : Sort u} : α

/-! ## Functions and logic -/

@[inline] def id {α : Sort u} (a : α) : α := a
@[inline] def Function.comp {α : Sort u} {β : Sort v} {δ : Sort w} (f : β → δ) (g : α → β) :
    α → δ := fun x => f (g x)
@[reducible] def outParam (α : Sort u) : Sort u := α
@[reducible] def optParam (α : Sort u) (_ : α) : Sort u := α
def wfParam {α : Sort u} (a : α) : α := a

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit
abbrev Unit : Type := PUnit
@[match_pattern] abbrev Unit.unit : Unit := PUnit.unit

inductive True : Prop where
  | intro : True
inductive False : Prop
def False.elim {C : Sort u} (h : False) : C := h.rec
def Not (a : Prop) : Prop := a → False
@[macro_inline] def absurd {a : Prop} {b : Sort v} (h₁ : a) (h₂ : Not a) : b := (h₂ h₁).rec

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a
abbrev Eq.ndrec.{v₁, v₂} {α : Sort v₂} {a : α} {motive : α → Sort v₁} (m : motive a) {b : α}
    (h : Eq a b) : motive b := h.rec m
set_option linter.defProp false in
@[match_pattern] def rfl {α : Sort u} {a : α} : Eq a a := Eq.refl a
theorem Eq.subst {α : Sort u} {motive : α → Prop} {a b : α} (h₁ : Eq a b) (h₂ : motive a) :
    motive b := Eq.ndrec h₂ h₁
theorem Eq.symm {α : Sort u} {a b : α} (h : Eq a b) : Eq b a := h.rec (Eq.refl a)
theorem Eq.trans {α : Sort u} {a b c : α} (h₁ : Eq a b) (h₂ : Eq b c) : Eq a c := h₂.rec h₁
@[macro_inline] def cast {α β : Sort u} (h : Eq α β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mp {α β : Sort u} (h : Eq α β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mpr {α β : Sort u} (h : Eq α β) (b : β) : α := h.symm.rec b
theorem congrArg {α : Sort u} {β : Sort v} {a₁ a₂ : α} (f : α → β) (h : Eq a₁ a₂) :
    Eq (f a₁) (f a₂) := h.rec (Eq.refl (f a₁))
theorem congr {α : Sort u} {β : Sort v} {f₁ f₂ : α → β} {a₁ a₂ : α} (h₁ : Eq f₁ f₂)
    (h₂ : Eq a₁ a₂) : Eq (f₁ a₁) (f₂ a₂) := h₁.rec (h₂.rec (Eq.refl (f₁ a₁)))
theorem congrFun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : Eq f g) (a : α) :
    Eq (f a) (g a) := h.rec (Eq.refl (f a))
@[reducible] def Ne {α : Sort u} (a b : α) : Prop := Not (Eq a b)

inductive HEq {α : Sort u} : α → {β : Sort u} → β → Prop where
  | refl (a : α) : HEq a a
theorem HEq.rfl {α : Sort u} {a : α} : HEq a a := HEq.refl a
theorem eq_of_heq {α : Sort u} {a a' : α} (h : HEq a a') : Eq a a' :=
  -- stated for two types, so that the recursor applies; the types are then the same one
  (fun (β : Sort u) (b : β) (h : HEq a b) =>
    h.rec (motive := fun {β} b _ => (hα : Eq α β) → Eq (cast hα a) b) (fun _ => Eq.refl a))
    α a' h (Eq.refl α)
theorem heq_of_eq {α : Sort u} {a a' : α} (h : Eq a a') : HEq a a' := h.rec (HEq.refl a)

structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b
inductive Or (a b : Prop) : Prop where
  | inl (h : a) : Or a b
  | inr (h : b) : Or a b
structure Iff (a b : Prop) : Prop where
  intro ::
  mp : a → b
  mpr : b → a
inductive Exists {α : Sort u} (p : α → Prop) : Prop where
  | intro (w : α) (h : p w) : Exists p

theorem Iff.rfl {a : Prop} : Iff a a := ⟨id, id⟩
/-- What `calc` composes. -/
class Trans {α : Sort u₁} {β : Sort u₂} {γ : Sort u₃} (r : α → β → Sort u) (s : β → γ → Sort v)
    (t : outParam (α → γ → Sort w)) where
  trans {a : α} {b : β} {c : γ} : r a b → s b c → t a c
instance {α : Sort u₁} {γ : Sort u₃} (r : α → γ → Sort u) : Trans Eq r r :=
  ⟨fun h s => h.symm.rec (motive := fun a _ => r a _) s⟩
instance {α : Sort u₁} {β : Sort u₂} (r : α → β → Sort u) : Trans r Eq r := ⟨fun s h => h.rec s⟩

structure PProd (α : Sort u) (β : Sort v) where
  fst : α
  snd : β
structure Prod (α : Type u) (β : Type v) where
  fst : α
  snd : β
structure PULift.{r, s} (α : Sort s) : Sort (max s r 1) where
  up ::
  down : α

class Inhabited (α : Sort u) where
  default : α
export Inhabited (default)
class inductive Nonempty (α : Sort u) : Prop where
  | intro (val : α) : Nonempty α
instance {α : Sort u} [Inhabited α] : Nonempty α := ⟨default⟩
instance {α : Sort u} {β : Sort v} [Inhabited β] : Inhabited (α → β) := ⟨fun _ => default⟩

inductive Bool : Type where
  | false : Bool
  | true : Bool
export Bool (false true)
@[macro_inline] def cond {α : Sort u} : Bool → α → α → α
  | true, x, _ => x
  | false, _, y => y
/-- Lets Lean go on after an error, to report the next; unsafe, so no theorem can use it. -/
unsafe axiom sorryAx (α : Sort u) (synthetic : Bool) : α
@[macro_inline] def Bool.or : Bool → Bool → Bool
  | true, _ => true
  | false, b => b
@[macro_inline] def Bool.and : Bool → Bool → Bool
  | false, _ => false
  | true, b => b
@[inline] def Bool.not : Bool → Bool
  | true => false
  | false => true

class inductive Decidable (p : Prop) where
  | isFalse (h : Not p) : Decidable p
  | isTrue (h : p) : Decidable p
@[inline_if_reduce, nospecialize] def Decidable.decide (p : Prop) [h : Decidable p] : Bool :=
  h.casesOn (fun _ => false) (fun _ => true)
export Decidable (isTrue isFalse decide)
theorem of_decide_eq_true {p : Prop} [h : Decidable p] : Eq (decide p) true → p :=
  h.casesOn (fun _ e => Bool.noConfusion e) (fun h _ => h)
abbrev DecidableEq (α : Sort u) := (a b : α) → Decidable (Eq a b)
@[macro_inline] def ite {α : Sort u} (c : Prop) [h : Decidable c] (t e : α) : α :=
  h.casesOn (fun _ => e) (fun _ => t)
@[macro_inline] def dite {α : Sort u} (c : Prop) [h : Decidable c] (t : c → α)
    (e : Not c → α) : α := h.casesOn e t

/-! ## Operators -/

set_option genCtorIdx false in
inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat
instance : Inhabited Nat := ⟨Nat.zero⟩

class OfNat (α : Type u) (_ : Nat) where
  ofNat : α
export OfNat (ofNat)
/-- A decimal: `0.4` is `ofScientific 4 true 1`, `4e1` is `ofScientific 4 false 1`. -/
class OfScientific (α : Type u) where
  ofScientific (mantissa : Nat) (exponentSign : Bool) (decimalExponent : Nat) : α
class NatCast (R : Type u) where
  natCast : Nat → R
@[reducible, match_pattern] def Nat.cast {R : Type u} [NatCast R] (n : Nat) : R :=
  NatCast.natCast n

class HAdd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAdd : α → β → γ
class HSub (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hSub : α → β → γ
class HMul (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMul : α → β → γ
class HDiv (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hDiv : α → β → γ
class HMod (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hMod : α → β → γ
class HPow (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hPow : α → β → γ
class Add (α : Type u) where
  add : α → α → α
class Sub (α : Type u) where
  sub : α → α → α
class Mul (α : Type u) where
  mul : α → α → α
class Neg (α : Type u) where
  neg : α → α
class Div (α : Type u) where
  div : α → α → α
class Inv (α : Type u) where
  inv : α → α
class Mod (α : Type u) where
  mod : α → α → α
class Pow (α : Type u) (β : Type v) where
  pow : α → β → α
class Dvd (α : Type u) where
  dvd : α → α → Prop
class LE (α : Type u) where
  le : α → α → Prop
class LT (α : Type u) where
  lt : α → α → Prop
@[reducible] def GE.ge {α : Type u} [LE α] (a b : α) : Prop := LE.le b a
@[reducible] def GT.gt {α : Type u} [LT α] (a b : α) : Prop := LT.lt b a
class Max (α : Type u) where
  max : α → α → α
export Max (max)
class Min (α : Type u) where
  min : α → α → α
export Min (min)

@[default_instance] instance instHAdd {α : Type u} [Add α] : HAdd α α α := ⟨Add.add⟩
@[default_instance] instance instHSub {α : Type u} [Sub α] : HSub α α α := ⟨Sub.sub⟩
@[default_instance] instance instHMul {α : Type u} [Mul α] : HMul α α α := ⟨Mul.mul⟩
@[default_instance] instance instHDiv {α : Type u} [Div α] : HDiv α α α := ⟨Div.div⟩
@[default_instance] instance instHMod {α : Type u} [Mod α] : HMod α α α := ⟨Mod.mod⟩
@[default_instance] instance instHPow {α : Type u} {β : Type v} [Pow α β] : HPow α β α := ⟨Pow.pow⟩

/-! ## Naturals

The kernel computes these with big numbers, from `Nat.add` to `Nat.log2`. -/

@[default_instance 100] instance instOfNatNat (n : Nat) : OfNat Nat n := ⟨n⟩

noncomputable section

protected def Nat.add (m : Nat) : Nat → Nat
  | zero => m
  | succ n => succ (Nat.add m n)
instance instAddNat : Add Nat := ⟨Nat.add⟩
protected def Nat.mul (m : Nat) : Nat → Nat
  | zero => zero
  | succ n => Nat.add (Nat.mul m n) m
instance instMulNat : Mul Nat := ⟨Nat.mul⟩
protected def Nat.pow (m : Nat) : Nat → Nat
  | zero => succ zero
  | succ n => Nat.mul (Nat.pow m n) m
instance instPowNat : Pow Nat Nat := ⟨Nat.pow⟩
def Nat.pred : Nat → Nat
  | zero => zero
  | succ n => n
protected def Nat.sub (m : Nat) : Nat → Nat
  | zero => m
  | succ n => pred (Nat.sub m n)
instance instSubNat : Sub Nat := ⟨Nat.sub⟩
def Nat.beq : Nat → Nat → Bool
  | zero, zero => true
  | zero, succ _ => false
  | succ _, zero => false
  | succ m, succ n => beq m n
def Nat.ble : Nat → Nat → Bool
  | zero, _ => true
  | succ _, zero => false
  | succ m, succ n => ble m n

-- Division and what follows recurse on fuel, an argument that is always large enough.
def Nat.divFuel : Nat → Nat → Nat → Nat
  | zero, _, _ => zero
  | succ fuel, m, n => cond (ble n m) (succ (divFuel fuel (Nat.sub m n) n)) zero
protected def Nat.div (m : Nat) : Nat → Nat
  | zero => zero
  | succ n => divFuel m m (succ n)
instance instDivNat : Div Nat := ⟨Nat.div⟩
protected def Nat.mod (m n : Nat) : Nat := Nat.sub m (Nat.mul n (Nat.div m n))
instance instModNat : Mod Nat := ⟨Nat.mod⟩
def Nat.gcdFuel : Nat → Nat → Nat → Nat
  | zero, _, n => n
  | succ _, zero, n => n
  | succ fuel, succ m, n => gcdFuel fuel (Nat.mod n (succ m)) (succ m)
def Nat.gcd (m n : Nat) : Nat := gcdFuel m m n
def Nat.log2Fuel : Nat → Nat → Nat
  | zero, _ => zero
  | succ fuel, n => cond (ble 2 n) (succ (log2Fuel fuel (Nat.div n 2))) zero
def Nat.log2 (n : Nat) : Nat := log2Fuel n n
/-- Binary digits of two numbers, put together one by one. -/
def Nat.bitsFuel (digit : Nat → Nat → Nat) : Nat → Nat → Nat → Nat
  | zero, _, _ => zero
  | succ fuel, m, n =>
    Nat.add (digit (Nat.mod m 2) (Nat.mod n 2))
      (Nat.mul 2 (bitsFuel digit fuel (Nat.div m 2) (Nat.div n 2)))
def Nat.land (m n : Nat) : Nat := bitsFuel Nat.mul (Nat.add m n) m n
def Nat.lor (m n : Nat) : Nat :=
  bitsFuel (fun a b => Nat.sub (Nat.add a b) (Nat.mul a b)) (Nat.add m n) m n
def Nat.xor (m n : Nat) : Nat := bitsFuel (fun a b => Nat.mod (Nat.add a b) 2) (Nat.add m n) m n
def Nat.shiftLeft (m n : Nat) : Nat := Nat.mul m (Nat.pow 2 n)
def Nat.shiftRight (m n : Nat) : Nat := Nat.div m (Nat.pow 2 n)

protected inductive Nat.le (n : Nat) : Nat → Prop where
  | refl : Nat.le n n
  | step {m : Nat} (h : Nat.le n m) : Nat.le n (succ m)
instance instLENat : LE Nat := ⟨Nat.le⟩
protected def Nat.lt (m n : Nat) : Prop := Nat.le (succ m) n
instance instLTNat : LT Nat := ⟨Nat.lt⟩

-- What tells constructors apart: their places in the list of constructors.
def Nat.ctorIdx : Nat → Nat
  | zero => 0
  | succ _ => 1
def Bool.ctorIdx : Bool → Nat
  | false => 0
  | true => 1
theorem Nat.beq_self : (n : Nat) → (Nat.beq n n).rec (motive := fun _ => Prop) False True
  | zero => True.intro
  | succ n => Nat.beq_self n
theorem noConfusion_of_Nat {α : Sort u} (f : α → Nat) {a b : α} (h : Eq a b) :
    (Nat.beq (f a) (f b)).rec (motive := fun _ => Prop) False True :=
  h.rec (motive := fun b _ => (Nat.beq (f a) (f b)).rec (motive := fun _ => Prop) False True)
    (Nat.beq_self (f a))

theorem Nat.eq_of_beq_eq_true : (m n : Nat) → Eq (beq m n) true → Eq m n
  | zero, zero, _ => rfl
  | succ m, succ n, h => congrArg succ (eq_of_beq_eq_true m n h)
theorem Nat.beq_self_eq_true : (n : Nat) → Eq (beq n n) true
  | zero => rfl
  | succ n => beq_self_eq_true n
theorem Nat.ne_of_beq_eq_false {m n : Nat} (h : Eq (beq m n) false) : Not (Eq m n) := fun e =>
  have t : Eq (beq m n) true := e.rec (motive := fun n _ => Eq (beq m n) true) (beq_self_eq_true m)
  noConfusion_of_Nat Bool.ctorIdx (h.symm.trans t)
def Nat.decEq (m n : Nat) : Decidable (Eq m n) :=
  match h : beq m n with
  | true => isTrue (eq_of_beq_eq_true m n h)
  | false => isFalse (ne_of_beq_eq_false h)
instance instDecidableEqNat : DecidableEq Nat := Nat.decEq
end

structure Fin (n : Nat) where
  mk ::
  val : Nat
  isLt : LT.lt val n

inductive List (α : Type u) where
  | nil : List α
  | cons (head : α) (tail : List α) : List α
inductive Option (α : Type u) where
  | none : Option α
  | some (val : α) : Option α
set_option genCtorIdx false in
inductive Int : Type where
  | ofNat : Nat → Int
  | negSucc : Nat → Int
class IntCast (R : Type u) where
  intCast : Int → R
@[reducible] def Int.cast {R : Type u} [IntCast R] (i : Int) : R := IntCast.intCast i

/-! ## Text

Only notation needs text. The kernel expands a string literal by the two constructors named here. -/

structure Char where
  ofNat ::
  toNat : Nat
structure String where
  ofList ::
  toList : List Char
structure Array (α : Type u) where
  mk ::
  toList : List α
