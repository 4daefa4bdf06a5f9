"""The verified core, compiled once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from lean_core import lean, modules


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """Where the compiled core is, and what Lean had to say of each module."""
    directory = tmp_path_factory.mktemp("core")
    said: dict[str, list[str]] = {}
    for module in modules():
        target = directory / f"{module.replace('.', '/')}.olean"
        target.parent.mkdir(exist_ok=True)
        said[module] = [
            f"{entry['pos']['line']}: {entry['severity']}: {entry['data']}"
            for entry in lean("-o", str(target), f"{module.replace('.', '/')}.lean", path=directory)
        ]
    return directory, said
