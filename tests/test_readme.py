"""What the README says is true: its commands run as written, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hms_kernel.cli.commands import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_first_command_installs_and_runs_the_main_job_on_a_fresh_machine(tmp_path):
    """A virtual environment of its own, so nothing that happens to be installed helps."""
    [command, *_] = blocks("sh")
    assert command == "pip install . && hms demo\n"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, timeout=300)
    environment = {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "COLUMNS": "140",
        **{name: os.environ[name] for name in os.environ if name.lower().endswith("_proxy")},
        **{name: os.environ[name] for name in os.environ if name.startswith("PIP_")},
    }
    began = time.monotonic()

    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1200,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"war_score_bounds +✘ refuted", done.stdout)
    installed = tmp_path / "venv" / "lib"
    size = sum(f.stat().st_size for f in installed.rglob("*") if f.is_file())
    print(f"\ninstalled and ran in {time.monotonic() - began:.0f} s, {size / 2**20:.0f} MiB")


def test_its_second_command_is_what_ci_runs():
    assert "pip install '.[test]' && pytest\n" in blocks("sh")
    assert "pip install '.[test]' && pytest" in (ROOT / ".ci" / "run").read_text()


def test_its_python_runs_as_written():
    [code] = blocks("python")

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "'refuted': 6" in done.stdout
    assert "values={'d': '101'}" in done.stdout


def test_its_table_names_exactly_the_verbs_there_are():
    named = set(re.findall(r"^\| `hms (\w+)", README, re.MULTILINE))

    offered = {
        command.name or command.callback.__name__  # type: ignore[union-attr]
        for command in app.registered_commands
    } | {group.name for group in app.registered_groups}
    assert named == offered


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_its_links_lead_somewhere(target):
    assert (ROOT / target).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^\| `([\w./]+)`", README, re.MULTILINE))))
def test_its_folders_are_there(name):
    assert (ROOT / name).exists()
