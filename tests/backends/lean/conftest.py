"""Kernels over the small library beside this file and over the verified core, each started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hms_kernel.backends.lean.library import modules_in
from hms_kernel.backends.lean.pip import PipKernel
from hms_kernel.errors import BackendMissing

PRELUDE = Path(__file__).parent / "prelude"


@pytest.fixture(scope="session")
def kernel(compiled_lean: Path) -> Iterator[PipKernel]:
    yield from started(PipKernel(modules_in(PRELUDE)), compiled_lean)


@pytest.fixture(scope="session")
def core(compiled_lean: Path) -> Iterator[PipKernel]:
    try:
        made = PipKernel()
    except BackendMissing as missing:
        pytest.skip(f"NOT TESTED, the verified core: {missing}")
    yield from started(made, compiled_lean)


def started(made: PipKernel, compiled_lean: Path) -> Iterator[PipKernel]:
    with pytest.MonkeyPatch.context() as patch:
        # The homes of single tests come and go.
        patch.setenv("HMS_HOME", str(compiled_lean.parent))
        made.version()  # compiles the library there
    yield made
    made.close()
