"""Typed terms as polynomials and formulas, with Lean's meaning; what atoms are by definition. Proves nothing.

What is not understood raises ``Unread``: a hypothesis may then be left out, a claim may not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from hms_kernel.certificates.polynomials import (
    FALSE,
    FIELD,
    INT,
    NAT,
    ONE,
    TRUE,
    ZERO,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Or,
    Poly,
    Quantified,
    Rejected,
    both,
    compare,
    either,
    number,
    of,
)
from hms_kernel.statements import show
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

MAX_TERMS = 2_000  # of a sum or product that is written out
KINDS = {
    Scalar.NAT: NAT, Scalar.INT: INT, Scalar.RAT: FIELD, Scalar.REAL: FIELD, Scalar.PROP: NAT,
}  # fmt: skip


class Unread(Exception):
    """The checker has no meaning for this construct."""


@dataclass(frozen=True)
class Function:
    """A function variable."""

    name: str


Env: TypeAlias = "Mapping[str, Poly | Function]"


def kind_of(sort: Sort) -> str:
    """Which numbers a sort has; propositions count as 0 and 1."""
    if isinstance(sort, Fin):
        return NAT
    if isinstance(sort, Scalar):
        return KINDS[sort]
    raise Unread("a function as a number")


# --- propositions --------------------------------------------------------------


def formula(term: Term, env: Env, positive: bool = True) -> Formula:
    """A proposition, or its negation."""
    match term:
        case Rel(op=op, left=left, right=right):
            return _relation(op, left, right, env, positive)
        case Logic(op="True" | "False" as op):
            return TRUE if (op == "True") == positive else FALSE
        case Logic(op="¬", args=(arg,)):
            return formula(arg, env, not positive)
        case Logic(op="∧" | "∨" as op, args=args):
            parts = [formula(arg, env, positive) for arg in args]
            return both(parts) if (op == "∧") == positive else either(parts)
        case Logic(op="→", args=(left, right)):
            parts = [formula(left, env, not positive), formula(right, env, positive)]
            return either(parts) if positive else both(parts)
        case Logic(op="↔", args=(left, right)):
            return _cases(formula(left, env), formula(right, env, positive),
                          formula(left, env, False), formula(right, env, not positive))  # fmt: skip
        case Quant(op=op, var=var, body=body):
            return _quantified(term, (op == "∀") == positive, var, body, env, positive)
        case Pred(name="Even" | "Odd" as name, args=(arg,)) if sort_of(arg) in (
            Scalar.NAT,
            Scalar.INT,
        ):
            rest = _operation("%", [value(arg, env), number(2)], NAT)
            wanted = rest if (name == "Even") == positive else rest - ONE
            return compare("=", wanted)
        case Pred(name=name, args=args):
            return _opaque(
                Atom(f"is {name}", tuple(value(arg, env) for arg in args), NAT), positive
            )
        case Ite(cond=cond, yes=yes, no=no):
            return _cases(formula(cond, env), formula(yes, env, positive),
                          formula(cond, env, False), formula(no, env, positive))  # fmt: skip
        case Var() | Apply():
            truth = _applied(term, env, NAT)
            return compare("=", truth - ONE if positive else truth)
    raise Unread(f"the proposition {show(term)}")


def _opaque(truth: Atom, positive: bool) -> Formula:
    """A proposition is a number that is 1 or 0."""
    return compare("=", of(truth) - ONE if positive else of(truth))


def _cases(cond: Formula, yes: Formula, other: Formula, no: Formula) -> Formula:
    return either([both([cond, yes]), both([other, no])])


def _relation(op: str, left: Term, right: Term, env: Env, positive: bool) -> Formula:
    if not isinstance(sort_of(left), Scalar | Fin) or sort_of(left) is Scalar.PROP:
        raise Unread("a relation between functions or propositions")
    one, two = value(left, env), value(right, env)
    if op == "∣":
        # b % 0 = b, and 0 divides only 0: the remainder decides for every divisor.
        if sort_of(left) not in (Scalar.NAT, Scalar.INT):
            raise Unread("divisibility of anything but integers")
        rest = _operation("%", [two, one], kind_of(sort_of(right)))
        return compare("=" if positive else "≠", rest)
    if op in (">", "≥"):
        one, two, op = two, one, {">": "<", "≥": "≤"}[op]
    match op, positive:
        case ("=", True) | ("≠", False):
            return compare("=", one - two)
        case ("=", False) | ("≠", True):
            return compare("≠", one - two)
        case ("≤", True):
            return compare("≥", two - one)
        case ("≤", False):
            return compare(">", one - two)
        case ("<", True):
            return compare(">", two - one)
        case ("<", False):
            return compare("≥", one - two)
    raise Unread(f"the relation {op}")


def _quantified(term: Term, every: bool, var: Var, body: Term, env: Env, positive: bool) -> Formula:
    if isinstance(var.sort, Arrow) or var.sort is Scalar.PROP:
        raise Unread("a quantifier over functions or propositions")
    if any(isinstance(v, Poly) and any(map(_is_index, v.atoms())) for v in env.values()):
        raise Unread("a quantifier inside a sum")
    mentioned = {name: v for name, v in env.items() if isinstance(v, Poly) and str(v) != name}
    where = ", ".join(f"{name} := {v}" for name, v in mentioned.items())
    text = f"{'' if positive else 'not: '}{show(term)}{f' where {where}' if where else ''}"
    return Quantified(
        every,
        domain_of(var.sort, env) if isinstance(var.sort, Fin) else None,
        kind_of(var.sort),
        var.sort is Scalar.RAT,
        var.name,
        lambda at: formula(body, {**env, var.name: at}, positive),
        text,
    )


def domain_of(sort: Fin, env: Env) -> Domain:
    """The elements of ``Fin n``."""
    return Domain(ZERO, value(sort.size, env), True, NAT)


# --- numbers -------------------------------------------------------------------


def value(term: Term, env: Env) -> Poly:
    """A term of numeric sort."""
    match term:
        case Num(value=numeral, sort=Fin() as sort):
            size = value(sort.size, env).constant
            if not size:
                raise Unread("a numeral in Fin n without a size")
            return number(numeral % size)
        case Num(value=numeral):
            return number(numeral)
        case Cast(arg=arg):
            return value(arg, env)
        case Var() | Apply():
            return _applied(term, env, kind_of(term.sort))
        case Ite(cond=cond, yes=yes, no=no):
            return _choice(formula(cond, env), formula(cond, env, False), value(yes, env),
                           value(no, env))  # fmt: skip
        case Op(op=op, args=args, sort=sort) if not isinstance(sort, Fin):
            if any(isinstance(sort_of(arg), Fin) for arg in args):
                raise Unread("arithmetic on Fin n")
            if op == "/" and kind_of(sort) == FIELD:
                return value(args[0], env) * inverse(value(args[1], env))
            if op == "^":
                return _power(value(args[0], env), value(args[1], env), kind_of(sort))
            return _operation(op, [value(arg, env) for arg in args], kind_of(sort))
        case Big():
            return _big(term, env)
    raise Unread(f"the number {show(term)}")


def _applied(term: Term, env: Env, kind: str) -> Poly:
    args: list[Term] = []
    while isinstance(term, Apply):
        args.insert(0, term.arg)
        term = term.fn
    meant = env.get(term.name) if isinstance(term, Var) else None
    if isinstance(meant, Poly) and not args:
        return meant
    if not isinstance(meant, Function) or not args:
        raise Unread(f"the application of {show(term)}")
    if any(sort_of(arg) is Scalar.PROP for arg in args):
        raise Unread("a function of propositions")
    return of(Atom("apply", (meant.name, *(value(arg, env) for arg in args)), kind))


def _choice(cond: Formula, other: Formula, yes: Poly, no: Poly) -> Poly:
    if cond == TRUE or yes == no:
        return yes
    if cond == FALSE:
        return no
    return of(Atom("ite", (cond, other, yes, no), _joint(yes, no)))


def _joint(*parts: Poly) -> str:
    """The kind of something that is always one of the parts."""
    if all(part.natural for part in parts):
        return NAT
    return INT if all(part.whole for part in parts) else FIELD


def inverse(poly: Poly) -> Poly:
    """One over a number, and 0 for 0."""
    known = poly.constant
    if known is not None:
        return number(1 / known) if known else ZERO
    if len(poly.terms) == 1:  # (c·x·y)⁻¹ = c⁻¹·x⁻¹·y⁻¹, zeros included
        ((monomial, coefficient),) = poly.terms.items()
        result = number(1 / coefficient)
        for atom in monomial:
            back = atom.args[0] if atom.head == "inverse" else None  # 1 / (1 / x) = x, for 0 too
            result = result * (of(Atom("inverse", (of(atom),))) if back is None else back)
        return result
    lead = poly.terms[min(poly.terms, key=lambda m: (-len(m), [a.label for a in m]))]
    return of(Atom("inverse", (poly.scaled(1 / lead),))).scaled(1 / lead)


def _power(base: Poly, exponent: Poly, kind: str) -> Poly:
    known = exponent.constant
    if known is not None:
        if known.denominator != 1:
            raise Unread("a power that is no integer")
        return base.power(int(known)) if known >= 0 else inverse(base).power(int(-known))
    if not exponent.natural:
        return of(Atom("power", (base, exponent), kind))
    start = exponent.terms.get((), Fraction(0))  # b^(e + k) = b^k · b^e
    return base.power(int(start)) * of(Atom("power", (base, exponent - number(start)), kind))


def _operation(op: str, args: list[Poly], kind: str) -> Poly:
    """An operation on numbers; ``kind`` is that of its result."""
    known = [arg.constant for arg in args]
    match op, args:
        case "+", [a, b]:
            return a + b
        case "*", [a, b]:
            return a * b
        case "neg", [a] if kind != NAT:
            return a.scaled(Fraction(-1))
        case "-", [a, b] if kind != NAT:
            return a - b
        case "-", [a, b]:
            if (a - b).natural:
                return a - b
            return of(Atom("minus", (a, b), NAT)) if not (b - a).natural else ZERO
        case "⁻¹", [a] if kind == FIELD:
            return inverse(a)
        case (("/" | "%"), [a, b]) if kind != FIELD:
            return _division(op, a, b)
        case (("abs" | "natAbs"), [a]):
            if known[0] is not None:
                return number(abs(known[0]))
            return of(Atom("abs", (a,), NAT if a.whole else FIELD))
        case (("min" | "max"), [a, b]):
            apart = (a - b).constant
            if apart is not None:
                return a if (apart >= 0) == (op == "max") else b
            return of(Atom(op, (a, b), _joint(a, b)))
        case "toNat", [a]:
            return _operation("max", [a, ZERO], NAT)
        case (("floor" | "ceil" | "nat_floor" | "nat_ceil"), [a]):
            return _rounded(op, a)
        case "sqrt", [a]:
            return of(Atom("sqrt", (a,), FIELD))
        case "nat_sqrt", [a]:
            return number(math.isqrt(int(known[0]))) if known[0] is not None else of(Atom(op, (a,), NAT))  # fmt: skip
        case "factorial", [a] if known[0] is not None and known[0] <= 500:
            return number(math.factorial(int(known[0])))
        case (("gcd" | "lcm"), [a, b]) if known[0] is not None and known[1] is not None:
            return number(getattr(math, op)(int(known[0]), int(known[1])))
        case (("gcd" | "lcm" | "factorial"), _):
            return of(Atom(op, tuple(args), kind))
    raise Unread(f"the operation {op}")


def _division(op: str, a: Poly, b: Poly) -> Poly:
    """Euclidean: a = b · (a / b) + a % b with 0 ≤ a % b < |b|; a / 0 = 0 and a % 0 = a."""
    by = b.constant
    if by == 0:
        return ZERO if op == "/" else a
    if by is not None:
        # Whole multiples of the divisor come out of both.
        rest = Poly({m: c % abs(by) for m, c in a.terms.items()})
        out = (a - rest).scaled(1 / by)
        left = rest.constant
        if left is not None:
            return out if op == "/" else rest
        inner = of(Atom("quotient" if op == "/" else "remainder", (rest, b), _joint(rest, b)))
        return out + inner if op == "/" else inner
    return of(Atom("quotient" if op == "/" else "remainder", (a, b), _joint(a, b)))


def _rounded(op: str, a: Poly) -> Poly:
    if op.startswith("nat_"):
        return _operation("max", [_rounded(op[4:], a), ZERO], NAT)
    if a.whole:
        return a
    if op == "ceil":
        return _rounded("floor", a.scaled(Fraction(-1))).scaled(Fraction(-1))
    known = a.constant
    return number(math.floor(known)) if known is not None else of(Atom("floor", (a,), INT))


# --- sums ----------------------------------------------------------------------


def _big(term: Big, env: Env) -> Poly:
    sort = term.var.sort
    if term.low is not None and term.high is not None:
        domain = Domain(value(term.low, env), value(term.high, env), False, kind_of(sort))
    elif isinstance(sort, Fin):
        domain = domain_of(sort, env)
    else:
        raise Unread("a sum without ends")
    if term.op == "∏":
        return _product(term, domain, env)
    if term.var.name in env:
        raise Unread(f"the name {term.var.name} bound twice")
    # Told apart from the indices of enclosing sums: the environment grows with every one.
    index = Atom("index", (f"@{len(env)}",), domain.kind)
    return total(domain, value(term.body, {**env, term.var.name: of(index)}), index)


def _is_index(atom: Atom) -> bool:
    return atom.head == "index"


def _product(term: Big, domain: Domain, env: Env) -> Poly:
    result = ONE
    for k in _written_out(domain):
        result = result * value(term.body, {**env, term.var.name: number(k)})
    return result


def _written_out(domain: Domain) -> range:
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
            known = of(Atom("sum", (domain, part, own), _joint(part)))
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
                return _power(at(base, index, point), at(exponent, index, point), atom.kind)
            case "minus", (a, b):
                return _operation("-", [at(a, index, point), at(b, index, point)], NAT)
            case ("quotient" | "remainder") as head, (a, b):
                op = "/" if head == "quotient" else "%"
                return _division(op, at(a, index, point), at(b, index, point))
            case "ite", (cond, other, yes, no):
                return _choice(
                    formula_at(cond, index, point), formula_at(other, index, point),
                    at(yes, index, point), at(no, index, point),
                )  # fmt: skip
            case "sum", (Domain() as domain, Poly() as body, Atom() as own):
                ends = at(domain.low, index, point), at(domain.high, index, point)
                inside = body if own == index else at(body, index, point)
                return total(Domain(*ends, domain.fin, domain.kind), inside, own)
            case head, args if all(isinstance(arg, Poly) for arg in args):
                if head in ("abs", "min", "max", "floor", "sqrt", "nat_sqrt", "gcd", "lcm", "factorial"):  # fmt: skip
                    return _operation(head, [at(arg, index, point) for arg in args], atom.kind)
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


# --- what atoms are ------------------------------------------------------------


def definition(atom: Atom) -> Formula:
    """What is true of an atom because of what it is.

    Raises:
        Rejected: nothing is known of it.
    """
    it = of(atom)
    match atom.head, atom.args:
        case "ite", (cond, other, yes, no):
            return _cases(cond, compare("=", it - yes), other, compare("=", it - no))
        case "abs", (a,):
            return _cases(compare("≥", a), compare("=", it - a),
                          compare(">", ZERO - a), compare("=", it + a))  # fmt: skip
        case ("min" | "max") as head, (a, b):
            apart = a - b if head == "max" else b - a
            return _cases(compare("≥", apart), compare("=", it - a),
                          compare(">", ZERO - apart), compare("=", it - b))  # fmt: skip
        case "minus", (a, b):
            return _cases(compare("≥", a - b), compare("=", it - a + b),
                          compare(">", b - a), compare("=", it))  # fmt: skip
        case "inverse", (a,):
            return _cases(compare("≠", a), compare("=", it * a - ONE),
                          compare("=", a), compare("=", it))  # fmt: skip
        case (("quotient" | "remainder"), (a, b)):
            return euclid(a, b)
        case "floor", (a,):
            return both([compare("≥", a - it), compare(">", it + ONE - a)])
        case "sqrt", (a,):
            root = both([compare("≥", it), compare("=", it * it - a)])
            return _cases(compare("≥", a), root, compare(">", ZERO - a), compare("=", it))
        case "nat_sqrt", (a,):
            return both([compare("≥", a - it * it), compare(">", (it + ONE) * (it + ONE) - a)])
        case "sum", (Domain() as domain, Poly() as body, Atom() as index):
            written = ZERO
            for k in _written_out(domain):
                written = written + at(body, index, number(k))
            return compare("=", it - written)
    raise Rejected(f"nothing is known of {atom}")


def euclid(a: Poly, b: Poly) -> Formula:
    """What division of integers with remainder is."""
    kind = _joint(a, b)
    q = of(Atom("quotient", (a, b), kind))
    r = of(Atom("remainder", (a, b), kind))
    exact, low = compare("=", b * q + r - a), compare("≥", r)
    return either(
        [
            both([compare(">", b), exact, low, compare(">", b - r)]),
            both([compare(">", ZERO - b), exact, low, compare(">", ZERO - b - r)]),
            both([compare("=", b), compare("=", q), compare("=", r - a)]),
        ]
    )
