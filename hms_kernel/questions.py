"""What ``%hms`` answers: a word and a name become rows or a handle. Registers no magic and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from hms_kernel import api, display, handles, tables
from hms_kernel import session as sessions
from hms_kernel.desk import Desk
from hms_kernel.errors import HmsError, UsageError

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 60  # characters of a cell in the plain text


class Listing:
    """Rows that show themselves as a table; ``frame()`` gives them to pandas."""

    def __init__(self, rows: Sequence[tables.Row]) -> None:
        self.rows = list(rows)

    def frame(self) -> pd.DataFrame:
        """The rows as a pandas frame."""
        return tables.frame(self.rows)

    def __iter__(self) -> Iterator[tables.Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return "nothing yet"
        lines = [list(self.rows[0]), *([_plain(v) for v in row.values()] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        return display.html_table(
            [{name: _short(value) for name, value in row.items()} for row in self.rows]
        )


def answer(line: str) -> Any:
    """Answer the line of the magic, ``status`` if it is empty.

    Returns:
        A ``Listing``, an ``AgentHandle``, a ``TaskHandle`` or a ``Verdict``; None where text was printed.

    Raises:
        UsageError: there is no such word, agent, task or run; the message says what was meant perhaps.
        SessionError: there is no live session.
    """
    word, _, name = line.strip().partition(" ")
    word, name = word or "status", name.strip()
    if word not in WORDS:
        raise UsageError(f"no %hms {word}{_near(word, WORDS)} There are: {', '.join(WORDS)}.")
    about, ask = WORDS[word]
    if about in ONE and not name:
        raise UsageError(f"%hms {word} of which {about}? {_listed(_names(api.current(), about))}")
    if not about and name:
        raise UsageError(f"%hms {word} takes no name; got {name!r}")
    return ask(name)


def complete(line: str) -> list[str]:
    """What the word that is being typed may become; nothing where nobody can be asked."""
    words = line.split()
    if line.endswith(" ") or not words:
        words.append("")
    if len(words) == 1:
        return list(WORDS)
    about = WORDS[words[0]][0] if words[0] in WORDS and len(words) == 2 else ""
    if not about:
        return []
    try:
        return _names(api.current(), about)
    except HmsError:
        return []


def help_text() -> str:
    """The words with what they answer, for the magic's documentation."""
    width = max(len(f"{word} {about}".rstrip()) for word, (about, _) in WORDS.items())
    return "\n".join(
        f"    %hms {f'{word} {about}'.rstrip():<{width}}  {ask.__doc__}"
        for word, (about, ask) in WORDS.items()
    )


def _status(_: str) -> Listing:
    """the session, and how many there are of what"""
    desk = api.current()
    facts = desk.facts()
    tasks = tables.tasks(facts)
    verdicts = Counter(row["verdict"] for row in tables.verdicts(facts))
    agents = Counter(agent.phase for agent in desk.client.agents())
    phases = Counter(row["phase"] for row in tasks)
    rows = [
        {"what": "session", "is": desk.session},
        {"what": "agents", "is": _counted(agents)},
        {"what": "tasks", "is": _counted(phases)},
        {"what": "verdicts", "is": _counted(verdicts)},
        {"what": "failures", "is": str(len(tables.failures(facts)) or "none")},
    ]
    return Listing(rows)


def _agents(_: str) -> Listing:
    """every agent: phase, process, what it runs, how it ended last"""
    desk = api.current()
    labels = {row["task"]: row["label"] for row in tables.tasks(desk.facts())}
    return Listing(
        [
            {
                "agent": agent.agent_id,
                "phase": agent.phase,
                "pid": agent.pid,
                "heartbeat age, s": agent.heartbeat_age_s,
                "runs": labels.get(agent.task or "", "") or agent.task or "",
                "restarts": agent.restarts,
                "ended last by": agent.last_cause,
            }
            for agent in desk.client.agents()
        ]
    )


def _tasks(run: str) -> Listing:
    """every task, or those of a run: where it stands"""
    rows = tables.with_plain_results(tables.tasks(_facts(run), run))
    columns = ("label", "phase", "verdict", "agent", "attempts", "run", "task")
    return Listing([{name: row[name] for name in columns} for row in rows])


def _verdicts(run: str) -> Listing:
    """every verdict, or those of a run: how it came out and why"""
    return Listing(
        [
            {
                "claim": row["claim"],
                "verdict": row["verdict"],
                "trust": row["trust"],
                "why": row["shows"] or row["reason"],
            }
            for row in tables.verdicts(_facts(run), run)
        ]
    )


def _runs(_: str) -> Listing:
    """every run: how many tasks it has, how many are open"""
    rows = tables.runs(api.current().facts())
    return Listing([{name: row[name] for name in ("run", "tasks", "open")} for row in rows])


def _failures(_: str) -> Listing:
    """what went wrong, healed or not"""
    rows = tables.failures(api.current().facts())
    columns = ("what", "agent", "task", "attempt", "cause")
    return Listing([{name: row[name] for name in columns} for row in rows])


def _sessions(_: str) -> Listing:
    """the sessions of this user, the newest first"""
    return Listing(
        [{"session": name, "state": sessions.state(name).value} for name in sessions.names()]
    )


def _agent(name: str) -> handles.AgentHandle:
    """one agent, to stop, restart, put aside or bring back"""
    desk = api.current()
    _known(desk, "AGENT", name)
    return handles.AgentHandle(desk.client, name)


def _task(name: str) -> handles.TaskHandle:
    """one task, to wait for or to cancel"""
    desk = api.current()
    _known(desk, "TASK", name)
    return desk.task(name)


def _verdict(name: str) -> Any:
    """the verdict of one task, waiting for it"""
    return _task(name).result()


def _help(_: str) -> None:
    """these lines"""
    print(help_text())


# A word, the kind of name that may follow it, and what answers it.
WORDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "status": ("", _status),
    "agents": ("", _agents),
    "tasks": ("[RUN]", _tasks),
    "verdicts": ("[RUN]", _verdicts),
    "runs": ("", _runs),
    "failures": ("", _failures),
    "sessions": ("", _sessions),
    "agent": ("AGENT", _agent),
    "task": ("TASK", _task),
    "verdict": ("TASK", _verdict),
    "help": ("", _help),
}
ONE = ("AGENT", "TASK")  # kinds of names that cannot be left out


def _names(desk: Desk, about: str) -> list[str]:
    match about:
        case "AGENT":
            return [agent.agent_id for agent in desk.client.agents()]
        case "TASK":
            rows = tables.tasks(desk.facts())
            return list(dict.fromkeys(row["label"] or row["task"] for row in rows))
        case _:
            return [row["run"] for row in tables.runs(desk.facts())]


def _facts(run: str) -> list[Any]:
    desk = api.current()
    facts = desk.facts()
    if run and run not in (names := [row["run"] for row in tables.runs(facts)]):
        raise UsageError(f"no run {run!r}{_near(run, names)} {_listed(names)}")
    return facts


def _known(desk: Desk, about: str, name: str) -> None:
    names = _names(desk, about)
    ids = {row["task"] for row in tables.tasks(desk.facts())} if about == "TASK" else set()
    if name not in names and name not in ids:
        raise UsageError(f"no {about.lower()} {name!r}{_near(name, names)} {_listed(names)}")


def _near(name: str, known: Sequence[str] | dict[str, Any]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f": did you mean {near[0]!r}?" if near else "."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"There are: {', '.join(names[:8]) or 'none'}{more}."


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counts.items()) or "none"


def _short(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


def _plain(value: object) -> str:
    text = "" if value is None else " ".join(str(_short(value)).split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
