"""What papermill leaves behind, nbconvert exports and GitHub shows is true, and needs no kernel."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from hms_kernel.batch import run_notebook

TESTS = Path(__file__).resolve().parents[1]
CELLS = (
    """
    import sys
    import hms_kernel as hms
    from hms_widgets import CurvesPanel, OutcomesPanel
    sys.path.insert(0, {tests!r})
    import recorded_search
    bench = hms.Workbench()
    waiting = bench.prove("∀ x : ℝ, x ^ 2 ≤ 1 + x ^ 2", theorem_id="waiting")
    waiting
    """,
    """
    [agent] = bench.spawn()
    agent
    """,
    """
    false = bench.prove("∀ x : ℝ, 0 ≤ x → x ^ 2 ≤ <b>".replace("<b>", "1"), theorem_id="<b>bold</b>")
    verdict = false.result()
    waiting.result()
    false
    """,
    "verdict",
    """
    from hms_kernel.backends.smt import DEFAULT_STRATEGY
    DEFAULT_STRATEGY
    """,
    """
    outcomes = OutcomesPanel(bench)
    outcomes.update(bench.client.facts())
    outcomes.close()
    outcomes
    """,
    """
    curves = CurvesPanel()
    curves.update(recorded_search.facts())
    curves.close()
    curves
    """,
    """
    bench.close()
    false
    """,
)
WAITING, AGENT, FALSE, VERDICT, STRATEGY, OUTCOMES, CURVES, OVER = range(len(CELLS))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    folder = tmp_path_factory.mktemp("rich")
    sources = [
        "\n".join(line.strip() for line in cell.strip().splitlines()).format(tests=str(TESTS))
        for cell in CELLS
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "rich.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HMS_HOME", str(folder / "home"))
        ran = run_notebook(folder / "rich.ipynb", folder / "done.ipynb", {})
    return nbformat.read(ran, as_version=4)


def shown(book: NotebookNode, cell: int) -> dict[str, str]:
    [output] = book.cells[cell].outputs
    return dict(output.data)


def as_github(html: str) -> str:
    """The words that are left where styles, classes, scripts and pictures are taken out."""
    bare = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def test_every_output_has_words_html_and_no_widget(done):
    for cell in range(len(CELLS)):
        data = shown(done, cell)
        assert (
            {"text/plain", "text/html"} <= set(data) <= {"text/plain", "text/html", "image/svg+xml"}
        )
    assert "widgets" not in done.metadata


def test_an_open_task_is_shown_as_open_and_a_settled_one_with_its_numbers(done):
    assert "· pending" in as_github(shown(done, WAITING)["text/html"])
    words = as_github(shown(done, FALSE)["text/html"])
    assert "✘ refuted" in words
    assert "✘ fails" in words
    assert "✘ refuted" in as_github(shown(done, VERDICT)["text/html"])


def test_agent_strategy_outcomes_and_curves_are_told_in_words(done):
    assert "● ready" in as_github(shown(done, AGENT)["text/html"]) or "ready" in shown(done, AGENT)["text/plain"]  # fmt: skip
    assert "share of the budget" in as_github(shown(done, STRATEGY)["text/html"])
    assert "2 of 2 claims settled: 1 proved, 1 refuted" in as_github(shown(done, OUTCOMES)["text/html"])  # fmt: skip
    assert "17 of 18 goals solved" in as_github(shown(done, CURVES)["text/html"])
    assert shown(done, CURVES)["image/svg+xml"].startswith("<svg")


def test_a_label_that_is_markup_stays_text(done):
    for cell in (FALSE, OUTCOMES):
        assert "<b>bold</b>" not in shown(done, cell)["text/html"]
        assert "&lt;b&gt;bold&lt;/b&gt;" in shown(done, cell)["text/html"]


def test_a_handle_of_a_closed_session_says_so_instead_of_failing(done):
    assert "task-" in shown(done, OVER)["text/plain"]


def test_nbconvert_shows_all_of_it_without_script_of_ours(done):
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(done)

    for words in (
        "✘ fails",
        "share of the budget",
        "17 of 18 goals solved",
        "2 of 2 claims settled",
    ):
        assert words in page
    assert page.count("<svg") >= 3
    assert "jupyter.widget-view" not in page
