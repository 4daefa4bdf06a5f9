"""An installed Lean and the Lake project it works in: the same steps and the same door as the pip kernel.

``lake`` is asked once, for the project's search path; proofs are compiled by ``lean`` itself,
in a cell that shows it the toolchain and the compiled packages and nothing else. The kernel
door loads the toolchain's own library. With Mathlib none of this has been run by our tests so
far: where they find no such project they say so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cached_property
from pathlib import Path

from hms_kernel import config
from hms_kernel.backends.lean import checking, kernel, library
from hms_kernel.backends.lean.checking import Installation
from hms_kernel.backends.lean.process import LeanProcess
from hms_kernel.backends.lean.runtime import Checked, Submission
from hms_kernel.errors import BackendCrashed, BackendMissing

LIBRARIES = ("Mathlib", "Moneyball")  # imported into every file, as far as they are compiled
ADDRESS_BYTES = 16 << 30  # compiled Mathlib alone is mapped with more than five
_ASK_S = 120.0  # lake may have to set itself up
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_INSTALL = (
    "install Lean 4.35 (https://lean-lang.org/install), or set HMS_LEAN to a lean executable "
    "or to a Lake project"
)


class Toolchain:
    """A ``Runtime`` over an installed Lean; see there."""

    name = "toolchain"

    def __init__(self) -> None:
        self._lean, self._search = _find()
        asked = _ask([str(self._lean), "--version"])
        found = re.search(r"version (\d+\.\d+\.\d+\S*?),", asked)
        self._version = found[1] if found else asked.strip()
        if not self._version.startswith(f"{kernel.VERSION}."):
            raise BackendMissing(
                f"{self._lean} is Lean {self._version}, and the kernel door is made for {kernel.VERSION}"
            )
        self._sysroot = Path(_ask([str(self._lean), "--print-prefix"]).strip())
        self._process = LeanProcess(library.shared_in(self._sysroot / "lib" / "lean"))

    def version(self) -> str:
        """Lean and what is imported."""
        return self._installation.kernel

    def check(self, submission: Submission, wall_s: float = 60.0) -> Checked:
        return checking.check(self._process, self._installation, submission, wall_s)

    def examine(
        self, submission: Submission, wall_s: float = 60.0, compiled: bytes | None = None
    ) -> Checked:
        """``check`` without the token screen; ``compiled`` is the proof as somebody else's ``.olean``."""
        return checking.examine(self._process, self._installation, submission, wall_s, compiled)

    def close(self) -> None:
        self._process.close()

    def guarded(self) -> str:
        """What stands between a proof and the machine, for people."""
        return checking.guarded(self._process.hello(), ADDRESS_BYTES)

    @cached_property
    def _installation(self) -> Installation:
        compiled = [
            name
            for name in LIBRARIES
            if any((path / f"{name}.olean").is_file() for path in self._search)
        ]
        # Everything a packaged Lean needs lies below its prefix, but for the C library.
        system = (Path(path) for path in _SYSTEM)
        return Installation(
            kernel=f"Lean {self._version}" + (f" with {', '.join(compiled)}" if compiled else ""),
            header="\n".join(f"import {name}" for name in compiled),
            search=self._search,
            sysroot=self._sysroot,
            readable=(self._sysroot, *(path for path in system if path.exists())),
            executable=self._sysroot / "bin" / "lean",
            address_bytes=ADDRESS_BYTES,
        )


def describe() -> str:
    """Its version and what guards it, for ``hms doctor``.

    Raises:
        BackendMissing: what to install or to set.
    """
    toolchain = Toolchain()
    try:
        return f"{toolchain.version()}; {toolchain.guarded()}"
    finally:
        toolchain.close()


def _find() -> tuple[Path, tuple[Path, ...]]:
    """The ``lean`` executable, and the directories of the project's compiled modules."""
    chosen = config.lean()
    if chosen and Path(chosen).is_dir():
        return _project(Path(chosen).resolve())
    found = shutil.which(chosen or "lean")
    if found is None:
        raise BackendMissing(f"{chosen or 'lean'} is not there: {_INSTALL}")
    # Not resolved: elan's stand-in for lean is a link, and knows by its name what it is to be.
    return Path(found).absolute(), ()


def _project(directory: Path) -> tuple[Path, tuple[Path, ...]]:
    lake = shutil.which("lake")
    if lake is None:
        raise BackendMissing(
            f"HMS_LEAN is the project {directory}, and there is no lake: {_INSTALL}"
        )
    # The project says which toolchain; asked from within, elan's stand-ins obey.
    answer = _ask([lake, "env", "printenv", "LEAN_SYSROOT", "LEAN_PATH"], directory).splitlines()
    if len(answer) != 2:
        raise BackendMissing(f"lake does not know the project {directory}: run lake build there")
    paths = (directory / path for path in answer[1].split(os.pathsep) if path)
    lean = Path(answer[0]) / "bin" / "lean"
    return lean, tuple(path.resolve() for path in paths if path.is_dir())


def _ask(command: list[str], directory: Path | None = None) -> str:
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, timeout=_ASK_S, check=True
        )
    except subprocess.CalledProcessError as error:
        raise BackendCrashed(f"{' '.join(command)}: {error.stderr.strip()[-500:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackendCrashed(f"{' '.join(command)}: {error}") from error
    return done.stdout
