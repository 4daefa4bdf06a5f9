"""The agents of these tests find the rehearsing skill like any installed one."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

PLUGINS = str(Path(__file__).resolve().parents[1] / "plugins")
if PLUGINS not in sys.path:
    sys.path.insert(0, PLUGINS)


@pytest.fixture
def directory():
    # pytest's own directories are often too deep for a socket's path.
    path = Path(tempfile.mkdtemp(prefix="hms-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def stage():
    from hms_test_stage import Stage

    played = Stage()
    yield played
    played.close()
