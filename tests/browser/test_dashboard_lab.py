"""The dashboard as a person meets it: JupyterLab, a real browser, real agents that are killed and come back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from own_lab import Lab, lab
from playwright.sync_api import Page, expect

LONG = 90_000  # milliseconds
TILE, GAP = 68, 3  # pixels of an agent's tile when there are few, and between two of them
CELLS = (
    "import hms_kernel as hms\nwb = hms.Workbench()\nassert len(wb.spawn(3)) == 3",
    "wb.dashboard()",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "notebooks"
    root.mkdir()
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": text}
        | {"metadata": {}, "outputs": [], "execution_count": None}
        for n, text in enumerate(CELLS)
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": spec}}
    (root / "cockpit.ipynb").write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))
    with lab(folder, root) as running:
        yield running


def run_in_kernel(page: Page, code: str) -> None:
    """Run code in the notebook's kernel and wait for its end."""
    done = page.evaluate(
        """async (code) => {
             const {kernel} = window.jupyterapp.shell.currentWidget.sessionContext.session;
             return (await kernel.requestExecute({code}).done).content.status; }""",
        code,
    )
    assert done == "ok"


def test_agents_appear_die_come_back_are_spawned_and_found_again_after_a_reload(
    tab, desk, tmp_path
):
    page: Page = tab.page
    desk.open(page, "cockpit.ipynb")
    desk.start_all(page)
    assert desk.finish(page), "a cell failed"
    board = page.locator(".hms-live")
    told = board.get_by_role("status")
    expect(told).to_contain_text("3 agents: 3 idle", timeout=LONG)

    # A click on the second tile, and it is killed: it turns, and comes back.
    page.evaluate(
        """() => { window.said = [];
             const spoken = document.querySelector(".hms-live [role=status]");
             new MutationObserver(() => window.said.push(spoken.textContent))
                 .observe(spoken, {childList: true, characterData: true, subtree: true}); }"""
    )
    board.locator("canvas").click(position={"x": (TILE + GAP) + TILE / 2, "y": TILE / 2})
    pane = board.get_by_role("complementary", name="Chosen agent")
    expect(pane).to_contain_text("agent-2", timeout=LONG)
    pane.get_by_role("button", name="Kill").click()
    pane.get_by_role("button", name="Yes").click()
    expect(board.get_by_role("log", name="Answers")).to_contain_text("agent-2 was killed")
    expect(pane).to_contain_text("ended last bykilled by SIGKILL", timeout=LONG)
    expect(told).to_contain_text("3 agents: 3 idle", timeout=LONG)
    expect(pane).to_contain_text("restarts1")
    assert any("dead" in words or "restarting" in words for words in page.evaluate("said"))

    board.get_by_role("button", name="Spawn").click()
    expect(told).to_contain_text("4 agents: 4 idle", timeout=LONG)
    board.get_by_role("button", name="Pause").first.click()
    expect(told).to_contain_text("4 agents: 4 paused", timeout=LONG)
    page.screenshot(path=tmp_path / "paused.png")

    # A reload and a second tab show the same.
    desk.save(page)
    page.reload()
    desk.ready(page)
    second = page.context.new_page()
    desk.open(second, "cockpit.ipynb")
    for one in (page, second):
        there = one.locator(".hms-live")
        expect(there.get_by_role("status")).to_contain_text("4 agents: 4 paused", timeout=LONG)
        expect(there.locator(".hms-pill")).to_contain_text("paused")
        expect(there.get_by_role("complementary")).to_contain_text("agent-2")
        expect(there.get_by_role("log", name="Answers")).to_contain_text("agent-4 is starting")
    second.close()

    # What happened during a long cell is there after it, and the buttons work again.
    run_in_kernel(
        page,
        "import time\ntask = wb.prove('∀ x : ℝ, 0 ≤ x ^ 2')\nwb.resume()\ntime.sleep(3)\ntask.result()",
    )
    claims = page.locator(".hms-outcomes").get_by_role("status")
    expect(claims).to_contain_text("1 of 1 claim settled: 1 proved", timeout=LONG)
    expect(told).to_contain_text("4 agents: 4 idle", timeout=LONG)
    assert tab.errors == []
    assert tab.outside == []

    run_in_kernel(page, "wb.close()")
    expect(board.locator(".hms-pill")).to_contain_text("ended", timeout=LONG)
