"""What a recovery decides, from histories that nobody has to live through."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel import recovery
from hms_kernel.errors import UsageError
from hms_kernel.model import (
    Budget,
    Counterexample,
    Evidence,
    Failure,
    Hint,
    Lost,
    Move,
    Outcome,
    Phase,
    Recovery,
    Result,
    Task,
    Trust,
    Value,
    Verdict,
)
from hms_kernel.recovery import Case, End, Part, Take, Taken, Wait, decide

PROVED = Verdict(outcome=Outcome.PROVED, trust=Trust.TWO_SOLVERS)
CERTIFIED = Verdict(outcome=Outcome.PROVED, trust=Trust.CERTIFICATE)
UNKNOWN = Verdict(outcome=Outcome.UNKNOWN, reason="no stage settled it within the budget")
REFUTED = Verdict(
    outcome=Outcome.REFUTED,
    trust=Trust.REPLAYED,
    counterexample=Counterexample(values={"x": "1"}),
)
CRASHED = Failure(
    kind="attempts",
    message="3 attempts were lost",
    lost=(Lost(attempt=1, agent="a", cause="worker killed by SIGSEGV"),),
)
HUNGRY = Failure(
    kind="attempts",
    message="3 attempts were lost",
    lost=(Lost(attempt=1, agent="a", cause="worker ran out of memory (limit 4 GiB)"),),
)
LEMMAS = Value(
    value={
        "says": "2 by conjuncts",
        "by": "conjuncts",
        "split": {"by": "conjuncts"},
        "lemmas": ["theorem lemma_1 : 1 = 1 := by sorry", "theorem lemma_2 : 2 = 2 := by sorry"],
    }
)
WHOLE = Value(value={"says": "it does not come apart"})


def claim(policy: Recovery | None = None, trust: Trust = Trust.ONE_SOLVER) -> Task:
    goal = {"theorem_id": "t", "statement": "1 = 1 ∧ 2 = 2"}
    budget = msgspec.to_builtins(Budget(nominal_s=1.0, wall_s=10.0))
    return Task(
        task_id="task-1",
        skill="prove",
        label="t",
        payload={"goal": goal, "budget": budget, "trust": trust},
        recovery=policy or Recovery(nominal_s=100.0),
    )


def opened(result: Result, task: Task | None = None) -> Case:
    """A claim whose first attempt came to ``result``."""
    task = task or claim()
    why = recovery.reason(result, task)
    assert why is not None
    return Case(task=task, first=result, reason=why)


def taken(case: Case, *results: Result | None) -> Case:
    """The case after its next step, whose tasks came to ``results``; the last one for all that remain."""
    step = decide(case)
    assert isinstance(step, Take), step
    parts = tuple(
        Part(
            task=task,
            result=results[min(n, len(results) - 1)],
            cost_s=recovery.cost_s(task, results[min(n, len(results) - 1)]),
        )
        for n, task in enumerate(step.tasks)
    )
    return msgspec.structs.replace(case, taken=(*case.taken, Taken(step=step.step, parts=parts)))


def moves(case: Case, *answers: Result) -> list[str]:
    """Every move until the end, when each task comes to nothing, splits aside."""
    found = []
    while isinstance(step := decide(case), Take):
        found.append(step.step.move.value)
        case = taken(case, *(answers or (UNKNOWN,)))
    return found


class TestTheReason:
    @pytest.mark.parametrize(
        ("result", "why"),
        [
            (UNKNOWN, "budget"),
            (Verdict(outcome=Outcome.UNKNOWN, reason="wall clock"), "wall clock"),
            (
                Verdict(
                    outcome=Outcome.UNKNOWN,
                    reason="no stage settled it",
                    evidence=Evidence(tried=("smt: unknown (out of memory), 7 units",)),
                ),
                "memory",
            ),
            (Verdict(outcome=Outcome.UNSUPPORTED, reason="Real.cos"), "unsupported"),
            (CRASHED, "crash"),
            (HUNGRY, "memory"),
            (Failure(kind="deadline", message="not within 65 s"), "wall clock"),
            (Failure(kind="cancelled", message="cancelled"), None),
            (Failure(kind="denied", message="policy"), None),
            (PROVED, None),
            (REFUTED, None),
            (Verdict(outcome=Outcome.INVALID, reason="prose"), None),
        ],
    )
    def test_is_read_off_the_result(self, result, why):
        assert recovery.reason(result, claim()) == why

    def test_is_trust_where_a_proof_is_weaker_than_asked_for(self):
        assert recovery.reason(PROVED, claim(trust=Trust.CERTIFICATE)) == "trust"
        assert recovery.reason(CERTIFIED, claim(trust=Trust.CERTIFICATE)) is None


class TestThePlan:
    def test_of_a_spent_budget_tries_others_then_more_then_parts_then_people(self):
        case = opened(UNKNOWN, claim(Recovery(nominal_s=100.0, ask_s=60.0)))

        assert moves(case) == [
            "other strategy",
            "more budget",
            "split",
            "more budget",
            "language model",
            "person",
        ]

    def test_of_a_crash_does_not_do_the_same_again(self):
        assert Move.BUDGET not in moves(opened(CRASHED))

    def test_of_too_much_memory_makes_the_claim_smaller_first(self):
        assert moves(opened(HUNGRY))[0] == Move.SPLIT

    def test_of_a_weak_proof_looks_for_a_certificate_first(self):
        case = opened(PROVED, claim(trust=Trust.CERTIFICATE))

        assert moves(case)[:2] == ["certificate search", "split"]

    def test_can_be_chosen(self):
        case = opened(UNKNOWN, claim(Recovery(moves=(Move.SPLIT, Move.BUDGET))))

        assert moves(case) == ["split", "more budget"]

    def test_cannot_begin_with_a_second_half(self):
        with pytest.raises(UsageError, match="follows from a split"):
            Recovery(moves=(Move.COMPOSITION,))


class TestMoreBudget:
    def test_grows_geometrically_until_the_recovery_has_none_left(self):
        policy = Recovery(nominal_s=30.0, moves=(Move.BUDGET,) * 4)
        case = opened(UNKNOWN, claim(policy))
        granted = []

        while isinstance(step := decide(case), Take):
            granted += [task.payload["budget"]["nominal_s"] for task in step.tasks]
            case = taken(case, UNKNOWN)

        assert granted == [4.0, 16.0]

    def test_brings_as_much_more_time(self):
        step = decide(opened(UNKNOWN, claim(Recovery(moves=(Move.BUDGET,)))))

        assert isinstance(step, Take)
        assert step.tasks[0].payload["budget"] == {"nominal_s": 4.0, "wall_s": 40.0}


class TestStrategies:
    def test_are_tried_side_by_side_and_count_in_the_order_of_asking(self):
        case = taken(opened(UNKNOWN), None, PROVED)

        assert decide(case) == Wait()

    def test_the_story_does_not_tell_who_was_quicker(self):
        ends = [decide(taken(opened(UNKNOWN), PROVED, late)) for late in (None, UNKNOWN, PROVED)]

        assert ends[0] == ends[1] == ends[2]

    def test_the_first_that_settles_the_claim_ends_it(self):
        end = decide(taken(opened(UNKNOWN), UNKNOWN, PROVED, None))

        assert isinstance(end, End)
        assert end.phase is Phase.SUCCEEDED
        assert isinstance(end.result, Verdict)
        assert end.result.outcome is Outcome.PROVED
        assert end.result.evidence.recovery[0] == "first attempt: unknown (budget)"

    def test_given_with_the_claim_are_tried_beside_those_made_by_hand(self):
        given = Recovery(nominal_s=100.0, strategies=("1×sum-lemma|nlsat", "algebra"))

        step = decide(opened(UNKNOWN, claim(given)))

        assert isinstance(step, Take)
        assert [task.payload["strategy"] for task in step.tasks] == [
            "casework", "algebra", "recursion", "1×sum-lemma|nlsat",
        ]  # fmt: skip

    def test_begin_with_the_usual_one_where_the_claim_came_with_another(self):
        task = claim()
        own = {**task.payload, "strategy": {"slices": []}}

        step = decide(opened(UNKNOWN, msgspec.structs.replace(task, payload=own)))

        assert isinstance(step, Take)
        assert step.tasks[0].payload["strategy"] == "default"


class TestLemmas:
    split = Recovery(nominal_s=100.0, moves=(Move.SPLIT,))

    def asked(self, *results: Result | None) -> Case:
        return taken(taken(opened(UNKNOWN, claim(self.split)), LEMMAS), *results)

    def test_are_proved_side_by_side_each_with_a_recovery_of_its_own(self):
        step = decide(taken(opened(UNKNOWN, claim(self.split)), LEMMAS))

        assert isinstance(step, Take)
        assert [task.label for task in step.tasks] == ["t.1", "t.2"]
        assert all(task.recovery and task.recovery.ask_s == 0 for task in step.tasks)
        assert all(task.parent == "task-1" for task in step.tasks)

    def test_are_composed_once_all_hold(self):
        assert decide(self.asked(PROVED, None)) == Wait()
        step = decide(self.asked(PROVED, PROVED))

        assert isinstance(step, Take)
        assert step.step.move is Move.COMPOSITION

    def test_one_that_is_false_is_replayed_on_the_claim_at_once(self):
        step = decide(self.asked(REFUTED, None))

        assert isinstance(step, Take)
        assert step.step.move is Move.COMPOSITION
        assert len(step.tasks[0].payload["job"]["verdicts"]) == 1

    def test_one_that_stays_open_leaves_the_claim_open_unless_another_is_false(self):
        end, step = decide(self.asked(UNKNOWN, PROVED)), decide(self.asked(CRASHED, REFUTED))

        assert isinstance(end, End)
        assert isinstance(end.result, Verdict)
        assert end.result.outcome is Outcome.UNKNOWN
        assert isinstance(step, Take)
        assert step.step.move is Move.COMPOSITION

    def test_proved_as_they_may_be_only_their_composition_settles_the_claim(self):
        end = decide(taken(self.asked(PROVED), UNKNOWN))

        assert isinstance(end, End)
        assert isinstance(end.result, Verdict)
        assert end.result.outcome is Outcome.UNKNOWN

    def test_who_was_quicker_does_not_change_what_is_left(self):
        policy = Recovery(nominal_s=20.0, moves=(Move.SPLIT, Move.BUDGET))
        quick = Verdict(outcome=Outcome.PROVED, evidence=Evidence(nominal_s=0.01))
        cancelled = Failure(kind="cancelled", message="cancelled")
        left = []
        for other in (quick, cancelled):
            split = taken(opened(UNKNOWN, claim(policy)), LEMMAS)
            case = taken(taken(split, REFUTED, other), UNKNOWN)
            left.append(recovery.spent_s(case))

        assert left[0] == left[1]


class TestTrust:
    def test_a_certificate_ends_it_and_a_weaker_proof_does_not(self):
        case = opened(PROVED, claim(trust=Trust.CERTIFICATE))

        assert isinstance(decide(taken(case, CERTIFIED)), End)
        assert isinstance(decide(taken(case, PROVED)), Take)

    def test_the_proof_there_was_stands_when_nothing_stronger_is_found(self):
        policy = Recovery(nominal_s=10.0, moves=(Move.CERTIFICATE,))
        case = opened(PROVED, claim(policy, Trust.CERTIFICATE))
        end = decide(taken(case, UNKNOWN))

        assert isinstance(end, End)
        assert isinstance(end.result, Verdict)
        assert end.result.trust is Trust.TWO_SOLVERS

    def test_nobody_is_believed_against_another(self):
        end = decide(taken(opened(PROVED, claim(trust=Trust.CERTIFICATE)), REFUTED))

        assert isinstance(end, End)
        assert isinstance(end.result, Verdict)
        assert end.result.outcome is Outcome.UNKNOWN
        assert end.result.trust is None


class TestAModel:
    def test_that_is_not_there_is_told_and_passed_over(self):
        missing = Failure(kind="error", message="no prover endpoint: set HMS_PROVER_URL")
        case = taken(opened(UNKNOWN, claim(Recovery(moves=(Move.MODEL,)))), missing)

        assert isinstance(decide(case), End)
        assert recovery.told(case)[-1].endswith("no prover endpoint")


class TestAPerson:
    def asked(self) -> Case:
        policy = Recovery(nominal_s=1.0, ask_s=60.0, moves=(Move.PERSON,))
        return taken(opened(UNKNOWN, claim(policy)), UNKNOWN)

    def hinted(self, hint: Hint) -> Case:
        case = self.asked()
        return msgspec.structs.replace(case, taken=(*case.taken, hint))

    def test_is_waited_for(self):
        assert decide(self.asked()) == Wait()

    def test_may_give_a_lemma_which_is_proved_and_then_used(self):
        step = decide(self.hinted(Hint(lemma="0 ≤ x ^ 2")))

        assert isinstance(step, Take)
        assert step.tasks[0].payload["job"] == {"type": "split", "lemma": "0 ≤ x ^ 2"}

    def test_may_name_a_strategy_or_bring_budget(self):
        strategy, budget = (
            decide(self.hinted(hint)) for hint in (Hint(strategy="algebra"), Hint(nominal_s=30.0))
        )

        assert isinstance(strategy, Take)
        assert strategy.tasks[0].payload["strategy"] == "algebra"
        assert isinstance(budget, Take)
        assert budget.tasks[0].payload["budget"]["nominal_s"] == 30.0

    def test_is_asked_again_when_the_hint_does_not_help(self):
        step = decide(taken(self.hinted(Hint(strategy="algebra")), UNKNOWN))

        assert isinstance(step, Take)
        assert step.step.waits

    def test_may_give_up(self):
        end = decide(self.hinted(Hint(give_up=True)))

        assert isinstance(end, End)
        assert isinstance(end.result, Verdict)
        assert "give up" in end.result.evidence.recovery[-1]

    def test_says_one_thing_at_a_time(self):
        for fields in ({}, {"lemma": "1 = 1", "give_up": True}, {"nominal_s": -1.0}):
            with pytest.raises(UsageError):
                Hint(**fields)


class TestWhatCanRecover:
    def test_is_a_proof_by_the_embedded_prover(self):
        recovery.ensure(claim())
        recovery.ensure(msgspec.structs.replace(claim(), skill="simulate", recovery=None))

    @pytest.mark.parametrize(
        "changes",
        [
            {"skill": "simulate"},
            {"payload": None},
            {"payload": {"goal": {}}},
            {"payload": claim().payload | {"backend": "lean"}},
            {"payload": claim().payload | {"trust": "blind"}},
            {"payload": claim().payload | {"budget": {"nominal_s": "much"}}},
        ],
    )
    def test_is_nothing_else(self, changes):
        with pytest.raises(UsageError):
            recovery.ensure(msgspec.structs.replace(claim(), **changes))

    @pytest.mark.parametrize("value", [None, 7, {"lemmas": 7}, {"lemmas": ["1 = 1"]}])
    def test_an_agent_that_answers_nonsense_is_passed_over(self, value):
        policy = Recovery(moves=(Move.SPLIT, Move.BUDGET))
        case = taken(opened(UNKNOWN, claim(policy)), Value(value=value))

        assert isinstance(decide(case), Take)


RESULTS = st.sampled_from(
    [
        UNKNOWN,
        Verdict(outcome=Outcome.UNKNOWN, evidence=Evidence(nominal_s=0.3)),
        PROVED,
        REFUTED,
        CRASHED,
        LEMMAS,
        WHOLE,
        Failure(kind="cancelled", message="cancelled"),
        Value(value={"strategy": {"slices": []}}),
    ]
)
HINTS = st.sampled_from(
    [Hint(lemma="1 = 1"), Hint(strategy="algebra"), Hint(nominal_s=3.0), Hint(give_up=True)]
)
FIRST = st.sampled_from([UNKNOWN, CRASHED, HUNGRY, Verdict(outcome=Outcome.UNSUPPORTED)])
POLICIES = st.builds(
    Recovery,
    nominal_s=st.floats(0.0, 200.0),
    ask_s=st.sampled_from([0.0, 60.0]),
    depth=st.integers(0, 3),
    moves=st.lists(
        st.sampled_from([m for m in Move if m not in (Move.LEMMAS, Move.COMPOSITION)]), max_size=6
    ).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(first=FIRST, policy=POLICIES, data=st.data())
def test_every_recovery_ends_within_its_cost_and_would_go_the_same_way_again(first, policy, data):
    case = opened(first, claim(policy))
    hints = 3
    for _ in range(60):
        step = decide(case)
        assert decide(case) == step
        match step:
            case End(result=result):
                assert recovery.spent_s(case) <= recovery.allowed_s(case) + 1e-9
                assert isinstance(result, Verdict) or result == first
                return
            case Wait():
                last = case.taken[-1]
                assert isinstance(last, Taken)
                assert last.step.waits
                hint = data.draw(HINTS) if hints else Hint(give_up=True)
                hints -= 1
                case = msgspec.structs.replace(case, taken=(*case.taken, hint))
            case Take():
                granted_s = sum(
                    task.payload["budget"]["nominal_s"]
                    + (task.recovery.nominal_s if task.recovery else 0.0)
                    for task in step.tasks
                )
                left_s = recovery.allowed_s(case) - recovery.spent_s(case)
                assert granted_s <= left_s + 1e-9, "paid before it is taken"
                results = [data.draw(RESULTS) for _ in step.tasks] or [UNKNOWN]
                case = taken(case, *results)
    raise AssertionError("it does not end")


@settings(max_examples=100, deadline=None)
@given(policy=POLICIES, data=st.data())
def test_nothing_but_an_answer_of_a_checker_is_an_answer(policy, data):
    case = opened(UNKNOWN, claim(policy))
    seen: list[Result] = []
    while not isinstance(step := decide(case), End):
        if isinstance(step, Wait):
            case = msgspec.structs.replace(case, taken=(*case.taken, Hint(give_up=True)))
            continue
        results = [data.draw(RESULTS) for _ in step.tasks] or [UNKNOWN]
        # A lemma's verdict is none on the claim.
        seen += results if step.step.move is not Move.LEMMAS else []
        case = taken(case, *results)

    assert isinstance(step.result, Verdict)
    if step.result.outcome is not Outcome.UNKNOWN:
        assert step.result.outcome in [r.outcome for r in seen if isinstance(r, Verdict)]
