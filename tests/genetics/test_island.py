"""Islands: apart but for the table, the winner and the migrants; one seed, one path."""

from __future__ import annotations

import msgspec
import pytest
from test_engine import GOALS, Counting, landscape

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.errors import UsageError
from hms_kernel.genetics import engine
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.engine import Settings, evolve
from hms_kernel.genetics.island import Island
from hms_kernel.genetics.variation import OPERATORS

SETTINGS = Settings(
    seed=3, budget_s=1.0, population=9, children=8, generations=7, islands=3, adaptive=True
)
ONE = msgspec.structs.replace(SETTINGS, islands=1)


@pytest.fixture
def families(monkeypatch):
    """For every island, all that it has tried, and the stages that its children came of."""
    told: dict[int, tuple[set, set]] = {}

    class Watched(Island):
        def breed(self, winner):
            children = super().breed(winner)
            _, parents = told.setdefault(self.number, (set(), set()))
            parents.update(one.stage for born in self._born for one in born.parents)
            return children

        def select(self, children, table, caps):
            told.setdefault(self.number, (set(), set()))[0].update(one.stage for one in children)
            super().select(children, table, caps)

    monkeypatch.setattr(engine, "Island", Watched)
    return told


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_same_seed_yields_the_same_generations_of_every_island(adaptive):
    settings = msgspec.structs.replace(SETTINGS, adaptive=adaptive)

    first = list(evolve(GOALS, landscape, settings))

    assert list(evolve(GOALS, landscape, settings)) == first
    assert list(evolve(GOALS, landscape, msgspec.structs.replace(settings, seed=4))) != first
    assert [(one.number, one.island) for one in first] == [(n, k) for n in range(7) for k in range(3)]  # fmt: skip


def test_islands_try_together_what_one_would_and_no_stage_twice():
    together, alone = Counting(), Counting()

    generations = list(evolve(GOALS, together, SETTINGS))
    list(evolve(GOALS, alone, ONE))

    assert [one.evaluated for one in generations[:4]] == [3, 6, 8, 11]
    assert generations[-1].evaluated == 7 * 8
    assert len(set(together.asked)) == len(together.asked) == len(alone.asked)
    assert sum(one.cost_s for one in generations) == pytest.approx(sum(together.costs))


def test_a_search_on_islands_that_was_interrupted_pays_for_nothing_twice(tmp_path):
    whole = Counting()
    expected = list(evolve(GOALS, whole, SETTINGS))
    archive = Archive(tmp_path / "archive.sqlite")
    killed, rest = Counting(dies_after=101), Counting()
    with pytest.raises(KeyboardInterrupt):
        list(evolve(GOALS, archive.through(killed, "b"), SETTINGS))

    resumed = list(evolve(GOALS, archive.through(rest, "b"), SETTINGS))

    assert resumed == expected
    assert killed.asked + rest.asked == whole.asked


def test_without_migration_an_island_breeds_from_its_own_stages_alone(families):
    list(evolve(GOALS, landscape, msgspec.structs.replace(SETTINGS, migration=100)))

    assert len(families) == 3
    for tried, parents in families.values():
        assert parents
        assert parents <= tried


def test_migrants_become_parents_elsewhere(families):
    list(evolve(GOALS, landscape, msgspec.structs.replace(SETTINGS, migration=1)))

    strangers = [parents - tried for tried, parents in families.values()]

    assert all(strangers)
    for number, (tried, _) in families.items():
        assert strangers[number] & families[(number - 1) % 3][0]  # around the ring
        assert not strangers[number] & tried


def test_the_winner_is_one_for_all_islands_and_never_gets_worse():
    generations = list(evolve(GOALS, landscape, SETTINGS))

    scores = [(one.solved, -one.par2_s) for one in generations]

    assert scores == sorted(scores)


def test_founders_are_dealt_out_to_the_islands(families):
    founders = list(dict.fromkeys(part.stage for part in DEFAULT_STRATEGY.slices))

    search = evolve(GOALS, landscape, SETTINGS, founders=founders, fallback=DEFAULT_STRATEGY)
    for _ in range(3):
        next(search)

    for number, (tried, _) in families.items():
        assert set(founders[number::3]) <= tried
        assert not set(founders) - set(founders[number::3]) & tried


def test_every_island_has_a_bandit_of_its_own_that_learns():
    first, *_, last = (
        [one.credit for one in evolve(GOALS, landscape, SETTINGS) if one.number == number]
        for number in (0, 3, 6)
    )

    assert all(credit == pytest.approx(dict.fromkeys(OPERATORS, 1 / 6)) for credit in first)
    assert all(sum(credit.values()) == pytest.approx(1) for credit in last)
    assert len({tuple(credit.values()) for credit in last}) == 3


def test_a_fixed_mix_claims_no_credit():
    fixed = msgspec.structs.replace(SETTINGS, adaptive=False)

    assert not any(one.credit for one in evolve(GOALS, landscape, fixed))


@pytest.mark.parametrize("wrong", [{"islands": 0}, {"islands": 9}, {"migration": 0}])
def test_islands_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError, match="islands"):
        msgspec.structs.replace(SETTINGS, **wrong)
