"""The agents of these tests find the rehearsing skill like any installed one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PLUGINS = str(Path(__file__).resolve().parents[1] / "plugins")
if PLUGINS not in sys.path:
    sys.path.insert(0, PLUGINS)


@pytest.fixture
def stage():
    from hms_test_stage import Stage

    played = Stage()
    yield played
    played.close()
