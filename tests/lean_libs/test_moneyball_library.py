"""The Moneyball library without Lean: its statements settled by the workbench, its files in order.

Whether Lean accepts the proofs is for the workflow to say. Here every statement is sent to the
embedded prover: what the library proves must be proved, what it denies must be refuted.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import lean_library
import pytest
from lean_library import LIBRARY, Theorem

from hms_kernel import specs
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.model import Budget, Goal, Outcome, Trust, Verdict
from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import Statement

# Theorems about finite maps, subtypes or sums of sums, which the workbench does not settle for
# every size: each is a theorem about plain numbers, applied. Both names are of the library.
APPLIED = {
    "Moneyball.Verified.war_score_bounds": {"Moneyball.war_score_bounds_repaired"},
    "Moneyball.Verified.drp_bounds": {
        "Moneyball.drp_conservative_repaired",
        "Moneyball.drp_at_most_baseline",
    },
    "Moneyball.Verified.drp_nonneg": {"Moneyball.drp_nonnegative_repaired"},
    "Moneyball.Verified.sps_bounds": {"Moneyball.sps_bounds"},
    "Moneyball.Integrated.resources_total": {"Moneyball.Integrated.proportional_parts"},
    "Moneyball.Integrated.EconomicAnalysis.sound": {
        "Moneyball.Verified.war_score_bounds",
        "Moneyball.Verified.drp_bounds",
        "Moneyball.Verified.sps_bounds",
    },
    "Moneyball.O3.optimize_deals_within_budget": {
        "Moneyball.O3.optimize_deals_optimal",
        "Moneyball.O3.worth_at_price",
    },
    "Moneyball.O3.monte_carlo_roadmap_simulation_optimized_bounds": {
        "Moneyball.O3.mean_bounds",
        "Moneyball.O3.round_gain_bounds",
        "Moneyball.O3.optimize_deals_nonneg",
    },
    "HMS.war_score_hms_bounds": {"HMS.gauge_bounds", "Moneyball.Verified.war_score_bounds"},
    "HMS.hms_dashboard_conservative": {"HMS.projected_deficit_bounds"},
}
# These say nothing of any score: a sum over a finite map is the same in every order.
ORDER = {
    "Moneyball.sum_record",
    "Moneyball.war_score_of_sectors",
    "Moneyball.drp_of_policies",
}
THEOREMS = lean_library.theorems()
PLAIN = [t for name, t in THEOREMS.items() if name not in {*APPLIED, *ORDER}]
SHORTCUTS = (
    "sorry", "admit", "axiom", "native_decide", "unsafe", "opaque", "extern", "implemented_by",
    "notation", "macro", "macro_rules", "syntax", "elab", "instance", "set_option", "open",
)  # fmt: skip


def settle(theorem: Theorem, text: str) -> Verdict:
    goal = Goal(theorem_id=theorem.name, statement=text)
    return SmtBackend().attempt(goal, DEFAULT_STRATEGY, Budget(nominal_s=3.0, wall_s=200.0))


@pytest.mark.parametrize("theorem", [t for t in PLAIN if not t.denies], ids=lambda t: t.name)
def test_what_a_theorem_states_is_proved(theorem: Theorem):
    verdict = settle(theorem, theorem.text)

    assert verdict.outcome is Outcome.PROVED, verdict.reason
    assert verdict.trust is not None
    assert verdict.trust.reaches(Trust.TWO_SOLVERS)


@pytest.mark.parametrize("theorem", [t for t in PLAIN if t.denies], ids=lambda t: t.name)
def test_what_a_theorem_denies_is_refuted(theorem: Theorem):
    verdict = settle(theorem, theorem.claim)

    assert verdict.outcome is Outcome.REFUTED, verdict.reason
    assert verdict.trust is Trust.REPLAYED


def test_a_denial_is_called_false_and_nothing_else_is():
    assert {name for name, t in THEOREMS.items() if t.denies} == {
        name for name in THEOREMS if name.endswith("_false") or ".not_" in name
    }


@pytest.mark.parametrize("name", APPLIED)
def test_an_applied_theorem_rests_on_theorems_about_plain_numbers(name: str):
    words = set(re.findall(r"[\w.]+", THEOREMS[name].proof))

    for used in APPLIED[name]:
        assert used in {t.name for t in PLAIN} | set(APPLIED)
        # As it is written there: within its own namespace, or from elsewhere.
        assert {used, used.removeprefix("Moneyball."), used.rpartition(".")[2]} & words, used


def claims() -> dict[str, specs.Claim]:
    """The claims of the built-in specification that are formal, by id."""
    return {c.id: c for c in specs.load("moneyball").claims if c.settled is None}


def claim_of(theorem: Theorem) -> str:
    """The claim of that name, or its one instance where it is stated for a fixed number only."""
    id = theorem.name.rpartition(".")[2].removesuffix("_false" if theorem.denies else "")
    known = claims()
    return id if id in known else next((c for c in known if re.fullmatch(rf"{id}_n\d+", c)), "")


def bare(statement: Statement) -> str:
    """What a statement says, without its name and those of its hypotheses."""
    facts = tuple(dataclasses.replace(fact, name="") for fact in statement.hypotheses)
    return show(dataclasses.replace(statement, name="", hypotheses=facts))


NAMED = [t for t in PLAIN if claim_of(t)]


@pytest.mark.parametrize("theorem", NAMED, ids=lambda t: t.name)
def test_a_theorem_with_the_name_of_a_claim_states_that_claim(theorem: Theorem):
    goal = claims()[claim_of(theorem)].goal()

    claimed = parse(goal.statement, definitions=goal.definitions, decimals=goal.decimals)
    stated = parse(theorem.claim if theorem.denies else theorem.text)

    assert bare(stated) == bare(claimed)


def test_every_formal_claim_has_its_theorem():
    assert {re.sub(r"_n\d+$", "", claim_of(t)) for t in NAMED} == {
        re.sub(r"_n\d+$", "", id) for id in claims()
    }


# --- files ------------------------------------------------------------------------


def test_the_root_imports_every_module():
    files = {file.relative_to(LIBRARY) for file in (LIBRARY / "Moneyball").rglob("*.lean")}

    imported = lean_library.imports(LIBRARY / "Moneyball.lean")
    assert {Path(*f"{module}.lean".rsplit(".", 1)[0].split(".")) for module in imported} == {
        file.with_suffix("") for file in files
    }
    assert set(lean_library.modules()) == {LIBRARY / file for file in files}


@pytest.mark.parametrize("module", lean_library.modules(), ids=lambda m: m.stem)
def test_a_module_takes_no_shortcut(module: Path):
    words = set(re.findall(r"[\w#]+", lean_library.code(module)))

    assert words.isdisjoint(SHORTCUTS)


@pytest.mark.parametrize("module", lean_library.modules(), ids=lambda m: m.stem)
def test_a_module_opens_one_namespace_and_closes_it(module: Path):
    code = lean_library.code(module)

    opened = re.findall(r"^(?:namespace|section)\b *(\S*)$", code, re.MULTILINE)
    closed = re.findall(r"^end\b *(\S*)$", code, re.MULTILINE)
    assert len(opened) == 1
    assert opened == closed


@pytest.mark.parametrize("module", lean_library.modules(), ids=lambda m: m.stem)
def test_a_module_says_what_it_is_and_that_only_the_workflow_compiles_it(module: Path):
    head = module.read_text("utf-8").partition("/-!")[2].partition("-/")[0]

    assert "only the workflow's job `lean` compiles this file" in head


def test_the_library_rests_on_mathlib_and_never_on_the_core():
    for module in lean_library.modules():
        for name in lean_library.imports(module):
            assert name == "Mathlib" or name.startswith("Moneyball.")


def test_lean_and_mathlib_are_pinned_to_one_release():
    lake = tomllib.loads((LIBRARY / "lakefile.toml").read_text())
    toolchain = (LIBRARY / "lean-toolchain").read_text().strip()

    (mathlib,) = lake["require"]
    assert toolchain == f"leanprover/lean4:{mathlib['rev']}"
    assert {library["name"] for library in lake["lean_lib"]} == set(lake["defaultTargets"])


def test_the_audit_allows_the_axioms_of_leans_logic_and_no_other():
    allowed = re.search(r"allowedAxioms .*?:= \[(.*)\]", (LIBRARY / "audit.lean").read_text())

    assert allowed is not None
    assert set(allowed[1].split(", ")) == {"``propext", "``Quot.sound", "``Classical.choice"}


@pytest.mark.parametrize(
    "name",
    ["HMS.HMSDashboardInput", "HMS.war_score_hms", "HMS.project_deficit_impact_hms",
     "Moneyball.Integrated.economic_analysis_valid", "Moneyball.Integrated.war_threshold",
     "Moneyball.O3.optimize_deals", "Moneyball.O3.monte_carlo_roadmap_simulation_optimized"],
)  # fmt: skip
def test_what_others_build_on_is_registered(name: str):
    files = [LIBRARY / "Moneyball.lean", *lean_library.modules()]

    assert sum(lean_library.code(file).count(f"#check {name}\n") for file in files) == 1
