"""``hms prove`` and ``hms check``: theorems from a file, verdicts to files and back."""

from __future__ import annotations

import json

import pytest
from command_line import hms, lines


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


def test_what_an_attempt_leaves_open_is_recovered_within_what_is_allowed(tmp_path):
    file = tmp_path / "theorems.jsonl"
    hard = "∀ a b c : ℕ, 0 < a * b * c → a ^ 3 + b ^ 3 ≠ c ^ 3"
    file.write_text(json.dumps({"theorem_id": "fermat", "lean_expr": hard}) + "\n")

    done = hms("prove", file, "--json", "--timeout", 0.5, "--recover-for", 0.01, "--agents", 1)

    [printed] = lines(done.stdout)
    assert printed["verdict"] == "unknown", done.stderr
    story = printed["evidence"]["recovery"]
    assert story[0].startswith("first attempt: unknown")
    assert story[-1].startswith("language model: ")
