"""Writes ``docs/moneyball_table.md`` from ``moneyball_table.toml``. Judges nothing.

python lean_libs/table.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = HERE / "moneyball_table.toml"
PAGE = HERE.parent / "docs" / "moneyball_table.md"

_HEAD = """\
# The Moneyball claims, and where each is settled

Written by `lean_libs/table.py` from `lean_libs/moneyball_table.toml`.

* *over Mathlib*: a theorem of `lean_libs/Moneyball`, for users with a Lean toolchain. A name that ends in `_false` says that the claim fails. Only the workflow's job `lean` compiles these; the workbench itself proves every statement, and refutes what is denied.
* *verified core*: a theorem of `lean_libs/core/HMS/Moneyball.lean`, which Lean's kernel from pip checks. A name that ends in `_refuted` says that the claim fails.
* *verdict*: what `hms verify` says. *invalid* is prose, or a formula over names that nobody defines; the theorem then stands for one reading, which its docstring gives.
* *notebook*: the cell of the course that shows the claim.
"""
_COLUMNS = ("entry", "over Mathlib", "verified core", "verdict", "notebook")


def page(table: dict[str, list[dict[str, Any]]]) -> str:
    """The table as Markdown."""
    claims = {entry["id"]: entry for entry in table["moneyball"]}
    published = [
        {**claims.get(entry.get("claim", ""), {}), **entry} for entry in table["published"]
    ]
    return "\n".join(
        (
            _HEAD,
            "## `hms verify moneyball`\n",
            *_rows(table["moneyball"]),
            "\n## The published file\n",
            "`hms verify moneyball_formal_specifications.json`; ids are the file's own, or say where"
            " the entry stands.\n",
            *_rows(published),
            "",
        )
    )


def _rows(entries: list[dict[str, Any]]) -> list[str]:
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    for entry in entries:
        lean = ", ".join(f"`{name}`" for name in entry["lean"])
        core = f"`{entry['core']}`" if "core" in entry else ""
        notebook, _, cell = entry.get("cell", "").partition("#")
        where = f"[{notebook.partition('_')[0]}](../notebooks/{notebook}) `{cell}`" if cell else ""
        lines.append(_line([f"`{entry['id']}`", lean, core, entry["verdict"], where]))
    return lines


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(tomllib.loads(DATA.read_text("utf-8"))), "utf-8")
    print(f"wrote {PAGE.name}")
