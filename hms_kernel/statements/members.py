"""What stands in a ``structure`` command: its fields, their types and defaults. Elaborates nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hms_kernel.statements.grammar import TermParser
from hms_kernel.statements.syntax import Binder, Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """One field, or one proposition that the fields must satisfy."""

    binder: Binder
    default: Syntax | None = None


def structure_members(parser: TermParser) -> list[Member]:
    """The members after ``structure Name``, up to the end of the command.

    Raises:
        UnsupportedStatement: parameters, parents, or a constructor of another name.
        InvalidStatement: no structure.
    """
    if parser.at("(", "{", "[", "⦃"):
        parser.here.unsupported("a structure with parameters")
    if parser.at("extends"):
        parser.here.unsupported("a structure that extends another")
    if parser.at(":"):
        parser.here.unsupported("a structure with its universe written out")
    if parser.here.kind == "end":
        parser.here.unsupported("a structure without fields")
    parser.expect("where", ":=")
    if parser.peek().text == "::":
        parser.here.unsupported("a structure that names its constructor")
    members: list[Member] = []
    while parser.here.kind != "end" and not parser.at("deriving", "@["):
        members += _group(parser)
    if not members:
        parser.here.unsupported("a structure without fields")
    return members


def _group(parser: TermParser) -> list[Member]:
    if parser.at("{", "[", "⦃"):
        parser.here.unsupported("an implicit field")
    if parser.at("("):
        return [Member(binder) for binder in parser.bracketed_binders()]
    if parser.at("private", "protected"):
        parser.here.unsupported("a field with a modifier")
    start = parser.here
    names = []
    while parser.here.kind == "name":
        names.append(parser.take())
    if not names:
        parser.here.invalid(f"a field needs a name, found {parser.here.shown}")
    if parser.at("(", "{"):
        parser.here.unsupported("a field with arguments")
    if not parser.at(":"):
        parser.here.invalid(f"a field needs a type: expected ':', found {parser.here.shown}")
    parser.take()
    type_ = parser.indented(start.column)
    default = None
    if parser.at(":="):
        parser.take()
        default = parser.indented(start.column)
    return [Member(Binder(name, name.text, type_), default) for name in names]
