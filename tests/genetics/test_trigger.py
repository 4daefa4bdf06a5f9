"""When a search is due: after failures that repeat, when nobody needs the agents, and not over and over."""

from __future__ import annotations

import msgspec
import pytest

from hms_kernel.errors import UsageError
from hms_kernel.facts import Fact, SearchBegun, SearchEnded, TaskSettled, TaskSubmitted
from hms_kernel.genetics.family import family
from hms_kernel.genetics.trigger import Rule, Watcher
from hms_kernel.model import Budget, Failure, Goal, Outcome, Phase, Task, Value, Verdict

SUMS = family(Goal(theorem_id="", statement="∀ w : Fin 3 → ℝ, 0 ≤ ∑ i, w i"))


class Story:
    """Facts as a session would tell them, one a second."""

    def __init__(self, rule: Rule | None = None) -> None:
        self.watcher = Watcher(rule or Rule())
        self.now_s = 0.0

    def tell(self, kind, task: str | None = None) -> None:
        self.now_s += 1.0
        fact = Fact(
            session="s", epoch=1, seq=int(self.now_s), time_s=self.now_s, kind=kind, task=task
        )
        self.watcher.take([fact])

    def submit(self, task: str, sectors: int, **other) -> None:
        goal = Goal(theorem_id=task, statement=f"∀ w : Fin {sectors} → ℝ, 0 ≤ ∑ i, w i")
        payload = msgspec.to_builtins({"goal": goal, "budget": Budget()})
        asked = Task(task_id=task, skill="prove", payload=payload, **other)
        self.tell(TaskSubmitted(submitted=asked), task)

    def settle(self, task: str, outcome: Outcome) -> None:
        result = Verdict(outcome=outcome, reason="tried")
        self.tell(
            TaskSettled(phase=Phase.SUCCEEDED, result=result, attempts=1, duration_s=1.0), task
        )

    def claim(self, task: str, sectors: int, outcome: Outcome) -> None:
        self.submit(task, sectors)
        self.settle(task, outcome)

    def search(self, name: str) -> None:
        self.tell(SearchBegun(search=name, family=SUMS, goals=(), seed=0, generations=1))
        self.tell(SearchEnded(search=name, cause="finished"))

    @property
    def due(self):
        return self.watcher.due(self.now_s)


def test_two_failures_of_one_family_call_for_a_search():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.PROVED)
    assert story.due is None

    story.claim("c", 5, Outcome.UNKNOWN)

    due = story.due
    assert (due.family, due.failed, due.settled) == (SUMS, ("a", "c"), ("b",))
    assert due.why == "2 of the last 3 claims of the family stayed unknown"


def test_one_claim_that_fails_again_and_again_does_not():
    story = Story()
    for task in "abcd":
        story.claim(task, 3, Outcome.UNKNOWN)

    assert story.due is None


def test_failures_long_ago_do_not_count():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)
    for sectors in range(5, 9):
        story.claim(f"c{sectors}", sectors, Outcome.PROVED)

    assert story.due is None


def test_a_claim_that_was_settled_since_does_not_count():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)
    story.claim("a again", 3, Outcome.PROVED)

    assert story.due is None


@pytest.mark.parametrize("outcome", [Outcome.UNSUPPORTED, Outcome.INVALID])
def test_what_no_strategy_could_have_helped_does_not_count(outcome):
    story = Story()
    story.claim("a", 3, outcome)
    story.claim("b", 4, outcome)

    assert story.due is None


def test_nothing_is_searched_while_anybodys_work_is_open():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)
    story.tell(TaskSubmitted(submitted=Task(task_id="x", skill="simulate")), "x")
    assert story.due is None

    story.tell(TaskSettled(phase=Phase.SUCCEEDED, result=Value(), attempts=1, duration_s=1.0), "x")

    assert story.due is not None


def test_trials_are_nobodys_work():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)

    story.tell(TaskSubmitted(submitted=Task(task_id="t", skill="trial", background=True)), "t")

    assert story.due is not None


def test_lemmas_of_one_claim_are_no_claims_but_somebodys_work():
    story = Story()
    story.submit("a", 3)
    story.submit("a.1", 4, parent="a")
    story.submit("a.2", 5, parent="a")
    story.settle("a", Outcome.UNKNOWN)
    assert story.due is None

    story.settle("a.1", Outcome.UNKNOWN)
    story.settle("a.2", Outcome.UNKNOWN)

    assert story.due is None
    assert story.watcher.asked(SUMS).failed == ("a",)


def test_a_family_cools_down_and_needs_something_new_to_be_searched_again():
    story = Story(Rule(cooldown_s=100.0))
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)
    story.search("one")
    story.now_s += 200.0
    assert story.due is None

    story.claim("c", 5, Outcome.UNKNOWN)
    assert story.due.failed == ("a", "b", "c")
    story.search("two")
    story.claim("d", 6, Outcome.UNKNOWN)

    assert story.due is None
    story.now_s += 200.0
    assert story.due is not None


def test_there_is_one_search_at_a_time():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)
    story.claim("b", 4, Outcome.UNKNOWN)

    story.tell(SearchBegun(search="s", family="another", goals=(), seed=0, generations=1))

    assert story.due is None


def test_the_order_in_which_claims_ended_makes_no_difference():
    story = Story()
    story.submit("a", 3)
    story.submit("b", 4)
    story.settle("b", Outcome.UNKNOWN)
    story.settle("a", Outcome.UNKNOWN)

    assert story.due.failed == ("a", "b")


def test_claims_of_other_provers_and_claims_without_a_verdict_do_not_count():
    story = Story()
    for task, sectors in (("a", 3), ("b", 4)):
        story.submit(task, sectors)
        failure = Failure(kind="error", message="broken")
        story.tell(
            TaskSettled(phase=Phase.FAILED, result=failure, attempts=1, duration_s=1.0), task
        )

    assert story.due is None


def test_who_asks_for_a_family_without_failures_is_told_which_have_some():
    story = Story()
    story.claim("a", 3, Outcome.UNKNOWN)

    assert story.watcher.asked(SUMS).failed == ("a",)
    with pytest.raises(UsageError, match="families with such claims: ℝ with Fin, ∑"):
        story.watcher.asked("ℕ with %")


@pytest.mark.parametrize(
    "wrong",
    [{"failures": 1}, {"failures": 6}, {"cooldown_s": -1.0}, {"failures": 3, "most_goals": 2}],
)
def test_a_rule_makes_sense(wrong):
    with pytest.raises(UsageError, match="failures"):
        Rule(**wrong)
