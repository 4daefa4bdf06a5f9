"""The panels as a person meets them: JupyterLab, a real browser, real agents and the real specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_lab import Lab, lab
from playwright.sync_api import Page, expect

LONG = 150_000  # milliseconds
TESTS = Path(__file__).resolve().parents[1]

WATCH = """
import sys, threading
import hms_kernel as hms
from hms_widgets import CurvesPanel, OutcomesPanel
sys.path.insert(0, {tests!r})
import recorded_search

bench = hms.Workbench(agents=2)
outcomes, curves = OutcomesPanel(bench), CurvesPanel()
searched = list(recorded_search.facts())

def follow():
    seq = 0
    while True:
        try:
            facts = bench.client.facts(seq, wait_s=0.2)
        except hms.HmsError:
            return outcomes.close()
        seq = facts[-1].seq if facts else seq
        outcomes.update(facts)
        curves.update(searched[:seq])

threading.Thread(target=follow, daemon=True).start()
"""
CELLS = (
    WATCH.format(tests=str(TESTS)),
    "outcomes",
    "curves",
    'run = bench.verify("moneyball")\nrun',
    "report = run.result()\n[agent] = bench.spawn()\nagent",
    "run",
    'next(task for task in run.tasks if task.label == "war_score_bounds")',
    'report["sps_bounds"]',
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "notebooks"
    root.mkdir()
    with lab(folder, root) as running:
        cells = [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
            for n, source in enumerate(CELLS)
        ]  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
        (root / "panels.ipynb").write_text(json.dumps(book))
        yield running


def dark(page: Page, on: bool) -> None:
    theme = "JupyterLab Dark" if on else "JupyterLab Light"
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg="false" if on else "true"
    )


def test_verdicts_fill_in_sort_filter_and_open_and_a_reload_finds_them_again(tab, desk, tmp_path):
    page = tab.page
    desk.open(page, "panels.ipynb")
    desk.start_all(page)
    panel = page.locator(".hms-outcomes")
    status = panel.get_by_role("status")
    rows = panel.locator("tr.hms-row")

    # While the cell that waits for the report is running, verdicts come in.
    expect(status).to_contain_text("of 27 claims settled", timeout=LONG)
    assert desk.finish(page, LONG / 1000), "a cell failed"
    expect(status).to_have_text(
        "27 of 27 claims settled: 19 proved, 6 refuted, 2 invalid", timeout=LONG
    )

    panel.get_by_role("button", name="refuted").click()
    expect(rows).to_have_count(6)
    panel.get_by_label("filter claims by text").fill("war bounds")
    expect(rows).to_have_count(1)
    rows.click()
    card = panel.locator(".hms-card")
    expect(card).to_contain_text("✘ fails", timeout=LONG)
    expect(card).to_contain_text("It would hold if also")
    card.locator("summary").first.click()

    curves = page.locator(".hms-curves")
    expect(curves.get_by_role("status").first).to_contain_text("17 of 18 goals solved")
    curves.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(curves.locator("output")).to_have_text("8")
    expect(curves.locator(".hms-table tbody tr")).to_have_count(2)
    for name, night in (("light", False), ("dark", True)):
        dark(page, night)
        panel.scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / f"outcomes-{name}.png")
        curves.screenshot(path=tmp_path / f"curves-{name}.png")
        page.locator(".hms-static, .hms-card").last.scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / f"cards-{name}.png")

    desk.save(page)
    page.reload()
    desk.ready(page)

    expect(status).to_contain_text("27 of 27 claims settled", timeout=LONG)
    expect(rows.first).to_be_visible(timeout=LONG)
    panel.get_by_label("filter claims by text").fill("war bounds")
    expect(card.first).to_contain_text("✘ fails", timeout=LONG)  # it was open, and is again
    expect(page.locator(".hms-curves").locator("output")).to_have_text("9", timeout=LONG)
    # The saved notebook says it all without a kernel, in HTML and in text.
    saved = (desk.root / "panels.ipynb").read_text()
    for words in ("19 proved, 6 refuted, 2 invalid", "\\u2718 fails", "●●●○"):
        assert words in saved or words.encode().decode("unicode_escape") in saved
    assert tab.errors == []
    assert tab.outside == []
