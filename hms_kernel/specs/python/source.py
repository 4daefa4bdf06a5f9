"""From a function object to its syntax tree, and errors that point into its text. Translates nothing.

The text must be the one the function was compiled from. It is compiled again (never run)
and compared, so an edited file is noticed instead of believed.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import os
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from hms_kernel.errors import InvalidStatement, UnsupportedStatement, UsageError

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag

Definition = ast.FunctionDef | ast.Lambda


class NeedsSize(UnsupportedStatement):
    """The construct is understood for lists of a given length, not for every length."""


@dataclass(frozen=True)
class Text:
    """A text that syntax trees come from; ``label`` is what people call it."""

    label: str
    content: str

    def unsupported(self, node: ast.AST, what: str) -> NoReturn:
        """Refuse a construct.

        Raises:
            UnsupportedStatement: always, with the place of ``node``.
        """
        raise UnsupportedStatement(f"{self.label}: {what}", **self._place(node))

    def invalid(self, node: ast.AST, what: str) -> NoReturn:
        """Refuse something that makes no sense in any fragment.

        Raises:
            InvalidStatement: always, with the place of ``node``.
        """
        raise InvalidStatement(f"{self.label}: {what}", **self._place(node))

    def needs_size(self, node: ast.AST, what: str) -> NoReturn:
        """Refuse a construct that a given length would allow.

        Raises:
            NeedsSize: always, with the place of ``node``.
        """
        raise NeedsSize(f"{self.label}: {what}", **self._place(node))

    def _place(self, node: ast.AST) -> dict[str, Any]:
        line = getattr(node, "lineno", 1)
        lines = self.content.splitlines()
        row = lines[line - 1] if line <= len(lines) else ""
        # The tree counts bytes of UTF-8; people count characters.
        start = len(row.encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore"))
        end = len(
            row.encode()[: getattr(node, "end_col_offset", None) or 0].decode(errors="ignore")
        )
        if getattr(node, "end_lineno", line) != line:
            end = len(row.rstrip())
        indent = len(row) - len(row.lstrip())
        cut = min(indent, start)
        caret = " " * (start - cut) + "^" * max(1, end - start)
        return {"line": line, "column": start + 1, "excerpt": f"{row[cut:].rstrip()}\n{caret}"}


@dataclass(frozen=True)
class Source:
    """A function's syntax with the text it stands in."""

    node: Definition
    text: Text


@dataclass(frozen=True)
class Said:
    """A Python expression with the text it came from."""

    text: Text
    node: ast.expr


def parse_expression(content: str, label: str) -> Said:
    """A Python expression given as text.

    Raises:
        InvalidStatement: it is none; with line, column and caret.
    """
    text = Text(label, content.strip())
    at = ast.Pass(lineno=1, col_offset=0)
    try:
        return Said(text, ast.parse(text.content, mode="eval").body)
    except SyntaxError as error:
        place = max(0, (error.offset or 1) - 1)
        line = error.lineno or 1
        at = ast.Pass(lineno=line, end_lineno=line, col_offset=place, end_col_offset=place)
        text.invalid(at, f"not a Python expression: {error.msg}")
    except (ValueError, RecursionError) as error:
        text.invalid(at, f"not a Python expression: {error}")


def source_of(function: types.FunctionType) -> Source:
    """The syntax of a plain function.

    Raises:
        UsageError: its text cannot be found, or is not what the function was compiled from.
    """
    code = function.__code__
    lines = _lines(function)
    if not lines:
        raise UsageError(
            f"the text of {function.__name__} cannot be found; define it in a file or a notebook cell"
        )
    content = "".join(lines)
    text = Text(_label(code.co_filename), content)
    try:
        tree = ast.parse(content)
        flags = code.co_flags & _FUTURES | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        compiled = compile(content, code.co_filename, "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        raise UsageError(_stale(function)) from error
    if not any(_same(code, other) for other in _nested(compiled)):
        raise UsageError(_stale(function))
    found = [node for node in ast.walk(tree) if _is_definition(node, code)]
    if len(found) != 1:
        raise UsageError(
            f"{function.__name__}: several functions begin on line {code.co_firstlineno} of "
            f"{text.label}; give each a line of its own"
        )
    node = found[0]
    if isinstance(node, ast.AsyncFunctionDef):
        text.unsupported(node, "an async function; claims are about plain ones")
    assert isinstance(node, ast.FunctionDef | ast.Lambda)
    return Source(node, text)


def _lines(function: types.FunctionType) -> list[str]:
    name = function.__code__.co_filename
    linecache.checkcache(name)
    return linecache.getlines(name, function.__globals__)


def _label(filename: str) -> str:
    """What people call the file: a notebook's cells have names nobody chose."""
    base = os.path.basename(filename)
    in_notebook = base.startswith("<ipython-input") or "ipykernel_" in filename
    return "this cell" if in_notebook else base


def _stale(function: types.FunctionType) -> str:
    return (
        f"the running code of {function.__name__} is not what {_label(function.__code__.co_filename)} "
        "says: the file has changed since, or a tool rewrote the code; load it again"
    )


def _is_definition(node: ast.AST, code: types.CodeType) -> bool:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            return name == code.co_name and first == code.co_firstlineno
        case ast.Lambda():
            return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno
        case _:
            return False


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _nested(constant)


def _same(one: types.CodeType, other: types.CodeType) -> bool:
    """Whether two functions are compiled from the same text at the same line."""
    return (
        one.co_name == other.co_name
        and one.co_firstlineno == other.co_firstlineno
        and one.co_code == other.co_code
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_freevars == other.co_freevars
        and one.co_cellvars == other.co_cellvars
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def _same_constant(one: object, other: object) -> bool:
    if isinstance(one, types.CodeType) and isinstance(other, types.CodeType):
        return _same(one, other)
    # repr tells 0.0 from -0.0 and 1 from True and 1.0.
    return type(one) is type(other) and repr(one) == repr(other)
