prelude
import HMS.Basic

/-!
Lean's own surface syntax and tactics, switched on in a library that has no Lean standard library.

A Lean executable carries its standard parsers, macros and tactics as compiled code; a file is
only missing the declarations that register them. Each line below is one such declaration: a
constant of the same name and type as the compiled one. `extern` makes the interpreter run the
compiled code under that name (it looks for the name; the text after `extern` is not used).
So `+`, `≤`, `∃`, `rw` and the rest are exactly Lean's, with Lean's precedences.

None of this reaches a proof: these constants run while text is read, and what they produce is
a term that the kernel checks. One notation is ours, `∑ i, f i`; the last section is what it needs.
-/

set_option autoImplicit false
set_option relaxedAutoImplicit false
universe u v w

/-! ## The compiled code's data

Names carry a hash, so only compiled code builds them. -/

inductive Lean.Name where
  | anonymous : Lean.Name
  | str (pre : Lean.Name) (s : String) : Lean.Name
  | num (pre : Lean.Name) (i : Nat) : Lean.Name
instance : Inhabited Lean.Name := ⟨Lean.Name.anonymous⟩

namespace Lean

@[extern "Init"] opaque Name.mkStr1 (s₁ : String) : Name
@[extern "Init"] opaque Name.mkStr2 (s₁ s₂ : String) : Name
@[extern "Init"] opaque Name.mkStr3 (s₁ s₂ s₃ : String) : Name
@[extern "Init"] opaque Name.mkStr4 (s₁ s₂ s₃ s₄ : String) : Name

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
  | sepBy (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailing : Bool) : ParserDescr
  | sepBy1 (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailing : Bool) : ParserDescr
  | unicodeSymbol (val asciiVal : String) (preserve : Bool) : ParserDescr
instance : Inhabited ParserDescr := ⟨.symbol ""⟩
abbrev TrailingParserDescr := ParserDescr

/-- A syntax tree, as far as a file needs to know one. -/
inductive Syntax where
  | missing : Syntax
  | compiled (n : Nat) : Syntax
instance : Inhabited Syntax := ⟨.missing⟩

/-- What the compiled code threads through a macro; never looked into. -/
inductive Macro.Context where
  | compiled (m n : Nat) : Macro.Context
inductive Macro.State where
  | compiled (m n : Nat) : Macro.State
inductive Macro.Result where
  | ok (value : Syntax) (state : Macro.State) : Macro.Result
  | error (message : Syntax) (state : Macro.State) : Macro.Result
instance : Inhabited Macro.Result := ⟨.ok .missing (.compiled 0 0)⟩
abbrev Macro := Syntax → Macro.Context → Macro.State → Macro.Result
abbrev PrettyPrinter.Unexpander := Syntax → Syntax → Macro.State → Macro.Result

/-- Kinds of syntax of which a file adds more. -/
structure Parser.Category

end Lean
declare_syntax_cat rawStx (behavior := both)
declare_syntax_cat rcasesPat
declare_syntax_cat rintroPat
namespace Lean

/-! ## Parts of notation -/

@[extern "Init"] opaque binderIdent : Lean.ParserDescr
@[extern "Init"] opaque unbracketedExplicitBinders : Lean.ParserDescr
@[extern "Init"] opaque bracketedExplicitBinders : Lean.ParserDescr
@[extern "Init"] opaque explicitBinders : Lean.ParserDescr

end Lean

/-! ## Notation -/

-- Arithmetic.
@[term_parser, extern "Init"] opaque «term_+_» : Lean.TrailingParserDescr
@[macro «term_+_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_+__2» : Lean.Macro
@[app_unexpander HAdd.hAdd, extern "Init"] opaque _aux_Init_Notation___unexpand_HAdd_hAdd_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_-_» : Lean.TrailingParserDescr
@[macro «term_-_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_-__2» : Lean.Macro
@[app_unexpander HSub.hSub, extern "Init"] opaque _aux_Init_Notation___unexpand_HSub_hSub_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_*_» : Lean.TrailingParserDescr
@[macro «term_*_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_*__2» : Lean.Macro
@[app_unexpander HMul.hMul, extern "Init"] opaque _aux_Init_Notation___unexpand_HMul_hMul_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_/_» : Lean.TrailingParserDescr
@[macro «term_/_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_/__2» : Lean.Macro
@[app_unexpander HDiv.hDiv, extern "Init"] opaque _aux_Init_Notation___unexpand_HDiv_hDiv_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_%_» : Lean.TrailingParserDescr
@[macro «term_%_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_%__2» : Lean.Macro
@[app_unexpander HMod.hMod, extern "Init"] opaque _aux_Init_Notation___unexpand_HMod_hMod_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_^_» : Lean.TrailingParserDescr
@[macro «term_^_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_^__2» : Lean.Macro
@[app_unexpander HPow.hPow, extern "Init"] opaque _aux_Init_Notation___unexpand_HPow_hPow_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term-_» : Lean.ParserDescr
@[macro «term-_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term-__2» : Lean.Macro
@[app_unexpander Neg.neg, extern "Init"] opaque _aux_Init_Notation___unexpand_Neg_neg_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_⁻¹» : Lean.TrailingParserDescr
@[macro «term_⁻¹», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_⁻¹_1» : Lean.Macro
@[app_unexpander Inv.inv, extern "Init"] opaque _aux_Init_Notation___unexpand_Inv_inv_1 : Lean.PrettyPrinter.Unexpander

-- Relations.
@[term_parser, extern "Init"] opaque «term_=_» : Lean.TrailingParserDescr
@[macro «term_=_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_=__2» : Lean.Macro
@[app_unexpander Eq, extern "Init"] opaque _aux_Init_Notation___unexpand_Eq_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_≠_» : Lean.TrailingParserDescr
@[macro «term_≠_», extern "Init"] opaque «_aux_Init_Core___macroRules_term_≠__2» : Lean.Macro
@[app_unexpander Ne, extern "Init"] opaque _aux_Init_Core___unexpand_Ne_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_<_» : Lean.TrailingParserDescr
@[macro «term_<_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_<__2» : Lean.Macro
@[app_unexpander LT.lt, extern "Init"] opaque _aux_Init_Notation___unexpand_LT_lt_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_>_» : Lean.TrailingParserDescr
@[macro «term_>_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_>__2» : Lean.Macro
@[app_unexpander GT.gt, extern "Init"] opaque _aux_Init_Notation___unexpand_GT_gt_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_≤_» : Lean.TrailingParserDescr
@[macro «term_≤_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_≤__2» : Lean.Macro
@[app_unexpander LE.le, extern "Init"] opaque _aux_Init_Notation___unexpand_LE_le_2 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_≥_» : Lean.TrailingParserDescr
@[macro «term_≥_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_≥__2» : Lean.Macro
@[app_unexpander GE.ge, extern "Init"] opaque _aux_Init_Notation___unexpand_GE_ge_2 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_<=_» : Lean.TrailingParserDescr
@[macro «term_<=_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_<=__2» : Lean.Macro
@[term_parser, extern "Init"] opaque «term_>=_» : Lean.TrailingParserDescr
@[macro «term_>=_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_>=__2» : Lean.Macro
@[term_parser, extern "Init"] opaque «term_∣_» : Lean.TrailingParserDescr
@[macro «term_∣_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_∣__1» : Lean.Macro
@[app_unexpander Dvd.dvd, extern "Init"] opaque _aux_Init_Notation___unexpand_Dvd_dvd_1 : Lean.PrettyPrinter.Unexpander

-- Logic.
@[term_parser, extern "Init"] opaque «term_∧_» : Lean.TrailingParserDescr
@[macro «term_∧_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_∧__1» : Lean.Macro
@[app_unexpander And, extern "Init"] opaque _aux_Init_Notation___unexpand_And_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_∨_» : Lean.TrailingParserDescr
@[macro «term_∨_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_∨__1» : Lean.Macro
@[app_unexpander Or, extern "Init"] opaque _aux_Init_Notation___unexpand_Or_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term¬_» : Lean.ParserDescr
@[macro «term¬_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term¬__1» : Lean.Macro
@[app_unexpander Not, extern "Init"] opaque _aux_Init_Notation___unexpand_Not_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_↔_» : Lean.TrailingParserDescr
@[macro «term_↔_», extern "Init"] opaque «_aux_Init_Core___macroRules_term_↔__1» : Lean.Macro
@[app_unexpander Iff, extern "Init"] opaque _aux_Init_Core___unexpand_Iff_2 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term∃_,_» : Lean.ParserDescr
@[macro «term∃_,_», extern "Init"] opaque «_aux_Init_NotationExtra___macroRules_term∃_,__1» : Lean.Macro
@[app_unexpander Exists, extern "Init"] opaque unexpandExists : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_×_» : Lean.TrailingParserDescr
@[macro «term_×_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_×__1» : Lean.Macro
@[app_unexpander Prod, extern "Init"] opaque _aux_Init_Notation___unexpand_Prod_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque termDepIfThenElse : Lean.ParserDescr
@[macro termDepIfThenElse, extern "Init"] opaque _aux_Init_Notation___macroRules_termDepIfThenElse_1 : Lean.Macro
@[term_parser, extern "Init"] opaque termIfThenElse : Lean.ParserDescr
@[macro termIfThenElse, extern "Init"] opaque «_aux_Init_Notation___macroRules_termIfThenElse_1» : Lean.Macro
@[app_unexpander ite, extern "Init"] opaque unexpandIte : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_∘_» : Lean.TrailingParserDescr
@[macro «term_∘_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_∘__1» : Lean.Macro
@[app_unexpander Function.comp, extern "Init"] opaque _aux_Init_Notation___unexpand_Function_comp_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term_<|_» : Lean.TrailingParserDescr
@[macro «term_<|_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_<|__1» : Lean.Macro

-- Lists.
@[term_parser, extern "Init"] opaque «term_::_» : Lean.TrailingParserDescr
@[macro «term_::_», extern "Init"] opaque «_aux_Init_Notation___macroRules_term_::__1» : Lean.Macro
@[app_unexpander List.cons, extern "Init"] opaque _aux_Init_Notation___unexpand_List_cons_1 : Lean.PrettyPrinter.Unexpander
@[term_parser, extern "Init"] opaque «term[_]» : Lean.ParserDescr
@[macro «term[_]», extern "Init"] opaque Lean.«_aux_Init_Data_List_Notation___macroRules_term[_]_1» : Lean.Macro


/-! ## Tactics

Most are elaborated by compiled code that needs no registration; some are macros over others. -/

namespace Lean.Parser.Tactic
-- parts
@[extern "Init"] opaque location : ParserDescr
@[extern "Init"] opaque locationType : ParserDescr
@[extern "Init"] opaque locationHyp : ParserDescr
@[extern "Init"] opaque locationWildcard : ParserDescr
@[extern "Init"] opaque optConfig : ParserDescr
@[extern "Init"] opaque configItem : ParserDescr
@[extern "Init"] opaque posConfigItem : ParserDescr
@[extern "Init"] opaque negConfigItem : ParserDescr
@[extern "Init"] opaque valConfigItem : ParserDescr
@[extern "Init"] opaque rwRule : ParserDescr
@[extern "Init"] opaque rwRuleSeq : ParserDescr
@[extern "Init"] opaque elimTarget : ParserDescr
@[extern "Init"] opaque inductionAltLHS : ParserDescr
@[extern "Init"] opaque inductionAlt : ParserDescr
@[extern "Init"] opaque inductionAlts : ParserDescr
@[extern "Init"] opaque caseArg : ParserDescr
@[extern "Init"] opaque generalizeArg : ParserDescr
@[extern "Init"] opaque rcasesPatMed : ParserDescr
@[extern "Init"] opaque rcasesPatLo : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.one : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.ignore : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.clear : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.explicit : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.tuple : ParserDescr
@[rcasesPat_parser, extern "Init"] opaque rcasesPat.paren : ParserDescr
@[rintroPat_parser, extern "Init"] opaque rintroPat.one : ParserDescr
@[rintroPat_parser, extern "Init"] opaque rintroPat.binder : ParserDescr
-- goals and hypotheses
@[tactic_parser, extern "Init"] opaque intro : ParserDescr
@[tactic_parser, extern "Init"] opaque intros : ParserDescr
@[tactic_parser, extern "Init"] opaque exact : ParserDescr
@[tactic_parser, extern "Init"] opaque apply : ParserDescr
@[tactic_parser, extern "Init"] opaque refine : ParserDescr
@[tactic_parser, extern "Init"] opaque assumption : ParserDescr
@[tactic_parser, extern "Init"] opaque contradiction : ParserDescr
@[tactic_parser, extern "Init"] opaque tacticExfalso : ParserDescr
@[macro tacticExfalso, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticExfalso_1 : Macro
@[tactic_parser, extern "Init"] opaque constructor : ParserDescr
@[tactic_parser, extern "Init"] opaque left : ParserDescr
@[tactic_parser, extern "Init"] opaque right : ParserDescr
@[tactic_parser, extern "Init"] opaque «tacticExists_,,» : ParserDescr
@[macro «tacticExists_,,», extern "Init"] opaque «_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticExists_,,_1» : Macro
@[tactic_parser, extern "Init"] opaque case : ParserDescr
@[tactic_parser, extern "Init"] opaque rename : ParserDescr
@[tactic_parser, extern "Init"] opaque renameI : ParserDescr
@[tactic_parser, extern "Init"] opaque revert : ParserDescr
@[tactic_parser, extern "Init"] opaque clear : ParserDescr
@[tactic_parser, extern "Init"] opaque specialize : ParserDescr
@[tactic_parser, extern "Init"] opaque change : ParserDescr
@[tactic_parser, extern "Init"] opaque «show» : ParserDescr
@[tactic_parser, extern "Init"] opaque tacticHave__ : ParserDescr
@[macro tacticHave__, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticHave___1 : Macro
@[tactic_parser, extern "Init"] opaque tacticLet__ : ParserDescr
@[macro tacticLet__, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticLet___1 : Macro
@[tactic_parser, extern "Init"] opaque tacticSuffices_ : ParserDescr
@[macro tacticSuffices_, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticSuffices__1 : Macro
@[tactic_parser, extern "Init"] opaque replace : ParserDescr
@[tactic_parser, extern "Init"] opaque generalize : ParserDescr
-- case distinction and induction
@[tactic_parser, extern "Init"] opaque cases : ParserDescr
@[tactic_parser, extern "Init"] opaque induction : ParserDescr
@[tactic_parser, extern "Init"] opaque rcases : ParserDescr
@[tactic_parser, extern "Init"] opaque obtain : ParserDescr
@[tactic_parser, extern "Init"] opaque rintro : ParserDescr
@[tactic_parser, extern "Init"] opaque injection : ParserDescr
-- equality
@[tactic_parser, extern "Init"] opaque subst : ParserDescr
@[tactic_parser, extern "Init"] opaque rewriteSeq : ParserDescr
@[tactic_parser, extern "Init"] opaque rwSeq : ParserDescr
@[macro rwSeq, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_rwSeq_1 : Macro
@[tactic_parser, extern "Init"] opaque rwa : ParserDescr
@[tactic_parser, extern "Init"] opaque rwaAt : ParserDescr
@[tactic_parser, extern "Init"] opaque tacticRfl : ParserDescr
@[macro tacticRfl, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_1 : Macro
@[macro tacticRfl, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_2 : Macro
@[macro tacticRfl, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_3 : Macro
@[tactic_parser, extern "Init"] opaque eqRefl : ParserDescr
@[tactic_parser, extern "Init"] opaque applyRfl : ParserDescr
@[tactic_parser, extern "Init"] opaque congr : ParserDescr
@[tactic_parser, extern "Init"] opaque unfold : ParserDescr
@[tactic_parser, extern "Init"] opaque delta : ParserDescr
@[tactic_parser, extern "Init"] opaque decide : ParserDescr
@[tactic_parser, extern "Init"] opaque tacticTrivial : ParserDescr
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_1 : Macro
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_2 : Macro
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_3 : Macro
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_4 : Macro
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_5 : Macro
@[macro tacticTrivial, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTrivial_6 : Macro
-- putting tactics together
@[tactic_parser, extern "Init"] opaque skip : ParserDescr
@[tactic_parser, extern "Init"] opaque done : ParserDescr
@[tactic_parser, extern "Init"] opaque fail : ParserDescr
@[tactic_parser, extern "Init"] opaque first : ParserDescr
@[tactic_parser, extern "Init"] opaque paren : ParserDescr
@[tactic_parser, extern "Init"] opaque focus : ParserDescr
@[tactic_parser, extern "Init"] opaque allGoals : ParserDescr
@[tactic_parser, extern "Init"] opaque anyGoals : ParserDescr
@[tactic_parser, extern "Init"] opaque rotateLeft : ParserDescr
@[tactic_parser, extern "Init"] opaque rotateRight : ParserDescr
@[tactic_parser, extern "Init"] opaque withReducible : ParserDescr
@[tactic_parser, extern "Init"] opaque withAnnotateState : ParserDescr
@[tactic_parser, extern "Init"] opaque tacticTry_ : ParserDescr
@[macro tacticTry_, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticTry__1 : Macro
@[tactic_parser, extern "Init"] opaque tacticRefine_lift_ : ParserDescr
@[macro tacticRefine_lift_, extern "Init"] opaque _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRefine_lift__1 : Macro
@[tactic_parser, extern "Init"] opaque tacticRepeat_ : ParserDescr
@[tactic_parser, extern "Init"] opaque «tactic_<;>_» : TrailingParserDescr
@[macro «tactic_<;>_», extern "Init"] opaque «_aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tactic_<;>__1» : Macro
end Lean.Parser.Tactic
namespace Lean
@[extern "Init"] opaque cdotTk : ParserDescr
@[tactic_parser, extern "Init"] opaque cdot : ParserDescr
@[extern "Init"] opaque calcFirstStep : ParserDescr
@[extern "Init"] opaque calcStep : ParserDescr
@[extern "Init"] opaque calcSteps : ParserDescr
@[term_parser, extern "Init"] opaque calc : ParserDescr
@[tactic_parser, extern "Init"] opaque calcTactic : ParserDescr
end Lean
@[tactic_parser, extern "Init"] opaque «tacticBy_cases_:_» : Lean.ParserDescr
@[macro «tacticBy_cases_:_», extern "Init"] opaque «_aux_Init_ByCases___macroRules_tacticBy_cases_:__1» : Lean.Macro
@[macro «tacticBy_cases_:_», extern "Init"] opaque «_aux_Init_ByCases___macroRules_tacticBy_cases_:__2» : Lean.Macro

/-! ## What a notation of ours is made of -/

namespace Lean
/-- `combinator fun x => body` for each `x` among the binders. -/
@[extern "Init"] opaque expandExplicitBinders (combinator : Name) (binders body : Syntax) : Macro.Context → Macro.State → Macro.Result
@[extern "Init"] opaque Syntax.getArg (tree : Syntax) (i : Nat) : Syntax
@[extern "Init"] opaque Syntax.setArg (tree : Syntax) (i : Nat) (arg : Syntax) : Syntax
@[extern "Init"] opaque Syntax.setKind (tree : Syntax) (kind : Name) : Syntax
@[extern "Init"] opaque mkAtom (text : String) : Syntax
end Lean
