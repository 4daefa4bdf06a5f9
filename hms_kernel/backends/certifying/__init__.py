"""Certificates for statements: a search for proofs that the checker in ``certificates`` follows. Trusted by nobody.

The search looks at contexts through the checker's own eyes, so that facts and numbers
have the names the checker gives them; the checker knows nothing of the search.
"""

from __future__ import annotations

import contextlib
import dataclasses

import z3

from hms_kernel.backends.certifying.purse import Purse, Share, Spent
from hms_kernel.backends.certifying.shortening import shortened
from hms_kernel.backends.certifying.tree import Tree
from hms_kernel.certificates import Certificate, Rejected, check, digest
from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.language import Proof
from hms_kernel.statements.terms import Logic, Statement

NOMINAL_S = 1.0

# Most factors of a product, extra degrees, and the part of the budget that may go into it.
PASSES = ((1, 0, 0.1), (2, 0, 0.25), (1, 2, 0.2), (2, 1, 0.25), (3, 2, 1.0))


def find(statement: Statement, nominal_s: float = NOMINAL_S) -> Certificate | None:
    """A certificate of the statement that has passed the checker; None if none was found within the budget.

    Args:
        statement: fully elaborated.
        nominal_s: nominal seconds, the same work on every machine.
    """
    purse = Purse(nominal_s)
    for factors, extra, part in PASSES:
        share = Share(purse, part * nominal_s)
        try:
            context = Context.of(statement)
            given = Context.of(dataclasses.replace(statement, conclusion=Logic("False")))
            goal = frozenset(context.facts) - frozenset(given.facts)
            proof = Tree(context, goal, share, factors, extra).refute()
            if proof is None:
                continue
        except (Spent, Unread, Rejected, RecursionError, z3.Z3Exception):
            continue
        except (OverflowError, ValueError):  # numbers too large for a float, or to be written
            continue
        certificate = _checked(statement, proof)
        if certificate is not None:
            return certificate
    return None


def _checked(statement: Statement, proof: Proof) -> Certificate | None:
    """The proof as a certificate, as short as it passes the checker."""
    candidates = [proof]
    with contextlib.suppress(Rejected, Unread, RecursionError):
        candidates.insert(0, shortened(Context.of(statement), proof))
    for candidate in candidates:
        certificate = Certificate(statement_sha256=digest(statement), proof=candidate)
        with contextlib.suppress(Rejected):
            check(statement, certificate)
            return certificate
    return None
