"""What a run's progress shows while it goes on, when it has ended, and when it was stopped."""

from __future__ import annotations

import pytest

from hms_kernel.model import Outcome, Trust, Verdict
from hms_kernel.progress import Progress
from hms_kernel.report import Settlement
from hms_kernel.specs import Claim, Spec

CLAIMS = tuple(Claim(id=name, statement=f"{name} < 1") for name in ("a", "b", "c"))
SPEC = Spec(name="mine", title="mine", source="here", kind="theorems", claims=CLAIMS)


def settled(claim: Claim, outcome: Outcome, trust: Trust | None = None) -> Settlement:
    return Settlement(claim=claim, verdict=Verdict(outcome=outcome, trust=trust))


@pytest.fixture
def two() -> dict[str, Settlement]:
    return {
        "b": settled(CLAIMS[1], Outcome.PROVED, Trust.ONE_SOLVER),
        "a": settled(CLAIMS[0], Outcome.REFUTED, Trust.REPLAYED),
    }


def told(progress: Progress) -> list[str]:
    return [row["verdict"] for row in progress.rows()]


def test_open_claims_say_who_works_on_them(two):
    progress = Progress(SPEC)
    progress.now({"b": two["b"]}, {"a": "agent-2, attempt 2"})

    assert told(progress) == ["… agent-2, attempt 2", "proved", "… waiting"]
    assert repr(progress).splitlines()[-1] == "1 of 3 settled so far: 1 proved"
    assert '<progress value="1" max="3">' in progress._repr_html_()


def test_the_end_counts_and_has_no_bar(two):
    progress = Progress(SPEC)
    progress.now(two | {"c": settled(CLAIMS[2], Outcome.UNKNOWN)}, {})
    progress.end()

    assert repr(progress).splitlines()[-1] == "3 claims: 1 proved, 1 refuted, 1 unknown"
    assert "<progress" not in progress._repr_html_()


def test_a_run_that_was_interrupted_says_what_is_not_settled(two):
    progress = Progress(SPEC)
    progress.now(two, {"c": "agent-1"})
    progress.end()

    assert told(progress) == ["refuted", "proved", "not settled"]
    assert "2 of 3 settled when it was interrupted" in progress.headline()


def test_a_proof_weaker_than_asked_for_is_not_shown_as_one(two):
    progress = Progress(SPEC, Trust.TWO_SOLVERS)
    progress.now(two, {})

    assert told(progress)[1] == "proved, too weakly"
    assert "✔" not in repr(progress)


def test_what_came_from_outside_is_escaped():
    claim = Claim(id="x", statement="<script>alert(1)</script>")
    progress = Progress(Spec(name="s", title="s", source="s", kind="theorems", claims=(claim,)))
    progress.now({}, {"x": "<b>agent</b>"})

    assert "<script>" not in progress._repr_html_()
    assert "<b>" not in progress._repr_html_()
