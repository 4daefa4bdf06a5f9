"""Cards: what one thing has to say of itself, as plain data, HTML and text. Knows no verdict, agent or task.

The HTML stands without styles and without script, because GitHub strips both: what matters
is in words, tables and ``<details>``. Everything is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import msgspec

from hms_kernel.display import SIGNS
from hms_kernel.shown import Bundle

# How well a verdict is vouched for: a shape that grows with it, and what the word means.
TRUST: dict[str, tuple[str, str]] = {
    "lean-kernel": ("●●●●", "the Lean kernel has checked the proof"),
    "certificate": ("●●●○", "there is a proof that needs no solver to check"),
    "two-solvers": ("●●○○", "two independent solvers agree"),
    "one-solver": ("●○○○", "one solver says so"),
    "replayed": ("◆", "the numbers were put in and computed exactly"),
}
PHASES = {"pending": "·", "running": "▶", "succeeded": "●", "failed": "▲", "cancelled": "–"}
PHASES |= {"starting": "◌", "ready": "●", "draining": "▽", "backoff": "▲", "quarantined": "⊘"}
PHASES |= {"stopping": "◒", "stopped": "■", "waiting": "↻"}

_CELL = "text-align:left"  # notebooks align cells to the right
SHORT = 16  # characters of a cell that shall not be broken


class Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a card: lines of words, lines whose spacing counts, or a table."""

    title: str
    lines: tuple[str, ...] = ()
    code: bool = False  # spacing counts
    heads: tuple[str, ...] = ()  # of a table
    rows: tuple[tuple[str, ...], ...] = ()
    clocks: int = 0  # this many columns at the end differ from run to run
    folded: bool = False  # shown only when asked for


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one thing has to say of itself."""

    kind: str  # "claim", "agent", "run", "strategy"
    title: str
    state: str = ""  # one word: an outcome or a phase
    trust: str = ""  # a key of ``TRUST``
    says: str = ""  # the one line that matters
    facts: tuple[tuple[str, str], ...] = ()  # name and value, short
    clocks: tuple[tuple[str, str], ...] = ()  # likewise, what differs from run to run
    sections: tuple[Section, ...] = ()


def sign(state: str) -> str:
    """The shape of an outcome, or of a task's or an agent's phase: no word is told by colour alone."""
    return SIGNS.get(state) or PHASES.get(state) or "·"


def badge(state: str, trust: str = "") -> str:
    """An outcome and its trust in one line: ``✔ proved  ●●●○ certificate``."""
    parts = [f"{sign(state)} {state}"] if state else []
    if trust:
        parts.append(f"{TRUST.get(trust, ('', ''))[0]} {trust}".strip())
    return "  ".join(parts)


def bundle(card: Card, picture: str = "") -> Bundle:
    """All that a notebook may want of a card.

    Args:
        card: what to show.
        picture: SVG that stands by itself, or nothing.
    """
    both: Bundle = {"text/plain": text(card), "text/html": html(card, picture)}
    if picture:
        both["image/svg+xml"] = picture
    return both


def text(card: Card) -> str:
    """The card in plain text. Equal runs give equal texts: clocks stay out, as does what is folded."""
    first = [part for part in (card.title, badge(card.state, card.trust)) if part]
    lines = [f"{card.kind} {'  '.join(first)}"]
    lines += [f"  {card.says}"] if card.says else []
    lines += [f"  {name}: {value}" for name, value in card.facts]
    for section in card.sections:
        if not section.folded:
            lines += ["", f"{section.title}:"]
            rows = (row[: len(row) - section.clocks] for row in section.rows)
            lines += [f"  {line}" for line in (*section.lines, *map("  ".join, rows))]
    return "\n".join(lines)


def html(card: Card, picture: str = "") -> str:
    """The card as HTML; ``picture`` is SVG of ours, put in as it is."""
    return f'<div class="hms-card">{"".join(_parts(card, picture))}</div>'


def _parts(card: Card, picture: str) -> Iterator[str]:
    shown = f" &nbsp; <b>{escape(badge(card.state))}</b>" if card.state else ""
    if card.trust:
        shown += f" &nbsp; {escape(badge('', card.trust))}"
    yield f"<p>{escape(card.kind)} <b><code>{escape(card.title)}</code></b>{shown}</p>"
    if card.says:
        yield f"<p><b>{escape(card.says)}</b></p>"
    yield picture
    if facts := (*card.facts, *card.clocks):
        yield f"<p>{' · '.join(f'{escape(name)} <b>{escape(value)}</b>' for name, value in facts)}</p>"
    for section in card.sections:
        body = "".join(_body(section))
        if section.folded:
            yield f"<details><summary>{escape(section.title)}</summary>{body}</details>"
        else:
            yield f"<p><b>{escape(section.title)}</b></p>{body}"


def _body(section: Section) -> Iterator[str]:
    if section.lines and section.code:
        joined = escape("\n".join(section.lines))
        yield f'<pre style="white-space:pre-wrap">{joined}</pre>'
    elif section.lines:
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in section.lines)}</ul>"
    if section.rows:
        yield _table(section.heads, section.rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a head."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(word)}</th>' for word in heads)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(words: str) -> str:
    style = _CELL + (";white-space:nowrap" if " " in words and len(words) <= SHORT else "")
    return f'<td style="{style}">{escape(words)}</td>'
