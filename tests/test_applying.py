"""What becomes of a winner: it takes the place of what it was compared with, and of nothing else."""

from __future__ import annotations

import msgspec
import pytest

from hms_kernel import applying
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Stage
from hms_kernel.genetics.adoption import Comparison
from hms_kernel.genetics.adoptions import Adoptions
from hms_kernel.genetics.engine import Settings
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import alone
from hms_kernel.messages import AcceptedResponse
from hms_kernel.plans import Plan

WINNER, OTHER = alone(Stage("nlsat")), alone(Stage("simple"))
BETTER = Comparison(goals=3, solved=(0, 3), par2_s=(0.5, 0.1), lost=(), clock_stops=0)
PLAN = Plan(
    family="sums",
    train=(),
    judges=(),
    settings=Settings(seed=0),
    founders=(),
    incumbent=DEFAULT_STRATEGY,
)


class Told:
    """A client that keeps what it is to record."""

    def __init__(self) -> None:
        self.kinds: list = []

    def ask(self, request, answer):
        self.kinds.append(request.kind)
        return AcceptedResponse()


@pytest.fixture
def client() -> Told:
    return Told()


def test_a_winner_takes_the_place_of_what_it_was_compared_with(client):
    assert applying.adopt(client, PLAN, WINNER, BETTER, "search")

    assert Adoptions(default_file()).current("sums") == WINNER
    [told] = client.kinds
    assert (told.text, told.search) == (str(WINNER), "search")


def test_a_winner_that_is_in_force_already_is_told_of_once(client):
    applying.adopt(client, PLAN, WINNER, BETTER, "search")

    assert applying.adopt(client, PLAN, WINNER, BETTER, "search")

    assert len(client.kinds) == 1


def test_what_took_over_during_the_search_stays_in_force(client):
    Adoptions(default_file()).adopt("sums", OTHER, BETTER)

    assert not applying.adopt(client, PLAN, WINNER, BETTER, "search")

    assert Adoptions(default_file()).current("sums") == OTHER
    assert client.kinds == []


def test_a_strategy_that_was_taken_back_during_the_search_is_no_incumbent(client):
    plan = msgspec.structs.replace(PLAN, incumbent=OTHER)

    assert not applying.adopt(client, plan, WINNER, BETTER, "search")
