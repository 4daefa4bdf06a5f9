"""A typed statement as a proposition in the Lean of the verified core, with the same meaning. Proves nothing.

To be trusted: what the kernel is asked is what this prints. ℝ becomes every ordered field, with
ℝ among them, so a proof says at least as much; ℚ likewise; ℕ and ℤ are Lean's own. Every numeral
carries its type and every operand its brackets, so that nothing is left to inference or
precedence. What has no exact counterpart in the core raises; nothing is approximated.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NoReturn

from hms_kernel.backends.lean.functions import FUNCTIONS
from hms_kernel.errors import UnsupportedStatement
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
    Statement,
    Term,
    Var,
    children,
    sort_of,
)

FIELDS = (Scalar.REAL, Scalar.RAT)
INTEGERS = (Scalar.NAT, Scalar.INT)
SORTS = {
    Scalar.NAT: "Nat", Scalar.INT: "Int", Scalar.RAT: "ℚ", Scalar.REAL: "ℝ", Scalar.PROP: "Prop",
}  # fmt: skip
RELATIONS = ("=", "≠", "<", "≤", ">", "≥")
# An operation and the sorts on which the core has it with Lean's meaning: text with holes.
EVERYWHERE = (*INTEGERS, *FIELDS)
OPERATIONS: Mapping[tuple[str, Scalar], str] = {
    **{("+", sort): "{} + {}" for sort in EVERYWHERE},
    **{("*", sort): "{} * {}" for sort in EVERYWHERE},
    **{("-", sort): "{} - {}" for sort in EVERYWHERE},  # on ℕ it stops at 0
    **{("^", sort): "{} ^ {}" for sort in EVERYWHERE},
    **{(op, sort): f"{{}} {op} {{}}" for op in ("/", "%") for sort in INTEGERS},  # Euclidean
    ("gcd", Scalar.NAT): "Nat.gcd {} {}",
    ("natAbs", Scalar.NAT): "Int.natAbs {}",
    **{("neg", sort): "-{}" for sort in (Scalar.INT, *FIELDS)},
    **{("/", sort): "{} / {}" for sort in FIELDS},  # x / 0 = 0
    **{("abs", sort): "abs {}" for sort in (Scalar.INT, *FIELDS)},
    **{("max", sort): "max {} {}" for sort in (Scalar.INT, *FIELDS)},
    **{("min", sort): "min {} {}" for sort in (Scalar.INT, *FIELDS)},
    **{("⁻¹", sort): "{}⁻¹" for sort in FIELDS},
}
CASTS: Mapping[tuple[Scalar, Scalar], str] = {
    (Scalar.NAT, Scalar.INT): "Int.ofNat {}",
    **{(Scalar.NAT, field): f"(Nat.cast {{}} : {SORTS[field]})" for field in FIELDS},
    **{(Scalar.INT, field): f"(Int.cast {{}} : {SORTS[field]})" for field in FIELDS},
}
# Names that the printed text itself uses; a variable of that name would capture them.
GLOBALS = frozenset(
    ["Nat", "Int", "Fin", "Prop", "Type", "OrderedField", "HMS", "ℝ", "ℚ", "abs", "max", "min"]
) | {name for function in FUNCTIONS.values() for name in (function.name, function.property)}
NAME = re.compile(r"[A-Za-zα-ωΑ-Ω_][A-Za-z0-9α-ωΑ-Ω_'₀-₉!?]*")


def proposition(statement: Statement) -> str:
    """The whole statement, closed: ``∀ {ℝ : Type} [OrderedField ℝ] (x : ℝ), …``.

    Raises:
        UnsupportedStatement: the core cannot say this exactly; names the construct.
    """
    binders = list(opened(statement))
    binders += [f"({variable_name(v.name)} : {sort_text(v.sort)})" for v in statement.variables]
    parts = [operand(h.prop) for h in statement.hypotheses]
    text = " → ".join([*parts, operand(statement.conclusion)])
    return f"∀ {' '.join(binders)}, {text}" if binders else text


def opened(statement: Statement) -> Iterator[str]:
    """The binders that make each sort of real numbers any ordered field, with the functions used on it."""
    used = functions_of(statement)
    fields = fields_of(statement)
    if used and len(fields) > 1:
        _unsupported(f"{next(iter(used))} on one of two fields")
    for sort in fields:
        yield f"{{{SORTS[sort]} : Type}}"
        yield f"[OrderedField {SORTS[sort]}]"
        for name in used:
            yield from FUNCTIONS[name].binders(SORTS[sort])


def functions_of(statement: Statement) -> tuple[str, ...]:
    """Which functions of the table a statement uses on a field."""
    found = set()
    for part in _parts(statement):
        if isinstance(part, Op) and part.args and sort_of(part.args[0]) in FIELDS:
            found.add("floor" if part.op == "ceil" else part.op)
    return tuple(name for name in FUNCTIONS if name in found)


def fields_of(statement: Statement) -> tuple[Scalar, ...]:
    """Which of ℝ and ℚ occur in a statement."""
    found = {part for part in _parts(statement) if isinstance(part, Scalar)}
    return tuple(sort for sort in FIELDS if sort in found)


def _parts(statement: Statement) -> Iterator[Term | Sort]:
    pending: list[Term | Sort] = [v.sort for v in statement.variables]
    pending += [*(h.prop for h in statement.hypotheses), statement.conclusion]
    while pending:
        part = pending.pop()
        yield part
        match part:
            case Scalar():
                continue
            case Arrow(domain, codomain):
                pending += [domain, codomain]
            case Fin(size):
                pending.append(size)
            case term:
                pending += [sort_of(term), *children(term)]


def variable_name(name: str) -> str:
    """A variable under its own name.

    Raises:
        UnsupportedStatement: Lean would read something else.
    """
    if not NAME.fullmatch(name) or name in GLOBALS:
        _unsupported(f"a variable called {name}")
    return name


def bound_name(around: str) -> str:
    """A name that does not occur in a text."""
    return next(name for count in itertools.count(1) if (name := "k" * count) not in around)


def sort_text(sort: Sort, names: Mapping[str, str] | None = None) -> str:
    """A sort as Lean text.

    Raises:
        UnsupportedStatement: the core has no such type.
    """
    match sort:
        case Fin(size):
            return f"Fin {operand(size, names)}"
        case Arrow(domain, codomain):
            inner = sort_text(domain, names)
            left = f"({inner})" if isinstance(domain, Arrow) else inner
            return f"{left} → {sort_text(codomain, names)}"
    if sort not in SORTS:
        _unsupported(f"the type {show(sort)}")
    return SORTS[sort]


def operand(term: Term, names: Mapping[str, str] | None = None) -> str:
    """A term or proposition that can stand anywhere: in brackets unless it is one word."""
    text = lean(term, names)
    return text if NAME.fullmatch(text) else bracketed(text)


def bracketed(text: str) -> str:
    """Text in brackets, which it does not get twice."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{⟨") - (sign in ")]}⟩")
        if depth == 0 and (at > 0 or sign != "("):
            return text if at == len(text) - 1 and text[0] == "(" else f"({text})"
    return text


def lean(term: Term, names: Mapping[str, str] | None = None) -> str:
    """A term or proposition as Lean text.

    Args:
        term: what to print.
        names: what free variables are written as, where not as themselves.

    Raises:
        UnsupportedStatement: the core cannot say this exactly; names the construct.
    """
    names = names or {}
    match term:
        case Num(value=value, sort=Scalar() as sort) if sort in EVERYWHERE:
            return _numeral(term, sort)
        case Num(value=value, sort=Fin(size=Num(value=size))) if size > 0:
            return fin_numeral(int(value % size), int(size))
        case Var(name=name):
            return names[name] if name in names else variable_name(name)
        case Apply(fn=fn, arg=arg):
            head = lean(fn, names) if isinstance(fn, Apply) else operand(fn, names)
            return f"{head} {operand(arg, names)}"
        case Op(op="ceil", args=(arg,)) if sort_of(arg) in FIELDS:
            return f"-(floor (-{operand(arg, names)}))"
        case Op(op=op, args=args) if op in FUNCTIONS and sort_of(args[0]) in FIELDS:
            return " ".join([FUNCTIONS[op].name, *(operand(arg, names) for arg in args)])
        case Op(op=op, args=args, sort=sort):
            if not isinstance(sort, Scalar) or (op, sort) not in OPERATIONS:
                _unsupported(f"{_operation(op)} on {show(sort)}")
            if op == "^" and sort_of(args[1]) is not Scalar.NAT:
                _unsupported("powers whose exponent is not a natural number")
            return OPERATIONS[op, sort].format(*(operand(arg, names) for arg in args))
        case Cast(arg=arg, sort=sort):
            return _cast(arg, sort, names)
        case Big():
            return _big(term, names)
        case Rel(op=op, left=left, right=right):
            if not _related(op, sort_of(left)):
                _unsupported(f"relation {op} on {show(sort_of(left))}")
            return f"{operand(left, names)} {op} {operand(right, names)}"
        case Logic(op="True" | "False" as op):
            return op
        case Logic(op="¬", args=(arg,)):
            return f"¬{operand(arg, names)}"
        case Logic(op="∧" | "∨" | "→" | "↔" as op, args=args):
            return f" {op} ".join(operand(arg, names) for arg in args)
        case Quant(op=op, var=var, body=body):
            inner = {name: text for name, text in names.items() if name != var.name}
            name, sort_ = variable_name(var.name), sort_text(var.sort, names)
            return f"{op} ({name} : {sort_}), {operand(body, inner)}"
        case Ite(cond=cond, yes=yes, no=no):
            if not _decidable(cond):
                _unsupported(f"way to decide {show(cond)}")
            branches = operand(yes, names), operand(no, names)
            return f"if {lean(cond, names)} then {branches[0]} else {branches[1]}"
        case Pred(name="Even" | "Odd" as name, args=(arg,)) if sort_of(arg) in INTEGERS:
            # As Mathlib defines them; the bound name is none that an argument has.
            k, sort_ = bound_name(operand(arg, names)), sort_text(sort_of(arg))
            equal = f"({k} + {k})" if name == "Even" else f"(((2 : {sort_}) * {k}) + (1 : {sort_}))"
            return f"∃ ({k} : {sort_}), ({operand(arg, names)} = {equal})"
        case Pred(name=name):
            _unsupported(f"the predicate {name}")
    _unsupported(show(term))


def _related(op: str, sort: Sort) -> bool:
    """Whether the core has a relation on a sort."""
    if sort in EVERYWHERE:
        return op in RELATIONS or (op == "∣" and sort in INTEGERS)
    return op in ("=", "≠") and (isinstance(sort, Fin) or sort is Scalar.PROP)


def _decidable(term: Term) -> bool:
    """Whether the core finds a way to decide a proposition by itself."""
    match term:
        case Rel(left=left):
            return sort_of(left) in EVERYWHERE
        case Logic(args=args):
            return all(map(_decidable, args))
    return False


def fin_numeral(value: int, size: int) -> str:
    """An element of ``Fin size``."""
    return f"(Fin.mk {value} (Nat.lt_of_ble_eq_true rfl) : Fin {size})"


def _numeral(term: Num, sort: Scalar) -> str:
    value, type_ = term.value, SORTS[sort]
    if (value.denominator != 1 and sort not in FIELDS) or (value < 0 and sort is Scalar.NAT):
        _unsupported(f"the numeral {show(term)}")
    text = f"({abs(value.numerator)} : {type_})"
    if value.denominator != 1:
        text = f"({text} / ({value.denominator} : {type_}))"
    return f"-{text}" if value < 0 else text


def _cast(arg: Term, sort: Sort, names: Mapping[str, str]) -> str:
    own = sort_of(arg)
    if isinstance(own, Fin) and isinstance(sort, Scalar):
        inner = f"Fin.val {operand(arg, names)}"
        if sort is Scalar.NAT:
            return inner
        own, text = Scalar.NAT, f"({inner})"
    else:
        text = operand(arg, names)
    if own == sort:
        return text
    form = CASTS.get((own, sort)) if isinstance(own, Scalar) and isinstance(sort, Scalar) else None
    if form is None:
        _unsupported(f"the embedding of {show(own)} into {show(sort)}")
    return form.format(text)


def _big(term: Big, names: Mapping[str, str]) -> str:
    inner = {name: text for name, text in names.items() if name != term.var.name}
    sort = sort_text(term.var.sort, names)
    if term.op != "∑" or term.sort not in EVERYWHERE:
        _unsupported(f"{term.op} of {show(term.sort)}")
    name = variable_name(term.var.name)
    if term.low is not None and term.high is not None:
        # Over as many elements as there are from low to below high, counted from low; none, if
        # high is less: subtraction on ℕ stops at 0.
        if term.var.sort is not Scalar.NAT:
            _unsupported("a sum over a range of integers")
        sort, inner[term.var.name] = f"Fin {operand(term.high, names)}", f"(Fin.val {name})"
        if term.low != Num(Fraction(0), Scalar.NAT):
            low = operand(term.low, names)
            sort = f"Fin ({operand(term.high, names)} - {low})"
            inner[term.var.name] = f"({low} + (Fin.val {name}))"
    return summed(name, sort, operand(term.body, inner))


def summed(name: str, sort: str, body: str) -> str:
    """The sum of ``body``, which can stand anywhere, over all of a ``Fin``."""
    return f"∑ {name} : {sort}, {body}"


def _operation(op: str) -> str:
    named = {"/": "division", "%": "remainder", "⁻¹": "inverse", "neg": "negation"}
    return named.get(op, op)


def _unsupported(construct: str) -> NoReturn:
    raise UnsupportedStatement(f"the verified core has no {construct}")
