"""Sums by their terms: what holds of a product of facts at every index holds of the sum. Decides nothing.

At a generic index of the range the facts about every index become facts about one; their
products, summed, are rows between sums. The linear program says which of them are needed
and how often, and those together are the lemma about every term.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hms_kernel.backends.certifying.assembling import combination
from hms_kernel.backends.certifying.linear import Program
from hms_kernel.backends.certifying.pool import Pool, signs_of
from hms_kernel.backends.certifying.purse import Purse
from hms_kernel.backends.certifying.rows import (
    Generic,
    Row,
    Summed,
    Wrap,
    row_of,
    rows_of,
    written,
)
from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.language import Instance, Proof, Split
from hms_kernel.certificates.polynomials import (
    Atom,
    Domain,
    Formula,
    Monomial,
    Or,
    Quantified,
    Rejected,
)
from hms_kernel.certificates.sums import at, count_of, depends, total

MAX_DEGREE = 5  # of products of them
MAX_POINTWISE = 10  # facts about the generic index that are multiplied with each other


def generics(context: Context, pool: Pool, purse: Purse) -> list[Generic]:
    """One for every range that a sum in the context runs over."""
    domains: dict[str, Domain] = {}
    for atom in context.atoms.values():
        if atom.head == "sum":
            domain = atom.args[0]
            if context.domains.get(str(domain)) == domain:
                domains.setdefault(str(domain), domain)
    made = (_generic(context, domain, pool, purse) for domain in domains.values())
    return [generic for generic in made if generic is not None]


def _generic(context: Context, domain: Domain, pool: Pool, purse: Purse) -> Generic | None:
    index = next((name for name in ("i", "j", "k") if name not in context.names), "index")
    try:
        generic, variable = context.generic(index, domain)
    except Rejected:
        return None
    made = Generic(domain, index, variable, generic)
    before = set(generic.facts)
    for name, fact in list(context.facts.items()):
        if isinstance(fact, Quantified) and fact.every:
            purse.spend(2)
            try:
                generic.instance(name, variable)
            except (Rejected, Unread):
                continue
            made.steps.append(partial(Instance, name, written(variable)))
    for name, fact in list(generic.facts.items()):
        if isinstance(fact, Or) and name not in before:
            made.steps += _only_way(generic, name, purse)
    new = {name: fact for name, fact in generic.facts.items() if name not in before}
    made.rows = list(
        _summed(made, context, [row for row in (row_of(n, f) for n, f in new.items()) if row], pool)
    )
    return made


def _only_way(context: Context, name: str, purse: Purse) -> list[Wrap]:
    """The step from a disjunction to the one alternative that is not refuted at once, as of ``i < n → …``."""
    alternatives = context.alternatives(name)
    proofs = [_refuted(context, alternative, purse) for alternative in alternatives]
    if proofs.count(None) != 1:
        return []
    place = proofs.index(None)
    context.add(alternatives[place])

    def split(then: Proof) -> Proof:
        return Split(name, tuple(then if proof is None else proof for proof in proofs))

    return [split]


def _refuted(context: Context, alternative: Formula, purse: Purse) -> Proof | None:
    branch = context.copy()
    branch.add(alternative)
    if "false" in branch.facts:
        return Split("false", ())
    program = Program(purse)
    rows = rows_of(branch)
    for sign in signs_of(rows, [m for row in rows for m in row.poly.terms]):
        program.add(sign)
    answer = program.solve()
    return combination(answer, purse) if isinstance(answer, list) else None


def _summed(made: Generic, context: Context, new: list[Row], pool: Pool) -> Iterator[Row]:
    ((atom,),) = made.variable.terms
    monomials = list(dict.fromkeys(_under_sums(made, context)))
    local = [
        row for row in rows_of(made.context) if any(depends(a, atom) for a in row.poly.atoms())
    ]
    signs = signs_of([*new, *local], monomials)
    signs = list({str(row.source): row for row in signs if row.op != "="}.values())
    # What stands before a sum may as well be multiplied on under it.
    outer = signs_of(rows_of(context), [])
    candidates: dict[str, Row] = {}
    for size in (1, 2, 3):
        for row in pool.products(signs[:MAX_POINTWISE], size, MAX_DEGREE):
            candidates.setdefault(str(row.source), row)
    for row in pool.vertices(monomials, [*signs, *outer]):
        candidates.setdefault(str(row.source), row)
    equations = [row for row in new if row.op == "="]
    for row in (*equations, *pool.multiples(equations, monomials, MAX_DEGREE)):
        candidates.setdefault(str(row.source), row)
    size_ = count_of(made.domain)
    inhabited = size_ is not None and size_.constant is not None and size_.constant >= 1
    for row in candidates.values():
        try:
            poly = total(made.domain, row.poly, atom)
        except (Rejected, Unread):
            continue
        op = row.op if row.op == "=" or (row.op == ">" and inhabited) else "≥"
        yield Row(poly, op, Summed(made, row.poly, row))


def _under_sums(made: Generic, context: Context) -> Iterator[Monomial]:
    """Monomials of the terms of sums over this domain, by themselves and with what stands before a sum."""
    bodies: dict[Atom, list[Monomial]] = {}
    for known in context.atoms.values():
        if known.head == "sum" and known.args[0] == made.domain:
            body = at(known.args[1], known.args[2], made.variable)
            bodies[known] = [m for m in body.terms if m]
            yield from bodies[known]
    for row in rows_of(context):
        for monomial in row.poly.terms:
            for known in dict.fromkeys(monomial):
                rest = tuple(other for other in monomial if other != known)
                for inner in bodies.get(known, ()) if rest else ():
                    yield tuple(sorted((*inner, *rest), key=str))
