"""Boards are folds: order, replay, bounds."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from widget_story import PROVED, REFUTED, Story, long_story, short_story

from hms_kernel.facts import (
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    Fact,
    RecoveryBegun,
    RecoveryStep,
    TaskRequeued,
    TaskSubmitted,
)
from hms_kernel.model import AgentPhase, Move, Outcome, Phase, Task, Verdict
from hms_widgets import boards, palette
from hms_widgets.boards import AgentRow, AgentsBoard, VerdictsBoard, fold, fold_all
from hms_widgets.grid import state_of
from hms_widgets.lines import agents_part

seeds = st.integers(0, 10_000)


def empty() -> tuple[AgentsBoard, VerdictsBoard]:
    return AgentsBoard(), VerdictsBoard()


def test_a_session_with_a_killed_agent_reads_as_it_happened():
    board = fold_all(AgentsBoard(), short_story().facts)

    first, second = board.rows["a1"], board.rows["a2"]
    assert (first.phase, first.pid, first.done, first.restarts) == (AgentPhase.READY, 11, 2, 0)
    assert (second.phase, second.pid, second.done, second.restarts) == (AgentPhase.READY, 22, 0, 1)
    assert second.last_cause == "killed by SIGKILL"
    assert (first.task, second.task) == (None, None)


def test_verdicts_carry_outcome_trust_counterexample_and_attempts():
    board = fold_all(VerdictsBoard(), short_story().facts)

    row = board.rows["t2"]
    assert (row.label, row.state, row.trust) == ("war_score_bounds", "refuted", "replayed")
    assert row.shows == "x = 2, not ≤ 1"
    assert (row.attempts, row.agent, row.duration_s, row.work_s) == (2, "a1", 1.25, 0.75)
    assert board.counts == {"proved": 1, "refuted": 1, "invalid": 1}
    assert (board.settled, board.total) == (3, 3)
    assert board.rows["t3"].reason == "informal: no formula in it"


def test_an_agent_at_work_shows_the_label_of_its_task_until_it_dies():
    story = Story()
    story.spawn("a1")
    story.submit("t1", "drp_conservative")
    story.assign("t1", "a1", attempt=2)
    working = fold_all(AgentsBoard(), story.facts).rows["a1"]
    story.kill("a1", "t1")
    dead = fold_all(AgentsBoard(), story.facts).rows["a1"]

    assert (working.task, working.label, working.attempt) == ("t1", "drp_conservative", 2)
    assert (dead.phase, dead.pid, dead.task, dead.label) == (AgentPhase.BACKOFF, None, None, "")


def test_an_agent_put_aside_says_why_and_one_that_drains_says_so():
    story = Story()
    story.spawn("a1")
    story.spawn("a2")
    story.submit("t1", "drp_conservative")
    story.assign("t1", "a2")
    story.add(AgentGone(cause="exit code 1", backoff_s=30.0), agent="a1")
    story.add(AgentQuarantined(cause="6 deaths within 60 s", cool_s=30.0), agent="a1")
    story.add(AgentDraining(), agent="a2")
    board = fold_all(AgentsBoard(), story.facts)

    aside, draining = board.rows["a1"], board.rows["a2"]
    assert (aside.phase, aside.pid) == (AgentPhase.QUARANTINED, None)
    assert aside.last_cause == "6 deaths within 60 s"
    assert (draining.phase, draining.label) == (AgentPhase.DRAINING, "drp_conservative")
    part = agents_part(board)
    assert [line.state for line in part.lines] == ["quarantined", "draining"]
    assert part.lines[0].cause == "6 deaths within 60 s"
    assert part.headline == "2 agents: 1 quarantined, 1 draining"

    story.add(AgentDismissed(), agent="a2")
    assert fold_all(board, story.facts).rows["a2"].phase is AgentPhase.STOPPING


def test_every_phase_of_agents_and_tasks_has_a_mark_of_its_own():
    words = {state_of(AgentRow(agent_id="a", phase=phase)) for phase in AgentPhase}
    assert words <= set(palette.AGENTS)
    assert {phase.value for phase in Phase} <= set(palette.CLAIMS)
    for marks in (palette.AGENTS, palette.CLAIMS):
        assert len({mark.glyph for mark in marks.values()}) == len(marks)


def test_a_task_that_is_tried_again_says_why_until_it_has_ended():
    story = Story()
    story.spawn("a1")
    story.submit("t1")
    story.assign("t1", "a1")
    story.add(
        TaskRequeued(cause="worker frozen: stopped by SIGSTOP"), task="t1", agent="a1", attempt=1
    )
    story.assign("t1", "a1", attempt=2)
    again = fold_all(VerdictsBoard(), story.facts).rows["t1"]
    story.settle("t1", PROVED, "a1", n=2)
    ended = fold_all(VerdictsBoard(), story.facts).rows["t1"]

    assert again.reason == "tried again: worker frozen: stopped by SIGSTOP"
    assert "tried again" not in ended.reason


def test_a_requeued_task_is_pending_again_and_leaves_its_agent_idle():
    story = Story()
    story.spawn("a1")
    story.submit("t1")
    story.assign("t1", "a1")
    story.add(boards.TaskRequeued(cause="hung"), task="t1")

    agents, verdicts = (fold_all(board, story.facts) for board in empty())

    assert agents.rows["a1"].task is None
    assert verdicts.rows["t1"].phase is Phase.PENDING


def test_a_failed_task_says_why_and_counts_for_no_agent():
    story = Story()
    story.spawn("a1")
    story.submit("t1")
    story.assign("t1", "a1")
    story.fail("t1", "attempts", "lost 3 agents")

    agents, verdicts = (fold_all(board, story.facts) for board in empty())

    assert agents.rows["a1"].done == 0
    assert verdicts.rows["t1"].state == "failed"
    assert verdicts.rows["t1"].reason == "attempts: lost 3 agents"


def test_only_the_run_asked_for_is_on_the_board():
    story = Story()
    story.submit("t1", run="r")
    story.submit("t2", run="q")
    story.settle("t2", PROVED)

    board = fold_all(VerdictsBoard(run="r"), story.facts)

    assert list(board.rows) == ["t1"]
    assert board.counts == {"pending": 1}


def test_a_takeover_opens_a_closed_session_again():
    story = Story()
    story.close()
    closed = fold_all(AgentsBoard(), story.facts)
    story.add(boards.SessionOpened(pid=2, version="0"))

    assert closed.closed
    assert not fold_all(closed, story.facts).closed


@given(seed=seeds, tasks=st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_folding_one_by_one_and_in_bulk_is_the_same(seed: int, tasks: int):
    facts = long_story(seed, tasks).facts

    for board in empty():
        assert fold_all(board, facts) == reduce(fold, facts, board)


@given(seed=seeds, tasks=st.integers(1, 30), data=st.data())
@settings(max_examples=60, deadline=None)
def test_replaying_any_part_of_what_was_seen_changes_nothing(seed: int, tasks: int, data):
    facts = long_story(seed, tasks).facts
    again = data.draw(st.lists(st.sampled_from(facts), max_size=20))

    for board in empty():
        seen = fold_all(board, facts)
        assert fold_all(seen, again) == seen


@given(seed=seeds, tasks=st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_every_submitted_task_is_counted_exactly_once(seed: int, tasks: int):
    facts = long_story(seed, tasks).facts

    board = fold_all(VerdictsBoard(), facts)

    assert sum(board.counts.values()) == board.total == tasks
    assert board.settled == tasks
    assert all(row.phase.terminal for row in board.rows.values())


@given(seed=seeds, tasks=st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_no_agent_keeps_a_task_that_has_ended(seed: int, tasks: int):
    facts = long_story(seed, tasks).facts

    for end in range(len(facts)):
        board = fold_all(AgentsBoard(), facts[:end])
        assert {row.task for row in board.rows.values() if row.task} <= set(board.labels)
    assert not fold_all(AgentsBoard(), facts).labels


def test_folding_leaves_the_board_before_as_it_was():
    facts: list[Fact] = short_story().facts
    before = fold_all(VerdictsBoard(), facts[:8])
    copy = dict(before.rows)

    fold_all(before, facts)

    assert dict(before.rows) == copy


def test_history_is_bounded_and_the_forgotten_are_still_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boards, "SETTLED_TASKS_KEPT", 10)
    story = Story()
    for number in range(30):
        story.submit(f"t{number}")
        story.settle(f"t{number}", PROVED if number % 3 else REFUTED)
    story.submit("open")

    board = fold_all(VerdictsBoard(), story.facts)

    assert len(board.rows) == 11
    assert board.counts == {"proved": 20, "refuted": 10, "pending": 1}
    assert (board.settled, board.total) == (30, 31)
    assert "open" in board.rows


def test_stopped_agents_are_forgotten_oldest_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boards, "STOPPED_AGENTS_KEPT", 2)
    story = Story()
    for number in range(5):
        story.spawn(f"a{number}")
    for number in range(4):
        story.stop(f"a{number}")

    board = fold_all(AgentsBoard(), story.facts)

    assert list(board.rows) == ["a2", "a3", "a4"]


def test_a_claim_that_recovers_says_which_step_it_is_at_and_frees_its_agent():
    story = Story()
    story.spawn("a1")
    story.submit("t1", "drp_conservative")
    story.assign("t1", "a1")
    left_open = Verdict(outcome=Outcome.UNKNOWN, reason="no stage settled it")
    story.add(RecoveryBegun(result=left_open, reason="budget"), task="t1", agent="a1")
    step = RecoveryStep(number=1, place=1, move=Move.LEMMAS, says="2 by order", tasks=("t1.1",))
    story.add(step, task="t1")
    lemma = Task(task_id="t1.1", skill="prove", label="drp_conservative.1", parent="t1")
    story.add(TaskSubmitted(submitted=lemma), task="t1.1")

    claims, agents = (fold_all(board, story.facts) for board in empty()[::-1])

    assert isinstance(claims, VerdictsBoard)
    assert list(claims.rows) == ["t1"], "what a recovery asks for is no claim"
    assert claims.rows["t1"].state == "waiting"
    assert claims.rows["t1"].reason == "step 1 of its recovery, lemmas: 2 by order"
    assert isinstance(agents, AgentsBoard)
    assert agents.rows["a1"].task is None
