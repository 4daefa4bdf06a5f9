"""How ``hms`` behaves whatever the verb: interrupts, help, mistyped options, a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from command_line import hms
from typer.testing import CliRunner

from hms_kernel.cli.commands import app


@pytest.mark.usefixtures("rehearsal")
class TestInterrupting:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_stops_the_agents_and_says_so(self, tmp_path, hms_home, number, code):
        slow = tmp_path / "slow.jsonl"
        hard = "∀ (a b c d e f : ℝ), a^5 + b^5 + c^5 = d^5 + e^5 + f^5 → a*b*c*d*e*f < a^9 + 10^9"
        entry = json.dumps({"theorem_id": "t", "lean_expr": hard})
        slow.write_text(f"{entry}\n" * 40)
        command = [sys.executable, "-m", "hms_kernel", "prove", str(slow), "--timeout", "3"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as running:
            assert running.stdout is not None
            running.stdout.readline()
            family = psutil.Process(running.pid).children(recursive=True)
            os.killpg(running.pid, number)
            time.sleep(0.1)
            if number == signal.SIGINT and running.poll() is None:  # an impatient hand
                os.killpg(running.pid, number)
            _, said = running.communicate(timeout=120)

        assert running.returncode == code, said
        assert number == signal.SIGTERM or b"interrupted" in said
        assert family
        _, alive = psutil.wait_procs(family, timeout=60)
        assert alive == []


def test_ctrl_c_while_it_still_imports_is_one_line_too():
    early = """
import importlib.abc, os, signal, sys

class Impatient(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient())
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
from hms_kernel.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", early], capture_output=True, text=True, timeout=240, check=False
    )

    assert done.returncode == 130
    assert done.stderr == "hms: interrupted\n"


def test_names_are_shown_as_they_are_written_on_a_terminal_too(tmp_path):
    file = tmp_path / "marked.jsonl"
    file.write_text(json.dumps({"theorem_id": "w[0][/red]", "lean_expr": "1 = 2"}))
    leader, follower = os.openpty()

    command = [sys.executable, "-m", "hms_kernel", "prove", str(file), "--agents", "1"]
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.PIPE) as running:
        _, said = running.communicate(timeout=240)
    os.close(follower)
    shown = os.read(leader, 4096).decode()
    os.close(leader)

    assert running.returncode == 1, said
    assert "w[0][/red]" in shown
    assert "1 = 2 is false" in shown


def test_help_teaches_every_verb():
    def shown(*arguments: str) -> str:
        return CliRunner().invoke(app, [*arguments, "--help"]).output

    for verb in ("demo", "verify", "prove", "status", "stop", "batch"):
        assert verb in shown()
        assert f"hms {verb}" in shown(verb)


def test_a_mistyped_option_is_an_error_of_one_screen():
    done = hms("verify", "moneyball", "--agent", "2")

    assert done.returncode == 2
    assert "--agents" in done.stderr
    assert "Traceback" not in done.stderr
