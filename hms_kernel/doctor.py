"""What of the workbench works on this machine, and what to install for the rest. Installs nothing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import cvc5
import psutil

from hms_kernel import config, plugins
from hms_kernel import session as sessions
from hms_kernel.backends import GROUP, engines, lean
from hms_kernel.errors import BackendMissing, HmsError
from hms_kernel.version import __version__

LEAST_FREE_BYTES = 200 << 20  # below it a store may fill the disk during a run
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """One part: whether it works, what it is, and what to do where it does not."""

    part: str
    works: bool
    said: str  # its version and what matters of it, or what to install
    needed: bool = False  # nothing works without it


def examine() -> list[Finding]:
    """Every part, the needed ones first. Nothing is changed, and a part that breaks is a finding."""
    return [
        _looked("python", _python, needed=True),
        _looked("first solver", engines.checker, needed=True),
        _looked("second solver", _second_solver, needed=True),
        _looked("home", _home, needed=True),
        _looked("machine", _machine),
        _looked("lean kernel", lean.describe_kernel),
        _looked("lean toolchain", lean.describe_toolchain),
        _looked("language model", _language_model),
        _looked("notebooks", _notebooks),
        _looked("browser", _browser),
    ]


def _looked(part: str, look: Callable[[], str], needed: bool = False) -> Finding:
    try:
        return Finding(part, True, look(), needed)
    except HmsError as error:
        return Finding(part, False, str(error), needed)
    except Exception as error:  # the doctor outlives the illness
        return Finding(part, False, f"{type(error).__name__}: {error}", needed)


def _python() -> str:
    return f"{platform.python_version()}, hms-workbench {__version__}"


def _second_solver() -> str:
    return f"cvc5 {cvc5.__version__}"


def _home() -> str:
    home = config.home()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise BackendMissing(f"{home} cannot be written ({error.strerror}); set HMS_HOME") from None
    if free < LEAST_FREE_BYTES:
        raise BackendMissing(f"{home} has {free >> 20} MiB left; make room or set HMS_HOME")
    names = sessions.names()
    live = sum(map(sessions.is_live, names))
    return f"{home}, {free >> 30} GiB free, sessions: {len(names)} kept, {live} live"


def _machine() -> str:
    memory = psutil.virtual_memory()
    load = os.getloadavg()[0]
    return (
        f"{config.cores()} processors, load {load:.1f}, "
        f"{memory.available >> 30} of {memory.total >> 30} GiB of memory free"
    )


def _language_model() -> str:
    plugins.load(GROUP, "deepseek")  # says what to install where the extra is missing
    from hms_kernel.backends.deepseek.backend import describe

    return describe()


def _notebooks() -> str:
    wanted = ("jupyterlab", "ipywidgets", "plotly", "papermill")
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendMissing(f"no {', '.join(missing)}: pip install 'hms-workbench[notebook]'")
    return f"jupyterlab {importlib.metadata.version('jupyterlab')}"


def _browser() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise BackendMissing("no Chromium; only the tests need one")
