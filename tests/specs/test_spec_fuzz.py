"""Whatever the data, loading it gives claims or a SpecError."""

from __future__ import annotations

import contextlib
import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel import specs
from hms_kernel.errors import SpecError
from hms_kernel.model import Outcome

WORDS = [
    "x ≥ 0", "Σ(x)", "y = Σ(x * z)", "0 ≤ y ≤ 1", "∀ s: x(s) > 0", "float", "int", "be good",
    "x", "y", "z", "n", "Fin n → ℝ", "ℝ", "∑ i, x i", "x := y", "z = y / x", "Therefore, x ≥ y",
    "y ≤ z given x > 0", "", "≥ 0", "[0, 1]", "i", "y = y + 1", "x(i) = 2", "sum(x) > max(y, 1)",
]  # fmt: skip
KEYS = [
    "formal_domains", "integrated_domains", "formal_verification_targets", "formal_proofs",
    "theorems", "claims", "variables", "formulas", "constraints", "invariants", "properties",
    "symbolic_form", "type", "rules", "system_invariants", "statement", "formal_specification",
    "formal_basis", "property", "name", "id", "theorem_id", "formal_expression", "assumptions",
    "definitions", "hypotheses", "instances", "proof_outline", "theorem", "x", "y", "z", "n",
]  # fmt: skip

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=8)
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)
texts = st.sampled_from(WORDS)
variables = st.dictionaries(
    st.sampled_from(["x", "y", "z", "in"]),
    st.fixed_dictionaries({"type": texts, "constraints": texts | st.lists(texts, max_size=2)})
    | leaves,
    max_size=3,
)
formulas = st.dictionaries(
    st.sampled_from(["x", "y_calculation", "z", "w"]),
    st.fixed_dictionaries(
        {"symbolic_form": texts},
        optional={
            key: st.lists(texts, max_size=3) for key in ("constraints", "invariants", "properties")
        },
    ),
    max_size=3,
)
hms_files = st.fixed_dictionaries(
    {
        "formal_domains": st.dictionaries(
            st.sampled_from(["one", "two"]),
            st.fixed_dictionaries({"variables": variables, "formulas": formulas}),
            min_size=1,
        ),
        "formal_verification_targets": st.dictionaries(
            st.just("t"),
            st.lists(st.fixed_dictionaries({"formal_specification": texts}), max_size=3),
        ),
    }
)
theorem_files = st.fixed_dictionaries(
    {
        "theorems": st.lists(
            st.fixed_dictionaries(
                {"formal_expression": texts},
                optional={
                    "variables": st.dictionaries(texts, texts, max_size=3),
                    "assumptions": st.lists(texts, max_size=3),
                    "theorem_id": texts,
                },
            ),
            min_size=1,
            max_size=3,
        )
    }
)


def check(data: object) -> None:
    before = copy.deepcopy(data)
    with contextlib.suppress(SpecError):  # anything else fails the test
        spec = specs.load_data(data, name="fuzz")
        assert spec.claims
        assert len({claim.id for claim in spec.claims}) == len(spec.claims)
        for claim in spec.claims:
            if claim.settled is None:
                assert claim.goal().theorem_id == claim.id
            else:
                assert claim.settled.outcome in (Outcome.INVALID, Outcome.UNSUPPORTED)
                assert claim.settled.reason
    assert repr(data) == repr(before)  # repr, since NaN differs from itself


@given(anything)
@settings(max_examples=300, deadline=None)
def test_any_data_is_claims_or_a_spec_error(data):
    check(data)


@given(hms_files)
@settings(max_examples=300, deadline=None)
def test_any_hms_file_is_claims_or_a_spec_error(data):
    check(data)


@given(theorem_files)
@settings(max_examples=200, deadline=None)
def test_any_theorem_file_is_claims_or_a_spec_error(data):
    check(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_claims_or_a_spec_error(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("fuzz") / "file"
    file.write_bytes(data)

    with contextlib.suppress(SpecError):
        specs.load(file)
