"""Propositions of a statement as facts, with proofs that the one gives the other. Follows ``reading.formula``.

A proposition comes with a proof of it, or of its negation, and a fact comes out with a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from hms_kernel.backends.lean.rendering.equations import equal
from hms_kernel.backends.lean.rendering.facts import Proved
from hms_kernel.backends.lean.rendering.meaning import Stated
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    Node,
    NotRendered,
    Numeral,
)
from hms_kernel.backends.lean.rendering.values import Meant, Names, Values, environment, texts
from hms_kernel.backends.lean.statements import bracketed, lean, operand
from hms_kernel.certificates import reading
from hms_kernel.certificates.polynomials import (
    FALSE,
    TRUE,
    Atom,
    Poly,
    Quantified,
    of,
)
from hms_kernel.statements import show
from hms_kernel.statements.terms import Fin, Logic, Pred, Quant, Rel, Term, sort_of

PREFIX = {NAT: "nat", INT: "int"}
DECIDED = {"=": "dec_eq", "≠": "dec_ne", "<": "dec_lt", "≤": "dec_le", ">": "dec_lt", "≥": "dec_le"}
CONNECTIVES = {"∧": "dec_and", "∨": "dec_or", "→": "dec_imp", "↔": "dec_iff", "¬": "dec_not"}


@dataclass(frozen=True, eq=False)
class Claim(Stated):
    """A quantified fact with all that is needed to use it."""

    term: Quant = field(kw_only=True)
    positive: bool = field(kw_only=True)  # else: the negation of ``term``
    names: Names = field(kw_only=True)


class Propositions(Values):
    """Reads the propositions of one statement."""

    def read(self, term: Term, names: Names, proof: str, positive: bool = True) -> Proved:
        """The fact that the checker reads from a proposition, given a proof of it or its negation."""
        match term:
            case Rel(op="∣", left=by, right=whole):
                ring = self.ring(by)
                rest = self.integer("%", self.tree(whole, names), self.tree(by, names), ring)
                lemma, op = ("dvd", "=") if positive else ("not_dvd", "≠")
                proof = f"(HMS.Steps.{PREFIX[ring]}_{lemma} {proof})"
                return self.relation(op, rest, Numeral(0), ring, proof)
            case Pred(name="Even" | "Odd" as name, args=(arg,)):
                ring = self.ring(arg)
                rest = self.integer("%", self.tree(arg, names), Numeral(2), ring)
                lemma = f"{PREFIX[ring]}_{'' if positive else 'not_'}{name.lower()}"
                left = Numeral(0 if (name == "Even") == positive else 1)
                return self.relation("=", rest, left, ring, f"(HMS.Steps.{lemma} {proof})")
            case Rel(op=op, left=left, right=right):
                return self._related(op, left, right, names, proof, positive)
            case Logic(op="True" | "False" as op):
                if (op == "True") == positive:
                    return TRUE, "True.intro"
                return FALSE, proof if positive else f"({proof} True.intro)"
            case Logic(op="¬", args=(arg,)):
                if positive:
                    return self.read(arg, names, proof, False)
                return self.read(arg, names, f"(HMS.Steps.of_not_not {self.decided(arg)} {proof})")
            case Logic(op=op, args=(left, right)):
                return self._connected(op, left, right, names, proof, positive)
            case Quant():
                return self._quantified(term, names, proof, positive)
        raise NotRendered(f"the proposition {show(term)}")

    def decided(self, term: Term) -> str:
        """A proof of a proposition or its negation, of a type that shows elsewhere."""
        match term:
            case Rel(op="∣"):
                return "(Decidable.em _)"
            case Pred(name="Even" | "Odd" as name, args=(arg,)):
                return f"(HMS.Steps.{PREFIX[self.ring(arg)]}_dec_{name.lower()} _)"
            case Rel(op=op, left=left) if op in DECIDED:
                if isinstance(sort_of(left), Fin):
                    return "(Classical.em _)"
                kind = "nat_" if self.ring(left) == NAT else ""
                return f"(HMS.Steps.{kind}{DECIDED[op]} _ _)"
            case Logic(op=op, args=args) if args:
                return f"(HMS.Steps.{CONNECTIVES[op]} {' '.join(map(self.decided, args))})"
            case Logic(op=op):
                return f"HMS.Steps.dec_{op.lower()}"
        return "(Classical.em _)"

    # --- parts ---------------------------------------------------------------------

    def _related(self, op: str, left: Term, right: Term, names: Names, proof: str, positive: bool) -> Proved:  # fmt: skip
        if isinstance(sort_of(left), Fin):
            proof = f"(HMS.Steps.{'fin_eq' if (op == '=') == positive else 'fin_ne'} {proof})"
            op, positive = ("=", True) if (op == "=") == positive else ("≠", True)
        ring = self.ring(left)
        return self.relation(
            op, self.tree(left, names), self.tree(right, names), ring, proof, positive
        )

    def _connected(self, op: str, left: Term, right: Term, names: Names, proof: str, positive: bool) -> Proved:  # fmt: skip
        def says(term: Term, holds: bool) -> tuple[str, Callable[[str], Proved]]:
            written = operand(term, texts(names))
            return written if holds else f"¬{written}", lambda given: self.read(term, names, given, holds)  # fmt: skip

        def joined(one: bool, other: bool) -> tuple[str, Callable[[str], Proved]]:
            parts = [says(left, one), says(right, other)]
            given = " ∧ ".join(f"({written})" for written, _ in parts)
            return given, lambda name: self.both(
                [parts[0][1](f"(And.left {name})"), parts[1][1](f"(And.right {name})")]
            )

        decided = self.decided(left)
        match op, positive:
            case "∧", True:
                return joined(True, True)[1](proof)
            case "∨", True:
                return self.either(proof, [says(left, True), says(right, True)])
            case "∨", False:
                return joined(False, False)[1](f"(HMS.Steps.not_or {proof})")
            case "∧", False:
                split = f"(HMS.Steps.not_and {decided} {proof})"
                return self.either(split, [says(left, False), says(right, False)])
            case "→", True:
                split = f"(HMS.Steps.not_or_of_imp {decided} {proof})"
                return self.either(split, [says(left, False), says(right, True)])
            case "→", False:
                return joined(True, False)[1](f"(HMS.Steps.and_of_not_imp {decided} {proof})")
            case "↔", _:
                lemma = "iff_cases" if positive else "not_iff_cases"
                other = f" {self.decided(right)}" if not positive else ""
                split = f"(HMS.Steps.{lemma} {decided}{other} {proof})"
                return self.either(split, [joined(True, positive), joined(False, not positive)])
        raise NotRendered(f"the connective {op}")

    def _quantified(self, term: Quant, names: Names, proof: str, positive: bool) -> Proved:
        found = reading.formula(term, environment(names), positive)
        assert isinstance(found, Quantified)
        written = operand(term, texts(names))
        return Claim(
            found.every, found.domain, found.kind, found.rational, found.name, found.body, found.text,
            written if positive else f"¬{written}", term=term, positive=positive, names=names,
        ), proof  # fmt: skip

    # --- uses of quantified facts ------------------------------------------------------

    def instance(self, claim: Claim, point: Poly, proof: str) -> Proved:
        """What a universal fact says of one value."""
        term = claim.term
        sort = term.var.sort
        if isinstance(sort, Fin) and point.constant is not None:
            written = self.meaning.argument(point, self.size(sort, claim.names))
        else:
            written = self.meaning.argument(point, sort)
        names = {**claim.names, term.var.name: Meant(point, written)}
        if claim.positive:
            return self.read(term.body, names, f"({proof} {bracketed(written) if ' ' in written else written})")  # fmt: skip
        name = self.fresh()
        given = lean(term.body, texts(names))
        refuted = f"(fun ({name} : {given}) => {proof} (Exists.intro {written} {name}))"
        return self.read(term.body, names, refuted, False)

    def witness(self, claim: Claim, atom: Atom, written: str, proof: str) -> Proved:
        """What an existential fact says of its witness."""
        names = {**claim.names, claim.term.var.name: Meant(of(atom), written)}
        return self.read(claim.term.body, names, proof, claim.positive)

    def exists(self, claim: Claim, proof: str) -> str:
        """A proof of the existential proposition itself."""
        return proof if claim.positive else f"(HMS.Steps.exists_not Classical.em {proof})"

    # --- signs ---------------------------------------------------------------------------

    def below(self, poly: Poly, ring: str, proof: str) -> Proved:
        """``poly < 0`` as a fact, from a proof that minus the polynomial is positive."""
        minus = Node("neg", (self.meaning.tree(poly, ring),))
        turned = poly.scaled(Fraction(-1))
        reason = equal(minus, self.meaning.tree(turned, ring), self.meaning, ring)
        return self.settled(">", turned, ring, f"(HMS.Steps.pos_of_eq {proof} {reason})")

    def above(self, poly: Poly, ring: str, proof: str) -> Proved:
        """``poly ≥ 0`` as a fact, from a proof of it."""
        return self.settled("≥", poly, ring, proof)
