"""Every notebook of the course: a question, its answer, and nothing shown that is not asserted."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from hms_kernel.batch import run_notebook
from hms_kernel.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
COURSE = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = ROOT / "notebooks" / "01_first_verdicts.ipynb"
CHAOS = ROOT / "notebooks" / "04_chaos.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(params=COURSE, ids=lambda path: path.stem)
def notebook(request) -> NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_a_course():
    assert FIRST in COURSE


def test_the_title_asks_a_question(notebook):
    first = notebook.cells[0]

    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert first.source.splitlines()[0].endswith("?")


def test_parameters_sit_in_one_tagged_cell_that_only_assigns(notebook):
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]

    [cell] = tagged
    assert all(isinstance(line, ast.Assign) for line in ast.parse(cell.source).body)


def test_every_other_code_cell_asserts_what_it_shows(notebook):
    for cell in code_cells(notebook):
        if "parameters" in cell.metadata.get("tags", []):
            continue
        if cell.source.startswith("%%"):
            continue  # no Python: what it comes to is asserted in the cell after it
        # Top-level await is fine in a notebook, as it is inside a function.
        lines = [line for line in cell.source.splitlines() if not line.startswith("%")]
        body = "async def cell():\n" + "".join(f"    {line}\n" for line in lines)
        assert any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(body))), cell.source


def test_the_last_cell_answers_and_everything_is_closed_by_then(notebook):
    last = notebook.cells[-1]

    assert last.cell_type == "code"
    assert any("text/markdown" in out.get("data", {}) for out in last.outputs)
    assert ".close()" in last.source


def test_it_was_saved_after_one_clean_run_from_a_fresh_kernel(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    kinds = {out.output_type for cell in code_cells(notebook) for out in cell.outputs}

    assert counts == list(range(1, len(counts) + 1))
    assert "error" not in kinds
    assert "stream" not in kinds


def test_it_is_saved_small_and_needs_no_kernel_to_be_read(notebook, request):
    size = len(json.dumps(notebook))
    data = [out.get("data", {}) for cell in code_cells(notebook) for out in cell.outputs]

    assert size < 300_000
    assert "widgets" not in notebook.metadata
    assert not [bundle for bundle in data if WIDGET in bundle]
    assert not [bundle for bundle in data if "text/plain" not in bundle]


def saved(path: Path) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def shown(path: Path, cell: str) -> NotebookNode:
    [output] = saved(path)[cell].outputs
    return output.data


def answer(path: Path) -> str:
    return shown(path, "answer")["text/markdown"]


def test_the_first_notebook_runs_with_other_parameters_and_gives_the_same_answer(tmp_path):
    done = run_notebook(FIRST, tmp_path / "done.ipynb", {"agents": 2, "seed": 7})

    assert answer(done) == answer(FIRST)
    assert shown(done, "refuted") == shown(FIRST, "refuted")
    assert shown(done, "verify")["text/plain"].splitlines()[0] == "2 agents: 2 idle"
    [board] = saved(done)["kill"].outputs
    assert WIDGET not in board.data
    assert "killed by SIGKILL" in board.data["text/html"]
    assert "war_score_bounds" in board.data["text/html"]
    assert done.stat().st_size < 300_000
    assert "widgets" not in nbformat.read(done, as_version=4).metadata


def test_the_chaos_notebook_hits_other_victims_and_gives_the_same_answer(tmp_path):
    done = run_notebook(CHAOS, tmp_path / "done.ipynb", {"agents": 3, "seed": 1})

    assert answer(done) == answer(CHAOS)
    assert "None of them is lost" in answer(done)
    assert shown(done, "all")["text/plain"] == "'3 killed, 3 made good'"


def test_a_parameter_the_notebook_does_not_have_is_an_error_before_anything_runs(tmp_path):
    with pytest.raises(UsageError, match=r"no parameter 'agent': did you mean 'agents'\?"):
        run_notebook(FIRST, tmp_path / "done.ipynb", {"agent": 2})

    assert not (tmp_path / "done.ipynb").exists()


def test_a_notebook_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no notebook"):
        run_notebook(tmp_path / "none.ipynb", tmp_path / "done.ipynb")


def test_nbval_reruns_the_course_cell_by_cell():
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q"]
    told = subprocess.run(
        [*command, "notebooks"], cwd=ROOT, capture_output=True, text=True, timeout=280
    )

    assert told.returncode == 0, told.stdout[-4000:]
    assert "passed" in told.stdout
