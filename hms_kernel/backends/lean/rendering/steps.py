"""A certificate as a Lean proof of exactly the statement it certifies: the checker's steps, each with its reason.

Trusted by nobody, for the kernel checks what comes out. It goes through a certificate as
``certificates.checker`` does, and every fact that it meets has a Lean proof.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from hms_kernel.backends.lean.rendering.choices import Reader
from hms_kernel.backends.lean.rendering.combining import contradiction
from hms_kernel.backends.lean.rendering.context import Known
from hms_kernel.backends.lean.rendering.meaning import RELATIONS, Meaning
from hms_kernel.backends.lean.rendering.propositions import DECIDED, Claim
from hms_kernel.backends.lean.rendering.summing import total
from hms_kernel.backends.lean.rendering.trees import INT, NAT, Node, NotRendered, Numeral, text
from hms_kernel.backends.lean.rendering.values import Meant, Names, environment
from hms_kernel.backends.lean.runtime import Checked, Runtime, Submission
from hms_kernel.backends.lean.statements import (
    SORTS,
    fields_of,
    lean,
    opened,
    operand,
    proposition,
    sort_text,
    summed,
    variable_name,
)
from hms_kernel.certificates import Certificate, Rejected, check
from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import fraction
from hms_kernel.certificates.language import (
    Combination,
    Define,
    Divide,
    Each,
    Instance,
    Proof,
    Sign,
    Split,
)
from hms_kernel.certificates.polynomials import Atom, Compare, Domain, Poly, of
from hms_kernel.certificates.reading import Function, domain_of, formula, kind_of
from hms_kernel.certificates.sums import count_of
from hms_kernel.errors import UnsupportedStatement, UsageError
from hms_kernel.statements.terms import (
    Arrow,
    Fin,
    Logic,
    Num,
    Scalar,
    Sort,
    Statement,
    Term,
    children,
)

# Long proofs are no mistakes, and the wall clock stops what takes too long.
LIMITS = "set_option maxRecDepth 100000 in\nset_option exponentiation.threshold 100000 in\n"

# The core does without. Lean has it as a theorem, from its three axioms; here it is assumed by
# name, and only where a certificate denies a quantifier.
EXCLUDED_MIDDLE = "axiom Classical.em (p : Prop) : p ∨ ¬p"


def replay(
    statement: Statement, certificate: Certificate, runtime: Runtime, wall_s: float = 30.0
) -> Checked:
    """Whether the kernel accepts a certificate as a proof of a statement.

    Raises:
        NotRendered: it cannot be asked; says what stands in the way.
    """
    try:
        return runtime.check(render(statement, certificate), wall_s)
    except UsageError as error:  # of the statement as it is printed, a name of Lean's, say
        raise NotRendered(str(error)) from error


def render(statement: Statement, certificate: Certificate) -> Submission:
    """A statement, and a certificate of it as its proof, for the kernel from PyPI.

    Raises:
        NotRendered: the core cannot say the statement, the certificate takes a step that has no
            lemma, or it is no proof.
    """
    try:
        check(statement, certificate)
        proof = _Renderer(statement).proof(certificate.proof)
        classical = "Classical.em" in proof
        return Submission(
            statement=proposition(statement),
            proof=proof,
            definitions=(EXCLUDED_MIDDLE,) if classical else (),
            axioms=("Classical.em",) if classical else (),
        )
    except (Rejected, Unread, UnsupportedStatement) as error:
        raise NotRendered(str(error)) from error
    except RecursionError:
        raise NotRendered("nested too deeply") from None


def _fresh(statement: Statement) -> tuple[Iterator[str], str]:
    """Names for proofs and variables, and the first letter of indices, that no name of a statement has."""
    taken = {var.name for var in statement.variables}
    pending: list[Term] = [*(h.prop for h in statement.hypotheses), statement.conclusion]
    while pending:
        term = pending.pop()
        if (var := getattr(term, "var", None)) is not None:
            taken.add(var.name)
        pending += children(term)
    prefix, index = "h", "k"
    while any(name.startswith(prefix) for name in taken):
        prefix += "h"
    while any(name.startswith(index) for name in taken):
        index += "k"
    return (f"{prefix}{number}" for number in itertools.count()), index


@dataclass(frozen=True)
class Over:
    """What a lemma about every term of a sum is about."""

    domain: Domain
    variable: Atom
    name: str  # of the variable in Lean
    ring: str
    relation: str


class _Renderer:
    """Renders one certificate."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        fields = fields_of(statement)
        if len(fields) > 1:
            raise NotRendered("ℚ and ℝ in one statement")
        names, index = _fresh(statement)
        functions = {}
        for var in statement.variables:
            if isinstance(var.sort, Arrow):
                functions[var.name] = (tuple(_arguments(var.sort)), variable_name(var.name))
        real = SORTS[fields[0]] if fields else ""
        self._reader = Reader(Meaning(real, functions, index), names)

    def proof(self, proof: Proof) -> str:
        statement, reader = self._statement, self._reader
        known = Known(reader)
        names: dict[str, Meant] = {}
        binders = list(opened(statement))
        for var in statement.variables:
            binders.append(f"({variable_name(var.name)} : {sort_text(var.sort)})")
        given = [reader.fresh() for _ in statement.hypotheses]
        binders += [f"({h} : {operand(x.prop)})" for h, x in zip(given, statement.hypotheses, strict=True)]  # fmt: skip
        for var in statement.variables:
            names[var.name] = Meant(self._variable(known, var.name, var.sort, names), var.name)
        for name, hypothesis in zip(given, statement.hypotheses, strict=True):
            self._hypothesis(known, hypothesis.prop, names, name)
        assumed, conclusion = known.reader.fresh(), statement.conclusion
        match conclusion:
            case Logic(op="¬", args=(denied,)):
                known.learn(*known.reader.read(denied, names, assumed))
                by = f"fun ({assumed} : {lean(denied)}) =>\n{self._run(known, proof)}"
            case _:
                decided = known.reader.decided(conclusion)
                known.learn(*known.reader.read(conclusion, names, assumed, False))
                refuted = f"fun ({assumed} : ¬{operand(conclusion)}) =>\n{self._run(known, proof)}"
                by = f"HMS.Steps.by_contra {decided} ({refuted})"
        return f"fun {' '.join(binders)} =>\n{LIMITS}{by}" if binders else f"{LIMITS}{by}"

    def _variable(self, known: Known, name: str, sort: Sort, names: Names) -> Poly | Function:
        if isinstance(sort, Arrow):
            known.names.add(name)
            return Function(name)
        domain = domain_of(sort, environment(names)) if isinstance(sort, Fin) else None
        return of(known.number(name, name, kind_of(sort), domain, sort is Scalar.RAT))

    def _hypothesis(self, known: Known, prop: Term, names: Names, name: str) -> None:
        try:
            fact = formula(prop, environment(names))
        except (Unread, Rejected):
            return
        try:
            known.learn(*known.reader.read(prop, names, name))
        except NotRendered as error:
            known.miss(fact, str(error))

    # --- steps -------------------------------------------------------------------------

    def _run(self, known: Known, proof: Proof) -> str:
        """A proof of False from what is known."""
        match proof:
            case Combination():
                return known.script.close(contradiction(known, proof))
            case Split(fact=fact, branches=branches):
                return self._split(known, fact, branches)
            case Sign(term=written, negative=negative, otherwise=otherwise):
                return self._sign(known, known.polynomial(written), negative, otherwise)
            case Instance(fact=fact, at=written, then=then):
                claim = known.fact(fact)
                if not isinstance(claim, Claim):
                    raise NotRendered(f"{fact} was not read here")
                found = known.reader.instance(claim, known.polynomial(written), known.proof(fact))
                known.learn(*found)
                return self._run(known, then)
            case Define(atom=atom, then=then):
                known.learn(*known.reader.definition(known.atom(atom)))
                return self._run(known, then)
            case Divide(term=written, by=by, then=then):
                known.learn(*known.reader.division(known.polynomial(written), int(fraction(by))))
                return self._run(known, then)
            case Each():
                return self._each(known, proof)

    def _split(self, known: Known, name: str, branches: tuple[Proof, ...]) -> str:
        proof = known.proof(name)
        cases = []
        for (given, follows), branch in zip(known.branches(name), branches, strict=True):
            under, assumed = known.copy(), known.reader.fresh()
            under.learn(*follows(assumed))
            cases.append(f"(fun ({assumed} : {given}) =>\n{self._run(under, branch)})")
        if not cases:
            return known.script.close(proof)
        if isinstance(known.fact(name), Compare):
            proof = f"(HMS.Steps.pos_or_neg_pos {proof})"
        return known.script.close(known.reader.eliminated(proof, cases))

    def _sign(self, known: Known, term: Poly, negative: Proof, otherwise: Proof) -> str:
        meaning = known.reader.meaning
        ring = meaning.ring(term)
        if any(c.denominator != 1 for c in term.terms.values()) and ring == INT:
            raise NotRendered("the sign of a fraction of integers")
        tree = meaning.tree(term, ring)
        cases = []
        minus = Node("neg", (tree,))
        for given, follows, branch in (
            (f"(0 : {ring}) < {text(minus, ring)}", known.reader.below, negative),
            (f"(0 : {ring}) ≤ {text(tree, ring)}", known.reader.above, otherwise),
        ):
            under, assumed = known.copy(), known.reader.fresh()
            under.learn(*follows(term, ring, assumed))
            cases.append(f"(fun ({assumed} : {given}) =>\n{self._run(under, branch)})")
        proof = f"(HMS.Steps.neg_pos_or_nonneg {text(tree, ring)})"
        return known.script.close(known.reader.eliminated(proof, cases))

    def _each(self, known: Known, proof: Each) -> str:
        domain = known.domains.get(proof.over)
        if domain is None:
            raise NotRendered(f"no sum runs over {proof.over}")
        generic, variable, name = known.any_of(proof.index, domain)
        term = generic.polynomial(proof.term)
        meaning = generic.reader.meaning
        ring = meaning.ring(term)
        tree = meaning.tree(term, ring)
        says = RELATIONS[proof.relation].format(ring=ring, poly=text(tree, ring))
        assumed, every = generic.reader.fresh(), known.reader.fresh()
        zero = Numeral(0)
        left, right = (tree, zero) if proof.relation == "=" else (zero, tree)
        op = {"≥": "≤", ">": "<", "=": "="}[proof.relation]
        generic.learn(*generic.reader.relation(op, left, right, ring, assumed, False))
        inner = self._run(generic, proof.proof)
        refuted = f"(HMS.Steps.{DECIDED[op]} _ _) (fun ({assumed} : ¬({says})) =>\n{inner})"
        over = f"({name} : {meaning.range(domain)})"
        known.script.have(
            every, f"∀ {over}, {says}", f"(fun {over} => HMS.Steps.by_contra {refuted})"
        )
        self._summed(
            known, generic, term, Over(domain, variable, name, ring, proof.relation), every
        )
        return self._run(known, proof.then)

    def _summed(self, known: Known, generic: Known, term: Poly, over: Over, every: str) -> None:
        """What follows for the sum when every term has been dealt with: follows ``Context.summed``."""
        domain, ring = over.domain, over.ring
        meaning = generic.reader.meaning
        tree = meaning.tree(term, ring)
        written = summed(over.name, meaning.range(domain), text(tree, ring))
        sum_ = total(meaning, domain, tree, over.variable, ring, written)
        reader, zero = known.reader, Numeral(0)
        if over.relation == "=":
            known.learn(*reader.relation("=", sum_, zero, ring, f"(sum_eq_zero {every})"))
            return
        weak = every if over.relation == "≥" else f"(fun i => le_of_lt ({every} i))"
        known.learn(*reader.relation("≥", sum_, zero, ring, f"(sum_nonneg {weak})"))
        if over.relation == ">" and count_of(domain) is not None:
            size = reader.count(domain)
            parts = [
                (f"{text(size, NAT)} < (1 : Nat)",
                 lambda name: reader.relation("<", size, Numeral(1), NAT, name)),
                (f"(0 : {ring}) < ({written})",
                 lambda name: reader.relation(">", sum_, zero, ring, name)),
            ]  # fmt: skip
            known.learn(*reader.either(f"(HMS.Steps.sum_pos {every})", parts))


def _arguments(sort: Sort) -> Iterator[Sort | int]:
    """The sorts of a function's arguments; of a ``Fin`` of known size, the size."""
    while isinstance(sort, Arrow):
        match sort.domain:
            case Fin(size=Num(value=size)):
                yield int(size)
            case domain:
                yield domain
        sort = sort.codomain
