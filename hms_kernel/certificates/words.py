"""A certificate as an explanation in numbered steps, for people who know inequalities. Checks and proves nothing.

Facts are shown with everything positive on its own side, ``x ≥ 1`` for ``x - 1 ≥ 0``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hms_kernel.certificates.checker import Context, fraction
from hms_kernel.certificates.definitions import definition
from hms_kernel.certificates.language import (
    Certificate,
    Combination,
    Define,
    Divide,
    Each,
    Instance,
    Product,
    Proof,
    Sign,
    Split,
)
from hms_kernel.certificates.polynomials import (
    ZERO,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Monomial,
    Or,
    Poly,
    Quantified,
    compare,
    number,
    of,
)
from hms_kernel.statements import show
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.terms import Statement

SUBSCRIPTS = {"i": "ᵢ", "j": "ⱼ", "k": "ₖ", "l": "ₗ"}
MAX_LISTED = 12  # facts of a step that brings in more are not all named


def explained(statement: Statement, certificate: Certificate) -> list[str]:
    """The proof in words, Markdown lines: numbered steps, cases within them.

    Args:
        statement: what is proved.
        certificate: one that ``check`` has accepted for it.

    Raises:
        Rejected: it is no proof of the statement.
    """
    context = Context.of(statement)
    lines = [f"Claim: {show(plain_names(statement.conclusion))}.", ""]
    writer = _Writer()
    known = [said(fact) for fact in context.facts.values()]
    writer.step("", f"Suppose it fails. Then {_listed(known)}.")
    writer.proof(context, certificate.proof, "")
    return lines + writer.lines


class _Writer:
    """Numbers the steps while it goes through a proof as the checker does."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._counts: dict[str, int] = {}

    def step(self, prefix: str, text: str) -> str:
        """One more step below ``prefix``; returns its number."""
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        label = f"{prefix}{self._counts[prefix]}."
        indent = "   " * prefix.count(".")
        self.lines.append(f"{indent}{label} {text}")
        return label

    def detail(self, prefix: str, text: str) -> None:
        self.lines.append(f"{'   ' * (prefix.count('.') + 1)}- {text}")

    # --- the steps -----------------------------------------------------------

    def proof(self, context: Context, proof: Proof, prefix: str) -> None:
        match proof:
            case Combination():
                self._combination(context, proof, prefix)
            case Split(fact=name, branches=branches):
                alternatives = context.alternatives(name)
                if not alternatives:
                    self.step(prefix, "These facts exclude each other, so the claim holds.")
                    return
                fact = context.fact(name)
                reason = said(fact) if isinstance(fact, Compare) else "one of these holds"
                label = self.step(prefix, f"Two cases, because {reason}:" if len(branches) == 2 else f"{len(branches)} cases, because {reason}:")  # fmt: skip
                self._cases(context, zip(alternatives, branches, strict=True), label)
            case Sign(term=term, negative=negative, otherwise=otherwise):
                poly = context.polynomial(term)
                cases = (compare(">", ZERO - poly), negative), (compare("≥", poly), otherwise)
                label = self.step(prefix, "Two cases, one of which holds:")
                self._cases(context, cases, label)
            case Instance(fact=name, at=at, then=then):
                point = context.polynomial(at)
                fact = context.fact(name)
                assert isinstance(fact, Quantified)
                new = self._new(context, lambda: context.instance(name, point))
                self.step(prefix, f"Use “{fact.text}” at {fact.name} = {pretty(point)}: {new}.")
                self.proof(context, then, prefix)
            case Define(atom=name, then=then):
                atom = context.atom(name)
                new = self._new(context, lambda: context.add(definition(atom)))
                self.step(prefix, f"{_meaning(atom)}: {new}.")
                self.proof(context, then, prefix)
            case Divide(term=term, by=by, then=then):
                poly = context.polynomial(term)
                new = self._new(context, lambda: context.divide(poly, fraction(by)))
                self.step(prefix, f"Divide {pretty(poly)} by {by} with remainder: {new}.")
                self.proof(context, then, prefix)
            case Each():
                self._each(context, proof, prefix)

    def _cases(self, context: Context, cases: Iterable[tuple[Formula, Proof]], label: str) -> None:
        for alternative, branch in cases:
            under = context.copy()
            under.add(alternative)
            inner = self.step(label, f"Case {said(alternative)}.")
            self.proof(under, branch, inner)

    def _new(self, context: Context, extend: object) -> str:
        before = set(context.facts)
        assert callable(extend)
        extend()
        found = [said(fact) for name, fact in context.facts.items() if name not in before]
        return _listed(found) if found else "nothing new"

    def _each(self, context: Context, proof: Each, prefix: str) -> None:
        domain = context.domains[proof.over]
        generic, variable = context.generic(proof.index, domain)
        term = generic.polynomial(proof.term)
        claim = _sides(proof.relation, term)
        label = self.step(prefix, f"For every {proof.index} {_range(domain)}: {claim}.")
        inner = proof.proof
        while isinstance(inner, Instance):
            generic.instance(inner.fact, generic.polynomial(inner.at))
            inner = inner.then
        negated = {"≥": compare(">", ZERO - term), ">": compare("≥", ZERO - term)}.get(
            proof.relation
        )
        if negated is not None and isinstance(inner, Combination) and not inner.multiples:
            rest = [p for p in inner.products if p.facts != (str(negated),) or p.squares]
            weight = sum((fraction(p.times) for p in inner.products if p not in rest), Fraction(0))
            if weight:
                self.detail(label, f"Indeed {pretty(term)} is the sum of what is not negative:")
                for product in rest:
                    self.detail(label, _times(generic, product, weight))
                inner = None  # type: ignore[assignment]
        if inner is not None:
            under = generic.copy()
            under.add(compare("≠", term) if negated is None else negated)
            self.step(label, f"Otherwise {said(negated or compare('≠', term))}.")
            self.proof(under, inner, label)
        new = self._new(context, lambda: context.summed(domain, term, variable, proof.relation))
        self.step(prefix, f"Summed over every {proof.index}: {new}.")
        self.proof(context, proof.then, prefix)

    def _combination(self, context: Context, proof: Combination, prefix: str) -> None:
        label = self.step(prefix, "Add up:")
        total, strict = ZERO, False
        for product in proof.products:
            self.detail(label, _times(context, product, Fraction(1)))
            value, positive = _value(context, product)
            total, strict = total + value, strict or positive
        for multiple in proof.multiples:
            fact = context.fact(multiple.fact)
            by = context.polynomial(multiple.by)
            assert isinstance(fact, Compare)
            total = total + by * fact.poly
            self.detail(label, f"{_factor(by)}({pretty(fact.poly)}), which is 0 as {said(fact)}")
        sign = "more than 0" if strict else "at least 0"
        self.detail(label, f"Together these are {sign}. But everything cancels, and the sum is {pretty(total)}: impossible.")  # fmt: skip


def _value(context: Context, product: Product) -> tuple[Poly, bool]:
    value, strict = number(fraction(product.times)), not product.squares
    for name in product.facts:
        poly, above = _fact(context, name)
        value, strict = value * poly, strict and above
    for written in product.squares:
        base = context.polynomial(written)
        value = value * base * base
    return value, strict


def _fact(context: Context, name: str) -> tuple[Poly, bool]:
    match context.facts.get(name):
        case Compare(op=op, poly=poly):
            return poly, op == ">"
    return of(context.atom(name.removesuffix(" ≥ 0"))), False


def _times(context: Context, product: Product, weight: Fraction) -> str:
    """A product of facts, and why it has its sign."""
    facts = [_fact(context, name) for name in product.facts]
    squares = [context.polynomial(written) for written in product.squares]
    times = fraction(product.times) / weight
    factors = [_bracketed(poly) for poly, _ in facts] + [f"({pretty(base)})²" for base in squares]
    lead = "" if times == 1 and factors else f"{times}·" if factors else str(times)
    reasons = list(dict.fromkeys(_sides(">" if above else "≥", poly) for poly, above in facts))
    if squares:
        reasons.append(
            "squares are not negative" if len(squares) > 1 else "a square is not negative"
        )
    because = f", where {_listed(reasons)}" if reasons else ""
    return f"{lead}{'·'.join(factors)}{because}"


# --- mathematics as text -----------------------------------------------------------


def said(fact: Formula | None) -> str:
    """A fact as people write it."""
    match fact:
        case Compare(op=op, poly=poly):
            return _sides(op, poly)
        case And(parts=parts):
            return " and ".join(map(said, parts)) or "true"
        case Or(parts=parts):
            return " or ".join(f"({said(p)})" if isinstance(p, And) else said(p) for p in parts) or "false"  # fmt: skip
    return str(fact)


def _sides(op: str, poly: Poly) -> str:
    """``poly op 0`` without minus signs, as far as that goes: ``3 > x + y``."""
    left = Poly({m: c for m, c in poly.terms.items() if c > 0})
    right = Poly({m: -c for m, c in poly.terms.items() if c < 0})
    if left.constant is not None and right.constant is None:
        turned = {"≥": "≤", ">": "<"}.get(op, op)
        return f"{pretty(right)} {turned} {pretty(left)}"
    return f"{pretty(left)} {op} {pretty(right)}"


def pretty(poly: Poly) -> str:
    """A polynomial as people write it."""
    parts: list[str] = []
    # What is added stands before what is taken away.
    order = sorted(poly.terms.items(), key=lambda item: (item[1] < 0, -len(item[0]), str(item[0])))
    for monomial, c in order:
        size = "" if abs(c) == 1 and monomial else str(abs(c))
        text = "·".join(filter(None, [size, _monomial(monomial)]))
        sign = ("-" if c < 0 else "") if not parts else (" - " if c < 0 else " + ")
        parts.append(sign + text)
    return "".join(parts) or "0"


def _monomial(monomial: Monomial) -> str:
    powers = []
    for atom in dict.fromkeys(monomial):
        count = monomial.count(atom)
        powers.append(_name(atom) if count == 1 else f"{_name(atom)}^{count}")
    return "·".join(powers)


def _name(atom: Atom) -> str:
    match atom.head, atom.args:
        case "index", (name,):
            return "ijkl"[int(name[1:]) % 4] if str(name)[1:].isdigit() else str(name)
        case "apply", (name, *args):
            return f"{name}({', '.join(map(_argument, args))})"
        case "sum", (Domain() as domain, Poly() as body, Atom() as own):
            if domain.fin and _name(own) in SUBSCRIPTS:
                return f"∑{SUBSCRIPTS[_name(own)]} {_bracketed(body)}"  # over all there are
            return f"∑_{{{_name(own)} {_range(domain)}}} {_bracketed(body)}"
        case "abs", (a,):
            return f"|{pretty(a)}|"
        case "inverse", (a,):
            return f"1/{_bracketed(a)}"
        case "power", (base, exponent):
            return f"{_bracketed(base)}^{_bracketed(exponent)}"
        case "minus", (a, b):
            return f"max(0, {pretty(a - b)})"
        case "quotient", (a, b):
            return f"⌊{_bracketed(a)}/{_bracketed(b)}⌋"
        case "remainder", (a, b):
            return f"({pretty(a)} mod {pretty(b)})"
        case "floor", (a,):
            return f"⌊{pretty(a)}⌋"
        case "sqrt", (a,):
            return f"√{_bracketed(a)}"
        case "ite", (cond, _, yes, no):
            return f"({pretty(yes)} if {said(cond)}, else {pretty(no)})"
        case ("variable", (name,)):
            return str(name)
        case head, args:
            return f"{head}({', '.join(map(_argument, args))})"


def _argument(part: object) -> str:
    return pretty(part) if isinstance(part, Poly) else str(part)


def _bracketed(poly: Poly) -> str:
    text = pretty(poly)
    plain = len(poly.terms) == 1 and not text.startswith("-")
    return text if plain else f"({text})"


def _factor(by: Poly) -> str:
    """What an equation is multiplied by, ready to stand before it."""
    value = by.constant
    if value == 1:
        return ""
    return "-" if value == -1 else f"{pretty(by)}·" if value is not None else f"{_bracketed(by)}·"


def _range(domain: Domain) -> str:
    if domain.fin:
        return f"of Fin {pretty(domain.high)}"
    return f"from {pretty(domain.low)} to {pretty(domain.high - number(1))}"


def _meaning(atom: Atom) -> str:
    """How a definition is announced."""
    name = _name(atom)
    match atom.head:
        case "sum":
            return f"Written out, {name}"
        case "quotient" | "remainder":
            a, b = atom.args
            return f"Division of {pretty(a)} by {pretty(b)} with remainder"
        case "minus":
            return f"Subtraction of naturals stops at 0; {name}"
    return f"What {name} is"


def _listed(parts: list[str]) -> str:
    """As in a sentence."""
    if not parts:
        return "nothing is known"
    if len(parts) > MAX_LISTED:
        parts = [*parts[:MAX_LISTED], f"{len(parts) - MAX_LISTED} more facts"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
