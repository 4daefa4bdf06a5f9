"""Certificates for statements: a search for proofs that the checker in ``certificates`` follows. Trusted by nobody.

The search looks at contexts through the checker's own eyes, so that facts and numbers
have the names the checker gives them; the checker knows nothing of the search.
"""

from __future__ import annotations

import contextlib

from hms_kernel.backends.certifying.purse import Purse, Share, Spent
from hms_kernel.backends.certifying.shortening import shortened
from hms_kernel.backends.certifying.tree import Tree
from hms_kernel.certificates import Certificate, Rejected, check, digest
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.reading import Unread
from hms_kernel.statements.terms import Statement

NOMINAL_S = 1.0

# Most factors of a product, extra degrees, and the part of the budget that may go into it.
PASSES = ((1, 0, 0.1), (2, 0, 0.3), (2, 1, 0.4), (3, 2, 1.0))


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
            proof = Tree(context, share, factors, extra).refute()
            if proof is None:
                continue
        except (Spent, Unread, Rejected, RecursionError):
            continue
        for candidate in (shortened(Context.of(statement), proof), proof):
            certificate = Certificate(statement_sha256=digest(statement), proof=candidate)
            with contextlib.suppress(Rejected):
                check(statement, certificate)
                return certificate
    return None
