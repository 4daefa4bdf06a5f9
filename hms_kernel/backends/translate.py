"""Core terms as z3 terms of one context, exactly as Lean means them. Asks the solver nothing.

Exact means: the assertions produced can hold together whenever the core propositions
can, so "unsat" always carries over. ℚ is the one relaxation: its variables become
reals, and where a quantifier ranges over ℚ a predicate marks which reals are known to
be rational. A "sat" is only ever a suggestion to be replayed.
"""

from __future__ import annotations

from fractions import Fraction

import z3

from hms_kernel.backends.ranges import admitted
from hms_kernel.backends.sequent import has_rationals
from hms_kernel.backends.symbols import INTEGERS, Function, Meaning, Symbols, Table, is_whole
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
    sort_of,
)

MAX_RANGE = 256  # a bounded quantifier is expanded up to here, and left to the solver beyond


class Translator(Symbols):
    """Translates within one context; remembers what the solver must know about its symbols.

    Raises:
        UnsupportedStatement: from every method, naming the construct.
    """

    def __init__(self, context: z3.Context) -> None:
        super().__init__(context)
        self._positive = True  # polarity of the proposition being translated

    # --- what callers use ----------------------------------------------------

    def assertion(self, prop: Term, *, negated: bool = False) -> z3.BoolRef:
        """``prop`` (or its negation) as something to assert."""
        self._positive = not negated
        value = self.prop(prop)
        return self.ops.truth(self.ops.negate(value) if negated else value)

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
        if has_rationals(sort) and self._rational is None:
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
        ends = admitted(term, self.number)
        if ends is None or ends[1] - ends[0] + 1 > MAX_RANGE:
            return None
        self._count(max(0, ends[1] - ends[0] + 1))
        return [Fraction(value) for value in range(ends[0], ends[1] + 1)]

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
                holds = self._both_ways(cond)
                if isinstance(holds, bool):
                    return self.number(yes if holds else no)
                return self.ops.choose(
                    holds, self.number(yes), self.number(no), whole=is_whole(sort)
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
