"""What a domain of an HMS specification declares: its variables and formulas, as the file has them. Resolves no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hms_kernel.specs import shapes
from hms_kernel.specs.formulas import Call, Chain, Name, Node, Prose, parse, proposition
from hms_kernel.specs.vocabulary import Formula, Variable

_FORMAL_KEYS = ("formal_specification", "formal_basis", "formal_statement", "symbolic_form")
_SUFFIX = re.compile(r"_(?:calculation|formula|computation|definition|calc)$")


def variables(domain: str, entry: dict[str, Any]) -> Iterator[Variable]:
    for name, found in shapes.table(entry.get("variables")).items():
        about = shapes.table(found)
        kind = about.get("type", "")
        yield Variable(
            name=name,
            lean=name,
            domain=domain,
            kind=kind if isinstance(kind, str) else repr(kind),
            constraints=tuple(shapes.texts(about.get("constraints"))),
        )


def formulas(domain: str, entry: dict[str, Any]) -> Iterator[Formula]:
    for key, found in shapes.table(entry.get("formulas")).items():
        about = shapes.table(found)
        text = found if isinstance(found, str) else formal(about)
        short = _SUFFIX.sub("", key)
        formula = Formula(
            key=key, lean=short, domain=domain, text=text, body=None,
            constraints=tuple(shapes.texts(about.get("constraints"))),
            names=[short.casefold(), key.casefold()],
        )  # fmt: skip
        try:
            node = parse(text)
        except Prose as error:
            formula.problem = str(error)
            head = text.partition("=")[0].strip()
            if re.fullmatch(r"\w+", head):
                formula.names.insert(0, head.casefold())
        else:
            _read_formula(formula, node)
        yield formula


def _read_formula(formula: Formula, node: Node) -> None:
    match node:
        case Chain(("=",), (Name(name), body)):
            formula.names.insert(0, name.casefold())
            formula.body = body
        case Chain(("=",), (Call(name, args), body)) if all(isinstance(a, Name) for a in args):
            formula.names.insert(0, name.casefold())
            formula.indices = tuple(a.name for a in args if isinstance(a, Name))
            formula.body = body
        case _ if not proposition(node):
            formula.body = node
        case _:
            formula.problem = "it has no name on the left of a single ="


def formal(item: Any) -> str:
    """The most formal text of an entry."""
    if isinstance(item, str):
        return item
    about = shapes.table(item)
    return next(
        (
            text
            for key in (*_FORMAL_KEYS, "statement", "description")
            if (text := shapes.text(about.get(key)))
        ),
        "",
    )
