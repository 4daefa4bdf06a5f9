"""Numbers of a statement as trees, with proofs that they are the polynomials the checker reads. Reads no propositions.

It follows ``certificates.reading`` operation by operation. Nothing here has to be trusted: a
wrong proof is one that the kernel refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.backends.lean.rendering import summing
from hms_kernel.backends.lean.rendering.equations import chained
from hms_kernel.backends.lean.rendering.meaning import RINGS
from hms_kernel.backends.lean.rendering.operations import Operations
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    Leaf,
    Node,
    NotRendered,
    Numeral,
    Tree,
    mul,
    poly_of,
    text,
)
from hms_kernel.backends.lean.statements import fin_numeral, operand
from hms_kernel.certificates import reading, sums
from hms_kernel.certificates.polynomials import Atom, Domain, Poly, number, of
from hms_kernel.certificates.reading import Function
from hms_kernel.statements import show
from hms_kernel.statements.terms import (
    Apply,
    Big,
    Cast,
    Fin,
    Ite,
    Num,
    Op,
    Scalar,
    Term,
    Var,
    sort_of,
)


@dataclass(frozen=True)
class Meant:
    """What a name of the statement stands for: a polynomial or a function, and Lean text."""

    value: Poly | Function
    text: str


Names = Mapping[str, Meant]


def environment(names: Names) -> dict[str, Poly | Function]:
    """The environment as the checker has it."""
    return {name: meant.value for name, meant in names.items()}


def texts(names: Names) -> dict[str, str]:
    """The environment as the printer has it."""
    return {name: meant.text for name, meant in names.items()}


class Values(Operations):
    """Reads the numbers of one statement."""

    def ring(self, term: Term) -> str:
        """The ring of a term of numeric sort."""
        sort = sort_of(term)
        if isinstance(sort, Fin):
            return NAT
        if sort not in RINGS or not isinstance(sort, Scalar):
            raise NotRendered(f"{show(term)} as a number")
        return RINGS[sort]

    def tree(self, term: Term, names: Names) -> Tree:
        """A term of numeric sort as a tree of its own ring."""
        ring = self.ring(term)
        match term:
            case Num(value=value, sort=Fin() as sort):
                size = self.size(sort, names)
                numeral = int(value) % size
                return Leaf(f"Fin.val {fin_numeral(numeral, size)}", number(numeral), "rfl")
            case Num(value=value):
                return _numeral(value)
            case Var(name=name, sort=sort):
                meant = names.get(name)
                if meant is None or not isinstance(meant.value, Poly):
                    raise NotRendered(f"{name} as a number")
                written = f"Fin.val {meant.text}" if isinstance(sort, Fin) else meant.text
                return self.known(written, meant.value, ring)
            case Apply():
                return self._applied(term, names, ring)
            case Cast(arg=arg):
                return self.cast(self.tree(arg, names), self.ring(arg), ring)
            case Op(op=op, args=args):
                return self._operation(term, op, args, names, ring)
            case Big():
                return self._big(term, names, ring)
            case Ite():
                return self.choice(term, names, ring)
        raise NotRendered(f"the number {show(term)}")

    def known(self, written: str, poly: Poly, ring: str) -> Tree:
        """A number under a name: the tree of its polynomial where that is how it is written."""
        tree = self.meaning.tree(poly, ring)
        if text(tree, ring) in (written, f"({written})"):
            return tree
        return Leaf(written, poly, "rfl")

    def size(self, sort: Fin, names: Names) -> int:
        """The number of elements of a ``Fin`` of known size."""
        size = reading.value(sort.size, environment(names)).constant
        if size is None or size < 1:
            raise NotRendered("a numeral in Fin n without a size")
        return int(size)

    def count(self, domain: Domain) -> Tree:
        """How many elements a range has, as a tree of ``Nat``."""
        size = sums.count_of(domain)
        if size is None:
            raise NotRendered("a range of unknown size")
        return self.known(self.meaning.size(domain), size, NAT)

    def choice(self, term: Ite, names: Names, ring: str) -> Tree:
        """``if cond then yes else no`` as a number: for whoever can read conditions."""
        raise NotRendered(f"the number {show(term)}")

    # --- functions -------------------------------------------------------------------

    def _applied(self, term: Apply, names: Names, ring: str) -> Tree:
        args: list[Term] = []
        fn: Term = term
        while isinstance(fn, Apply):
            args.insert(0, fn.arg)
            fn = fn.fn
        poly = reading.value(term, environment(names))
        if not isinstance(fn, Var) or fn.name not in names:
            raise NotRendered(f"the application of {show(term)}")
        words = [names[fn.name].text, *(operand(arg, texts(names)) for arg in args)]
        target = self.meaning.text(poly, ring)
        steps = []
        for at, arg in enumerate(args, 1):
            if isinstance(sort_of(arg), Fin):
                continue  # equal elements are equal by computation
            tree = self.tree(arg, names)
            own = self.ring(arg)
            if (proof := self.canonical(tree, own)) is not None:
                hole = " ".join([*words[:at], self.meaning.hole, *words[at + 1 :]])
                steps.append(f"(congrArg (fun ({self.meaning.hole} : {own}) => {hole}) {proof})")
                words[at] = self.meaning.text(poly_of(tree), own)
        written = " ".join([names[fn.name].text, *(operand(arg, texts(names)) for arg in args)])
        same = f"({written})" == target or written == target
        return Leaf(written, poly, None if same else chained(steps))

    # --- operations --------------------------------------------------------------------

    def _operation(
        self, term: Term, op: str, args: tuple[Term, ...], names: Names, ring: str
    ) -> Tree:
        parts = [self.tree(arg, names) for arg in args]
        match op, parts:
            case (("+" | "*"), _):
                return Node(op, tuple(parts))
            case "neg", _:
                return Node("neg", tuple(parts))
            case "-", _ if ring != NAT:
                return Node("-", tuple(parts))
            case "^", [base, exponent]:
                power = poly_of(exponent).constant
                if power is not None:  # of an exponent that is not written so, by computation
                    return Node("^", (base,), int(power))
            case "/", [a, Numeral(value=value)] if ring not in (NAT, INT) and value > 0:
                return Node("/", (a,), value)
            case "/", [a, b] if ring not in (NAT, INT):
                return mul(a, self.inverse(b, ring))
            case "⁻¹", [a]:
                return self.inverse(a, ring)
            case (("abs" | "max" | "min" | "sqrt"), _) if ring != NAT:
                return self.called(op, parts, ring)
            case "floor", [a]:
                return self.whole_part(a, self.ring(args[0]))
            case "ceil", [a]:
                return Node("neg", (self.whole_part(Node("neg", (a,)), self.ring(args[0])),))
            case (("-" | "/" | "%"), [a, b]):
                return self.integer(op, a, b, ring)
            case "gcd", [a, b] if (
                poly_of(a).constant is not None and poly_of(b).constant is not None
            ):
                known = reading.value(term, environment(names))
                return Leaf(operand(term, texts(names)), known, "rfl")
            case "natAbs", [a]:
                form = "Int.natAbs {}"
                steps = self.congruent(form, parts, INT)
                result = reading.value(term, environment(names))
                if result.constant is not None:
                    steps = ["rfl"]
                return Leaf(form.format(text(a, INT)), result, chained(steps) if steps else None)
        raise NotRendered(f"{op} in {ring}")

    # --- sums ----------------------------------------------------------------------------

    def _big(self, term: Big, names: Names, ring: str) -> Tree:
        sort, env = term.var.sort, environment(names)
        if term.op != "∑":
            raise NotRendered(f"{term.op} of numbers")
        if isinstance(sort, Fin):
            domain = reading.domain_of(sort, env)
        elif term.low is not None and term.high is not None:
            ends = reading.value(term.low, env), reading.value(term.high, env)
            domain = Domain(*ends, False, reading.kind_of(sort))
        else:
            raise NotRendered("a sum without ends")
        index = Atom("index", (f"@{len(names)}",), domain.kind)
        name = self.meaning.fresh
        named = self.meaning.element_of(domain, name)
        inner = self.under(self.meaning.knowing(index, named))
        says = name if domain.fin else named.number
        body = inner.tree(term.body, {**names, term.var.name: Meant(of(index), says)})
        written = operand(term, texts(names))
        return summing.total(inner.meaning, domain, body, index, ring, written)


def _numeral(value: Fraction) -> Tree:
    tree: Tree = Numeral(abs(value.numerator))
    if value.denominator != 1:
        tree = Node("/", (tree,), value.denominator)
    return Node("neg", (tree,)) if value < 0 else tree
