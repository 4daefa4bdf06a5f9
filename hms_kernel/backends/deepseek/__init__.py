"""Whole proofs proposed by a language model, each believed only when a Lean kernel accepts it.

``backend`` needs the extra; what a proof was asked about (``problem``) can be told without.
"""
