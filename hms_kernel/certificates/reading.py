"""Typed terms as polynomials and formulas, with Lean's meaning. Proves nothing.

What is not understood raises ``Unread``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from hms_kernel.certificates.arithmetic import (
    Unread,
    cases,
    choice,
    inverse,
    operation,
    power,
)
from hms_kernel.certificates.polynomials import (
    FALSE,
    FIELD,
    INT,
    NAT,
    ONE,
    TRUE,
    ZERO,
    Atom,
    Domain,
    Formula,
    Poly,
    Quantified,
    both,
    compare,
    either,
    number,
    of,
)
from hms_kernel.certificates.sums import total, written_out
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

KINDS = {
    Scalar.NAT: NAT, Scalar.INT: INT, Scalar.RAT: FIELD, Scalar.REAL: FIELD, Scalar.PROP: NAT,
}  # fmt: skip


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
            return cases(formula(left, env), formula(right, env, positive),
                          formula(left, env, False), formula(right, env, not positive))  # fmt: skip
        case Quant(op=op, var=var, body=body):
            return _quantified(term, (op == "∀") == positive, var, body, env, positive)
        case Pred(name="Even" | "Odd" as name, args=(arg,)) if sort_of(arg) in (
            Scalar.NAT,
            Scalar.INT,
        ):
            rest = operation("%", [value(arg, env), number(2)], NAT)
            wanted = rest if (name == "Even") == positive else rest - ONE
            return compare("=", wanted)
        case Pred(name=name, args=args):
            return _opaque(
                Atom(f"is {name}", tuple(value(arg, env) for arg in args), NAT), positive
            )
        case Ite(cond=cond, yes=yes, no=no):
            return cases(formula(cond, env), formula(yes, env, positive),
                          formula(cond, env, False), formula(no, env, positive))  # fmt: skip
        case Var() | Apply():
            truth = _applied(term, env, NAT)
            return compare("=", truth - ONE if positive else truth)
    raise Unread(f"the proposition {show(term)}")


def _opaque(truth: Atom, positive: bool) -> Formula:
    """A proposition is a number that is 1 or 0."""
    return compare("=", of(truth) - ONE if positive else of(truth))


def _relation(op: str, left: Term, right: Term, env: Env, positive: bool) -> Formula:
    if not isinstance(sort_of(left), Scalar | Fin) or sort_of(left) is Scalar.PROP:
        raise Unread("a relation between functions or propositions")
    one, two = value(left, env), value(right, env)
    if op == "∣":
        # b % 0 = b, and 0 divides only 0: the remainder decides for every divisor.
        if sort_of(left) not in (Scalar.NAT, Scalar.INT):
            raise Unread("divisibility of anything but integers")
        rest = operation("%", [two, one], kind_of(sort_of(right)))
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
            return choice(formula(cond, env), formula(cond, env, False), value(yes, env),
                           value(no, env))  # fmt: skip
        case Op(op=op, args=args, sort=sort) if not isinstance(sort, Fin):
            if any(isinstance(sort_of(arg), Fin) for arg in args):
                raise Unread("arithmetic on Fin n")
            if op == "/" and kind_of(sort) == FIELD:
                return value(args[0], env) * inverse(value(args[1], env))
            if op == "^":
                return power(value(args[0], env), value(args[1], env), kind_of(sort))
            return operation(op, [value(arg, env) for arg in args], kind_of(sort))
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
    for k in written_out(domain):
        result = result * value(term.body, {**env, term.var.name: number(k)})
    return result
