"""The table of the Moneyball claims: every entry is there, and every column is true."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import lean_library
import pytest
from lean_library import LIBRARY

from hms_kernel import specs
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.model import Budget, Outcome

ROOT = LIBRARY.parent
PUBLISHED = ROOT / "../shared/data/moneyball_formal_specifications.json"
CORE = LIBRARY / "core" / "HMS" / "Moneyball.lean"
TABLE = tomllib.loads((LIBRARY / "moneyball_table.toml").read_text("utf-8"))
CLAIMS = {entry["id"]: entry for entry in TABLE["moneyball"]}
ENTRIES = [*TABLE["moneyball"], *TABLE["published"]]

published_file = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published file is not here")
core_there = pytest.mark.skipif(not CORE.exists(), reason="the verified core is not here")


def base(id: str) -> str:
    """A claim's id without the number of terms that an instance is stated for."""
    return re.sub(r"_n\d+$", "", id)


def verdict(claim: specs.Claim) -> str:
    if claim.settled is not None:
        return claim.settled.outcome.value
    budget = Budget(nominal_s=3.0, wall_s=200.0)
    return SmtBackend().attempt(claim.goal(), DEFAULT_STRATEGY, budget).outcome.value


def found(claims: Iterable[specs.Claim]) -> dict[str, set[str]]:
    """What the embedded prover says of each claim, over all numbers of terms it is stated for."""
    outcomes: dict[str, set[str]] = {}
    for claim in claims:
        outcomes.setdefault(base(claim.id), set()).add(verdict(claim))
    return outcomes


def told(entries: list[dict]) -> dict[str, set[str]]:
    assert len({entry["id"] for entry in entries}) == len(entries)
    return {entry["id"]: {entry["verdict"]} for entry in entries}


def test_every_claim_of_the_built_in_specification_is_there_with_its_verdict():
    assert told(TABLE["moneyball"]) == found(specs.load("moneyball").claims)


@published_file
def test_every_entry_of_the_published_file_is_there_with_its_verdict():
    assert told(TABLE["published"]) == found(specs.load(PUBLISHED).claims)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_the_theorems_are_there_and_fit_the_verdict(entry):
    theorems = [lean_library.theorems()[name] for name in entry["lean"]]

    assert theorems
    if entry["verdict"] == Outcome.PROVED.value:
        assert not any(theorem.denies for theorem in theorems)
    if entry["verdict"] == Outcome.REFUTED.value:
        assert theorems[0].denies


@pytest.mark.parametrize("entry", TABLE["moneyball"], ids=lambda e: e["id"])
def test_the_core_says_of_a_formal_claim_what_the_verdict_says(entry):
    name = entry.get("core", "").rpartition(".")[2]

    expected = {Outcome.PROVED: entry["id"], Outcome.REFUTED: f"{entry['id']}_refuted"}
    assert name == expected.get(Outcome(entry["verdict"]), "")


@core_there
@pytest.mark.parametrize("entry", [e for e in ENTRIES if "core" in e], ids=lambda e: e["id"])
def test_the_theorem_of_the_core_is_there(entry):
    assert entry["core"] in lean_library.declared(CORE)


@pytest.mark.parametrize("entry", TABLE["moneyball"], ids=lambda e: e["id"])
def test_the_notebook_cell_shows_the_claim(entry):
    notebook, _, id = entry["cell"].partition("#")
    cells = json.loads((ROOT / "notebooks" / notebook).read_text("utf-8"))["cells"]

    (cell,) = [cell for cell in cells if cell["id"] == id]
    assert re.search(rf"\b{entry['id']}(_n\d+)?\b", json.dumps(cell["outputs"]))


def test_an_entry_of_the_published_file_names_the_claim_that_settles_it():
    for entry in TABLE["published"]:
        if claim := CLAIMS.get(entry.get("claim", "")):
            # What is prose in the file is a formula in ours, or prose there too.
            assert entry["verdict"] in (claim["verdict"], Outcome.INVALID.value)
        else:
            assert "claim" not in entry
            assert entry["id"] not in CLAIMS


def test_the_page_shows_the_table():
    spec = importlib.util.spec_from_file_location("table", LIBRARY / "table.py")
    assert spec is not None
    assert spec.loader is not None
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)

    assert Path(table.PAGE).read_text("utf-8") == table.page(TABLE)
