"""A JupyterLab of its own on the loopback: private folders, random token, gone at the end."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

# Pop-ups, and cells that leave the page while they are off screen, would be in the way.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
}
START_S = 90.0


class Lab:
    """A running server.

    Args:
        url: of the server, with its token left out.
        token: what it asks for.
        root: the folder it serves.
    """

    def __init__(self, url: str, token: str, root: Path) -> None:
        self.url, self.token, self.root = url, token, root

    def open(self, page: Page, notebook: str) -> None:
        """Open a notebook in a fresh workspace and wait until its kernel is idle."""
        page.goto(f"{self.url}/lab/tree/{notebook}?token={self.token}&reset")
        self.ready(page)

    def ready(self, page: Page) -> None:
        """Wait for the notebook in front to have an idle kernel."""
        page.wait_for_function(
            """() => {
              const widget = window.jupyterapp?.shell?.currentWidget;
              const kernel = widget?.sessionContext?.session?.kernel;
              return kernel?.status === "idle" && widget.content?.widgets?.length > 0;
            }""",
            timeout=START_S * 1000,
        )

    def start_all(self, page: Page) -> None:
        """Run every cell; returns at once."""
        page.evaluate(
            """() => { window.ran = undefined;
                       window.jupyterapp.commands.execute("notebook:run-all-cells")
                             .then((done) => { window.ran = done; }); }"""
        )

    def finish(self, page: Page, timeout_s: float = 180.0) -> bool:
        """Wait for the last cell; whether all of them succeeded."""
        page.wait_for_function("() => window.ran !== undefined", timeout=timeout_s * 1000)
        return bool(page.evaluate("window.ran"))

    def save(self, page: Page) -> None:
        """Save the notebook in front, as a person would."""
        page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")


@contextmanager
def lab(folder: Path, root: Path) -> Iterator[Lab]:
    """Serve ``root``; settings, data and runtime files go below ``folder``."""
    for name, content in SETTINGS.items():
        path = folder / "user-settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    private = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "HMS_HOME": str(folder / "hms"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"]
    command += ["--ServerApp.allow_root=True", "--LabApp.news_url=None"]
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, env=os.environ | private, cwd=root
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(server, f"{url}/api/status?token={token}", folder / "lab.log")
        yield Lab(url, token, root)
    finally:
        server.send_signal(signal.SIGTERM)  # shuts the kernels down first
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    pause = threading.Event()
    for _ in range(int(START_S / 0.1)):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pause.wait(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
