"""Rows that contradict each other as steps of a proof: multipliers, and lemmas about terms. Searches nothing."""

from __future__ import annotations

from fractions import Fraction

from hms_kernel.backends.certifying.linear import Program, multipliers
from hms_kernel.backends.certifying.purse import Purse
from hms_kernel.backends.certifying.rows import (
    Generic,
    Row,
    Summed,
    Wrap,
    row_of,
    rows_of,
    summand,
    written,
)
from hms_kernel.backends.certifying.shortening import failing
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.language import Combination, Each, Multiple, Product, Proof, Split
from hms_kernel.certificates.polynomials import ZERO, Formula, Poly, compare
from hms_kernel.certificates.sums import depends

SIMPLE = (2, 4)  # terms of products that are tried first when a lemma is written down


def combination(rows: list[Row], purse: Purse) -> Combination | None:
    """The rows with multipliers that make them contradict each other, where there are such."""
    numbers = multipliers(rows, purse)
    if numbers is None:
        return None
    products: list[Product] = []
    multiples: list[Multiple] = []
    for row, times in zip(rows, numbers, strict=True):
        if not times:
            continue
        part = summand(row, times)
        if isinstance(part, Product):
            products.append(part)
        else:
            multiples.append(part)
    return Combination(tuple(products), tuple(multiples))


def contradiction(rows: list[Row], context: Context, purse: Purse) -> Proof | None:
    """The proof that rows contradict each other, lemmas about terms of sums first; None if they do not."""
    plain = [row for row in rows if not isinstance(row.source, Summed)]
    if len(plain) == len(rows):
        return combination(rows, purse)
    numbers = multipliers(rows, purse)
    if numbers is None:
        return None
    after = context.copy()
    steps: list[Wrap] = []
    by_domain: dict[int, list[tuple[Row, Fraction]]] = {}
    for row, times in zip(rows, numbers, strict=True):
        if isinstance(row.source, Summed) and times:
            by_domain.setdefault(id(row.source.generic), []).append((row, times))
    for used in by_domain.values():
        step = _each(after, used, purse)
        if step is None:
            return None
        steps.append(step)
    known = {row.source for row in rows_of(context)}
    last = combination(
        [*plain, *(row for row in rows_of(after) if row.source not in known)],
        purse,
    )
    proof: Proof | None = last
    for wrap in reversed(steps):
        proof = wrap(proof) if proof is not None else None
    return proof


def _simplest(generic: Generic, refuted: Formula, purse: Purse) -> list[Row]:
    """Rows of few terms that show the lemma as well, where there are such."""
    negated = row_of(str(refuted), refuted)
    if negated is None:
        return []
    rows = [row.source.why for row in generic.rows if isinstance(row.source, Summed)]
    for terms in SIMPLE:
        program = Program(purse)
        for row in (negated, *(row for row in rows if len(row.poly.terms) <= terms)):
            program.add(row)
        answer = program.solve()
        if isinstance(answer, list):
            return [row for row in answer if row is not negated]
    return []


def _each(context: Context, used: list[tuple[Row, Fraction]], purse: Purse) -> Wrap | None:
    """One lemma about every term, and its sum as a fact of the context."""
    source = used[0][0].source
    assert isinstance(source, Summed)
    generic = source.generic
    term, relation, whys = _lemma(used)
    ((atom,),) = generic.variable.terms
    if not any(depends(a, atom) for a in term.atoms()):
        return None
    refuted = failing(term, relation)
    whys = _simplest(generic, refuted, purse) or whys
    proof: Proof | None
    if relation == "=":
        sides = [compare(">", term), compare(">", ZERO - term)]
        halves = [
            combination([*whys, row], purse) for side in sides if (row := row_of(str(side), side))
        ]
        if None in halves:
            return None
        proof = Split(str(refuted), tuple(half for half in halves if half is not None))
    else:
        row = row_of(str(refuted), refuted)
        proof = None if row is None else combination([*whys, row], purse)
    if proof is None:
        return None
    for wrap in reversed(generic.steps):
        proof = wrap(proof)
    context.summed(generic.domain, term, generic.variable, relation)
    inner = proof
    return lambda then: Each(
        generic.index, str(generic.domain), written(term), relation, inner, then
    )


def _lemma(used: list[tuple[Row, Fraction]]) -> tuple[Poly, str, list[Row]]:
    """The summed rows of one domain, taken together: a term, its sign, and the rows it comes from."""
    term, ops, whys = Poly({}), [], []
    for row, times in used:
        assert isinstance(row.source, Summed)
        term = term + row.source.term.scaled(times)
        ops.append(row.source.why.op if row.op != "≥" else "≥")
        whys.append(row.source.why)
    relation = "=" if set(ops) == {"="} else ">" if ">" in ops else "≥"
    return term, relation, whys
