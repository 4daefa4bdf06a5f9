"""Writes ``.olean`` files that no Lean has written, for tests of whoever reads them. Checks nothing.

Fields that Lean caches in its objects (hashes, ranges of variables) are left at zero, which
is a lie that readers must not believe.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

NIL = 1  # the scalar 0


class Forger:
    """Objects laid out one after the other; every method returns the pointer to what it wrote."""

    def __init__(self, base: int = 0x700000000000) -> None:
        self._base = base
        self._data = bytearray(b"olean\x02\x01" + b"4.35.0".ljust(33, b"\0") + b"f" * 40)
        self._data += struct.pack("<QQ", base, 0)
        self._names: dict[str, int] = {}

    def file(self, constants: Sequence[int]) -> bytes:
        """The whole file, with these constants."""
        empty = self.array([])
        root = self.object(0, (empty, empty, self.array(constants), empty, empty), bytes(8))
        struct.pack_into("<Q", self._data, 0x58, root)
        return bytes(self._data)

    def object(self, tag: int, fields: Sequence[int] = (), scalars: bytes = b"") -> int:
        scalars = scalars.ljust(-(-len(scalars) // 8) * 8, b"\0")
        size = 8 + 8 * len(fields) + len(scalars)
        header = struct.pack("<iHBB", 0, size, len(fields), tag)
        return self.raw(header + struct.pack(f"<{len(fields)}Q", *fields) + scalars)

    def raw(self, data: bytes) -> int:
        pointer = self._base + len(self._data)
        self._data += data.ljust(-(-len(data) // 8) * 8, b"\0")
        return pointer

    def array(self, items: Sequence[int]) -> int:
        head = struct.pack("<iHBBQQ", 0, 1, 0, 246, len(items), len(items))
        return self.raw(head + struct.pack(f"<{len(items)}Q", *items))

    def text(self, value: str) -> int:
        data = value.encode() + b"\0"
        head = struct.pack("<iHBBQQQ", 0, 1, 0, 249, len(data), len(data), len(value))
        return self.raw(head + data)

    def list(self, items: Iterable[int]) -> int:
        made = NIL
        for item in reversed(list(items)):
            made = self.object(1, (item, made))
        return made

    def name(self, dotted: str) -> int:
        if dotted not in self._names:
            made = NIL
            for part in dotted.split("."):
                made = self.object(1, (made, self.text(part)), bytes(8))
            self._names[dotted] = made
        return self._names[dotted]

    # --- levels and expressions ---------------------------------------------

    def one(self) -> int:
        return self.object(1, (NIL,), bytes(8))

    def sort(self, level: int) -> int:
        return self.object(3, (level,), bytes(8))

    def const(self, dotted: str, levels: Sequence[int] = ()) -> int:
        return self.object(4, (self.name(dotted), self.list(levels)), bytes(8))

    def app(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self.object(5, (function, argument), bytes(8))
        return function

    def nat(self, value: int) -> int:
        return self.object(9, (self.object(0, (value << 1 | 1,)),), bytes(8))

    def string(self, value: str) -> int:
        return self.object(9, (self.object(1, (self.text(value),)),), bytes(8))

    def equal(self, left: int, right: int, type_: str = "Nat") -> int:
        return self.app(self.const("Eq", [self.one()]), self.const(type_), left, right)

    def refl(self, of: int, type_: str = "Nat") -> int:
        return self.app(self.const("Eq.refl", [self.one()]), self.const(type_), of)

    # --- constants -----------------------------------------------------------

    def common(self, dotted: str, type_: int) -> int:
        return self.object(0, (self.name(dotted), NIL, type_))

    def axiom(self, dotted: str, type_: int) -> int:
        return self.object(0, (self.object(0, (self.common(dotted, type_),), b"\0"),))

    def theorem(self, dotted: str, type_: int, value: int) -> int:
        all_ = self.list([self.name(dotted)])
        return self.object(2, (self.object(0, (self.common(dotted, type_), value, all_)),))

    def definition(self, dotted: str, type_: int, value: int, safety: int = 1) -> int:
        all_ = self.list([self.name(dotted)])
        abbreviation = 3
        fields = (self.common(dotted, type_), value, abbreviation, all_)
        return self.object(1, (self.object(0, fields, bytes((safety,))),))

    def opaque(self, dotted: str, type_: int, value: int) -> int:
        all_ = self.list([self.name(dotted)])
        return self.object(3, (self.object(0, (self.common(dotted, type_), value, all_), b"\0"),))

    def inductive(self, dotted: str, type_: int, constructors: Sequence[str] = ()) -> int:
        fields = (
            self.common(dotted, type_),
            *(NIL, NIL),  # no parameters, no indices
            self.list([self.name(dotted)]),
            self.list(self.name(each) for each in constructors),
            NIL,
        )
        return self.object(5, (self.object(0, fields, bytes(3)),))

    def constructor(self, dotted: str, of: str, type_: int) -> int:
        fields = (self.common(dotted, type_), self.name(of), NIL, NIL, NIL)
        return self.object(6, (self.object(0, fields, b"\0"),))
