"""Syntax to typed terms, as Lean elaborates it: names, types, casts, definitions. Reads no commands."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from hms_kernel.statements import library, operators
from hms_kernel.statements.inference import (
    ArrowTy,
    Env,
    FinTy,
    Function,
    Local,
    Meta,
    SizeMeta,
    Ty,
    Typed,
    Value,
    apply,
    ensure,
    known,
    rank,
    resolve,
    show_type,
    size_variable,
    unify,
    variable,
)
from hms_kernel.statements.names import FOREIGN_TYPES
from hms_kernel.statements.operators import logic, quantified
from hms_kernel.statements.scope import Context, Definition, Locals, Proof
from hms_kernel.statements.sets import Collection
from hms_kernel.statements.syntax import (
    Ascribe,
    BigOp,
    Bind,
    Binder,
    Bracket,
    Call,
    Congruent,
    Field,
    If,
    Infix,
    Let,
    Name,
    Node,
    Number,
    Prefix,
    SetList,
    SetWhere,
    Syntax,
)
from hms_kernel.statements.terms import Fin, Ite, Logic, Num, Op, Scalar
from hms_kernel.statements.tokens import Token

MAX_UNFOLDING = 30  # definitions within definitions


@dataclass(frozen=True, eq=False, slots=True)
class Done(Node):
    """A term that is elaborated already, where syntax is asked for (dot notation)."""

    typed: Typed


class Elaborator:
    """Elaborates the terms of one statement; collects what is left unknown until ``settle``."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.notes: list[str] = []
        self._metas: list[Meta] = []
        self._coercions: list[tuple[Typed, Meta]] = []
        self._unfolding: list[str] = []

    # --- unknown types --------------------------------------------------------

    def unknown(self, at: Token) -> Meta:
        """A fresh unknown type."""
        meta = Meta(at)
        self._metas.append(meta)
        return meta

    def mark(self) -> tuple[int, int]:
        """Where the unknowns of an enclosing elaboration end."""
        return len(self._metas), len(self._coercions)

    def settle(self, since: tuple[int, int] = (0, 0)) -> None:
        """Give every unknown made after a mark its default type, in Lean's order of priority."""
        metas, coercions = self._metas[since[0] :], self._coercions[since[1] :]
        for inner, meta in coercions:
            if known(meta) and not known(inner.ty):
                unify(inner.ty, meta)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.exponent:
                if end.negated:
                    end.at.unsupported("a negative exponent without a type; write (-1 : ℤ)")
                unify(end, Scalar.NAT)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.decimal:
                self._settle_decimal(end)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.numeral:
                unify(end, Scalar.INT if end.negated else Scalar.NAT)
        for inner, meta in coercions:
            if known(meta) and not known(inner.ty):
                unify(inner.ty, meta)
        del self._metas[since[0] :], self._coercions[since[1] :]

    def _settle_decimal(self, meta: Meta) -> None:
        if self.context.decimals != "ℝ":
            meta.at.unsupported(
                "decimals without a type are Float in Lean; ascribe ℝ, as in (0.5 : ℝ)"
            )
        unify(meta, Scalar.REAL)
        note = "decimals without a type were read as ℝ (in Lean they are Float)"
        if note not in self.notes:
            self.notes.append(note)

    # --- terms -----------------------------------------------------------------

    def term(self, node: Syntax | Done, scope: Locals, expected: Ty | None = None) -> Typed:
        """Elaborate; ``expected`` guides but does not bind (see ``check``)."""
        if isinstance(node, Done):
            return node.typed
        if operators.is_tree(node):
            root = operators.tree(node, lambda leaf: self.term(leaf, scope))
            typed, fresh = operators.arithmetic(root, node.at, expected)
            if fresh is not None:
                self._metas.append(fresh)
            return typed
        match node:
            case Name():
                return self._call(node, (), scope, expected)
            case Call(fn=fn, args=args):
                return self._call(fn, args, scope, expected)
            case Number():
                return self._number(node, expected)
            case Infix():
                return self._infix(node, scope)
            case Prefix():
                return self._prefix(node, scope, expected)
            case Bind(op="fun"):
                return self._function(node.binders, node.body, scope, expected, node.at)
            case Bind():
                return self._quantifier(node, scope)
            case BigOp():
                return self._big(node, scope, expected)
            case Let():
                return self._let(node, scope, expected)
            case If():
                return self._conditional(node, scope, expected)
            case Ascribe():
                target = self.type(node.type, scope)
                return self.check(node.term, scope, target)
            case Bracket():
                name = {"|": "abs", "⌊": "Int.floor", "⌈": "Int.ceil"}.get(node.op)
                name = name or {"⌊₊": "Nat.floor", "⌈₊": "Nat.ceil"}[node.op]
                return library.FUNCTIONS[name].elaborate(
                    self, node.at, (node.arg,), scope, expected
                )
            case Field():
                return self._call(node, (), scope, expected)
            case Congruent():
                name = "Nat.ModEq" if node.op == "MOD" else "Int.ModEq"
                return library.FUNCTIONS[name].elaborate(
                    self, node.at, (node.modulus, node.left, node.right), scope, expected
                )
            case SetList() | SetWhere():
                node.at.unsupported("a set as a value (membership in one is fine)")
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

    def _infix(self, node: Infix, scope: Locals) -> Typed:
        at, op = node.at, node.op
        match op:
            case "=" | "≠" | "<" | "≤" | ">" | "≥":
                left = operators.tree(node.left, lambda leaf: self.term(leaf, scope))
                right = operators.tree(node.right, lambda leaf: self.term(leaf, scope))
                typed, fresh = operators.relation(op, left, right, at)
                if fresh is not None:
                    self._metas.append(fresh)
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
        at.unsupported(f"the operator '{op}'")

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
        inside = self.collection(node, scope, element.ty).has(element)
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
        return _lambda(local, body, node.at)

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
        self._coercions.append((inner, meta))

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
            value = self._function(node.binders, value_node, scope, None, node.at)
        else:
            target = self.type(node.type, scope) if node.type is not None else None
            value = self.term(node.value, scope, target)
            value = ensure(value, target) if target is not None else value
        self.settle(mark)
        return self.term(node.body, {**scope, node.name: value}, expected)

    # --- binders ---------------------------------------------------------------

    def bind(self, binder: Binder, scope: Locals) -> tuple[Local | None, Typed | None, Locals]:
        """Bring one binder into scope: its variable if it is one, its guard or proposition if it has one."""
        at = binder.at
        if binder.style == "[":
            return None, library.instance(self, binder, scope), scope
        if binder.type is not None and not self.is_type(binder.type, scope):
            fact = self.prop(binder.type, scope)
            return None, fact, {**scope, binder.name: Proof(at)}
        ty: Ty = self.unknown(at) if binder.type is None else self.type(binder.type, scope)
        local = Local(binder.name, ty)
        var = variable(local, at)
        guard = None
        if binder.guard is not None:
            relation, right = binder.guard
            if relation in ("∈", "∉"):
                guard = self.membership(relation, var, right, scope, at)
            else:
                inner: Locals = {**scope, binder.name: var}
                guard = self._infix(Infix(at, relation, Name(at, binder.name), right), inner)
        after = scope if binder.name == "_" else {**scope, binder.name: var}
        return local, guard, after

    def _quantifier(self, node: Bind, scope: Locals) -> Typed:
        bound: list[tuple[Local | None, Typed | None]] = []
        for binder in node.binders:
            local, guard, scope = self.bind(binder, scope)
            bound.append((local, guard))
        body = self.prop(node.body, scope)
        if node.op == "∃!":
            return self._unique(node, bound, body)
        joint = "→" if node.op == "∀" else "∧"
        for local, guard in reversed(bound):
            if guard is not None:
                body = logic(joint, guard, body, at=node.at)
            if local is not None:
                body = quantified(node.op, local, body, node.at)
        return body

    def _unique(
        self, node: Bind, bound: list[tuple[Local | None, Typed | None]], body: Typed
    ) -> Typed:
        (local, guard), at = bound[0], node.at
        if len(bound) != 1 or local is None:
            at.unsupported("`∃!` over several variables")
        holds = logic("∧", guard, body, at=at) if guard is not None else body
        other = Local(local.hint, local.ty)
        there = Typed(
            Scalar.PROP,
            at,
            lambda env: holds.build(env.bind(local, lambda: variable(other, at).build(env))),
        )
        same = operators.compare("=", variable(other, at), variable(local, at), at)
        alone = quantified("∀", other, logic("→", there, same, at=at), at)
        return quantified("∃", local, logic("∧", holds, alone, at=at), at)

    def _function(
        self,
        binders: tuple[Binder, ...],
        body: Syntax,
        scope: Locals,
        expected: Ty | None,
        at: Token,
    ) -> Typed:
        locals_: list[Local] = []
        target = resolve(expected) if expected is not None else None
        for binder in binders:
            local, guard, scope = self.bind(binder, scope)
            if local is None or guard is not None:
                binder.at.unsupported("a function of a proof")
            if isinstance(target, ArrowTy):
                if not unify(local.ty, target.domain):
                    binder.at.invalid(
                        f"'{binder.name}' has type {show_type(local.ty)}, "
                        f"but {show_type(target.domain)} is expected here"
                    )
                target = resolve(target.codomain)
            else:
                target = None
            locals_.append(local)
        value = self.check(body, scope, target) if target is not None else self.term(body, scope)
        for local in reversed(locals_):
            value = _lambda(local, value, at)
        return value

    def _big(self, node: BigOp, scope: Locals, expected: Ty | None) -> Typed:
        locals_: list[tuple[Local, Collection]] = []
        for binder in node.binders:
            if binder.guard is None:
                local, guard, scope = self.bind(binder, scope)
                if local is None or guard is not None:
                    binder.at.invalid(f"'{node.op}' runs over elements of a type or a Finset")
                everything = Collection(local.ty, binder.at, True)
                locals_.append((local, everything))
                continue
            if binder.guard[0] != "∈":
                binder.at.unsupported(f"'{node.op}' over a bound other than ∈")
            collection = self.collection(binder.guard[1], scope, None)
            local = Local(binder.name, collection.element)
            locals_.append((local, collection))
            scope = {**scope, binder.name: variable(local, binder.at)}
        if node.condition is not None:
            last, collection = locals_[-1]
            test = self.prop(node.condition, scope)
            locals_[-1] = (
                last,
                collection.where(lambda element: _substituted(test, last, element)),
            )
        hint = expected if expected is not None and known(expected) else None
        value = (
            self.check(node.body, scope, hint) if hint is not None else self.term(node.body, scope)
        )
        for local, collection in reversed(locals_):
            value = collection.fold(node.op, local, value, node.at)
        return value

    def collection(self, node: Syntax, scope: Locals, element: Ty | None) -> Collection:
        """Elaborate something that must be a set."""
        return library.collection(self, node, scope, element)

    # --- types -----------------------------------------------------------------

    def is_type(self, node: Syntax, scope: Locals) -> bool:
        """Whether a term denotes a type of ours or a foreign one."""
        match node:
            case Name(name=name) if name not in scope:
                definition = self.context.definition(name)
                if definition is not None and definition.value is not None:
                    return not definition.binders and self.is_type(definition.value, {})
                return name in library.TYPES or name in FOREIGN_TYPES
            case Call(fn=Name(name=name)):
                return name not in scope and (name == "Fin" or name in FOREIGN_TYPES)
            case Infix(op="→"):
                return self.is_type(node.right, scope)
            case Ascribe():
                return self.is_type(node.term, scope)
        return False

    def type(self, node: Syntax, scope: Locals) -> Ty:
        """Elaborate a type.

        Raises:
            UnsupportedStatement: a type outside the fragment.
            InvalidStatement: no type at all.
        """
        if isinstance(node, Name) and node.name not in scope:
            if node.name in library.TYPES:
                return library.TYPES[node.name]
            if node.name in FOREIGN_TYPES:
                node.at.unsupported(f"the type {node.name}")
            definition = self.context.definition(node.name)
            if definition is not None and definition.value is not None and not definition.binders:
                return self.type(definition.value, {})
        if isinstance(node, Call) and isinstance(node.fn, Name) and node.fn.name not in scope:
            if node.fn.name == "Fin" and len(node.args) == 1:
                mark = self.mark()
                size = self.check(node.args[0], scope, Scalar.NAT)
                self.settle(mark)
                return FinTy(size)
            if node.fn.name in FOREIGN_TYPES:
                node.at.unsupported(f"the type {node.fn.name}")
        if isinstance(node, Infix) and node.op == "→":
            return ArrowTy(self.type(node.left, scope), self.type(node.right, scope))
        if isinstance(node, Name) and self._recognised(node, scope):
            node.at.invalid(f"'{node.name}' is not a type")
        if isinstance(node, Name):
            self._unbound(node)
        node.at.unsupported("this type")

    # --- names -----------------------------------------------------------------

    def _recognised(self, node: Name, scope: Locals) -> bool:
        return node.name in scope or self.context.definition(node.name) is not None

    def _call(
        self,
        head: Syntax | Done,
        args: tuple[Syntax | Done, ...],
        scope: Locals,
        expected: Ty | None,
    ) -> Typed:
        at = head.at
        if isinstance(head, Field):
            return self._field(head, args, scope, expected)
        if not isinstance(head, Name):
            return self.applied(self.term(head, scope), args, scope, at)
        local = scope.get(head.name)
        if isinstance(local, Proof):
            at.unsupported(f"the proof '{head.name}' as a term")
        if local is not None:
            found = Typed(local.ty, at, local.build, local.hole)
            if isinstance(value := resolve(local.ty), Meta) and args:
                # An untyped variable used as a function.
                value.solution = ArrowTy(self.unknown(at), self.unknown(at))
            return self.applied(found, args, scope, at)
        definition = self.context.definition(head.name)
        if definition is not None:
            if definition.name == head.name and library.opened(head.name, self.context):
                at.unsupported(f"'{head.name}', which an opened namespace offers as well")
            return self._unfold(definition, args, scope, at)
        if "." in head.name:
            first, _, rest = head.name.partition(".")
            if first in scope or self.context.definition(first) is not None:
                inner: Syntax = Name(at, first)
                for part in rest.split("."):
                    inner = Field(at, inner, part)
                return self._call(inner, args, scope, expected)
        return self._library(head, args, scope, expected)

    def _library(
        self, head: Name, args: tuple[Syntax | Done, ...], scope: Locals, expected: Ty | None
    ) -> Typed:
        at = head.at
        full = library.find(self, head, args, scope)
        if full is None:
            return self._unbound(head)
        entry = library.FUNCTIONS[full]
        if len(args) < entry.arity:
            at.unsupported(f"{head.name} without all of its arguments")
        result = entry.elaborate(self, at, args[: entry.arity], scope, expected)
        return self.applied(result, args[entry.arity :], scope, at)

    def _unbound(self, node: Name) -> NoReturn:
        name, at = node.name, node.at
        if self._unfolding and self._unfolding[-1] in self.context.candidates(name):
            at.unsupported(f"the recursive definition of '{name}'")
        if name in self.context.foreign:
            at.unsupported(f"'{name}', made by {self.context.foreign[name]}")
        for full in self.context.candidates(name):
            if full in self.context.foreign:
                at.unsupported(f"'{name}', made by {self.context.foreign[full]}")
        if name in library.TYPES or name in FOREIGN_TYPES:
            at.invalid(f"the type {name} where a term should be")
        if library.is_foreign(name, self.context):
            at.unsupported(name)
        if name == "_":
            at.unsupported("holes `_`")
        hint = "; n! is one name in Lean, write n !" if name.endswith("!") else ""
        at.invalid(f"unknown identifier '{name}'{hint}")

    def applied(
        self, fn: Typed, args: tuple[Syntax | Done, ...], scope: Locals, at: Token
    ) -> Typed:
        """``fn`` applied to arguments one by one."""
        for arg in args:
            arrow = resolve(fn.ty)
            if isinstance(arrow, Meta):
                inner = ArrowTy(self.unknown(at), self.unknown(at))
                arrow.solution = inner
                arrow = inner
            if not isinstance(arrow, ArrowTy):
                at.invalid(f"this has type {show_type(arrow)} and takes no argument")
            fn = apply(fn, self.check(arg, scope, arrow.domain), at)
        return fn

    def _field(
        self,
        head: Field,
        args: tuple[Syntax | Done, ...],
        scope: Locals,
        expected: Ty | None,
    ) -> Typed:
        if head.name.isdigit():
            head.at.unsupported(f"the projection .{head.name}")
        if library.is_collection(self, head.of, scope):
            inner: tuple[Syntax | Done, ...] = (head.of, *args)
            if head.name in ("card", "sum", "prod"):
                return library.FUNCTIONS[f"Finset.{head.name}"].elaborate(
                    self,
                    head.at,
                    inner[: library.FUNCTIONS[f"Finset.{head.name}"].arity],
                    scope,
                    expected,
                )
            head.at.unsupported(f"Finset.{head.name}")
        value = self.term(head.of, scope)
        ty = resolve(value.ty)
        space = library.NAMESPACES.get(ty) if isinstance(ty, Scalar) else None
        full = f"{space}.{head.name}"
        if space is None or full not in library.FUNCTIONS:
            shown = full if space else f".{head.name}"
            head.at.unsupported(shown)
        return self._library(
            Name(head.at, "_root_." + full), (Done(value.at, value), *args), scope, expected
        )

    # --- definitions -----------------------------------------------------------

    def _unfold(
        self, definition: Definition, args: tuple[Syntax | Done, ...], scope: Locals, at: Token
    ) -> Typed:
        if definition.error is not None:
            raise definition.error
        if len(self._unfolding) > MAX_UNFOLDING:
            at.unsupported("definitions nested this deeply")
        note = f"unfolded {definition.name}"
        if note not in self.notes:
            self.notes.append(note)
        inner: Locals = {}
        left = list(args)
        missing: list[Local] = []
        for binder in definition.binders:
            if binder.style == "[":
                binder.at.unsupported("a definition that needs an instance")
            if binder.type is None:
                binder.at.unsupported("an argument of a definition without a type")
            outer, self.context = self.context, definition.context
            try:
                if not self.is_type(binder.type, inner) and not isinstance(binder.type, Name):
                    binder.at.unsupported("a definition that takes a proof")
                ty = self.type(binder.type, inner)
            finally:
                self.context = outer
            if binder.style in ("{", "⦃"):
                if ty is not Scalar.NAT:
                    binder.at.unsupported("an implicit argument that is not in ℕ")
                inner[binder.name] = size_variable(SizeMeta(at), at)
            elif left:
                inner[binder.name] = self.check(left.pop(0), scope, ty)
            else:
                local = Local(binder.name, ty)
                missing.append(local)
                inner[binder.name] = variable(local, at)
        outer, self.context = self.context, definition.context
        self._unfolding.append(definition.name)
        mark = self.mark()
        try:
            result = self._body(definition, inner)
            self.settle(mark)
        finally:
            self.context = outer
            self._unfolding.pop()
        for local in reversed(missing):
            result = _lambda(local, result, at)
        return self.applied(result, tuple(left), scope, at)

    def _body(self, definition: Definition, inner: Locals) -> Typed:
        assert definition.value is not None
        if definition.type is None:
            return self.term(definition.value, inner)
        return self.check(definition.value, inner, self.type(definition.type, inner))


def _substituted(body: Typed, local: Local, element: Typed) -> Typed:
    return Typed(
        body.ty, body.at, lambda env: body.build(env.bind(local, lambda: element.build(env)))
    )


def _lambda(local: Local, body: Typed, at: Token) -> Typed:
    """``fun local => body``."""

    def build(env: Env) -> Value:
        return Function(lambda arg: body.build(env.bind(local, arg)))

    return Typed(ArrowTy(local.ty, body.ty), at, build)
