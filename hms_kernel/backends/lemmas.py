"""A claim taken apart into lemmas that together imply it: first way that applies. Proves nothing.

Every way is exhaustive by construction, except a person's lemma, which is itself the first of
two. Lemmas leave as Lean text, and only text that reads back as the very piece it was written for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from hms_kernel.backends import casework
from hms_kernel.backends.sequent import (
    Sequent,
    conjuncts,
    free_names,
    introduced,
    rebuild,
    split,
    substitute,
    walk,
)
from hms_kernel.backends.unfold import Definition, unfold
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import (
    Big,
    Fin,
    Hypothesis,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Statement,
    Term,
    Var,
    first_float,
    sort_of,
)

MOST = 16  # lemmas of one split
FEW = 4  # where most cases may be impossible; what stays open is taken apart again
NUMBERS = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """How a claim is taken apart: enough to do it again."""

    by: str  # a key of ``WAYS``, or "lemma"
    lemma: str = ""  # Lean text of a person's lemma, in the scope of the claim


@dataclasses.dataclass(frozen=True)
class Piece:
    """One lemma: what is to be proved, and the values of variables that it no longer has."""

    sequent: Sequent
    fixed: Mapping[str, str] = dataclasses.field(default_factory=dict)  # name to Lean numeral


@dataclasses.dataclass(frozen=True)
class Parts:
    """A claim in pieces, and the functions that its hypotheses had defined outright."""

    split: Split
    pieces: tuple[Piece, ...]
    texts: tuple[str, ...]  # of the pieces, as Lean theorems
    definitions: tuple[Definition, ...] = ()


def parts(statement: Statement) -> Parts | None:
    """The claim taken apart by the first way that gives several lemmas; None where none does."""
    if first_float(statement) is not None:
        return None  # doubles round: what holds of numbers need not hold of them
    for by in WAYS:
        found = _parts(statement, Split(by=by))
        if found is not None:
            return found
    return None


def apart(statement: Statement, by: Split) -> Parts:
    """The claim taken apart in a given way.

    Raises:
        UsageError: that way does not apply, or a person's lemma cannot be read in its scope.
    """
    if by.by == "lemma":
        return _cut(statement, by)
    found = None if first_float(statement) is not None else _parts(statement, by)
    if found is None:
        raise UsageError(f"the claim does not come apart by {by.by}")
    return found


def _parts(statement: Statement, by: Split) -> Parts | None:
    way = WAYS.get(by.by)
    if way is None:
        return None
    sequent, definitions = unfold(Sequent.of(statement))
    pieces = tuple(way(sequent))
    if not 2 <= len(pieces) <= MOST:
        return None
    return _written(statement, Parts(by, pieces, (), definitions))


def _cut(statement: Statement, by: Split) -> Parts:
    """A person's lemma under the hypotheses of the claim, and the claim with the lemma.

    Source:
        Gentzen (1935), Untersuchungen über das logische Schließen: the cut.
    """
    scope = dataclasses.replace(statement, name="cut", conclusion=Logic("True"))
    header = show(scope).removesuffix(": True := by sorry")
    try:
        # In parentheses, so that the text cannot be more than one proposition.
        read = parse(f"{header}: ({by.lemma}) ∧ True := by sorry", decimals="ℝ")
    except StatementError as error:
        raise UsageError(f"the lemma cannot be read: {error}") from error
    lemma = Sequent.of(read)
    kept = lemma.claim.args[0] if isinstance(lemma.claim, Logic) and lemma.claim.args else None
    if kept is None or not _same(lemma.facts, Sequent.of(statement).facts):
        raise UsageError(f"{by.lemma!r} is not one proposition about the variables of the claim")
    whole = Sequent.of(statement)
    first = dataclasses.replace(whole, claim=kept)
    second = dataclasses.replace(whole, facts=(*whole.facts, kept))
    found = _written(statement, Parts(by, (Piece(first), Piece(second)), ()))
    if found is None:
        raise UsageError("the lemma cannot be written down in the scope of the claim")
    return found


def _written(statement: Statement, found: Parts) -> Parts | None:
    """The parts with their texts; None when one does not say what it was written for."""
    names = {hypothesis.prop: hypothesis.name for hypothesis in statement.hypotheses}
    texts = []
    for piece in found.pieces:
        facts = piece.sequent.facts
        lemma = Statement(
            name="piece",  # the same of all, so that equal lemmas are equal texts
            variables=piece.sequent.variables,
            hypotheses=tuple(Hypothesis(names.get(fact, ""), fact) for fact in facts),
            conclusion=piece.sequent.claim,
        )
        text = show(lemma)
        try:
            again = Sequent.of(parse(text))
        except StatementError:
            return None
        # What the reader introduces by itself, the piece may still have in its claim.
        mine, theirs = introduced(piece.sequent), introduced(again)
        if mine.variables != theirs.variables or not _same(
            (*mine.facts, mine.claim), (*theirs.facts, theirs.claim)
        ):
            return None
        texts.append(text)
    return dataclasses.replace(found, texts=tuple(texts))


# --- ways ----------------------------------------------------------------------


def _conjuncts(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per conjunct; an equivalence is its two directions."""
    yield from map(Piece, split(sequent))


def _equation(sequent: Sequent) -> Iterator[Piece]:
    """Equal is at most and at least."""
    inner = introduced(sequent)
    claim = inner.claim
    if isinstance(claim, Rel) and claim.op == "=" and sort_of(claim.left) in NUMBERS:
        for op in ("≤", "≥"):
            yield Piece(dataclasses.replace(inner, claim=dataclasses.replace(claim, op=op)))


def _alternatives(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per alternative of the disjunctive facts."""
    yield from map(Piece, casework.cases(introduced(sequent), _nothing))


def _conditions(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per way the conditions of ``if`` can fall."""
    yield from map(Piece, casework.ite_split(introduced(sequent), _nothing))


def _order(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per way the arguments of ``min``, ``max`` and ``|·|`` can lie."""
    done, pending = list[Sequent](), [introduced(sequent)]
    while pending:
        piece = pending.pop(0)
        found = next(_ordered(piece), None)
        if found is None or len(done) + len(pending) + 2 > FEW:
            done.append(piece)
            continue
        for fact, value in _either(found):
            facts = (*piece.facts, fact)
            pending.append(_replaced(dataclasses.replace(piece, facts=facts), found, value))
    yield from map(Piece, done)


def _components(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per value of an index."""
    inner = introduced(sequent)
    for var in inner.variables:
        if isinstance(var.sort, Fin) and isinstance(var.sort.size, Num):
            if var.sort.size.value <= MOST:
                yield from _at(inner, var, range(int(var.sort.size.value)))
            return


def _values(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per value of an integer that the facts bound by numerals."""
    inner = introduced(sequent)
    found = casework.written_range(inner)
    if found is not None:
        yield from _at(inner, found[0], range(found[1], found[2] + 1))


def _signs(sequent: Sequent) -> Iterator[Piece]:
    """One lemma per sign of each of the first two numbers that may have either."""
    inner = introduced(sequent)
    pieces = [inner]
    facts = [part for fact in inner.facts for part in conjuncts(fact)]
    for var in inner.variables:
        bounds = [limit for fact in facts for limit in casework.limits(fact, var)]
        settled = any(bound >= 0 if lower else bound <= 0 for lower, bound in bounds)
        used = var.name in set(free_names(inner.claim))
        if var.sort not in NUMBERS[1:] or settled or not used or len(pieces) > 2:
            continue
        zero = Num(Fraction(0), var.sort)
        pieces = [
            dataclasses.replace(piece, facts=(*piece.facts, Rel(op, zero, var)))
            for piece in pieces
            for op in ("≤", ">")
        ]
    yield from map(Piece, pieces)


WAYS: dict[str, Callable[[Sequent], Iterator[Piece]]] = {
    "conjuncts": _conjuncts,
    "alternatives": _alternatives,
    "conditions": _conditions,
    "order": _order,
    "components": _components,
    "equation": _equation,
    "values": _values,
    "signs": _signs,
}


# --- pieces of pieces ------------------------------------------------------------


def _nothing(lemma: Sequent) -> bool:
    """Nobody is asked for anything here."""
    return False


def _at(sequent: Sequent, var: Var, values: range) -> Iterator[Piece]:
    rest = tuple(other for other in sequent.variables if other.name != var.name)
    for value in values:
        numeral: dict[str, Term] = {var.name: Num(Fraction(value), var.sort)}
        facts = tuple(substitute(fact, numeral) for fact in sequent.facts)
        claim = substitute(sequent.claim, numeral)
        yield Piece(Sequent(rest, facts, claim), {var.name: str(value)})


def _ordered(sequent: Sequent) -> Iterator[Op]:
    """Operations that pick one of two values and mention nothing bound, innermost first."""
    names = {var.name for var in sequent.variables}
    for prop in (*sequent.facts, sequent.claim):
        for part in reversed([*walk(prop)]):
            match part:
                case Op(op="min" | "max" | "abs", sort=sort) if sort in NUMBERS:
                    if names.issuperset(free_names(part)):
                        yield part
                case _:
                    pass


def _either(part: Op) -> Iterator[tuple[Term, Term]]:
    """What may hold, and the value of the operation then: one of the two always does."""
    if part.op == "abs":
        (inner,) = part.args
        zero = Num(Fraction(0), sort_of(inner))
        yield Rel("≤", zero, inner), inner
        yield Rel("<", inner, zero), Op("neg", (inner,), sort_of(inner))
        return
    one, other = part.args
    low, high = (one, other) if part.op == "min" else (other, one)
    yield Rel("≤", one, other), low
    yield Rel("<", other, one), high


def _replaced(sequent: Sequent, old: Term, value: Term) -> Sequent:
    def change(part: Term) -> Term | None:
        return value if part == old else None

    return sequent.mapped(lambda prop: rebuild(prop, change))


def _same(one: tuple[Term, ...], other: tuple[Term, ...]) -> bool:
    """Whether terms are equal but for the names of what they bind."""
    return len(one) == len(other) and all(
        _canonical(a) == _canonical(b) for a, b in zip(one, other, strict=True)
    )


def _canonical(term: Term) -> Term:
    """The term with its bound variables numbered in the order of writing."""
    count = 0

    def change(part: Term) -> Term | None:
        nonlocal count
        if not isinstance(part, Big | Quant):
            return None
        count += 1
        fresh = dataclasses.replace(part.var, name=f"#{count}")
        changes: dict[str, Any] = {
            "var": fresh,
            "body": rebuild(substitute(part.body, {part.var.name: fresh}), change),
        }
        if isinstance(part, Big):
            ends = {"low": part.low, "high": part.high}
            changes |= {name: end and rebuild(end, change) for name, end in ends.items()}
        return dataclasses.replace(part, **changes)

    return rebuild(term, change)
