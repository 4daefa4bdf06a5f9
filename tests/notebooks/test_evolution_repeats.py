"""The course on evolution: one seed, one story, whatever the process makes of its hashes."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from hms_kernel.batch import run_notebook

EVOLUTION = Path(__file__).resolve().parents[2] / "notebooks" / "06_evolution.ipynb"


def shown(run: Path) -> list[list[dict[str, str]]]:
    """What every code cell shows: generations, winner, verdicts."""
    cells = nbformat.read(run, as_version=4).cells
    return [[out.get("data", {}) for out in c.outputs] for c in cells if c.cell_type == "code"]


@pytest.mark.timeout(1200)
def test_two_runs_of_one_seed_show_the_same_with_other_hashes_too(tmp_path, monkeypatch):
    runs = []
    for hashes in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", hashes)
        runs.append(run_notebook(EVOLUTION, tmp_path / f"{hashes}.ipynb"))

    first, second = map(shown, runs)

    assert first == second
    assert "nlsat" in str(first)
