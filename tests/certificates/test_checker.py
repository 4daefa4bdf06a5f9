"""Certificates written by hand: what proves is accepted, what does not is rejected with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from hms_kernel.certificates import Certificate, Rejected, check, digest, from_json, to_json
from hms_kernel.errors import UsageError
from hms_kernel.statements import parse

X = [["1", ["x"]]]
ONE = [["1", []]]


def judged(text: str, proof: Any) -> str:
    """Empty when the proof is accepted, else the reason."""
    statement = parse(text)
    data = {"statement_sha256": digest(statement), "proof": proof}
    try:
        check(statement, from_json(data))
    except Rejected as reason:
        return str(reason)
    return ""


def sum_of(*products: Any, multiples: Any = ()) -> dict[str, Any]:
    return {
        "step": "combination",
        "products": [{"times": t, "facts": list(f), **more} for t, f, more in products],
        "multiples": list(multiples),
    }


def product(times: str, *facts: str, **more: Any) -> Any:
    return times, facts, more


def square(times: str, *bases: Any) -> Any:
    return times, (), {"squares": list(bases)}


ORDER = "∀ x y : ℝ, x ≥ 1 → y ≥ 2 → x + y ≥ 3"


def test_hypotheses_and_the_negated_claim_that_add_up_to_a_contradiction_prove():
    parts = [product("1", "x - 1 ≥ 0"), product("1", "y - 2 ≥ 0"), product("1", "-x - y + 3 > 0")]

    assert judged(ORDER, sum_of(*parts)) == ""


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([product("2", "x - 1 ≥ 0"), product("1", "y - 2 ≥ 0"), product("1", "-x - y + 3 > 0")], "the combination is x - 1, no number"),
        ([product("-1", "x - 1 ≥ 0"), product("1", "y - 2 ≥ 0"), product("1", "-x - y + 3 > 0")], "the multiplier -1 is not positive"),
        ([product("0", "x - 1 ≥ 0")], "the multiplier 0 is not positive"),
        ([product("1", "x - 2 ≥ 0"), product("1", "y - 2 ≥ 0"), product("1", "-x - y + 3 > 0")], "x - 2 ≥ 0 does not say that something is at least 0"),
        ([product("1", "x ≥ 0")], "x ≥ 0 does not say that something is at least 0"),  # x is no natural
        ([], "the combination is 0, no contradiction"),
        ([product("1")], "the combination is 1, no contradiction"),
        ([product("1/0", "x - 1 ≥ 0")], "'1/0' is no rational number"),
        ([product("1e9", "x - 1 ≥ 0")], "'1e9' is no rational number"),
        ([product("١", "x - 1 ≥ 0")], "'١' is no rational number"),
    ],
)  # fmt: skip
def test_a_sum_that_is_no_contradiction_is_rejected(parts, reason):
    assert judged(ORDER, sum_of(*parts)) == reason


def test_without_a_positive_summand_zero_is_no_contradiction():
    # x ≥ 0 and -x ≥ 0 do not exclude each other.
    parts = [product("1", "x ≥ 0"), product("1", "-x ≥ 0")]

    assert "no contradiction" in judged("∀ x : ℝ, x ≥ 0 → x > 0", sum_of(*parts))


def test_a_square_makes_a_product_weak():
    # From x² · 1 > 0 one could prove anything about x = 0.
    claim = "∀ x : ℝ, x ^ 2 > 0"

    reason = judged(claim, sum_of(product("1", "-x^2 ≥ 0"), square("1", X)))

    assert reason == "the combination is 0, no contradiction"


def test_a_square_completes_a_bound():
    claim = "∀ x : ℝ, 2 * x ≤ x ^ 2 + 1"
    base = [["1", ["x"]], ["-1", []]]

    assert judged(claim, sum_of(product("1", "-x^2 + 2*x - 1 > 0"), square("1", base))) == ""


def test_an_equation_may_be_multiplied_by_anything():
    claim = "∀ x y : ℝ, x = 2 → x * y = 2 * y"
    by = {"fact": "x - 2 = 0", "by": [["1", ["y"]]]}
    back = {"fact": "x - 2 = 0", "by": [["-1", ["y"]]]}
    above, below = "x*y - 2*y > 0", "-x*y + 2*y > 0"
    proof = {
        "step": "split",
        "fact": "x*y - 2*y ≠ 0",
        "branches": [
            sum_of(product("1", above), multiples=[back]),
            sum_of(product("1", below), multiples=[by]),
        ],
    }

    assert judged(claim, proof) == ""
    assert (
        judged(claim, {**proof, "branches": proof["branches"][:1]}) == "2 alternatives, 1 branches"
    )
    assert "does not say" in judged(claim, {**proof, "branches": proof["branches"][::-1]})
    assert judged(claim, {**proof, "fact": "x - 2 = 0"}) == "x - 2 = 0 has no alternatives"


def test_an_inequality_may_not_be_multiplied_like_an_equation():
    claim = "∀ x : ℝ, x ≥ 2 → x ≥ 5"
    proof = sum_of(product("1", "-x + 5 > 0"), multiples=[{"fact": "x - 2 ≥ 0", "by": ONE}])

    assert judged(claim, proof) == "x - 2 ≥ 0 is no equation"


def test_one_branch_may_not_use_what_the_other_assumes():
    claim = "∀ x : ℝ, x ^ 2 + 1 > 0"
    use = sum_of(product("1", "-x > 0"), product("1", "x ≥ 0"))
    proof = {"step": "sign", "term": X, "negative": use, "otherwise": use}

    # "x ≥ 0" is not known where x < 0.
    assert judged(claim, proof) == "x ≥ 0 does not say that something is at least 0"


def test_an_instance_needs_a_value_of_the_sort():
    text = "theorem t (f : ℕ → ℝ) (h : ∀ n : ℕ, f n ≥ 1) : f {} ≥ 1 := by sorry"
    name = "∀ n : ℕ, f n ≥ 1"

    def proof(at: Any, fact: str) -> Any:
        then = sum_of(product("1", f"{fact} - 1 ≥ 0"), product("1", f"-{fact} + 1 > 0"))
        return {"step": "instance", "fact": name, "at": at, "then": then}

    assert judged(text.format(3), proof([["3", []]], "f(3)")) == ""
    assert (
        judged(text.format(3), proof([["1/2", []]], "f(1/2)"))
        == f"1/2 is not in the range of {name}"
    )
    assert (
        judged(text.format(3), proof([["-1", []]], "f(-1)")) == f"-1 is not in the range of {name}"
    )


def test_an_instance_at_a_difference_of_naturals_needs_that_it_is_none_below_zero():
    text = "theorem t (n : ℕ) (f : ℕ → ℝ) (h : ∀ k : ℕ, f k ≥ 1) {} : (n : ℝ) < 2 ∨ f 0 ≥ 1 := by sorry"
    then = sum_of(product("1", "f(0) - 1 ≥ 0"), product("1", "-f(0) + 1 > 0"))
    proof = {
        "step": "instance", "fact": "∀ k : ℕ, f k ≥ 1", "at": [["1", ["n"]], ["-3", []]],
        "then": {"step": "instance", "fact": "∀ k : ℕ, f k ≥ 1", "at": [], "then": then},
    }  # fmt: skip

    assert judged(text.format(""), proof) == "n - 3 is not in the range of ∀ k : ℕ, f k ≥ 1"
    assert judged(text.format("(g : 3 ≤ n)"), proof) == ""


def test_an_element_of_another_range_is_no_value():
    text = (
        "theorem t (m n : ℕ) (i : Fin m) (f : Fin n → ℝ) (h : ∀ k : Fin n, f k ≥ 1)"
        " (g : ∀ k : Fin n, f k ≤ 0) : False := by sorry"
    )
    proof = {
        "step": "instance", "fact": "∀ k : Fin n, f k ≥ 1", "at": [["1", ["i"]]],
        "then": {
            "step": "instance", "fact": "∀ k_1 : Fin n, f k_1 ≤ 0", "at": [["1", ["i"]]],
            "then": sum_of(product("1", "f(i) - 1 ≥ 0"), product("1", "-f(i) ≥ 0")),
        },
    }  # fmt: skip

    # With n = 0 there is nothing of which the hypotheses speak.
    assert judged(text, proof) == "i is not in the range of ∀ k : Fin n, f k ≥ 1"


def test_a_rational_is_no_arbitrary_real():
    text = "theorem t (y : ℝ) (h : ∀ q : ℚ, (q : ℝ) ≠ y) : False := by sorry"
    proof = {"step": "instance", "fact": "∀ q : ℚ, ↑q ≠ y", "at": [["1", ["y"]]], "then": {"step": "split", "fact": "false", "branches": []}}  # fmt: skip

    assert judged(text, proof) == f"y is not in the range of {proof['fact']}"


def division(term: Any, by: str) -> Any:
    below = sum_of(product("1", "-n + 3*quotient(n, 3) + remainder(n, 3) ≥ 0"))
    return {"step": "divide", "term": term, "by": by, "then": below}


@pytest.mark.parametrize(
    ("term", "by", "reason"),
    [
        ([["1", ["x"]]], "3", "x divided by 3 has no remainder"),
        ([["1/2", ["n"]]], "3", "1/2*n divided by 3 has no remainder"),
        ([["1", ["n"]]], "0", "n divided by 0 has no remainder"),
        ([["1", ["n"]]], "-3", "n divided by -3 has no remainder"),
        ([["1", ["n"]]], "3/2", "n divided by 3/2 has no remainder"),
        ([["1", ["n"]]], "3", "-n + 3*quotient(n, 3) + remainder(n, 3) ≥ 0 does not say that something is at least 0"),
    ],
)  # fmt: skip
def test_only_integers_are_divided_with_remainder_and_by_positive_integers(term, by, reason):
    assert judged("∀ (x : ℝ) (n : ℤ), x ≤ n", division(term, by)) == reason


def test_division_with_remainder_brings_in_its_facts():
    claim = "∀ n : ℤ, n ^ 2 ≥ n"
    then = sum_of(product("1", "-n^2 + n - 1 ≥ 0"), product("1", "-remainder(n, 2) + 1 ≥ 0"))
    proof = {"step": "divide", "term": [["1", ["n"]]], "by": "2", "then": then}

    # The facts are there, and are no proof by themselves.
    assert judged(claim, proof) == "the combination is -n^2 + n - remainder(n, 2), no number"


SUMS = (
    "theorem t (n : ℕ) (w a : Fin n → ℝ) (h : ∀ i, 0 ≤ w i) (g : ∀ i, a i ≤ 1)"
    " (s : ∑ i, w i = 1) : ∑ i, w i * a i {} 1 := by sorry"
)


def lemma(**changes: Any) -> Any:
    inner = sum_of(product("1", "-a(i) + 1 ≥ 0", "w(i) ≥ 0"), product("1", "a(i)*w(i) - w(i) > 0"))
    for name in ("∀ i_1 : Fin n, a i_1 ≤ 1", "∀ i : Fin n, 0 ≤ w i"):
        inner = {"step": "instance", "fact": name, "at": [["1", ["i"]]], "then": inner}
    weighted, weights = "∑(Fin n, a(#0)*w(#0))", "∑(Fin n, w(#0))"
    then = sum_of(
        product("1", f"-{weighted} + {weights} ≥ 0"),
        product("1", f"{weighted} - 1 > 0"),
        multiples=[{"fact": f"{weights} - 1 = 0", "by": [["-1", []]]}],
    )
    term = [["1", ["w(i)"]], ["-1", ["a(i)", "w(i)"]]]
    return {
        "step": "each", "index": "i", "over": "Fin n", "term": term, "relation": "≥",
        "proof": inner, "then": then, **changes,
    }  # fmt: skip


def test_what_holds_of_every_term_holds_of_the_sum_for_every_n():
    assert judged(SUMS.format("≤"), lemma()) == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"index": "n"}, "the name n is taken"),
        ({"index": "w"}, "the name w is taken"),
        ({"over": "Fin m"}, "no sum runs over Fin m"),
        ({"relation": "≤"}, "no relation ≤"),
        ({"term": [["1", ["w(i)"]], ["1", ["a(i)", "w(i)"]]]}, "does not say that something is at least 0"),
        ({"term": [["1", ["w(j)"]]]}, "there is no number w(j)"),
        ({"then": sum_of(product("1", "w(i) ≥ 0"))}, "w(i) ≥ 0 does not say that something is at least 0"),
    ],
)  # fmt: skip
def test_a_lemma_about_terms_that_is_not_shown_is_rejected(changes, reason):
    assert judged(SUMS.format("≤"), lemma(**changes)).endswith(reason)


def test_an_empty_sum_is_not_positive():
    text = "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∀ i, 0 < w i) : ∑ i, w i > 0 := by sorry"
    total = "∑(Fin n, w(#0))"
    inner = {
        "step": "instance", "fact": "∀ i : Fin n, 0 < w i", "at": [["1", ["i"]]],
        "then": sum_of(product("1", "w(i) > 0"), product("1", "-w(i) ≥ 0")),
    }  # fmt: skip
    each = {
        "step": "each", "index": "i", "over": "Fin n", "term": [["1", ["w(i)"]]], "relation": ">",
        "proof": inner, "then": sum_of(product("1", f"{total} > 0"), product("1", f"-{total} ≥ 0")),
    }  # fmt: skip

    assert judged(text, each) == f"{total} > 0 does not say that something is at least 0"
    assert judged(text.replace("(w :", "(p : 0 < n) (w :"), each) != ""  # two cases, not one
    assert judged(text.replace("(n : ℕ) ", "").replace("Fin n", "Fin 4"), json.loads(
        json.dumps(each).replace("Fin n", "Fin 4"))) == ""  # fmt: skip


def test_a_certificate_of_another_statement_is_rejected():
    one, other = parse("∀ x : ℝ, x ≤ x"), parse("∀ x : ℝ, x ≤ x + 1")
    proof = from_json({"statement_sha256": digest(one), "proof": {"step": "split", "fact": "false", "branches": []}})  # fmt: skip

    check(one, proof)
    with pytest.raises(Rejected, match="another statement"):
        check(other, proof)


def test_what_cannot_be_read_is_not_proved():
    claim = "∀ n : ℕ, ∏ i ∈ Finset.range n, (i + 1) > 0"

    reason = judged(claim, {"step": "split", "fact": "false", "branches": []})

    assert reason.startswith("not understood: a product or sum over a range")


@pytest.mark.parametrize(
    "text",
    [
        # The two decimals round to the same double.
        "(0.1 : Float) < 0.10000000000000000001",
        "∀ x : Float, x ≤ x",  # not of NaN
    ],
)
def test_nothing_exact_is_proved_of_floats(text):
    assert "Float" in judged(text, {"step": "split", "fact": "false", "branches": []})


def test_a_hypothesis_that_cannot_be_read_is_only_missing():
    text = (
        "theorem t (n : ℕ) (e : ∏ i ∈ Finset.range n, (i + 1) = 6) (x : ℝ) (h : x ≥ 2) :"
        " x ≥ 1 := by sorry"
    )

    assert judged(text, sum_of(product("1", "x - 2 ≥ 0"), product("1", "-x + 1 > 0"))) == ""


def test_a_proof_too_deep_to_follow_is_rejected():
    proof: Any = sum_of()
    for _ in range(400):
        proof = {"step": "sign", "term": X, "negative": proof, "otherwise": sum_of()}

    assert judged(ORDER, proof)


@pytest.mark.parametrize(
    "data",
    [
        None, 7, [], {}, {"proof": {}}, {"statement_sha256": "", "proof": {"step": "believe"}},
        {"statement_sha256": "", "proof": {"step": "combination", "product": []}},
        {"statement_sha256": "", "proof": {"step": "split", "fact": "false", "branches": []}, "version": 2},
    ],
)  # fmt: skip
def test_other_data_is_no_certificate(data):
    with pytest.raises(UsageError, match=r"not a certificate|not understood"):
        from_json(data)


def test_a_certificate_survives_json():
    statement = parse(SUMS.format("≤"))
    made = from_json({"statement_sha256": digest(statement), "proof": lemma()})

    again = from_json(json.loads(json.dumps(to_json(made))))

    assert isinstance(again, Certificate)
    assert again == made


def test_checking_needs_no_solver():
    code = "import sys, hms_kernel.certificates; sys.exit('z3' in sys.modules or 'cvc5' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
