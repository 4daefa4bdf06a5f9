"""Transforms that split into cases: finitely many values, remainders, alternatives. Each split is exhaustive.

``enumerate`` goes through the values of a variable that the facts bound; ``residues``
through the remainders that a ``%`` or ``∣`` asks about; ``cases`` and ``ite-split``
through alternatives; ``points`` looks at universal facts in a few places only.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends.polynomials import Polynomial, TooLarge, polynomial
from hms_kernel.backends.relaxation import relaxed
from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, rebuild, substitute, walk
from hms_kernel.statements.terms import (
    Cast,
    Ite,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Term,
    Var,
    sort_of,
)

Oblige = Callable[[Sequent], bool]

MAX_CASES = 16
MAX_VALUES = 128  # of an enumerated variable
BOUNDS = (20, 64, 127)  # tried in turn for a variable that no fact bounds
MAX_BOUNDED = 3  # variables for which that is tried
MAX_RESIDUES = 150  # combinations of remainders
MAX_MODULUS = 64

INTEGERS = (Scalar.NAT, Scalar.INT)
POINTS = (0, 1, -1, 2)


def cases(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per alternative of the disjunctive facts."""
    facts = [part for fact in sequent.facts for part in conjuncts(fact)]
    pieces = [dataclasses.replace(sequent, facts=tuple(facts))]
    for fact in facts:
        if not isinstance(fact, Logic) or fact.op != "∨":
            continue
        if len(pieces) * len(fact.args) > MAX_CASES:
            break
        pieces = [
            dataclasses.replace(
                piece, facts=tuple(arg if old == fact else old for old in piece.facts)
            )
            for piece in pieces
            for arg in fact.args
        ]
    return [sequent] if len(pieces) == 1 else pieces


def ite_split(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per way the conditions of ``if`` outside quantifiers can fall."""
    pieces = [sequent]
    while True:
        grown: list[Sequent] = []
        for piece in pieces:
            cond = next(_open_conditions(piece), None)
            if cond is None:
                grown.append(piece)
                continue
            for holds in (True, False):
                facts = (*piece.facts, cond if holds else Logic("¬", (cond,)))
                grown.append(_decided(dataclasses.replace(piece, facts=facts), cond, holds))
        if len(grown) == len(pieces) or len(grown) > MAX_CASES:
            return pieces
        pieces = grown


def _open_conditions(sequent: Sequent) -> Iterator[Term]:
    """Conditions that mention nothing bound."""
    names = {var.name for var in sequent.variables}
    for prop in (*sequent.facts, sequent.claim):
        for part in walk(prop):
            if isinstance(part, Ite) and all(name in names for name in free_names(part.cond)):
                yield part.cond


def _decided(sequent: Sequent, cond: Term, holds: bool) -> Sequent:
    def change(part: Term) -> Term | None:
        if isinstance(part, Ite) and part.cond == cond:
            return rebuild(part.yes if holds else part.no, change)
        return None

    return sequent.mapped(lambda prop: rebuild(prop, change))


# --- values ------------------------------------------------------------------


def enumerate_values(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per value of the integer variable with the fewest, where the facts bound one.

    A bound that no fact states is proved first, from the facts and the claim's failure.
    """
    found = written_range(sequent) or _proved_range(sequent, oblige)
    if found is None:
        return [sequent]
    var, low, high = found
    return [
        Sequent(
            tuple(other for other in sequent.variables if other.name != var.name),
            tuple(_at(fact, var, value) for fact in sequent.facts),
            _at(sequent.claim, var, value),
        )
        for value in range(low, high + 1)
    ]


def written_range(sequent: Sequent) -> tuple[Var, int, int] | None:
    """The variable with the fewest values that comparisons with numerals leave it."""
    best: tuple[Var, int, int] | None = None
    facts = [part for fact in sequent.facts for part in conjuncts(fact)]
    for var in sequent.variables:
        if var.sort not in INTEGERS:
            continue
        lows = [Fraction(0)] if var.sort is Scalar.NAT else []
        highs: list[Fraction] = []
        for fact in facts:
            for lower, bound in limits(fact, var):
                (lows if lower else highs).append(bound)
        if lows and highs:
            low, high = math.ceil(max(lows)), math.floor(min(highs))
            if high - low < MAX_VALUES and (best is None or high - low < best[2] - best[1]):
                best = (var, low, high)
    return best


def _proved_range(sequent: Sequent, oblige: Oblige) -> tuple[Var, int, int] | None:
    """The first variable that can be shown to stay small, and how small."""
    integers = [var for var in sequent.variables if var.sort in INTEGERS][:MAX_BOUNDED]
    for most in BOUNDS:
        for var in integers:
            least = 0 if var.sort is Scalar.NAT else -most
            if _stays(sequent, var, "≤", most, oblige) and (
                var.sort is Scalar.NAT or _stays(sequent, var, "≥", least, oblige)
            ):
                return var, least, most
    return None


def _stays(sequent: Sequent, var: Var, op: str, bound: int, oblige: Oblige) -> bool:
    """Whether a counterexample to the sequent would have ``var op bound``."""
    within = Rel(op, var, Num(Fraction(bound), var.sort))
    bounded = dataclasses.replace(sequent, claim=Logic("∨", (sequent.claim, within)))
    weaker = relaxed(bounded) or relaxed(dataclasses.replace(bounded, claim=within))
    return weaker is not None and oblige(weaker)


def _at(term: Term, var: Var, value: int) -> Term:
    return substitute(term, {var.name: Num(Fraction(value), var.sort)})


def limits(fact: Term, var: Var) -> Iterator[tuple[bool, Fraction]]:
    """(is it a lower bound, inclusive bound) that a comparison with a numeral puts on a variable."""
    match fact:
        case Rel(op=op, left=left, right=right) if op in ("<", "≤", ">", "≥"):
            for term, bound, flipped in ((left, right, False), (right, left, True)):
                value = _literal(bound)
                if value is None or _bare(term) != var:
                    continue
                upper = (op in ("<", "≤")) != flipped
                if op in ("<", ">") and var.sort in INTEGERS:
                    # Strictly beyond an integer is at least one further.
                    value = Fraction(math.ceil(value) - 1 if upper else math.floor(value) + 1)
                yield not upper, value


def _bare(term: Term) -> Term:
    return _bare(term.arg) if isinstance(term, Cast) else term


def _literal(term: Term) -> Fraction | None:
    match _bare(term):
        case Num(value=value):
            return value
        case Op(op="neg", args=(inner,)):
            value_ = _literal(inner)
            return None if value_ is None else -value_
    return None


# --- remainders --------------------------------------------------------------


def residues(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per remainder of the variables under ``%`` and ``∣`` by a numeral.

    A polynomial's remainder depends only on its variables' remainders, so each
    ``p % m`` becomes a numeral.
    """
    questions = dict.fromkeys(_questions(sequent))
    if not questions:
        return [sequent]
    modulus = math.lcm(*(m for _, m in questions))
    names: dict[str, Var] = {}
    for poly, _ in questions:
        for monomial, _ in poly:
            for atom in monomial:
                inner = _bare(atom)
                assert isinstance(inner, Var)
                names[inner.name] = inner
    if modulus > MAX_MODULUS or modulus ** len(names) > MAX_RESIDUES:
        return [sequent]
    pieces = [(sequent, dict[str, int]())]
    for var in names.values():
        pieces = [
            (
                dataclasses.replace(piece, facts=(*piece.facts, _leaves(var, modulus, rest))),
                {**known, var.name: rest},
            )
            for piece, known in pieces
            for rest in range(modulus)
        ]
    return [_reduced(piece, known) for piece, known in pieces]


def _leaves(var: Var, modulus: int, rest: int) -> Term:
    remainder = Op("%", (var, Num(Fraction(modulus), var.sort)), var.sort)
    return Rel("=", remainder, Num(Fraction(rest), var.sort))


_Frozen = tuple[tuple[tuple[Term, ...], Fraction], ...]


def _questions(sequent: Sequent) -> Iterator[tuple[_Frozen, int]]:
    for prop in (*sequent.facts, sequent.claim):
        for part in walk(prop):
            found = _question(part, sequent.variables)
            if found is not None:
                yield tuple(found[0].items()), found[1]


def _question(part: Term, variables: tuple[Var, ...]) -> tuple[Polynomial, int] | None:
    """(p, m) of ``p % m`` or ``m ∣ p`` for a polynomial p in free integer variables and a numeral m."""
    match part:
        case (
            Op(op="%", args=(inner, Num(value=value)))
            | Rel(op="∣", left=Num(value=value), right=inner)
        ) if sort_of(inner) in INTEGERS and value > 1:
            try:
                poly = polynomial(inner)
            except TooLarge:
                return None
            atoms = [atom for monomial in poly for atom in monomial]
            whole = all(coefficient.denominator == 1 for coefficient in poly.values())
            # A bound variable has no one remainder to speak of.
            plain = all(
                _bare(atom) in variables and sort_of(_bare(atom)) in INTEGERS for atom in atoms
            )
            if whole and atoms and plain:
                return poly, int(value)
    return None


def _reduced(sequent: Sequent, known: dict[str, int]) -> Sequent:
    def change(part: Term) -> Term | None:
        found = _question(part, sequent.variables)
        if found is None:
            return None
        poly, modulus = found
        total = 0
        for monomial, coefficient in poly.items():
            value = int(coefficient)
            for atom in monomial:
                inner = _bare(atom)
                assert isinstance(inner, Var)
                value *= known[inner.name]
            total += value
        if isinstance(part, Rel):
            return Logic("True" if total % modulus == 0 else "False")
        return Num(Fraction(total % modulus), sort_of(part))

    fresh = len(known)
    kept = sequent.facts[-fresh:]
    # The facts that fix the remainders stay as they are.
    reduced = dataclasses.replace(sequent, facts=sequent.facts[:-fresh]).mapped(
        lambda prop: rebuild(prop, change)
    )
    return dataclasses.replace(reduced, facts=(*reduced.facts, *kept))


# --- places ------------------------------------------------------------------


def points(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Universal facts over numbers at a few small numerals only. Weaker facts, easier question."""
    facts: list[Term] = []
    for fact in (part for whole in sequent.facts for part in conjuncts(whole)):
        if not (isinstance(fact, Quant) and fact.op == "∀" and isinstance(fact.var.sort, Scalar)):
            facts.append(fact)
            continue
        if fact.var.sort is Scalar.PROP:
            facts.append(fact)
            continue
        values = [v for v in POINTS if v >= 0 or fact.var.sort is not Scalar.NAT]
        facts += [_at(fact.body, fact.var, value) for value in values]
    changed = dataclasses.replace(sequent, facts=tuple(facts))
    return [sequent] if len(facts) == len(sequent.facts) else [changed]
