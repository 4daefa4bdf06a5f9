prelude

/-!
The least library in which every attack can be written down: equality, numbers, lists, and as
much of Lean's own vocabulary as lets a file define syntax and call compiled code.

`Nat.sub` and its like are left out on purpose: the kernel knows what they are to compute.
-/

set_option autoImplicit false
set_option genCtorIdx false
set_option bootstrap.inductiveCheckResultingUniverse false
universe u v

unsafe axiom lcProof {α : Prop} : α
unsafe axiom lcAny : Type
unsafe axiom lcErased : Type
unsafe axiom lcVoid : Type

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a
inductive False : Prop
inductive True : Prop where
  | intro : True
inductive Bool where
  | false : Bool
  | true : Bool
inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat
inductive List (α : Type u) where
  | nil : List α
  | cons (head : α) (tail : List α) : List α
structure Array (α : Type u) where
  toList : List α
structure UInt32 where
  val : Nat
structure Char where
  val : UInt32
structure UInt8 where
  val : Nat
structure ByteArray where
  data : Array UInt8
structure String where
  ofByteArray ::
  bytes : ByteArray
class OfNat (α : Type u) (_ : Nat) where
  ofNat : α
instance instOfNatNat (n : Nat) : OfNat Nat n := ⟨n⟩
class Inhabited (α : Sort u) where
  default : α
class inductive Nonempty (α : Sort u) : Prop where
  | intro (val : α) : Nonempty α

axiom Classical.choice {α : Sort u} : Nonempty α → α
axiom sorryAx (α : Sort u) (synthetic : Bool) : α
axiom Base.oracle : Eq (0 : Nat) 0

noncomputable section
def Nat.add (m n : Nat) : Nat := Nat.rec m (fun _ r => Nat.succ r) n
def Nat.mul (m n : Nat) : Nat := Nat.rec 0 (fun _ r => Nat.add r m) n
def Nat.pow (m n : Nat) : Nat := Nat.rec 1 (fun _ r => Nat.mul r m) n
end

inductive Lean.Name where
  | anonymous : Lean.Name
  | str (pre : Lean.Name) (s : String) : Lean.Name
  | num (pre : Lean.Name) (i : Nat) : Lean.Name
instance : Inhabited Lean.Name := ⟨Lean.Name.anonymous⟩
namespace Lean
@[extern "l_Lean_Name_mkStr1"] opaque Name.mkStr1 (s1 : String) : Name
@[extern "l_Lean_Name_mkStr2"] opaque Name.mkStr2 (s1 s2 : String) : Name
@[extern "l_Lean_Name_mkStr3"] opaque Name.mkStr3 (s1 s2 s3 : String) : Name
@[extern "l_Lean_Name_mkStr4"] opaque Name.mkStr4 (s1 s2 s3 s4 : String) : Name
inductive ParserDescr where
  | const (name : Name) : ParserDescr
  | unary (name : Name) (p : ParserDescr) : ParserDescr
  | binary (name : Name) (p₁ p₂ : ParserDescr) : ParserDescr
  | node (kind : Name) (prec : Nat) (p : ParserDescr) : ParserDescr
  | trailingNode (kind : Name) (prec lhsPrec : Nat) (p : ParserDescr) : ParserDescr
  | symbol (val : String) : ParserDescr
  | nonReservedSymbol (val : String) (includeIdent : Bool) : ParserDescr
  | cat (catName : Name) (rbp : Nat) : ParserDescr
  | parser (declName : Name) : ParserDescr
  | nodeWithAntiquot (name : String) (kind : Name) (p : ParserDescr) : ParserDescr
  | sepBy (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool) :
    ParserDescr
  | sepBy1 (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool) :
    ParserDescr
  | unicodeSymbol (val asciiVal : String) (p : Bool) : ParserDescr
abbrev TrailingParserDescr := ParserDescr
end Lean

syntax (name := Lean.Parser.Tactic.exact) "exact " term : tactic
