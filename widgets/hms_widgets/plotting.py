"""One small plot as SVG: scales, axes, lines, bands, bars and areas. Pure; knows no board.

Text takes the colour of the page around it, so that a picture follows the theme.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

Point = tuple[float, float]
FONT = 'font-family="sans-serif" font-size="11"'
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 3", "10 4")  # lines differ by more than colour
PAPER, INK = "#ffffff", "#222222"


class Plot:
    """A plot in a rectangle, built up piece by piece.

    Args:
        box: left, top, width and height of the whole, pixels.
        x, y: least and greatest value of each axis.
        title: above the plot; says the unit of the vertical axis.
        below: what the horizontal axis is.
        right: pixels kept free for names of lines.
    """

    def __init__(
        self,
        box: tuple[float, float, float, float],
        x: Point,
        y: Point,
        title: str,
        below: str = "",
        right: float = 90,
    ) -> None:
        left, top, width, height = box
        self.left, self.right = left + 44, left + width - right
        self.top, self.bottom = top + 24, top + height - 34
        self._x, self._y = _widened(x), _widened(y)
        self._parts = [
            f'<text x="{left + 4:.0f}" y="{top + 13:.0f}" font-weight="bold">{escape(title)}</text>'
        ]
        self._axes(below)

    def at(self, x: float, y: float) -> Point:
        """Where a value stands, in pixels."""
        (x0, x1), (y0, y1) = self._x, self._y
        return (
            self.left + (x - x0) / (x1 - x0) * (self.right - self.left),
            self.bottom - (y - y0) / (y1 - y0) * (self.bottom - self.top),
        )

    def line(self, points: Sequence[Point], colour: str, dash: str = "", told: str = "") -> None:
        """A line with a dot at each point."""
        placed = [self.at(*point) for point in points]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<g><title>{escape(told)}</title><polyline points="{_path(placed)}" fill="none" '
            f'stroke="{colour}" stroke-width="2"{dashed}/>'
        )
        if len(placed) <= 60:
            self._parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colour}"/>' for x, y in placed]  # fmt: skip
        self._parts.append("</g>")

    def area(
        self, low: Sequence[Point], high: Sequence[Point], colour: str, told: str = ""
    ) -> None:
        """What lies between two lines."""
        ring = [*(self.at(*point) for point in high), *(self.at(*p) for p in reversed(low))]
        self._parts.append(
            f'<polygon points="{_path(ring)}" fill="{colour}" fill-opacity="0.4">'
            f"<title>{escape(told)}</title></polygon>"
        )

    def box(self, x: Point, y: Point, colour: str, told: str = "") -> None:
        """A rectangle between two values of each axis."""
        (x0, y1), (x1, y0) = self.at(x[0], y[0]), self.at(x[1], y[1])
        self._parts.append(
            f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{max(0.0, y1 - y0):.1f}" '
            f'fill="{colour}" fill-opacity="0.55" stroke="{colour}" stroke-width="0.7">'
            f"<title>{escape(told)}</title></rect>"
        )

    def names(self, named: Iterable[tuple[float, str, str]]) -> None:
        """Names at the right end of lines: value, words, colour; moved apart where they would meet."""
        placed = sorted(
            (self.at(self._x[1], value)[1], words, colour) for value, words, colour in named
        )
        spots: list[tuple[float, str, str]] = []
        for y, words, colour in placed:
            above = spots[-1][0] + 13 if spots else self.top
            spots.append((max(y + 4, above), words, colour))
        over = max(0.0, spots[-1][0] - self.bottom - 4) if spots else 0.0
        for y, words, colour in ((y - over, words, colour) for y, words, colour in spots):
            self._parts.append(
                f'<text x="{self.right + 16:.0f}" y="{y:.1f}">{escape(words)}</text>'
                f'<rect x="{self.right + 5:.0f}" y="{y - 8:.1f}" width="7" height="7" fill="{colour}"/>'
            )

    def svg(self) -> str:
        """The plot as a group; its data tell a page where a value of the horizontal axis is."""
        (x0, _), (x1, _) = self.at(self._x[0], 0), self.at(self._x[1], 0)
        return (
            f'<g class="hms-plot" data-x0="{x0:.1f}" data-x1="{x1:.1f}" data-low="{self._x[0]:g}" '
            f'data-high="{self._x[1]:g}" data-top="{self.top:.1f}" data-bottom="{self.bottom:.1f}">'
            f"{''.join(self._parts)}</g>"
        )

    def _axes(self, below: str) -> None:
        for value in ticks(*self._y):
            y = self.at(self._x[0], value)[1]
            self._parts.append(
                f'<line x1="{self.left:.1f}" x2="{self.right:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="currentColor" stroke-opacity="0.15"/><text x="{self.left - 6:.1f}" '
                f'y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
            )
        for value in ticks(*self._x):
            x = self.at(value, self._y[0])[0]
            self._parts.append(
                f'<text x="{x:.1f}" y="{self.bottom + 14:.1f}" text-anchor="middle">{value:g}</text>'
            )
        self._parts.append(
            f'<text x="{(self.left + self.right) / 2:.1f}" y="{self.bottom + 28:.1f}" '
            f'text-anchor="middle" opacity="0.75">{escape(below)}</text>'
        )


def picture(plots: Iterable[str], width: float, height: float, said: str, *, alone: bool) -> str:
    """Plots as one SVG.

    Args:
        said: what it shows, for those who do not see it.
        alone: it is shown outside a page, so it brings its own paper and ink.
    """
    paper = f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>' if alone else ""
    colour = f' color="{INK}"' if alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-label="{escape(said)}" '
        f'{FONT} fill="currentColor"{colour}>{paper}{"".join(plots)}</svg>'
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values between two, about so many."""
    raw = (high - low) / about
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def _widened(span: Point) -> Point:
    return span if span[1] > span[0] else (span[0], span[0] + 1.0)


def _path(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
