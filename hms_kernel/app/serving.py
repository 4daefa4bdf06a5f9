"""How the servers behind ``hms dashboard`` and ``hms lab`` are started: loopback, token, own folders."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hms_kernel import config
from hms_kernel import session as sessions
from hms_kernel.errors import BackendMissing, HmsError, UsageError

HERE = Path(__file__).resolve().parent
FIRST = "01_first_verdicts.ipynb"  # where the course begins
COPY = "hms-course"  # folder for the notebooks where there are none
# What the page draws with. Whatever else is installed may not work without JupyterLab.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)
UP_S = 60.0  # for a server to come up
DOWN_S = 20.0  # to end its kernels and itself


@contextmanager
def dashboard(
    session: str | None, *, control: bool = False, dark: bool = False, port: int | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the dashboard of a session on the loopback, to whoever has the address with its token.

    Args:
        session: its name; None for the newest live one, whenever a page is loaded.
        control: whether pages may act, or only look.
        port: None takes a free one.

    Yields:
        The address and the server, which is ended on leaving.

    Raises:
        BackendMissing: Voilà is not installed.
        SessionError: there is no live session to show.
        HmsError: the server did not come up.
    """
    _need("voila", "app", "the dashboard as a page of its own")
    sessions.connection(session)  # says so where there is none
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    port = port or _free_port()
    environment = {
        # Not on the command line, which every user of the machine can read.
        "JUPYTER_TOKEN": token,
        "JUPYTER_PATH": os.pathsep.join(
            [str(HERE / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
        ),
        config.CONTROL: "1" if control else "",
    }
    if session:
        environment["HMS_SESSION"] = session
    command = [sys.executable, "-m", "voila", str(HERE / "dashboard.ipynb")]
    command += ["--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}", "--Voila.port_retries=0"]
    command += ["--Voila.auto_token=True", "--template=hms", "--Voila.log_level=WARN"]
    command += [f"--theme={'dark' if dark else 'light'}"]
    # A page that is left ends its kernel by a request without Voilà's XSRF token, and the check
    # would refuse it. The cookie goes to our own pages only, so nobody else can ask for anything.
    command += ["--Voila.tornado_settings=disable_check_xsrf=True"]
    command += ["--IdentityProvider.cookie_options=SameSite=Strict"]
    command += [f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS]
    # In a session of its own: Ctrl-C reaches it through us, and only once.
    server = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}/"
        _await(server, address)
        yield f"{address}?token={token}", server
    finally:
        server.terminate()
        try:
            server.wait(DOWN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def lab(
    folder: Path | None = None, *, port: int | None = None, browser: bool = True
) -> tuple[Path, list[str]]:
    """Where the course is, and the command that opens JupyterLab on it.

    Args:
        folder: as for ``course``.
        port: None takes Jupyter's usual one or the next that is free.
        browser: whether a page is opened.

    Raises:
        BackendMissing: JupyterLab is not installed.
        UsageError: the notebooks cannot be written.
    """
    _need("jupyterlab", "notebook", "the course")
    folder = course(folder)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    command += ["--ServerApp.answer_yes=True"]  # to Ctrl-C, which asks otherwise
    command += ["--allow-root"] if os.geteuid() == 0 else []  # as in a container
    command += [] if port is None else [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return folder, command if browser else [*command, "--no-browser"]


def course(folder: Path | None = None) -> Path:
    """The folder with the notebooks: the one that is here, else a copy of those installed.

    Args:
        folder: where they shall be; what is there already is left as it is.

    Raises:
        UsageError: they cannot be written there.
    """
    if folder is None:
        for here in (Path("notebooks"), Path()):
            if (here / FIRST).is_file():
                return here.resolve()
        folder = Path(COPY)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(_installed().glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
    except OSError as error:
        raise UsageError(
            f"the notebooks cannot be put into {folder}: {error.strerror}; --dir names another place"
        ) from error
    return folder.resolve()


def _installed() -> Path:
    """The notebooks as they came: in the wheel beside the code, in a checkout beside the package."""
    package = HERE.parent
    return next(p for p in (package / "course", package.parent / "notebooks") if p.is_dir())


def _need(module: str, extra: str, what: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise BackendMissing(f"{what} needs {module}: pip install 'hms-workbench[{extra}]'")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a server answers.

    Raises:
        HmsError: it ended, or is not up in time.
    """
    deadline = time.monotonic() + UP_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            # Without the token: whatever it answers, it is up.
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    why = "ended" if server.poll() is not None else f"did not answer within {UP_S:g} s"
    raise HmsError(f"the server of the dashboard {why}; what it said is above")
