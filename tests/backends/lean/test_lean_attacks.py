"""Everything that has been tried to have a false claim accepted, or to do harm while a proof is checked.

Each is put to the layers behind the token screen, which is only a courtesy, and once to the
whole. Those that no file of ours can express run where a toolchain is installed.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from forged_olean import NIL, Forger

from hms_kernel.backends.lean import Checked, Runtime, Submission, toolchain
from hms_kernel.backends.lean.pip import PipKernel
from hms_kernel.errors import BackendMissing, UsageError

TRUE, FALSE = "Eq (1 : Nat) 1", "Eq (1 : Nat) 2"
REFL = "Eq.refl _"
WALL_S = 60.0  # for what is to end by itself


@pytest.fixture(autouse=True)
def nothing_stays_behind(kernel: PipKernel) -> Iterator[None]:
    kernel.version()
    before = descendants()

    yield

    # The server itself may have been replaced; what it starts must be gone.
    assert len(descendants()) <= max(len(before), 1)
    honest = kernel.examine(Submission(TRUE, REFL), WALL_S)
    assert honest.accepted, honest.reason


def descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def running(declaration: str, call: str) -> str:
    """Lemmas that have Lean's elaborator call compiled code while it compiles them.

    A constant bears the name of a function in Lean's own library, and a parser is made from
    what it returns.
    """
    return f"""{declaration}
@[term_parser] def trap : Lean.ParserDescr := .node ({call}) 0 (.symbol "trap")"""


class TestFalseClaims:
    @pytest.mark.parametrize(
        ("why", "proof", "lemmas"),
        [
            ("rests on axioms that were not allowed: sorryAx (sorry)", "sorry", ""),
            ("rests on axioms that were not allowed: sorryAx (sorry)", "sorryAx _ Bool.false", ""),
            ("sorryAx (sorry)", "hidden", f"theorem hidden : {FALSE} := sorry"),
            ("adds the axiom cheat", "cheat", f"axiom cheat : {FALSE}"),
            (
                "adds the axiom Elsewhere.cheat",
                "Elsewhere.cheat",
                f"namespace Elsewhere\naxiom cheat : {FALSE}\nend Elsewhere",
            ),
            (
                "adds the axiom hidden",
                "inst.default",
                f"axiom hidden : {FALSE}\ndef inst : Inhabited ({FALSE}) := ⟨hidden⟩",
            ),
            ("Unknown identifier", "admit", ""),
            ("Type mismatch", REFL, "set_option debug.skipKernelTC true"),
            ("Type mismatch", REFL, '#print "{\\"reason\\": \\"\\", \\"axioms\\": []}"'),
            ("unknown tactic", "by native_decide", ""),
        ],
    )
    def test_a_gap_is_a_gap_however_it_is_hidden(
        self, kernel: PipKernel, why: str, proof: str, lemmas: str
    ):
        checked = kernel.examine(Submission(FALSE, proof, lemmas=lemmas), WALL_S)

        assert not checked.accepted
        assert why in checked.reason

    def test_an_axiom_by_a_macro_is_an_axiom(self, kernel: PipKernel):
        # A parser of one's own expands to nothing here; what remains of the trick is a
        # command that another command hides.
        lemmas = f"mutual\naxiom cheat : {FALSE}\nend"

        assert not kernel.examine(Submission(FALSE, "cheat", lemmas=lemmas), WALL_S).accepted

    def test_a_name_that_the_submitter_allows_is_not_a_licence_to_declare_it(
        self, kernel: PipKernel
    ):
        submission = Submission(
            FALSE, "trusted", axioms=("trusted",), lemmas=f"axiom trusted : {FALSE}"
        )

        checked = kernel.examine(submission, WALL_S)

        assert checked.reason == "it adds the axiom trusted"

    def test_numerals_may_be_given_another_meaning_and_then_prove_something_else(
        self, kernel: PipKernel
    ):
        lemmas = "instance cheat (n : Nat) : OfNat Nat n := ⟨Nat.zero⟩"

        checked = kernel.examine(Submission(FALSE, REFL, lemmas=lemmas), WALL_S)

        assert "proves something else than the statement" in checked.reason

    def test_equality_may_be_shadowed_and_then_proves_something_else(self, kernel: PipKernel):
        shadow = (
            "namespace Elsewhere\n"
            "set_option genCtorIdx false\n"
            "inductive Eq {α : Type} : α → α → Prop where\n"
            "  | cheat {a b : α} : Eq a b"
        )
        hidden = Submission(FALSE, "Eq.cheat", lemmas=shadow)
        weakened = Submission(
            FALSE, "Eq.cheat", lemmas=f"theorem claim : {TRUE} := {REFL}\n{shadow}"
        )

        assert kernel.examine(hidden, WALL_S).reason == "it does not define claim"
        assert "proves something else" in kernel.examine(weakened, WALL_S).reason

    @pytest.mark.parametrize(
        "definition",
        [
            "def Nat.add (a b : Nat) : Nat := a",
            "axiom False.elim : False\ninductive False : Prop where | intro : False",
            "def claim.statement : Prop := True",
        ],
    )
    def test_what_is_imported_cannot_be_defined_anew(self, kernel: PipKernel, definition: str):
        checked = kernel.examine(Submission(FALSE, REFL, lemmas=definition), WALL_S)

        assert not checked.accepted
        assert "already been declared" in checked.reason

    @pytest.mark.parametrize("letter", ["с", "ϲ", "ｃ"])
    def test_a_name_that_looks_the_same_is_another_name(self, kernel: PipKernel, letter: str):
        lemmas = f"theorem «{letter}laim» : {TRUE} := {REFL}"

        checked = kernel.examine(Submission(FALSE, f"«{letter}laim»", lemmas=lemmas), WALL_S)

        assert "Type mismatch" in checked.reason

    @pytest.mark.parametrize("statement", ["Eq (f n) n", "Eq n n", "∀ n : N, Eq n n"])
    def test_a_statement_with_a_name_that_means_nothing_is_no_statement(
        self, kernel: PipKernel, statement: str
    ):
        with pytest.raises(UsageError, match="does not compile"):
            kernel.examine(Submission(statement, REFL), WALL_S)

    def test_a_statement_that_rests_on_a_gap_itself_is_not_proved(self, kernel: PipKernel):
        submission = Submission(
            "Eq gap gap", REFL, definitions=("noncomputable def gap : Nat := sorry",)
        )

        assert "sorryAx" in kernel.examine(submission, WALL_S).reason


class TestHarm:
    def test_code_that_runs_while_compiling_changes_no_file(
        self, kernel: PipKernel, tmp_path: Path
    ):
        victim = tmp_path / "victim"
        lemmas = running(
            '@[extern "writeFile"] opaque IO.FS.writeFile (f s : String) : Lean.Name',
            f'IO.FS.writeFile "{victim}" "harm"',
        )

        kernel.examine(Submission(TRUE, REFL, lemmas=lemmas), WALL_S)

        assert not victim.exists()

    @pytest.mark.parametrize(
        ("code", "reason"), [(0, "Lean left no compiled file behind"), (7, "exit code 7")]
    )
    def test_code_does_run_and_ending_the_process_with_success_proves_nothing(
        self, kernel: PipKernel, code: int, reason: str
    ):
        lemmas = running(
            '@[extern "exit"] opaque IO.Process.exit (α : Nat) (code : Nat) : Lean.Name',
            f"IO.Process.exit 0 {code}",
        )

        assert kernel.examine(Submission(FALSE, REFL, lemmas=lemmas), WALL_S).reason == reason

    def test_code_that_breaks_the_process_breaks_only_its_own(self, kernel: PipKernel):
        lemmas = running(
            '@[extern "new"] opaque Std.Internal.UV.TCP.Socket.new (n : Nat) : Lean.Name',
            "Std.Internal.UV.TCP.Socket.new 0",
        )

        assert not kernel.examine(Submission(FALSE, REFL, lemmas=lemmas), WALL_S).accepted

    def test_fifty_gigabytes_are_not_to_be_had(self, kernel: PipKernel):
        lemmas = running(
            '@[extern "empty"] opaque Array.mkEmpty (α : Nat) (n : Nat) : Lean.Name',
            f"Array.mkEmpty 0 {50 * 10**9 // 8}",
        )

        checked = kernel.examine(Submission(TRUE, REFL, lemmas=lemmas), WALL_S)

        assert "out of memory" in checked.reason

    def test_a_flood_of_output_is_cut_off(self, kernel: PipKernel):
        lemmas = f'#print "{"x" * (3 << 19)}"'

        checked = kernel.examine(Submission(TRUE, REFL, lemmas=lemmas), WALL_S)

        assert checked.reason == "stopped after 1 MiB of output"

    @pytest.mark.parametrize(
        "lemmas",
        [
            running(
                '@[extern "sleep"] opaque IO.sleep (ms : Nat) : Lean.Name', "IO.sleep 4000000000"
            ),
            "set_option synthInstance.maxHeartbeats 0\n"
            "set_option synthInstance.maxSize 1000000000\n"
            "set_option maxRecDepth 1000000000\n"
            "instance loop {α : Type} [Inhabited (List α)] : Inhabited α := ⟨sorry⟩\n"
            "noncomputable def never : Bool := Inhabited.default",
        ],
        ids=["sleep", "loop"],
    )
    def test_what_does_not_end_is_ended(self, kernel: PipKernel, lemmas: str):
        checked = kernel.examine(Submission(TRUE, REFL, lemmas=lemmas), 2.0)

        assert checked.reason == "stopped by the wall clock"

    @pytest.mark.parametrize("depth", [3_000, 200_000])
    def test_nesting_that_is_too_deep_is_no_proof(self, kernel: PipKernel, depth: int):
        proof = f"{'(' * depth}{REFL}{')' * depth}"

        checked = kernel.examine(Submission(FALSE, proof), WALL_S)

        assert not checked.accepted

    @pytest.mark.parametrize("command", ["#eval 1", "run_cmd 1", "initialize x : Nat ← 1"])
    def test_commands_that_run_code_do_not_compile_in_the_core(
        self, kernel: PipKernel, command: str
    ):
        checked = kernel.examine(Submission(TRUE, REFL, lemmas=command), WALL_S)

        assert "error" in checked.reason


class TestForgedFiles:
    """Files that the elaborator never saw: whatever it would have refused, the door must refuse."""

    def judged(self, kernel: PipKernel, forged: bytes, statement: str = FALSE, **more) -> Checked:
        return kernel.examine(Submission(statement, "", **more), WALL_S, compiled=forged)

    def test_an_honest_file_is_accepted(self, kernel: PipKernel):
        forger = Forger()
        one = forger.nat(1)
        claim = forger.theorem("claim", forger.equal(one, one), forger.refl(one))

        # The numerals of the statement are instances, and equal to these by computation.
        assert self.judged(kernel, forger.file([claim]), TRUE).accepted

    def test_a_theorem_whose_value_is_no_proof(self, kernel: PipKernel):
        forger = Forger()
        one, two = forger.nat(1), forger.nat(2)
        claim = forger.theorem("claim", forger.equal(one, two), forger.refl(one))

        assert "kernel rejects claim" in self.judged(kernel, forger.file([claim])).reason

    def test_a_theorem_that_says_something_else(self, kernel: PipKernel):
        forger = Forger()
        one = forger.nat(1)
        claim = forger.theorem("claim", forger.equal(one, one), forger.refl(one))

        assert "something else" in self.judged(kernel, forger.file([claim])).reason

    def test_an_axiom_in_place_of_a_theorem(self, kernel: PipKernel):
        forger = Forger()
        claim = forger.axiom("claim", forger.equal(forger.nat(1), forger.nat(2)))

        assert self.judged(kernel, forger.file([claim])).reason == "it adds the axiom claim"

    def test_an_axiom_under_a_name_that_everybody_may_use(self, kernel: PipKernel):
        forger = Forger()
        type_ = forger.equal(forger.nat(1), forger.nat(2))
        axiom = forger.axiom("propext", type_)
        claim = forger.theorem("claim", type_, forger.const("propext"))

        assert (
            self.judged(kernel, forger.file([axiom, claim])).reason == "it adds the axiom propext"
        )

    @pytest.mark.parametrize("name", ["claim.statement", "Nat", "False", "Base.oracle"])
    def test_what_is_imported_defined_anew(self, kernel: PipKernel, name: str):
        forger = Forger()
        false = forger.const("False")
        again = forger.axiom(name, forger.sort(NIL))
        claim = forger.theorem("claim", false, forger.const(name))

        assert self.judged(kernel, forger.file([again, claim])).reason == f"it defines {name} anew"

    def test_a_name_that_the_kernel_computes_with(self, kernel: PipKernel):
        # The kernel says that 5 - 5 is 0, and unfolding says that it is 5.
        forger = Forger()
        nat, five = forger.const("Nat"), forger.nat(5)
        binder = forger.name("n")
        two = forger.object(7, (binder, nat, nat), bytes(9))
        to = forger.object(7, (binder, nat, two), bytes(9))
        first = forger.object(0, (1 << 1 | 1,), bytes(8))
        inner = forger.object(6, (binder, nat, first), bytes(9))
        sub = forger.definition("Nat.sub", to, forger.object(6, (binder, nat, inner), bytes(9)))
        computed = forger.app(forger.const("Nat.sub"), five, five)
        claim = forger.theorem(
            "claim", forger.equal(computed, forger.nat(0)), forger.refl(computed)
        )

        checked = self.judged(kernel, forger.file([sub, claim]), "Eq (0 : Nat) 0")

        assert "it defines Nat.sub, a name that the kernel" in checked.reason

    def test_a_type_without_values_that_the_kernel_believes_to_have_texts(self, kernel: PipKernel):
        forger = Forger()
        empty = forger.inductive("Char.ofNat", forger.sort(forger.one()))
        claim = forger.theorem("claim", forger.const("Char.ofNat"), forger.string("x"))

        assert "Char.ofNat" in self.judged(kernel, forger.file([empty, claim])).reason

    def test_compiled_code_is_not_believed(self, kernel: PipKernel):
        forger = Forger()
        one = forger.nat(1)
        value = forger.app(forger.const("Lean.reduceBool"), one)
        claim = forger.theorem("claim", forger.equal(one, forger.nat(2)), value)

        assert "believes compiled code" in self.judged(kernel, forger.file([claim])).reason

    @pytest.mark.parametrize("safety", [0, 2])
    def test_what_is_unsafe_or_partial(self, kernel: PipKernel, safety: int):
        forger = Forger()
        type_ = forger.equal(forger.nat(1), forger.nat(2))
        loop = forger.definition("loop", type_, forger.const("loop"), safety)
        claim = forger.theorem("claim", type_, forger.const("loop"))

        assert not self.judged(kernel, forger.file([loop, claim])).accepted

    def test_what_hides_its_value(self, kernel: PipKernel):
        forger = Forger()
        one = forger.nat(1)
        hidden = forger.opaque("hidden", forger.equal(one, one), forger.refl(one))
        claim = forger.theorem("claim", forger.equal(one, one), forger.const("hidden"))

        reason = self.judged(kernel, forger.file([hidden, claim]), TRUE).reason

        assert reason == "it declares hidden as opaque"

    def test_two_theorems_that_prove_each_other(self, kernel: PipKernel):
        forger = Forger()
        type_ = forger.equal(forger.nat(1), forger.nat(2))
        claim = forger.theorem("claim", type_, forger.const("other"))
        other = forger.theorem("other", type_, forger.const("claim"))

        assert "rests on itself" in self.judged(kernel, forger.file([claim, other])).reason

    def test_a_theorem_that_rests_on_what_is_not_there(self, kernel: PipKernel):
        forger = Forger()
        claim = forger.theorem(
            "claim", forger.equal(forger.nat(1), forger.nat(2)), forger.const("missing")
        )

        assert (
            "it uses missing, which does not exist"
            in self.judged(kernel, forger.file([claim])).reason
        )

    def test_an_inductive_type_that_contradicts_itself(self, kernel: PipKernel):
        forger = Forger()
        bad, false = forger.const("Bad"), forger.const("False")
        to_false = forger.object(7, (forger.name("x"), bad, false), bytes(9))
        make = forger.object(7, (forger.name("f"), to_false, bad), bytes(9))
        family = forger.inductive("Bad", forger.sort(forger.one()), ["Bad.mk"])
        constructor = forger.constructor("Bad.mk", "Bad", make)
        claim = forger.theorem("claim", false, bad)

        assert (
            "kernel rejects Bad"
            in self.judged(kernel, forger.file([family, constructor, claim])).reason
        )

    def test_a_constructor_that_belongs_to_another_type(self, kernel: PipKernel):
        forger = Forger()
        false = forger.const("False")
        stranger = forger.constructor("False.intro", "False", false)
        claim = forger.theorem("claim", false, forger.const("False.intro"))

        assert not self.judged(kernel, forger.file([stranger, claim]), "False").accepted

    def test_terms_as_deep_as_the_file_is_long_end_only_the_process_that_looks(
        self, kernel: PipKernel
    ):
        forger = Forger()
        term = forger.const("Nat.zero")
        for _ in range(100_000):
            term = forger.app(forger.const("Nat.succ"), term)
        claim = forger.theorem("claim", forger.equal(term, forger.nat(1)), forger.refl(term))

        assert not self.judged(kernel, forger.file([claim])).accepted

    def test_bits_that_flip_never_make_a_proof(self, kernel: PipKernel):
        forger = Forger()
        one = forger.nat(1)
        claim = forger.theorem("claim", forger.equal(one, one), forger.refl(one))
        honest = forger.file([claim])

        for position in range(0x50, len(honest), 37):
            flipped = bytearray(honest)
            flipped[position] ^= 1 << position % 8
            assert not self.judged(kernel, bytes(flipped)).accepted

    @pytest.mark.parametrize("length", [0, 5, 0x57, 0x60, 0x100, -1])
    def test_a_file_that_ends_too_early(self, kernel: PipKernel, length: int):
        forger = Forger()
        one = forger.nat(1)
        claim = forger.theorem("claim", forger.equal(one, one), forger.refl(one))
        honest = forger.file([claim])

        checked = self.judged(kernel, honest[:length], TRUE)

        assert "no module of Lean's" in checked.reason


def test_the_screen_says_in_plain_words_what_the_rest_would_refuse(kernel: PipKernel):
    checked = kernel.check(Submission(FALSE, "by sorry"))

    assert (checked.accepted, checked.reason) == (False, "it leaves a gap (sorry)")


def test_a_word_in_a_comment_or_within_another_word_is_not_held_against_a_proof(kernel: PipKernel):
    lemmas = f"/- no sorry /- nested axiom -/ here -/\ntheorem no_axiom : {TRUE} := {REFL} -- sorry"

    assert kernel.check(Submission(TRUE, "no_axiom", lemmas=lemmas)).accepted


class TestWithTheVerifiedCore:
    """The same in the language that people write, with Lean's own notation and tactics."""

    @pytest.mark.parametrize(
        ("proof", "lemmas"),
        [
            ("by rfl", "attribute [macro «term_=_»] «_aux_Init_Notation___macroRules_term_≤__2»"),
            ("by rfl", "instance (priority := high) : OfNat Nat 1 := ⟨Nat.succ (Nat.succ 0)⟩"),
            ("rfl", "instance anew (n : Nat) : OfNat Nat n := ⟨Nat.zero⟩"),
            ("rfl", "def Nat.shiftLeft (a b : Nat) : Nat := a"),
            ("by trivial", "instance : Decidable (1 = 2) := Decidable.isTrue (by trivial)"),
            ("by decide", "instance (a b : Nat) : Decidable (a = b) := Decidable.isTrue sorry"),
            ("by exact cheat", "axiom cheat : 1 = 2"),
            ("by first | sorry | rfl", ""),
            ("by admit", ""),
            ("by native_decide", ""),
            ("by intro h; cases h", ""),
            ("absurd rfl (fun h : 1 = 1 => nomatch h)", ""),
        ],
    )
    def test_a_false_claim_stays_unproved(self, core: PipKernel, proof: str, lemmas: str):
        assert not core.examine(Submission("1 = 2", proof, lemmas=lemmas), WALL_S).accepted

    def test_an_order_given_another_meaning_proves_something_else(self, core: PipKernel):
        lemmas = "instance anew : LE Nat := ⟨fun _ _ => True⟩"

        checked = core.examine(Submission("2 ≤ 1", "True.intro", lemmas=lemmas), WALL_S)

        assert "proves something else" in checked.reason

    def test_an_honest_proof_may_bring_types_functions_and_lemmas(self, core: PipKernel):
        lemmas = (
            "set_option genCtorIdx false\n"
            "inductive Parity where\n  | even\n  | odd\n"
            "def Parity.next (p : Parity) : Parity := match p with | .even => .odd | .odd => .even\n"
            "theorem Parity.twice (p : Parity) : p.next.next = p := by\n"
            "  cases p with\n  | even => rfl\n  | odd => rfl"
        )
        proof = "by\n  intro n\n  have _ := Parity.twice .odd\n  rfl"

        checked = core.check(Submission("∀ n : Nat, n + 1 = n + 1", proof, lemmas=lemmas), WALL_S)

        assert checked.accepted, checked.reason

    def test_a_proof_rests_on_no_axiom_of_the_core(self, core: PipKernel):
        assert core.check(Submission("2 + 2 = 4", "rfl"), WALL_S).axioms == ()


@pytest.fixture(scope="module")
def installed() -> Iterator[Runtime]:
    try:
        runtime = toolchain()
    except BackendMissing as missing:
        pytest.skip(f"NOT TESTED, the attacks that need a Lean toolchain: {missing}")
    with contextlib.closing(runtime):
        yield runtime


class TestWithAToolchain:
    """What only a file with Lean's own library can express."""

    @pytest.mark.parametrize(
        ("proof", "lemmas"),
        [
            ("by sorry", ""),
            ("by native_decide", ""),
            ("by decide", "instance (a b : Nat) : Decidable (a = b) := .isTrue sorry"),
            ("cheat", 'macro "trust" : command => `(axiom cheat : 1 = 2)\ntrust'),
            ("by rfl", 'local notation "1" => 2'),
            ("by trivial", 'local infix:50 " = " => fun _ _ => True'),
            (
                "unsafeProof",
                "unsafe def f : 1 = 2 := f\n@[implemented_by f] opaque unsafeProof : 1 = 2",
            ),
            (
                "cheat",
                "open Lean Elab Command in\nrun_cmd liftCoreM <| addDecl <| .axiomDecl "
                "{ name := `cheat, levelParams := [], type := mkConst ``False, isUnsafe := false }",
            ),
            (
                "bad",
                "open Lean Elab Command in\nset_option debug.skipKernelTC true in\n"
                "run_cmd liftCoreM <| addDecl <| .thmDecl { name := `bad, levelParams := [], "
                "type := toExpr (1 = 2), value := mkConst ``True.intro }",
            ),
            (
                "by csimp_cheat",
                "@[csimp] theorem nonsense : @Nat.add = @Nat.mul := sorry",
            ),
        ],
    )
    def test_a_false_claim_stays_unproved(self, installed: Runtime, proof: str, lemmas: str):
        assert not installed.check(Submission("1 = 2", proof, lemmas=lemmas), WALL_S).accepted

    @pytest.mark.parametrize(
        "command",
        [
            '#eval IO.FS.writeFile "{victim}" "harm"',
            'run_cmd IO.FS.writeFile "{victim}" "harm"',
            'initialize IO.FS.writeFile "{victim}" "harm"',
            '#eval do let _ ← IO.Process.spawn {{ cmd := "touch", args := #["{victim}"] }}',
        ],
    )
    def test_code_changes_no_file(self, installed: Runtime, tmp_path: Path, command: str):
        victim = tmp_path / "victim"
        lemmas = command.format(victim=victim)

        installed.examine(Submission("1 = 1", "rfl", lemmas=lemmas), WALL_S)  # type: ignore[attr-defined]

        assert not victim.exists()

    def test_code_reaches_no_network(self, installed: Runtime):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            port = server.getsockname()[1]
            lemmas = (
                "#eval do\n  let s ← Std.Internal.UV.TCP.Socket.new\n"
                f"  let _ ← s.connect (.v4 ⟨.ofParts 127 0 0 1, {port}⟩)"
            )

            installed.examine(Submission("1 = 1", "rfl", lemmas=lemmas), WALL_S)  # type: ignore[attr-defined]

            with pytest.raises(BlockingIOError):
                server.accept()

    def test_an_honest_proof_is_accepted(self, installed: Runtime):
        checked = installed.check(Submission("∀ a b : Nat, a + b = b + a", "by omega"), WALL_S)

        assert checked.accepted, checked.reason


def test_the_callers_own_process_is_what_it_was(kernel: PipKernel):
    before = (os.getpgrp(), os.getcwd(), dict(os.environ))

    kernel.examine(Submission(TRUE, REFL), WALL_S)

    assert (os.getpgrp(), os.getcwd(), dict(os.environ)) == before
