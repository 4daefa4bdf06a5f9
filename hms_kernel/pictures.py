"""Small static pictures: bars of shares, as SVG that needs no page, font or script. Pure.

Colours are those of Okabe & Ito (2008), Color Universal Design; every part also carries
its sign or its name, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import msgspec

WIDTH, HEIGHT = 640, 26  # of a bar, pixels
INK, PAPER = "#222222", "#ffffff"  # a picture alone must be read on any page

COLOURS: dict[str, str] = {
    "proved": "#009E73",
    "refuted": "#D55E00",
    "vacuous": "#CC79A7",
    "unknown": "#E69F00",
    "unsupported": "#56B4E9",
    "invalid": "#0072B2",
    "succeeded": "#009E73",
    "failed": "#D55E00",
    "cancelled": "#7f7f7f",
    "running": "#0072B2",
    "waiting": "#CC79A7",
    "pending": "#7f7f7f",
}
ENGINES: dict[str, str] = {"smt": "#56B4E9", "nlsat": "#E69F00", "simple": "#CC79A7"}


class Part(msgspec.Struct, frozen=True):
    """One part of a bar."""

    size: float  # in any unit, at least 0
    label: str  # within the part, where it fits
    colour: str
    told: str = ""  # what hovering tells


def bar(parts: Sequence[Part], title: str) -> str:
    """A bar of parts side by side, filling the width in proportion; empty text without parts.

    Args:
        parts: in order from the left.
        title: what the picture is, for those who do not see it.
    """
    whole = sum(part.size for part in parts)
    if whole <= 0:
        return ""
    drawn, x = [], 0.0
    for part in parts:
        wide = WIDTH * part.size / whole
        said = escape(part.told or part.label)
        drawn.append(
            f'<g><title>{said}</title><rect x="{x:.1f}" y="0" width="{wide:.1f}" '
            f'height="{HEIGHT}" fill="{escape(part.colour)}" fill-opacity="0.35" '
            f'stroke="{escape(part.colour)}"/>'
        )
        if len(part.label) * 7 + 6 <= wide:
            drawn.append(f'<text x="{x + wide / 2:.1f}" y="17">{escape(part.label)}</text>')
        drawn.append("</g>")
        x += wide
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" '
        f'font-family="sans-serif" font-size="12" text-anchor="middle" fill="{INK}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>{"".join(drawn)}</svg>'
    )
