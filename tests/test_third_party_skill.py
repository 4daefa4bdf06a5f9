"""A new skill takes one class and one entry point: the example is installed as a stranger would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hms_kernel as hms

EXAMPLE = Path(__file__).parent.parent / "examples" / "war_sampler"


def lines_of_code(file: Path) -> int:
    return sum(bool(line.strip()) for line in file.read_text().splitlines())


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(tmp_path)]
    subprocess.run([*pip, *options, str(EXAMPLE)], check=True, timeout=300)
    inherited = os.environ.get("PYTHONPATH")
    path = f"{tmp_path}{os.pathsep}{inherited}" if inherited else str(tmp_path)
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_it_takes_two_files_and_under_thirty_lines_of_python():
    code = EXAMPLE / "war_sampler.py"

    assert sorted(p.name for p in EXAMPLE.iterdir() if p.is_file()) == [
        "pyproject.toml",
        "war_sampler.py",
    ]
    assert lines_of_code(code) < 30


def test_once_installed_it_runs_on_an_agent(installed):
    with hms.Workbench() as bench:
        bench.spawn(1, ["sample_war"])
        task = bench.submit("sample_war", {"seed": 0, "samples": 500, "sectors": 3})

        outside = task.result(60)["outside"]

    assert 0 < outside < 1
