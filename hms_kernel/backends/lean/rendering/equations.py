"""Equations between trees: leaves rewritten by their proofs, the rest one computation. Reads no terms."""

from __future__ import annotations

from hms_kernel.backends.lean.rendering.meaning import Meaning, embedded
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    Leaf,
    Tree,
    code,
    identity,
    leaves,
    listed,
    replaced,
    text,
)
from hms_kernel.certificates.polynomials import Poly


def equal(tree: Tree, target: Tree, meaning: Meaning, ring: str) -> str:
    """A proof that a tree equals one that is written with canonical leaves, the same polynomial."""
    steps: list[str] = []
    for leaf in dict.fromkeys(leaf for leaf in leaves(tree) if leaf.proof is not None):
        hole = text(replaced(tree, leaf, Leaf(meaning.hole, leaf.poly)), ring)
        steps.append(f"(congrArg (fun ({meaning.hole} : {ring}) => {hole}) {leaf.proof})")
        # What the proof leads to is not one leaf but a sum of them.
        tree = replaced(tree, leaf, meaning.tree(leaf.poly, ring))
    steps.append(identity(tree, target, ring))
    return chained(steps)


def chained(steps: list[str]) -> str:
    """Equations one after the other."""
    steps = [step for step in steps if step != "rfl"] or ["rfl"]
    proof = steps[-1]
    for step in reversed(steps[:-1]):
        proof = f"(Eq.trans {step} {proof})"
    return proof


def pushed(poly: Poly, own: str, ring: str, meaning: Meaning) -> str:
    """A proof that a polynomial of one ring is, as a number of another, the same polynomial there."""
    atoms: dict[str, int] = {}
    written = code(meaning.tree(poly, own), atoms)
    lemma = (
        "whole_rational" if own == INT else "natural_whole" if ring == INT else "natural_rational"
    )
    one, two = embedded(meaning.text(poly, own), own, ring), meaning.text(poly, ring)
    return f"(HMS.Steps.{lemma} {listed(atoms)} {written} rfl : {one} = {two})"
