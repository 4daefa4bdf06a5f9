"""Is this certificate a proof of this statement? Needs no solver, shares nothing with the search for proofs.

The whole of what has to be trusted is here, in ``reading`` (what terms mean), ``arithmetic``
and ``sums`` (what comes of operations), ``definitions`` (what atoms are) and ``polynomials``
(how they are multiplied). Facts may be forgotten, never invented.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction

from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.definitions import definition, euclid
from hms_kernel.certificates.language import (
    Certificate,
    Combination,
    Define,
    Divide,
    Each,
    Instance,
    Polynomial,
    Product,
    Proof,
    Sign,
    Split,
)
from hms_kernel.certificates.polynomials import (
    FALSE,
    FIELD,
    NAT,
    ONE,
    ZERO,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Or,
    Poly,
    Quantified,
    Rejected,
    compare,
    either,
    number,
    of,
)
from hms_kernel.certificates.reading import Function, domain_of, formula, kind_of
from hms_kernel.certificates.sums import at, count_of, total
from hms_kernel.statements import show
from hms_kernel.statements.terms import Arrow, Fin, Scalar, Statement, first_float

MAX_STEPS = 20_000
MAX_DEGREE = 64


def check(statement: Statement, certificate: Certificate) -> None:
    """Return if the certificate proves the statement.

    Raises:
        Rejected: it does not; says where and why.
    """
    if certificate.statement_sha256 != digest(statement):
        raise Rejected("the certificate is of another statement")
    if (rounded := first_float(statement)) is not None:
        raise Rejected(f"not understood: {show(rounded)} is a Float, which is rounded")
    try:
        Checker().run(Context.of(statement), certificate.proof)
    except Unread as error:
        raise Rejected(f"not understood: {error}") from error
    except RecursionError:
        raise Rejected("nested too deeply") from None


def digest(statement: Statement) -> str:
    """Hash of a statement as it is printed, hexadecimal."""
    return hashlib.sha256(show(statement).encode()).hexdigest()


class Context:
    """Facts assumed together, each under its text. Grows by what is true if they are; a copy branches off."""

    def __init__(self) -> None:
        self.facts: dict[str, Formula] = {}
        self.atoms: dict[str, Atom] = {}
        self.domains: dict[str, Domain] = {}
        self.elements: dict[Atom, Domain] = {}  # variables that range over some Fin n
        self.rational: set[Atom] = set()  # variables that range over ℚ
        self.names: set[str] = set()

    @classmethod
    def of(cls, statement: Statement) -> Context:
        """The hypotheses and the negated conclusion; hypotheses that cannot be read are left out.

        Raises:
            Unread: the conclusion or a variable.
        """
        context = cls()
        env: dict[str, Poly | Function] = {}
        for var in statement.variables:
            if var.name in context.names:
                raise Rejected(f"two variables {var.name}")
            if isinstance(var.sort, Arrow):
                context.names.add(var.name)
                env[var.name] = Function(var.name)
            else:
                domain = domain_of(var.sort, env) if isinstance(var.sort, Fin) else None
                rational = var.sort is Scalar.RAT
                env[var.name] = context.variable(var.name, kind_of(var.sort), domain, rational)
        for hypothesis in statement.hypotheses:
            try:
                context.add(formula(hypothesis.prop, env))
            except (Unread, Rejected):
                continue
        context.add(formula(statement.conclusion, env, positive=False))
        return context

    def copy(self) -> Context:
        """The same facts, to which others may be added."""
        twin = Context()
        twin.facts, twin.atoms = dict(self.facts), dict(self.atoms)
        twin.domains, twin.elements = dict(self.domains), dict(self.elements)
        twin.rational, twin.names = set(self.rational), set(self.names)
        return twin

    def variable(
        self, name: str, kind: str, domain: Domain | None = None, rational: bool = False
    ) -> Poly:
        """A number of which nothing is known but its kind; primes keep its name apart from others."""
        while name in self.names:
            name += "'"
        self.names.add(name)
        atom = Atom("variable", (name,), kind)
        self._note(of(atom))
        if rational:
            self.rational.add(atom)
        if domain is not None:
            if domain.fin:
                self.elements[atom] = domain
            self.add(compare("≥", of(atom) - domain.low))
            self.add(compare("≥", domain.high - ONE - of(atom)))
        return of(atom)

    def add(self, fact: Formula) -> None:
        """Assume a fact: parts of conjunctions one by one, what exists under a fresh name.

        Two facts about one polynomial are taken together: what is neither negative nor positive
        is 0, and what is and is not 0 is false.
        """
        match fact:
            case And(parts=parts):
                for part in parts:
                    self.add(part)
            case Quantified(every=False):
                self.add(fact.body(self.variable(fact.name, fact.kind, fact.domain, fact.rational)))
            case _:
                if str(fact) in self.facts:
                    return
                self.facts[str(fact)] = fact
                self._note(fact)
                if isinstance(fact, Compare):
                    self._together(fact)

    def _together(self, fact: Compare) -> None:
        other = {"≥": "≥", ">": ">", "=": "≠", "≠": "="}[fact.op]
        mirrored = compare(other, ZERO - fact.poly)
        if self.facts.get(str(mirrored)) == mirrored:
            self.add(compare("=", fact.poly) if other == "≥" else FALSE)
        elif other in ("=", "≠") and self.facts.get(f"{fact.poly} {other} 0") == Compare(
            other, fact.poly
        ):
            self.add(FALSE)

    def generic(self, index: str, domain: Domain) -> tuple[Context, Poly]:
        """The same facts and a new ``index`` that may be any element of a domain, with what is summed there.

        Raises:
            Rejected: the name is taken.
        """
        if index in self.names:
            raise Rejected(f"the name {index} is taken")
        context = self.copy()
        variable = context.variable(index, domain.kind, domain)
        for atom in list(self.atoms.values()):
            match atom.head, atom.args:
                case "sum", (over, Poly() as body, Atom() as own) if over == domain:
                    try:
                        context._note(at(body, own, variable))
                    except Unread:
                        continue
        return context, variable

    def _note(self, part: object) -> None:
        """Learn the names of the atoms and ranges in what has been said."""
        match part:
            case Poly():
                for atom in dict.fromkeys(part.atoms()):
                    if self.atoms.setdefault(atom.label, atom) is atom:
                        # The body of a sum is about its own index, which means nothing out here.
                        for arg in atom.args[:1] if atom.head == "sum" else atom.args:
                            self._note(arg)
            case Compare(poly=poly):
                self._note(poly)
            case Or(parts=parts) | And(parts=parts):
                for inner in parts:
                    self._note(inner)
            case Domain(low=low, high=high):
                self.domains.setdefault(str(part), part)
                self._note(low)
                self._note(high)

    def fact(self, name: str) -> Formula:
        """The fact of that name."""
        found = self.facts.get(name)
        if found is None:
            raise Rejected(f"there is no fact {name}")
        return found

    def atom(self, name: str) -> Atom:
        """The atom of that name."""
        found = self.atoms.get(name)
        if found is None:
            raise Rejected(f"there is no number {name}")
        return found

    def polynomial(self, written: Polynomial) -> Poly:
        """A polynomial of a certificate."""
        result = ZERO
        for coefficient, names in written:
            if len(names) > MAX_DEGREE:
                raise Rejected(f"a monomial of more than {MAX_DEGREE} factors")
            part = number(fraction(coefficient))
            for name in names:
                part = part * of(self.atom(name))
            result = result + part
        return result

    # --- steps that add facts -----------------------------------------------------

    def alternatives(self, name: str) -> tuple[Formula, ...]:
        """Of which one must hold, given the fact."""
        match self.fact(name):
            case Or(parts=parts):
                return parts
            case Compare(op="≠", poly=poly):
                return compare(">", poly), compare(">", ZERO - poly)
        raise Rejected(f"{name} has no alternatives")

    def instance(self, name: str, point: Poly) -> None:
        """Add what a universal fact says of one value."""
        fact = self.fact(name)
        if not isinstance(fact, Quantified):
            raise Rejected(f"{name} is not about every value")
        if not self.ranges_over(fact, point):
            raise Rejected(f"{point} is not in the range of {name}")
        self.add(fact.body(point))

    def ranges_over(self, fact: Quantified, point: Poly) -> bool:
        """Whether a value surely is of the sort that a quantifier ranges over."""
        if fact.domain is not None:
            known, ends = point.constant, fact.domain.ends
            if known is not None and ends is not None:
                return known.denominator == 1 and ends[0] <= known < ends[1]
            return any(
                point == of(atom) and domain == fact.domain
                for atom, domain in self.elements.items()
            )
        if fact.rational:
            return all(a.kind != FIELD or a in self.rational for a in point.atoms())
        if fact.kind == NAT:
            floor = compare("≥", point)
            return point.natural or (point.whole and self.facts.get(str(floor)) == floor)
        return fact.kind == FIELD or point.whole

    def divide(self, term: Poly, by: Fraction) -> None:
        """Add what quotient and remainder of an integer are."""
        if not term.whole or by.denominator != 1 or by < 1:
            raise Rejected(f"{term} divided by {by} has no remainder")
        self.add(euclid(term, number(by)))

    def summed(self, domain: Domain, term: Poly, variable: Poly, relation: str) -> None:
        """Add what follows for the sum when ``term relation 0`` holds for every ``variable`` of the domain."""
        ((atom,),) = variable.terms
        sum_ = total(domain, term, atom)
        if relation != ">":
            self.add(compare(relation, sum_))
            return
        self.add(compare("≥", sum_))
        if (size := count_of(domain)) is not None:
            self.add(either([compare(">", ONE - size), compare(">", sum_)]))


class Checker:
    """Goes through a proof."""

    def __init__(self) -> None:
        self._steps = 0

    def run(self, context: Context, proof: Proof) -> None:
        """Return if the proof refutes the context, to which its facts are added.

        Raises:
            Rejected: it does not.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Rejected(f"more than {MAX_STEPS} steps")
        match proof:
            case Combination():
                _contradiction(context, proof)
            case Split(fact=fact, branches=branches):
                alternatives = context.alternatives(fact)
                if len(branches) != len(alternatives):
                    raise Rejected(f"{len(alternatives)} alternatives, {len(branches)} branches")
                for alternative, branch in zip(alternatives, branches, strict=True):
                    self._under(context, alternative, branch)
            case Sign(term=written, negative=negative, otherwise=otherwise):
                term = context.polynomial(written)
                self._under(context, compare(">", ZERO - term), negative)
                self._under(context, compare("≥", term), otherwise)
            case Instance(fact=fact, at=written, then=then):
                context.instance(fact, context.polynomial(written))
                self.run(context, then)
            case Define(atom=atom, then=then):
                context.add(definition(context.atom(atom)))
                self.run(context, then)
            case Divide(term=written, by=by, then=then):
                context.divide(context.polynomial(written), fraction(by))
                self.run(context, then)
            case Each():
                self._each(context, proof)

    def _under(self, context: Context, fact: Formula, proof: Proof) -> None:
        branch = context.copy()
        branch.add(fact)
        self.run(branch, proof)

    def _each(self, context: Context, proof: Each) -> None:
        domain = context.domains.get(proof.over)
        if domain is None:
            raise Rejected(f"no sum runs over {proof.over}")
        generic, variable = context.generic(proof.index, domain)
        term = generic.polynomial(proof.term)
        negated = {"≥": compare(">", ZERO - term), ">": compare("≥", ZERO - term), "=": compare("≠", term)}  # fmt: skip
        if proof.relation not in negated:
            raise Rejected(f"no relation {proof.relation}")
        self._under(generic, negated[proof.relation], proof.proof)
        context.summed(domain, term, variable, proof.relation)
        self.run(context, proof.then)


def _contradiction(context: Context, proof: Combination) -> None:
    sum_, positive = ZERO, False
    for product in proof.products:
        value, strict = _product(context, product)
        sum_, positive = sum_ + value, positive or strict
    for multiple in proof.multiples:
        match context.fact(multiple.fact):
            case Compare(op="=", poly=poly):
                sum_ = sum_ + context.polynomial(multiple.by) * poly
            case _:
                raise Rejected(f"{multiple.fact} is no equation")
    result = sum_.constant
    if result is None:
        raise Rejected(f"the combination is {sum_}, no number")
    if result > 0 or (result == 0 and not positive):
        raise Rejected(f"the combination is {result}, no contradiction")


def _product(context: Context, product: Product) -> tuple[Poly, bool]:
    """Its value, and whether it is positive rather than just not negative."""
    times = fraction(product.times)
    if times <= 0:
        raise Rejected(f"the multiplier {times} is not positive")
    value, strict = number(times), not product.squares
    for name in product.facts:
        poly, above = _nonnegative(context, name)
        value, strict = value * poly, strict and above
    for written in product.squares:
        base = context.polynomial(written)
        value = value * base * base
    return value, strict


def _nonnegative(context: Context, name: str) -> tuple[Poly, bool]:
    match context.facts.get(name):
        case Compare(op="≥" | ">" as op, poly=poly):
            return poly, op == ">"
    atom = context.atoms.get(name.removesuffix(" ≥ 0"))
    if atom is not None and atom.kind == NAT and name.endswith(" ≥ 0"):
        return of(atom), False
    raise Rejected(f"{name} does not say that something is at least 0")


def fraction(text: str) -> Fraction:
    """A rational of a certificate."""
    try:
        if len(text) > 20_000 or not set(text) <= set("0123456789-/"):
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Rejected(f"{text[:40]!r} is no rational number") from None
