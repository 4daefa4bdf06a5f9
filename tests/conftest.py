"""What every test gets: a home of its own, and the skills that only tests need."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parent / "plugins"


@pytest.fixture(scope="session")
def compiled_lean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Lean libraries are compiled, once for all tests and all workers that run them."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "lean"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture(autouse=True)
def hms_home(monkeypatch: pytest.MonkeyPatch, compiled_lean: Path) -> Iterator[Path]:
    """Sessions of a test live in a directory of its own; short, because sockets live there too."""
    with tempfile.TemporaryDirectory(prefix="hms-test-", ignore_cleanup_errors=True) as directory:
        (Path(directory) / "lean").symlink_to(compiled_lean)
        monkeypatch.setenv("HMS_HOME", directory)
        monkeypatch.delenv("HMS_SESSION", raising=False)
        yield Path(directory)


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The skill ``rehearse``, found by entry point here and in every process started from here."""
    monkeypatch.syspath_prepend(str(PLUGINS))
    inherited = os.environ.get("PYTHONPATH")
    path = f"{PLUGINS}{os.pathsep}{inherited}" if inherited else str(PLUGINS)
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait for a condition that another process or thread will make true."""

    def wait(true: Callable[[], bool], timeout_s: float = 60.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not true():
            assert time.monotonic() < deadline, "it did not happen in time"
            threading.Event().wait(0.01)

    return wait
