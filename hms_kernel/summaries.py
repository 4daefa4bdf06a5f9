"""What a verdict, a task, an agent, a run and a strategy say of themselves, as cards. Asks and proves nothing.

A certificate is told only after it was checked again; one too long for that says where it
can be followed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from hms_kernel import pictures, tables
from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.cards import Card, Section, bundle, sign
from hms_kernel.errors import HmsError
from hms_kernel.messages import AgentStatus, TaskStatus
from hms_kernel.model import Failure, Outcome, Phase, Value, Verdict
from hms_kernel.pictures import COLOURS, ENGINES, Part
from hms_kernel.report import notes, plain_numbers, pointed, why
from hms_kernel.shown import draws

LONGEST_CERTIFICATE = 60_000  # bytes; checking what is longer could take seconds
OUTPUT_LINES = 20  # of what a worker printed last
CELLS = 160  # characters of a claim's line in a table
_THEOREM = re.compile(r"theorem (\S+)")


def of_verdict(verdict: Verdict, title: str = "") -> Card:
    """A verdict with all its evidence; without a title, under the name of its theorem."""
    if not title:
        named = _THEOREM.match(verdict.evidence.statement)
        title = named.group(1) if named else "without a name"
    return Card(
        kind="claim",
        title=title,
        state=verdict.outcome.value,
        trust=verdict.trust.value if verdict.trust else "",
        says=_says(verdict),
        facts=tuple(_evidence(verdict)),
        clocks=(("proving took", f"{verdict.wall_s:.2f} s"),) if verdict.wall_s else (),
        sections=tuple(_verdict_sections(verdict)),
    )


def of_task(status: TaskStatus) -> Card:
    """A task as it stands: its verdict or value once there is one, what it is doing until then."""
    title = status.label or status.task_id
    facts = [
        ("task", status.task_id),
        ("attempts", str(status.attempts or "")),
    ]
    clocks = [
        ("agent", status.agent or ""),
        ("since submission", f"{status.duration_s:.2f} s"),
    ]
    says, state, trust = "", status.phase, ""
    sections: list[Section] = []
    match status.result:
        case Verdict() as verdict:
            card = of_verdict(verdict, title)
            says, state, trust = card.says, card.state, card.trust
            facts += card.facts
            clocks += card.clocks
            sections += card.sections
        case Failure() as failure:
            says = f"{failure.kind}: {failure.message}"
            if told := tables.evidence(failure):
                sections.append(Section(title="How it was lost", lines=_split(told), code=True))
        case Value(value=value):
            says = _cut(repr(value))
    if status.progress is not None and not Phase(status.phase).terminal:
        progress = status.progress
        clocks.append(("doing", f"{progress.note} for {progress.elapsed_s:.1f} s".strip()))
    if status.output:
        last = _split(status.output)[-OUTPUT_LINES:]
        sections.append(Section(title="Printed last", lines=last, code=True, folded=True))
    return Card(
        kind="claim" if status.skill == "prove" else f"task ({status.skill})",
        title=title,
        state=state,
        trust=trust,
        says=says,
        facts=_told(facts),
        clocks=_told(clocks),
        sections=tuple(sections),
    )


def of_agent(status: AgentStatus) -> Card:
    """An agent as it stands."""
    beat = status.heartbeat_age_s
    facts = [
        ("skills", ", ".join(status.skills)),
        ("restarts", str(status.restarts)),
        ("ended last by", status.last_cause),
    ]
    clocks = [
        ("process", str(status.pid or "none")),
        ("task", status.task or "none"),
        ("attempt", str(status.attempt or "")),
        ("doing", status.progress.note if status.progress else ""),
        ("last heartbeat", "" if beat is None else f"{beat:.1f} s ago"),
    ]
    return Card(
        kind="agent",
        title=status.agent_id,
        state=status.phase,
        facts=_told(facts),
        clocks=_told(clocks),
    )


def of_run(name: str, spec: str, statuses: Sequence[TaskStatus]) -> Card:
    """A run as it stands, one row per claim; open claims have theirs too."""
    counts = Counter(map(_state, statuses))
    settled = sum(Phase(status.phase).terminal for status in statuses)
    told = ", ".join(f"{counts[state]} {state}" for state in COLOURS if counts[state])
    verdicts = [(s.label or s.task_id, tables.verdict_of(s.result)) for s in statuses]
    remarks = [f"{name}: {v.reason}" for name, v in verdicts if v and pointed(v)]
    more = [f"{name}: {note}" for name, v in verdicts if v for note in notes(v)]
    extra = [
        Section(title="Where", lines=_split("\n".join(remarks)), code=True),
        Section(title="What else there is to say", lines=tuple(more)),
    ]
    return Card(
        kind="run",
        title=name,
        says=f"{settled} of {len(statuses)} claims of {spec} settled: {told or 'none yet'}",
        sections=(
            Section(
                title="Claims",
                heads=("verdict", "claim", "why", "trust", "agent", "seconds"),
                rows=tuple(map(_row, statuses)),
                clocks=2,
            ),
            *(section for section in extra if section.lines),
        ),
    )


def run_picture(statuses: Sequence[TaskStatus]) -> str:
    """How many claims of a run came to what, as a bar."""
    counts = Counter(map(_state, statuses))
    parts = [
        Part(counts[state], f"{sign(state)} {counts[state]} {state}", colour)
        for state, colour in COLOURS.items()
        if counts[state]
    ]
    return pictures.bar(parts, ", ".join(part.label for part in parts))


def of_strategy(strategy: Strategy) -> Card:
    """A strategy as the list of its stages."""
    count = len(strategy.slices)
    return Card(
        kind="strategy",
        title=strategy.sha256[:12],
        says=f"{count} stage{'' if count == 1 else 's'}, tried in this order; "
        "the first that settles a claim ends it",
        sections=(
            Section(
                title="Stages",
                heads=("", "share of the budget", "transforms", "engine", "parameters"),
                rows=tuple(
                    (str(place), f"{100 * part.share:.3g} %", *_stage(part.stage))
                    for place, part in enumerate(strategy.slices, start=1)
                ),
            ),
        ),
    )


def strategy_picture(strategy: Strategy) -> str:
    """How a strategy shares out its budget, as a bar."""
    return pictures.bar(
        [
            Part(part.share, str(part.stage), ENGINES.get(part.stage.engine, "#7f7f7f"), str(part))
            for part in strategy.slices
        ],
        str(strategy),
    )


def of_stage(stage: Stage) -> Card:
    """One way to attempt a claim."""
    names = ("transforms", "engine", "parameters")
    return Card(kind="stage", title=str(stage), facts=tuple(zip(names, _stage(stage), strict=True)))


# --- verdicts --------------------------------------------------------------------


def _says(verdict: Verdict) -> str:
    if verdict.counterexample is not None:
        return verdict.counterexample.call or verdict.counterexample.shows
    return "" if verdict.outcome is Outcome.PROVED else verdict.reason.split("\n")[0]


def _evidence(verdict: Verdict) -> Iterator[tuple[str, str]]:
    evidence = verdict.evidence
    if evidence.checker:
        yield "vouched for by", evidence.checker
    if evidence.stage:
        yield "settled by", evidence.stage
    if evidence.units:
        yield "resource units", f"{evidence.units:,}"
    if verdict.cached:
        yield "answered", "before, from the cache"


def _verdict_sections(verdict: Verdict) -> Iterator[Section]:
    evidence = verdict.evidence
    if evidence.statement:
        yield _understood(verdict)
    if pointed(verdict):
        yield Section(title="Where", lines=_split(verdict.reason), code=True)
    if evidence.repairs:
        lines = tuple(f"{r.hypothesis}  (proved, {r.trust.value})" for r in evidence.repairs)
        yield Section(title="It would hold if also", lines=lines)
    if evidence.contradictory:
        yield Section(title="These exclude each other", lines=evidence.contradictory)
    if verdict.outcome is Outcome.PROVED:
        yield from _proof(verdict)
    if evidence.notes:
        yield Section(title="How it was read", lines=evidence.notes, folded=True)
    if evidence.tried:
        yield Section(title="What was tried", lines=evidence.tried, folded=True)


def _understood(verdict: Verdict) -> Section:
    """The claim part by part; of a refuted one also with the numbers in place, and what holds."""
    # Reading statements takes the whole of their grammar, which a start should not pay for.
    from hms_kernel import statements
    from hms_kernel.explanation import understood
    from hms_kernel.statements import points
    from hms_kernel.statements.doubt import Undecided
    from hms_kernel.statements.instances import instance
    from hms_kernel.statements.rebuild import plain_names
    from hms_kernel.statements.terms import Statement, Term

    title, text, shown = "As understood", verdict.evidence.statement, verdict.counterexample

    def rows(statement: Statement) -> Iterator[tuple[str, str, Term]]:
        for hypothesis in statement.hypotheses:
            said = statements.show(plain_names(hypothesis.prop))
            yield hypothesis.name or "assumed", said, hypothesis.prop
        yield "claimed", statements.show(plain_names(statement.conclusion)), statement.conclusion

    try:
        statement = understood(text)
    except HmsError:
        return Section(title=title, lines=_split(text), code=True)
    given = ", ".join(f"{var.name} : {statements.show(var.sort)}" for var in statement.variables)
    plain = [("given", given)] if given else []
    plain += [(name, said) for name, said, _ in rows(statement)]
    without = Section(title=title, heads=("", "in Lean"), rows=tuple(plain))
    if shown is None:
        return without
    told = [("given", given, plain_numbers(shown.values), "")] if given else []
    try:
        # A hypothesis that defines a function is among the values, and no longer here.
        point = points.read(statement, shown.values)
        for name, said, prop in rows(point.statement):
            word, true = ("holds", "proved") if point.holds(prop) else ("fails", "refuted")
            told.append((name, said, instance(prop, point.env), f"{sign(true)} {word}"))
    except (HmsError, Undecided):
        # Records and machine numbers are replayed elsewhere; the numbers themselves are told.
        if not plain_numbers(shown.values):
            return without
        numbers = ("fails for", plain_numbers(shown.values))
        return Section(title=title, heads=without.heads, rows=(*without.rows, numbers))
    return Section(title=title, heads=("", "in Lean", "with these numbers", ""), rows=tuple(told))


def _proof(verdict: Verdict) -> Iterator[Section]:
    from hms_kernel.explanation import explain  # brings the checker, as above

    size = len(msgspec.json.encode(verdict.evidence.certificate))
    if size > LONGEST_CERTIFICATE:
        lines: tuple[str, ...] = (
            f"{size >> 10} KB long: hms.explain(verdict) checks and tells it",
        )
    else:
        try:
            lines = explain(verdict).lines
        except HmsError as error:
            lines = (f"It cannot be told: {error}",)
    yield Section(title="Proof", lines=lines, code=True, folded=True)


# --- rows of tables --------------------------------------------------------------


def _state(status: TaskStatus) -> str:
    verdict = tables.verdict_of(status.result)
    return verdict.outcome.value if verdict else status.phase


def _row(status: TaskStatus) -> tuple[str, ...]:
    verdict = tables.verdict_of(status.result)
    state = _state(status)
    return (
        f"{sign(state)} {state}",
        status.label or status.task_id,
        _cut(why(verdict)) if verdict else "",
        verdict.trust.value if verdict and verdict.trust else "",
        status.agent or "",
        f"{verdict.wall_s:.2f}" if verdict else "",
    )


def _stage(stage: Stage) -> tuple[str, str, str]:
    options = ", ".join(f"{name}={value}" for name, value in stage.parameters)
    return " + ".join(stage.transforms) or "none", stage.engine, options or "none"


def _told(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The pairs that say something."""
    return tuple((name, value) for name, value in pairs if value)


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.splitlines())


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= CELLS else f"{line[: CELLS - 1]}…"


draws(Verdict, lambda verdict: bundle(of_verdict(verdict)))
draws(Stage, lambda stage: bundle(of_stage(stage)))
draws(Strategy, lambda strategy: bundle(of_strategy(strategy), strategy_picture(strategy)))

__all__ = [
    "of_agent", "of_run", "of_stage", "of_strategy", "of_task", "of_verdict",
    "run_picture", "strategy_picture",
]  # fmt: skip
