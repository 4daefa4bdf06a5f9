"""What a Python expression can be while it is translated, and how two paths' values become one. Evaluates nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.specs.python.props import (
    FALSE,
    TRUE,
    conjunction,
    disjunction,
    negation,
    settled,
    to_real,
)
from hms_kernel.specs.python.source import Source
from hms_kernel.statements.rebuild import replaced
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Fin,
    Ite,
    Logic,
    Num,
    Scalar,
    Term,
    Var,
)


@dataclass(frozen=True)
class Number:
    """A number: ``term`` is of sort ℤ for an int, of ℝ for a float."""

    term: Term
    index: Term | None = None  # of sort Fin: the same number where it counts through a family

    @property
    def whole(self) -> bool:
        """Whether it is an int."""
        return self.term.sort is Scalar.INT  # type: ignore[union-attr]

    @property
    def constant(self) -> Fraction | None:
        """Its value, when that is known now."""
        return self.term.value if isinstance(self.term, Num) else None


@dataclass(frozen=True)
class Truth:
    """A bool, as a proposition."""

    prop: Term

    @property
    def constant(self) -> bool | None:
        """Its value, when that is known now."""
        return {TRUE: True, FALSE: False}.get(self.prop) if isinstance(self.prop, Logic) else None


@dataclass(frozen=True)
class Items:
    """A list or tuple whose elements are written out."""

    items: tuple[Value, ...]
    is_tuple: bool = False


@dataclass(frozen=True)
class Family:
    """A list of ``size`` elements that are alike: ``body`` at ``var``, an index of sort ``Fin size``."""

    size: Term  # a numeral of sort ℕ, or a variable: every length
    var: Var
    body: Value
    is_tuple: bool = False

    def at(self, index: Term) -> Value:
        """The element at an index of sort ``Fin size``."""
        return substituted(self.body, self.var.name, index)

    @property
    def length(self) -> int | None:
        """The size, when it is a numeral."""
        return int(self.size.value) if isinstance(self.size, Num) else None

    def element(self, position: int) -> Value:
        """The element at a position below a numeral size."""
        return self.at(Num(Fraction(position), Fin(self.size)))


@dataclass(frozen=True)
class Kept:
    """What a comprehension with ``if`` yields: elements, each with the condition that keeps it."""

    pairs: Items | Family  # of Items((Truth, value))


@dataclass(frozen=True)
class Stream:
    """A generator, or what zip, map and their like return: good for one pass, so never kept under a name."""

    over: Items | Family | Kept
    may_raise: bool = False  # at some element, which is never reached by who stops before it


@dataclass(frozen=True)
class Known:
    """An object of the running program that is no number: None, a text, a module, a function, a class."""

    value: object


@dataclass(frozen=True)
class Local:
    """A function or lambda defined inside the translated one, with the names around it."""

    source: Source
    scope: Callable[[str, ast.AST], Value]
    defaults: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Missing:
    """No value that could be used; ``why`` is said when it is."""

    why: str


Value = Number | Truth | Items | Family | Kept | Stream | Known | Local | Missing
Sequence = Items | Family


def integer(value: int) -> Number:
    """An int known now."""
    return Number(Num(Fraction(value), Scalar.INT))


def real(value: Fraction) -> Number:
    """A float known now, by its decimal reading."""
    return Number(Num(value, Scalar.REAL))


def lifted(value: object) -> Value:
    """A Python object as a value: numbers, truth values and lists of them; anything else is ``Known``.

    A float means the decimal that Python prints for it.
    """
    match value:
        case bool():
            return Truth(TRUE if value else FALSE)
        case int():
            return integer(value)
        case float() if value == value and abs(value) != float("inf"):
            return real(Fraction(repr(float(value))))
        case Fraction():
            return real(Fraction(value))
        case list() | tuple() if type(value) in (list, tuple):
            return Items(tuple(map(lifted, value)), isinstance(value, tuple))
        case _:
            return Known(value)


def substituted(value: Value, name: str, index: Term) -> Value:
    """A family's body with its index variable replaced."""
    match value:
        case Number(term=term, index=own):
            new = settled(replaced(term, name, index))
            return Number(new, None if own is None else replaced(own, name, index))
        case Truth(prop=prop):
            return Truth(settled(replaced(prop, name, index)))
        case Items(items=items, is_tuple=is_tuple):
            return Items(tuple(substituted(item, name, index) for item in items), is_tuple)
        case Family(size=size, var=var, body=body, is_tuple=is_tuple):
            return Family(size, var, substituted(body, name, index), is_tuple)
        case Kept(pairs=pairs):
            inner = substituted(pairs, name, index)
            assert isinstance(inner, Items | Family)
            return Kept(inner)
        case _:
            return value


def parameter_family(name: str, size: Term, sort: Scalar, index: str, is_tuple: bool) -> Family:
    """The list that a variable ``name : Fin size → sort`` is."""
    var = Var(index, Fin(size))
    element = Apply(Var(name, Arrow(Fin(size), sort)), var, sort)
    body: Value = Truth(element) if sort is Scalar.PROP else Number(element)
    return Family(size, var, body, is_tuple)


# --- one value out of two --------------------------------------------------------------


def choose(condition: Term, one: Value, other: Value) -> Value:
    """``one`` where the condition holds, ``other`` elsewhere; ``Missing`` if that is no one value."""
    if one == other or condition == TRUE:
        return one
    if condition == FALSE:
        return other
    match one, other:
        case Truth(), Truth():
            return Truth(_either(condition, one.prop, other.prop))
        case ((Number() | Truth()), (Number() | Truth())):
            return _number(condition, as_number(one), as_number(other))
        case Items(), Items() if (len(one.items), one.is_tuple) == (
            len(other.items),
            other.is_tuple,
        ):
            pairs = zip(one.items, other.items, strict=True)
            return Items(tuple(choose(condition, a, b) for a, b in pairs), one.is_tuple)
        case Family(), Family() if (one.size, one.is_tuple) == (other.size, other.is_tuple):
            body = choose(condition, one.body, other.at(one.var))
            return Family(one.size, one.var, body, one.is_tuple)
        case Missing(), _:
            return one
        case _, Missing():
            return other
    return Missing(f"it is {kind(one)} on one path and {kind(other)} on another")


def as_number(value: Number | Truth) -> Number:
    """A bool is an int in arithmetic: 1 or 0."""
    if isinstance(value, Number):
        return value
    if value.constant is not None:
        return integer(int(value.constant))
    one, zero = Num(Fraction(1), Scalar.INT), Num(Fraction(0), Scalar.INT)
    return Number(Ite(value.prop, one, zero, Scalar.INT))


def _number(condition: Term, one: Number, other: Number) -> Number:
    a, b = one.term, other.term
    if one.whole != other.whole:
        a, b = to_real(a), to_real(b)
    return Number(Ite(condition, a, b, a.sort))  # type: ignore[union-attr]


def _either(condition: Term, one: Term, other: Term) -> Term:
    if one == TRUE:
        return disjunction((condition, other))
    if one == FALSE:
        return conjunction((negation(condition), other))
    if other == TRUE:
        return disjunction((negation(condition), one))
    if other == FALSE:
        return conjunction((condition, one))
    return disjunction((conjunction((condition, one)), conjunction((negation(condition), other))))


def kind(value: Value) -> str:
    """What a value is, for messages."""
    match value:
        case Number():
            return "an int" if value.whole else "a number"
        case Truth():
            return "a bool"
        case Items(items=items, is_tuple=is_tuple):
            return f"a {'tuple' if is_tuple else 'list'} of {len(items)}"
        case Family(is_tuple=is_tuple):
            return "a tuple" if is_tuple else "a list"
        case Kept():
            return "a list whose length depends on the arguments"
        case Stream():
            return "a generator"
        case Known(value=None):
            return "None"
        case Known(value=found):
            return f"a {type(found).__name__}"
        case Local():
            return "a function"
        case Missing():
            return "nothing"
