"""One context and what has been learnt of it: rows, definitions, instances. Splits no cases.

What is learnt is what the last point of the linear program violates, cheap things first.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from hms_kernel.backends.certifying.instances import points
from hms_kernel.backends.certifying.linear import Point, Program
from hms_kernel.backends.certifying.pool import Pool, plain_squares, signs_of
from hms_kernel.backends.certifying.purse import Purse
from hms_kernel.backends.certifying.rows import (
    Factors,
    Generic,
    Row,
    Summed,
    Times,
    Wrap,
    row_of,
    rows_of,
    written,
)
from hms_kernel.backends.certifying.summing import generics
from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.definitions import definition
from hms_kernel.certificates.language import Define, Divide, Instance, Proof
from hms_kernel.certificates.polynomials import (
    NAT,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Or,
    Poly,
    Quantified,
    Rejected,
    number,
    of,
)

DEFINABLE = (
    *("ite", "abs", "min", "max", "minus", "inverse", "quotient", "remainder"),
    *("floor", "sqrt", "nat_sqrt", "sum"),
)
MAX_CUTS = 8  # products added at a time
MAX_SQUARED = 24  # rounds of squares made for the point
MAX_DIVISOR = 24
MAX_INSTANCES = 60  # in one context
MAX_LOOKED_AHEAD = 6
SMALL_SUM = 64  # terms that are written out


class Knowledge:
    """A context, the program of its rows, and the steps that have extended it.

    Args:
        context: gains facts.
        goal: names of the facts that the negated claim is.
        program: shared by the branches of a proof; what a branch adds is popped with it.
        pool: products, shared as well.
        purse: pays for everything.
        factors: of products of inequalities, at most: 1 to 3.
        extra: by how much products may exceed the degree of what is given.
    """

    def __init__(
        self,
        context: Context,
        goal: frozenset[str],
        program: Program,
        pool: Pool,
        purse: Purse,
        factors: int,
        extra: int,
    ) -> None:
        self.context = context
        self.rows: list[Row] = []
        self.used: list[Row] = []  # by contradictions below
        self._goal = goal
        self._program = program
        self._pool = pool
        self._purse = purse
        self._factors = factors
        self._extra = extra
        self._bound = 1  # degree of products
        self._squared = 0  # how often the best squares were looked for
        self._steps: list[Wrap] = []
        self._seen: set[tuple[object, ...]] = set()
        self._defined: set[str] = set()
        self._settled: set[str] = set()  # disjunctions of which one alternative is assumed
        self._instances: set[tuple[str, Poly]] = set()
        self._divided: set[tuple[str, Fraction]] = set()
        self._generics: list[Generic] | None = None

    def under(self, alternative: Formula, settled: str) -> Knowledge:
        """What is known if an alternative of the fact ``settled`` is assumed as well."""
        context = self.context.copy()
        context.add(alternative)
        child = Knowledge(
            context,
            self._goal,
            self._program,
            self._pool,
            self._purse,
            self._factors,
            self._extra,
        )
        child.rows = list(self.rows)
        child._seen = set(self._seen)
        child._defined = set(self._defined)
        child._settled = {*self._settled, settled}
        child._instances = set(self._instances)
        child._divided = set(self._divided)
        child._generics = self._generics
        child._squared = self._squared
        return child

    def wrapped(self, proof: Proof | None) -> Proof | None:
        """The proof after the steps that led here."""
        if proof is not None:
            for step in reversed(self._steps):
                proof = step(proof)
        return proof

    def names(self) -> set[str]:
        """Of all facts and numbers."""
        return {*self.context.facts, *self.context.atoms}

    def inherit(self, rows: list[Row]) -> None:
        """Take up what closed a branch, as far as it is understood here: it may close the next."""
        for row in rows:
            if self._understood(row):
                self._add(row)
                self.used.append(row)

    def _understood(self, row: Row) -> bool:
        """Whether what vouches for a row is known here."""
        match row.source:
            case Factors(facts=facts):
                return all(name in self.context.facts or self._is_natural(name) for name in facts)
            case Times(fact=fact):
                return fact in self.context.facts
        return False

    def _is_natural(self, name: str) -> bool:
        atom = self.context.atoms.get(name.removesuffix(" ≥ 0"))
        return name.endswith(" ≥ 0") and atom is not None and atom.kind == NAT

    def _add(self, row: Row) -> bool:
        key: tuple[object, ...] = (row.op, row.source)
        if isinstance(row.source, Summed):
            key = (row.op, row.source.generic.domain, row.source.term)
        if key in self._seen or not row.poly.terms:
            return False
        self._seen.add(key)
        self._program.add(row)
        self.rows.append(row)
        return True

    def take_facts(self) -> None:
        """What the context says plainly, what naturals are, and definitions that have no alternatives."""
        changed = True
        while changed:
            changed = False
            for row in rows_of(self.context):
                self._add(row)
            for atom in list(self.context.atoms.values()):
                if atom.label not in self._defined and self._plain(atom):
                    changed = self._define(atom) or changed
        for row in signs_of((), list(self._program.monomials)):
            self._add(row)
        degrees = (max(map(len, row.poly.terms)) for row in rows_of(self.context))
        self._bound = max([1, *degrees]) + self._extra

    def _plain(self, atom: Atom) -> bool:
        if atom.head in ("floor", "nat_sqrt"):
            return True
        if atom.head in ("quotient", "remainder"):
            return atom.args[1].constant is not None
        if atom.head == "sum" and isinstance(atom.args[0], Domain):
            ends = atom.args[0].ends
            if ends is None:
                return False
            return ends[1] - ends[0] <= 1 or numeric(atom.args[1])
        return False

    def _define(self, atom: Atom) -> bool:
        self._defined.add(atom.label)
        try:
            self._purse.spend(5)
            self.context.add(definition(atom))
        except (Rejected, Unread):
            return False
        self._steps.append(lambda then: Define(atom.label, then))
        return True

    # --- what a point violates -----------------------------------------------

    def learn(self, point: Point) -> bool:
        """Cheap things first."""
        return (
            self._cut(self._multiples(), point, 60)
            or self._cut(self._cheap(), point, MAX_CUTS)
            or self._instantiate(point)
            or self._unfold(sums=False)
        )

    def learn_more(self, point: Point) -> bool:
        """What makes the program large."""
        return (
            self._unfold(sums=True)
            or self._divide()
            or self._cut(self._squares(point), point, MAX_CUTS)
            or self._cut(self._triples(), point, MAX_CUTS)
        )

    def _squares(self, point: Point) -> Iterator[Row]:
        if self._factors > 1 and self._squared < MAX_SQUARED:
            self._squared += 1
            bound = max(2, self._bound)
            monomials = list(self._program.monomials)
            yield from self._pool.squares(monomials, point, self._signs()[:MAX_CUTS], bound)

    def _triples(self) -> Iterator[Row]:
        if self._factors > 2:
            yield from self._pool.products(self._signs(), 3, max(3, self._bound))

    def _signs(self) -> list[Row]:
        return signs_of(self.rows, self._program.monomials)

    def _multiples(self) -> Iterator[Row]:
        equations = [
            row for row in self.rows if isinstance(row.source, Times) and row.source.by == number(1)
        ]
        yield from self._pool.multiples(equations, self._program.monomials, self._bound)

    def _cheap(self) -> Iterator[Row]:
        yield from self._sums()
        if self._factors < 2 or not any(len(m) > 1 for m in self._program.monomials):
            return
        signs = self._signs()
        yield from self._pool.products(signs, 2, max(2, self._bound))
        yield from self._pool.vertices(list(self._program.monomials), signs)
        yield from plain_squares(self._program.monomials)

    def _sums(self) -> Iterator[Row]:
        if self._generics is None:
            if not any(atom.head == "sum" for atom in self.context.atoms.values()):
                return
            self._generics = generics(self.context, self._pool, self._purse)
        for generic in self._generics:
            yield from generic.rows

    def _cut(self, candidates: Iterator[Row], point: Point, most: int) -> bool:
        """Add the candidates that the point violates most."""
        violated: list[tuple[float, Row]] = []
        present = set(self._program.monomials)
        looked = 0
        for row in candidates:
            looked += 1
            much = point.violation(row)
            if much > 0:
                # A monomial that is new has to be cancelled again, by more rows.
                new = sum(m not in present for m, _ in row.floats if m)
                violated.append((-much / (1 + row.cost / 8 + new), row))
        self._purse.spend(looked // 8)
        violated.sort(key=lambda item: item[0])
        added = 0
        for _, row in violated:
            if added == most:
                break
            added += self._add(row)
        return added > 0

    def _instantiate(self, point: Point) -> bool:
        """Instances of universal facts that say something the point does not satisfy."""
        added = False
        for name, fact in list(self.context.facts.items()):
            if not isinstance(fact, Quantified) or not fact.every:
                continue
            self._purse.spend(10)
            for value in points(fact, self.context):
                if (name, value) in self._instances or len(self._instances) >= MAX_INSTANCES:
                    continue
                try:
                    if not self.context.ranges_over(fact, value):
                        continue
                    body = fact.body(value)
                except (Rejected, Unread):
                    continue
                self._purse.spend(4)
                if point.satisfies(body):
                    continue
                self._instances.add((name, value))
                self.context.add(body)
                self._steps.append(
                    lambda then, name=name, value=value: Instance(name, written(value), then)  # type: ignore[misc]
                )
                added = True
        return added

    def _unfold(self, *, sums: bool) -> bool:
        """One more definition."""
        for atom in list(self.context.atoms.values()):
            if atom.label in self._defined or atom.head not in DEFINABLE:
                continue
            if (atom.head == "sum") != sums:
                continue
            if sums:
                ends = atom.args[0].ends
                if ends is None or ends[1] - ends[0] > SMALL_SUM:
                    continue
            if self._define(atom):
                return True
        return False

    def _divide(self) -> bool:
        """The integers under a remainder of more than linear terms, by what that is divided by."""
        for atom in list(self.context.atoms.values()):
            if atom.head != "remainder" or atom.args[1].constant is None:
                continue
            term, by = atom.args[0], abs(atom.args[1].constant)
            if max(map(len, term.terms)) < 2 or by > MAX_DIVISOR or not term.over_integers:
                continue
            for inner in dict.fromkeys(term.atoms()):
                if (inner.label, by) not in self._divided:
                    self._divided.add((inner.label, by))
                    self._purse.spend(5)
                    self.context.divide(of(inner), by)
                    step = partial(Divide, written(of(inner)), str(by))
                    self._steps.append(step)
                    return True
        return False

    # --- alternatives --------------------------------------------------------

    def disjunction(self, point: Point) -> str | None:
        """A fact with alternatives: of the claim, or such that the point satisfies none of them.

        Best is one with a single way out, then the claim: without its sign little follows.
        """
        open_: list[tuple[bool, bool, int, str]] = []
        for place, (name, fact) in enumerate(self.context.facts.items()):
            if name in self._settled or not alternative_fact(fact):
                continue
            of_claim = name in self._goal
            if of_claim or not any(map(point.satisfies, self.context.alternatives(name))):
                open_.append((not of_claim, isinstance(fact, Compare), -place, name))
        best: tuple[int, str] | None = None
        for *_, name in sorted(open_)[:MAX_LOOKED_AHEAD]:
            alternatives = self.context.alternatives(name)
            surviving = sum(not self._dead(part) for part in alternatives)
            if surviving <= 1:
                return name
            if best is None or surviving < best[0]:
                best = surviving, name
        return None if best is None else best[1]

    def _dead(self, alternative: Formula) -> bool:
        """Whether an alternative is refuted at once."""
        branch = self.context.copy()
        branch.add(alternative)
        if "false" in branch.facts:
            return True
        new = [
            (name, fact) for name, fact in branch.facts.items() if name not in self.context.facts
        ]
        rows = [row for row in (row_of(name, fact) for name, fact in new) if row is not None]
        self._purse.spend(2 + len(rows))
        return bool(rows) and self._program.refutes(rows)


def numeric(part: object) -> bool:
    """Whether there is no variable and no function in it."""
    match part:
        case Atom(head="variable" | "apply") | Quantified():
            return False
        case Atom(args=parts) | And(parts=parts) | Or(parts=parts):
            return all(map(numeric, parts))
        case Poly():
            return all(map(numeric, set(part.atoms())))
        case Compare(poly=poly):
            return numeric(poly)
    return True


def alternative_fact(fact: Formula) -> bool:
    """Whether it offers alternatives."""
    return isinstance(fact, Or) or (isinstance(fact, Compare) and fact.op == "≠")
