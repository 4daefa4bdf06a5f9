"""The objects in the bytes of an ``.olean``, read as one reads a stranger's letter. Loads no library, believes nothing.

Whatever a compiler that ran a stranger's program has left behind is only data: every offset
is bounded, every tag is one that the place allows, no list is circular. What the objects
mean is read in ``olean``.

Source:
    The layout of Lean 4.35 (``src/library/module.cpp``, ``src/runtime/compact.cpp``, ``lean.h``).
"""

from __future__ import annotations

import struct

Name = tuple[str | int, ...]  # () is the anonymous name

MAX_BYTES = 64 << 20  # also keeps every depth below what Lean's own cached fields can hold
MAX_PARTS = 256  # components of one name

_HEADER_BYTES = 0x58
_ARRAY, _STRING, _MPZ = 246, 249, 250
_CONSTRUCTORS = range(245)


class Malformed(ValueError):
    """The bytes are no module of the Lean that we read."""


class Objects:
    """Lean's objects by the pointers that the file has for them; odd pointers are small numbers.

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
        self._name_at: dict[int, Name] = {}

    def root(self) -> int:
        """The pointer to the one object that the file is about."""
        return self._words(_HEADER_BYTES, 1)[0]

    # --- names, numbers, texts, lists --------------------------------------

    def names(self, pointer: int) -> tuple[Name, ...]:
        """A list of names."""
        return tuple(map(self.name, self.items(pointer)))

    def name(self, pointer: int) -> Name:
        """A name, by its components."""
        chain: list[tuple[int, str | int]] = []
        name: Name = ()
        while pointer != 1:
            offset = self.offset(pointer)
            if offset in self._name_at:
                name = self._name_at[offset]
                break
            tag = self.tag(offset)
            if tag not in (1, 2) or len(chain) > MAX_PARTS:
                raise Malformed("a name of no known kind, or too long")
            (pointer, part), _ = self.constructor(offset, tag, 2, 8)
            if tag == 2 and not part & 1:
                raise Malformed("a name with a number that is too large")
            chain.append((offset, self.text(part) if tag == 1 else part >> 1))
        for offset, component in reversed(chain):
            name = (*name, component)
            self._name_at[offset] = name
        if len(name) > MAX_PARTS:
            raise Malformed("a name that is too long")
        return name

    def items(self, pointer: int) -> list[int]:
        """Pointers to the elements of a list."""
        items = []
        before = len(self._data)
        while pointer != 1:
            offset = self.offset(pointer)
            if offset >= before:
                raise Malformed("a circular list")
            before = offset
            (item, pointer), _ = self.constructor(offset, 1, 2)
            items.append(item)
        return items

    def array(self, pointer: int) -> tuple[int, ...]:
        """Pointers to the elements of an array."""
        offset = self.offset(pointer)
        if self.tag(offset) != _ARRAY:
            raise Malformed("no array where one belongs")
        size, _ = self._words(offset + 8, 2)
        return self._words(offset + 24, size)

    def text(self, pointer: int) -> str:
        """A string."""
        offset = self.offset(pointer)
        if self.tag(offset) != _STRING:
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

    def nat(self, pointer: int) -> int:
        """A natural number of any size."""
        if pointer & 1:
            return pointer >> 1
        offset = self.offset(pointer)
        if self.tag(offset) != _MPZ:
            raise Malformed("no number where one belongs")
        self._words(offset + 8, 2)
        _, size, limbs = struct.unpack_from("<iiQ", self._data, offset + 8)
        start = self.offset(limbs)
        if size <= 0 or start + 8 * size > len(self._data):
            raise Malformed("a number that is not natural, or without an end")
        value = int.from_bytes(self._data[start : start + 8 * size], "little")
        if value < 1 << 63:  # small numbers have one form only, and Lean relies on it
            raise Malformed("a small number in the form of a large one")
        return value

    # --- objects -----------------------------------------------------------

    def offset(self, pointer: int) -> int:
        """Where the object of a pointer begins in the file."""
        offset = pointer - self._base
        if pointer & 7 or not _HEADER_BYTES + 8 <= offset <= len(self._data) - 8:
            raise Malformed("a pointer that leads out of the file")
        return offset

    def tag(self, offset: int) -> int:
        """Which constructor the object at an offset is of, or which other kind of object it is."""
        return int(self._data[offset + 7])

    def _words(self, offset: int, count: int) -> tuple[int, ...]:
        if offset + 8 * count > len(self._data):
            raise Malformed("an object that runs out of the file")
        words: tuple[int, ...] = struct.unpack_from(f"<{count}Q", self._data, offset)
        return words

    def constructor(
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
