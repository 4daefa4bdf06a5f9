"""The page's half of a display without a kernel: a model that is told what Python would send."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
from playwright.sync_api import Page

from hms_widgets import page as widget
from hms_widgets import palette
from hms_widgets.grid import Grid

# The model half of an anywidget: values, change events, messages to Python.
MODEL = """
window.sent = [];
window.values = {head: "", agents: "", claims: "", roster: "", said: "", steered: STEERED,
                 grid: new DataView(new ArrayBuffer(0)), palette: PALETTE,
                 beat: {frame: 0, live: false, note: ""}};
const listeners = new Map();
window.model = {
  get: (name) => window.values[name],
  on: (event, call) => listeners.set(call, event),
  off: (event, call) => listeners.delete(call),
  send: (content) => window.sent.push(content),
};
window.show = (state, cells) => {
  Object.assign(window.values, state);
  if (cells) window.values.grid = new DataView(new Uint8Array(cells).buffer);
  for (const [call, event] of listeners)
    if (event === "change:beat" || (event === "change:said" && "said" in state)) call();
};
"""


def mount(page: Page, *, steered: bool = False) -> None:
    """Render an empty display on a page whose clock stands."""
    page.clock.install()
    script = base64.b64encode(widget.joined(widget.SCRIPTS).encode()).decode()
    page.set_content(f"<style>{widget.joined(widget.STYLES)}</style><div id=el></div>")
    model = MODEL.replace("STEERED", json.dumps(steered))
    page.evaluate(
        """async ([script, setUp, palette]) => {
             (0, eval)(setUp.replace("PALETTE", palette));
             const module = await import("data:text/javascript;base64," + script);
             window.forget = module.default.render({model: window.model, el: document.querySelector("#el")});
           }""",
        [script, model, json.dumps(palette.table())],
    )


def show(
    page: Page,
    frame: int,
    *,
    live: bool = True,
    note: str = "",
    grid: Grid | None = None,
    **parts: Any,
) -> None:
    """One frame, as Python sends it."""
    state: dict[str, Any] = {"beat": {"frame": frame, "live": live, "note": note}}
    state |= {name: msgspec.json.encode(part).decode() for name, part in parts.items()}
    cells = None
    if grid is not None:
        state["roster"] = json.dumps(grid.roster)
        cells = list(grid.cells)
    page.evaluate("([state, cells]) => show(state, cells)", [state, cells])
    page.clock.run_for(150)
