"""``hms lab``: JupyterLab on the course, wherever one stands; and what is said where it is not installed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from command_line import hms

from hms_kernel.app import serving
from hms_kernel.errors import UsageError

COURSE = sorted(p.name for p in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_lab_opens_on_a_copy_of_the_course_and_ends_with_ctrl_c(tmp_path: Path):
    port = free_port()
    lab = subprocess.Popen(
        [sys.executable, "-m", "hms_kernel", "lab", "--no-browser", f"--port={port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"JUPYTER_TOKEN": "told", "JUPYTER_CONFIG_DIR": str(tmp_path / "config")},
    )
    try:
        assert lab.stdout is not None
        assert lab.stdout.readline().strip() == f"the course is in {tmp_path / 'hms-course'}"
        served = contents(f"http://127.0.0.1:{port}/api/contents?token=told", lab)
        assert sorted(entry["name"] for entry in served["content"]) == COURSE
    finally:
        lab.send_signal(signal.SIGINT)
        lab.communicate(timeout=60)
    assert lab.returncode == 0


def contents(url: str, lab: subprocess.Popen[str]) -> dict:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            assert lab.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_course_that_is_here_is_used_and_nothing_is_copied(tmp_path: Path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    mine = tmp_path / "notebooks" / COURSE[0]
    mine.write_text("mine")
    monkeypatch.chdir(tmp_path)

    assert serving.course() == tmp_path / "notebooks"
    assert [p.name for p in tmp_path.iterdir()] == ["notebooks"]


def test_what_somebody_has_written_is_never_written_over(tmp_path: Path):
    (tmp_path / COURSE[0]).write_text("mine")

    serving.course(tmp_path)

    assert (tmp_path / COURSE[0]).read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == COURSE


def test_a_place_that_cannot_be_written_is_said_with_the_way_out(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="--dir names another place"):
        serving.course(tmp_path / "file")


@pytest.mark.parametrize(
    ("verb", "module", "extra"), [("lab", "jupyterlab", "notebook"), ("dashboard", "voila", "app")]
)
def test_a_missing_extra_is_named(verb: str, module: str, extra: str, tmp_path: Path):
    # A module that cannot be found, as far as Python is concerned.
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{module!r}] = None\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    done = hms(verb, "--no-browser", PYTHONPATH=path)

    assert done.returncode == 2
    assert re.search(rf"needs {module}: pip install 'hms-workbench\[{extra}\]'", done.stderr)
