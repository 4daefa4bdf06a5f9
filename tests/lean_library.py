"""The Lean library as text: its modules in the order of their imports, and every theorem in them.

Nothing here compiles Lean. A theorem's text carries every definition before it, as the
workbench's own reader wants it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hms_kernel.statements import read_file

LIBRARY = Path(__file__).resolve().parents[1] / "lean_libs"

_IMPORT = re.compile(r"^import (\S+)$", re.MULTILINE)
_NAMESPACE = re.compile(r"^namespace (\S+)$", re.MULTILINE)
_COMMENT = re.compile(r"/-.*?-/|--[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Theorem:
    """One theorem of the library."""

    name: str  # full
    text: str  # as the workbench reads it: definitions before, the theorem last
    own: str  # the theorem alone

    @property
    def proof(self) -> str:
        return self.own.partition(":=")[2]

    @property
    def denies(self) -> bool:
        """Whether it says that a claim fails."""
        return bool(re.search(r":\s+¬ ∀ ", self.own.partition(":=")[0]))

    @property
    def claim(self) -> str:
        """The text with the denied claim in place of its denial."""
        before = self.text[: -len(self.own)]
        return before + re.sub(r":\s+¬ ∀ ", ": ∀ ", self.own, count=1)


def imports(module: Path) -> list[str]:
    """The modules a file imports."""
    return _IMPORT.findall(module.read_text("utf-8"))


def code(module: Path) -> str:
    """A file without its comments."""
    return _COMMENT.sub("", module.read_text("utf-8"))


def path(module: str) -> Path:
    """The file of a module of the library."""
    return LIBRARY / f"{module.replace('.', '/')}.lean"


def declared(module: Path) -> set[str]:
    """The full names of the theorems of any Lean file, prelude files too."""
    names: set[str] = set()
    spaces: list[str] = []
    for word, name in re.findall(
        r"^(namespace|section|noncomputable section|end|theorem)\b *([\w.']*)", code(module), re.M
    ):
        if word == "theorem":
            names.add(".".join([*filter(None, spaces), name]))
        elif word == "end" and spaces:
            spaces.pop()
        else:
            spaces.append(name if word == "namespace" else "")
    return names


@cache
def modules() -> tuple[Path, ...]:
    """The files below ``Moneyball/``, each after those that it imports."""
    found: dict[Path, None] = {}

    def add(module: str) -> None:
        if module.startswith("Moneyball.") and path(module) not in found:
            for needed in imports(path(module)):
                add(needed)
            found[path(module)] = None

    for module in imports(LIBRARY / "Moneyball.lean"):
        add(module)
    return tuple(found)


@cache
def theorems() -> dict[str, Theorem]:
    """Every theorem by its full name."""
    found: dict[str, Theorem] = {}
    before = ""
    for module in modules():
        text = module.read_text("utf-8")
        (space,) = _NAMESPACE.findall(text)
        for entry in read_file(before + text):
            if entry.line <= before.count("\n"):
                continue  # of a module before
            name = f"{space}.{entry.name}"
            start = entry.text.rindex(f"theorem {entry.name}")
            assert name not in found, name
            found[name] = Theorem(name, entry.text, entry.text[start:])
        before += text + "\n"
    return found
