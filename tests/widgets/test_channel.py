"""What a page sends reaches Python while a cell runs: real kernels, with the messages that a page sends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from hms_widgets.channel import Reachable
from hms_widgets.page import Page
from hms_widgets.panel import PanelPage

PATIENCE_S = 60.0

# A widget that hears what its page says; the second cell ends only when it has heard "now".
WIDGET = """
import threading
from hms_widgets.channel import Reachable

heard, now, threads = [], threading.Event(), []

def hear(widget, content, buffers):
    heard.append(content)
    threads.append(threading.current_thread())
    if content == "now":
        now.set()
    widget.send({"heard": content})

widget = Reachable()
widget.on_msg(hear)
print(widget.model_id)
"""
BUSY = "assert now.wait(20), 'nothing was heard'"


class Desk:
    """A kernel as a page has it: cells go to the main shell, widgets' messages to a subshell."""

    def __init__(self, client: BlockingKernelClient, features: list[str]) -> None:
        self.client = client
        self._sent: list[tuple[str, Any]] = []  # parent and content
        self.subshell: str | None = None
        if "kernel subshells" in features:
            asked = client.session.msg("create_subshell_request")
            client.control_channel.send(asked)
            reply = client.get_control_msg(timeout=PATIENCE_S)
            self.subshell = reply["content"]["subshell_id"]

    def start(self, code: str) -> str:
        """Begin a cell; returns the number of its request."""
        number: str = self.client.execute(code)
        return number

    def run(self, code: str) -> str:
        """Run a cell to its end; what it printed."""
        return self.finish(self.start(code))

    def sent_by(self, number: str) -> list[Any]:
        """What widgets sent to their pages as a part of a cell that has been finished."""
        return [content for parent, content in self._sent if parent == number]

    def finish(self, number: str) -> str:
        """Wait for a cell's end; what it printed.

        Raises:
            AssertionError: it failed.
        """
        printed = ""
        while True:
            message: dict[str, Any] = self.client.get_iopub_msg(timeout=PATIENCE_S)
            parent = message["parent_header"].get("msg_id")
            match message["content"]:
                case {"data": {"method": "custom", "content": content}}:
                    self._sent.append((parent, content))
            if parent != number:
                continue
            match message["msg_type"], message["content"]:
                case "stream", {"text": text}:
                    printed += text
                case "error", {"evalue": why, "traceback": trace}:
                    raise AssertionError(f"{why}\n" + "\n".join(trace))
                case "status", {"execution_state": "idle"}:
                    return printed

    def send(self, widget: str, content: Any, shell: str | None) -> None:
        """What a page sends when a widget's script says ``model.send(content)``."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": widget, "data": data})
        message["header"]["subshell_id"] = shell
        self.client.shell_channel.send(message)


def kernel(folder: Path, first: Path | None = None) -> Iterator[Desk]:
    """A kernel whose modules come from ``first`` before those installed."""
    paths = [str(first)] if first else []
    paths += [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "IPYTHONDIR": str(folder)}
    manager = KernelManager()
    manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager.start_kernel(env=env, cwd=str(Path(__file__).resolve().parents[2]))
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE_S)
        client.kernel_info()
        info = client.get_shell_msg(timeout=PATIENCE_S)
        yield Desk(client, info["content"].get("supported_features", []))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def test_every_page_of_a_dashboard_has_such_a_line():
    assert issubclass(Page, Reachable)
    assert issubclass(PanelPage, Reachable)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from kernel(tmp_path_factory.mktemp("ipython"))


@pytest.fixture(scope="module")
def widget(desk: Desk) -> str:
    return desk.run(WIDGET).strip()


def speak_while_busy(desk: Desk, widget: str) -> None:
    desk.run("now.clear()")
    cell = desk.start(BUSY)

    desk.send(widget, "now", desk.subshell)

    desk.finish(cell)  # which would have failed unheard


def test_what_the_page_says_is_heard_while_a_cell_runs(desk: Desk, widget: str):
    assert desk.subshell, "this ipykernel has no subshells"

    speak_while_busy(desk, widget)
    desk.run("widget.send('from the thread that runs cells')")
    speak_while_busy(desk, widget)

    assert desk.run("print(threading.main_thread() in threads)").strip() == "False"


@pytest.mark.parametrize("wanted", ["7.3.0", "7.4.0"])
def test_so_it_is_with_other_ipykernels(wanted: str, tmp_path: Path):
    if version("ipykernel") == wanted:
        pytest.skip(f"ipykernel {wanted} is the one installed, which every test here runs on")
    fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--retries", "0"]
    fetch += ["--disable-pip-version-check", f"--target={tmp_path / 'other'}"]
    fetched = subprocess.run(
        [*fetch, f"ipykernel=={wanted}"], capture_output=True, text=True, timeout=120, check=False
    )
    if fetched.returncode:
        pytest.skip(f"NOT TESTED: ipykernel {wanted} cannot be had here: {fetched.stderr[-300:]}")
    for other in kernel(tmp_path / "ipython", tmp_path / "other"):
        said = other.run("import ipykernel; print(ipykernel.__version__)")
        assert said.strip() == wanted

        speak_while_busy(other, other.run(WIDGET).strip())


def test_a_page_without_subshells_is_heard_after_the_cell(desk: Desk, widget: str):
    desk.run("now.clear()")
    cell = desk.start("print(now.wait(1))")
    desk.send(widget, "now", None)

    assert desk.finish(cell).strip() == "False"
    assert desk.run("print(now.is_set())").strip() == "True"


def test_what_a_task_of_an_earlier_cell_sends_belongs_to_the_cell_that_runs(
    desk: Desk, widget: str
):
    desk.run(
        "import asyncio\n"
        "async def later():\n"
        "    await go.wait()\n"
        "    widget.send({'sent': 'later'})\n"
        "go = asyncio.Event()\n"
        "task = asyncio.create_task(later())"
    )
    cell = desk.start("go.set(); await task")

    desk.finish(cell)

    assert {"sent": "later"} in desk.sent_by(cell)


def test_other_widgets_keep_the_comms_of_the_kernel(desk: Desk, widget: str):
    kinds = desk.run(
        "import ipywidgets; print(type(ipywidgets.Label().comm).__module__, type(widget.comm).__module__)"
    )

    assert kinds.split() == ["ipykernel.comm.comm", "hms_widgets.channel"]
