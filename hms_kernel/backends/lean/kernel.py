"""Lean's kernel through its own library: import trusted modules, add declarations, say what a constant rests on. Judges nothing.

The library is loaded with ctypes. Everything handed to it is made by its own constructors
from plain tables, or is a record of such things laid out as the compiler lays it out. All of
it is marked as living forever (a reference count of zero), so there is nothing to free and
nothing to free twice: whoever uses this is a process made for one check.

Source:
    Calling conventions and layouts of Lean 4.35 (``lean.h``, ``Lean/Environment.lean``,
    ``Lean/Declaration.lean``, ``src/kernel/environment.cpp``).
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hms_kernel.backends.lean.objects import Name
from hms_kernel.backends.lean.olean import show

VERSION = "4.35"  # the only one whose calling conventions are known to be these

_NO_LIMIT = 0
_EXCEPTIONS = (
    "it uses{}, which does not exist",
    "the name{} is taken already",
    "a value has another type than the one claimed for it",
    "metavariables are left in{}",
    "free variables are left in{}",
    "something that is no function is applied",
    "a type is expected where there is none",
    "the value of a let{} has another type",
    "an expression has another type than its place asks for",
    "an argument has another type than the function takes",
    "a projection out of something that is no structure",
    "the type of the theorem{} is no proposition",
    "",  # Lean's own words follow
    "its limit of heartbeats is reached",
    "its memory is exhausted",
    "the term is nested too deeply",
    "it was interrupted",
)
_WITH_NAME = (0, 1, 3, 4, 11)  # their second field is the constant that is meant


class Refused(Exception):
    """The kernel did not take a declaration; the message says why."""


class Library:
    """``libleanshared`` in this process.

    Args:
        paths: the shared libraries, in the order in which they must be loaded.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._lib = ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
        self._kept: list[object] = []  # memory that Lean's objects point to
        self._entries: dict[str, Any] = {}

    def start(self) -> None:
        """Run the initialisers of Lean's own modules, once per process."""
        self._lib.lean_initialize.restype = None
        self._lib.lean_initialize()

    def version(self) -> str:
        """Lean's own version, "4.35.0"; after ``start``."""
        return text_at(ctypes.c_void_p.in_dll(self._lib, "l_Lean_versionString").value or 1)

    def main(self, arguments: Sequence[str]) -> int:
        """What ``lean`` does with these arguments; its exit code."""
        words = ["lean", *arguments]
        argv = (ctypes.c_char_p * (len(words) + 1))(*(word.encode() for word in words), None)
        code: int = self._lib.lean_main(len(words), argv)
        return code

    def call(self, function: str, *arguments: int) -> int:
        """The object that a compiled function returns for these objects (and plain numbers)."""
        entry = self._entries.get(function)
        if entry is None:
            entry = self._entries[function] = self._lib[function]
            entry.restype = ctypes.c_size_t
            entry.argtypes = [ctypes.c_size_t] * len(arguments)
        result: int = entry(*arguments)
        return result

    def lasting(self, function: str, *arguments: int) -> int:
        """The same, and the object lives forever."""
        return keep(self.call(function, *arguments))

    def record(self, tag: int, fields: Sequence[int] = (), scalars: bytes = b"") -> int:
        """A constructor's object, which lives forever."""
        scalars = scalars.ljust(-(-len(scalars) // 8) * 8, b"\0")
        header = struct.pack("<iHBB", 0, 8 + 8 * len(fields) + len(scalars), len(fields), tag)
        return self._keep(header + struct.pack(f"<{len(fields)}Q", *fields) + scalars)

    def nat(self, value: int) -> int:
        """A natural number as Lean has it."""
        if value < 1 << 63:
            return value << 1 | 1
        limbs = -(-value.bit_length() // 64)
        digits = self._keep(value.to_bytes(8 * limbs, "little"))
        return self._keep(struct.pack("<iHBBiiQ", 0, 24, 0, 250, limbs, limbs, digits))

    def text(self, value: str) -> int:
        """A string as Lean has it."""
        data = value.encode()
        self._lib.lean_mk_string_from_bytes.restype = ctypes.c_size_t
        return keep(self._lib.lean_mk_string_from_bytes(data, ctypes.c_size_t(len(data))))

    def list(self, items: Iterable[int]) -> int:
        """A list of objects."""
        made = NIL
        for item in reversed(list(items)):
            made = self.record(1, (item, made))
        return made

    def array(self, items: Sequence[int]) -> int:
        """An array of objects."""
        return self.lasting("lean_array_mk", self.list(items))

    def name(self, value: Name) -> int:
        """A name, with the hash that Lean keeps in it."""
        made = NIL
        for part in value:
            if isinstance(part, str):
                made = self.lasting("lean_name_mk_string", made, self.text(part))
            else:
                made = self.lasting("lean_name_mk_numeral", made, self.nat(part))
        return made

    def _keep(self, data: bytes) -> int:
        words = (ctypes.c_uint64 * (len(data) // 8)).from_buffer_copy(data)
        self._kept.append(words)
        return ctypes.addressof(words)


NIL = 1  # the scalar 0: an empty list, the anonymous name, none


def keep(pointer: int) -> int:
    """Let an object live forever."""
    if not pointer & 1:
        count = ctypes.c_int32.from_address(pointer)
        if count.value:  # what lives forever already may lie in memory that cannot be written
            count.value = 0
    return pointer


def tag_at(pointer: int) -> int:
    """Which constructor an object, or a scalar, is of."""
    return pointer >> 1 if pointer & 1 else ctypes.c_uint8.from_address(pointer + 7).value


def field_at(pointer: int, index: int) -> int:
    """A field of a constructor's object."""
    return ctypes.c_uint64.from_address(pointer + 8 + 8 * index).value


def text_at(pointer: int) -> str:
    """A string of Lean's."""
    return ctypes.string_at(pointer + 32, field_at(pointer, 0) - 1).decode()


def name_at(pointer: int) -> Name:
    """A name of Lean's."""
    parts: list[str | int] = []
    while not pointer & 1:
        part = field_at(pointer, 1)
        parts.append(text_at(part) if tag_at(pointer) == 1 else part >> 1)
        pointer = field_at(pointer, 0)
    return tuple(reversed(parts))


def items_at(pointer: int) -> Iterator[int]:
    """The elements of a list or an array of Lean's."""
    if not pointer & 1 and tag_at(pointer) == 246:
        for index in range(field_at(pointer, 0)):
            yield field_at(pointer, 2 + index)
        return
    while not pointer & 1:
        yield field_at(pointer, 0)
        pointer = field_at(pointer, 1)


class Environment:
    """What the kernel knows: the constants of trusted modules, and those added since.

    Args:
        lean: a started library.
        modules: to import, with all that they import.
        search: directories in which to look for them, first wins.
        sysroot: where the toolchain lies; its own library is looked for there last.

    Raises:
        Refused: a module could not be imported.
    """

    def __init__(
        self, lean: Library, modules: Sequence[str], search: Sequence[Path], sysroot: Path
    ) -> None:
        self._lean = lean
        roots = lean.list(lean.text(str(path)) for path in search)
        self._done(lean.call("l_Lean_initSearchPath", lean.text(str(sysroot)), roots))
        imports = lean.array(
            [
                # importAll, isExported, isMeta
                lean.record(0, (lean.name(tuple(module.split("."))),), bytes((0, 1, 0)))
                for module in modules
            ]
        )
        no_options = lean.lasting("lean_options_get_empty", NIL)
        trust, leak, run_initialisers, everything, no_files = 0, 0, 0, 2, 3
        imported = self._done(
            lean.call(
                "l_Lean_importModules",
                *(imports, no_options, trust, lean.array([])),
                *(leak, run_initialisers, everything, no_files),
            )
        )
        self._env = lean.lasting("lean_elab_environment_to_kernel_env", imported)

    def _done(self, result: int) -> int:
        """What an action of Lean's has returned."""
        if tag_at(result) != 0:
            said = self._lean.call("lean_io_error_to_string", field_at(result, 0))
            raise Refused(text_at(said))
        return field_at(result, 0)

    def find(self, name: Name) -> int | None:
        """The constant of that name, as Lean has it."""
        found = self._lean.call("lean_environment_find", self._env, self._lean.name(name))
        return None if found & 1 else field_at(found, 0)

    def add(self, declaration: int) -> None:
        """Have the kernel check a declaration and know it from now on.

        Raises:
            Refused: the kernel does not take it.
        """
        result = self._lean.call("lean_add_decl", self._env, _NO_LIMIT, _NO_LIMIT, declaration, NIL)
        if tag_at(result) == 0:
            raise Refused(_why(field_at(result, 0)))
        self._env = keep(field_at(result, 0))

    def axioms(self, root: Name) -> set[Name]:
        """The axioms that a constant rests on, through everything that it uses."""
        todo, seen, axioms = [root], {root}, set()
        while todo:
            name = todo.pop()
            info = self.find(name)
            if info is None:
                raise Refused(f"it uses {show(name)}, which does not exist")
            if tag_at(info) == 0:
                axioms.add(name)
            for used in self._used(info):
                if used not in seen:
                    seen.add(used)
                    todo.append(used)
        return axioms

    def _used(self, info: int) -> Iterator[Name]:
        kind, val = tag_at(info), field_at(info, 0)
        exprs = [field_at(field_at(val, 0), 2)]
        if kind in (1, 2, 3):  # definitions, theorems and opaque constants have values
            exprs.append(field_at(val, 1))
        for expr in exprs:
            for name in items_at(self._lean.call("l_Lean_Expr_getUsedConstants", keep(expr))):
                yield name_at(name)
        if kind == 5:
            yield from map(name_at, items_at(field_at(val, 4)))  # its constructors
        elif kind == 6:
            yield name_at(field_at(val, 1))  # its type
        elif kind == 7:
            yield from map(name_at, items_at(field_at(val, 1)))  # its types


def _why(error: int) -> str:
    kind = tag_at(error)
    if kind == _EXCEPTIONS.index(""):
        return text_at(field_at(error, 0))
    if kind >= len(_EXCEPTIONS):
        return "the kernel does not take it"
    name = f" {show(name_at(field_at(error, 1)))}" if kind in _WITH_NAME else ""
    return _EXCEPTIONS[kind].format(name)
