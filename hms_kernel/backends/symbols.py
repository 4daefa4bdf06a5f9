"""What names mean to the solver: constants, tables, functions, and the facts their sorts bring. Translates no term."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import z3

from hms_kernel.backends.arithmetic import Operations
from hms_kernel.backends.values import Number, Truth
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import Arrow, Fin, Scalar, Sort, Term, Var

MAX_TERMS = 5000  # expanded sums, products and finite quantifiers of one translation

INTEGERS = (Scalar.NAT, Scalar.INT)


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


class Symbols(ABC):
    """The names of one translation, and what must be asserted about them."""

    def __init__(self, context: z3.Context) -> None:
        self.context = context
        self.ops = Operations(context, self._define)
        self.constants: dict[str, Meaning] = {}  # declared variables, in order
        self._facts: list[Truth] = []  # true of the symbols by their sorts and definitions
        self._scopes: list[list[tuple[z3.ExprRef, z3.BoolRef]]] = []  # inside quantifiers
        self._env: dict[str, Meaning] = {}
        self._noted: set[int] = set()
        self._terms = 0
        self._fresh = 0
        self._rational: z3.FuncDeclRef | None = None

    def release(self) -> None:
        """Let go of the context at once; the translation cannot be used any more.

        It refers to itself, and z3 counts what waits for the cycle collector as memory in use.
        """
        del self.ops

    @abstractmethod
    def number(self, term: Term) -> Number:
        """A term of numeric sort as a fraction or z3 term."""

    def declare(self, var: Var) -> None:
        """Introduce a universally quantified variable of the whole statement."""
        meaning = self._symbol(var.name, var.sort, self._facts)
        self.constants[var.name] = meaning
        self._env[var.name] = meaning

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
            self._note_once(self.ops.all(guards))
            return
        # Under a quantifier the argument has no name outside: say it of every argument.
        decl = value.decl()
        general = [z3.Const(f"any!{i}", argument.sort()) for i, argument in enumerate(arguments)]
        fact = z3.ForAll(
            general, z3.substitute(self.ops.truth(self.ops.all(guards)), (value, decl(*general)))
        )
        self._note_once(fact)

    def _note_once(self, fact: Truth) -> None:
        # Equal terms are one object within a context, so its id identifies a fact.
        key = 0 if isinstance(fact, bool) else fact.get_id()
        if key not in self._noted:
            self._noted.add(key)
            self._facts.append(fact)
