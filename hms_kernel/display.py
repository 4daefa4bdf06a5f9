"""Rows as an HTML table that any notebook viewer shows, without script. Escapes everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

# Colour never stands alone: every outcome has its sign.
SIGNS = {
    "proved": "✔",
    "refuted": "✘",
    "vacuous": "∅",
    "unknown": "?",
    "unsupported": "⊘",
    "invalid": "!",
}


def html_table(rows: Sequence[Mapping[str, object]]) -> str:
    """A table with the keys of the first row as its head; a line saying so when there are no rows."""
    if not rows:
        return "<p><em>nothing yet</em></p>"
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(_cell(name, value) for name, value in row.items()) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_text(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def signed(outcome: str) -> str:
    """An outcome with its sign in front."""
    return f"{SIGNS[outcome]} {outcome}" if outcome in SIGNS else outcome


def _cell(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"<td>{escape(signed(text) if name == 'verdict' else text)}</td>"
