"""Boards as HTML and text that need no page and no kernel: the fallback of every display.

Pure. Anything that came from outside is escaped; there is no script and no link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from hms_widgets import palette
from hms_widgets.lines import AgentLine, AgentsPart, ClaimLine, ClaimsPart

TEXT_LINES = 60  # claims listed in the plain text

_CELL = "text-align:left;padding:2px 12px 2px 0;vertical-align:top"
_WORDS = ("why", "doing", "ended last by")  # columns whose text may wrap
_DIM = "opacity:.7"


def html(agents: AgentsPart | None, claims: ClaimsPart | None, note: str = "") -> str:
    """Tables of whatever parts are given, and a last line such as "session closed"."""
    parts = []
    if agents is not None:
        parts.append(_agents(agents))
    if claims is not None:
        parts.append(_claims(claims))
    if note:
        parts.append(f'<p style="{_DIM}">{escape(note)}</p>')
    return f'<div class="hms-static">{"".join(parts)}</div>'


def text(agents: AgentsPart | None, claims: ClaimsPart | None, note: str = "") -> str:
    """The same in plain text; the same facts give the same text, so times and pids stay out."""
    lines: list[str] = []
    if agents is not None:
        lines.append(agents.headline)
    if claims is not None:
        lines.append(claims.headline)
        shown = claims.lines[:TEXT_LINES]
        lines += [
            f"  {palette.claim(line.state).glyph} {line.state:<11} {line.label}"
            + (f": {line.says}" if line.says else "")
            for line in shown
        ]
        if rest := claims.more + len(claims.lines) - len(shown):
            lines.append(f"  … and {rest} more")
    if note:
        lines.append(note)
    return "\n".join(lines)


def _agents(part: AgentsPart) -> str:
    heads = ("", "agent", "pid", "doing", "restarts", "done", "ended last by")
    glyphs = "".join(_glyph(palette.agent(state), state) for state in part.swarm)
    swarm = f'<p style="line-height:1.1">{glyphs}</p>' if glyphs else ""
    table = _table(heads, (_agent(line) for line in part.lines)) if part.lines else ""
    return f"<p><b>{escape(part.headline)}</b></p>{swarm}{table}"


def _agent(line: AgentLine) -> Sequence[str]:
    doing = line.doing + (f" (attempt {line.attempt})" if line.attempt > 1 else "")
    return (
        _glyph(palette.agent(line.state), line.state) + f" {escape(line.state)}",
        f"<code>{escape(line.id)}</code>",
        str(line.pid or ""),
        escape(doing),
        str(line.restarts),
        str(line.done),
        escape(line.cause),
    )


def _claims(part: ClaimsPart) -> str:
    heads = ("verdict", "claim", "why", "trust", "time")
    body = _table(heads, (_claim(line) for line in part.lines)) if part.lines else ""
    more = f'<p style="{_DIM}">… and {part.more} more</p>' if part.more else ""
    return f"<p><b>{escape(part.headline)}</b></p>{body}{more}"


def _claim(line: ClaimLine) -> Sequence[str]:
    return (
        _glyph(palette.claim(line.state), line.state) + f" {escape(line.state)}",
        f"<code>{escape(line.label)}</code>",
        escape(line.says),
        escape(line.trust),
        escape(line.wall),
    )


def _glyph(mark: palette.Mark, state: str) -> str:
    return (
        f'<span style="color:{mark.colour};font-weight:bold" '
        f'title="{escape(state)}">{mark.glyph}</span>'
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; heads are escaped here, cells are HTML already."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(word)}</th>' for word in heads)
    styles = [_CELL + ("" if word in _WORDS else ";white-space:nowrap") for word in heads]
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{style}">{cell}</td>' for style, cell in zip(styles, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
