"""``hms bench ga``: a comparison of a size that a test can pay for, with real provers."""

from __future__ import annotations

import json
import sys

import pytest
from command_line import hms
from typer.testing import CliRunner

from hms_kernel.cli.commands import app
from hms_kernel.errors import BackendMissing, UsageError

TINY = ["bench", "ga", "--seeds", "2", "--goals", "chains", "--goals", "ratios", "--train", "3"]
TINY += ["--purse", "0.005", "--batch", "2", "--budget", "0.01"]


def test_a_comparison_is_the_same_again_and_the_second_time_out_of_the_archive(tmp_path):
    archive, figure, goals = (tmp_path / name for name in ("a.sqlite", "f.html", "g.jsonl"))
    claim = "theorem t (x y : ℝ) : 2 * (x * y) ≤ x ^ 2 + y ^ 2 := by sorry"
    goals.write_text(json.dumps({"theorem_id": "theirs", "lean_expr": claim}))
    given = [*TINY, "--archive", archive, "--foreign", goals]

    first = hms(*given, "--json")
    before = archive.stat().st_size
    second = hms(*given, "--json", PYTHONHASHSEED="7")
    shown = hms(*given, "--plot", figure)

    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert archive.stat().st_size == before
    told = json.loads(first.stdout)
    assert [line["name"] for line in told["lines"]][-1] == "engine"
    assert {entry["seed"] for entry in told["entries"]} == {None, 0, 1}
    assert told["foreign_goals"] == 1
    assert all(entry["front"] for entry in told["entries"] if entry["name"] == "engine")
    assert {aim["met"] for aim in told["aims"]} <= {True, False}
    assert "best schedule by hand" in shown.stdout
    assert "against TPE over strategies" in shown.stdout
    assert "0 verdicts against a label" in shown.stdout
    assert "on the goals held apart" in shown.stderr  # progress
    assert "boxpoints" in figure.read_text()


def test_a_family_that_is_not_there_is_an_error_that_lists_those_that_are(tmp_path):
    done = CliRunner().invoke(app, ["bench", "ga", "--goals", "rings", "--no-tpe"])

    assert isinstance(done.exception, UsageError)
    assert "chains" in str(done.exception)


def test_a_figure_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path):
    plot, archive = tmp_path / "nowhere" / "f.html", tmp_path / "a.sqlite"
    given = [*TINY, "--no-tpe", "--plot", str(plot), "--archive", str(archive)]

    done = CliRunner().invoke(app, given)

    assert isinstance(done.exception, UsageError)
    assert "no directory" in str(done.exception)
    assert not archive.exists()


def test_without_optuna_it_says_what_to_install_and_goes_on_without_tpe(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)

    done = CliRunner().invoke(app, TINY)
    assert isinstance(done.exception, BackendMissing)
    assert "hms-workbench[bench]" in str(done.exception)

    alone = CliRunner().invoke(
        app, [*TINY, "--no-tpe", "--json", "--archive", str(tmp_path / "a.sqlite")]
    )
    assert alone.exit_code == 0
    assert "TPE" not in alone.stdout


@pytest.mark.parametrize("more", [["--seeds", "0"], ["--budget", "0"], ["--train", "0"]])
def test_numbers_that_make_no_sense_are_refused(more):
    assert CliRunner().invoke(app, ["bench", "ga", *more]).exit_code == 2
