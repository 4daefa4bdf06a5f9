"""Sums over ranges as polynomials, by linearity, and what is inside them at another index. Reads no terms."""

from __future__ import annotations

from fractions import Fraction

from hms_kernel.certificates.arithmetic import (
    Unread,
    choice,
    division,
    inverse,
    joint,
    operation,
    power,
)
from hms_kernel.certificates.polynomials import (
    NAT,
    ZERO,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Or,
    Poly,
    Quantified,
    both,
    compare,
    either,
    number,
    of,
)

MAX_TERMS = 2_000  # of a sum or product that is written out


def written_out(domain: Domain) -> range:
    ends = domain.ends
    if ends is None or ends[1] - ends[0] > MAX_TERMS:
        raise Unread("a product or sum over a range whose size is not a small numeral")
    return range(*ends)


def total(domain: Domain, body: Poly, index: Atom) -> Poly:
    """∑ of ``body`` over a domain, by linearity: factors without the index come out of each monomial.

    The index gets a name that nothing inside uses, bound or free, so nothing is captured;
    it depends on what is inside alone, so equal sums are equal atoms.
    """
    result = ZERO
    for monomial, coefficient in body.terms.items():
        inner = tuple(atom for atom in monomial if depends(atom, index))
        outer = tuple(atom for atom in monomial if not depends(atom, index))
        known = count_of(domain) if not inner else None
        if known is None:
            height = max(map(_height, inner), default=0)
            own = Atom("index", (f"#{height}",), domain.kind)
            while own != index and any(depends(atom, own) for atom in inner):
                height += 1
                own = Atom("index", (f"#{height}",), domain.kind)
            part = at(Poly({inner: Fraction(1)}), index, of(own))
            known = of(Atom("sum", (domain, part, own), joint(part)))
        result = result + Poly({outer: coefficient}) * known
    return result


def _height(part: object) -> int:
    """More than the number of any index that a sum inside binds."""
    match part:
        case Atom(head="sum", args=(domain, body, own)):
            return max(1 + int(own.args[0][1:]), _height(domain), _height(body))
        case Atom(args=args):
            return max(map(_height, args), default=0)
        case Poly():
            return max(map(_height, part.atoms()), default=0)
        case Domain(low=low, high=high):
            return max(_height(low), _height(high))
        case Compare(poly=poly):
            return _height(poly)
        case And(parts=parts) | Or(parts=parts):
            return max(map(_height, parts), default=0)
    return 0


def count_of(domain: Domain) -> Poly | None:
    """How many elements, where that is a polynomial."""
    ends = domain.ends
    if ends is not None:
        return number(max(0, ends[1] - ends[0]))
    return domain.high if domain.low == ZERO and domain.high.natural else None


def depends(part: object, index: Atom) -> bool:
    """Whether an atom, polynomial or formula mentions an index that it does not bind itself."""
    match part:
        case Atom(head="sum", args=(Domain() as domain, body, own)):
            return depends(domain, index) or (own != index and depends(body, index))
        case Atom():
            return part == index or any(depends(arg, index) for arg in part.args)
        case Poly():
            return any(depends(atom, index) for atom in set(part.atoms()))
        case Domain(low=low, high=high):
            return depends(low, index) or depends(high, index)
        case Compare(poly=poly):
            return depends(poly, index)
        case And(parts=parts) | Or(parts=parts):
            return any(depends(inner, index) for inner in parts)
        case Quantified():
            return True  # its body cannot be looked into
    return False


def at(part: Poly, index: Atom, point: Poly) -> Poly:
    """A polynomial with an index replaced by a number, inside its atoms as well.

    Raises:
        Unread: an atom that is not simply rebuilt mentions the index.
    """

    def change(atom: Atom) -> Poly | None:
        if atom == index:
            return point
        if not depends(atom, index):
            return None
        match atom.head, atom.args:
            case "apply", (name, *args):
                return of(Atom("apply", (name, *(at(arg, index, point) for arg in args)), atom.kind))  # fmt: skip
            case "inverse", (arg,):
                return inverse(at(arg, index, point))
            case "power", (base, exponent):
                return power(at(base, index, point), at(exponent, index, point), atom.kind)
            case "minus", (a, b):
                return operation("-", [at(a, index, point), at(b, index, point)], NAT)
            case ("quotient" | "remainder") as head, (a, b):
                op = "/" if head == "quotient" else "%"
                return division(op, at(a, index, point), at(b, index, point))
            case "ite", (cond, other, yes, no):
                return choice(
                    formula_at(cond, index, point), formula_at(other, index, point),
                    at(yes, index, point), at(no, index, point),
                )  # fmt: skip
            case "sum", (Domain() as domain, Poly() as body, Atom() as own):
                ends = at(domain.low, index, point), at(domain.high, index, point)
                inside = body if own == index else at(body, index, point)
                return total(Domain(*ends, domain.fin, domain.kind), inside, own)
            case head, args if all(isinstance(arg, Poly) for arg in args):
                if head in ("abs", "min", "max", "floor", "sqrt", "nat_sqrt", "gcd", "lcm", "factorial"):  # fmt: skip
                    return operation(head, [at(arg, index, point) for arg in args], atom.kind)
                return of(Atom(head, tuple(at(arg, index, point) for arg in args), atom.kind))
        raise Unread(f"{atom} at another index")

    return part.replaced(change)


def formula_at(part: Formula, index: Atom, point: Poly) -> Formula:
    """The same for a formula without quantifiers."""
    match part:
        case Compare(op=op, poly=poly):
            return compare(op, at(poly, index, point))
        case And(parts=parts):
            return both([formula_at(inner, index, point) for inner in parts])
        case Or(parts=parts):
            return either([formula_at(inner, index, point) for inner in parts])
    raise Unread("a quantifier inside a sum")
