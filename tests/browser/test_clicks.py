"""A click while a cell runs: JupyterLab, a real browser, and a cell that only the click can end."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from own_lab import Lab, lab
from playwright.sync_api import expect

LONG = 90_000  # milliseconds

DASHBOARD = """
import hms_kernel as hms
wb = hms.Workbench(agents=1)
wb.dashboard()
"""
# Keeps the main thread of the kernel: neither an await nor a loop that looks at messages.
BUSY = """
from hms_kernel.facts import AgentReady
ready = []
for fact in wb.client.follow():
    if isinstance(fact.kind, AgentReady):
        ready.append(fact.agent)
    if len(ready) == 2:
        break
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
    desk.open(page, bring(desk, "click.ipynb", DASHBOARD, BUSY, "wb.close()"))
    desk.start_all(page)
    answers = page.get_by_role("log", name="Answers")

    page.get_by_role("button", name="Spawn").click(timeout=LONG)

    expect(answers).to_contain_text("agent-2 is starting", timeout=LONG)
    assert desk.finish(page), "the cell waited in vain for the agent that the click starts"
    assert tab.errors == []
    assert tab.outside == []
