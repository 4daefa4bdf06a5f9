"""How values show themselves in a notebook: whoever can draw a kind of value says so here. Draws nothing.

Values stand at the bottom of the house and know no HTML; what draws them stands above. So
the drawing is registered, and a value nobody can draw falls back on its ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Bundle = dict[str, str]  # MIME type to text

_drawers: dict[type, Callable[[Any], Bundle]] = {}


def draws(kind: type, drawer: Callable[[Any], Bundle]) -> None:
    """From now on, values of this kind show themselves as ``drawer`` has it."""
    _drawers[kind] = drawer


class Shown:
    """A value with a rich display."""

    __slots__ = ()

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        drawer = _drawers.get(type(self))
        return drawer(self) if drawer else {"text/plain": repr(self)}
