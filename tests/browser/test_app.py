"""``hms dashboard``: a session of another process in a real browser, to look at or to steer."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

import hms_kernel as hms

LONG = 90_000  # milliseconds


@pytest.fixture(scope="module")
def bench() -> Iterator[hms.Workbench]:
    # Short, because sockets live there.
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="hms-test-") as home,
    ):
        patch.setenv("HMS_HOME", home)
        with hms.Workbench("shown", agents=2) as found:
            found.prove("∀ x : ℝ, 0 ≤ x ^ 2", theorem_id="a_fine").result()
            found.prove("∀ x : ℝ, x ≤ x ^ 2", theorem_id="a_false").result()
            yield found


def kernels(server: subprocess.Popen[str]) -> list[psutil.Process]:
    """The kernels behind the pages of a server."""
    below = psutil.Process(server.pid).children(recursive=True)
    return [child for child in below if "ipykernel_launcher" in child.cmdline()]


@contextmanager
def served(
    bench: hms.Workbench, folder: Path, *options: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``hms dashboard`` as a person starts it; the address that it says."""
    server = subprocess.Popen(
        [sys.executable, "-m", "hms_kernel", "dashboard", "--no-browser", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ
        | {"HMS_HOME": str(bench.directory.parents[1]), "IPYTHONDIR": str(folder / "ipython")},
        cwd=folder,
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\w+", server.stdout.readline())
        assert found, "no address was said"
        yield found.group(), server
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def test_a_page_shows_agents_and_verdicts_and_has_no_controls(tab, bench, tmp_path, until):
    page = tab.page
    with served(bench, tmp_path) as (address, server):
        page.goto(address, timeout=LONG)
        live = page.locator(".hms-live")

        expect(live).to_be_visible(timeout=LONG)
        expect(live.get_by_role("status")).to_contain_text("2 agents: 2 idle", timeout=LONG)
        expect(page.get_by_text("a_false").first).to_be_visible()
        expect(page.get_by_text("refuted").first).to_be_visible()
        expect(
            page.get_by_role("button", name=re.compile("Spawn|Kill|Prove|Restart"))
        ).to_have_count(0)
        expect(page.get_by_role("textbox")).to_have_count(0)
        # Alive: what happens to the session from now on is seen too.
        bench.prove("1 + 1 = 2", theorem_id="seen_later").result()
        expect(page.get_by_text("seen_later").first).to_be_visible(timeout=LONG)
        page.screenshot(path=tmp_path / "dashboard.png")

        page.reload(timeout=LONG)
        expect(live).to_be_visible(timeout=LONG)
        expect(page.get_by_text("seen_later").first).to_be_visible()
        until(lambda: len(kernels(server)) == 1)  # the page that was left has ended its own
    assert tab.errors == []
    assert tab.outside == []


def test_with_control_a_click_starts_an_agent(tab, bench, tmp_path):
    page = tab.page
    with served(bench, tmp_path, "shown", "--control", "--dark") as (address, _):
        page.goto(address, timeout=LONG)
        page.get_by_role("button", name="Spawn").click(timeout=LONG)

        expect(page.get_by_role("log", name="Answers")).to_contain_text("is starting", timeout=LONG)
        page.screenshot(path=tmp_path / "control.png")
    assert len(bench.client.agents()) == 3
    assert tab.errors == []
    assert tab.outside == []


def test_without_the_token_nothing_is_shown_and_ctrl_c_ends_everything(bench, tmp_path):
    with served(bench, tmp_path) as (address, server):
        bare = address.partition("?")[0]
        with urllib.request.urlopen(bare, timeout=30) as answer:
            told = answer.read().decode()
            assert "/login" in answer.url
        assert "hms" not in told.lower()

    assert server.returncode == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(bare, timeout=5)
    assert not bench.closed
