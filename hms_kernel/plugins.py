"""Skills and backends by entry point: find one by name, say clearly when it is not there. Holds no instance."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from hms_kernel.errors import BackendMissing, UsageError


def names(group: str) -> list[str]:
    """The names registered under an entry-point group, sorted."""
    return sorted({point.name for point in entry_points(group=group)})


_registered: set[tuple[str, str]] = set()


def ensure(group: str, name: str) -> None:
    """Return if ``name`` is registered under an entry-point group; quickly, if it was before.

    Raises:
        UsageError: it is not; says which are.
    """
    if (group, name) in _registered:
        return
    # Looking through all installed metadata takes milliseconds.
    known = names(group)
    if name not in known:
        kind = group.removeprefix("hms.").rstrip("s").replace("_", " ")
        raise UsageError(f"no {kind} {name!r}; installed: {', '.join(known) or 'none'}")
    _registered.add((group, name))


def load(group: str, name: str) -> Any:
    """Import what ``name`` stands for in ``group``.

    Raises:
        UsageError: nothing is registered under that name.
        BackendMissing: it is registered, but its dependency is not installed.
    """
    ensure(group, name)
    found: EntryPoint = next(iter(entry_points(group=group, name=name)))
    try:
        return found.load()
    except ImportError as error:
        extras = found.dist.metadata.get_all("Provides-Extra", []) if found.dist else []
        remedy = (
            f" (pip install '{found.dist.name}[{name}]')" if found.dist and name in extras else ""
        )
        missing = error.name or "a package"
        raise BackendMissing(f"{name} needs {missing}, which is not installed{remedy}") from error
