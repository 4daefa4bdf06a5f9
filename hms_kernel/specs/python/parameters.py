"""What a function takes: annotations become Lean types, lists get their lengths. Looks at no body."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.errors import UsageError
from hms_kernel.specs.python.source import Text
from hms_kernel.specs.python.trace import Trace
from hms_kernel.specs.python.values import Items, Number, Truth, Value, parameter_family
from hms_kernel.statements.terms import Arrow, Fin, Num, Scalar, Sort, Term, Var

MOST_ELEMENTS = 1000  # of one list

_SCALARS = {"int": Scalar.INT, "float": Scalar.REAL, "bool": Scalar.PROP}
_LISTS = ("list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple")


@dataclass(frozen=True)
class Shape:
    """What an annotation says: a scalar, or a list of scalars; ``length`` is fixed for ``tuple[float, float]``."""

    sort: Scalar
    is_list: bool = False
    is_tuple: bool = False
    length: int | None = None
    annotated: bool = True


@dataclass(frozen=True)
class Parameter:
    """A parameter with its variable in the goal."""

    name: str  # Python's
    variable: Var  # Lean's
    shape: Shape
    value: Value


def shape_of(annotation: ast.expr | None, text: Text) -> Shape:
    """What an annotation says.

    Raises:
        UnsupportedStatement: it is no number, truth value, or list of them.
    """
    match annotation:
        case None:
            return Shape(Scalar.REAL, annotated=False)
        case ast.Constant(value=str(inner)):
            try:
                return shape_of(ast.parse(inner, mode="eval").body, Text(text.label, inner))
            except SyntaxError:
                text.unsupported(annotation, f"the annotation {inner!r}")
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _SCALARS:
            return Shape(_SCALARS[name])
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _LISTS:
            return Shape(Scalar.REAL, True, name.lower() == "tuple")
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inside):
            return _generic(name, inside, annotation, text)
    text.unsupported(
        annotation,
        f"the annotation {ast.unparse(annotation)}; int, float, bool and lists of them are understood",
    )


def _generic(name: str, inside: ast.expr, node: ast.expr, text: Text) -> Shape:
    if name == "Annotated" and isinstance(inside, ast.Tuple):
        return shape_of(inside.elts[0], text)
    if name in _LISTS:
        is_tuple = name.lower() == "tuple"
        parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        shapes = [
            shape_of(part, text)
            for part in parts
            if not (isinstance(part, ast.Constant) and part.value is ...)
        ]
        if any(shape.is_list for shape in shapes) or len({s.sort for s in shapes}) != 1:
            text.unsupported(node, "a list of different things; use one list for each")
        fixed = is_tuple and len(shapes) == len(parts)
        return Shape(shapes[0].sort, True, is_tuple, len(parts) if fixed else None)
    text.unsupported(
        node,
        f"the annotation {ast.unparse(node)}; int, float, bool and lists of them are understood",
    )


def given_shape(name: str, declared: object) -> Shape:
    """The type of a name that ``given`` declares: ``float``, or ``"list[float]"``.

    Raises:
        UsageError: it is no such type.
    """
    text = declared.__name__ if isinstance(declared, type) else str(declared)
    if not isinstance(declared, type | str):
        text = repr(declared)
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise UsageError(f"given: the type of {name} is {text!r}, which is no type") from None
    return shape_of(node, Text(f"given[{name!r}]", text))


Lengths = int | Mapping[str, int] | None


def length_of(name: str, shape: Shape, lengths: Lengths) -> int | None:
    """The number of elements of a list parameter; None: any, the same for all lists.

    Raises:
        UsageError: it is no whole number from 0 to 1000.
    """
    found = shape.length
    if found is None:
        found = lengths.get(name) if isinstance(lengths, Mapping) else lengths
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MOST_ELEMENTS:
        raise UsageError(
            f"sizes: {found!r} elements of {name}; a size is a whole number from 0 to {MOST_ELEMENTS}"
        )
    return found


def introduce(
    name: str, shape: Shape, length: int | None, any_length: Var, trace: Trace
) -> Parameter:
    """A variable for a parameter.

    Args:
        length: of a list; None takes ``any_length``.
        any_length: the variable that stands for every length.
    """
    lean = trace.fresh(name)
    if not shape.is_list:
        variable = Var(lean, shape.sort)
        value: Value = Truth(variable) if shape.sort is Scalar.PROP else Number(variable)
        return Parameter(name, variable, shape, value)
    size: Term = any_length if length is None else Num(Fraction(length), Scalar.NAT)
    sort: Sort = Arrow(Fin(size), shape.sort)
    variable = Var(lean, sort)
    if length == 0:
        return Parameter(name, variable, shape, Items((), shape.is_tuple))
    family = parameter_family(lean, size, shape.sort, trace.fresh("i"), shape.is_tuple)
    return Parameter(name, variable, shape, family)
