"""Lean 4: what its kernel says of a proof. Finds no proofs."""
