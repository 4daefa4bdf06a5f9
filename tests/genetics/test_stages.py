"""The space of stages: nothing outside it can be built, and varying never leaves it."""

from __future__ import annotations

import random

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.backends.engines import ask
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import ENGINES, Stage
from hms_kernel.backends.transforms import TRANSFORMS
from hms_kernel.errors import UsageError
from hms_kernel.genetics.stages import SPACE, Genome, crossed, drawn, genes, genome, mutated

GENOMES = st.tuples(*(st.sampled_from(gene.choices) for gene in SPACE)).map(Genome)
SEEDS = st.integers(0, 2**32)


def valid(stage: Stage) -> bool:
    repeated = [name for name in set(stage.transforms) if stage.transforms.count(name) > 1]
    return (
        stage.engine in ENGINES
        and set(stage.transforms) <= set(TRANSFORMS)
        and set(repeated) <= {"enumerate"}
        and genome(stage).stage == stage
    )


@given(GENOMES, GENOMES, SEEDS, st.floats(0.01, 1.0))
def test_whatever_varies_stays_a_stage_that_can_be_tried(one, other, seed, rate):
    rng = random.Random(seed)

    children = [drawn(rng), crossed(one, other, rng), mutated(one, rng, rate)]

    assert all(valid(child.stage) for child in children)
    assert children[2].stage != one.stage


@given(GENOMES, GENOMES, SEEDS)
def test_a_child_has_every_gene_from_a_parent(one, other, seed):
    child = crossed(one, other, random.Random(seed))

    assert all(c in (a, b) for a, b, c in zip(one.values, other.values, child.values, strict=True))


@given(SEEDS)
def test_the_same_generator_draws_the_same(seed):
    assert drawn(random.Random(seed)) == drawn(random.Random(seed))


@given(GENOMES, GENOMES)
def test_a_hash_sees_active_genes_only(one, other):
    assert (one.sha256 == other.sha256) == (one.stage == other.stage)


def test_an_inactive_gene_changes_nothing():
    at = next(n for n, gene in enumerate(SPACE) if gene.name == "mbqi")
    plain = genome(Stage(engine="nlsat"))
    idle = Genome((*plain.values[:at], False, *plain.values[at + 1 :]))

    assert idle != plain
    assert idle.stage == plain.stage
    assert idle.sha256 == plain.sha256


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("cvc5", *genome(Stage(engine="smt")).values[1:]),
        (*genome(Stage(engine="smt")).values[:-1], 17),
        (*genome(Stage(engine="smt")).values[:-1], False),
    ],
)
def test_a_genome_outside_the_space_cannot_be_built(values):
    with pytest.raises(UsageError):
        Genome(values)


def test_a_genome_of_another_version_cannot_be_built():
    with pytest.raises(UsageError, match="version"):
        Genome(genome(Stage(engine="smt")).values, version=0)


@pytest.mark.parametrize(
    "stage",
    [
        Stage(engine="smt", parameters=(("seed", 7),)),
        Stage(engine="nlsat", parameters=(("mbqi", False),)),
        Stage(engine="smt", transforms=("guess",)),
        Stage(engine="smt", transforms=("cases", "cases")),
        Stage(engine="smt", transforms=("cases", "points", "unroll", "split")),
    ],
)
def test_a_stage_outside_the_space_has_no_genome(stage):
    with pytest.raises(UsageError):
        genome(stage)


def test_every_default_stage_lies_in_the_space():
    for part in DEFAULT_STRATEGY.slices:
        assert genome(part.stage).stage == part.stage


def test_no_gene_is_a_random_seed():
    assert not [gene.name for gene in SPACE if "seed" in gene.name or "random" in gene.name]


@pytest.mark.parametrize("gene", [gene for gene in SPACE if "transform" not in gene.name])
def test_the_solver_takes_every_choice_of_every_parameter(gene):
    for engine in gene.engines:
        for choice in gene.choices if gene.name != "engine" else ():
            context = z3.Context()
            x = z3.Real("x", context)
            answer = ask(
                context, [x * x < 0], engine=engine, units=10_000, wall_s=20, parameters=[(gene.name, choice)]
            )  # fmt: skip
            assert answer.result != "sat"


def test_what_a_stage_decides_is_counted():
    assert genes(Stage(engine="smt")) == 0
    assert genes(Stage(engine="smt", transforms=("cases",), parameters=(("mbqi", False),))) == 2
