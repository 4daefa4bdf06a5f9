"""Where a universal fact is worth looking at: arguments that match, solutions of its equations, small numbers.

Decides nothing: an instance is always true.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.polynomials import (
    FIELD,
    And,
    Atom,
    Compare,
    Formula,
    Or,
    Poly,
    Quantified,
    Rejected,
    number,
    of,
)
from hms_kernel.certificates.sums import depends

MAX_DEPTH = 3  # of quantifiers looked through
MAX_POINTS = 24
SMALL = (0, 1, -1, 2, 3)


def points(fact: Quantified, context: Context) -> list[Poly]:
    """Values at which the fact may say something new, most promising first."""
    probe = Atom("variable", ("?",), fact.kind)
    try:
        body = fact.body(of(probe))
    except (Unread, Rejected):
        return []
    parts = list(_parts(body, 1))
    found: dict[Poly, None] = {}
    patterns = [atom for part in parts for atom in _applications(part) if depends(atom, probe)]
    for pattern in dict.fromkeys(patterns):
        for atom in context.atoms.values():
            if atom.head == pattern.head == "apply" and atom.args[0] == pattern.args[0]:
                point = _matched(pattern, atom, probe)
                if point is not None:
                    found[point] = None
    # The variables that range over the same elements.
    found.update(
        dict.fromkeys(of(a) for a, domain in context.elements.items() if domain == fact.domain)
    )
    if not patterns:
        for part in parts:
            if isinstance(part, Compare):
                solution = _solved(part.poly, probe)
                if solution is not None:
                    found[solution] = None
        for atom in context.atoms.values():
            if atom.head == "variable" and (fact.kind == FIELD or atom.kind != FIELD):
                found.setdefault(of(atom))
        found.update(dict.fromkeys(number(k) for k in SMALL))
    elif not found and fact.domain is None:
        found.update(dict.fromkeys(number(k) for k in SMALL))
    return list(found)[:MAX_POINTS]


def _parts(formula: Formula, depth: int) -> Iterator[Formula]:
    """Comparisons in a formula, through quantifiers that follow."""
    match formula:
        case Compare():
            yield formula
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _parts(part, depth)
        case Quantified() if depth < MAX_DEPTH:
            inner = Atom("variable", ("?" * (depth + 1),), formula.kind)
            try:
                yield from _parts(formula.body(of(inner)), depth + 1)
            except (Unread, Rejected):
                return


def _applications(part: object) -> Iterator[Atom]:
    """Values of functions, inside other atoms as well."""
    match part:
        case Compare(poly=poly):
            yield from _applications(poly)
        case And(parts=parts) | Or(parts=parts):
            for inner in parts:
                yield from _applications(inner)
        case Poly():
            for atom in dict.fromkeys(part.atoms()):
                yield from _applications(atom)
        case Atom(head=head, args=args):
            if head == "apply":
                yield part
            if head != "sum":
                for arg in args:
                    yield from _applications(arg)


def _matched(pattern: Atom, atom: Atom, probe: Atom) -> Poly | None:
    """The value of the probe that makes the pattern the atom."""
    if len(pattern.args) != len(atom.args):
        return None
    point: Poly | None = None
    for mine, other in zip(pattern.args[1:], atom.args[1:], strict=True):
        if point is None and depends(mine, probe):
            point = _solved(mine - other, probe)
    if point is None:
        return None
    return point


def _solved(poly: Poly, probe: Atom) -> Poly | None:
    """The probe from an equation that is linear in it; None where other probes would come in."""
    factor, rest = Fraction(0), {}
    for monomial, coefficient in poly.terms.items():
        if monomial == (probe,):
            factor = coefficient
        elif any(depends(atom, probe) or atom.label.startswith("?") for atom in monomial):
            return None
        else:
            rest[monomial] = coefficient
    return Poly(rest).scaled(-1 / factor) if factor else None
