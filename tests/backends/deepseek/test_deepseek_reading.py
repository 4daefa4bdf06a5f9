from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.backends.deepseek import reading

PLANNED = """### Plan
First a sketch:
```lean4
theorem t (x : ℝ) : x = x := by
  have h : x = x := by sorry
  exact h
```
### Complete proof
```lean4
import Mathlib

/-- A claim. -/
theorem t (x : ℝ) : x = x := by
  rfl
```
That is all."""


def read(answer: str, *, finished: bool = True) -> str | None:
    """The proof in an answer that has no lemmas."""
    found = reading.candidate(answer, finished=finished)
    assert found is None or found.lemmas == ""
    return found.proof if found else None


def proof(code: str) -> str | None:
    return read(f"```lean4\n{code}\n```")


def test_the_proof_is_what_follows_the_theorem_of_the_last_block():
    assert read(PLANNED) == "by\n  rfl"


def test_a_block_that_was_cut_off_holds_no_proof_but_an_earlier_whole_one_does():
    cut = PLANNED[: PLANNED.rindex("rfl")]

    assert read(cut, finished=False) == "by\n  have h : x = x := by sorry\n  exact h"
    assert read(cut[: cut.index("exact h")], finished=False) is None


def test_a_model_that_ended_without_closing_its_block_is_understood():
    assert read("```lean4\ntheorem t : True := trivial") == "trivial"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I cannot prove this.",
        "```lean4\n```",
        "```lean4\n#eval 1\n```",
        "theorem t : p := q",
        "```",
    ],
)
def test_an_answer_without_a_theorem_in_a_block_holds_no_proof(answer: str):
    assert read(answer) is None


def test_a_block_of_lean_is_preferred_to_one_of_another_language():
    answer = "```lean4\ntheorem t : True := trivial\n```\n```text\ntheorem t : no := no\n```"

    assert read(answer) == "trivial"


def test_assignments_in_binders_comments_and_strings_do_not_begin_the_proof():
    code = 'theorem t (n : ℕ := 3) /- := -/ (s : String) -- :=\n  (h : s = ":=") : n = n := rfl'

    assert proof(code) == "rfl"


def test_the_statement_that_a_model_gives_is_nowhere_in_what_is_taken():
    assert proof("theorem t : (1 : ℕ) = 1 := by\n  rfl") == "by\n  rfl"


@pytest.mark.parametrize(
    "after",
    [
        "axiom cheat : False",
        "#print axioms t",
        "end Foo",
        "@[simp] def x := 1",
    ],
)
def test_commands_after_the_proof_are_no_part_of_it(after: str):
    assert proof(f"theorem t : True := by\n  trivial\n\n{after}") == "by\n  trivial"


def test_lemmas_before_the_theorem_are_taken_along_without_what_is_said_of_it():
    code = (
        "import Mathlib\nopen Real\n\nset_option maxHeartbeats 0\n\n/-- A help. -/\nlemma help : True := trivial\n"
        "def two := 2\n\n-- and now\n/-- The claim. -/\n@[simp] theorem t : True := by\n  exact help"
    )

    found = reading.candidate(f"```lean4\n{code}\n```", finished=True)

    assert found == reading.Candidate(
        "by\n  exact help",
        "/-- A help. -/\nlemma help : True := trivial\ndef two := 2\n\n-- and now",
    )


def test_a_tactic_with_the_name_of_a_command_stays_within_the_proof():
    assert (
        proof("theorem t : True := by\n  open Nat in\n  trivial") == "by\n  open Nat in\n  trivial"
    )


@pytest.mark.parametrize(
    "piece", ["/-", '"', "(", "```lean4\ntheorem ", "  ", "--", ":", "-/", '\\"']
)
def test_a_long_answer_of_nothing_but_openings_is_read_in_linear_time(piece: str):
    answer = "```lean4\ntheorem t " + piece * (1 << 16)
    started_s = time.process_time()

    assert read(answer) is None
    assert time.process_time() - started_s < 5.0


@given(st.text() | st.text(alphabet='`~ \n:=leanthorm4([/-"\\'), st.booleans())
def test_no_answer_is_too_strange_to_be_read(answer: str, finished: bool):
    found = reading.candidate(answer, finished=finished)

    assert found is None or found.proof == found.proof.strip() != ""
