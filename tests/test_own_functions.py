"""Claims on Python functions, settled by a fleet and tried on the function here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from python_functions import module

import hms_kernel as hms
from hms_kernel.model import Outcome


def test_a_workbench_settles_the_claims_of_a_function():
    loaded = module(
        "from hms_kernel import claim\n"
        '@claim("0 <= result <= 100", where="0 <= x <= 1")\n@claim("result <= 100")\n'
        "def score(x: float):\n    return 100 * x\n"
    )

    with hms.Workbench(agents=1) as bench:
        report = bench.verify(loaded.score).result(timeout_s=60)
        whole = bench.verify(loaded).result(timeout_s=60)

    assert report["score.1"].outcome is Outcome.PROVED
    assert report["score.2"].counterexample is not None
    assert report.rows()[1]["why"].startswith("score(x=")
    assert whole.counts == report.counts


def test_the_page_about_it_shows_what_happens(capsys: pytest.CaptureFixture[str]):
    page = (Path(__file__).resolve().parents[1] / "docs/python_claims.md").read_text()
    example = page.split("```python\n")[1].split("```")[0]

    module(example)

    rows = ast.literal_eval(capsys.readouterr().out)
    assert [row["verdict"] for row in rows] == ["proved", "refuted"]
    assert rows[1]["why"].startswith("score(w=[")
