"""The language of certificates: seven steps, as frozen structs with a JSON form. Checks nothing.

A proof refutes a context: facts that cannot all hold. It starts from the hypotheses
and the negated conclusion. Facts and atoms go by the names the checker gives them,
which are their text: ``x - 1 ≥ 0``, ``w(i)``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from hms_kernel.errors import UsageError

# Coefficient, "2" or "-3/4", and the atoms of each monomial, repeated for powers.
Polynomial: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


class Product(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """``times · facts · squares²``: not negative where the facts are ``≥ 0`` or ``> 0``."""

    times: str  # a positive rational
    facts: tuple[str, ...] = ()  # names; ``x ≥ 0`` for an atom x that is a natural number
    squares: tuple[Polynomial, ...] = ()


class Multiple(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """``by · fact``: zero where the fact is an equation."""

    fact: str
    by: Polynomial


class Combination(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="combination",
    tag_field="step",
):
    """Products and multiples of facts that add up to a negative number, or to 0 with a positive summand."""

    products: tuple[Product, ...] = ()
    multiples: tuple[Multiple, ...] = ()


class Split(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="split",
    tag_field="step",
):
    """One proof for each alternative of a fact: a disjunction, or ``≠`` as ``>`` and ``<``."""

    fact: str
    branches: tuple[Proof, ...]


class Sign(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="sign",
    tag_field="step",
):
    """One proof with ``term < 0``, one with ``term ≥ 0``."""

    term: Polynomial
    negative: Proof
    otherwise: Proof


class Instance(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="instance",
    tag_field="step",
):
    """A fact that holds for every value, used at one."""

    fact: str
    at: Polynomial
    then: Proof


class Define(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="define",
    tag_field="step",
):
    """What an atom is becomes a fact: ``abs(x)`` is x or -x, a sum over a numeral is its terms."""

    atom: str
    then: Proof


class Divide(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="divide",
    tag_field="step",
):
    """An integer divided by a positive numeral has a quotient and a remainder, with their facts."""

    term: Polynomial
    by: str
    then: Proof


class Each(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="each",
    tag_field="step",
):
    """A lemma about every term of a sum, hence about the sum.

    ``term relation 0`` is proved for a generic ``index`` of the range ``over``, as that of some
    sum is called; then the same holds of ∑ ``term`` (strictly if there are any terms).
    """

    index: str
    over: str
    term: Polynomial
    relation: str  # ≥ > =
    proof: Proof
    then: Proof


Proof: TypeAlias = "Combination | Split | Sign | Instance | Define | Divide | Each"


class Certificate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A proof of one statement."""

    statement_sha256: str  # of the statement as ``statements.show`` prints it, hexadecimal
    proof: Proof
    version: int = 1


def to_json(certificate: Certificate) -> Any:
    """Plain JSON data."""
    return msgspec.to_builtins(certificate)


def from_json(data: Any) -> Certificate:
    """The certificate in plain JSON data.

    Raises:
        UsageError: it is none.
    """
    try:
        found = msgspec.convert(data, Certificate)
    except (msgspec.ValidationError, RecursionError) as error:
        raise UsageError(f"not a certificate: {error}") from error
    if found.version != 1:
        raise UsageError(f"certificates of version {found.version} are not understood, only 1")
    return found
