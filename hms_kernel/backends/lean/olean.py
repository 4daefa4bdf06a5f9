"""The declarations in the bytes of an ``.olean``, read as one reads a stranger's letter. Loads no library, believes nothing.

Whatever a compiler that ran a stranger's program has left behind is only data: every offset
is bounded, children lie before their parents (so nothing is circular), every tag is one that
the place allows. What comes out are plain tables; whether they make sense is for the kernel.

Source:
    The layout of Lean 4.35 (``src/library/module.cpp``, ``src/runtime/compact.cpp``,
    ``lean.h``, ``Lean/Environment.lean``, ``Lean/Declaration.lean``, ``Lean/Expr.lean``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Name = tuple[str | int, ...]  # () is the anonymous name

MAX_BYTES = 64 << 20  # also keeps every depth below what Lean's own cached fields can hold
MAX_BVAR = (1 << 20) - 2  # above it Lean's cached range of loose variables overflows
MAX_PARTS = 256  # components of one name

_HEADER_BYTES = 0x58
_ARRAY, _STRING, _MPZ = 246, 249, 250
_CONSTRUCTORS = range(245)


class Malformed(ValueError):
    """The bytes are no module of the Lean that we read."""


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
        if len(data) > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES >> 20} MiB")
        if len(data) < _HEADER_BYTES + 8 or data[:7] != b"olean\x02\x01":
            raise Malformed("no header of an .olean of this layout")
        self._data = data
        self._base = int.from_bytes(data[0x50:0x58], "little")
        self.exprs: list[Expr] = []
        self.levels: list[Level] = []
        self._expr_at: dict[int, int] = {}  # offset in the file to position in the table
        self._level_at: dict[int, int] = {}
        self._name_at: dict[int, Name] = {}
        (root,) = struct.unpack_from("<Q", data, _HEADER_BYTES)
        fields, _ = self._constructor(self._offset(root), 0, 5)
        self._offsets: dict[Name, int] = {}
        for pointer in self._array(fields[2]):
            offset = self._offset(pointer)
            name = self._name(self._constant_val(offset)[0])
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
        tag = self._tag(offset)
        if tag >= len(_KINDS):
            raise Malformed("a constant of no known kind")
        kind = _KINDS[tag]
        _, levels, type_ = self._constant_val(offset)
        common: dict[str, Any] = {"name": name, "kind": kind, "levels": self._names(levels)}
        where = self._offset(self._constructor(offset, tag, 1)[0][0])
        read = self._expr(type_)
        match kind:
            case "axiom":
                _, flags = self._constructor(where, 0, 1, 1)
                return Constant(**common, type=read, safe=not flags[0])
            case "definition":
                fields, flags = self._constructor(where, 0, 4, 1)
                return Constant(
                    **common,
                    type=read,
                    value=self._expr(fields[1]),
                    hints=self._hints(fields[2]),
                    safe=flags[0] == _SAFE,
                )
            case "theorem":
                fields, _ = self._constructor(where, 0, 3)
                return Constant(**common, type=read, value=self._expr(fields[1]))
            case "opaque":
                fields, flags = self._constructor(where, 0, 3, 1)
                return Constant(**common, type=read, value=self._expr(fields[1]), safe=not flags[0])
            case "inductive":
                fields, flags = self._constructor(where, 0, 6, 3)
                return Constant(
                    **common,
                    type=read,
                    safe=not flags[1],
                    parameters=self._nat(fields[1]),
                    group=self._names(fields[3]),
                    constructors=self._names(fields[4]),
                )
            case "constructor":
                fields, flags = self._constructor(where, 0, 5, 1)
                return Constant(
                    **common, type=read, safe=not flags[0], group=(self._name(fields[1]),)
                )
            case "recursor":
                fields, flags = self._constructor(where, 0, 7, 2)
                return Constant(
                    **common, type=read, safe=not flags[1], group=self._names(fields[1])
                )
        return Constant(**common, type=read)

    def _constant_val(self, offset: int) -> tuple[int, int, int]:
        """Pointers to name, level parameters and type of the constant at an offset."""
        info, _ = self._constructor(offset, self._tag(offset), 1)
        val = self._offset(info[0])
        common, _ = self._constructor(val, 0)
        if not common:
            raise Malformed("a constant without a name")
        # Quotients and axioms, too, keep what all constants share in an object of its own.
        name, levels, type_ = self._constructor(self._offset(common[0]), 0, 3)[0]
        return name, levels, type_

    def _hints(self, pointer: int) -> int:
        if pointer & 1:
            if pointer >> 1 > 1:
                raise Malformed("reducibility hints of no known kind")
            return pointer >> 1
        _, height = self._constructor(self._offset(pointer), 2, 0, 4)
        return int.from_bytes(height[:4], "little") + 2

    # --- levels and expressions --------------------------------------------

    def _level(self, pointer: int) -> int:
        if pointer == 1:
            pointer = 0  # zero is a scalar; no object lies at offset 0, that is the header
        return self._table(pointer, self._level_at, self._level_parts, self._build_level)

    def _level_parts(self, offset: int) -> tuple[int, ...]:
        if offset == 0:
            return ()
        tag = self._tag(offset)
        if tag == 1:
            return self._constructor(offset, 1, 1, 8)[0]
        if tag in (2, 3):
            return self._constructor(offset, tag, 2, 8)[0]
        return ()

    def _build_level(self, offset: int, parts: tuple[int, ...]) -> int:
        if offset == 0:
            level = Level("zero", ())
        elif parts:
            level = Level(_LEVELS[self._tag(offset)], parts)
        elif self._tag(offset) == 4:
            level = Level("param", (self._name(self._constructor(offset, 4, 1, 8)[0][0]),))
        else:
            raise Malformed("a universe level of no known kind, or with a metavariable")
        self.levels.append(level)
        return len(self.levels) - 1

    def _expr(self, pointer: int) -> int:
        return self._table(pointer, self._expr_at, self._expr_parts, self._build_expr)

    def _expr_parts(self, offset: int) -> tuple[int, ...]:
        """Pointers to the expressions within the one at an offset."""
        match self._tag(offset):
            case 5:
                return self._constructor(offset, 5, 2, 8)[0]
            case (6 | 7) as tag:
                return self._constructor(offset, tag, 3, 9)[0][1:]
            case 8:
                return self._constructor(offset, 8, 4, 9)[0][1:]
            case 10:
                return self._constructor(offset, 10, 2, 8)[0][1:]
            case 11:
                return self._constructor(offset, 11, 3, 8)[0][2:]
        return ()

    def _build_expr(self, offset: int, parts: tuple[int, ...]) -> int:
        expr: Expr
        match self._tag(offset):
            case 0:
                index = self._nat(self._constructor(offset, 0, 1, 8)[0][0])
                if index > MAX_BVAR:
                    raise Malformed("a bound variable out of all range")
                expr = Expr("bvar", (index,))
            case 3:
                expr = Expr("sort", (self._level(self._constructor(offset, 3, 1, 8)[0][0]),))
            case 4:
                name, levels = self._constructor(offset, 4, 2, 8)[0]
                expr = Expr(
                    "const", (self._name(name), tuple(map(self._level, self._list(levels))))
                )
            case 5:
                expr = Expr("app", parts)
            case (6 | 7) as tag:
                (name, *_), _ = self._constructor(offset, tag, 3, 9)
                expr = Expr("lam" if tag == 6 else "pi", (self._name(name), *parts))
            case 8:
                (name, *_), _ = self._constructor(offset, 8, 4, 9)
                expr = Expr("let", (self._name(name), *parts))
            case 9:
                expr = self._literal(self._constructor(offset, 9, 1, 8)[0][0])
            case 10:
                return parts[0]  # metadata: the node itself is enough
            case 11:
                structure, index, _ = self._constructor(offset, 11, 3, 8)[0]
                expr = Expr("proj", (self._name(structure), self._nat(index), *parts))
            case 1 | 2:
                raise Malformed("an expression with a free variable or a metavariable")
            case _:
                raise Malformed("an expression of no known kind")
        self.exprs.append(expr)
        return len(self.exprs) - 1

    def _literal(self, pointer: int) -> Expr:
        offset = self._offset(pointer)
        if self._tag(offset) == 0:
            return Expr("nat", (self._nat(self._constructor(offset, 0, 1)[0][0]),))
        return Expr("str", (self._string(self._constructor(offset, 1, 1)[0][0]),))

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
        root = 0 if pointer == 0 else self._offset(pointer)
        todo, found = [root], {}
        while todo:
            offset = todo.pop()
            if offset in known or offset in found:
                continue
            below = tuple(0 if p == 1 else self._offset(p) for p in parts(offset))
            if any(b >= offset for b in below):
                raise Malformed("a node that does not come after its parts")
            if 0 in below and known is self._expr_at:
                raise Malformed("a number where an expression belongs")
            found[offset] = below
            todo += below
        for offset in sorted(found):
            known[offset] = build(offset, tuple(known[b] for b in found[offset]))
        return known[root]

    # --- names, numbers, texts, lists --------------------------------------

    def _names(self, pointer: int) -> tuple[Name, ...]:
        return tuple(map(self._name, self._list(pointer)))

    def _name(self, pointer: int) -> Name:
        chain: list[tuple[int, str | int]] = []
        name: Name = ()
        while pointer != 1:
            offset = self._offset(pointer)
            if offset in self._name_at:
                name = self._name_at[offset]
                break
            tag = self._tag(offset)
            if tag not in (1, 2) or len(chain) > MAX_PARTS:
                raise Malformed("a name of no known kind, or too long")
            (pointer, part), _ = self._constructor(offset, tag, 2, 8)
            chain.append((offset, self._string(part) if tag == 1 else self._nat(part)))
        for offset, component in reversed(chain):
            name = (*name, component)
            self._name_at[offset] = name
        if len(name) > MAX_PARTS:
            raise Malformed("a name that is too long")
        return name

    def _list(self, pointer: int) -> list[int]:
        items = []
        before = len(self._data)
        while pointer != 1:
            offset = self._offset(pointer)
            if offset >= before:
                raise Malformed("a circular list")
            before = offset
            (item, pointer), _ = self._constructor(offset, 1, 2)
            items.append(item)
        return items

    def _array(self, pointer: int) -> tuple[int, ...]:
        offset = self._offset(pointer)
        if self._tag(offset) != _ARRAY:
            raise Malformed("no array where one belongs")
        size, _ = self._words(offset + 8, 2)
        return self._words(offset + 24, size)

    def _string(self, pointer: int) -> str:
        offset = self._offset(pointer)
        if self._tag(offset) != _STRING:
            raise Malformed("no text where one belongs")
        size, _, length = self._words(offset + 8, 3)
        end = offset + 32 + size
        if not size or end > len(self._data) or self._data[end - 1]:
            raise Malformed("a text without an end")
        try:
            text = self._data[offset + 32 : end - 1].decode()
        except UnicodeDecodeError:
            raise Malformed("a text that is not UTF-8") from None
        if len(text) != length:
            raise Malformed("a text of another length than it says")
        return text

    def _nat(self, pointer: int) -> int:
        if pointer & 1:
            return pointer >> 1
        offset = self._offset(pointer)
        if self._tag(offset) != _MPZ:
            raise Malformed("no number where one belongs")
        self._words(offset + 8, 2)
        _, size, limbs = struct.unpack_from("<iiQ", self._data, offset + 8)
        start = self._offset(limbs)
        if size <= 0 or start + 8 * size > len(self._data):
            raise Malformed("a number that is not natural, or without an end")
        value = int.from_bytes(self._data[start : start + 8 * size], "little")
        if value < 1 << 63:  # small numbers have one form only, and Lean relies on it
            raise Malformed("a small number in the form of a large one")
        return value

    # --- objects -----------------------------------------------------------

    def _offset(self, pointer: int) -> int:
        offset = pointer - self._base
        if pointer & 7 or not _HEADER_BYTES + 8 <= offset <= len(self._data) - 8:
            raise Malformed("a pointer that leads out of the file")
        return offset

    def _tag(self, offset: int) -> int:
        return int(self._data[offset + 7])

    def _words(self, offset: int, count: int) -> tuple[int, ...]:
        if offset + 8 * count > len(self._data):
            raise Malformed("an object that runs out of the file")
        words: tuple[int, ...] = struct.unpack_from(f"<{count}Q", self._data, offset)
        return words

    def _constructor(
        self, offset: int, tag: int, fields: int | None = None, scalar_bytes: int = 0
    ) -> tuple[tuple[int, ...], bytes]:
        """Fields and scalars of a constructor that must have this tag and at least these sizes."""
        size, count, found = struct.unpack_from("<HBB", self._data, offset + 4)
        if found != tag or tag not in _CONSTRUCTORS or fields not in (None, count):
            raise Malformed("an object of another kind than its place asks for")
        start = offset + 8 + 8 * count
        end = max(start, offset + size)
        if end > len(self._data) or end - start < scalar_bytes:
            raise Malformed("an object that is too short")
        return self._words(offset + 8, count), self._data[start:end]


def show(name: Name) -> str:
    """A name as people write it, dots and all."""
    return ".".join(map(str, name)) or "[anonymous]"
