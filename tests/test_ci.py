"""The jobs on the runner are words of ``.ci/run``, and what those words name is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / ".ci" / "run"
JOBS = {
    "lint_format_check": "lint",
    "build_workspace": "build",
    "unit_tests": "unit",
    "integration_test_supervisor_agent": "integration-supervisor-agent",
    "integration_test_prover": "integration-prover",
    "integration_test_self_healing": "integration-self-healing",
    "lean": "lean",
}


def test_every_job_runs_one_word_of_the_script():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())

    ran = {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in workflow["jobs"].items()
    }
    assert ran == {name: [f".ci/run {word}"] for name, word in JOBS.items()}


def test_the_script_knows_those_words_and_refuses_others():
    words = set(re.findall(r"^  ([a-z-]+)\)", SCRIPT.read_text(), flags=re.MULTILINE))
    told = subprocess.run([SCRIPT, "nonsense"], capture_output=True, text=True, timeout=30)

    assert words == {"all", *JOBS.values()}
    assert told.returncode == 2
    assert all(word in told.stderr for word in JOBS.values())


def test_every_part_of_the_suite_it_names_is_there():
    named = set(re.findall(r"\btests/[\w/.]+", SCRIPT.read_text()))

    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("option", ["errexit", "nounset", "pipefail"])
def test_a_failing_step_fails_the_script(option: str):
    told = subprocess.run(
        ["bash", "-c", f"source <(sed -n '/^set -/p' {SCRIPT}); set -o"],
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert re.search(rf"{option}\s+on", told.stdout)


def test_the_hooks_are_the_tools_of_the_environment():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())

    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert {hook["id"] for hook in hooks} == {"ruff-check", "ruff-format", "mypy"}
    assert {hook["language"] for hook in hooks} == {"system"}
