"""What atoms are by definition, with proofs. Follows ``definitions.definition``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hms_kernel.backends.lean.functions import FUNCTIONS
from hms_kernel.backends.lean.rendering.facts import Proved, projection
from hms_kernel.backends.lean.rendering.meaning import Named
from hms_kernel.backends.lean.rendering.propositions import PREFIX, Propositions
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    Leaf,
    Node,
    NotRendered,
    Numeral,
    Tree,
    add,
    mul,
    text,
)
from hms_kernel.backends.lean.statements import fin_numeral
from hms_kernel.certificates import polynomials, sums
from hms_kernel.certificates.polynomials import (
    ZERO,
    Atom,
    Poly,
    both,
    compare,
    number,
)

MAX_TERMS = 300  # more take the kernel minutes
Relation: TypeAlias = "tuple[str, Tree, Tree]"


class Definitions(Propositions):
    """Knows the lemma behind every definition."""

    # --- what atoms are ------------------------------------------------------------------

    def definition(self, atom: Atom) -> Proved:
        """What is true of an atom because of what it is: follows ``definitions.definition``."""
        ring = self.meaning.ring_of(atom.kind)
        it = self.meaning.leaf(atom, ring)
        match atom.head, atom.args:
            case "sum", _:
                return self.relation("=", it, self.written_out(atom, ring), ring, "rfl")
            case "inverse", (a,):
                base, zero = self.meaning.tree(a, ring), Numeral(0)
                return self.cases(
                    f"(HMS.Steps.inv_cases {text(base, ring)})", ring,
                    [[("≠", base, zero), ("=", mul(it, base), Numeral(1))],
                     [("=", base, zero), ("=", it, zero)]],
                )  # fmt: skip
            case "abs", (a,):
                # Of an integer it is a natural number, and compared with the integer in ``Int``.
                home, lemma = (INT, "int_abs_cases") if ring == NAT else (ring, "abs_cases")
                base, zero, it = (
                    self.meaning.tree(a, home),
                    Numeral(0),
                    self.meaning.leaf(atom, home),
                )
                return self.cases(
                    f"(HMS.Steps.{lemma} {text(base, home)})", home,
                    [[("≤", zero, base), ("=", it, base)],
                     [("<", base, zero), ("=", it, Node("neg", (base,)))]],
                )  # fmt: skip
            case ("max" | "min") as head, (a, b):
                one, two = self.meaning.tree(a, ring), self.meaning.tree(b, ring)
                low, high = (two, one) if head == "max" else (one, two)
                return self.cases(
                    f"(HMS.Steps.{head}_cases {text(one, ring)} {text(two, ring)})", ring,
                    [[("≤", low, high), ("=", it, one)], [("<", high, low), ("=", it, two)]],
                )  # fmt: skip
            case "sqrt", (a,):
                base, zero = self.meaning.tree(a, ring), Numeral(0)
                return self.cases(
                    f"({FUNCTIONS['sqrt'].property} {text(base, ring)})", ring,
                    [[("≤", zero, base), ("≤", zero, it), ("=", mul(it, it), base)],
                     [("<", base, zero), ("=", it, zero)]],
                )  # fmt: skip
            case "floor", (a,):
                real = self.meaning.real
                base, below = self.meaning.tree(a, real), self.meaning.leaf(atom, real)
                relations = [("≤", below, base), ("<", base, add(below, Numeral(1)))]
                found = f"({FUNCTIONS['floor'].property} {text(base, real)})"
                return self.alternative(real, relations)[1](found)
            case "minus", (a, b):
                one, two = self.meaning.tree(a, NAT), self.meaning.tree(b, NAT)
                return self.cases(
                    f"(HMS.Steps.nat_minus_cases {text(one, NAT)} {text(two, NAT)})", NAT,
                    [[("≤", two, one), ("=", add(it, two), one)],
                     [("<", one, two), ("=", it, Numeral(0))]],
                )  # fmt: skip
            case (("quotient" | "remainder"), (a, b)):
                return self.euclid(a, b)
            case "ite", _:
                return self.choice_of(atom, ring)
        raise NotRendered(f"what {atom.head} is")

    def choice_of(self, atom: Atom, ring: str) -> Proved:
        """What a choice is."""
        raise NotRendered(f"what {atom} is")

    def euclid(self, a: Poly, b: Poly) -> Proved:
        """What division of integers with remainder is: follows ``definitions.euclid``."""
        natural = a.natural and b.natural
        ring = NAT if natural else INT
        one, two = self.meaning.tree(a, ring), self.meaning.tree(b, ring)
        kind = polynomials.NAT if natural else polynomials.INT
        q, r = (
            self.meaning.leaf(Atom(head, (a, b), kind), ring) for head in ("quotient", "remainder")
        )
        zero = Numeral(0)
        exact, low = ("=", add(mul(two, q), r), one), ("≤", zero, r)
        below = (
            self.alternative(ring, [("<", two, zero), exact, low, ("<", r, Node("neg", (two,)))])
            if not natural
            else self._never(a, b, q.poly, r.poly)
        )
        parts = [
            self.alternative(ring, [("<", zero, two), exact, low, ("<", r, two)]),
            below,
            self.alternative(ring, [("=", two, zero), ("=", q, zero), ("=", r, one)]),
        ]  # fmt: skip
        lemma = f"{PREFIX[ring]}_euclid"
        return self.either(f"(HMS.Steps.{lemma} {text(one, ring)} {text(two, ring)})", parts)

    def _never(self, a: Poly, b: Poly, q: Poly, r: Poly) -> tuple[str, Callable[[str], Proved]]:
        """That a natural number is negative, of which the checker says something all the same."""
        facts = both([
            compare(">", ZERO - b), compare("=", b * q + r - a), compare("≥", r),
            compare(">", ZERO - b - r),
        ])  # fmt: skip
        given = f"{self.meaning.text(b, NAT)} < (0 : Nat)"
        return given, lambda name: (facts, f"(False.elim (HMS.Steps.nat_not_neg {name}))")

    def cases(self, proof: str, ring: str, alternatives: list[list[Relation]]) -> Proved:
        """A fact from a disjunction of conjunctions of relations between trees."""

        return self.either(proof, [self.alternative(ring, part) for part in alternatives])

    def alternative(
        self, ring: str, relations: list[Relation]
    ) -> tuple[str, Callable[[str], Proved]]:
        """A conjunction of relations between trees, and what follows from a proof of it."""
        written = [f"({text(a, ring)} {op} {text(b, ring)})" for op, a, b in relations]
        return " ∧ ".join(written), lambda name: self.both([
            self.relation(op, a, b, ring, projection(name, at, len(relations)))
            for at, (op, a, b) in enumerate(relations)
        ])  # fmt: skip

    def written_out(self, atom: Atom, ring: str) -> Tree:
        """A sum over a range of known size as its terms."""
        domain, body, own = atom.args
        if domain.ends is None:
            raise NotRendered("a sum over a range of unknown size")
        low, high = domain.ends
        if high - low > MAX_TERMS:
            raise NotRendered(f"a sum of more than {MAX_TERMS} terms, written out")
        result: Tree = Numeral(0)
        for k in reversed(range(high - low)):
            there = self.meaning.element_of(domain, fin_numeral(k, high - low))
            result = add(self.reread(body, own, low + k, there, ring), result)
        return result

    def reread(self, body: Poly, own: Atom, value: int, named: Named, ring: str) -> Tree:
        """What is summed, at one value of the index: the Lean text, as the polynomial that it is."""
        there = self.meaning.knowing(own, named)

        def placed(tree: Tree) -> Tree:
            match tree:
                case Leaf(text=written, poly=poly):
                    result = sums.at(poly, own, number(value))
                    plain = self.meaning.tree(result, ring)
                    if text(plain, ring) == text(tree, ring):
                        return plain
                    if isinstance(plain, Numeral | Node):
                        return Leaf(written, result, "rfl")
                    raise NotRendered(f"{poly} at another index")
                case Node(op=op, args=args, number=power):
                    return Node(op, tuple(map(placed, args)), power)
            return tree

        return placed(there.tree(body, ring))

    def division(self, term: Poly, by: int) -> Proved:
        """What quotient and remainder of an integer are."""
        return self.euclid(term, number(by))
