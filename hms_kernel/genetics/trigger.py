"""When claims of one family keep coming back open, a search is due. Folds facts; searches nothing, reads no clock.

A search is due for a family when enough of its latest claims stayed unknown, one of them
since the last search, that was long enough ago, none is under way and nobody's work is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from hms_kernel.errors import UsageError
from hms_kernel.facts import Fact, SearchBegun, SearchEnded, TaskSettled, TaskSubmitted
from hms_kernel.genetics.archive import goal_key
from hms_kernel.genetics.family import family
from hms_kernel.model import Goal, Outcome, Verdict


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """How many failures call for a search, and how often there may be one."""

    failures: int = 2  # claims that stayed unknown, each of its own text ...
    of_last: int = 5  # ... among so many of their family
    cooldown_s: float = 600.0  # after a search, until the family may have another
    most_goals: int = 12  # failed ones in one search, and as many settled ones; the latest count

    def __post_init__(self) -> None:
        if not 2 <= self.failures <= min(self.of_last, self.most_goals) or self.cooldown_s < 0:
            # Some are searched with, and one is held apart to judge by.
            raise UsageError("failures is at least 2, and at most of_last and most_goals")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A search that is called for."""

    family: str
    failed: tuple[str, ...]  # tasks whose claims stayed unknown, oldest first
    settled: tuple[str, ...]  # tasks whose claims the configuration settles: not to be lost
    why: str


@dataclass
class _Claim:
    """A claim of a family by what it says; the newest task about it counts."""

    task: str
    number: int  # of the task, in the order of submission
    open: bool  # it stayed unknown


@dataclass
class Watcher:
    """What the facts so far say about failures.

    Args:
        rule: when a search is due.
    """

    rule: Rule = field(default_factory=Rule)
    _claims: dict[str, dict[str, _Claim]] = field(
        default_factory=dict
    )  # family, goal; oldest first
    # Open task to family and goal, if there is one, and its number.
    _waiting: dict[str, tuple[tuple[str, str] | None, int]] = field(default_factory=dict)
    _submitted: int = 0
    _searching: dict[str, str] = field(default_factory=dict)  # search to family
    _tried: dict[str, frozenset[str]] = field(default_factory=dict)  # family to goals searched for
    _cool_s: dict[str, float] = field(default_factory=dict)  # family to when it may be searched

    def take(self, facts: Iterable[Fact]) -> Watcher:
        """Fold in more facts, oldest first; returns itself."""
        for fact in facts:
            match fact.kind:
                case TaskSubmitted(submitted=task) if not task.background:
                    # What a recovery asks for, lemmas above all, is no claim of anybody's.
                    goal = None if task.parent else _goal(task.skill, task.payload)
                    key = None if goal is None else (family(goal), goal_key(goal))
                    self._submitted += 1
                    self._waiting[task.task_id] = key, self._submitted
                case TaskSettled(result=result) if fact.task in self._waiting:
                    key, number = self._waiting.pop(fact.task)
                    if key is not None and isinstance(result, Verdict):
                        self._settled(*key, fact.task, number, result.outcome)
                case SearchBegun(search=search, family=name):
                    self._searching[search] = name
                    claims = self._claims.get(name, {})
                    self._tried[name] = frozenset(key for key, one in claims.items() if one.open)
                case SearchEnded(search=search) if search in self._searching:
                    name = self._searching.pop(search)
                    self._cool_s[name] = fact.time_s + self.rule.cooldown_s
                case _:
                    pass
        return self

    def due(self, now_s: float) -> Due | None:
        """The search that is called for now, if one is; that of the family which failed last.

        Args:
            now_s: seconds since the Unix epoch, as facts have them.
        """
        if self._waiting or self._searching:
            return None
        for name in reversed(self._claims):
            if now_s < self._cool_s.get(name, 0.0):
                continue
            latest = list(self._claims[name].items())[-self.rule.of_last :]
            failed = [key for key, claim in latest if claim.open]
            failures, tried = len(failed), self._tried.get(name, frozenset())
            if failures >= self.rule.failures and not tried.issuperset(failed):
                why = f"{failures} of the last {len(latest)} claims of the family stayed unknown"
                return self.asked(name, why)
        return None

    def asked(self, name: str, why: str = "asked for") -> Due:
        """A search for a family whether it is called for or not.

        Raises:
            UsageError: no claim of that family stayed unknown.
        """
        failed = tuple(self._tasks(name, open_=True)[-self.rule.most_goals :])
        if not failed:
            known = "; ".join(sorted(one for one in self._claims if self._tasks(one, open_=True)))
            raise UsageError(
                f"no claim of the family {name!r} stayed unknown; families with such claims: "
                + (known or "none")
            )
        settled = tuple(self._tasks(name, open_=False)[-self.rule.most_goals :])
        return Due(family=name, failed=failed, settled=settled, why=why)

    def cooled_s(self, now_s: float) -> float | None:
        """When the next family will have cooled down; None: none is cooling."""
        return min((until for until in self._cool_s.values() if until > now_s), default=None)

    def _settled(self, name: str, goal: str, task: str, number: int, outcome: Outcome) -> None:
        if outcome is not Outcome.UNKNOWN and not outcome.decided:
            return  # no strategy would have helped
        # The family and the claim come last now.
        claims = self._claims.pop(name, {})
        claims.pop(goal, None)
        claims[goal] = _Claim(task, number, open=outcome is Outcome.UNKNOWN)
        self._claims[name] = claims

    def _tasks(self, name: str, open_: bool) -> list[str]:
        """In the order of submission: in which they ended is chance, and a search must not hang on it."""
        found = (one for one in self._claims.get(name, {}).values() if one.open is open_)
        return [one.task for one in sorted(found, key=lambda one: one.number)]


def _goal(skill: str, payload: object) -> Goal | None:
    """The goal of a task for the embedded prover; None for other work."""
    if skill != "prove" or not isinstance(payload, dict) or payload.get("backend", "smt") != "smt":
        return None
    try:
        return msgspec.convert(payload["goal"], Goal)
    except (KeyError, msgspec.ValidationError):
        return None
