"""The space of stages: typed, bounded genes, and how genomes vary. Evaluates nothing.

A genome is a value for every gene. Which genes are active depends on the engine; only
those reach the stage, and two genomes with the same active genes are the same stage. No
gene is a random seed: luck is not what is looked for.
"""

from __future__ import annotations

import hashlib
from random import Random
from typing import TypeAlias

import msgspec

from hms_kernel.backends.strategy import ENGINES, Stage
from hms_kernel.backends.transforms import TRANSFORMS
from hms_kernel.errors import UsageError

VERSION = 1  # of the space: part of every genome and of its hash

Choice: TypeAlias = "int | bool | str"

NONE = ""  # the transform that is not there
REPEATED = "enumerate"  # the only transform that goes on where it left off: one variable each time
SMT = ("smt", "simple")
NLSAT = ("nlsat",)


class Gene(msgspec.Struct, frozen=True):
    """One decision about a stage.

    ``usual`` is how often a random draw takes the first choice, which for a parameter is
    z3's default: most stages that do something have few genes out of the ordinary.
    """

    name: str
    choices: tuple[Choice, ...]
    usual: float
    engines: tuple[str, ...] = ENGINES  # where the gene is active

    def draw(self, rng: Random) -> Choice:
        """A random choice."""
        if rng.random() < self.usual:
            return self.choices[0]
        return rng.choice(self.choices[1:])


_SLOTS = ("transform 1", "transform 2", "transform 3")

# Parameters with a choice that changes the search, not its luck; the first is z3's default.
# Source: z3 5.4.0, ``z3 -p``.
SPACE: tuple[Gene, ...] = (
    Gene("engine", ENGINES, 0.4),
    *(
        Gene(slot, (NONE, *TRANSFORMS), usual)
        for slot, usual in zip(_SLOTS, (0.2, 0.6, 0.8), strict=True)
    ),
    Gene("arith.solver", (6, 2), 0.8, SMT),
    Gene("arith.nl.nra", (True, False), 0.9, SMT),
    Gene("arith.nl.grobner", (True, False), 0.9, SMT),
    Gene("arith.nl.tangents", (True, False), 0.9, SMT),
    Gene("arith.nl.order", (True, False), 0.9, SMT),
    Gene("mbqi", (True, False), 0.9, SMT),
    Gene("relevancy", (2, 0), 0.8, SMT),
    Gene("factor", (True, False), 0.9, NLSAT),
    Gene("inline_vars", (False, True), 0.8, NLSAT),
    Gene("lazy", (0, 1, 2), 0.8, NLSAT),
    Gene("minimize_conflicts", (False, True), 0.8, NLSAT),
    Gene("simplify_conflicts", (True, False), 0.9, NLSAT),
    Gene("variable_ordering_strategy", (0, 1, 2, 3, 4, 5), 0.7, NLSAT),
)
_PARAMETERS = tuple(gene for gene in SPACE if gene.name not in ("engine", *_SLOTS))
_ALL = frozenset(gene.name for gene in SPACE)
TRANSFORMED = frozenset(_SLOTS)  # names of the genes that choose transforms, ...
PARAMETERS = _ALL - TRANSFORMED  # ... and of those that choose the engine and its parameters


class Genome(msgspec.Struct, frozen=True):
    """A point of the space; one that lies outside cannot be built.

    Raises:
        UsageError: on building, for another version, a missing gene or a value that is no choice.
    """

    values: tuple[Choice, ...]  # one for each gene of ``SPACE``, in its order
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise UsageError(f"genome of version {self.version}; this is version {VERSION}")
        if len(self.values) != len(SPACE):
            raise UsageError(f"a genome has {len(SPACE)} genes, not {len(self.values)}")
        for gene, value in zip(SPACE, self.values, strict=True):
            # True equals 1 in Python; to a solver it does not.
            if not any(type(value) is type(one) and value == one for one in gene.choices):
                known = ", ".join(repr(one) for one in gene.choices)
                raise UsageError(f"gene {gene.name!r} is one of {known}, not {value!r}")

    @property
    def stage(self) -> Stage:
        """What the active genes say."""
        value = {gene.name: one for gene, one in zip(SPACE, self.values, strict=True)}
        engine = str(value["engine"])
        transforms: list[str] = []
        for slot in _SLOTS:
            name = str(value[slot])
            if name != NONE and (name not in transforms or name == REPEATED):
                transforms.append(name)
        parameters = tuple(
            (gene.name, value[gene.name])
            for gene in sorted(_PARAMETERS, key=lambda gene: gene.name)
            if engine in gene.engines and value[gene.name] != gene.choices[0]
        )
        return Stage(engine=engine, transforms=tuple(transforms), parameters=parameters)

    @property
    def sha256(self) -> str:
        """Hash of the active genes, hexadecimal."""
        return hashlib.sha256(f"{self.version}|{self.stage}".encode()).hexdigest()


def genes(stage: Stage) -> int:
    """How many decisions a stage takes that the plainest does not: fewer is easier to explain."""
    return len(stage.transforms) + len(stage.parameters)


def genome(stage: Stage) -> Genome:
    """The genome of a stage, with its inactive genes at their first choice.

    Raises:
        UsageError: the stage lies outside the space.
    """
    given = dict(stage.parameters)
    if len(stage.transforms) > len(_SLOTS):
        raise UsageError(f"{stage}: at most {len(_SLOTS)} transforms, not {len(stage.transforms)}")
    transforms = (*stage.transforms, *(NONE,) * (len(_SLOTS) - len(stage.transforms)))
    chosen: dict[str, Choice] = {
        "engine": stage.engine,
        **dict(zip(_SLOTS, transforms, strict=True)),
    }
    for gene in _PARAMETERS:
        chosen[gene.name] = gene.choices[0]
        if stage.engine in gene.engines:
            chosen[gene.name] = given.pop(gene.name, gene.choices[0])
    if given:
        raise UsageError(f"{stage}: no gene for {', '.join(sorted(given))} with {stage.engine}")
    found = Genome(tuple(chosen[gene.name] for gene in SPACE))
    if found.stage.transforms != stage.transforms:
        raise UsageError(f"{stage}: only {REPEATED} may be repeated")
    return found


def drawn(rng: Random) -> Genome:
    """A random genome."""
    return Genome(tuple(gene.draw(rng) for gene in SPACE))


def crossed(one: Genome, other: Genome, rng: Random) -> Genome:
    """A child that has every gene from one parent or the other, with equal chances.

    Source:
        Syswerda (1989), Uniform Crossover in Genetic Algorithms.
    """
    pairs = zip(one.values, other.values, strict=True)
    return Genome(tuple(rng.choice(pair) for pair in pairs))


def mutated(parent: Genome, rng: Random, rate: float, genes: frozenset[str] = _ALL) -> Genome:
    """A neighbour that is another stage: every gene drawn anew with probability ``rate``.

    Args:
        rate: above 0, at most 1.
        genes: names of those that may be; with a transform slot or the engine among them.
    """
    while True:
        child = Genome(
            tuple(
                gene.draw(rng) if gene.name in genes and rng.random() < rate else value
                for gene, value in zip(SPACE, parent.values, strict=True)
            )
        )
        if child.stage != parent.stage:
            return child
