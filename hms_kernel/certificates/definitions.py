"""What atoms are by definition: the facts that come with each. Reads no terms and proves nothing."""

from __future__ import annotations

from hms_kernel.certificates.arithmetic import cases, joint
from hms_kernel.certificates.polynomials import (
    ONE,
    ZERO,
    Atom,
    Domain,
    Formula,
    Poly,
    Rejected,
    both,
    compare,
    either,
    number,
    of,
)
from hms_kernel.certificates.sums import at, written_out


def definition(atom: Atom) -> Formula:
    """What is true of an atom because of what it is.

    Raises:
        Rejected: nothing is known of it.
    """
    it = of(atom)
    match atom.head, atom.args:
        case "ite", (cond, other, yes, no):
            return cases(cond, compare("=", it - yes), other, compare("=", it - no))
        case "abs", (a,):
            return cases(compare("≥", a), compare("=", it - a),
                          compare(">", ZERO - a), compare("=", it + a))  # fmt: skip
        case ("min" | "max") as head, (a, b):
            apart = a - b if head == "max" else b - a
            return cases(compare("≥", apart), compare("=", it - a),
                          compare(">", ZERO - apart), compare("=", it - b))  # fmt: skip
        case "minus", (a, b):
            return cases(compare("≥", a - b), compare("=", it - a + b),
                          compare(">", b - a), compare("=", it))  # fmt: skip
        case "inverse", (a,):
            return cases(compare("≠", a), compare("=", it * a - ONE),
                          compare("=", a), compare("=", it))  # fmt: skip
        case (("quotient" | "remainder"), (a, b)):
            return euclid(a, b)
        case "floor", (a,):
            return both([compare("≥", a - it), compare(">", it + ONE - a)])
        case "sqrt", (a,):
            root = both([compare("≥", it), compare("=", it * it - a)])
            return cases(compare("≥", a), root, compare(">", ZERO - a), compare("=", it))
        case "nat_sqrt", (a,):
            return both([compare("≥", a - it * it), compare(">", (it + ONE) * (it + ONE) - a)])
        case "sum", (Domain() as domain, Poly() as body, Atom() as index):
            written = ZERO
            for k in written_out(domain):
                written = written + at(body, index, number(k))
            return compare("=", it - written)
    raise Rejected(f"nothing is known of {atom}")


def euclid(a: Poly, b: Poly) -> Formula:
    """What division of integers with remainder is."""
    kind = joint(a, b)
    q = of(Atom("quotient", (a, b), kind))
    r = of(Atom("remainder", (a, b), kind))
    exact, low = compare("=", b * q + r - a), compare("≥", r)
    return either(
        [
            both([compare(">", b), exact, low, compare(">", b - r)]),
            both([compare(">", ZERO - b), exact, low, compare(">", ZERO - b - r)]),
            both([compare("=", b), compare("=", q), compare("=", r - a)]),
        ]
    )
