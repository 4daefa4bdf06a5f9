"""Core terms as z3 terms of one context, exactly as Lean means them. Asks the solver nothing.

Exact means: the assertions produced can hold together whenever the core propositions
can, so "unsat" always carries over. ℚ is the one relaxation: its variables become
reals, and where a quantifier ranges over ℚ a predicate marks which reals are known to
be rational. A "sat" is only ever a suggestion to be replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import z3

from hms_kernel.backends.arithmetic import Operations
from hms_kernel.backends.values import Number, Truth
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
    children,
    sort_of,
)

MAX_TERMS = 5000  # expanded sums, products and finite quantifiers of one translation
MAX_RANGE = 256  # a bounded quantifier is expanded up to here, and left to the solver beyond

INTEGERS = (Scalar.NAT, Scalar.INT)
FIELDS = (Scalar.RAT, Scalar.REAL)


@dataclass(frozen=True)
class Table:
    """A function on ``Fin size``, expanded: one entry per index."""

    entries: tuple[Meaning, ...]


@dataclass(frozen=True)
class Function:
    """An uninterpreted function: its z3 declaration, argument sorts, result sort."""

    decl: z3.FuncDeclRef
    domains: tuple[Sort, ...]
    codomain: Sort


Meaning: TypeAlias = "Number | Truth | Table | Function"


def is_whole(sort: Sort) -> bool:
    """Whether the sort is one of integers for the solver."""
    return sort in INTEGERS or isinstance(sort, Fin)


class Translator:
    """Translates within one context; remembers what the solver must know about its symbols.

    Raises:
        UnsupportedStatement: from every method, naming the construct.
    """

    def __init__(self, context: z3.Context) -> None:
        self.context = context
        self.ops = Operations(context, self._define)
        self.constants: dict[str, Meaning] = {}  # declared variables, in order
        self._facts: list[Truth] = []  # true of the symbols by their sorts and definitions
        self._scopes: list[list[tuple[z3.ExprRef, z3.BoolRef]]] = []  # inside quantifiers
        self._env: dict[str, Meaning] = {}
        self._terms = 0
        self._fresh = 0
        self._positive = True  # polarity of the proposition being translated
        self._rational: z3.FuncDeclRef | None = None

    # --- what callers use ----------------------------------------------------

    def declare(self, var: Var) -> None:
        """Introduce a universally quantified variable of the whole statement."""
        meaning = self._symbol(var.name, var.sort, self._facts)
        self.constants[var.name] = meaning
        self._env[var.name] = meaning

    def assertion(self, prop: Term, *, negated: bool = False) -> z3.BoolRef:
        """``prop`` (or its negation) as something to assert."""
        self._positive = not negated
        value = self.prop(prop)
        return self.ops.truth(self.ops.negate(value) if negated else value)

    def facts(self) -> list[z3.BoolRef]:
        """What must be asserted besides: sort constraints and definitions of auxiliary symbols."""
        return [self.ops.truth(fact) for fact in self._facts if fact is not True]

    # --- symbols -------------------------------------------------------------

    def _symbol(self, name: str, sort: Sort, guards: list[Truth]) -> Meaning:
        match sort:
            case Scalar.PROP:
                return z3.Bool(name, self.context)
            case Scalar.NAT:
                value = z3.Int(name, self.context)
                guards.append(value >= 0)
                return value
            case Scalar.INT:
                return z3.Int(name, self.context)
            case Scalar.RAT | Scalar.REAL:
                real = z3.Real(name, self.context)
                if sort is Scalar.RAT:
                    self._note_rational(real, guards)
                return real
            case Fin():
                value = z3.Int(name, self.context)
                guards.append(self._below(value, sort))
                return value
            case Arrow(domain=Fin() as domain, codomain=codomain) if self._tabular(sort):
                size = self._size(domain)
                self._count(size)
                return Table(
                    tuple(self._symbol(f"{name}[{i}]", codomain, guards) for i in range(size))
                )
            case Arrow():
                return self._function(name, sort)
        raise UnsupportedStatement(f"variables of sort {sort}")

    def _function(self, name: str, sort: Arrow) -> Function:
        domains: list[Sort] = []
        rest: Sort = sort
        while isinstance(rest, Arrow):
            domains.append(rest.domain)
            rest = rest.codomain
        if any(isinstance(domain, Arrow) for domain in domains):
            raise UnsupportedStatement(f"the higher-order function {name}")
        decl = z3.Function(name, *(self._z3_sort(part) for part in (*domains, rest)))
        return Function(decl, tuple(domains), rest)

    def _z3_sort(self, sort: Sort) -> z3.SortRef:
        if sort is Scalar.PROP:
            return z3.BoolSort(self.context)
        return z3.IntSort(self.context) if is_whole(sort) else z3.RealSort(self.context)

    def _size(self, sort: Fin) -> int:
        size = self.number(sort.size)
        if not isinstance(size, Fraction):
            raise UnsupportedStatement("Fin n, for an n that is not a numeral, here")
        return int(size)

    def _below(self, value: z3.ArithRef, sort: Fin) -> z3.BoolRef:
        size = self.ops.lift(self.number(sort.size), whole=True)
        return z3.And(value >= 0, value < size)

    def _tabular(self, sort: Sort) -> bool:
        """Whether all arguments range over ``Fin`` of known size."""
        while isinstance(sort, Arrow):
            if not isinstance(sort.domain, Fin):
                return False
            if not isinstance(self.number(sort.domain.size), Fraction):
                return False
            sort = sort.codomain
        return True

    def _define(
        self, base: str, whole: bool, definition: Callable[[z3.ArithRef], z3.BoolRef]
    ) -> z3.ArithRef:
        """A fresh symbol that ``definition`` determines; said where the symbol is bound."""
        self._fresh += 1
        name = f"{base}!{self._fresh}"
        symbol = z3.Int(name, self.context) if whole else z3.Real(name, self.context)
        if self._scopes:
            self._scopes[-1].append((symbol, definition(symbol)))
        else:
            self._facts.append(definition(symbol))
        return symbol

    def _note_rational(self, value: z3.ArithRef, guards: list[Truth]) -> None:
        if self._rational is not None:
            guards.append(self._rational(value))

    def expect_rational_quantifiers(self) -> None:
        """Call before declaring anything when a quantifier inside ranges over ℚ."""
        if self._rational is None:
            self._rational = z3.Function(
                "rational!", z3.RealSort(self.context), z3.BoolSort(self.context)
            )

    def _count(self, terms: int) -> None:
        self._terms += terms
        if self._terms > MAX_TERMS:
            raise UnsupportedStatement(
                f"finite sums, products and quantifiers of more than {MAX_TERMS} terms in all"
            )

    # --- propositions --------------------------------------------------------

    def prop(self, term: Term) -> Truth:
        """A proposition as a truth value or z3 formula."""
        match term:
            case Logic():
                return self._logic(term)
            case Rel():
                return self._relation(term)
            case Quant():
                return self._quantifier(term)
            case Pred():
                return self.ops.predicate(term.name, [self._whole_argument(a) for a in term.args])
            case Var() | Apply():
                value = self._meaning(term)
                if isinstance(value, bool | z3.BoolRef):
                    return value
            case Ite():
                cond = self._both_ways(term.cond)
                return self.ops.any(
                    [
                        self.ops.all([cond, self.prop(term.yes)]),
                        self.ops.all([self.ops.negate(cond), self.prop(term.no)]),
                    ]
                )
        raise UnsupportedStatement(f"{_name(term)} as a proposition")

    def _logic(self, term: Logic) -> Truth:
        match term.op, term.args:
            case "True", ():
                return True
            case "False", ():
                return False
            case "¬", (inner,):
                return self.ops.negate(self._flipped(inner))
            case "∧", args:
                return self.ops.all([self.prop(arg) for arg in args])
            case "∨", args:
                return self.ops.any([self.prop(arg) for arg in args])
            case "→", (*premises, last):
                left = self.ops.all([self._flipped(premise) for premise in premises])
                return self.ops.implies(left, self.prop(last))
            case "↔", (left_term, right_term):
                return self.ops.iff(self._both_ways(left_term), self._both_ways(right_term))
        raise UnsupportedStatement(f"the connective {term.op}")

    def _flipped(self, term: Term) -> Truth:
        self._positive = not self._positive
        try:
            return self.prop(term)
        finally:
            self._positive = not self._positive

    def _both_ways(self, term: Term) -> Truth:
        """A proposition used in both polarities. Definitions are functional, so either form is exact."""
        return self.prop(term)

    def _relation(self, term: Rel) -> Truth:
        sort = sort_of(term.left)
        if sort is Scalar.PROP and term.op in ("=", "≠"):
            same = self.ops.iff(self._both_ways(term.left), self._both_ways(term.right))
            return same if term.op == "=" else self.ops.negate(same)
        if isinstance(sort, Arrow):
            return self._same_functions(term)
        left, right = self.number(term.left), self.number(term.right)
        whole = is_whole(sort)
        match term.op:
            case "=":
                return self.ops.equal(left, right, whole=whole)
            case "≠":
                return self.ops.negate(self.ops.equal(left, right, whole=whole))
            case "<":
                return self.ops.less(left, right, whole=whole)
            case ">":
                return self.ops.less(right, left, whole=whole)
            case "≤":
                return self.ops.at_most(left, right, whole=whole)
            case "≥":
                return self.ops.at_most(right, left, whole=whole)
            case "∣":
                return self.ops.divides(left, right, whole=whole)
        raise UnsupportedStatement(f"the relation {term.op}")

    def _same_functions(self, term: Rel) -> Truth:
        left, right = self._meaning(term.left), self._meaning(term.right)
        if term.op not in ("=", "≠") or not isinstance(left, Table) or not isinstance(right, Table):
            raise UnsupportedStatement("equality of functions")
        pairs = zip(_flat(left), _flat(right), strict=True)
        same = self.ops.all([self._same(a, b) for a, b in pairs])
        return same if term.op == "=" else self.ops.negate(same)

    def _same(self, a: Number | Truth, b: Number | Truth) -> Truth:
        if isinstance(a, bool | z3.BoolRef) and isinstance(b, bool | z3.BoolRef):
            return self.ops.iff(a, b)
        assert isinstance(a, z3.ArithRef)
        assert isinstance(b, z3.ArithRef)
        return self.ops.equal(a, b, whole=bool(z3.is_int(a)))

    # --- quantifiers ---------------------------------------------------------

    def _quantifier(self, term: Quant) -> Truth:
        join = self.ops.all if term.op == "∀" else self.ops.any
        values = self._finite_range(term)
        if values is not None:
            return join([self._at(term.var, value, term.body) for value in values])
        guards: list[Truth] = []
        sort = term.var.sort
        if sort is Scalar.RAT and self._rational is None:
            raise UnsupportedStatement("a quantifier over ℚ here")
        if isinstance(sort, Arrow) and not self._tabular(sort):
            raise UnsupportedStatement("a quantifier over functions")
        self._fresh += 1
        bound = self._symbol(f"{term.var.name}!{self._fresh}", sort, guards)
        # Names are unique within a statement, but expansion visits a body repeatedly.
        scope: list[tuple[z3.ExprRef, z3.BoolRef]] = []
        self._scopes.append(scope)
        try:
            with self._bind(term.var.name, bound):
                body = self.prop(term.body)
        finally:
            self._scopes.pop()
        body = self._close(body, scope)
        guard = self.ops.all(guards)
        every = term.op == "∀"
        inner = self.ops.implies(guard, body) if every else self.ops.all([guard, body])
        if isinstance(inner, bool):
            return inner
        symbols = [part for part in _flat(bound) if isinstance(part, z3.ExprRef)]
        if not symbols:
            return inner
        return z3.ForAll(symbols, inner) if every else z3.Exists(symbols, inner)

    def _close(self, body: Truth, scope: list[tuple[z3.ExprRef, z3.BoolRef]]) -> Truth:
        """Bind the auxiliary symbols that were defined inside a quantifier's body.

        Each is defined uniquely, so "for the value it has" may be said with ∃ or with ∀;
        the one that becomes a Skolem constant is the one the solver can use.
        """
        if not scope or isinstance(body, bool):
            return body
        symbols = [symbol for symbol, _ in scope]
        definitions = z3.And(*(definition for _, definition in scope))
        if self._positive:
            return z3.Exists(symbols, z3.And(definitions, body))
        return z3.ForAll(symbols, z3.Implies(definitions, body))

    def _finite_range(self, term: Quant) -> list[Meaning] | None:
        """All values of the bound variable that its guard admits, when they are few and known."""
        sort = term.var.sort
        if sort is Scalar.PROP:
            return [False, True]
        if isinstance(sort, Fin):
            known = self.number(sort.size)
            if not isinstance(known, Fraction):
                return None
            self._count(int(known))
            return [Fraction(i) for i in range(int(known))]
        if sort not in INTEGERS:
            return None
        low: int | None = 0 if sort is Scalar.NAT else None
        high: int | None = None
        for guard in _guards(term):
            for lower, bound in self._bounds(guard, term.var):
                if lower:
                    low = bound if low is None else max(low, bound)
                else:
                    high = bound if high is None else min(high, bound)
        if low is None or high is None or high - low + 1 > MAX_RANGE:
            return None
        self._count(max(0, high - low + 1))
        return [Fraction(value) for value in range(low, high + 1)]

    def _bounds(self, guard: Term, var: Var) -> Iterator[tuple[bool, int]]:
        """(is it a lower bound, inclusive bound) for guards like ``2 ≤ x`` and ``x < 5``."""
        if not isinstance(guard, Rel) or guard.op not in ("<", "≤", ">", "≥", "="):
            return
        if guard.left == var and not _mentions(guard.right, var.name):
            other, on_left = guard.right, True
        elif guard.right == var and not _mentions(guard.left, var.name):
            other, on_left = guard.left, False
        else:
            return
        if not isinstance(other, Num | Cast | Op) or any(True for _ in _variables(other)):
            return
        value = self.number(other)
        if not isinstance(value, Fraction) or value.denominator != 1:
            return
        edge = int(value)
        if guard.op == "=":
            yield True, edge
            yield False, edge
            return
        below = (guard.op in ("<", "≤")) == on_left  # the variable is on the smaller side
        strict = 1 if guard.op in ("<", ">") else 0
        yield (False, edge - strict) if below else (True, edge + strict)

    @contextmanager
    def _bind(self, name: str, meaning: Meaning) -> Iterator[None]:
        outer = self._env.get(name)
        self._env[name] = meaning
        try:
            yield
        finally:
            if outer is None:
                del self._env[name]
            else:
                self._env[name] = outer

    def _at(self, var: Var, value: Meaning, body: Term) -> Truth:
        with self._bind(var.name, value):
            return self.prop(body)

    # --- numbers -------------------------------------------------------------

    def number(self, term: Term) -> Number:
        """A term of numeric sort as a fraction or z3 term."""
        match term:
            case Num(value=value, sort=sort):
                if isinstance(sort, Fin):
                    size = self._size(sort)
                    return Fraction(value % size) if size else value
                return value
            case Var() | Apply():
                meaning = self._meaning(term)
                if isinstance(meaning, Fraction | z3.ArithRef):
                    return meaning
                raise UnsupportedStatement(f"{_name(term)} as a number")
            case Cast(arg=arg, sort=sort):
                value_ = self.number(arg)
                if is_whole(sort_of(arg)) and not is_whole(sort):
                    return self.ops.to_real(value_)
                return value_
            case Ite(cond=cond, yes=yes, no=no, sort=sort):
                return self.ops.choose(
                    self._both_ways(cond), self.number(yes), self.number(no), whole=is_whole(sort)
                )
            case Op():
                return self._operation(term)
            case Big():
                return self._big(term)
        raise UnsupportedStatement(f"{_name(term)} as a number")

    def _operation(self, term: Op) -> Number:
        args = [self.number(arg) for arg in term.args]
        if term.op == "^":
            exponent = args[1]
            if not isinstance(exponent, Fraction):
                raise UnsupportedStatement("a power whose exponent is not a numeral")
            return self.ops.power_of(args[0], int(exponent), _scalar(term.sort))
        if isinstance(term.sort, Fin):
            return self.ops.modular(term.op, args, self._size(term.sort))
        return self.ops.apply(term.op, args, _scalar(term.sort), sort_of(term.args[0]))

    def _big(self, term: Big) -> Number:
        whole = is_whole(term.sort)
        low, high = self._big_range(term)
        self._count(max(0, high - low))
        parts = []
        for index in range(low, high):
            with self._bind(term.var.name, Fraction(index)):
                parts.append(self.number(term.body))
        if term.op == "∑":
            return self.ops.add(parts, whole=whole)
        return self.ops.multiply(parts, whole=whole)

    def _big_range(self, term: Big) -> tuple[int, int]:
        if term.low is None or term.high is None:
            if not isinstance(term.var.sort, Fin):
                raise UnsupportedStatement(f"{term.op} over an infinite type")
            return 0, self._size(term.var.sort)
        low, high = self.number(term.low), self.number(term.high)
        if not isinstance(low, Fraction) or not isinstance(high, Fraction):
            raise UnsupportedStatement(f"{term.op} over a range whose ends are not numerals")
        return int(low), int(high)

    def _whole_argument(self, term: Term) -> tuple[Number, Sort]:
        return self.number(term), sort_of(term)

    # --- variables and their application -------------------------------------

    def _meaning(self, term: Term) -> Meaning:
        arguments: list[Term] = []
        while isinstance(term, Apply):
            arguments.insert(0, term.arg)
            term = term.fn
        if not isinstance(term, Var):
            raise UnsupportedStatement(f"the application of {_name(term)}")
        if term.name not in self._env:
            raise UnsupportedStatement(f"the unbound variable {term.name}")
        return self._applied(self._env[term.name], arguments, term)

    def _applied(self, head: Meaning, arguments: list[Term], var: Var) -> Meaning:
        if not arguments:
            return head
        if isinstance(head, Table):
            index = self.number(arguments[0])
            return self._entry(head, index, arguments[1:], var)
        if not isinstance(head, Function) or len(arguments) != len(head.domains):
            raise UnsupportedStatement(f"{var.name} applied to {len(arguments)} arguments")
        values = [
            self.ops.truth(self.prop(arg))
            if domain is Scalar.PROP
            else self.ops.lift(self.number(arg), whole=is_whole(domain))
            for arg, domain in zip(arguments, head.domains, strict=True)
        ]
        value = head.decl(*values)
        self._note_result(value, head.codomain, values)
        return value

    def _note_result(self, value: z3.ExprRef, sort: Sort, arguments: list[z3.ExprRef]) -> None:
        """What the sort of an application's result says about it."""
        guards: list[Truth] = []
        if sort is Scalar.NAT:
            guards.append(value >= 0)
        elif isinstance(sort, Fin):
            guards.append(self._below(value, sort))
        elif sort is Scalar.RAT:
            self._note_rational(value, guards)
        if not guards:
            return
        if not self._scopes:
            known = self.ops.all(guards)
            if not any(isinstance(fact, z3.BoolRef) and fact.eq(known) for fact in self._facts):
                self._facts.append(known)
            return
        # Under a quantifier the argument has no name outside: say it of every argument.
        decl = value.decl()
        general = [z3.Const(f"any!{i}", argument.sort()) for i, argument in enumerate(arguments)]
        fact = z3.ForAll(
            general, z3.substitute(self.ops.truth(self.ops.all(guards)), (value, decl(*general)))
        )
        if not any(isinstance(known, z3.BoolRef) and known.eq(fact) for known in self._facts):
            self._facts.append(fact)

    def _entry(self, table: Table, index: Number, rest: list[Term], var: Var) -> Meaning:
        if isinstance(index, Fraction):
            if not 0 <= index < len(table.entries):
                raise UnsupportedStatement(f"{var.name} at {index}, outside its domain")
            return self._applied(table.entries[int(index)], rest, var)
        if not table.entries:
            raise UnsupportedStatement(f"{var.name}, a function on the empty type, applied")
        entries = [self._applied(entry, rest, var) for entry in table.entries]
        result = entries[-1]
        for position in reversed(range(len(entries) - 1)):
            result = self._pick(index == position, entries[position], result)
        return result

    def _pick(self, cond: Truth, yes: Meaning, no: Meaning) -> Meaning:
        if isinstance(yes, Table) and isinstance(no, Table):
            pairs = zip(yes.entries, no.entries, strict=True)
            return Table(tuple(self._pick(cond, a, b) for a, b in pairs))
        if isinstance(yes, z3.ExprRef) and isinstance(no, z3.ExprRef):
            return z3.If(cond, yes, no)
        raise UnsupportedStatement("a choice between functions")


def _flat(meaning: Meaning) -> list[Number | Truth]:
    if isinstance(meaning, Table):
        return [part for entry in meaning.entries for part in _flat(entry)]
    if isinstance(meaning, Function):
        raise UnsupportedStatement("equality of functions")
    return [meaning]


def _guards(term: Quant) -> Iterator[Term]:
    """Conditions that a bounded quantifier puts on its variable, at the head of the body."""
    connective = "→" if term.op == "∀" else "∧"
    body = term.body
    while isinstance(body, Logic) and body.op == connective:
        *heads, body = body.args
        for head in heads:
            yield from _conjuncts(head)
    if term.op == "∃":
        yield body


def _conjuncts(term: Term) -> Iterator[Term]:
    if isinstance(term, Logic) and term.op == "∧":
        for arg in term.args:
            yield from _conjuncts(arg)
    else:
        yield term


def _variables(term: Term) -> Iterator[str]:
    if isinstance(term, Var):
        yield term.name
    for child in children(term):
        yield from _variables(child)


def _mentions(term: Term, name: str) -> bool:
    return any(name == other for other in _variables(term))


def _scalar(sort: Sort) -> Scalar:
    if isinstance(sort, Scalar):
        return sort
    raise UnsupportedStatement(f"arithmetic at sort {sort}")


def _name(term: Term) -> str:
    match term:
        case Op(op=op) | Big(op=op) | Rel(op=op) | Logic(op=op) | Quant(op=op):
            return f"{op}"
        case Pred(name=name) | Var(name=name):
            return name
        case _:
            return type(term).__name__
