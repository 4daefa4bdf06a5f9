"""From the endpoint to the real kernel: what is accepted there is proved, and nothing else is."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hms_kernel.backends.deepseek.backend import DeepSeekBackend
from hms_kernel.backends.deepseek.problem import CORE
from hms_kernel.backends.lean.runtime import Runtime, Submission, pip_kernel
from hms_kernel.model import Budget, Goal, Outcome, Trust, Verdict

TRUE = Goal(
    theorem_id="cost_adds_up",
    statement="theorem t (x y : ℝ) (h : x = 2) : x + y = y + 2 := by sorry",
)
FALSE = Goal(theorem_id="square_ge_one", statement="∀ x : ℝ, x * x ≥ 1")
HONEST = "by\n  rw [h]\n  exact add_comm 2 y"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The kernel from pip, with the core compiled once for all tests here."""
    with contextlib.closing(pip_kernel()) as runtime:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HMS_HOME", str(tmp_path_factory.mktemp("home")))
            runtime.version()
        yield runtime


def answer(code: str) -> str:
    return f"### Proof\n```lean4\n{code}\n```"


def attempt(server: Any, kernel: Runtime, goal: Goal, *codes: str) -> Verdict:
    server.replies(*(server.streamed(answer(code)) for code in codes))
    backend = DeepSeekBackend(server.settings(samples=len(codes)), kernel)
    return backend.attempt(goal, backend.default_strategy, Budget(wall_s=120.0))


def test_of_several_samples_the_kernel_accepts_the_one_that_is_honest(server, kernel):
    verdict = attempt(
        server,
        kernel,
        TRUE,
        "theorem cost_adds_up : p := by\n  sorry",
        "axiom cheat : False\ntheorem cost_adds_up : p := cheat.elim",
        "theorem cost_adds_up : True := trivial",
        "theorem cost_adds_up : p := by linarith",
        f"theorem cost_adds_up : p := {HONEST}",
    )

    assert (verdict.outcome, verdict.trust) == (Outcome.PROVED, Trust.LEAN_KERNEL)
    assert verdict.evidence.checker.startswith("Lean 4.")
    assert "sample 5 of 5" in verdict.evidence.stage
    assert sum(int(line.split()[0]) for line in verdict.evidence.tried) == 4


def test_a_lemma_of_the_models_own_is_checked_along_with_the_proof_that_needs_it(server, kernel):
    wrong = "theorem help {R : Type} [OrderedField R] (a : R) : 2 + a = a + 2 := mul_comm 2 a\n\n"
    right = wrong.replace("mul_comm", "add_comm")
    use = "theorem t : p := by\n  rw [h]\n  exact help y"

    verdict = attempt(server, kernel, TRUE, wrong + use, right + use)

    assert verdict.outcome is Outcome.PROVED
    assert "sample 2 of 2" in verdict.evidence.stage


def test_an_accepted_proof_comes_with_all_it_takes_to_check_it_again(server, kernel):
    verdict = attempt(server, kernel, TRUE, f"theorem t : p := {HONEST}")

    evidence = msgspec.json.decode(msgspec.json.encode(verdict))["evidence"]
    kept = evidence["certificate"]
    again = kernel.check(msgspec.convert(kept["submission"], Submission))

    assert again.accepted
    assert again.source == evidence["lean"]
    assert list(again.axioms) == kept["rests_on"]


@pytest.mark.parametrize(
    "code",
    [
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := by\n  sorry",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := sorryAx _ true",
        "axiom cheat {p : Prop} : p\ntheorem square_ge_one (x : ℝ) : x * x ≥ 1 := cheat",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 0 := mul_self_nonneg x",
        "theorem square_ge_one : True := True.intro",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := (lcProof : x * x ≥ 1)",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := square_ge_one x",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := claim x",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := by\n  skip\n axiom claim : False",
        "theorem square_ge_one (x : ℝ) : x * x ≥ 1 := True.intro\n set_option debug.skipKernelTC true",
    ],
)
def test_a_false_claim_is_proved_by_no_cheat(server, kernel, code: str):
    verdict = attempt(server, kernel, FALSE, code)

    assert (verdict.outcome, verdict.trust) == (Outcome.UNKNOWN, None)
    assert len(verdict.evidence.tried) == 1
    assert verdict.evidence.tried[0].startswith("1 × not accepted: ")


def test_what_lean_complains_about_goes_back_to_the_model(server, kernel):
    first = "theorem cost_adds_up : p := by\n  linarith"
    server.replies(
        server.streamed(answer(first)), server.streamed(answer(f"theorem t : p := {HONEST}"))
    )
    backend = DeepSeekBackend(server.settings(corrections=1), kernel)

    verdict = backend.attempt(TRUE, backend.default_strategy, Budget())

    assert verdict.outcome is Outcome.PROVED
    assert "unknown tactic" in server.questions[1]["messages"][-1]["content"]


def test_the_model_is_shown_theorems_of_the_core_that_its_proof_may_use(server, kernel):
    attempt(server, kernel, TRUE, f"theorem t : p := {HONEST}")

    prompt = server.questions[0]["messages"][0]["content"]
    assert "theorem add_comm (a b : R) : a + b = b + a\n" in prompt
    assert "class OrderedField" in prompt
    assert "outParam" not in prompt  # what Lean brings itself
    assert len(prompt) < 40_000


def test_every_tactic_that_the_prompt_names_is_one_and_none_that_it_denies(kernel):
    denied, named = (
        re.findall(r"\w+", CORE[CORE.index(start) : CORE.index(end)].partition(":")[2])
        for start, end in (("no automation", "Tactics"), ("Tactics there are", "This is"))
    )

    def unknown(tactic: str) -> bool:
        checked = kernel.check(Submission(statement="True", proof=f"by\n  {tactic}"))
        return "unknown tactic" in checked.reason

    assert [tactic for tactic in named if unknown(tactic)] == []
    assert [tactic for tactic in ("simp", "ring", "linarith", "omega") if not unknown(tactic)] == []
    assert len(denied) > 5
