"""The typed core as Lean 4 text that means the same again. Uses no opened namespace.

A type is written only where Lean would not infer it: an operator tree needs one leaf
whose type shows, and gets an ascription if it has none.
"""

from __future__ import annotations

from fractions import Fraction

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
    Statement,
    Term,
    Var,
    sort_of,
)

_MAX = 1024
_INFIX = {
    "+": (65, 65, 66),
    "-": (65, 65, 66),
    "*": (70, 70, 71),
    "/": (70, 70, 71),
    "%": (70, 70, 71),
}
_LOGIC = {"↔": (20, 21, 21), "→": (25, 26, 25), "∨": (30, 31, 30), "∧": (35, 36, 35)}
# Functions whose result has one sort whatever is around them.
_CALLS = {"sqrt": "Real.sqrt", "nat_sqrt": "Nat.sqrt", "natAbs": "Int.natAbs", "toNat": "Int.toNat",
          "gcd": "Nat.gcd", "lcm": "Nat.lcm", "factorial": "Nat.factorial"}  # fmt: skip
_BRACKETS = {
    "floor": ("⌊", "⌋"),
    "ceil": ("⌈", "⌉"),
    "nat_floor": ("⌊", "⌋₊"),
    "nat_ceil": ("⌈", "⌉₊"),
}
_TREE = (*_INFIX, "neg", "⁻¹")


def show(item: Term | Statement | Sort) -> str:
    """A term, a sort or a whole statement as Lean 4 text.

    A statement with a name becomes ``theorem … := by sorry``, one without a closed proposition.
    """
    if isinstance(item, Statement):
        return _statement(item)
    if isinstance(item, Scalar | Fin | Arrow):
        return _sort(item)
    return _alone(item, 0, force=True)


def _sort(sort: Sort, least: int = 0) -> str:
    match sort:
        case Scalar():
            return sort.value
        case Fin(size):
            return _around(f"Fin {_print(size, _MAX)}", least >= _MAX)
        case Arrow(domain, codomain):
            return _around(f"{_sort(domain, 26)} → {_sort(codomain, 25)}", least > 25)


def _around(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _statement(statement: Statement) -> str:
    binders: list[str] = []
    names: list[str] = []
    for index, var in enumerate(statement.variables):
        names.append(var.name)
        later = statement.variables[index + 1 : index + 2]
        if not later or later[0].sort != var.sort:
            binders.append(f"({' '.join(names)} : {_sort(var.sort)})")
            names = []
    conclusion = _print(statement.conclusion, 0)
    labelled = any(h.name for h in statement.hypotheses)
    if statement.name or labelled:
        binders += [f"({h.name or '_'} : {_print(h.prop, 0)})" for h in statement.hypotheses]
    else:
        # At the very end a quantifier needs no brackets; ``↔`` would swallow the premises.
        bare = not statement.hypotheses or isinstance(statement.conclusion, Quant)
        parts = [_print(h.prop, 26) for h in statement.hypotheses]
        conclusion = " → ".join([*parts, _print(statement.conclusion, 0 if bare else 25)])
    around = " ".join(binders)
    if statement.name:
        return f"theorem {statement.name} {around}{' ' if around else ''}: {conclusion} := by sorry"
    return f"∀ {around}, {conclusion}" if around else conclusion


# --- does a printed term show its own type? -----------------------------------------


def _definite(term: Term) -> bool:
    match term:
        case Num() | Cast():
            return False
        case Op(op="^", args=(base, _)):
            return _definite(base)
        case Op(op=op, args=args):
            return any(map(_definite, args)) if op in (*_TREE, "abs", "min", "max") else True
        case Ite(yes=yes, no=no):
            return _definite(yes) or _definite(no)
        case Big(body=body):
            return _definite(body)
        case _:
            return True


def _numerals_only(term: Term) -> bool:
    """All leaves are numerals, so that the default type ℕ is found without help."""
    match term:
        case Num(value=value):
            return value.denominator == 1 and value >= 0
        case Op(op="^", args=(base, _)):
            return _numerals_only(base)
        case Op(op=op, args=args):
            return op in _TREE and all(map(_numerals_only, args))
        case _:
            return False


def _alone(term: Term, least: int, *, force: bool = False) -> str:
    """A term where nothing around it tells its type; ``force`` distrusts the default ℕ, too."""
    if sort_of(term) is Scalar.PROP or _definite(term):
        return _print(term, least)
    if sort_of(term) is Scalar.NAT and _numerals_only(term) and not force:
        return _print(term, least)
    return f"({_print(term, 0)} : {_sort(sort_of(term))})"


def _together(left: Term, right: Term, least: int, *, force: bool = False) -> tuple[str, str]:
    """Two terms of one type that nothing else tells."""
    if _definite(left) or _definite(right):
        return _print(left, least), _print(right, least)
    if not force and sort_of(left) is Scalar.NAT and _numerals_only(left) and _numerals_only(right):
        return _print(left, least), _print(right, least)
    return _alone(left, least, force=True), _print(right, least)


# --- terms, where the type is known or some leaf shows it ------------------------------


def _print(term: Term, least: int) -> str:
    match term:
        case Num():
            return _number(term, least)
        case Var():
            return term.name
        case Apply():
            args: list[str] = []
            fn: Term = term
            while isinstance(fn, Apply):
                args.append(_print(fn.arg, _MAX))
                fn = fn.fn
            return _around(" ".join([_print(fn, _MAX), *reversed(args)]), least >= _MAX)
        case Op():
            return _operation(term, least)
        case Cast():
            return f"↑{_alone(term.arg, _MAX, force=True)}"
        case Ite(cond, yes, no):
            text = f"if {_print(cond, 0)} then {_print(yes, 0)} else {_print(no, 0)}"
            return _around(text, least > 0)
        case Big():
            return _around(_big(term), least > 51)
        case Rel(op, left, right):
            one, other = _together(left, right, 51)
            return _around(f"{one} {op} {other}", least > 50)
        case Logic(op="¬", args=(arg,)):
            return _around(f"¬{_print(arg, _MAX)}", False)
        case Logic(op=op, args=()):
            return op
        case Logic(op=op, args=args_):
            precedence, left_least, right_least = _LOGIC[op]
            text = f"{_print(args_[0], left_least)} {op} {_print(args_[1], right_least)}"
            return _around(text, least > precedence)
        case Quant(op, var, body):
            return _around(f"{op} {var.name} : {_sort(var.sort)}, {_print(body, 0)}", least > 0)
        case Pred(name, args_):
            text = " ".join([name, *(_alone(arg, _MAX) for arg in args_)])
            return _around(text, least >= _MAX)


def _number(term: Num, least: int) -> str:
    value = term.value
    if value < 0:
        return _around(f"-{_number(Num(-value, term.sort), 76)}", least > 75)
    if value.denominator == 1:
        return str(value.numerator)
    return decimal(value) or _around(f"{value.numerator} / {value.denominator}", least > 70)


def decimal(value: Fraction) -> str:
    """A non-negative fraction as a finite decimal, or empty if it has none."""
    for places in range(1, 400):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}"
        if places > 1 and _odd_part(value.denominator) > 1:
            return ""
    return ""


def _odd_part(number: int) -> int:
    for prime in (2, 5):
        while number % prime == 0:
            number //= prime
    return number


def _operation(term: Op, least: int) -> str:
    op, args = term.op, term.args
    if op in _INFIX:
        precedence, left_least, right_least = _INFIX[op]
        text = f"{_print(args[0], left_least)} {op} {_print(args[1], right_least)}"
        return _around(text, least > precedence)
    if op == "^":
        return _around(f"{_print(args[0], 76)} ^ {_alone(args[1], 76)}", least > 75)
    if op == "neg":
        return _around(f"-{_print(args[0], 76)}", least > 75)
    if op == "⁻¹":
        # ``↑n⁻¹`` would be ``↑(n⁻¹)``.
        base = _around(_print(args[0], _MAX), isinstance(args[0], Cast))
        return f"{base}⁻¹"
    if term.sort is Scalar.FLOAT and op in ("abs", "sqrt"):
        return _around(f"Float.{op} {_print(args[0], _MAX)}", least >= _MAX)
    if op == "abs":
        inner = _print(args[0], 0)
        if "|" in inner:
            return _around(f"abs {_print(args[0], _MAX)}", least >= _MAX)
        return f"|{inner}|"
    if op in _BRACKETS:
        opening, closing = _BRACKETS[op]
        return f"{opening}{_alone(args[0], 0)}{closing}"
    name = _CALLS.get(op, op)
    return _around(" ".join([name, *(_print(arg, _MAX) for arg in args)]), least >= _MAX)


def _big(term: Big) -> str:
    body = _print(term.body, 0 if isinstance(term.body, Big) else 67)
    if term.low is None or term.high is None:
        return f"{term.op} {term.var.name} : {_sort(term.var.sort)}, {body}"
    return f"{term.op} {term.var.name} ∈ {_range(term.low, term.high)}, {body}"


def _range(low: Term, high: Term) -> str:
    if low == Num(Fraction(0), Scalar.NAT):
        return f"Finset.range {_print(high, _MAX)}"
    kind: str
    end: Term
    match high:
        case Op(op="+", args=(last, Num(value=one))) if one == 1 and not isinstance(last, Num):
            kind, end = "Icc", last
        case Num(value=value, sort=sort) if value >= 1:
            kind, end = "Icc", Num(value - 1, sort)
        case _:
            kind, end = "Ico", high
    first, second = _together(low, end, _MAX, force=True)
    return f"Finset.{kind} {first} {second}"
