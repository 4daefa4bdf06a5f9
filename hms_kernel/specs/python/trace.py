"""What a translation collects on its way: under which conditions it is, what must not happen there, large values by name.

Python stops where Lean's total functions go on (``x / 0``), so "it does not raise" is part
of every claim. Each such demand is recorded with the conditions under which it is met.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.errors import UnsupportedStatement
from hms_kernel.specs.claim import KEYWORDS, is_identifier
from hms_kernel.specs.python.props import FALSE, TRUE, conjunction, implication, negation
from hms_kernel.specs.python.source import Text
from hms_kernel.specs.python.values import Number, Truth, Value
from hms_kernel.statements.rebuild import RESERVED
from hms_kernel.statements.terms import (
    Fin,
    Logic,
    Num,
    Quant,
    Rel,
    Scalar,
    Term,
    Var,
    children,
)

MOST_STEPS = 20_000  # statements and expressions evaluated for one claim
MOST_CALLS = 40  # of functions within functions
LARGE, DEEP = 150, 30  # nodes, levels: a larger value gets a name and an equation


@dataclass(frozen=True)
class Demand:
    """Something that must hold for Python not to raise."""

    prop: Term  # conditions included
    error: str  # what is raised otherwise: "ZeroDivisionError"
    place: str  # "score.py, line 3"


class Trace:
    """One translation in progress.

    Args:
        exact: floats are real numbers; otherwise IEEE-754 doubles.
        computes: operations on constants are done. By default only on exact ones: how a
            double rounds is the prover's to say, and a replay's.
    """

    def __init__(self, *, exact: bool = True, computes: bool | None = None) -> None:
        self.exact = exact
        self.computes = exact if computes is None else computes
        self.path: tuple[Term, ...] = ()  # what is known to hold where we are
        self.demands: list[Demand] = []
        self.definitions: list[tuple[Var, Term]] = []  # large values: variable and equation
        self.notes: dict[str, None] = {}
        self.decimals = False  # whether a float was written somewhere
        self.depth = 0  # of calls
        self.raising = 0  # how often something was found that may raise
        self.supposing = False  # inside what is assumed: asking for too much there is unsound
        self._steps = 0
        self._generic = 0  # inside how many bodies over an index
        self._from = 0  # where the innermost such body's path begins
        self._taken: set[str] = set()
        self._sizes: dict[int, tuple[Term, int, int]] = {}

    # --- names ---------------------------------------------------------------

    def fresh(self, name: str) -> str:
        """A Lean name that nothing else has, as near to a Python one as possible."""
        base = name if is_identifier(name) and name != "_" else f"{name.strip('_') or 'x'}_"
        if base in KEYWORDS or base in RESERVED or not is_identifier(base):
            base = f"v_{base}"
        chosen, count = base, 0
        while chosen in self._taken:
            count += 1
            chosen = f"{base}_{count}"
        self._taken.add(chosen)
        return chosen

    # --- limits --------------------------------------------------------------

    def step(self, node: ast.AST, text: Text) -> None:
        """Count a step.

        Raises:
            UnsupportedStatement: there were too many.
        """
        self._steps += 1 + len(self.path) // 4  # long conditions are work, too
        if self._steps > MOST_STEPS:
            text.unsupported(
                node, "this unrolls to too many steps; use smaller sizes or a simpler loop"
            )

    # --- conditions ------------------------------------------------------------

    @contextmanager
    def assuming(self, *conditions: Term) -> Iterator[None]:
        """Within the block, the conditions hold."""
        before = self.path
        self.path = (*before, *(c for c in conditions if c != TRUE))
        try:
            yield
        finally:
            self.path = before

    @property
    def unreachable(self) -> bool:
        """Whether the present conditions exclude each other, as far as can be seen."""
        return any(c == FALSE or negation(c) in self.path for c in self.path)

    def demand(self, prop: Term, error: str, node: ast.AST, text: Text) -> None:
        """Record that Python raises ``error`` here unless ``prop`` holds."""
        known = implication(self.path[self._from :], prop)
        if known == TRUE or self.unreachable:
            return
        self.raising += 1
        found = Demand(known, error, f"{text.label}, line {getattr(node, 'lineno', 1)}")
        if all(found.prop != d.prop or found.error != d.error for d in self.demands):
            self.demands.append(found)

    @contextmanager
    def each(self, var: Var) -> Iterator[None]:
        """Within the block, ``var`` is any index of its sort: demands made there are made for all."""
        outer, start = self.demands, self._from
        self.demands, self._from, self._generic = [], len(self.path), self._generic + 1
        try:
            yield
            inner = self.demands
        finally:
            self.demands, self._from, self._generic = outer, start, self._generic - 1
        for found in inner:
            prop = implication(self.path[self._from :], for_all(var, found.prop))
            self.demands.append(Demand(prop, found.error, found.place))

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A block whose records are dropped if it raises."""
        state = (
            self.path,
            self.demands,
            list(self.demands),
            list(self.definitions),
            dict(self.notes),
        )
        depth, generic, start = self.depth, self._generic, self._from
        try:
            yield
        except UnsupportedStatement:
            self.path, self.demands, kept, self.definitions, self.notes = state
            self.demands[:] = kept
            self.depth, self._generic, self._from = depth, generic, start
            raise

    # --- large values ------------------------------------------------------------

    def named(self, name: str, value: Value) -> Value:
        """The value, under a name of its own if it is large: otherwise sharing would be lost."""
        if self._generic or not isinstance(value, Number | Truth):
            return value
        term = value.term if isinstance(value, Number) else value.prop
        size, depth = self._measure(term)
        if size <= LARGE and depth <= DEEP:
            return value
        sort = value.term.sort if isinstance(value, Number) else Scalar.PROP  # type: ignore[union-attr]
        var = Var(self.fresh(name), sort)
        self.definitions.append((var, term))
        return Number(var) if isinstance(value, Number) else Truth(var)

    def equations(self) -> list[Term]:
        """One hypothesis per named value. Each has exactly one solution, so none excludes anything."""
        return [
            Logic("↔", (var, term)) if var.sort is Scalar.PROP else Rel("=", var, term)
            for var, term in self.definitions
        ]

    def _measure(self, term: Term) -> tuple[int, int]:
        known = self._sizes.get(id(term))
        if known is None:
            parts = [self._measure(child) for child in children(term)]
            size = 1 + sum(part[0] for part in parts)
            depth = 1 + max((part[1] for part in parts), default=0)
            known = self._sizes[id(term)] = (term, size, depth)  # the term stays, so its id does
        return known[1], known[2]


def for_all(var: Var, prop: Term) -> Term:
    """``∀ var, prop``; over an index of an empty list nothing is asked."""
    assert isinstance(var.sort, Fin)
    if prop == TRUE or var.sort.size == Num(Fraction(0), Scalar.NAT):
        return TRUE
    return Quant("∀", var, prop)


def exists(var: Var, prop: Term) -> Term:
    """``∃ var, prop``."""
    assert isinstance(var.sort, Fin)
    if prop == FALSE or var.sort.size == Num(Fraction(0), Scalar.NAT):
        return FALSE
    return Quant("∃", var, prop)


def safe(demands: list[Demand]) -> Term:
    """That nothing is raised."""
    return conjunction([demand.prop for demand in demands])
