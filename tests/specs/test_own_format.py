"""The workbench's own specification format."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hms_kernel import specs
from hms_kernel.errors import SpecError
from hms_kernel.model import Outcome, Semantics

DOCS = Path(__file__).resolve().parents[2] / "docs/specifications.md"


def loaded(*claims: Any, **header: Any) -> tuple[specs.Claim, ...]:
    return specs.load_data({**header, "claims": list(claims)}, name="x").claims


def reason(claim: specs.Claim) -> str:
    assert claim.settled is not None
    assert claim.settled.outcome is Outcome.INVALID
    return claim.settled.reason


def test_a_claim_binds_the_shared_variables_it_mentions_and_its_own():
    (claim,) = loaded(
        {"id": "c", "statement": "f 0 ≤ y", "variables": {"y": "ℝ"}, "hypotheses": ["0 < y"]},
        variables={"z": "ℝ", "f": "Fin n → ℝ", "n": "ℕ"},
    )

    assert claim.variables == (("n", "ℕ"), ("f", "Fin n → ℝ"), ("y", "ℝ"))


def test_a_claims_own_variable_replaces_the_shared_one():
    (claim,) = loaded(
        {"id": "c", "statement": "x = x", "variables": {"x": "ℤ"}}, variables={"x": "ℝ"}
    )

    assert claim.variables == (("x", "ℤ"),)


def test_a_claim_carries_the_definitions_it_reaches_and_no_others():
    f, g, h = ("def f (x : ℝ) := g x", "  def g (x : ℝ) := x\n", "def h (x : ℝ) := x")
    (claim,) = loaded({"id": "c", "statement": "f 1 = 1"}, definitions=[h, g, f])

    assert claim.definitions == (g.strip(), f)


def test_variables_may_be_lists_of_structures_that_the_file_defines():
    policy = "structure Policy where\n  gain : ℝ"
    (claim,) = loaded(
        {"id": "c", "statement": "ps = ps", "variables": {"ps": "List Policy"}},
        definitions=[policy, "structure Other where\n  x : ℝ"],
    )

    assert claim.variables == (("ps", "List Policy"),)
    assert claim.definitions == (policy,)


def test_one_claim_is_stated_for_several_sizes():
    claims = loaded(
        {
            "id": "c",
            "statement": "∑ i, w i ≤ n",
            "hypotheses": ["0 < n", "n' = 1"],
            "instances": {"n": [1, 12]},
        },
        variables={"n": "ℕ", "n'": "ℕ", "w": "Fin n → ℝ"},
    )

    assert [claim.id for claim in claims] == ["c_n1", "c_n12"]
    assert claims[1].variables == (("n'", "ℕ"), ("w", "Fin 12 → ℝ"))
    assert claims[1].hypotheses == ("0 < 12", "n' = 1")
    assert claims[1].statement == "∑ i, w i ≤ 12"
    assert "stated for n = 12" in claims[1].notes


def test_a_claim_may_be_stated_for_every_size_as_well():
    claims = loaded(
        {"id": "c", "statement": "∑ i, w i ≤ n", "instances": {"n": ["every", 3]}},
        variables={"n": "ℕ", "w": "Fin n → ℝ"},
    )

    assert [claim.id for claim in claims] == ["c", "c_n3"]
    assert claims[0].variables == (("n", "ℕ"), ("w", "Fin n → ℝ"))
    assert claims[0].statement == "∑ i, w i ≤ n"


def test_a_size_in_words_is_only_every():
    (claim,) = loaded(
        {"id": "c", "statement": "∑ i, w i ≤ n", "instances": {"n": ["all"]}},
        variables={"n": "ℕ", "w": "Fin n → ℝ"},
    )

    assert claim.settled is not None
    assert "instances" in claim.settled.reason


def test_decimals_are_real_unless_the_file_says_otherwise_and_that_is_said():
    (real,) = loaded({"id": "c", "statement": "0.5 = x", "variables": {"x": "ℝ"}})
    (floating,) = loaded({"id": "c", "statement": "0.5 = 1/2"}, decimals="Float")

    assert (real.goal().decimals, floating.goal().decimals) == ("ℝ", "Float")
    assert "decimals read as exact numbers of type ℝ" in real.notes
    assert "decimals read as Lean's Float" in floating.notes


def test_a_claim_may_ask_for_doubles():
    (plain,) = loaded({"id": "c", "statement": "0.1 + 0.2 = 0.3"})
    (doubles,) = loaded({"id": "c", "statement": "0.1 + 0.2 = 0.3", "semantics": "float64"})

    assert (plain.goal().semantics, doubles.goal().semantics) == ("exact", "float64")


def test_a_specification_can_be_read_with_doubles_for_all_its_claims():
    spec = specs.load("moneyball").read_as(Semantics.FLOAT64)

    assert {claim.semantics for claim in spec.claims} == {"float64"}


def test_a_claim_in_words_only_is_shown_as_invalid():
    (claim,) = loaded({"id": "c", "natural_language": "Be kind."})

    assert reason(claim).startswith("informal: ")
    assert claim.natural_language == "Be kind."


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"statment": "1 = 1"}, "unknown key 'statment'; did you mean 'statement'?"),
        ({"zzz": 1}, "unknown key 'zzz'; known are id, "),
        ({"hypotheses": "x > 0"}, "Expected `array`, got `str`"),
        ({"statement": 3}, "Expected `str`, got `int`"),
        ({"variables": {"x": 3}}, "Expected `str`, got `int`"),
        ({"variables": {"in": "ℝ"}}, "cannot be the name"),
        ({"hypotheses": ["x > 0) (h : False"]}, "closes nothing"),
        ({"hypotheses": [" "]}, "a hypothesis is empty"),
        ({"statement": "1 = 1 -- sure"}, "comment"),
        ({"semantics": "float32"}, "Invalid enum value 'float32'"),
        ({"instances": {"k": [1]}}, "no variable of type ℕ"),
        ({"variables": {"k": "ℕ"}, "instances": {"k": [-1]}}, "natural numbers"),
        ({"variables": {"k": "ℕ"}, "instances": {"k": []}}, "natural numbers"),
        ({"variables": {"k": "ℕ"}, "instances": {"k": list(range(101))}}, "more than 100"),
        ({"statement": "theorem t : 1 = 1", "hypotheses": ["1 = 1"]}, "a whole theorem"),
    ],
)
def test_a_mistake_in_one_claim_leaves_the_others_alone(broken, why):
    good, bad = loaded(
        {"id": "g", "statement": "1 = 1"}, {"id": "b", "statement": "1 = 1", **broken}
    )

    assert good.settled is None
    assert bad.id == "b"
    assert why in reason(bad)


@pytest.mark.parametrize(
    "junk", [3, "text", None, [], {"statement": "1 = 1"}, {"id": ""}, {"id": 3}]
)
def test_a_claim_without_a_usable_id_is_still_counted(junk):
    good, bad = loaded({"id": "g", "statement": "1 = 1"}, junk)

    assert good.settled is None
    assert bad.id == "claims.2"
    assert reason(bad)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"titel": "x"}, "unknown key 'titel'; did you mean 'title'?"),
        ({"title": 3}, "Expected `str`, got `int`"),
        ({"definitions": "def f := 1"}, "Expected `array`, got `str`"),
        ({"decimals": "reals"}, "decimals = 'reals'"),
    ],
)
def test_a_mistake_outside_the_claims_is_an_error_of_the_file(header, message):
    with pytest.raises(SpecError, match=re.escape(message)):
        loaded({"id": "g", "statement": "1 = 1"}, **header)


def test_json_of_the_same_shape_reads_the_same(tmp_path):
    text = '[variables]\nx = "ℝ"\n[[claims]]\nid = "c"\nstatement = "x = x"\n'
    (tmp_path / "spec.toml").write_text(text)
    (tmp_path / "spec.json").write_text(json.dumps(tomllib.loads(text)))

    toml, as_json = (specs.load(tmp_path / f"spec.{suffix}") for suffix in ("toml", "json"))

    assert toml.claims == as_json.claims


# --- what comes with the workbench ------------------------------------------------


@pytest.mark.parametrize("name", specs.builtin_names())
def test_a_built_in_specification_has_no_mistakes(name):
    spec = specs.load(name)

    assert spec.source == "built-in"
    assert len({claim.id for claim in spec.claims}) == len(spec.claims)
    for claim in spec.claims:
        assert claim.natural_language
        assert claim.source
        assert claim.settled is None or claim.settled.reason.startswith("informal: ")


def test_moneyball_keeps_the_published_names_and_states_repairs_for_several_sizes():
    ids = {claim.id for claim in specs.load("moneyball").claims}

    assert {"war_score_bounds", "drp_conservative", "sps_bounds", "weight_consistency_n3"} <= ids
    assert {f"war_score_bounds_repaired{n}" for n in ("", "_n3", "_n12")} <= ids
    assert 20 <= len(ids) <= 32


def test_the_documented_example_is_a_specification(tmp_path):
    for number, example in enumerate(
        re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    ):
        file = tmp_path / f"example{number}.toml"
        file.write_text(example)

        spec = specs.load(file)

        assert [claim.id for claim in spec.claims if claim.settled is None]
        for claim in spec.claims:
            assert claim.settled is None or "informal" in claim.settled.reason
    assert DOCS.read_text("utf-8").count("```toml") >= 1
