"""What Lean loads: its own shared libraries, and the verified core, compiled once per machine. Says nothing of their contents."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hms_kernel import config
from hms_kernel.errors import BackendCrashed, BackendMissing

_IMPORT = re.compile(r"(?m)^\s*(?:public |meta |private )*import\s+(?:all\s+)?([\w.]+)\s*$")
_SHARED = ("libInit_shared", "libleanshared_2", "libleanshared_1", "libleanshared")
_PACKAGE = Path(__file__).resolve().parents[2]

# Compile the module of that name from the file into the directory, which is searched as well;
# what was wrong, or "".
Compile = Callable[[str, Path, Path], str]


def shared_in(directory: Path) -> Sequence[Path]:
    """Lean's shared libraries in a directory, in the order in which they need each other.

    Raises:
        BackendMissing: they are not there.
    """
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    paths = [directory / f"{name}{suffix}" for name in _SHARED]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise BackendMissing(f"{directory} has no {', '.join(missing)}")
    return paths


def sources() -> dict[str, Path]:
    """The core's modules by name, each after all that it imports.

    Raises:
        BackendMissing: they are not there.
    """
    # In a wheel they are within the package, in a checkout beside it.
    for root in (_PACKAGE / "lean_core", _PACKAGE.parent / "lean_libs" / "core"):
        if found := modules_in(root):
            return found
    raise BackendMissing("the verified core's sources are missing: reinstall hms-workbench")


def modules_in(root: Path) -> dict[str, Path]:
    """The Lean modules under a directory by name, each after all that it imports."""
    files = {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for path in sorted(root.rglob("*.lean"))
    }
    ordered: dict[str, Path] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BackendCrashed(
                f"the verified core imports in a circle: {' → '.join((*above, name))}"
            )
        for imported in _IMPORT.findall(files[name].read_text(encoding="utf-8")):
            if imported in files and imported not in ordered:
                visit(imported, (*above, name))
        ordered.setdefault(name, files[name])

    for name in files:
        visit(name, ())
    return ordered


def compiled(modules: Mapping[str, Path], lean: str, compile_: Compile) -> Path:
    """A directory with these modules compiled, made now if need be.

    Args:
        modules: in the order of their imports.
        lean: version of the Lean that compiles them; another has another directory.
        compile_: compiles one.

    Raises:
        BackendCrashed: one does not compile.
    """
    digest = hashlib.sha256(lean.encode())
    for name, path in modules.items():
        digest.update(f"\0{name}\0".encode() + path.read_bytes())
    home = config.home() / "lean"
    place = home / digest.hexdigest()[:24]
    if place.is_dir():
        return place
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise BackendCrashed(f"the verified core cannot be compiled: {error}") from error
    with lock:
        # The fleet starts at once, and one of it is enough for this work.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_dir():
            return place
        for abandoned in home.glob("making-*"):  # by one that was killed: we hold the lock
            shutil.rmtree(abandoned, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=home))
        try:
            for name, path in modules.items():
                if problem := compile_(name, path, making):
                    raise BackendCrashed(f"the verified core ({name}) does not compile: {problem}")
            os.rename(making, place)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return place
