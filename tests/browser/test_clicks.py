"""A click while a cell runs: JupyterLab, a real browser, a button that only its effect can satisfy."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from own_lab import Lab, lab
from playwright.sync_api import expect

LONG = 90_000  # milliseconds

BUTTON = """
import pathlib, threading
import hms_widgets
from hms_widgets.channel import Reachable
from hms_widgets.control import on_command

class Button(Reachable):
    _esm = (pathlib.Path(hms_widgets.__file__).parent / "control.js").read_text() + '''
    export default { render({ model, el }) {
      const commands = commander(model);
      const button = document.createElement("button");
      const said = document.createElement("output");
      button.textContent = "Go on";
      button.onclick = () => commands.send("go", {}, (state, text) => {
        said.textContent += state + (text ? ": " + text : "") + "; ";
      });
      el.append(button, said);
      return commands.close;
    } };
    '''

go = threading.Event()
def perform(command, arguments):
    go.set()
    return "the cell may end"
button = Button()
on_command(button, perform)
button
"""
# Blocks the main thread of the kernel: neither an await nor a loop that looks at messages.
BUSY = """
assert go.wait({seconds}) is {expected}, "the click {says}"
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "notebooks"
    root.mkdir()
    with lab(folder, root) as running:
        yield running


def bring(desk: Lab, name: str, *sources: str) -> str:
    cells = [new_code_cell(source.strip()) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3"}  # or Lab asks which
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), desk.root / name)
    return name


def test_a_click_takes_effect_while_a_cell_blocks_the_kernel(tab, desk: Lab):
    page = tab.page
    busy = BUSY.format(seconds=60, expected=True, says="had no effect")
    desk.open(page, bring(desk, "click.ipynb", BUTTON, busy))
    desk.start_all(page)

    page.get_by_role("button", name="Go on").click(timeout=LONG)

    expect(page.locator("output")).to_have_text(
        "sent; taken; done: the cell may end; ", timeout=LONG
    )
    assert desk.finish(page), "the cell waited in vain"
    assert tab.errors == []
    assert tab.outside == []
