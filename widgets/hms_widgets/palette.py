"""Colours and shapes of states: one table for page, static views and figures. Draws nothing.

Colours are those of Okabe & Ito (2008), Color Universal Design; every state also
has a shape and a word of its own, so nothing is told by colour alone.
"""

from __future__ import annotations

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """How one state looks."""

    glyph: str  # one character
    colour: str  # "#rrggbb", for the glyph; text keeps the theme's own colour
    pattern: str = ""  # plotly fill pattern


GREY = Mark("·", "#7f7f7f")

CLAIMS: dict[str, Mark] = {
    "proved": Mark("✔", "#009E73"),
    "refuted": Mark("✘", "#D55E00", "x"),
    "vacuous": Mark("∅", "#CC79A7", "-"),
    "unknown": Mark("?", "#E69F00", "."),
    "unsupported": Mark("⊘", "#56B4E9", "/"),
    "invalid": Mark("!", "#0072B2", "\\"),
    "succeeded": Mark("●", "#009E73", "+"),  # skills that conclude no verdict
    "failed": Mark("▲", "#D55E00", "|"),
    "cancelled": Mark("–", "#7f7f7f", "|"),
    "running": Mark("▶", "#0072B2"),
    "waiting": Mark("↻", "#CC79A7"),  # for what its recovery asked for, or for a person
    "pending": Mark("·", "#7f7f7f"),
}

# The place in this table is the state's number in the bytes of the agents' grid.
AGENTS: dict[str, Mark] = {
    "working": Mark("▶", "#0072B2"),
    "idle": Mark("●", "#009E73"),
    "paused": Mark("‖", "#7f7f7f"),
    "starting": Mark("◌", "#56B4E9"),
    "restarting": Mark("↻", "#56B4E9"),
    "hung": Mark("◆", "#E69F00"),
    "dead": Mark("✖", "#D55E00"),
    "quarantined": Mark("⊘", "#CC79A7"),
    "draining": Mark("▽", "#E69F00"),
    "stopping": Mark("◒", "#E69F00"),
    "stopped": Mark("■", "#7f7f7f"),
}


def claim(state: str) -> Mark:
    """The mark of a task's state; grey for a word nobody knows."""
    return CLAIMS.get(state, GREY)


def agent(state: str) -> Mark:
    """The mark of an agent's state; grey for a word nobody knows."""
    return AGENTS.get(state, GREY)


def table() -> dict[str, dict[str, list[str]]]:
    """Both tables as plain data for the page: part to state to [glyph, colour]."""
    parts = {"claims": CLAIMS, "agents": AGENTS}
    return {
        part: {state: [mark.glyph, mark.colour] for state, mark in marks.items()}
        for part, marks in parts.items()
    }
