"""Which strategy is in force for which claims, and what was before. Judges none.

Whoever hands claims in reads this, so it brings no solver along.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import UsageError
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
    """Every scope with a strategy of its own, and that; none where there is no such file."""
    if not file.is_file():
        return {}
    adoptions = Adoptions(file)
    found = {scope: adoptions.current(scope) for scope in adoptions.scopes()}
    return {scope: strategy for scope, strategy in found.items() if strategy is not None}


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
        """Every adoption, and None for every rollback, oldest first, with the reasons given."""
        with opened(self._file) as connection:
            rows = connection.execute(
                "SELECT strategy, why FROM adoptions WHERE scope = ? ORDER BY number", (scope,)
            ).fetchall()
        return [
            (msgspec.json.decode(text, type=Strategy) if text else None, why) for text, why in rows
        ]

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
