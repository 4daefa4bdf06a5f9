"""Which strategy is in force for which claims, and what was before. Judges none.

Whoever hands claims in reads this, so it brings no solver along.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hms_kernel.backends.strategy import ENGINES, Strategy
from hms_kernel.errors import StoreError, UsageError
from hms_kernel.genetics.files import made, opened

if TYPE_CHECKING:
    from hms_kernel.genetics.adoption import Comparison

_TABLES = """
CREATE TABLE IF NOT EXISTS adoptions (
    number INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    strategy TEXT,
    why TEXT NOT NULL
);
"""


def in_force(file: Path) -> dict[str, Strategy]:
    """Every scope with a strategy of its own, and that; none where there is no such file.

    What another version has adopted and this one has no terms for is left out.
    """
    if not file.is_file():
        return {}
    adoptions = Adoptions(file)
    found: dict[str, Strategy] = {}
    for scope in adoptions.scopes():
        with contextlib.suppress(StoreError):
            strategy = adoptions.current(scope)
            if strategy is not None and _known(strategy):
                found[scope] = strategy
    return found


def _known(strategy: Strategy) -> bool:
    # Only who has adopted something pays for this import.
    from hms_kernel.backends.transforms import TRANSFORMS

    stages = [part.stage for part in strategy.slices]
    return all(
        stage.engine in ENGINES and TRANSFORMS.keys() >= set(stage.transforms) for stage in stages
    )


class Adoptions:
    """What is in force in each scope, with every change there was. Changes are only added.

    Args:
        file: an SQLite file, made when it is not there; that of the archive will do.

    Raises:
        StoreError: by every method, when the file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self._file = made(file, _TABLES)

    def scopes(self) -> list[str]:
        """Everything that anything was ever adopted for, sorted."""
        with opened(self._file) as connection:
            rows = connection.execute("SELECT DISTINCT scope FROM adoptions ORDER BY scope")
            return [scope for (scope,) in rows.fetchall()]

    def current(self, scope: str) -> Strategy | None:
        """The strategy in force; None for the backend's own."""
        in_force = self._in_force(scope)
        return in_force[-1] if in_force else None

    def previous(self, scope: str) -> Strategy | None:
        """What ``rollback`` would put in force; None for the backend's own."""
        in_force = self._in_force(scope)
        return in_force[-2] if len(in_force) > 1 else None

    def adopt(self, scope: str, strategy: Strategy, comparison: Comparison) -> None:
        """Put a challenger in force.

        Args:
            scope: what it is for, such as a family of goals.
            comparison: with what is in force, on goals held apart.

        Raises:
            UsageError: the comparison does not accept the challenger; nothing was changed.
        """
        if not comparison.accepted:
            raise UsageError(f"not to be adopted for {scope}: {comparison}")
        self._add(scope, msgspec.json.encode(strategy).decode(), str(comparison))

    def rollback(self, scope: str, why: str = "") -> Strategy | None:
        """Go back to what was in force before; its return is what is now, None for the backend's own."""
        self._add(scope, None, why)
        return self.current(scope)

    def history(self, scope: str) -> list[tuple[Strategy | None, str]]:
        """Every adoption, and None for every rollback, oldest first, with the reasons given.

        Raises:
            StoreError: as by every method, or another version wrote what this one cannot read.
        """
        with opened(self._file) as connection:
            rows = connection.execute(
                "SELECT strategy, why FROM adoptions WHERE scope = ? ORDER BY number", (scope,)
            ).fetchall()
        try:
            return [
                (msgspec.json.decode(text, type=Strategy) if text else None, why)
                for text, why in rows
            ]
        except msgspec.MsgspecError as error:
            said = f"{self._file}: what was adopted for {scope} cannot be read: {error}"
            raise StoreError(said) from error

    def _in_force(self, scope: str) -> list[Strategy]:
        stack: list[Strategy] = []
        for strategy, _ in self.history(scope):
            if strategy is not None:
                stack.append(strategy)
            elif stack:
                stack.pop()
        return stack

    def _add(self, scope: str, strategy: str | None, why: str) -> None:
        with opened(self._file) as connection:
            connection.execute(
                "INSERT INTO adoptions (scope, strategy, why) VALUES (?, ?, ?)",
                (scope, strategy, why),
            )
