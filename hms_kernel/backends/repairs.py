"""What would make a refuted claim true: candidates filtered by counterexamples, then proved. Invents no candidates.

Counterexample-guided: a hypothesis that a known counterexample satisfies cannot be the
missing one, and every candidate that fails brings a counterexample that rules out others.

Source:
    Solar-Lezama et al. (2006), Combinatorial Sketching for Finite Programs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from hms_kernel.backends import strengthenings
from hms_kernel.backends.asking import NONLINEAR, QUICK
from hms_kernel.backends.attempt import Conclusion
from hms_kernel.backends.entailment import proves, satisfiable
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.sequent import Sequent, shape_variables, split, walk
from hms_kernel.backends.strengthenings import Strengthening
from hms_kernel.backends.unfold import unfold
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Outcome
from hms_kernel.statements import instantiate, parse, points, show
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.terms import (
    Apply,
    Big,
    Cast,
    Hypothesis,
    Ite,
    Num,
    Op,
    Rel,
    Scalar,
    Statement,
    Term,
    Var,
)

MOST = 3  # repairs that are offered
MAX_ATTEMPTS = 24  # candidates that are tried in earnest
MAX_LOOKS = 60  # candidates of a kind that are looked at more closely
MAX_OPEN = 2  # candidates of a kind that stay undecided: they cost most, and more would follow
MAX_PAIRS = 2000  # pairs that are looked at
MAX_SIZES = 2  # at which a symbolic n is tried, to see whether hypotheses can hold
SIDE_S = 0.02  # nominal seconds for a question about a candidate
SHARE = 0.5  # of the purse for one attempt

Values = Mapping[str, str | list[Any]]
# Statement and nominal seconds to what an ordinary attempt comes to.
Settle = Callable[[Statement, float], Conclusion]


@dataclasses.dataclass(frozen=True)
class Found:
    """A repaired statement that was proved."""

    hypothesis: str  # what was missing, as Lean text
    statement: Statement
    conclusion: Conclusion


class Search:
    """Looks for the hypothesis that a refuted statement lacks.

    Args:
        statement: refuted.
        counterexample: its values.
        settle: an ordinary attempt.
        meter: which ``settle`` counts on.
        nominal_s: nominal seconds for everything.
    """

    def __init__(
        self,
        statement: Statement,
        counterexample: Values,
        settle: Settle,
        meter: Meter,
        nominal_s: float,
    ) -> None:
        self._statement = statement
        self._claim = statement.conclusion
        unfolded, _ = unfold(Sequent.of(statement))
        claims = [piece.claim for piece in split(unfolded)]
        self._linear = all(map(_linear, claims))
        self._sides = {
            side for rel in claims if isinstance(rel, Rel) for side in (rel.left, rel.right)
        }
        self._settle = settle
        self._meter = meter
        self._nominal_s = nominal_s
        self._start_s = meter.nominal_s
        self._points: list[points.Point] = []
        self._failing: dict[tuple[Term, int], bool] = {}
        self._found: list[tuple[Term, Found]] = []
        self._sizes: dict[int, None] = {}
        self._forced: dict[Term, bool] = {}
        self.attempts = 0
        self._learn(counterexample)

    def run(self) -> tuple[Found, ...]:
        """Up to three repairs, the simplest kind that there is."""
        if not self._points:
            return ()
        bounds = [b for b in strengthenings.bounds(self._statement) if not self._says_less(b)]
        # Kinds from the most natural on; a kind is asked only when the ones before had nothing.
        alone = [b for b in bounds if self._excludes(b.prop)]
        natural = [b for b in alone if not self._leaves_no_choice(b)]
        forced = [b for b in alone if self._leaves_no_choice(b)]
        relations = strengthenings.relations(self._statement)
        for kind in (natural, relations, forced, self._pairs(bounds)):
            self._try(kind)
            if self._found or self._spent():
                break
        return tuple(found for _, found in self._found)

    # --- one candidate --------------------------------------------------------

    def _try(self, candidates: Iterable[Strengthening | Term]) -> None:
        undecided = looks = 0
        for candidate in candidates:
            if len(self._found) == MOST or undecided == MAX_OPEN or looks == MAX_LOOKS:
                return
            if self._spent():
                return
            if isinstance(candidate, Strengthening):
                prop = candidate.prop
                if not self._excludes(prop) or self._is_the_claim(prop, candidate.relation):
                    continue
            else:
                prop = candidate
            looks += 1
            repaired = self._with(prop)
            if repaired is None or not self._worth_it(prop, repaired):
                continue
            self.attempts += 1
            conclusion = self._settle(repaired, min(self._left_s(), SHARE * self._nominal_s))
            if conclusion.outcome is Outcome.REFUTED and conclusion.counterexample is not None:
                self._learn(conclusion.counterexample.values)
            elif conclusion.outcome is Outcome.PROVED:
                added = show(plain_names(repaired.hypotheses[-1].prop))
                self._found.append((prop, Found(added, repaired, conclusion)))
            else:
                undecided += 1

    def _excludes(self, prop: Term) -> bool:
        """Whether the hypothesis rules out every counterexample known so far."""
        return all(self._fails(prop, number) for number in range(len(self._points)))

    def _fails(self, prop: Term, number: int) -> bool:
        """Whether the hypothesis is false at a known counterexample; False if it cannot be told."""
        key = (prop, number)
        if key not in self._failing:
            try:
                self._failing[key] = not self._points[number].holds(prop)
            except StatementError:
                self._failing[key] = False
        return self._failing[key]

    def _with(self, prop: Term) -> Statement | None:
        """The statement with one more hypothesis, read back from its text so that names stay unique."""
        taken = {h.name for h in self._statement.hypotheses} | {
            var.name for var in self._statement.variables
        }
        number = len(self._statement.hypotheses) + 1
        while f"h{number}" in taken:
            number += 1
        wider = (*self._statement.hypotheses, Hypothesis(f"h{number}", prop))
        named = dataclasses.replace(
            self._statement, name=self._statement.name or "repaired", hypotheses=wider
        )
        try:
            return parse(show(named))
        except StatementError:
            return None

    def _worth_it(self, prop: Term, repaired: Statement) -> bool:
        """Whether the hypotheses can still hold, and ask for less than a repair already found."""
        sizes = list(dict.fromkeys((*self._sizes, 1, 2)))[:MAX_SIZES]
        if not satisfiable(repaired, sizes, self._meter, Allowance(SIDE_S)):
            return False
        return not any(self._follows(weaker, prop) for weaker, _ in self._found)

    # --- what is no repair ----------------------------------------------------

    def _is_the_claim(self, prop: Term, relation: Term | None = None) -> bool:
        """Whether it says what the claim says, in other words or with smaller numbers.

        Args:
            prop: the candidate.
            relation: its body, unless it is a pair.
        """
        if self._linear:
            # Nothing but rearranging stands between such a claim and whatever implies it alone.
            bare = dataclasses.replace(self._statement, hypotheses=())
            if self._follows(self._claim, prop, of=bare) or self._follows(prop, self._claim):
                return True
        if not isinstance(relation, Rel) or not _compound(relation):
            return False
        by_number = _literal(relation.left) or _literal(relation.right)
        if by_number and (relation.left in self._sides or relation.right in self._sides):
            return True
        return self._follows(prop, self._claim)

    def _says_less(self, candidate: Strengthening) -> bool:
        """Whether it says ``x ≠ 0`` where people would say ``0 < x``."""
        match candidate.relation:
            case Rel(op="≠", left=left, right=Num() as zero):
                at_least = Strengthening(Rel("≤", zero, left), candidate.binders)
                return self._excludes(candidate.prop) and self._follows(at_least.prop)
        return False

    def _leaves_no_choice(self, candidate: Strengthening) -> bool:
        """Whether it forces something to a single value, given the hypotheses."""
        if candidate.converse is None:
            return False
        other_way = candidate.converse.prop
        if other_way not in self._forced:
            self._forced[other_way] = self._follows(other_way)
        return self._forced[other_way]

    def _follows(self, conclusion: Term, *given: Term, of: Statement | None = None) -> bool:
        """Whether a proposition follows from the hypotheses and others, tried at a small size only."""
        base = of or self._statement
        wider = (*base.hypotheses, *(Hypothesis("", prop) for prop in given))
        statement = dataclasses.replace(base, hypotheses=wider, conclusion=conclusion)
        size = next((size for size in self._sizes if size > 0), 2)
        for var in shape_variables(Sequent.of(statement)):
            statement = instantiate(statement, var.name, size)
        return proves(statement, (QUICK, NONLINEAR), self._meter, Allowance(SIDE_S))

    # --- pairs ----------------------------------------------------------------

    def _pairs(self, bounds: list[Strengthening]) -> Iterator[Term]:
        """Two bounds at once, each of which rules out a counterexample that the other allows."""
        plain = [bound for bound in bounds if not bound.between]
        pairs = sorted(combinations(plain, 2), key=lambda pair: pair[0].rank + pair[1].rank)
        for first, second in pairs[:MAX_PAIRS]:
            if second == first.converse:
                continue
            props = (first.prop, second.prop)
            if any(self._excludes(prop) for prop in props):
                continue  # tried alone before
            if all(
                any(self._fails(prop, number) for prop in props)
                for number in range(len(self._points))
            ):
                both = first.together(second)
                if not self._is_the_claim(both):
                    yield both

    # --- bookkeeping ------------------------------------------------------------

    def _learn(self, values: Values) -> None:
        try:
            self._points.append(points.read(self._statement, values))
        except UsageError:
            return  # values that cannot be read back rule nothing out
        for var in shape_variables(Sequent.of(self._statement)):
            self._sizes[int(self._points[-1].env[var.name])] = None

    def _left_s(self) -> float:
        return self._nominal_s - (self._meter.nominal_s - self._start_s)

    def _spent(self) -> bool:
        return self._left_s() <= 0 or self.attempts >= MAX_ATTEMPTS or self._meter.hit_wall


def _compound(relation: Rel) -> bool:
    """Whether a side is more than a variable, a function's value or a numeral."""
    plain = (Var, Apply, Num)
    return not all(isinstance(s, plain) or _literal(s) for s in (relation.left, relation.right))


def _literal(term: Term) -> bool:
    match term:
        case Num():
            return True
        case Op(op="neg", args=(arg,)):
            return _literal(arg)
    return False


def _linear(claim: Term) -> bool:
    """Whether it compares and only + and - stand between variables: other words change nothing."""
    if not isinstance(claim, Rel) or claim.op == "∣":
        return False
    for part in (*walk(claim.left), *walk(claim.right)):
        match part:
            case Op(op="-", sort=Scalar.NAT):
                return False
            case Num() | Var() | Apply() | Cast() | Op(op="+" | "-" | "neg"):
                continue
            case Op(op="*", args=args) if any(isinstance(arg, Num) for arg in args):
                continue
            case Ite() | Big() | Op():
                return False
    return True
