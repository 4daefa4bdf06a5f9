"""A notebook that a program runs is left with static views: nobody could draw another."""

from __future__ import annotations

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from hms_kernel.errors import UsageError
from hms_widgets.headless import headless, runs_notebooks

WIDGET = "application/vnd.jupyter.widget-view+json"
SHOWN = """
from widget_story import Playback, short_story
from hms_widgets import Cockpit
Cockpit(Playback(short_story()))
"""


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("/env/bin/python /env/bin/papermill in.ipynb out.ipynb", True),
        ("/env/bin/python /env/bin/jupyter-nbconvert --execute x.ipynb", True),
        ("jupyter-execute x.ipynb", True),
        ("python -m pytest --nbval-lax notebooks", True),
        ("python -m hms_kernel batch x.ipynb", True),
        ("python -m jupyterlab --no-browser", False),
        ("/env/bin/python /env/bin/jupyter-lab papermill", False),
        ("python -m voila dashboard.ipynb", False),
        ("python my_script.py pytest", False),
        ("", False),
    ],
)
def test_programs_that_run_notebooks_are_known_by_their_first_words(command: str, runs: bool):
    assert runs_notebooks(command.split()) is runs


def test_what_the_user_says_counts_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HMS_HEADLESS", "1")
    assert headless()
    monkeypatch.setenv("HMS_HEADLESS", "0")
    assert not headless()
    monkeypatch.setenv("HMS_HEADLESS", "perhaps")
    with pytest.raises(UsageError, match="must be 0 or 1"):
        headless()


@pytest.mark.parametrize("chosen", ["1", "0"])
def test_only_a_view_that_can_be_watched_is_a_widget(chosen: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HMS_HEADLESS", chosen)
    notebook = new_notebook(cells=[new_code_cell(SHOWN)])

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": "tests"}}).execute()

    (shown,) = notebook.cells[0].outputs
    assert (WIDGET in shown.data) is (chosen == "0")
    assert ("widgets" in notebook.metadata) is (chosen == "0")
    assert "war_score_bounds" in shown.data["text/html"]
    assert "1 proved" in shown.data["text/plain"]
