"""The declarations in an ``.olean``, as plain tables; whether they make sense is for the kernel. Loads no library.

Children lie before their parents, so nothing is circular; a term may be as deep as the file
is long, so nothing here recurses.

Source:
    Lean 4.35: ``Lean/Environment.lean``, ``Lean/Declaration.lean``, ``Lean/Expr.lean``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hms_kernel.backends.lean.objects import Malformed, Name, Objects

MAX_BVAR = (1 << 20) - 2  # above it Lean's cached range of loose variables overflows


@dataclass(frozen=True)
class Expr:
    """One node; ``parts`` are names, numbers and positions of nodes that come before it.

    ``kind`` and ``parts``: bvar (index), sort (level), const (name, levels), app (function,
    argument), lam and pi (name, type, body), let (name, type, value, body), nat (number), str
    (text), proj (structure, index, node). Binder kinds and metadata are for people: left out.
    """

    kind: str
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Level:
    """One node: zero, succ (level), max and imax (level, level), param (name)."""

    kind: str
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Constant:
    """One constant as the file has it; types and values are positions in ``Module.exprs``."""

    name: Name
    kind: str  # axiom, definition, theorem, opaque, quotient, inductive, constructor, recursor
    levels: tuple[Name, ...]
    type: int
    value: int | None = None
    hints: int | None = None  # of a definition: 0 opaque, 1 abbreviation, else its height + 2
    safe: bool = True  # neither unsafe nor partial
    parameters: int = 0  # of an inductive type
    group: tuple[Name, ...] = ()  # the inductive types that it belongs to, itself included
    constructors: tuple[Name, ...] = ()


_KINDS = (
    "axiom",
    "definition",
    "theorem",
    "opaque",
    "quotient",
    "inductive",
    "constructor",
    "recursor",
)
_LEVELS = ("zero", "succ", "max", "imax", "param")
_SAFE = 1  # of DefinitionSafety: unsafe, safe, partial


class Module:
    """The constants of one ``.olean``, each read when it is first asked for.

    Raises:
        Malformed: here and by every method, when the bytes are not what they should be.
    """

    def __init__(self, data: bytes) -> None:
        self._objects = Objects(data)
        self.exprs: list[Expr] = []
        self.levels: list[Level] = []
        self._expr_at: dict[int, int] = {}  # offset in the file to position in the table
        self._level_at: dict[int, int] = {}
        root = self._objects.root()
        fields, _ = self._objects.constructor(self._objects.offset(root), 0, 5)
        self._offsets: dict[Name, int] = {}
        for pointer in self._objects.array(fields[2]):
            offset = self._objects.offset(pointer)
            name = self._objects.name(self._constant_val(offset)[0])
            if name in self._offsets:
                raise Malformed(f"{show(name)} twice")
            self._offsets[name] = offset
        self._constants: dict[Name, Constant] = {}

    def names(self) -> Iterator[Name]:
        """The names of all constants, in the order of the file."""
        return iter(self._offsets)

    def find(self, name: Name) -> Constant | None:
        """The constant of that name, or None."""
        if name not in self._constants:
            if (offset := self._offsets.get(name)) is None:
                return None
            self._constants[name] = self._read(name, offset)
        return self._constants[name]

    # --- constants ---------------------------------------------------------

    def _read(self, name: Name, offset: int) -> Constant:
        tag = self._objects.tag(offset)
        if tag >= len(_KINDS):
            raise Malformed("a constant of no known kind")
        kind = _KINDS[tag]
        _, levels, type_ = self._constant_val(offset)
        common: dict[str, Any] = {"name": name, "kind": kind, "levels": self._objects.names(levels)}
        where = self._objects.offset(self._objects.constructor(offset, tag, 1)[0][0])
        read = self._expr(type_)
        match kind:
            case "axiom":
                _, flags = self._objects.constructor(where, 0, 1, 1)
                return Constant(**common, type=read, safe=not flags[0])
            case "definition":
                fields, flags = self._objects.constructor(where, 0, 4, 1)
                return Constant(
                    **common,
                    type=read,
                    value=self._expr(fields[1]),
                    hints=self._hints(fields[2]),
                    safe=flags[0] == _SAFE,
                )
            case "theorem":
                fields, _ = self._objects.constructor(where, 0, 3)
                return Constant(**common, type=read, value=self._expr(fields[1]))
            case "opaque":
                fields, flags = self._objects.constructor(where, 0, 3, 1)
                return Constant(**common, type=read, value=self._expr(fields[1]), safe=not flags[0])
            case "inductive":
                fields, flags = self._objects.constructor(where, 0, 6, 3)
                return Constant(
                    **common,
                    type=read,
                    safe=not flags[1],
                    parameters=self._objects.nat(fields[1]),
                    group=self._objects.names(fields[3]),
                    constructors=self._objects.names(fields[4]),
                )
            case "constructor":
                fields, flags = self._objects.constructor(where, 0, 5, 1)
                return Constant(
                    **common, type=read, safe=not flags[0], group=(self._objects.name(fields[1]),)
                )
            case "recursor":
                fields, flags = self._objects.constructor(where, 0, 7, 2)
                return Constant(
                    **common, type=read, safe=not flags[1], group=self._objects.names(fields[1])
                )
        return Constant(**common, type=read)

    def _constant_val(self, offset: int) -> tuple[int, int, int]:
        """Pointers to name, level parameters and type of the constant at an offset."""
        info, _ = self._objects.constructor(offset, self._objects.tag(offset), 1)
        val = self._objects.offset(info[0])
        common, _ = self._objects.constructor(val, 0)
        if not common:
            raise Malformed("a constant without a name")
        # Quotients and axioms, too, keep what all constants share in an object of its own.
        name, levels, type_ = self._objects.constructor(self._objects.offset(common[0]), 0, 3)[0]
        return name, levels, type_

    def _hints(self, pointer: int) -> int:
        if pointer & 1:
            if pointer >> 1 > 1:
                raise Malformed("reducibility hints of no known kind")
            return pointer >> 1
        _, height = self._objects.constructor(self._objects.offset(pointer), 2, 0, 4)
        return int.from_bytes(height[:4], "little") + 2

    # --- levels and expressions --------------------------------------------

    def _level(self, pointer: int) -> int:
        if pointer == 1:
            pointer = 0  # zero is a scalar; no object lies at offset 0, that is the header
        return self._table(pointer, self._level_at, self._level_parts, self._build_level)

    def _level_parts(self, offset: int) -> tuple[int, ...]:
        if offset == 0:
            return ()
        tag = self._objects.tag(offset)
        if tag == 1:
            return self._objects.constructor(offset, 1, 1, 8)[0]
        if tag in (2, 3):
            return self._objects.constructor(offset, tag, 2, 8)[0]
        return ()

    def _build_level(self, offset: int, parts: tuple[int, ...]) -> int:
        if offset == 0:
            level = Level("zero", ())
        elif parts:
            level = Level(_LEVELS[self._objects.tag(offset)], parts)
        elif self._objects.tag(offset) == 4:
            level = Level(
                "param", (self._objects.name(self._objects.constructor(offset, 4, 1, 8)[0][0]),)
            )
        else:
            raise Malformed("a universe level of no known kind, or with a metavariable")
        self.levels.append(level)
        return len(self.levels) - 1

    def _expr(self, pointer: int) -> int:
        return self._table(pointer, self._expr_at, self._expr_parts, self._build_expr)

    def _expr_parts(self, offset: int) -> tuple[int, ...]:
        """Pointers to the expressions within the one at an offset."""
        match self._objects.tag(offset):
            case 5:
                return self._objects.constructor(offset, 5, 2, 8)[0]
            case (6 | 7) as tag:
                return self._objects.constructor(offset, tag, 3, 9)[0][1:]
            case 8:
                return self._objects.constructor(offset, 8, 4, 9)[0][1:]
            case 10:
                return self._objects.constructor(offset, 10, 2, 8)[0][1:]
            case 11:
                return self._objects.constructor(offset, 11, 3, 8)[0][2:]
        return ()

    def _build_expr(self, offset: int, parts: tuple[int, ...]) -> int:
        expr: Expr
        match self._objects.tag(offset):
            case 0:
                index = self._objects.nat(self._objects.constructor(offset, 0, 1, 8)[0][0])
                if index > MAX_BVAR:
                    raise Malformed("a bound variable out of all range")
                expr = Expr("bvar", (index,))
            case 3:
                expr = Expr(
                    "sort", (self._level(self._objects.constructor(offset, 3, 1, 8)[0][0]),)
                )
            case 4:
                name, levels = self._objects.constructor(offset, 4, 2, 8)[0]
                expr = Expr(
                    "const",
                    (
                        self._objects.name(name),
                        tuple(map(self._level, self._objects.items(levels))),
                    ),
                )
            case 5:
                expr = Expr("app", parts)
            case (6 | 7) as tag:
                (name, *_), _ = self._objects.constructor(offset, tag, 3, 9)
                expr = Expr("lam" if tag == 6 else "pi", (self._objects.name(name), *parts))
            case 8:
                (name, *_), _ = self._objects.constructor(offset, 8, 4, 9)
                expr = Expr("let", (self._objects.name(name), *parts))
            case 9:
                expr = self._literal(self._objects.constructor(offset, 9, 1, 8)[0][0])
            case 10:
                return parts[0]  # metadata: the node itself is enough
            case 11:
                structure, index, _ = self._objects.constructor(offset, 11, 3, 8)[0]
                expr = Expr(
                    "proj", (self._objects.name(structure), self._objects.nat(index), *parts)
                )
            case 1 | 2:
                raise Malformed("an expression with a free variable or a metavariable")
            case _:
                raise Malformed("an expression of no known kind")
        self.exprs.append(expr)
        return len(self.exprs) - 1

    def _literal(self, pointer: int) -> Expr:
        offset = self._objects.offset(pointer)
        if self._objects.tag(offset) == 0:
            return Expr("nat", (self._objects.nat(self._objects.constructor(offset, 0, 1)[0][0]),))
        return Expr("str", (self._objects.text(self._objects.constructor(offset, 1, 1)[0][0]),))

    def _table(
        self,
        pointer: int,
        known: dict[int, int],
        parts: Callable[[int], tuple[int, ...]],
        build: Callable[[int, tuple[int, ...]], int],
    ) -> int:
        """Read everything below ``pointer``, children first, and tell its place in the table.

        No recursion: a term may be as deep as the file is long.
        """
        # Levels use 0 for the one that has no object; as an offset it is its own pointer.
        root = 0 if pointer == 0 else self._objects.offset(pointer)
        todo, found = [root], {}
        while todo:
            offset = todo.pop()
            if offset in known or offset in found:
                continue
            below = tuple(0 if p == 1 else self._objects.offset(p) for p in parts(offset))
            if any(b >= offset for b in below):
                raise Malformed("a node that does not come after its parts")
            if 0 in below and known is self._expr_at:
                raise Malformed("a number where an expression belongs")
            found[offset] = below
            todo += below
        for offset in sorted(found):
            known[offset] = build(offset, tuple(known[b] for b in found[offset]))
        return known[root]


def show(name: Name) -> str:
    """A name as people write it, dots and all."""
    return ".".join(map(str, name)) or "[anonymous]"
