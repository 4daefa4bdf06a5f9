"""What things say of themselves: true at once, escaped, the same for equal runs, and whole without styles."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import msgspec
import pytest
from IPython.core.interactiveshell import InteractiveShell

import hms_kernel as hms
from hms_kernel import cards, cells, summaries
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.backends.strategy import Stage
from hms_kernel.messages import AgentStatus, TaskStatus
from hms_kernel.model import (
    AgentPhase,
    Budget,
    Counterexample,
    Evidence,
    Failure,
    Goal,
    Lost,
    Outcome,
    Phase,
    Progress,
    Repair,
    Semantics,
    Trust,
    Value,
    Verdict,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
# What GitHub lets through, and no attribute counts on more than looks.
PLAIN = {"div", "p", "b", "code", "pre", "ul", "li", "details", "summary"}
PLAIN |= {"table", "thead", "tbody", "tr", "th", "td"}
SVG = {"svg", "g", "rect", "text", "title"}


class Seen(HTMLParser):
    """Tags and text of a page; the text within pictures does not count."""

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
        if not set(self.open) & SVG:
            self.text += f"{data} "


def github(html: str) -> str:
    """The words that are left where styles, classes and pictures are stripped."""
    return " ".join(Seen(re.sub(r' (style|class)="[^"]*"', "", html)).text.split())


def status(**fields: object) -> TaskStatus:
    known = {"task_id": "t1", "skill": "prove", "label": "claim", "run": "", "phase": "succeeded"}
    known |= {"attempts": 1, "agent": "a1", "duration_s": 1.0, "result": None}
    return TaskStatus(**(known | fields))


REFUTED = Verdict(
    outcome=Outcome.REFUTED,
    trust=Trust.REPLAYED,
    reason="x ^ 2 = 4, but the claim says ≤ 1",
    counterexample=Counterexample(values={"x": "2"}, shows="x ^ 2 = 4, but the claim says ≤ 1"),
    evidence=Evidence(
        statement="∀ x : ℝ, 0 ≤ x → x ^ 2 ≤ 1",
        checker="z3",
        repairs=(Repair(hypothesis="x ≤ 1", statement="", trust=Trust.CERTIFICATE),),
    ),
)


def test_a_refutation_shows_its_numbers_in_the_claim_and_what_would_repair_it():
    seen = github(cards.html(summaries.of_verdict(REFUTED)))

    for words in ("✘ refuted", "◆ replayed", "x = 2", "0 ≤ 2 ✔ holds", "2 ^ 2 ≤ 1 ✘ fails"):
        assert words in seen
    assert "It would hold if also x ≤ 1 (proved, certificate)" in seen


def test_a_claim_may_have_a_name_that_no_theorem_could_have():
    statement = "theorem <b> (1) (x : ℝ) (h : 0 ≤ x) : x ^ 2 ≤ 1 := by sorry"
    evidence = msgspec.structs.replace(REFUTED.evidence, statement=statement)
    verdict = msgspec.structs.replace(REFUTED, evidence=evidence)

    assert "✘ fails" in github(
        cards.html(summaries.of_task(status(label="<b> (1)", result=verdict)))
    )


def test_a_proof_under_such_a_name_is_told_step_by_step():
    goal = Goal(theorem_id="my claim (1)", statement="∀ x : ℝ, |x| ≤ 1 → x ^ 2 ≤ 1")
    verdict = SmtBackend().attempt(goal, DEFAULT_STRATEGY, Budget())
    [proof] = [
        s for s in summaries.of_verdict(verdict, "my claim (1)").sections if s.title == "Proof"
    ]

    assert verdict.outcome is Outcome.PROVED
    assert any("Suppose it fails" in line for line in proof.lines)


def test_numbers_that_cannot_be_put_in_are_told_beside_the_claim():
    evidence = Evidence(statement="∀ x : Float, x ≤ 1.0")
    verdict = msgspec.structs.replace(REFUTED, evidence=evidence)
    seen = github(cards.html(summaries.of_verdict(verdict)))

    assert "fails for x = 2" in seen
    assert "holds" not in seen


def test_a_statement_that_cannot_be_read_is_shown_as_it_stands():
    verdict = Verdict(outcome=Outcome.PROVED, evidence=Evidence(statement="exotic ⟪text⟫"))

    assert "exotic ⟪text⟫" in github(cards.html(summaries.of_verdict(verdict)))


def test_a_long_certificate_is_not_checked_only_to_be_shown():
    evidence = Evidence(certificate=["x" * summaries.LONGEST_CERTIFICATE])
    verdict = Verdict(outcome=Outcome.PROVED, trust=Trust.CERTIFICATE, evidence=evidence)
    began = time.monotonic()
    shown = cards.html(summaries.of_verdict(verdict))

    assert "hms.explain(verdict)" in shown
    assert time.monotonic() - began < 1.0


def test_a_certificate_that_proves_nothing_is_not_told_as_a_proof():
    evidence = Evidence(statement="∀ x : ℝ, x ≤ 1", certificate={"kind": "none"})
    verdict = Verdict(outcome=Outcome.PROVED, trust=Trust.CERTIFICATE, evidence=evidence)

    assert "It cannot be told" in cards.html(summaries.of_verdict(verdict))


def test_every_phase_has_a_shape():
    assert {phase.value for phase in (*Phase, *AgentPhase)} <= set(cards.PHASES)


def test_every_trust_has_a_shape_and_words_of_its_own():
    assert set(cards.TRUST) == {trust.value for trust in Trust}
    shapes, words = zip(*cards.TRUST.values(), strict=True)
    assert len(set(shapes)) == len(set(words)) == len(cards.TRUST)


def test_a_task_that_is_open_says_what_it_is_doing():
    progress = Progress(task_id="t1", attempt=1, elapsed_s=3.2, note="nlsat")
    card = summaries.of_task(status(phase="running", progress=progress))

    assert (card.state, card.trust) == ("running", "")
    assert ("doing", "nlsat for 3.2 s") in card.clocks


def test_a_task_that_was_lost_says_how_each_attempt_ended():
    lost = Lost(attempt=1, agent="a1", cause="killed by SIGKILL", output="Traceback")
    failure = Failure(kind="attempts", message="lost 1 agent", lost=(lost,))
    seen = cards.text(summaries.of_task(status(phase="failed", result=failure)))

    assert "attempts: lost 1 agent" in seen
    assert "attempt 1 on a1: killed by SIGKILL" in seen


def test_the_value_of_another_skill_is_shown():
    card = summaries.of_task(status(skill="simulate", result=Value(value={"pi": 3})))

    assert (card.kind, card.says) == ("task (simulate)", "{'pi': 3}")


def hostile() -> list[cards.Card]:
    verdict = Verdict(
        outcome=Outcome.REFUTED,
        reason=HOSTILE,
        counterexample=Counterexample(values={HOSTILE: HOSTILE}, shows=HOSTILE, call=HOSTILE),
        evidence=Evidence(statement=HOSTILE, checker=HOSTILE, stage=HOSTILE, notes=(HOSTILE,)),
    )
    agent = AgentStatus(
        agent_id=HOSTILE, phase=HOSTILE, pid=1, skills=(HOSTILE,), restarts=0, task=HOSTILE,
        attempt=1, heartbeat_age_s=0.1, progress=None, last_cause=HOSTILE,
    )  # fmt: skip
    task = status(label=HOSTILE, agent=HOSTILE, result=verdict, output=HOSTILE)
    return [
        summaries.of_task(task),
        summaries.of_agent(agent),
        summaries.of_run(HOSTILE, HOSTILE, [task]),
        summaries.of_stage(Stage(engine=HOSTILE, transforms=(HOSTILE,))),
    ]


@pytest.mark.parametrize("card", hostile(), ids=lambda card: card.kind)
def test_words_from_outside_stay_words(card):
    page = Seen(cards.html(card))

    assert page.tags <= PLAIN
    assert page.attributes <= {"style", "class", "scope"}
    assert page.open == []
    assert HOSTILE[:40] in page.text


def test_a_picture_says_nothing_that_the_words_do_not():
    shown = DEFAULT_STRATEGY._repr_mimebundle_()

    assert shown["image/svg+xml"] in shown["text/html"]
    assert Seen(shown["text/html"]).tags <= PLAIN | SVG
    words = github(shown["text/html"])
    for part in DEFAULT_STRATEGY.slices:
        assert f"{100 * part.share:.3g} %" in words
        assert part.stage.engine in words


def test_values_keep_their_repr_and_show_themselves_in_a_notebook():
    shell = InteractiveShell.instance()
    for value in (REFUTED, DEFAULT_STRATEGY, DEFAULT_STRATEGY.slices[0].stage):
        data, _ = shell.display_formatter.format(value)

        assert {"text/plain", "text/html"} <= set(data)
        assert repr(value).startswith(type(value).__name__)


@pytest.fixture
def bench():
    with hms.Workbench() as bench:
        yield bench


def test_a_task_nobody_has_begun_shows_itself_at_once(bench):
    task = bench.prove("∀ x : ℝ, 0 ≤ x ^ 2", theorem_id="square")
    began = time.monotonic()
    shown = task._repr_mimebundle_()

    assert time.monotonic() - began < 2.0
    assert "pending" in shown["text/plain"]
    assert "square" in shown["text/html"]


def test_agent_task_and_run_tell_how_they_stand(bench):
    [agent] = bench.spawn()
    run = bench.verify("moneyball")
    underway = run._repr_mimebundle_()
    run.result(timeout_s=200)

    done = run._repr_mimebundle_()
    assert "of 27 claims of moneyball settled" in underway["text/plain"]
    assert "27 of 27 claims of moneyball settled: 19 proved, 6 refuted" in done["text/html"]
    assert "6 refuted" in done["image/svg+xml"]
    assert "ready" in agent._repr_mimebundle_()["text/html"]
    [refuted] = [task for task in run.tasks if task.label == "war_score_bounds"]
    shown = refuted._repr_mimebundle_()
    assert "w i * a i * d i ≤ 100" in github(shown["text/html"])
    assert "✘ fails" in github(shown["text/html"])
    # Clocks and processes stay out of the text, so equal runs have equal texts.
    assert str(agent.pid) not in agent._repr_mimebundle_()["text/plain"]
    assert " s\n" not in shown["text/plain"]


def test_handles_of_a_session_that_is_over_say_so():
    with hms.Workbench(agents=1) as bench:
        task = bench.prove("∀ x : ℝ, 0 ≤ x ^ 2", theorem_id="square")
        run = bench.verify(cells.lean("∀ x : ℝ, 0 ≤ x ^ 2", Semantics.EXACT))
        [agent] = bench.spawn()

    for handle, words in ((task, "square"), (run, "run"), (agent, "agent")):
        shown = handle._repr_mimebundle_()
        assert words in shown["text/html"]
        assert "has ended" in shown["text/plain"] or "session" in shown["text/plain"]
        assert set(shown) == {"text/plain", "text/html"}
