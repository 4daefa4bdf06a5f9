"""The typed core: what a statement means, after names, types and casts are settled. Prints and proves nothing.

Everything here has Lean 4 / Mathlib's semantics: total division (x / 0 = 0),
truncated subtraction on ℕ, Euclidean division on ℤ, √ of a negative is 0.
Definitions are unfolded and ``let`` is substituted before a term gets here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction


class Scalar(enum.Enum):
    """Sorts without parts. ``PROP`` is the sort of propositions."""

    NAT = "ℕ"
    INT = "ℤ"
    RAT = "ℚ"
    REAL = "ℝ"
    FLOAT = "Float"  # IEEE-754 binary64: everything exact refuses it
    PROP = "Prop"


@dataclass(frozen=True)
class Fin:
    """``Fin size``: the naturals below ``size``; ``size`` is a term of sort ℕ."""

    size: Term


@dataclass(frozen=True)
class Arrow:
    """Functions, curried: ``domain → codomain``."""

    domain: Sort
    codomain: Sort


Sort = Scalar | Fin | Arrow


@dataclass(frozen=True)
class Span:
    """Where a term stands in its source, 1-based."""

    line: int
    column: int


@dataclass(frozen=True)
class _Node:
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Num(_Node):
    """A numeral or decimal, exact; ``sort`` is a numeric scalar or ``Fin``."""

    value: Fraction
    sort: Sort


@dataclass(frozen=True)
class Var(_Node):
    """A bound variable. Names are unique within one statement (the elaborator renames shadowed ones)."""

    name: str
    sort: Sort


@dataclass(frozen=True)
class Apply(_Node):
    """``fn arg`` for a variable of arrow sort (curried applications nest)."""

    fn: Term
    arg: Term
    sort: Sort


@dataclass(frozen=True)
class Op(_Node):
    """An arithmetic operation; operands and result are of ``sort`` unless said otherwise.

    op: ``+ - * / neg abs min max %``; ``^`` (exponent of sort ℕ, or ℤ over a field: zpow);
    ``sqrt`` (ℝ); ``nat_sqrt``; ``floor`` ``ceil`` (field to ℤ); ``nat_floor`` ``nat_ceil``;
    ``natAbs`` ``toNat`` (ℤ to ℕ); ``gcd`` ``lcm`` ``factorial``; ``⁻¹``. A backend that does not know an op
    raises ``UnsupportedStatement`` naming it.
    """

    op: str
    args: tuple[Term, ...]
    sort: Sort


@dataclass(frozen=True)
class Cast(_Node):
    """The canonical embedding ℕ → ℤ → ℚ → ℝ (or Fin n → ℕ) of ``arg`` into ``sort``."""

    arg: Term
    sort: Sort


@dataclass(frozen=True)
class Ite(_Node):
    """``if cond then yes else no``; both branches of ``sort``."""

    cond: Term
    yes: Term
    no: Term
    sort: Sort


@dataclass(frozen=True)
class Big(_Node):
    """``∑``/``∏`` of ``body`` over ``var``.

    ``low`` and ``high`` None: over all of ``var.sort``, a ``Fin``. Otherwise over the integers
    low ≤ var < high (``Finset.range``, ``Icc`` and friends are brought to this form).
    """

    op: str  # "∑" or "∏"
    var: Var
    body: Term
    sort: Sort
    low: Term | None = None
    high: Term | None = None


@dataclass(frozen=True)
class Rel(_Node):
    """``left op right``, a proposition. op: ``= ≠ < ≤ > ≥ ∣``; both sides of one sort.

    On ``Float`` ``=`` is identity, as in Lean: NaN equals itself and 0 differs from -0. What
    processors call equality is ``==``, which only ``Float`` has here.
    """

    op: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Logic(_Node):
    """``¬ ∧ ∨ → ↔`` over propositions, and the constants ``True``, ``False`` (no args)."""

    op: str
    args: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Quant(_Node):
    """``∀``/``∃ var, body``; bounded quantifiers carry their guard inside ``body``."""

    op: str  # "∀" or "∃"
    var: Var
    body: Term


@dataclass(frozen=True)
class Pred(_Node):
    """A named predicate on numbers, such as ``Nat.Prime``, ``Even``, ``Odd``."""

    name: str
    args: tuple[Term, ...]


Term = Num | Var | Apply | Op | Cast | Ite | Big | Rel | Logic | Quant | Pred


@dataclass(frozen=True)
class Hypothesis:
    """An assumption; ``name`` is the binder's, or empty."""

    name: str
    prop: Term


@dataclass(frozen=True)
class Bundle:
    """Variables of the core that were one variable in the text.

    Without parts, ``name`` is the core variable itself; else the parts are those of a record
    (``fields`` has their names), the items of a list (``length`` is the variable that counts
    them), or the values of a function.
    """

    name: str
    parts: tuple[Bundle, ...] = ()
    fields: tuple[str, ...] = ()
    length: str = ""
    function: bool = False


@dataclass(frozen=True)
class Statement:
    """``∀ variables, hypotheses → conclusion``: leading binders and implications are already introduced.

    Later sorts may mention earlier variables (``Fin n`` after ``n : ℕ``).
    """

    name: str  # of the theorem, or empty for a bare proposition
    variables: tuple[Var, ...]
    hypotheses: tuple[Hypothesis, ...]
    conclusion: Term
    notes: tuple[str, ...] = ()  # ascriptions made, definitions unfolded
    bundles: tuple[Bundle, ...] = ()  # records and lists among the variables of the text


def sort_of(term: Term) -> Sort:
    """The sort of a term; propositions are of sort ``Scalar.PROP``."""
    match term:
        case Rel() | Logic() | Quant() | Pred():
            return Scalar.PROP
        case _:
            return term.sort


def first_float(statement: Statement) -> Term | None:
    """The first variable or term of ``Float`` in a statement, which nothing exact may be asked about."""
    pending: list[Term] = [
        *statement.variables,
        *(hypothesis.prop for hypothesis in statement.hypotheses),
        statement.conclusion,
    ]
    pending.reverse()
    while pending:
        term = pending.pop()
        if isinstance(term, Num | Var | Apply | Op | Cast | Ite | Big) and _floating(term.sort):
            return term
        if isinstance(term, Big | Quant) and _floating(term.var.sort):
            return term.var
        pending += reversed(list(children(term)))
    return None


def _floating(sort: Sort) -> bool:
    if isinstance(sort, Arrow):
        return _floating(sort.domain) or _floating(sort.codomain)
    return sort is Scalar.FLOAT


def children(term: Term) -> Iterator[Term]:
    """The direct subterms, in order of writing (not those inside sorts)."""
    for f in fields(term):
        value = getattr(term, f.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Term):
                yield part
