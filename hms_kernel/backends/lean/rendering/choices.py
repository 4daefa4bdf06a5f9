"""``if … then … else`` as a number, with proofs: which branch it is, and that it is the checker's choice."""

from __future__ import annotations

from collections.abc import Callable

from hms_kernel.backends.lean.rendering.definitions import Definitions
from hms_kernel.backends.lean.rendering.equations import chained
from hms_kernel.backends.lean.rendering.facts import Proved, projection
from hms_kernel.backends.lean.rendering.meaning import embedded
from hms_kernel.backends.lean.rendering.trees import (
    Leaf,
    NotRendered,
    Numeral,
    Tree,
    add,
    poly_of,
    text,
)
from hms_kernel.backends.lean.rendering.values import Names, environment, texts
from hms_kernel.backends.lean.statements import lean
from hms_kernel.certificates import reading
from hms_kernel.certificates.polynomials import (
    FALSE,
    TRUE,
    And,
    Atom,
    Compare,
    Formula,
    Or,
    Poly,
)
from hms_kernel.statements.terms import Ite

SIDES = {"≥": "≤", ">": "<", "=": "=", "≠": "≠"}  # ``poly op 0`` as a relation of 0, or with 0


class Reader(Definitions):
    """Reads all of one statement."""

    def choice(self, term: Ite, names: Names, ring: str) -> Tree:
        """``if cond then yes else no`` as a number."""
        yes, no = self.tree(term.yes, names), self.tree(term.no, names)
        result = reading.value(term, environment(names))
        given = lean(term.cond, texts(names))
        written = f"if {given} then {text(yes, ring)} else {text(no, ring)}"
        canonical = [self.meaning.text(poly_of(part), ring) for part in (yes, no)]
        steps = []
        if (proof := self.canonical(yes, ring)) is not None:
            hole = f"if {given} then {self.meaning.hole} else {text(no, ring)}"
            steps.append(f"(congrArg (fun ({self.meaning.hole} : {ring}) => {hole}) {proof})")
        if (proof := self.canonical(no, ring)) is not None:
            hole = f"if {given} then {canonical[0]} else {self.meaning.hole}"
            steps.append(f"(congrArg (fun ({self.meaning.hole} : {ring}) => {hole}) {proof})")
        holds, fails = self.fresh(), self.fresh()
        cond, yields = self.read(term.cond, names, holds)
        other, denies = self.read(term.cond, names, fails, False)
        decided = self.decided(term.cond)
        if cond == TRUE:
            steps.append(f"(if_pos (HMS.Steps.by_contra {decided} (fun {fails} => {denies})))")
        elif cond == FALSE:
            steps.append(f"(if_neg (fun ({holds} : {given}) => {yields}))")
        elif poly_of(yes) == poly_of(no):
            steps.append("(HMS.Steps.ite_same _)")
        else:
            back, at = self.fresh(), self.meaning.fact(cond)
            conflict = self.conflict(cond, back, other, denies)
            steps.append(
                f"(HMS.Steps.ite_iff (fun ({holds} : {given}) => {yields})"
                f" (fun ({fails} : ¬({given})) ({back} : {at}) => {conflict}))"
            )
            steps += self._at_home(cond, poly_of(yes), poly_of(no), result, ring)
        return Leaf(written, result, chained(steps))

    def _at_home(self, cond: Formula, yes: Poly, no: Poly, result: Poly, ring: str) -> list[str]:
        """A choice between integers is one of their own ring, embedded."""
        (atom,) = dict.fromkeys(result.atoms())
        own = self.meaning.ring_of(atom.kind)
        if own == ring:
            return []
        given, hole = self.meaning.fact(cond), self.meaning.hole
        here, there = ([self.meaning.text(poly, r) for poly in (yes, no)] for r in (ring, own))
        proofs = " ".join(f"(Eq.symm {self.pushed(poly, own, ring)})" for poly in (yes, no))
        inside = f"(if {given} then {there[0]} else {there[1]})"
        return [
            f"(HMS.Steps.ite_apply (fun ({hole} : {own}) => {embedded(hole, own, ring)}) {proofs}"
            f" : (if {given} then {here[0]} else {here[1]}) = {embedded(inside, own, ring)})"
        ]

    def conflict(self, one: Formula, proof: str, other: Formula, against: str) -> str:
        """A proof of False from a fact and its negation, as the checker states both."""
        match one, other:
            case Compare(op="=" | "≠"), Compare(poly=poly) if poly == one.poly:
                return f"({proof} {against})" if one.op == "≠" else f"({against} {proof})"
            case Compare(op="≥" | ">"), Compare(op="≥" | ">"):
                ring = self.meaning.ring(one.poly)
                tree = add(self.meaning.tree(one.poly, ring), self.meaning.tree(other.poly, ring))
                value = poly_of(tree).constant
                if value is None:
                    raise NotRendered("a condition whose negation is not its opposite")
                strict = {
                    (False, False): "add_nonneg", (True, True): "add_pos",
                    (True, False): "add_pos_of_pos_of_nonneg",
                    (False, True): "HMS.Steps.add_pos_of_nonneg_of_pos",
                }[one.op == ">", other.op == ">"]  # fmt: skip
                op = "≥" if strict == "add_nonneg" else ">"
                return self.impossible(op, tree, value, ring, f"({strict} {proof} {against})")
            case And(parts=parts), Or(parts=others) if len(parts) == len(others):
                cases = []
                for at, (part, opposite) in enumerate(zip(parts, others, strict=True)):
                    name = self.fresh()
                    inner = self.conflict(part, projection(proof, at, len(parts)), opposite, name)
                    cases.append(f"(fun ({name} : {self.meaning.fact(opposite)}) => {inner})")
                return self.eliminated(against, cases)
            case Or(), And():
                return self.conflict(other, against, one, proof)
        raise NotRendered("a condition whose negation is not its opposite")

    def choice_of(self, atom: Atom, ring: str) -> Proved:
        """What a choice is: follows ``definitions.definition``."""
        cond, _, yes, no = atom.args
        it, given = self.meaning.leaf(atom, ring), self.meaning.fact(cond)
        one, two = self.meaning.tree(yes, ring), self.meaning.tree(no, ring)

        def branch(holds: bool, value: Tree) -> tuple[str, Callable[[str], Proved]]:
            says = f"{given if holds else f'¬({given})'}"
            equation = f"{text(it, ring)} = {text(value, ring)}"

            def follows(name: str) -> Proved:
                fact = (cond, f"(And.left {name})") if holds else self.negated(cond, f"(And.left {name})")  # fmt: skip
                return self.both([fact, self.relation("=", it, value, ring, f"(And.right {name})")])

            return f"({says}) ∧ ({equation})", follows

        return self.either(
            f"(HMS.Steps.ite_cases ({given}) {text(one, ring)} {text(two, ring)})",
            [branch(True, one), branch(False, two)],
        )

    def negated(self, fact: Formula, proof: str) -> Proved:
        """The negation of a fact, as the checker states it, from a proof that it does not hold."""
        match fact:
            case Compare(op=op, poly=poly):
                ring = self.meaning.ring(poly)
                tree, zero = self.meaning.tree(poly, ring), Numeral(0)
                left, right = (zero, tree) if op in ("≥", ">") else (tree, zero)
                return self.relation(SIDES[op], left, right, ring, proof, False)
            case And(parts=(first, *rest)) if rest:
                other = And(tuple(rest)) if len(rest) > 1 else rest[0]
                split = f"(HMS.Steps.not_and (Decidable.em _) {proof})"
                return self.either(split, [self._refuting(first), self._refuting(other)])
            case Or(parts=(first, *rest)) if rest:
                other = Or(tuple(rest)) if len(rest) > 1 else rest[0]
                name = f"(HMS.Steps.not_or {proof})"
                return self.both(
                    [self.negated(first, f"(And.left {name})"), self.negated(other, f"(And.right {name})")]
                )  # fmt: skip
        raise NotRendered("a condition with a quantifier")

    def _refuting(self, fact: Formula) -> tuple[str, Callable[[str], Proved]]:
        return f"¬({self.meaning.fact(fact)})", lambda name: self.negated(fact, name)
