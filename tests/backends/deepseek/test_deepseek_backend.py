from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hms_kernel import config
from hms_kernel.backends.deepseek import backend as deepseek
from hms_kernel.backends.deepseek.backend import DeepSeekBackend
from hms_kernel.backends.lean import runtime as lean
from hms_kernel.backends.lean.statements import proposition
from hms_kernel.backends.smt import understood
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import BackendCrashed, BackendError, BackendMissing, UsageError
from hms_kernel.model import Budget, Goal, Outcome, Semantics, Trust, Verdict

ROOT = Path(__file__).resolve().parents[3]
KEY = "sk-a-key-that-nobody-should-see"
GOAL = Goal(theorem_id="square_nonneg", statement="∀ x : ℝ, x * x ≥ 0")
HONEST = "by\n  exact HMS.mul_self_nonneg x"


def answer(proof: str, theorem: str = "theorem square_nonneg (x : ℝ) : x * x ≥ 0") -> str:
    return f"The plan is simple.\n```lean4\n{theorem} := {proof}\n```\n"


def attempt(backend: DeepSeekBackend, goal: Goal = GOAL, wall_s: float = 60.0) -> Verdict:
    return backend.attempt(goal, backend.default_strategy, Budget(wall_s=wall_s))


def test_a_proof_that_the_kernel_accepts_is_proved_and_says_whose_it_is(server, wary):
    server.replies(server.streamed(answer(HONEST), tokens=42))

    verdict = attempt(DeepSeekBackend(server.settings(), wary(HONEST)))

    assert (verdict.outcome, verdict.trust) == (Outcome.PROVED, Trust.LEAN_KERNEL)
    evidence = verdict.evidence
    assert (evidence.checker, evidence.units) == ("Lean 0", 42)
    assert evidence.stage == "a-prover, sample 1 of 1"
    assert "proposed by a-prover (cot), sample 1 of 1, 42 tokens" in evidence.notes
    assert "rests on propext" in evidence.notes
    assert evidence.certificate["submission"]["proof"].endswith(HONEST)
    assert HONEST in evidence.lean
    written = msgspec.json.encode(verdict)
    assert msgspec.json.encode(msgspec.json.decode(written, type=Verdict)) == written


def test_only_the_last_of_several_samples_is_honest_and_the_others_show_nothing(server, wary):
    server.replies(
        server.streamed(answer("by\n  sorry")),
        server.streamed(answer("by\n  exact cheat\n\naxiom cheat : 1 = 2")),
        server.streamed(answer("by\n  rfl", "theorem square_nonneg (x : ℝ) : x * x = x * x")),
        server.streamed("It is obvious."),
        server.streamed(answer("by\n  sorry")),
        server.streamed(answer(HONEST)),
    )
    runtime = wary(HONEST)

    verdict = attempt(DeepSeekBackend(server.settings(samples=9), runtime))

    assert verdict.outcome is Outcome.PROVED
    assert "sample 6 of 9" in verdict.evidence.stage
    assert verdict.evidence.tried == (
        "3 × not accepted: type mismatch",
        "1 × no Lean proof in the answer",
        "1 × a proof that was there before",
    )
    assert len(runtime.asked) == 4
    assert len(server.questions) == 6


def test_the_kernel_is_asked_about_the_submitters_statement_whatever_a_model_restates(server, wary):
    server.replies(server.streamed(answer(HONEST, "theorem square_nonneg : (1 : ℕ) = 1")))
    runtime = wary(HONEST)

    attempt(DeepSeekBackend(server.settings(), runtime))

    (asked,) = runtime.asked
    assert asked.statement == proposition(understood(GOAL))
    assert asked.proof == f"fun {{ℝ : Type}} [OrderedField ℝ] (x : ℝ) => {HONEST}"
    assert asked.axioms == ()


def test_without_an_accepted_proof_nothing_is_known_and_reasons_are_counted(server, wary):
    server.replies(server.streamed(answer("by\n  omega"), tokens=10))

    verdict = attempt(DeepSeekBackend(server.settings(samples=3), wary(HONEST)))

    assert (verdict.outcome, verdict.trust) == (Outcome.UNKNOWN, None)
    assert verdict.reason == "no proof that Lean accepts in 3 answers of a-prover, 30 tokens"
    assert verdict.evidence.tried == (
        "2 × a proof that was there before",
        "1 × not accepted: type mismatch",
    )


def test_the_budget_of_tokens_bounds_what_is_asked_for_and_how_often(server, wary):
    server.replies(server.streamed("No.", tokens=40))
    settings = server.settings(samples=50, tokens=100, max_tokens=60)

    verdict = attempt(DeepSeekBackend(settings, wary(HONEST)))

    assert [question["max_tokens"] for question in server.questions] == [60, 60, 20]
    assert verdict.reason.endswith("the budget of 100 tokens is spent")


def test_samples_asked_for_at_the_same_time_share_the_budget(server, wary):
    server.replies(server.streamed("No.", tokens=60))
    settings = server.settings(samples=50, tokens=100, max_tokens=60, parallel=8)

    attempt(DeepSeekBackend(settings, wary(HONEST)))

    assert sorted(question["max_tokens"] for question in server.questions) == [40, 60]


def test_when_one_of_several_is_accepted_the_others_are_hung_up_on(server, wary):
    server.replies(server.silent(), server.silent(), server.streamed(answer(HONEST)))

    verdict = attempt(DeepSeekBackend(server.settings(samples=3, parallel=3), wary(HONEST)))

    assert verdict.outcome is Outcome.PROVED
    assert server.hung_up.wait(10)


def test_a_silent_endpoint_is_left_when_the_wall_clock_says_so(server, wary):
    server.replies(server.silent("Let me think"))

    verdict = attempt(DeepSeekBackend(server.settings(samples=5), wary(HONEST)), wall_s=0.5)

    assert verdict.outcome is Outcome.UNKNOWN
    assert "wall clock" in verdict.reason
    assert verdict.wall_s < 10
    assert server.hung_up.wait(10)


def test_each_sample_has_a_seed_of_its_own(server, wary):
    server.replies(server.streamed("No."))

    attempt(DeepSeekBackend(server.settings(samples=3), wary(HONEST)))

    assert [question["seed"] for question in server.questions] == [1, 2, 3]


def test_the_prompt_is_one_message_that_shows_the_theorem_and_asks_for_a_plan(server, wary):
    server.replies(server.streamed("No."))

    attempt(DeepSeekBackend(server.settings(mode="cot"), wary(HONEST)))
    attempt(DeepSeekBackend(server.settings(mode="plain"), wary(HONEST)))

    planned, plain = (question["messages"] for question in server.questions)
    assert [message["role"] for message in planned + plain] == ["user", "user"]
    assert planned[0]["content"].startswith(plain[0]["content"])
    assert "proof plan" in planned[0]["content"]
    assert "proof plan" not in plain[0]["content"]
    assert plain[0]["content"].startswith(
        "Complete the following Lean 4 code:\n\n```lean4\nprelude\n"
    )
    assert plain[0]["content"].endswith("(x * x) ≥ (0 : ℝ) := by\n  sorry\n```")


def test_with_an_installed_lean_the_prompt_and_the_statement_are_mathlibs(server, wary):
    server.replies(server.streamed(answer("by\n  positivity")))
    runtime = wary("positivity")
    runtime.name = "toolchain"
    goal = Goal(
        theorem_id="half",
        statement="theorem half (x : ℝ) (h : 0 < x) : x / 2 < x := by sorry",
        axioms=("Foo.bar",),
    )

    verdict = attempt(DeepSeekBackend(server.settings(), runtime), goal)

    assert verdict.outcome is Outcome.PROVED
    prompt = server.questions[0]["messages"][0]["content"]
    assert (
        "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 0\n\nopen BigOperators" in prompt
    )
    assert "/-- half -/\ntheorem half (x : ℝ) (h : 0 < x) : x / 2 < x := by\n  sorry" in prompt
    (asked,) = runtime.asked
    assert asked.statement == "∀ (x : ℝ) (h : 0 < x), x / 2 < x"
    assert asked.proof == (
        "fun (x : ℝ) (h : 0 < x) => open BigOperators Real Nat Topology Rat in by\n  positivity"
    )
    assert asked.axioms == ("Foo.bar",)


def test_a_models_lemmas_see_the_namespaces_it_was_shown_as_open_and_the_statement_does_not(
    server, wary
):
    server.replies(
        server.streamed(answer(HONEST, "lemma help : 0 ≤ π := pi_nonneg\n\ntheorem t : p"))
    )
    runtime = wary(HONEST)
    runtime.name = "toolchain"

    attempt(DeepSeekBackend(server.settings(), runtime))

    (asked,) = runtime.asked
    assert asked.lemmas == (
        "section\nopen BigOperators Real Nat Topology Rat\nlemma help : 0 ≤ π := pi_nonneg\nend"
    )


def test_a_theorem_outside_the_fragment_goes_to_an_installed_lean_as_it_is_written(server, wary):
    server.replies(server.streamed(answer("by\n  simp")))
    runtime = wary("simp")
    runtime.name = "toolchain"
    goal = Goal(
        theorem_id="inverse",
        statement="theorem inverse {G : Type*} [Group G] (a : G) : a * a⁻¹ = one := by sorry",
        definitions=("abbrev one {G : Type*} [Group G] : G := 1",),
    )

    verdict = attempt(DeepSeekBackend(server.settings(), runtime), goal)

    assert verdict.outcome is Outcome.PROVED
    (asked,) = runtime.asked
    assert asked.statement == "∀ {G : Type*} [Group G] (a : G), a * a⁻¹ = one"
    assert asked.definitions == goal.definitions
    assert goal.definitions[0] in server.questions[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    "text",
    [
        "theorem t : let a := 3; Real.exp a > 0 := by sorry",
        "theorem t (x : ℝ) /- : -/ : Real.exp x > 0 := by sorry",
        "theorem t (x : ℝ) -- :\n : Real.exp x > 0 := by sorry",
        "example := Real.exp",
        "let a := 3; Real.exp a > 0",
    ],
)
def test_text_that_cannot_be_cut_apart_safely_is_not_cut_apart(server, wary, text: str):
    runtime = wary("")
    runtime.name = "toolchain"

    verdict = attempt(
        DeepSeekBackend(server.settings(), runtime), Goal(theorem_id="t", statement=text)
    )

    assert verdict.outcome is Outcome.UNSUPPORTED
    assert server.questions == []


@pytest.mark.parametrize(
    ("goal", "outcome"),
    [
        (Goal(theorem_id="t", statement="∀ x : ℝ, Real.exp x > 0"), Outcome.UNSUPPORTED),
        (Goal(theorem_id="t", statement="∀ x : ℝ, x +"), Outcome.INVALID),
        (Goal(theorem_id="t", statement="∀ x : Float, x = x"), Outcome.UNSUPPORTED),
        (msgspec.structs.replace(GOAL, semantics=Semantics.FLOAT64), Outcome.UNSUPPORTED),
    ],
)
def test_what_the_kernel_from_pip_cannot_be_asked_is_said_without_asking_anybody(
    server, wary, goal: Goal, outcome: Outcome
):
    verdict = attempt(DeepSeekBackend(server.settings(), wary("")), goal)

    assert verdict.outcome is outcome
    assert verdict.reason
    assert server.questions == []


def test_a_statement_that_lean_does_not_accept_is_no_proof_and_no_failure(server, wary):
    class Strict(type(wary(""))):  # type: ignore[misc]
        def check(self, submission: lean.Submission, wall_s: float = 30.0) -> lean.Checked:
            raise UsageError("unknown identifier 'ℝ'")

    server.replies(server.streamed(answer(HONEST)))

    verdict = attempt(DeepSeekBackend(server.settings(samples=5), Strict("")))

    assert verdict.outcome is Outcome.UNSUPPORTED
    assert "unknown identifier 'ℝ'" in verdict.reason
    assert len(server.questions) == 1


def test_corrections_give_leans_complaint_back_and_only_as_often_as_allowed(server, wary):
    first, second = answer("by\n  omega"), answer("by\n  simp")
    server.replies(server.streamed(first), server.streamed(second), server.streamed(answer(HONEST)))
    runtime = wary(HONEST)

    verdict = attempt(DeepSeekBackend(server.settings(samples=1, corrections=2), runtime))

    assert verdict.outcome is Outcome.PROVED
    last = server.questions[-1]["messages"]
    assert [m["role"] for m in last] == ["user", "assistant", "user", "assistant", "user"]
    assert (last[1]["content"], last[3]["content"]) == (first, second)
    assert "type mismatch" in last[2]["content"]

    server.questions.clear()
    server.replies(server.streamed(first), server.streamed(second), server.streamed(answer(HONEST)))
    assert attempt(DeepSeekBackend(server.settings(samples=1), runtime)).outcome is Outcome.UNKNOWN
    assert len(server.questions) == 1


def test_a_busy_endpoint_is_waited_for(server, wary, clock):
    server.replies(server.status(429, Retry_After="9"), server.streamed(answer(HONEST)))

    verdict = attempt(DeepSeekBackend(server.settings(), wary(HONEST), clock))

    assert verdict.outcome is Outcome.PROVED
    assert clock.pauses == [9.0]


def test_an_endpoint_that_stays_down_leaves_the_claim_unknown(server, wary, clock):
    server.replies(server.status(503))

    verdict = attempt(DeepSeekBackend(server.settings(), wary(HONEST), clock), wall_s=1000.0)

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.evidence.tried == ("1 × the endpoint answered 503, 6 times",)


def test_an_endpoint_that_refuses_the_key_is_the_installations_fault(server, wary):
    server.replies(server.status(401, f"bad key {KEY}"))

    with pytest.raises(BackendError, match="HMS_PROVER_KEY"):
        attempt(DeepSeekBackend(server.settings(key=KEY, samples=4, parallel=4), wary(HONEST)))


def test_the_key_is_in_nothing_that_is_shown_or_kept(server, wary):
    server.replies(server.streamed(answer(HONEST)))
    settings = server.settings(key=KEY)
    backend = DeepSeekBackend(settings, wary(HONEST))

    verdict = attempt(backend)

    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    shown = [repr(settings), str(settings), repr(verdict), msgspec.json.encode(verdict).decode()]
    assert KEY not in "".join([*shown, str(backend.default_strategy), repr(backend)])


def test_a_strategy_chooses_within_the_settings_and_nothing_else(server, wary):
    server.replies(server.streamed("No."))
    backend = DeepSeekBackend(server.settings(samples=5), wary(HONEST))

    def chosen(engine: str = "prover", **parameters: Any) -> Strategy:
        return Strategy((Slice(Stage(engine, parameters=tuple(parameters.items())), 1.0),))

    backend.attempt(GOAL, chosen(samples=2, mode="plain"), Budget())
    assert len(server.questions) == 2

    for wrong in (
        chosen("smt"),
        chosen(url="http://elsewhere"),
        chosen(samples=0),
        chosen(mode="fast"),
        Strategy(()),
    ):
        with pytest.raises(UsageError):
            backend.attempt(GOAL, wrong, Budget())
    assert len(server.questions) == 2


def test_progress_is_reported_while_answers_arrive_and_are_checked(server, wary):
    server.replies(server.streamed(answer(HONEST)))
    notes: list[str] = []
    backend = DeepSeekBackend(server.settings(), wary(HONEST))

    backend.attempt(GOAL, backend.default_strategy, Budget(), notes.append)

    assert notes[0] == "reading the statement"
    assert notes[-1] == "checking sample 1"


def test_it_works_within_a_running_event_loop_as_a_notebook_has_one(server, wary):
    server.replies(server.streamed(answer(HONEST)))

    async def cell() -> Verdict:
        return attempt(DeepSeekBackend(server.settings(), wary(HONEST)))

    assert asyncio.run(cell()).outcome is Outcome.PROVED


CHILD = """
    import signal
    import sys
    from hms_kernel.backends.deepseek.backend import DeepSeekBackend
    from hms_kernel.model import Budget, Goal

    class Never:
        name = "pip"

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    goal = Goal(theorem_id="t", statement="∀ x : ℝ, x * x ≥ 0")
    backend = DeepSeekBackend(runtime=Never())
    try:
        backend.attempt(goal, backend.default_strategy, Budget(wall_s=300.0))
    except KeyboardInterrupt:
        sys.exit(77)
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 77), (signal.SIGKILL, -9)])
def test_an_interrupted_or_killed_process_hangs_up_at_once(server, number: int, code: int):
    server.replies(server.silent("Let me think"))
    variables = {**os.environ, "HMS_PROVER_URL": server.url, "HMS_PROVER_SAMPLES": "2"}

    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD)], env=variables, cwd=ROOT
    ) as child:
        assert server.asked.wait(60)
        child.send_signal(number)

        assert child.wait(30) == code
    assert server.hung_up.wait(10)


def test_without_an_endpoint_it_is_missing_and_says_what_to_set(monkeypatch, wary):
    monkeypatch.delenv("HMS_PROVER_URL", raising=False)

    with pytest.raises(BackendMissing, match=r"HMS_PROVER_URL.*HMS_PROVER_MODEL.*HMS_PROVER_KEY"):
        DeepSeekBackend(runtime=wary(""))
    with pytest.raises(BackendMissing, match=r"^no prover endpoint: set HMS_PROVER_URL"):
        deepseek.describe()


def test_without_a_lean_it_is_missing_and_says_what_to_install(monkeypatch, server):
    def missing(remedy: str) -> Any:
        def runtime() -> Any:
            raise BackendMissing(remedy)

        return runtime

    monkeypatch.setenv("HMS_PROVER_URL", server.url)
    monkeypatch.setattr(lean, "toolchain", missing("set HMS_LEAN"))
    monkeypatch.setattr(lean, "pip_kernel", missing("pip install 'hms-workbench[lean]'"))

    with pytest.raises(BackendMissing, match=r"hms-workbench\[lean\].*HMS_LEAN"):
        DeepSeekBackend()
    with pytest.raises(BackendMissing, match=r"hms-workbench\[lean\]"):
        deepseek.describe()


def test_an_installed_lean_without_mathlib_gives_way_to_the_kernel_from_pip(
    monkeypatch, server, wary
):
    installed, pip = wary(""), wary(HONEST)
    installed.name = "toolchain"
    monkeypatch.setattr(lean, "toolchain", lambda: installed)
    monkeypatch.setattr(lean, "pip_kernel", lambda: pip)
    server.replies(server.streamed(answer(HONEST)))

    verdict = attempt(DeepSeekBackend(server.settings()))

    assert verdict.outcome is Outcome.PROVED
    assert (len(installed.asked), len(pip.asked)) == (0, 1)


def test_a_lean_that_is_broken_is_not_described_as_one_that_works(monkeypatch, server, wary):
    class Broken(type(wary(""))):  # type: ignore[misc]
        def version(self) -> str:
            raise BackendCrashed("the verified core does not compile")

    monkeypatch.setenv("HMS_PROVER_URL", server.url)
    monkeypatch.setattr(lean, "toolchain", lambda: Broken(""))
    monkeypatch.setattr(lean, "pip_kernel", lambda: Broken(""))

    with pytest.raises(BackendCrashed, match=r"^the verified core does not compile$"):
        deepseek.describe()


def test_its_description_is_one_line_that_asks_no_server_and_shows_no_key(
    monkeypatch, server, wary
):
    monkeypatch.setenv("HMS_PROVER_URL", server.url)
    monkeypatch.setenv("HMS_PROVER_KEY", KEY)

    def missing() -> Any:
        raise BackendMissing("none")

    monkeypatch.setattr(lean, "toolchain", missing)
    monkeypatch.setattr(lean, "pip_kernel", lambda: wary(""))

    told = deepseek.describe()

    assert told == f"deepseek-ai/DeepSeek-Prover-V2-7B at {server.url}, checked by Lean 0 (pip)"
    assert server.questions == []


def test_settings_come_from_the_environment(monkeypatch, server):
    monkeypatch.setenv("HMS_PROVER_URL", server.url)
    for name, value in {"KEY": KEY, "SAMPLES": "3", "STREAM": "0", "TEMPERATURE": "0.6"}.items():
        monkeypatch.setenv(f"HMS_PROVER_{name}", value)

    assert config.prover() == config.Prover(
        url=server.url, key=KEY, samples=3, stream=False, temperature=0.6
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "not an address"),
        ("URL", "ftp://host/v1"),
        ("URL", f"https://user:{KEY}@host/v1"),
        ("URL", f"https://host/v1?key={KEY}"),
        ("URL", f"https://[host/{KEY}"),
        ("SAMPLES", "0"),
        ("SAMPLES", "many"),
        ("TOP_P", "1.5"),
        ("MODE", "fast"),
        ("KEY", "schlüssel"),
        ("KEY", f"{KEY}\r\nX-Other: 1"),
        ("STREAM", "perhaps"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_and_no_secret_repeated(monkeypatch, name, value):
    monkeypatch.setenv("HMS_PROVER_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv(f"HMS_PROVER_{name}", value)

    with pytest.raises(UsageError, match=f"HMS_PROVER_{name}") as caught:
        config.prover()

    assert KEY not in str(caught.value)
    with pytest.raises(UsageError) as described:
        deepseek.describe()
    assert str(described.value) == str(caught.value)


def test_the_documentation_has_every_setting():
    told = (ROOT / "docs" / "proposed_proofs.md").read_text()

    settings = {f"HMS_PROVER_{name.upper()}" for name in config.Prover.__struct_fields__}
    assert settings - set(re.findall(r"HMS_PROVER_\w+", told)) == set()


def test_it_is_found_by_entry_point_and_its_extra_brings_what_it_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, name = project["entry-points"]["hms.proof_backends"]["deepseek"].partition(":")

    assert getattr(import_module(module), name) is DeepSeekBackend
    assert any(line.startswith("openai") for line in project["optional-dependencies"]["deepseek"])


def test_no_thread_is_left_behind(server, wary):
    server.replies(server.streamed(answer(HONEST)))
    backend = DeepSeekBackend(server.settings(), wary(HONEST))

    attempt(backend)

    assert [t.name for t in threading.enumerate() if "portal" in t.name] == []


def test_a_question_is_json_that_says_nothing_about_this_machine(server, wary):
    server.replies(server.streamed(answer(HONEST)))

    attempt(DeepSeekBackend(server.settings(), wary(HONEST)))

    assert str(Path.home()) not in json.dumps([server.questions, server.headers])
