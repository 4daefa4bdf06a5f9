"""The operators: each makes another stage, and changes nothing but what its name says."""

from __future__ import annotations

from random import Random

import pytest

from hms_kernel.backends.strategy import Stage
from hms_kernel.genetics.settings import Settings
from hms_kernel.genetics.stages import PARAMETERS, SPACE, TRANSFORMED, genome
from hms_kernel.genetics.variation import OPERATORS, Variation

POPULATION = genome(Stage(engine="smt", transforms=("clear",), parameters=(("mbqi", False),)))
TEAM = genome(Stage(engine="nlsat", transforms=("split",)))


def variation(seed):
    return Variation(Random(seed), Settings(seed=0), lambda: POPULATION, lambda: TEAM)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_makes_children_of_other_stages_and_the_same_again(name):
    children = [variation(seed).by(name) for seed in range(30)]

    assert [variation(seed).by(name) for seed in range(30)] == children
    assert all(one.operator == name for one in children)
    assert len({one.genome.stage for one in children}) > 5
    for one in children:
        assert len(one.parents) == {"fresh draw": 0}.get(name, 2 if "cross" in name else 1)
        if len(one.parents) == 1:
            assert one.genome.stage != one.parents[0].stage


@pytest.mark.parametrize(
    ("name", "genes"), [("other transforms", TRANSFORMED), ("other parameters", PARAMETERS)]
)
def test_an_operator_for_some_genes_leaves_the_others(name, genes):
    for seed in range(30):
        child = variation(seed).by(name)

        for gene, now, before in zip(SPACE, child.genome.values, TEAM.values, strict=True):
            assert now == before or gene.name in genes


def test_the_fixed_mix_takes_parents_of_the_team_only_if_there_is_one():
    lonely = [variation(seed).mixed(team=False) for seed in range(40)]
    teamed = [variation(seed).mixed(team=True) for seed in range(40)]

    assert {parent for one in lonely for parent in one.parents} == {POPULATION}
    assert {parent for one in teamed for parent in one.parents} == {POPULATION, TEAM}
    assert {len(one.parents) for one in teamed} == {1, 2}
    assert {one.operator for one in lonely} == {""}
