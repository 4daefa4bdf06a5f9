"""Binder ignores pyproject.toml once ``binder/`` exists; its few files must agree with it."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def requirements() -> list[str]:
    lines = (BINDER / "requirements.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def test_the_image_runs_a_python_the_project_supports(project):
    written = re.fullmatch(r"python-(\d+\.\d+)\n", (BINDER / "runtime.txt").read_text())

    assert written
    assert written.group(1) in SpecifierSet(project["requires-python"])
    assert f"Programming Language :: Python :: {written.group(1)}" in project["classifiers"]


def test_the_image_installs_the_project_itself_with_what_notebooks_need(project):
    [line] = requirements()
    extra = re.fullmatch(r"\.\[(\w+)\]", line)

    assert extra
    needed = {Requirement(r).name for r in project["optional-dependencies"][extra.group(1)]}
    assert {"jupyterlab", "anywidget", "ipywidgets", "pandas", "papermill"} <= needed


def test_nothing_else_in_the_folder_overrides_these_files():
    # environment.yml would switch the image to conda, a Dockerfile to neither.
    assert {path.name for path in BINDER.iterdir()} == {
        "runtime.txt",
        "requirements.txt",
        "postBuild",
    }


def test_the_last_build_step_can_run_and_fails_loudly():
    script = BINDER / "postBuild"

    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/bash\n")
    assert "set -euo pipefail" in script.read_text()
