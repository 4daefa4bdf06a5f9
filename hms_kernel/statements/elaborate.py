"""Syntax to typed terms, as Lean elaborates it: names, types, casts, definitions. Reads no commands."""

from __future__ import annotations

from fractions import Fraction

from hms_kernel.statements import (
    binding,
    calls,
    complexes,
    indexing,
    library,
    listings,
    lists,
    operators,
    spelled,
    structures,
    types,
)
from hms_kernel.statements.inference import (
    COMPLEX,
    ArrowTy,
    Env,
    ListTy,
    Local,
    StructTy,
    Ty,
    Typed,
    Value,
    apply,
    complex_number,
    ensure,
    known,
    lambda_,
    rank,
    resolve,
    show_type,
    unify,
    variable,
)
from hms_kernel.statements.operators import logic
from hms_kernel.statements.records import quantified
from hms_kernel.statements.scope import Context, Done, Locals
from hms_kernel.statements.sets import Collection
from hms_kernel.statements.syntax import (
    Ascribe,
    BigOp,
    Bind,
    Bracket,
    Call,
    Congruent,
    Construct,
    Field,
    Fields,
    If,
    Index,
    Infix,
    Let,
    ListOf,
    Name,
    Number,
    Pair,
    Prefix,
    SetList,
    SetWhere,
    Syntax,
    VectorOf,
)
from hms_kernel.statements.terms import Fin, Ite, Logic, Num, Op, Scalar
from hms_kernel.statements.tokens import Token
from hms_kernel.statements.unknowns import Unknowns

# What takes its type from the other side of an equation.
_SHAPED = (Construct, Fields, ListOf, Pair, SetList, SetWhere, VectorOf)


class Elaborator(Unknowns):
    """Elaborates the terms of one statement; collects what is left unknown until ``settle``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.decimals)
        self.context = context
        self.equivalences: dict[tuple[Scalar, Scalar], StructTy] = {}
        self.products: dict[tuple[Ty, Ty], StructTy] = {}
        self.unfolding: list[str] = []  # names of the definitions being unfolded, outermost first

    # --- terms -----------------------------------------------------------------

    def term(self, node: Syntax | Done, scope: Locals, expected: Ty | None = None) -> Typed:
        """Elaborate; ``expected`` guides but does not bind (see ``check``)."""
        if isinstance(node, Done):
            return node.typed
        if operators.is_tree(node):
            root = operators.tree(node, lambda leaf: self.term(leaf, scope))
            typed, fresh = operators.arithmetic(root, node.at, expected)
            if fresh is not None:
                self.metas.append(fresh)
            return typed
        match node:
            case Name():
                return calls.call(self, node, (), scope, expected)
            case Call(fn=fn, args=args):
                return calls.call(self, fn, args, scope, expected)
            case Number():
                return self._number(node, expected)
            case Infix():
                return self.infix(node, scope)
            case Prefix():
                return self._prefix(node, scope, expected)
            case Bind(op="fun"):
                return binding.function(self, node.binders, node.body, scope, expected, node.at)
            case Bind():
                return binding.quantifier(self, node, scope)
            case BigOp():
                return binding.big(self, node, scope, expected)
            case Let():
                return self._let(node, scope, expected)
            case If():
                return self._conditional(node, scope, expected)
            case Ascribe():
                target = self.type(node.type, scope)
                return self.check(node.term, scope, target)
            case Bracket(op="‖"):
                return complexes.norm(self.term(node.arg, scope), node.at)
            case Bracket():
                name = {"|": "abs", "⌊": "Int.floor", "⌈": "Int.ceil"}.get(node.op)
                name = name or {"⌊₊": "Nat.floor", "⌈₊": "Nat.ceil"}[node.op]
                return library.FUNCTIONS[name].elaborate(
                    self, node.at, (node.arg,), scope, expected
                )
            case Field():
                return calls.call(self, node, (), scope, expected)
            case Congruent():
                name = "Nat.ModEq" if node.op == "MOD" else "Int.ModEq"
                return library.FUNCTIONS[name].elaborate(
                    self, node.at, (node.modulus, node.left, node.right), scope, expected
                )
            case ListOf():
                return lists.literal(self, node, scope, expected)
            case Pair():
                return structures.pair(self, node, scope, expected)
            case VectorOf():
                return lists.vector(self, node, scope, expected)
            case Index():
                return indexing.indexed(self, node, scope)
            case Construct() | Fields():
                return structures.instance(self, node, scope, expected)
            case SetList() | SetWhere():
                wanted = resolve(expected) if expected is not None else None
                element = wanted.domain if isinstance(wanted, ArrowTy) else None
                return spelled.predicate(self, node, scope, element)
        node.at.unsupported("this kind of term")

    def check(self, node: Syntax | Done, scope: Locals, target: Ty) -> Typed:
        """Elaborate at a type, with a cast if Lean would insert one."""
        return ensure(self.term(node, scope, target), target)

    def prop(self, node: Syntax, scope: Locals) -> Typed:
        """Elaborate a proposition."""
        return self.check(node, scope, Scalar.PROP)

    def _number(self, node: Number, expected: Ty | None) -> Typed:
        text = node.text.replace("_", "")
        at = node.at
        meta = self.unknown(at)
        if text[:2].lower() in ("0x", "0b"):
            value, decimal = Fraction(int(text, 0)), False
        else:
            exponent = text.lower().partition("e")[2]
            if len(text) > 2000 or (exponent and abs(int(exponent)) > 500):
                at.unsupported("a numeral of this size")
            value, decimal = Fraction(text), "." in text or bool(exponent)
        meta.numeral, meta.decimal = True, decimal
        if (
            expected is not None
            and known(expected)
            and rank(expected) >= 0
            and not unify(meta, expected)
        ):
            at.invalid(f"a decimal cannot have type {show_type(expected)}")

        def build(env: Env) -> Value:
            if resolve(meta) is COMPLEX:
                zero = Num(Fraction(0), Scalar.REAL)
                return complex_number(Num(value, Scalar.REAL, span=at.span), zero)
            sort = env.sort(meta, at)
            if not isinstance(sort, Fin):
                return Num(value, sort, span=at.span)
            if isinstance(sort.size, Num) and sort.size.value > 0:
                return Num(value % sort.size.value, sort, span=at.span)
            match sort.size:
                case Op(op="+", args=(_, Num(value=sure))) if value < sure:
                    return Num(value, sort, span=at.span)
            at.unsupported("a numeral in Fin of a size that is no numeral")

        return Typed(meta, at, build)

    def infix(self, node: Infix, scope: Locals) -> Typed:
        """Elaborate an operator that is no arithmetic."""
        at, op = node.at, node.op
        match node:
            case Infix(op="=" | "≠", left=Pair() as one, right=Pair() as other):
                # Each component finds its type between the two sides.
                firsts = Infix(at, "=", one.first, other.first)
                seconds = Infix(at, "=", one.second, other.second)
                same = logic("∧", self.infix(firsts, scope), self.infix(seconds, scope), at=at)
                return same if op == "=" else logic("¬", same, at=at)
        match op:
            case "=" | "≠" | "<" | "≤" | ">" | "≥" | "==" | "!=":
                left, right = self._sides(node, scope)
                typed, fresh = operators.relation(op, left, right, at)
                if fresh is not None:
                    self.metas.append(fresh)
                return typed
            case "∧" | "∨" | "↔":
                return logic(op, self.prop(node.left, scope), self.prop(node.right, scope), at=at)
            case "→":
                return self._arrow(node, scope)
            case "∣":
                return self._divides(node, scope)
            case "∈" | "∉":
                return self.membership(op, self.term(node.left, scope), node.right, scope, at)
            case "∘":
                return self._composition(node, scope)
            case "∪" | "∩" | "\\" | "⊆" | "''" | "⁻¹'":
                return spelled.combined(self, node, scope)
            case "::" | "++":
                left, right = self.term(node.left, scope), self.term(node.right, scope)
                return lists.joined(op, left, right, at)
        at.unsupported(f"the operator '{op}'")

    def _sides(self, node: Infix, scope: Locals) -> tuple[operators.Tree, operators.Tree]:
        """Both sides of a relation; a constructor takes its type from the other side."""
        if isinstance(node.left, _SHAPED):
            right = operators.tree(node.right, lambda leaf: self.term(leaf, scope))
            expected = right.ty if isinstance(right, Typed) else None
            return self.term(node.left, scope, expected), right
        left = operators.tree(node.left, lambda leaf: self.term(leaf, scope))
        if isinstance(node.right, _SHAPED):
            expected = left.ty if isinstance(left, Typed) else None
            return left, self.term(node.right, scope, expected)
        return left, operators.tree(node.right, lambda leaf: self.term(leaf, scope))

    def _arrow(self, node: Infix, scope: Locals) -> Typed:
        if self.is_type(node.left, scope):
            domain = self.type(node.left, scope)
            return quantified("∀", Local("x", domain), self.prop(node.right, scope), node.at)
        return logic("→", self.prop(node.left, scope), self.prop(node.right, scope), at=node.at)

    def _divides(self, node: Infix, scope: Locals) -> Typed:
        # ``∣`` is an ordinary function in Lean: its left side decides the type.
        left = self.term(node.left, scope)
        if known(left.ty):
            right = self.term(node.right, scope, left.ty)
            if 0 <= rank(left.ty) < rank(right.ty):
                node.at.unsupported("divisibility between two types; write the cast")
            right = ensure(right, left.ty)
        else:
            right = self.term(node.right, scope)
            left = ensure(left, right.ty)
        return library.divides(left, right, node.at)

    def membership(self, op: str, element: Typed, node: Syntax, scope: Locals, at: Token) -> Typed:
        """``element ∈ set`` or ``∉`` as a proposition."""
        if spelled.is_collection(self, node, scope):
            inside = self.collection(node, scope, element.ty).has(element)
        else:
            items = self.term(node, scope)
            if isinstance(resolve(items.ty), ListTy):
                inside = listings.has(items, element, at)
            else:
                inside = self.collection(Done(node.at, items), scope, element.ty).has(element)
        return inside if op == "∈" else logic("¬", inside, at=at)

    def _composition(self, node: Infix, scope: Locals) -> Typed:
        outer, inner = self.term(node.left, scope), self.term(node.right, scope)
        first, second = resolve(inner.ty), resolve(outer.ty)
        if not isinstance(first, ArrowTy) or not isinstance(second, ArrowTy):
            node.at.invalid("'∘' needs a function on both sides")
        if not unify(first.codomain, second.domain):
            node.at.invalid("these functions do not compose")
        local = Local("x", first.domain)
        body = apply(outer, apply(inner, variable(local, node.at), node.at), node.at)
        return lambda_(local, body, node.at)

    def _prefix(self, node: Prefix, scope: Locals, expected: Ty | None) -> Typed:
        at = node.at
        match node.op:
            case "¬":
                return logic("¬", self.prop(node.arg, scope), at=at)
            case "√":
                return library.FUNCTIONS["Real.sqrt"].elaborate(
                    self, at, (node.arg,), scope, expected
                )
            case "!":
                if "Nat" not in self.context.opens and self.context.namespace != "Nat":
                    at.invalid("the notation n ! needs `open Nat`; Nat.factorial n works anywhere")
                return library.FUNCTIONS["Nat.factorial"].elaborate(
                    self, at, (node.arg,), scope, expected
                )
            case "↑":
                return self._coercion(node, scope, expected)
        at.unsupported(f"the operator '{node.op}'")

    def _coercion(self, node: Prefix, scope: Locals, expected: Ty | None) -> Typed:
        inner = self.term(node.arg, scope)
        if expected is not None and known(expected):
            return ensure(inner, expected)
        meta = self.unknown(node.at)
        self.coercions.append((inner, meta))

        def build(env: Env) -> Value:
            if not known(meta):
                node.at.invalid("the type that ↑ should cast to cannot be inferred")
            return ensure(inner, meta).build(env)

        return Typed(meta, node.at, build)

    def _conditional(self, node: If, scope: Locals, expected: Ty | None) -> Typed:
        cond = self.prop(node.cond, scope)
        ty: Ty = expected if expected is not None and known(expected) else self.unknown(node.at)
        yes = self.check(node.yes, scope, ty)
        no = self.term(node.no, scope, ty)
        if 0 <= rank(ty) < rank(no.ty):
            node.at.unsupported("`if` with branches of two types; ascribe the smaller one")
        no = ensure(no, ty)

        def build(env: Env) -> Value:
            sort = env.sort(ty, node.at)
            test = cond.term(env)
            one, other = yes.term(env), no.term(env)
            if sort is Scalar.PROP:
                otherwise = Logic("→", (Logic("¬", (test,)), other), span=node.at.span)
                first = Logic("→", (test, one), span=node.at.span)
                return Logic("∧", (first, otherwise), span=node.at.span)
            if not isinstance(sort, Scalar | Fin):
                node.at.unsupported("`if` between functions")
            return Ite(test, one, other, sort, span=node.at.span)

        return Typed(ty, node.at, build)

    def _let(self, node: Let, scope: Locals, expected: Ty | None) -> Typed:
        mark = self.mark()
        target = None
        if node.binders:
            if node.type is not None:
                value_node: Syntax = Ascribe(node.value.at, node.value, node.type)
            else:
                value_node = node.value
            value = binding.function(self, node.binders, value_node, scope, None, node.at)
        else:
            target = self.type(node.type, scope) if node.type is not None else None
            value = self.term(node.value, scope, target)
            value = ensure(value, target) if target is not None else value
        self.settle(mark)
        return self.term(node.body, {**scope, node.name: value}, expected)

    def collection(self, node: Syntax | Done, scope: Locals, element: Ty | None) -> Collection:
        """Elaborate something that must be a set."""
        return spelled.collection(self, node, scope, element)

    def list(self, node: Syntax, scope: Locals) -> Typed:
        """Elaborate what must be a list, since no set can be a value."""
        items = self.term(node, scope)
        if not isinstance(resolve(items.ty), ListTy):
            node.at.unsupported("sets other than intervals, ranges, filters and {x | …}")
        return items

    # --- types -----------------------------------------------------------------

    def is_type(self, node: Syntax, scope: Locals) -> bool:
        """Whether a term denotes a type of ours or a foreign one."""
        return types.is_type(self, node, scope)

    def type(self, node: Syntax, scope: Locals) -> Ty:
        """Elaborate a type."""
        return types.type_of(self, node, scope)
