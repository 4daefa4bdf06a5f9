"""Runs the course from fresh kernels and saves what it shows, without the times and paths of this run.

python notebooks/save.py [NOTEBOOK ...]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat

from hms_kernel.batch import run_notebook

HERE = Path(__file__).resolve().parent


def save(path: Path) -> None:
    """Replace the outputs of one notebook by those of a clean run; a failing cell changes nothing."""
    with tempfile.TemporaryDirectory() as directory:
        executed = run_notebook(path, Path(directory) / path.name)
        ran = nbformat.read(executed, as_version=4)
    kept = nbformat.read(path, as_version=4)
    for old, new in zip(kept.cells, ran.cells, strict=True):
        if old.cell_type == "code":
            old.outputs, old.execution_count = new.outputs, new.execution_count
    nbformat.write(kept, path)


if __name__ == "__main__":
    os.environ["HMS_HEADLESS"] = "1"  # what is saved is read, not watched
    for notebook in map(Path, sys.argv[1:] or sorted(HERE.glob("*.ipynb"))):
        save(notebook)
        print(f"saved {notebook.name}")
