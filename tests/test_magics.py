"""``%%prove`` in a real IPython shell with a real workbench."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import hms_kernel as hms
from hms_kernel import api
from hms_kernel.model import Trust
from hms_kernel.report import is_proved


@pytest.fixture(scope="module")
def bench() -> Iterator[hms.Workbench]:
    # Short, because sockets live there.
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="hms-test-") as home,
    ):
        patch.setenv("HMS_HOME", home)
        with hms.Workbench(agents=1) as found:
            yield found


@pytest.fixture(scope="module")
def shell(bench: hms.Workbench) -> Iterator[InteractiveShell]:
    found = InteractiveShell.instance(colors="nocolor")
    found.run_line_magic("load_ext", "hms_kernel")
    yield found
    InteractiveShell.clear_instance()


def cell(shell: InteractiveShell, text: str) -> Any:
    """Run a cell as a person would; its value, what it showed, and the error's text."""
    with capture_output() as shown:
        result = shell.run_cell(text)
    return result, shown


def outcomes(result: Any) -> dict[str, str]:
    return {s.claim.id: s.verdict.outcome.value for s in result.result.report()}


def test_lean_propositions_are_settled_one_by_one(shell: InteractiveShell):
    result, shown = cell(
        shell, "%%prove\n∀ x : ℝ, 0 ≤ x ^ 2\n\n∀ x : ℝ,\n  x ≤ x ^ 2\n\n∀ x : ℝ, y = 1\n"
    )

    assert outcomes(result) == {"1": "proved", "2": "refuted", "3": "invalid"}
    final = shown.outputs[-1].data["text/plain"]
    assert "✔ proved" in final
    assert "^" in final  # the caret of the third


def test_lean_theorems_are_settled_by_name(shell: InteractiveShell):
    result, _ = cell(
        shell,
        "%%prove --timeout 20\ndef two : ℝ := 2\n\ntheorem a (x : ℝ) : x < x + two := by sorry\n"
        "theorem b (x : ℝ) : x < two := by sorry\n",
    )

    assert outcomes(result) == {"a": "proved", "b": "refuted"}


def test_a_function_with_its_claim_on_the_line(shell: InteractiveShell):
    result, shown = cell(
        shell,
        "%%prove 0 <= result <= 100 where -1 <= x <= 1\ndef score(x: float):\n    return 100 * x\n",
    )

    assert outcomes(result) == {"score": "refuted"}
    assert "score(x=-1) = -100" in shown.outputs[-1].data["text/html"]
    assert shell.user_ns["score"](2) == 200  # the cell ran as any other


def test_functions_with_claims_of_their_own(shell: InteractiveShell):
    result, _ = cell(
        shell,
        "%%prove\nimport hms_kernel as hms\n\n@hms.claim('result >= 0')\ndef square(x: float):\n"
        "    return x * x\n\n@hms.claim('result >= 1')\ndef cube(x: float):\n    return square(x) * x\n",
    )

    assert outcomes(result) == {"square": "proved", "cube": "refuted"}


def test_python_outside_the_fragment_is_shown_with_a_caret(shell: InteractiveShell):
    result, shown = cell(
        shell,
        "%%prove result > 0\ndef f(x: float):\n    while x < 1:\n        x += 1\n    return x\n",
    )

    assert outcomes(result) == {"f": "unsupported"}
    final = shown.outputs[-1].data["text/plain"]
    assert "this cell: a while loop" in final
    assert "while x < 1:\n      ^^^^^" in final


@pytest.mark.parametrize("text", ["def f(x): return x +", "def f(x: float):\n    return x +"])
def test_a_mistake_in_the_cell_is_the_cells_own_error(shell: InteractiveShell, text: str):
    result, _ = cell(shell, f"%%prove result > 0\n{text}\n")

    assert isinstance(result.error_in_exec or result.error_before_exec, SyntaxError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("%%prove --fast 3\nTrue\n", "unknown option --fast"),
        ("%%prove --timout 3\nTrue\n", "did you mean --timeout?"),
        ("%%prove --trust blind\nTrue\n", "no trust 'blind'"),
        ("%%prove --timeout soon\nTrue\n", "a positive number"),
        ("%%prove --semantics float\nTrue\n", "exact, float64"),
        ("%%prove result > 0\n∀ x : ℝ, x = x\n", "the cell defines none"),
        ("%%prove\ndef f(x):\n    return x\n", "claims nothing"),
        ("%%prove result >\ndef f(x):\n    return x\n", "not a Python expression"),
    ],
)
def test_a_cell_that_makes_no_sense_says_what_to_write(
    shell: InteractiveShell, text: str, said: str
):
    result, shown = cell(shell, text)

    assert isinstance(result.error_in_exec, hms.UsageError)
    assert said in shown.stdout
    assert "Traceback" not in shown.stdout


def test_errors_count_the_lines_of_the_whole_cell(shell: InteractiveShell):
    _, python = cell(shell, "%%prove result > 0\ndef f(x: float):\n    return x ** x\n")
    _, lean = cell(shell, "%%prove\ntheorem t (x : ℝ) :\n  x < y := by sorry\n")

    assert "(line 3, column 12)" in python.outputs[-1].data["text/plain"]
    assert "(line 3, column 7)" in lean.outputs[-1].data["text/plain"]


def test_the_newest_workbench_of_the_process_is_used(shell: InteractiveShell, bench: hms.Workbench):
    result, _ = cell(shell, "%%prove\n1 + 1 = 2\n")

    assert api.hosted() is bench
    assert result.result.store == bench.store


def test_in_a_kernel_one_display_is_updated_and_the_value_is_silent(hms_home: Any):
    text = "%%prove result >= 0\ndef f(x: float):\n    return x * x\n"
    sources = ["%load_ext hms_kernel", text, "assert _.result()['f'].outcome == 'proved'; _"]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))

    nbclient.NotebookClient(notebook, timeout=120).execute()

    (shown,) = notebook.cells[1].outputs
    assert shown.output_type == "display_data"
    assert "✔ proved" in shown.data["text/html"]
    assert "<table>" in notebook.cells[2].outputs[0].data["text/html"]


def test_more_agents_can_be_asked_for(shell: InteractiveShell, bench: hms.Workbench):
    cell(shell, "%%prove --agents 2\n1 + 1 = 2\n")

    assert len(bench.client.agents()) == 2


def test_the_question_mark_teaches(shell: InteractiveShell):
    with capture_output() as shown:
        shell.run_line_magic("pinfo", "%%prove")

    assert "0 <= result <= 100 where" in shown.stdout


def test_options_are_completed(shell: InteractiveShell):
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions("%%prove --t", len("%%prove --t"))]

    assert "--timeout" in found


def test_a_proof_below_the_wanted_trust_is_shown_as_such_and_verdicts_are_saved(
    shell: InteractiveShell, tmp_path: Path
):
    statement = "∀ x y z : ℝ, x ^ 4 * y ^ 2 + x ^ 2 * y ^ 4 + z ^ 6 ≥ 3 * x ^ 2 * y ^ 2 * z ^ 2"
    options = f"--trust certificate --no-cache --timeout 20 --save {tmp_path}"
    result, shown = cell(shell, f"%%prove {options}\n{statement}\n\n∀ x : ℝ, 0 ≤ x ^ 2\n")

    report = result.result.report()
    strong = {claim.claim.id: is_proved(claim.verdict, Trust.CERTIFICATE) for claim in report}
    final = shown.outputs[-1].data["text/plain"]
    for line in final.splitlines()[:-1]:
        said, _, rest = line.partition("  ")
        assert (said == "✔ proved") == strong[rest.partition(":")[0]]
    assert len(list(tmp_path.glob("*.witness.json"))) == 2


def test_an_interrupted_cell_says_how_far_it_came_and_cancels_the_rest(
    shell: InteractiveShell, bench: hms.Workbench
):
    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    usual = signal.signal(signal.SIGALRM, ctrl_c)
    signal.alarm(3)
    try:
        _, shown = cell(
            shell,
            "%%prove --timeout 100\n1 + 1 = 2\n\n∀ x y z : ℤ, x ^ 3 + y ^ 3 + z ^ 3 ≠ 114\n",
        )
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)

    (final,) = (o.data["text/plain"] for o in shown.outputs if "text/plain" in o.data)
    assert "✔ proved  1: 1 + 1 = 2" in final
    assert "not settled  2: " in final
    assert final.endswith("1 of 2 settled when it was interrupted: 1 proved")
    assert bench.tasks()["phase"].tolist()[-1] == "cancelled"


class TestHms:
    """``%hms`` in a session with a run of two claims."""

    @pytest.fixture(scope="class")
    @staticmethod
    def run(shell: InteractiveShell) -> hms.Run:
        result, _ = cell(shell, "%%prove\ntheorem a_fine : 1 < 2 := by sorry\n"
                                "theorem a_false : 2 < 1 := by sorry\n")  # fmt: skip
        found: hms.Run = result.result
        return found

    def test_alone_says_what_there_is(self, shell: InteractiveShell, run: hms.Run, bench):
        result, shown = cell(shell, "%hms")

        told = {row["what"]: row["is"] for row in result.result}
        assert told["session"] == bench.session
        assert "ready" in told["agents"]
        assert "succeeded" in told["tasks"]
        assert "refuted" in told["verdicts"]
        assert bench.session in shown.stdout

    def test_lists_agents_runs_tasks_and_verdicts(self, shell: InteractiveShell, run: hms.Run):
        agents, _ = cell(shell, "%hms agents")
        runs, _ = cell(shell, "%hms runs")
        tasks, _ = cell(shell, f"%hms tasks {run.name}")
        verdicts, _ = cell(shell, f"verdicts = %hms verdicts {run.name}\nverdicts")

        assert agents.result.rows[0]["phase"] == "ready"
        assert run.name in runs.result.frame()["run"].tolist()
        assert [row["label"] for row in tasks.result] == ["a_fine", "a_false"]
        assert [row["verdict"] for row in verdicts.result] == ["proved", "refuted"]
        assert "✘ refuted" in verdicts.result._repr_html_()

    def test_hands_out_an_agent_a_task_and_a_verdict_by_name(
        self, shell: InteractiveShell, run: hms.Run, bench
    ):
        agent, _ = cell(shell, f"%hms agent {bench.client.agents()[0].agent_id}")
        task, _ = cell(shell, "%hms task a_false")
        verdict, _ = cell(shell, "%hms verdict a_false")

        assert agent.result.pid == bench.client.agents()[0].pid
        assert task.result.task_id == run.tasks[1].task_id
        assert verdict.result == task.result.result()
        assert verdict.result.outcome == "refuted"

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("%hms agnets", "no %hms agnets: did you mean 'agents'? There are: status, agents"),
            ("%hms agent", "%hms agent of which AGENT? There are: agent-1"),
            ("%hms agent agnt-1", "no agent 'agnt-1': did you mean 'agent-1'?"),
            ("%hms task a_flase", "no task 'a_flase': did you mean 'a_false'?"),
            ("%hms tasks nosuch", "no run 'nosuch'. There are: cell-"),
            ("%hms runs mine", "%hms runs takes no name"),
        ],
    )
    def test_a_wrong_word_is_answered_with_the_right_ones(
        self, shell: InteractiveShell, run: hms.Run, line: str, said: str
    ):
        result, shown = cell(shell, line)

        assert isinstance(result.error_in_exec, hms.UsageError)
        assert said in shown.stdout
        assert "Traceback" not in shown.stdout

    @pytest.mark.parametrize(
        ("line", "follows"),
        [
            ("%hms ", {"status", "agents", "tasks", "verdicts", "runs", "help"}),
            ("%hms ag", {"agents", "agent"}),
            ("%hms agent ", {"agent-1"}),
            ("%hms agent ag", {"agent-1"}),
            ("%hms task a_f", {"a_fine", "a_false"}),
            ("x = %hms verdict a_fa", {"a_false"}),
        ],
    )
    def test_words_and_names_are_completed(
        self, shell: InteractiveShell, run: hms.Run, line: str, follows: set[str]
    ):
        assert follows <= completed(shell, line)

    def test_names_of_runs_are_completed(self, shell: InteractiveShell, run: hms.Run):
        assert run.name in completed(shell, "%hms tasks cell")
        assert completed(shell, "%hms agents agent") & {"agent-1"} == set()

    def test_the_question_mark_lists_the_words(self, shell: InteractiveShell):
        with capture_output() as shown:
            shell.run_line_magic("pinfo", "%hms")

        assert "%hms verdicts [RUN]" in shown.stdout


def completed(shell: InteractiveShell, line: str) -> set[str]:
    with provisionalcompleter():
        return {c.text for c in shell.Completer.completions(line, len(line))}
