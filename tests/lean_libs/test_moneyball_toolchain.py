"""The library as a user with a Lean toolchain has it: a proof may rest on it, and on nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from hms_kernel.errors import BackendMissing

runtime = pytest.importorskip("hms_kernel.backends.lean.runtime")

STATEMENT = """∀ deficit jobs growth ease : ℝ, 0 ≤ deficit ∧ deficit ≤ 100 → 0 ≤ jobs ∧ jobs ≤ 100 →
  0 ≤ growth ∧ growth ≤ 100 → 0 ≤ ease ∧ ease ≤ 100 →
  Moneyball.sps deficit jobs growth ease ≤ {limit}"""
PROOF = "fun d j g e hd hj hg he => (Moneyball.sps_bounds d j g e hd hj hg he).2"


@pytest.fixture(scope="module")
def lean() -> Iterator[Any]:
    try:
        toolchain = runtime.toolchain()
    except BackendMissing as missing:
        pytest.skip(f"NOT TESTED, proofs over the library with a Lean toolchain: {missing}")
    with contextlib.closing(toolchain):
        if "Moneyball" not in toolchain.version():
            pytest.skip("NOT TESTED, proofs over the library: this Lean toolchain has not built it")
        yield toolchain


def test_a_proof_may_rest_on_the_library(lean):
    submission = runtime.Submission(STATEMENT.format(limit=100), PROOF)

    checked = lean.check(submission, wall_s=120.0)

    assert checked.accepted, checked.reason
    assert set(checked.axioms) <= set(runtime.STANDARD_AXIOMS)


def test_the_library_proves_nothing_that_it_does_not_say(lean):
    submission = runtime.Submission(STATEMENT.format(limit=99), PROOF)

    assert not lean.check(submission, wall_s=120.0).accepted
