"""A kernel over the small library beside this file, compiled once for all tests that ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hms_kernel.backends.lean.library import modules_in
from hms_kernel.backends.lean.pip import PipKernel

PRELUDE = Path(__file__).parent / "prelude"


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipKernel]:
    made = PipKernel(modules_in(PRELUDE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HMS_HOME", str(tmp_path_factory.mktemp("lean")))
        made.version()  # compiles the library into that home
    yield made
    made.close()
