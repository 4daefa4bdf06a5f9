"""Static views say what the boards say, bounded and escaped."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from widget_story import PROVED, Story, long_story, short_story, status

from hms_kernel.display import SIGNS
from hms_kernel.model import Counterexample, Outcome, Trust, Verdict
from hms_widgets import palette, static
from hms_widgets.boards import AgentsBoard, VerdictsBoard, fold_all
from hms_widgets.grid import Signs
from hms_widgets.lines import AGENT_LINES, CLAIM_LINES, agents_part, claims_part, clip

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


KNOWN_TAGS = {"div", "p", "b", "span", "table", "thead", "tbody", "tr", "th", "td", "code"}


def drawn(story: Story) -> str:
    agents = agents_part(fold_all(AgentsBoard(), story.facts))
    claims = claims_part(fold_all(VerdictsBoard(), story.facts))
    return static.html(agents, claims)


def hostile_story(words: str) -> Story:
    story = Story()
    story.spawn(words or "a")
    story.submit("t1", words)
    story.assign("t1", words or "a")
    told = Counterexample(values={}, shows=words)
    verdict = Verdict(
        outcome=Outcome.REFUTED, trust=Trust.REPLAYED, counterexample=told, reason=words
    )
    story.settle("t1", verdict, words or "a")
    story.kill(words or "a", cause=words)
    return story


def test_the_tables_tell_agents_verdicts_and_counterexamples():
    seen = Tags(drawn(short_story())).text

    for word in ("a1", "22", "killed by SIGKILL", "war_score_bounds", "x = 2, not ≤ 1", "replayed"):
        assert word in seen
    assert "3 of 3 claims settled: 1 proved, 1 refuted, 1 invalid" in seen


def test_a_label_that_is_markup_stays_text():
    page = Tags(drawn(hostile_story(HOSTILE)))

    assert page.tags <= KNOWN_TAGS
    assert page.attributes <= {"class", "style", "scope", "title"}
    assert page.text.count(HOSTILE[:60]) >= 3


@given(words=st.text(alphabet=st.sampled_from("<>&\"'/ab=`;\n"), max_size=30))
@settings(max_examples=80, deadline=None)
def test_no_words_can_open_a_tag_or_an_attribute(words: str):
    page = Tags(drawn(hostile_story(words)))

    assert page.tags <= KNOWN_TAGS
    assert page.attributes <= {"class", "style", "scope", "title"}
    assert page.open == []


def test_the_text_holds_no_times_and_no_process_ids():
    story = short_story()
    agents = agents_part(fold_all(AgentsBoard(), story.facts))
    text = static.text(agents, claims_part(fold_all(VerdictsBoard(), story.facts)))

    assert text.splitlines() == [
        "2 agents: 2 idle",
        "3 of 3 claims settled: 1 proved, 1 refuted, 1 invalid",
        "  ✔ proved      sps_bounds",
        "  ✘ refuted     war_score_bounds: x = 2, not ≤ 1",
        "  ! invalid     prose: informal: no formula in it",
    ]


def test_an_empty_session_says_so():
    text = static.text(agents_part(AgentsBoard()), claims_part(VerdictsBoard()))

    assert text == "No agents yet\nNo claims yet"


def test_a_heartbeat_tells_stage_and_seconds_of_the_running_task():
    story = Story()
    story.spawn("a1")
    story.submit("t1", "sps_bounds")
    story.assign("t1", "a1")
    board = fold_all(AgentsBoard(), story.facts)

    signs = Signs().read(board.rows, [status("a1", "t1", age_s=0.31, note="nlsat")])
    [line] = agents_part(board, signs).lines

    assert (line.state, line.doing, line.note) == ("working", "sps_bounds", "nlsat · 3.2 s")


def test_progress_on_a_task_that_was_taken_away_is_not_shown():
    story = Story()
    story.spawn("a1")
    board = fold_all(AgentsBoard(), story.facts)

    signs = Signs().read(board.rows, [status("a1", "t1", note="nlsat")])
    [line] = agents_part(board, signs).lines

    assert (line.state, line.note) == ("idle", "")


def test_agents_that_ended_as_desired_leave_the_picture_until_nobody_is_left():
    story = Story()
    story.spawn("a1")
    story.spawn("a2")
    story.stop("a1")
    one_left = agents_part(fold_all(AgentsBoard(), story.facts))
    story.stop("a2")
    none_left = agents_part(fold_all(AgentsBoard(), story.facts))

    assert one_left.headline == "1 agent: 1 idle"
    assert none_left.headline == "2 agents: 2 stopped"


def test_of_a_thousand_agents_those_are_listed_with_which_something_is_wrong():
    story = Story()
    for number in range(1000):
        story.spawn(f"a{number}")
    story.kill("a500")
    part = agents_part(fold_all(AgentsBoard(), story.facts))

    assert [line.id for line in part.lines] == ["a500"]
    assert part.more == 999
    assert part.counts == [("idle", 999), ("dead", 1)]
    assert part.swarm == ["idle"] * 500 + ["dead"] + ["idle"] * 499
    assert len(static.html(part, None)) < 100_000
    assert AGENT_LINES < 1000


def test_of_many_claims_the_open_and_the_latest_are_listed_and_all_are_counted():
    story = Story()
    story.submit("first", "still open")
    for number in range(3000):
        story.submit(f"t{number}")
        story.settle(f"t{number}", PROVED)
    part = claims_part(fold_all(VerdictsBoard(), story.facts))

    assert len(part.lines) == CLAIM_LINES
    assert part.more == 3001 - CLAIM_LINES
    assert part.lines[0].label == "still open"
    assert part.lines[-1].label == "t2999"
    assert part.headline == "3000 of 3001 claims settled: 3000 proved, 1 pending"


@given(seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_the_counts_shown_add_up(seed: int):
    story = long_story(seed, 20)
    for end in range(1, len(story.facts), 7):
        board = fold_all(VerdictsBoard(), story.facts[:end])
        assert sum(number for _, number in claims_part(board).counts) == board.total


def test_no_two_states_share_a_shape_and_no_outcome_lacks_one():
    shapes = [mark.glyph for mark in palette.CLAIMS.values()]
    bodies = [mark.glyph for mark in palette.AGENTS.values()]

    assert len(set(shapes)) == len(shapes)
    assert len(set(bodies)) == len(bodies)
    assert {outcome.value for outcome in Outcome} <= set(palette.CLAIMS)
    assert all(len(shape) == 1 for shape in shapes)


def test_outcomes_have_the_signs_they_have_in_tables():
    assert {word: palette.claim(word).glyph for word in SIGNS} == SIGNS


@given(st.text(max_size=50), st.integers(2, 20))
def test_clipped_words_are_one_line_of_bounded_length(words: str, limit: int):
    line = clip(words, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
