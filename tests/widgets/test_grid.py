"""The agents' grid: what its bytes say, and what heartbeats make of an agent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from widget_story import Story, long_story, status

from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentQuarantined,
    AgentReady,
    AgentSpawned,
    DispatchPaused,
    DispatchResumed,
    FactKind,
)
from hms_kernel.messages import AgentStatus
from hms_kernel.model import AgentSpec, Progress
from hms_widgets import palette
from hms_widgets.boards import EVENTS_KEPT, AgentsBoard, fold_all
from hms_widgets.grid import ADVANCING, NO_AGE, PAUSED, PLANES, Grid, Signs, encode

STATES = list(palette.AGENTS)


def board(story: Story) -> AgentsBoard:
    return fold_all(AgentsBoard(), story.facts)


def states(grid: Grid) -> list[str]:
    return [STATES[code] for code in grid.cells[: len(grid.roster)]]


def plane(grid: Grid, number: int) -> list[int]:
    n = len(grid.roster)
    return list(grid.cells[number * n : (number + 1) * n])


def beating(
    age_s: float = 0.2,
    *,
    silent_s: float = 0.0,
    cpu_s: float = 1.0,
    steps: int = 1,
    elapsed_s: float = 1.0,
) -> AgentStatus:
    progress = Progress(
        task_id="t1", attempt=1, silent_s=silent_s, cpu_s=cpu_s, steps=steps, elapsed_s=elapsed_s
    )
    return msgspec.structs.replace(status("a1", "t1", age_s=age_s), progress=progress)


def read(story: Story, statuses: Sequence[AgentStatus]) -> Grid:
    """The grid after these heartbeats of one agent, one after the other."""
    agents, signs = board(story), Signs()
    seen = {}
    for one in statuses:
        seen = signs.read(agents.rows, [one])
    return encode(agents, seen)


@pytest.fixture
def one() -> Story:
    """Agent a1, at work on t1."""
    story = Story()
    story.spawn("a1")
    story.submit("t1", "claim")
    story.assign("t1", "a1")
    return story


def test_every_agent_has_one_byte_in_each_plane_in_the_order_of_the_roster():
    story = Story()
    for number in range(1000):
        story.spawn(f"a{number}")
    story.submit("t1")
    story.assign("t1", "a7")
    grid = encode(board(story))

    assert len(grid.cells) == PLANES * 1000
    assert grid.roster[7] == "a7"
    assert states(grid)[6:9] == ["idle", "working", "idle"]
    assert plane(grid, 2) == [NO_AGE] * 1000


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (AgentDraining(), "draining"),
        (AgentDismissed(), "stopping"),
        (AgentQuarantined(cause="asked for", cool_s=None), "quarantined"),
        (AgentSpawned(spec=AgentSpec(agent_id="a1"), restarts=1), "restarting"),
        (AgentSpawned(spec=AgentSpec(agent_id="a1")), "starting"),
    ],
)
def test_what_facts_say_of_an_agent_is_its_state(one, kind: FactKind, word: str):
    one.add(kind, agent="a1")

    assert states(encode(board(one))) == [word]


def test_a_killed_agent_is_dead_then_restarting_then_idle(one):
    seen = []
    one.kill("a1", "t1")
    seen += states(encode(board(one)))
    one.add(AgentSpawned(spec=AgentSpec(agent_id="a1"), restarts=1), agent="a1")
    seen += states(encode(board(one)))
    one.spawn("a1", restarts=1)
    grid = encode(board(one))

    assert [*seen, *states(grid)] == ["dead", "restarting", "idle"]
    assert plane(grid, 3) == [1]


def test_who_is_paused_goes_on_working_and_waits_afterwards(one):
    one.spawn("a2")
    one.add(DispatchPaused())
    held = encode(board(one))
    one.add(DispatchResumed())
    one.add(DispatchPaused(), agent="a2")
    alone = encode(board(one))

    assert states(held) == ["working", "paused"]
    assert plane(held, 1) == [PAUSED, PAUSED]
    assert states(alone) == ["working", "paused"]
    assert plane(alone, 1) == [0, PAUSED]


def test_a_namesake_of_a_stopped_agent_is_not_paused(one):
    one.add(DispatchPaused(), agent="a1")
    one.stop("a1")
    one.spawn("a1")

    assert states(encode(board(one))) == ["idle"]


def test_an_overdue_heartbeat_is_hung_and_the_next_one_clears_it(one):
    late = read(one, [beating(1.9), beating(2.1)])
    well = read(one, [beating(1.9), beating(2.1), beating(0.1)])

    assert (states(late), plane(late, 2)) == (["hung"], [21])
    assert states(well) == ["working"]


def test_one_late_look_is_no_alarm_as_the_looker_may_have_been_stopped_itself(one):
    assert states(read(one, [beating(0.1), beating(60.0)])) == ["working"]


def test_an_agent_that_rarely_beats_is_not_overdue_before_its_time():
    story = Story()
    slow = AgentSpec(agent_id="a1", heartbeat_s=5.0)
    story.add(AgentSpawned(spec=slow), agent="a1")
    story.add(AgentReady(pid=1, skills=("prove",)), agent="a1")

    assert states(read(story, [status("a1", age_s=7.0)] * 2)) == ["idle"]
    assert states(read(story, [status("a1", age_s=9.0)] * 2)) == ["hung"]


def test_a_silent_worker_that_computes_is_well_and_one_that_does_not_is_hung(one):
    computes = read(one, [beating(silent_s=2.5, cpu_s=1.0), beating(silent_s=3.5, cpu_s=2.0)])
    stands = read(one, [beating(silent_s=2.5, cpu_s=2.0), beating(silent_s=3.5, cpu_s=2.0)])

    assert states(computes) == ["working"]
    assert plane(computes, 1) == [ADVANCING]
    assert states(stands) == ["hung"]


def test_the_same_heartbeat_looked_at_twice_says_the_same(one):
    first = [beating(silent_s=2.5, cpu_s=1.0), beating(silent_s=3.5, cpu_s=2.0)]

    again = read(one, [*first, beating(0.4, silent_s=3.5, cpu_s=2.0)])

    assert states(again) == ["working"]
    assert plane(again, 1) == [ADVANCING]


def test_nobody_waits_for_the_heartbeat_of_a_dead_agent(one):
    one.kill("a1", "t1")

    assert plane(read(one, [beating(9.0)]), 2) == [NO_AGE]


def test_ageing_alone_is_no_change():
    story = Story()
    story.spawn("a1")
    young, old = read(story, [status("a1", age_s=0.1)]), read(story, [status("a1", age_s=0.9)])

    assert young.cells != old.cells
    assert young.still == old.still


@given(seed=st.integers(0, 999), age_s=st.floats(0, 1e6), restarts=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_any_story_fits_in_bytes(seed: int, age_s: float, restarts: int):
    story = long_story(seed, 15)
    story.spawn("a0", restarts=restarts)
    agents = board(story)
    grid = encode(agents, Signs().read(agents.rows, [status("a0", age_s=age_s)]))

    assert len(grid.cells) == PLANES * len(grid.roster)
    assert set(grid.cells[: len(grid.roster)]) <= set(range(len(STATES)))


def test_an_agents_life_is_told_without_its_work_and_is_bounded(one):
    for _ in range(20):
        one.kill("a1")
        one.spawn("a1", restarts=1)
    row = board(one).rows["a1"]

    assert len(row.events) == EVENTS_KEPT
    assert [event.words for event in row.events[-3:]] == [
        "killed by SIGKILL",
        "launched again",
        "ready as process 100",
    ]
    assert row.events[-1].time_s == one.facts[-1].time_s
