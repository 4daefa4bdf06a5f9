"""Operations that are not those of rings: inverses, and what stops at 0 or leaves a remainder. Follows ``reading``."""

from __future__ import annotations

from hms_kernel.backends.lean.functions import FUNCTIONS
from hms_kernel.backends.lean.rendering.equations import chained, equal
from hms_kernel.backends.lean.rendering.facts import Facts
from hms_kernel.backends.lean.rendering.meaning import embedded
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    Leaf,
    Node,
    NotRendered,
    Numeral,
    Tree,
    add,
    identity,
    mul,
    poly_of,
    sub,
    text,
)
from hms_kernel.certificates import arithmetic, polynomials
from hms_kernel.certificates.polynomials import FALSE, FIELD, Atom, Compare, Poly, number, of

WORDS, HEADS = {"/": "div", "%": "mod"}, {"/": "quotient", "%": "remainder"}


class Operations(Facts):
    """What comes of an operation on trees, as a leaf with its proof."""

    def congruent(self, form: str, parts: list[Tree], ring: str) -> list[str]:
        """Proofs that lead from an operation to the same on canonical operands."""
        steps, words = [], [text(part, ring) for part in parts]
        for at, part in enumerate(parts):
            if (proof := self.canonical(part, ring)) is not None:
                hole = form.format(*words[:at], self.meaning.hole, *words[at + 1 :])
                steps.append(f"(congrArg (fun ({self.meaning.hole} : {ring}) => {hole}) {proof})")
                words[at] = self.meaning.text(poly_of(part), ring)
        return steps

    # --- naturals ----------------------------------------------------------------------

    def integer(self, op: str, a: Tree, b: Tree, ring: str) -> Tree:
        """``/`` and ``%`` of integers, and ``-`` of naturals, as Lean has them."""
        one, two = poly_of(a), poly_of(b)
        kind = polynomials.NAT if ring == NAT else polynomials.INT
        form = f"({{}} {op} {{}})"
        written = form.format(text(a, ring), text(b, ring))
        if one.constant is not None and two.constant is not None:
            return Leaf(written, arithmetic.operation(op, [one, two], kind), "rfl")
        steps = self.congruent(form, [a, b], ring)
        if op == "-":
            result, last = self._minus(one, two)
        else:
            result, last = self._divided(op, one, two, ring)
        return Leaf(written, result, chained([*steps, *last]) if steps or last else None)

    def _minus(self, a: Poly, b: Poly) -> tuple[Poly, list[str]]:
        tree = self.meaning.tree
        if (a - b).natural:
            reason = identity(tree(a, NAT), add(tree(b, NAT), tree(a - b, NAT)), NAT)
            return a - b, [f"(HMS.Steps.nat_sub_eq {reason})"]
        if (b - a).natural:
            reason = identity(tree(b, NAT), add(tree(a, NAT), tree(b - a, NAT)), NAT)
            return number(0), [f"(HMS.Steps.nat_sub_zero {reason})"]
        return of(Atom("minus", (a, b), polynomials.NAT)), []

    def _divided(self, op: str, a: Poly, b: Poly, ring: str) -> tuple[Poly, list[str]]:
        """With a divisor that is a numeral its whole multiples come out."""
        by, tree = b.constant, self.meaning.tree
        result = arithmetic.division(op, a, b)
        if by is None:
            return result, self._embedded(op, a, b, ring)
        if by == 0 and ring == NAT:
            return result, [f"(Nat.{'div' if op == '/' else 'mod'}_zero _)"]
        if by <= 0:
            raise NotRendered("division by a numeral that is not positive")
        rest = Poly({m: c % by for m, c in a.terms.items()})
        out = (a - rest).scaled(1 / by)
        size, steps = Numeral(int(by)), []
        if out != number(0) or rest.constant is not None:
            whole = add(mul(size, tree(out, ring)), tree(rest, ring))
            named = f"nat_{WORDS[op]}_eq" if ring == NAT else f"int_{WORDS[op]}_eq {by}"
            steps.append(f"(HMS.Steps.{named} rfl {identity(tree(a, ring), whole, ring)})")
        left = Leaf(f"({text(tree(rest, ring), ring)} {op} {text(size, ring)})",
                    arithmetic.division(op, rest, b), "rfl")  # fmt: skip
        if rest.constant is None:
            proofs = self._embedded(op, rest, b, ring)
            left = Leaf(left.text, left.poly, chained(proofs) if proofs else None)
        if op == "/" and steps:
            steps.append(self.sum_of(tree(out, ring), left, result, ring))
        elif left.proof is not None:
            steps.append(left.proof)
        return result, steps

    def _embedded(self, op: str, a: Poly, b: Poly, ring: str) -> list[str]:
        """A quotient or remainder of naturals among the integers is one of the naturals."""
        if ring == NAT or not (a.natural and b.natural):
            return []
        form = f"({{}} {op} {{}})"
        two = self.meaning.text(b, INT)
        inner = [embedded(self.meaning.text(poly, NAT), NAT, INT) for poly in (a, b)]
        hole = self.meaning.hole
        return [
            f"(congrArg (fun ({hole} : Int) => {form.format(hole, two)}) (Eq.symm {self.pushed(a, NAT, INT)}))",
            f"(congrArg (fun ({hole} : Int) => {form.format(inner[0], hole)}) (Eq.symm {self.pushed(b, NAT, INT)}))",
            f"(rfl : {form.format(*inner)} = {self.meaning.text(of(Atom(HEADS[op], (a, b), polynomials.NAT)), INT)})",
        ]  # fmt: skip

    def sum_of(self, one: Tree, two: Tree, result: Poly, ring: str) -> str:
        """A proof that two trees add up to a polynomial."""
        return equal(add(one, two), self.meaning.tree(result, ring), self.meaning, ring)

    # --- absolute values, the larger and the smaller -------------------------------------

    def called(self, op: str, parts: list[Tree], ring: str) -> Tree:
        """``abs``, ``max``, ``min`` and ``sqrt`` in an ordered ring."""
        polys = [poly_of(part) for part in parts]
        result = arithmetic.operation(op, polys, polynomials.INT if ring == INT else FIELD)
        form = " ".join([op, *("{}" for _ in parts)])
        written = form.format(*(text(part, ring) for part in parts))
        steps = self.congruent(form, parts, ring)
        if op != "sqrt" and (polys[0] if op == "abs" else polys[0] - polys[1]).constant is not None:
            steps += self._decided(
                op, [self.meaning.tree(poly, ring) for poly in polys], result, ring
            )
        elif op == "abs" and polys[0].whole:
            steps += self._absolute(polys[0], ring)
        elif any(self.meaning.ring_of(a.kind) != ring for a in result.atoms() if a.head == op):
            raise NotRendered(f"{op} of integers among fractions")
        return Leaf(written, result, chained(steps) if steps else None)

    def _absolute(self, poly: Poly, ring: str) -> list[str]:
        """The absolute value of an integer is a natural number."""
        if ring == INT:
            return ["(HMS.Steps.int_abs _)"]
        inside = f"abs {self.meaning.hole}"
        back = f"(Eq.symm {self.pushed(poly, INT, ring)})"
        return [
            f"(congrArg (fun ({self.meaning.hole} : {ring}) => {inside}) {back})",
            "(HMS.Steps.rational_abs _)",
        ]

    def _decided(self, op: str, trees: list[Tree], result: Poly, ring: str) -> list[str]:
        """Which of two values it is, where that is a comparison of numbers."""
        says = " ".join([f"HMS.Steps.{op}_cases", *(text(tree, ring) for tree in trees)])
        one, two = (trees[0], Numeral(0)) if op == "abs" else trees
        name = self.fresh()
        low, high = (one, two) if op == "min" else (two, one)
        picked, other = one, Node("neg", (one,)) if op == "abs" else two
        impossible = "(fun {} => False.elim {})"
        fact, reason = self.relation("<", high, low, ring, f"(And.left {name})")
        right = f"(fun {name} => And.right {name})"
        if fact == FALSE:
            cases = f"{right} {impossible.format(name, reason)}"
        else:
            picked = other
            _, reason = self.relation("≤", low, high, ring, f"(And.left {name})")
            cases = f"{impossible.format(name, reason)} {right}"
        return [
            f"(Or.elim ({says}) {cases})",
            identity(picked, self.meaning.tree(result, ring), ring),
        ]

    def whole_part(self, a: Tree, ring: str) -> Leaf:
        """``floor`` of a number of the field, an integer."""
        poly = poly_of(a)
        result = arithmetic.rounded("floor", poly)
        form = f"{FUNCTIONS['floor'].name} {{}}"
        steps = self.congruent(form, [a], ring)
        if poly.whole or poly.constant is not None:
            steps.append(self._whole_part(poly, result, ring))
        return Leaf(form.format(text(a, ring)), result, chained(steps) if steps else None)

    def _whole_part(self, poly: Poly, result: Poly, ring: str) -> str:
        """A proof of ``floor a = result``, where that is known: neither is more than the other."""
        atom = Atom("floor", (poly,), polynomials.INT)
        base, it = self.meaning.tree(poly, ring), self.meaning.leaf(atom, ring)
        known = f"({FUNCTIONS['floor'].property} {text(base, ring)})"
        most, above = self.relation("≤", it, base, ring, f"(And.left {known})")
        least, below = self.relation("<", base, add(it, Numeral(1)), ring, f"(And.right {known})")
        assert isinstance(most, Compare)
        assert isinstance(least, Compare)
        whole, one = self.meaning.leaf(atom, INT), self.meaning.tree(result, INT)
        up = identity(self.meaning.tree(most.poly, INT), sub(one, whole), INT)
        down = identity(self.meaning.tree(least.poly, INT), sub(whole, one), INT)
        return f"(HMS.Steps.eq_of_nonneg {above} {below} {up} {down})"

    # --- inverses ----------------------------------------------------------------------

    def inverse(self, tree: Tree, ring: str) -> Tree:
        """One over a number; 0 for 0."""
        poly = poly_of(tree)
        written = f"{text(tree, ring)}⁻¹"
        steps = []
        if (proof := self.canonical(tree, ring)) is not None:
            steps.append(
                f"(congrArg (fun ({self.meaning.hole} : {ring}) => {self.meaning.hole}⁻¹) {proof})"
            )
        result = arithmetic.inverse(poly)
        canonical = f"{self.meaning.text(poly, ring)}⁻¹"
        if canonical != self.meaning.text(result, ring):
            steps.append(self._inverted(poly, result, ring))
        return Leaf(written, result, chained(steps) if steps else None)

    def _inverted(self, poly: Poly, result: Poly, ring: str) -> str:
        """A proof that the inverse of a canonical polynomial is the canonical inverse."""
        known = poly.constant
        here, there = self.meaning.tree(poly, ring), self.meaning.tree(result, ring)
        if known == 0:
            return "inv_zero"
        if known is not None:
            return f"(HMS.Steps.inv_of_mul {identity(mul(here, there), Numeral(1), ring)})"
        if len(poly.terms) == 1:
            ((monomial, coefficient),) = poly.terms.items()
            factors: list[Tree] = [self.meaning.leaf(atom, ring) for atom in monomial]
            if coefficient != 1:
                factors.insert(0, self.meaning.tree(number(coefficient), ring))
            product, back = factors[0], self._back(factors[0], ring)
            inverted, proof = back
            for factor in factors[1:]:
                once, reason = self._back(factor, ring)
                product, inverted = mul(product, factor), mul(inverted, once)
                proof = f"(HMS.Steps.inv_mul {proof} {reason})"
            first = identity(here, product, ring)
            lead = (
                [
                    f"(congrArg (fun ({self.meaning.hole} : {ring}) => {self.meaning.hole}⁻¹) {first})"
                ]
                if first != "rfl"
                else []
            )
            return chained([*lead, proof, identity(inverted, there, ring)])
        lead_ = poly.terms[min(poly.terms, key=lambda m: (-len(m), [a.label for a in m]))]
        rest = poly.scaled(1 / lead_)
        scaled = mul(self.meaning.tree(number(lead_), ring), self.meaning.tree(rest, ring))
        one, reason = self._back(self.meaning.tree(number(lead_), ring), ring)
        other = Leaf(f"{self.meaning.text(rest, ring)}⁻¹", arithmetic.inverse(rest))
        first = identity(here, scaled, ring)
        return chained([
            f"(congrArg (fun ({self.meaning.hole} : {ring}) => {self.meaning.hole}⁻¹) {first})",
            f"(HMS.Steps.inv_mul {reason} rfl)",
            identity(mul(one, other), there, ring),
        ])  # fmt: skip

    def _back(self, factor: Tree, ring: str) -> tuple[Tree, str]:
        """The inverse of one factor, and why."""
        if isinstance(factor, Leaf):
            (atom,) = dict.fromkeys(factor.poly.atoms())
            result = self.meaning.tree(arithmetic.inverse(factor.poly), ring)
            return result, "HMS.Steps.inv_inv" if atom.head == "inverse" else "rfl"
        result = self.meaning.tree(arithmetic.inverse(poly_of(factor)), ring)
        return result, f"(HMS.Steps.inv_of_mul {identity(mul(factor, result), Numeral(1), ring)})"
