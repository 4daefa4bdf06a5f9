"""Claims on Python functions: what the decorator keeps, what goal it becomes, what a verdict then says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_functions import changed, function, module

import hms_kernel as hms
from hms_kernel.backends.smt import SmtBackend
from hms_kernel.model import Budget, Counterexample, Outcome, Trust, Verdict
from hms_kernel.specs import python
from hms_kernel.specs.claim import Claim
from hms_kernel.statements import parse

HEAD = "import math\nimport hms_kernel as hms\nfrom hms_kernel import claim\n"


def spec(text: str) -> python.PythonSpec:
    return python.load(module(HEAD + text))


def judged(text: str) -> dict[str, Verdict]:
    """The verdicts on all claims of a module, as a run gives them."""
    found = spec(text)
    backend = SmtBackend()

    def verdict(claim: Claim) -> Verdict:
        if claim.settled is not None:
            return claim.settled
        given = backend.attempt(claim.goal(), backend.default_strategy, Budget())
        return found.review(claim, given)

    return {claim.id: verdict(claim) for claim in found.claims}


def outcome(text: str) -> str:
    """The verdict on the only claim, with the call or the reason."""
    (verdict,) = judged(text).values()
    if verdict.counterexample is not None:
        return f"{verdict.outcome.value}: {verdict.counterexample.call}"
    return f"{verdict.outcome.value}: {verdict.reason}".rstrip(": ")


# --- the decorator ------------------------------------------------------------------------


def test_the_function_stays_as_it_is():
    f = function("def f(x: float):\n    return 2 * x\n")

    assert hms.claim("result >= 0")(f) is f
    assert f(2) == 4


def test_several_claims_are_settled_in_the_order_they_are_read():
    found = judged(
        '@claim("result >= 0")\n@claim("result <= 1", where="0 <= x <= 1")\n'
        "def f(x: float):\n    return x\n"
        '@claim("result == 1", name="one")\ndef g():\n    return 1\n'
    )

    assert {id: v.outcome.value for id, v in found.items()} == {
        "f.1": "refuted",
        "f.2": "proved",
        "one": "proved",
    }


def test_a_claim_is_a_goal_in_lean_like_any_other():
    (claim,) = spec(
        '@claim("0 <= result <= 100", where="0 <= x <= 1")\ndef score(x: float):\n    return 100 * x\n'
    ).claims

    assert claim.natural_language == "0 <= result <= 100 where 0 <= x <= 1"
    assert claim.hypotheses == ("0 ≤ x ∧ x ≤ 1",)
    assert claim.statement == "0 ≤ 100 * x ∧ 100 * x ≤ 100"
    assert parse(claim.goal().statement, decimals="ℝ").name == "score"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": 3}, "3 is no condition"),
        ({"text": "result > 0", "where": 3}, "where=3"),
        ({"text": "0 <="}, "invalid syntax"),
        ({"text": "x = 1"}, "not a Python expression"),
        ({"text": "result > 0", "where": "x >"}, "where: not a Python expression"),
        ({"text": "result > 0", "semantics": "double"}, "exact, float64"),
        ({"text": "result > 0", "given": {"y": "number"}}, "the annotation number"),
        ({"text": "result > 0", "sizes": "3"}, "write 3"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_where_it_stands(options: Any, said: str):
    with pytest.raises(hms.UsageError, match=said):
        hms.claim(**options)(lambda x: x)


def test_a_mistake_in_a_claim_is_shown_with_a_caret():
    with pytest.raises(hms.UsageError) as error:
        hms.claim("0 <= result <= (100")

    assert str(error.value).endswith("0 <= result <= (100\n               ^")


def test_only_plain_functions_can_have_claims():
    with pytest.raises(hms.UsageError, match="directly above def"):
        hms.claim("result > 0")(staticmethod(abs))


def test_something_without_claims_is_an_error():
    with pytest.raises(hms.UsageError, match="has no claims"):
        python.load(function("def f(x):\n    return x\n"))


# --- verdicts -----------------------------------------------------------------------------


def test_a_refutation_is_a_call():
    found = judged(
        '@claim("-100 <= result <= 100", where="all(0 <= x for x in w)")\n'
        "def score(w: list[float], a: list[float]):\n"
        "    return sum(x * y for x, y in zip(w, a))\n"
    )["score"]

    assert found.outcome is Outcome.REFUTED
    assert found.trust is Trust.REPLAYED
    assert found.counterexample is not None
    assert found.counterexample.call.startswith("score(w=[")
    assert found.reason == f"{found.counterexample.call}, and -100 <= result <= 100 is false"
    assert "the counterexample was tried on score itself" in found.evidence.notes


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / x", "f(x=0) raises ZeroDivisionError"),
        ("return 7 // x", "f(x=0) raises ZeroDivisionError"),
        ("return x ** -1", "f(x=0) raises ZeroDivisionError"),
        ("return math.sqrt(x)", "f(x=-1) raises ValueError"),
        ("assert x != 3\n    return 1", "f(x=3) raises AssertionError"),
        ("if x == 2:\n        raise KeyError('two')\n    return 1", "f(x=2) raises KeyError"),
        ("return [1, 2][2]", "f(x=0) raises IndexError"),
        ("return 1 if x else RATES['b']", "f(x=0) raises KeyError"),
        ("return min([])", "f(x=0) raises ValueError"),
    ],
)
def test_a_function_that_raises_breaks_its_claim(body: str, said: str):
    text = f'RATES = {{"a": 1}}\n@claim("result == result")\ndef f(x: float):\n    {body}\n'

    assert outcome(text).startswith(f"refuted: {said}")


def test_what_where_excludes_does_not_count_as_raising():
    assert outcome(
        '@claim("result >= 1", where="0 < x <= 1")\ndef f(x: float):\n    return 1 / x\n'
    ) == ("proved")


def test_a_claim_that_raises_does_not_hold():
    text = '@claim("result / x == 1")\ndef f(x: float):\n    return x\n'

    (found,) = judged(text).values()
    assert found.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)


def test_an_assumption_that_raises_assumes_that_it_does_not():
    text = '@claim("result != 0", where="1 / x > -1000000")\ndef f(x: float):\n    return x\n'

    assert outcome(text) == "proved"


def test_the_same_function_called_twice():
    step = "def f(x: float):\n    return x if x < 1 else x - 0.5\n"
    rising = '@claim("f(x) <= f(y)", where="x <= y", given={"y": float})\n'

    assert outcome(f"{rising}{step}").startswith("refuted: f(x=")
    assert outcome(f"{rising}def f(x: float):\n    return 3 * x - 1\n") == "proved"


def test_implies_is_understood_in_claims():
    text = '@claim("implies(x > 1, result > x)")\ndef f(x: float):\n    return x * x\n'

    assert outcome(text) == "proved"


def test_a_function_may_return_a_tuple():
    text = (
        '@claim("sum(result) == 1 and result[0] >= 0", where="0 <= x <= 1")\n'
        "def split(x: float):\n    return x, 1 - x\n"
    )

    assert outcome(text) == "proved"


def test_contradictory_conditions_are_vacuous():
    text = '@claim("result == 7", where=["x > 1", "x < 0"])\ndef f(x: float):\n    return x\n'

    assert outcome(text).startswith("vacuous")


def test_ints_are_integers_and_floats_are_not():
    claim = '@claim("result != 1")\n'

    assert outcome(f"{claim}def f(k: int):\n    return 2 * k\n") == "proved"
    assert outcome(f"{claim}def f(k: float):\n    return 2 * k\n") == "refuted: f(k=0.5) = 1"


def test_decimals_are_exact_and_the_evidence_says_so():
    text = '@claim("result == 1")\ndef f():\n    return 0.1 + 0.2 + 0.3 + 0.4\n'

    assert outcome(text) == "proved"
    (claim,) = spec(text).claims
    assert any("float read as ℝ" in note for note in claim.notes)


def test_a_claim_broken_in_the_reals_may_hold_in_doubles_and_this_is_said():
    # 0.1 is a little more than a tenth, as a double.
    found = spec(
        '@claim("10 * x != 1 or result != 3")\ndef f(x: float):\n    return x * 30 if x * 3 == 0.3 else 0\n'
    )
    (claim,) = found.claims

    verdict = found.review(claim, refuted(x="1/10"))

    assert verdict.outcome is Outcome.REFUTED
    assert "in doubles f(x=0.1) = 0, and the claim holds there" in verdict.evidence.notes


def test_float64_is_left_to_a_prover_that_knows_it():
    text = '@claim("result == 1", semantics="float64")\ndef f(x: float):\n    return x + 0.1\n'
    (claim,) = spec(text).claims

    assert claim.goal().semantics == "float64"
    assert claim.statement == "x + 0.1 = 1"


# --- lists --------------------------------------------------------------------------------


def test_lists_have_every_length_unless_said_otherwise():
    (claim,) = spec(
        '@claim("result <= 10", where="all(x <= 10 for x in xs) and len(xs) > 0")\n'
        "def mean(xs: list[float]):\n    return sum(xs) / len(xs)\n"
    ).claims

    assert claim.variables == (("n", "ℕ"), ("xs", "Fin n → ℝ"))
    assert "every length n of xs" in claim.notes


def test_an_empty_list_counts_as_a_list():
    text = '@claim("True or result")\ndef mean(xs: list[float]):\n    return sum(xs) / len(xs)\n'

    assert outcome(text).startswith("refuted: mean(xs=[]) raises ZeroDivisionError")


def test_where_elements_are_taken_one_by_one_a_few_lengths_are_settled():
    found = spec('@claim("result <= max(xs)")\ndef first(xs: list[float]):\n    return xs[0]\n')

    assert [claim.id for claim in found.claims] == ["first_n1", "first_n2", "first_n3"]
    assert all("1, 2, 3 elements only" in claim.notes[0] for claim in found.claims)


@pytest.mark.parametrize(
    ("sizes", "variables"),
    [
        ("3", [["Fin 3 → ℝ", "Fin 3 → ℝ"]]),
        ("{'a': 2, 'b': 4}", [["Fin 2 → ℝ", "Fin 4 → ℝ"]]),
        ("[1, 12]", [["Fin 1 → ℝ"] * 2, ["Fin 12 → ℝ"] * 2]),
    ],
)
def test_lengths_can_be_said(sizes: str, variables: list[list[str]]):
    found = spec(
        f'@claim("result == result", sizes={sizes})\n'
        "def f(a: list[float], b: list[float]):\n    return sum(x * y for x, y in zip(a, b))\n"
    )

    assert [[sort for _, sort in claim.variables] for claim in found.claims] == variables


def test_annotations_say_the_types():
    (claim,) = spec(
        'from collections.abc import Sequence\n@claim("result == result")\n'
        "def f(a: 'int', b: bool, c: tuple[float, float], d: Sequence[int], e, *, g: float):\n"
        "    return a + b + c[0] + sum(d) + e + g\n"
    ).claims

    assert dict(claim.variables) == {
        "n": "ℕ", "a": "ℤ", "b": "Prop", "c": "Fin 2 → ℝ", "d": "Fin n → ℤ", "e": "ℝ", "g": "ℝ",
    }  # fmt: skip


def test_a_parameter_that_is_no_number_keeps_its_default():
    text = (
        '@claim("result <= 1", where="x <= 2")\n'
        "def f(x: float, mode: str = 'capped', cap=None):\n"
        "    if mode == 'capped' and cap is None:\n        return min(x, 1)\n    return x\n"
    )

    assert outcome(text) == "proved"
    (claim,) = spec(text).claims
    assert "mode keeps its default 'capped'" in claim.notes


# --- never wrong --------------------------------------------------------------------------


def refuted(**values: Any) -> Verdict:
    return Verdict(
        outcome=Outcome.REFUTED,
        trust=Trust.REPLAYED,
        counterexample=Counterexample(values=values, shows="made up"),
    )


def test_a_counterexample_that_the_function_does_not_confirm_refutes_nothing():
    found = spec('@claim("result <= 1")\ndef f(x: float):\n    return min(x, 1)\n')
    (claim,) = found.claims

    verdict = found.review(claim, refuted(x="2"))

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.trust is None
    assert verdict.counterexample is None
    assert "translation and function disagree: f(x=2) = 1" in verdict.reason


def test_a_counterexample_outside_the_conditions_refutes_nothing():
    found = spec('@claim("result <= 1", where="x <= 1")\ndef f(x: float):\n    return x\n')
    (claim,) = found.claims

    verdict = found.review(claim, refuted(x="2"))

    assert verdict.outcome is Outcome.UNKNOWN
    assert "x <= 1 does not hold" in verdict.reason


def test_an_error_that_was_not_foreseen_refutes_nothing():
    found = spec('@claim("result <= 1")\ndef f(x: float):\n    return x\n')
    (claim,) = found.claims
    # The function changes its behaviour, not its text.
    found.translations["f"].declared.function.__code__ = function(
        "def f(x: float):\n    raise OSError('no disk')\n"
    ).__code__

    verdict = found.review(claim, refuted(x="2"))

    assert verdict.outcome is Outcome.UNKNOWN
    assert "no OSError was foreseen" in verdict.reason


def test_a_file_that_has_changed_since_is_not_believed():
    text = HEAD + '@claim("result == 1")\ndef f():\n    return 1\n'
    loaded = module(text)

    with changed(Path(str(loaded.__file__)), text.replace("return 1", "return 2")):
        (claim,) = python.load(loaded).claims

    assert claim.settled is not None
    assert claim.settled.outcome is Outcome.UNSUPPORTED
    assert "the file has changed since" in claim.settled.reason


def test_the_function_is_tried_once_for_one_counterexample():
    found = spec('@claim("result <= 1")\ndef f(x: float):\n    return x\n')
    (claim,) = found.claims

    first = found.review(claim, refuted(x="2"))

    assert found.review(claim, refuted(x="2")) is first
