"""What the notebook behind ``hms dashboard`` shows: a session of another process. Hosts none."""

from __future__ import annotations

from html import escape
from typing import Any

from IPython.display import display

from hms_kernel import api, config
from hms_kernel.errors import SessionError

_show: Any = display


def show() -> None:
    """Show the session that ``HMS_SESSION`` names, else the newest live one, or why there is none."""
    try:
        desk = api.attach()
    except SessionError as error:
        words = f"{error}. Then load this page again."
        _show({"text/plain": words, "text/html": f"<p>{escape(words)}</p>"}, raw=True)
        return
    _show(desk.dashboard(read_only=not config.control()))
