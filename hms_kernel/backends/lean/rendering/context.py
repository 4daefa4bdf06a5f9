"""The facts known at one place of a certificate, each with a Lean proof. Follows ``checker.Context``."""

from __future__ import annotations

from collections.abc import Callable

from hms_kernel.backends.lean.rendering.choices import Reader
from hms_kernel.backends.lean.rendering.facts import Proved, projection
from hms_kernel.backends.lean.rendering.meaning import Named
from hms_kernel.backends.lean.rendering.propositions import Claim
from hms_kernel.backends.lean.rendering.script import Script
from hms_kernel.backends.lean.rendering.trees import NAT, Node, NotRendered, identity, text
from hms_kernel.backends.lean.rendering.values import texts
from hms_kernel.backends.lean.statements import lean, sort_text
from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.polynomials import (
    FALSE,
    ZERO,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Poly,
    Quantified,
    compare,
    of,
)
from hms_kernel.certificates.sums import at


class Known(Context):
    """A context whose facts are proved: ``learn`` takes the place of ``add``."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.script = Script()
        self._proofs: dict[str, str] = {}
        self._missing: dict[str, str] = {}  # facts without a proof, and what stood in its way

    def copy(self) -> Known:
        """The same facts, to which others may be added, and a script of its own."""
        twin = Known(self.reader)
        twin.facts, twin.atoms = dict(self.facts), dict(self.atoms)
        twin.domains, twin.elements = dict(self.domains), dict(self.elements)
        twin.rational, twin.names = set(self.rational), set(self.names)
        twin._proofs, twin._missing = dict(self._proofs), dict(self._missing)
        return twin

    def proof(self, name: str) -> str:
        """The proof of a fact.

        Raises:
            NotRendered: there is none.
        """
        if name not in self._proofs:
            raise NotRendered(self._missing.get(name, f"there is no fact {name}"))
        return self._proofs[name]

    # --- facts -------------------------------------------------------------------------

    def learn(self, fact: Formula, proof: str) -> None:
        """Take in a fact as the checker does, with its proof."""
        match fact:
            case And(parts=parts):
                if parts:
                    name = self._named(fact, proof)
                    for place, part in enumerate(parts):
                        self.learn(part, projection(name, place, len(parts)))
            case Claim(every=False):
                self._witness(fact, proof)
            case _:
                key = str(fact)
                if key not in self._proofs:
                    self._proofs[key] = self._named(fact, proof)
                    self.facts.setdefault(key, fact)
                    self._note(fact)
                    if isinstance(fact, Compare):
                        self._met(fact)

    def miss(self, fact: Formula, reason: str) -> None:
        """Take in a fact that has no proof here; using it will fail, with the reason."""
        match fact:
            case And(parts=parts):
                for part in parts:
                    self.miss(part, reason)
            case Quantified(every=False):
                raise NotRendered(reason)
            case _:
                self.facts.setdefault(str(fact), fact)
                self._missing[str(fact)] = reason
                self._note(fact)

    def _named(self, fact: Formula, proof: str) -> str:
        if proof.isidentifier():
            return proof
        name = self.reader.fresh()
        self.script.have(name, self.reader.meaning.fact(fact), proof)
        return name

    def _met(self, fact: Compare) -> None:
        """Two facts about one polynomial, taken together."""
        other = {"≥": "≥", ">": ">", "=": "≠", "≠": "="}[fact.op]
        mirrored = compare(other, ZERO - fact.poly)
        mine, theirs = self._proofs[str(fact)], self._proofs.get(str(mirrored))
        if theirs is not None and self.facts[str(mirrored)] == mirrored:
            assert isinstance(mirrored, Compare)
            if mirrored == fact:
                return
            ring = self.reader.meaning.ring(fact.poly)
            trees = [self.reader.meaning.tree(poly, ring) for poly in (fact.poly, mirrored.poly)]
            turned = identity(Node("neg", (trees[0],)), trees[1], ring)
            lemma = {"≥": "zero_of_nonneg", ">": "not_both_pos", "=": "not_zero_ne", "≠": "not_ne_zero"}[fact.op]  # fmt: skip
            proof = f"(HMS.Steps.{lemma} {mine} {theirs} {turned})"
            if other == "≥":
                self.learn(*self.reader.settled("=", fact.poly, ring, proof))
            else:
                self.learn(FALSE, proof)
            return
        direct = f"{fact.poly} {other} 0"
        theirs = self._proofs.get(direct) if fact.op in ("=", "≠") else None
        if theirs is not None and self.facts[direct] == Compare(other, fact.poly):
            zero, not_zero = (mine, theirs) if fact.op == "=" else (theirs, mine)
            self.learn(FALSE, f"({not_zero} {zero})")

    # --- numbers -----------------------------------------------------------------------

    def number(self, name: str, written: str, kind: str, domain: Domain | None, rational: bool) -> Atom:  # fmt: skip
        """A number of which nothing is known but its kind, under a Lean name that is in scope."""
        while name in self.names:
            name += "'"
        self.names.add(name)
        atom = Atom("variable", (name,), kind)
        self._note(of(atom))
        if rational:
            self.rational.add(atom)
        meaning = self.reader.meaning
        named = Named(written) if domain is None else meaning.element_of(domain, written)
        meaning = meaning.knowing(atom, named)
        self.reader = self.reader.under(meaning)
        if domain is not None:
            if domain.fin:
                self.elements[atom] = domain
            it, low = meaning.leaf(atom, NAT), meaning.tree(domain.low, NAT)
            high, inside = meaning.tree(domain.high, NAT), f"(Fin.isLt {written})"
            if domain.low.terms:
                inside = f"(HMS.Steps.nat_add_lt {inside})"
            above = (
                "(HMS.Steps.nat_le_add _ _)" if domain.low.terms else "(HMS.Steps.nat_zero_le _)"
            )
            self.learn(*self.reader.relation("≤", low, it, NAT, above))
            self.learn(*self.reader.relation("<", it, high, NAT, inside))
        return atom

    def _witness(self, claim: Claim, proof: str) -> None:
        term, written, name = claim.term, self.reader.fresh(), self.reader.fresh()
        names = texts(claim.names)
        sort = sort_text(term.var.sort, names)
        says = lean(term.body, {**names, term.var.name: written})
        if not claim.positive:
            says = f"¬({says})"
        self.script.obtain(self.reader.exists(claim, proof), written, sort, name, says)
        atom = self.number(claim.name, written, claim.kind, claim.domain, claim.rational)
        self.learn(*self.reader.witness(claim, atom, written, name))

    def any_of(self, index: str, domain: Domain) -> tuple[Known, Atom, str]:
        """The same facts and a new number that may be any element of a domain; its Lean name."""
        context = self.copy()
        written = self.reader.fresh()
        atom = context.number(index, written, domain.kind, domain, False)
        for found in list(self.atoms.values()):
            match found.head, found.args:
                case "sum", (over, Poly() as body, Atom() as own) if over == domain:
                    try:
                        context._note(at(body, own, of(atom)))
                    except Unread:
                        continue
        return context, atom, written

    # --- steps that give facts ------------------------------------------------------------

    def branches(self, name: str) -> list[tuple[str, Callable[[str], Proved]]]:
        """The alternatives of a fact: each as a proposition, and the fact that a proof of it gives."""
        fact, meaning = self.fact(name), self.reader.meaning
        if isinstance(fact, Compare):
            ring = meaning.ring(fact.poly)
            zero = f"(0 : {ring}) <"
            tree = meaning.tree(fact.poly, ring)
            minus = Node("neg", (tree,))
            return [
                (f"{zero} {meaning.text(fact.poly, ring)}",
                 lambda proof: self.reader.settled(">", fact.poly, ring, proof)),
                (f"{zero} {text(minus, ring)}",
                 lambda proof: self.reader.below(fact.poly, ring, proof)),
            ]  # fmt: skip
        return [(meaning.fact(part), _as(part)) for part in self.alternatives(name)]


def _as(fact: Formula) -> Callable[[str], Proved]:
    return lambda proof: (fact, proof)
