"""The search itself: a linear program over products of facts, and case splits where its last point is wrong.

Everything is driven by the point that the program offers as a way out: what it violates is
added, a product, a definition, an instance; then a disjunction it satisfies in no
alternative is split; and when it satisfies all that is known, it is cut off by a case
distinction on a number. Finds proofs and judges none: the checker does.
"""

from __future__ import annotations

from collections.abc import Callable

from hms_kernel.backends.certifying.assembling import contradiction
from hms_kernel.backends.certifying.distinguishing import distinctions
from hms_kernel.backends.certifying.knowledge import Knowledge
from hms_kernel.backends.certifying.linear import Point, Program
from hms_kernel.backends.certifying.pool import Pool
from hms_kernel.backends.certifying.purse import Purse
from hms_kernel.backends.certifying.rows import written
from hms_kernel.backends.certifying.shortening import Mentions
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.language import Proof, Sign, Split
from hms_kernel.certificates.polynomials import ZERO, Formula, compare

MAX_ROUNDS = 120  # in one context
MAX_SPLITS = 60  # on one branch
MAX_REAL_SPLITS = 4  # of them on numbers that are not integers


class Tree:
    """Searches the refutation of one context.

    Args:
        context: gains facts on the way.
        goal: names of the facts that the negated claim is.
        purse: pays for everything.
        factors: of products of inequalities, at most: 1 to 3.
        extra: by how much products may exceed the degree of what is given.
    """

    def __init__(
        self, context: Context, goal: frozenset[str], purse: Purse, factors: int, extra: int
    ) -> None:
        self._purse = purse
        self._program = Program(purse)
        self._root = Knowledge(context, goal, self._program, Pool(purse), purse, factors, extra)
        self._mentions = Mentions()

    def refute(self) -> Proof | None:
        """A proof that the context cannot hold, or None.

        Raises:
            Spent: the purse is empty.
        """
        return self._close(self._root, MAX_SPLITS, MAX_REAL_SPLITS)

    def _close(self, known: Knowledge, splits: int, real: int) -> Proof | None:
        """A proof that what is known cannot hold, with so many case distinctions one in another."""
        for _ in range(MAX_ROUNDS):
            if "false" in known.context.facts:
                return known.wrapped(Split("false", ()))
            known.take_facts()
            answer = self._program.solve()
            if not isinstance(answer, Point):
                known.used += answer
                return known.wrapped(contradiction(answer, known.context, self._purse))
            if known.learn(answer):
                continue
            name = known.disjunction(answer)
            if name is not None:
                return self._split(known, name, splits - 1, real)
            if not known.learn_more(answer):
                return self._distinguish(known, answer, splits - 1, real)
        return None

    def _split(self, known: Knowledge, name: str, splits: int, real: int) -> Proof | None:
        """By the alternatives of a fact."""
        alternatives = known.context.alternatives(name)
        return self._cases(
            known, alternatives, splits, real, lambda proofs: Split(name, proofs), name
        )

    def _distinguish(self, known: Knowledge, point: Point, splits: int, real: int) -> Proof | None:
        """By the sign of a term."""
        found = next(distinctions(known.context, known.rows, point), None)
        if found is None or (found[1] and not real):
            return None
        term, is_real = found
        signs = compare(">", ZERO - term), compare("≥", term)
        return self._cases(
            known, signs, splits, real - is_real, lambda proofs: Sign(written(term), *proofs)
        )

    def _cases(
        self,
        known: Knowledge,
        alternatives: tuple[Formula, ...],
        splits: int,
        real: int,
        join: Callable[[tuple[Proof, ...]], Proof],
        settled: str = "",
    ) -> Proof | None:
        """A proof for each alternative, joined; one alone where it makes no use of its alternative."""
        if splits < 0:
            return None
        proofs: list[Proof] = []
        for alternative in alternatives:
            self._purse.spend(20)
            child = known.under(alternative, settled)
            assumed = child.names() - known.names()
            self._program.push()
            try:
                proof = self._close(child, splits, real)
            finally:
                self._program.pop()
            known.inherit(child.used)
            if proof is None:
                return None
            if assumed.isdisjoint(self._mentions.of(proof)):
                return known.wrapped(proof)
            proofs.append(proof)
        return known.wrapped(join(tuple(proofs)))
