"""The first notebook as a newcomer meets it: JupyterLab, a real browser, real agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_lab import Lab, lab
from playwright.sync_api import expect

LONG = 90_000  # milliseconds


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "notebooks"
    root.mkdir()
    with lab(folder, root) as running:
        yield running


def bring(desk: Lab, repository: Path, until: str = "") -> str:
    """Put the notebook on the desk without its outputs; cells from ``until`` on are left out."""
    notebook = json.loads((repository / "notebooks" / "01_first_verdicts.ipynb").read_text())
    cells = notebook["cells"]
    if until:
        del cells[[cell["id"] for cell in cells].index(until) :]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    name = f"first{until}.ipynb"
    (desk.root / name).write_text(json.dumps(notebook))
    return name


def test_the_whole_notebook_runs_and_leaves_its_answer_and_static_boards(
    tab, desk, repository, tmp_path
):
    page = tab.page
    desk.open(page, bring(desk, repository))
    desk.start_all(page)

    # While it runs the board is alive: agents, and verdicts coming in.
    live = page.locator(".hms-live").first
    expect(live).to_be_visible(timeout=LONG)
    agents = live.get_by_role("region", name="Agents").locator("tbody tr")
    expect(agents).to_have_count(4, timeout=LONG)

    assert desk.finish(page), "a cell failed"
    expect(page.locator(".hms-live")).to_have_count(0, timeout=LONG)
    expect(page.locator(".hms-static")).to_have_count(2)
    expect(page.locator(".hms-static").last).to_contain_text("killed by SIGKILL")
    expect(page.get_by_text("Not all of them.").last).to_be_visible()
    page.screenshot(path=tmp_path / "done.png")
    assert tab.errors == []
    assert tab.outside == []


def test_the_board_is_live_survives_a_reload_and_is_veiled_when_the_kernel_is_gone(
    tab, desk, repository, tmp_path
):
    page = tab.page
    desk.open(page, bring(desk, repository, until="refuted-text"))
    desk.start_all(page)
    assert desk.finish(page), "a cell failed"

    live = page.locator(".hms-live")
    counts = live.get_by_role("status")
    expect(live).to_have_count(1)
    expect(counts).to_contain_text("4 agents", timeout=LONG)
    expect(counts).to_contain_text("27 of 27 claims settled", timeout=LONG)
    expect(live).to_have_attribute("data-live", "true")
    page.screenshot(path=tmp_path / "live.png")
    told = counts.text_content()

    desk.save(page)
    page.reload()
    desk.ready(page)

    expect(live).to_have_count(1, timeout=LONG)
    expect(counts).to_have_text(told or "", timeout=LONG)
    # Still heard from: frames go on coming.
    page.wait_for_function(
        "([live, first]) => live.dataset.frame !== first",
        arg=[live.element_handle(), live.get_attribute("data-frame")],
        timeout=LONG,
    )
    expect(page.locator(".hms-veil")).to_be_hidden()
    assert tab.errors == []
    assert tab.outside == []

    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    expect(page.locator(".hms-veil")).to_be_visible(timeout=LONG)
    expect(page.locator(".hms-veil")).to_contain_text("Stale since")
