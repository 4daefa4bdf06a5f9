"""DEAP's operators, without the process's generator."""

from __future__ import annotations

import random

from deap.tools import mutation, selection

from hms_kernel.genetics.seeding import seeded


class One:
    def __init__(self, fitness: int) -> None:
        self.fitness = fitness


EVERYBODY = [One(number) for number in range(50)]


def test_the_same_seed_selects_the_same_whatever_the_process_draws():
    runs = []
    for noise in (1, 2):
        random.seed(noise)
        select = seeded(selection, random.Random(7)).selTournament
        runs.append([one.fitness for one in select(EVERYBODY, 20, 3)])

    assert runs[0] == runs[1]


def test_the_processs_generator_is_left_alone():
    before = random.getstate()

    seeded(selection, random.Random(7)).selTournament(EVERYBODY, 20, 3)
    seeded(mutation, random.Random(7)).mutShuffleIndexes(list(range(9)), 0.5)

    assert random.getstate() == before
    assert selection.random is random


def test_it_is_deaps_own_operator():
    random.seed(7)
    theirs = [one.fitness for one in selection.selTournament(EVERYBODY, 20, 3)]

    ours = seeded(selection, random.Random(7)).selTournament(EVERYBODY, 20, 3)

    assert [one.fitness for one in ours] == theirs
