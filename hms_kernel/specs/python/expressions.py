"""Expressions: what each is worth, in terms of the arguments. Follows no statement, calls by way of ``calls``."""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Callable, Iterator
from typing import Any

from hms_kernel.specs.python import calls, comparisons, lists
from hms_kernel.specs.python.comprehensions import comprehension
from hms_kernel.specs.python.names import Lookup, assigned, noted
from hms_kernel.specs.python.numeric import Numeric, number
from hms_kernel.specs.python.props import FALSE, TRUE, conjunction, disjunction, negation
from hms_kernel.specs.python.source import Definition, Source, Text
from hms_kernel.specs.python.trace import Trace
from hms_kernel.specs.python.values import (
    Family,
    Items,
    Kept,
    Known,
    Local,
    Missing,
    Number,
    Sequence,
    Stream,
    Truth,
    Value,
    choose,
    integer,
    kind,
    lifted,
)
from hms_kernel.statements.terms import Term

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**",
}  # fmt: skip
_REFUSED: dict[type[ast.AST], str] = {
    ast.NamedExpr: "an assignment inside an expression; give it a line of its own",
    ast.JoinedStr: "a formatted text; a claim is about numbers",
    ast.Dict: "a dict; use a tuple, or a constant outside the function",
    ast.DictComp: "a dict; use a tuple",
    ast.Set: "a set; use a tuple",
    ast.SetComp: "a set; use a tuple",
    ast.Await: "await; claims are about plain functions",
    ast.Yield: "yield; return a list",
    ast.YieldFrom: "yield; return a list",
    ast.Starred: "a star here; write the elements",
    ast.Slice: "a slice here",
}


class Frame:
    """One function, claim or comprehension while it is translated.

    Args:
        text: where its syntax stands.
        trace: what the translation collects.
        env: local names.
        outer: names around it.
        function: its definition; None for a claim.
        real: in a replay, calls functions of the program instead of translating them.
    """

    text: Text
    trace: Trace
    numeric: Numeric

    def __init__(
        self,
        text: Text,
        trace: Trace,
        env: dict[str, Value],
        outer: Lookup,
        function: Definition | None = None,
        real: Callable[..., Value] | None = None,
    ) -> None:
        self.text = text
        self.trace = trace
        self.numeric = Numeric(trace)
        self.env = env
        self.outer = outer
        self.function = function
        self.real = real
        self._own = frozenset(assigned(function)) if function is not None else frozenset()

    def within(self) -> Frame:
        """A scope inside this one: a comprehension's."""
        inner = Frame(self.text, self.trace, {}, self.lookup, None, self.real)
        inner.function = self.function
        return inner

    # --- names ---------------------------------------------------------------

    def lookup(self, name: str, node: ast.AST) -> Value:
        """The value of a name here."""
        if name in self.env:
            return self.env[name]
        if name in self._own:
            return Missing("it has no value yet")
        return self.outer(name, node)

    def host(self, found: object) -> Value:
        """An object of the running program as a value."""
        return lifted(found)

    # --- values ----------------------------------------------------------------

    def value(self, node: ast.expr) -> Value:
        """What an expression is worth.

        Raises:
            UnsupportedStatement: it is outside the fragment; the message says where and why.
        """
        before = self.trace.raising
        found = self._value(node)
        if isinstance(found, Stream) and self.trace.raising > before:
            return dataclasses.replace(found, may_raise=True)
        return found

    def _value(self, node: ast.expr) -> Value:
        self.trace.step(node, self.text)
        match node:
            case ast.Constant(value=found):
                return self._constant(found, node)
            case ast.Name(id=name):
                return self._name(name, node)
            case ast.BinOp(left=left, op=op, right=right):
                return self.operation(op, self.value(left), self.value(right), node)
            case ast.UnaryOp(op=op, operand=operand):
                return self._unary(op, operand, node)
            case ast.BoolOp(op=op, values=parts):
                return self._logic(isinstance(op, ast.And), parts, node)
            case ast.Compare():
                return Truth(comparisons.chain(self, node))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._conditional(test, body, orelse, node)
            case ast.Call():
                return calls.call(self, node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return Items(tuple(self._parts(parts)), isinstance(node, ast.Tuple))
            case ast.Subscript(value=over, slice=index):
                return self._subscript(self.value(over), index, node)
            case ast.ListComp(elt=element, generators=generators):
                return comprehension(self, element, generators, node)
            case ast.GeneratorExp(elt=element, generators=generators):
                return Stream(comprehension(self, element, generators, node))
            case ast.Attribute(value=of, attr=attribute):
                return self._attribute(self.value(of), attribute, node)
            case ast.Lambda():
                return Local(Source(node, self.text), self.lookup, self.defaults(node.args))
            case _:
                refused = _REFUSED.get(type(node), "this kind of expression")
                self.text.unsupported(node, refused)

    def truth(self, node: ast.expr) -> Term:
        """An expression as a condition."""
        return self.numeric.truth(self.value(node), node, self.text)

    def number(self, node: ast.expr) -> Number:
        """An expression that is a number."""
        return number(self.value(node), node, self.text)

    def iterated(self, node: ast.expr) -> Sequence | Kept:
        """An expression that one goes through."""
        return self.sequence(self.value(node), node)

    def sequence(self, value: Value, node: ast.AST) -> Sequence | Kept:
        """A value that one goes through."""
        match value:
            case Stream(over=over):
                return over
            case Items() | Family() | Kept():
                return value
            case Known(value=dict() as found):
                return Items(tuple(map(lifted, found)))
        self.text.unsupported(
            node, f"{kind(value)} where a list should be; annotate a list parameter list[float]"
        )

    def defaults(self, arguments: ast.arguments) -> tuple[Value, ...]:
        """Default values, evaluated where the function is defined: positional ones, then keyword-only ones."""
        found = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
        return tuple(self._kept(self.value(node), node) for node in found)

    def _kept(self, value: Value, node: ast.expr) -> Value:
        """A value that may be used more than once, and later than here."""
        if isinstance(value, Stream):
            self.text.unsupported(node, "a generator that is kept; write a list [...]")
        return value

    def _constant(self, found: object, node: ast.AST) -> Value:
        value = lifted(found)
        if isinstance(value, Known) and not (found is None or isinstance(found, str)):
            self.text.unsupported(node, f"the constant {found!r}")
        self.trace.decimals |= isinstance(found, float)
        return value

    def _name(self, name: str, node: ast.AST) -> Value:
        value = self.lookup(name, node)
        if isinstance(value, Missing):
            self.text.unsupported(node, f"{name} cannot be used here: {value.why}")
        return value

    def _parts(self, parts: list[ast.expr]) -> Iterator[Value]:
        for part in parts:
            if isinstance(part, ast.Starred):
                yield from lists.expanded(self, self.iterated(part.value), part)
            else:
                yield self._kept(self.value(part), part)

    # --- operators -------------------------------------------------------------

    def operation(self, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
        """``left op right``."""
        match op, left, right:
            case ast.Add(), (Items() | Family()), (Items() | Family()):
                both = (*lists.expanded(self, left, node), *lists.expanded(self, right, node))
                return Items(both, left.is_tuple)
            case ast.Mult(), (Items() | Family()), Number():
                return self._repeated(left, right, node)
            case ast.Mult(), Number(), (Items() | Family()):
                return self._repeated(right, left, node)
        sign = _OPERATORS.get(type(op))
        if sign is None:
            self.text.unsupported(node, f"the operator {type(op).__name__}; use arithmetic")
        one, other = number(left, node, self.text), number(right, node, self.text)
        return self.numeric.binary(sign, one, other, node, self.text)

    def _repeated(self, over: Sequence, times: Number, node: ast.AST) -> Value:
        if times.constant is None or not times.whole:
            self.text.unsupported(node, "a list repeated so often as the arguments say")
        items, count = lists.expanded(self, over, node), int(times.constant)
        if len(items) * max(0, count) > lists.MOST_ITEMS:
            self.text.unsupported(node, f"a list of more than {lists.MOST_ITEMS} elements")
        return Items(items * count, over.is_tuple)

    def _unary(self, op: ast.unaryop, operand: ast.expr, node: ast.AST) -> Value:
        match op:
            case ast.Not():
                return Truth(negation(self.truth(operand)))
            case ast.USub():
                return self.numeric.negative(self.number(operand))
            case ast.UAdd():
                return self.number(operand)
            case _:
                self.text.unsupported(node, "the operator ~; use arithmetic")

    def _logic(self, conjoined: bool, parts: list[ast.expr], node: ast.AST) -> Value:
        """``and``, ``or``: a later part counts only where the earlier ones leave it open."""
        first, *rest = parts
        value = self.value(first)
        if not rest:
            return value
        truth = self.numeric.truth(value, first, self.text)
        decided = FALSE if conjoined else TRUE
        if truth == decided:
            return value
        goes_on = truth if conjoined else negation(truth)
        with self.trace.assuming(goes_on):
            other = self._logic(conjoined, rest, node)
        if isinstance(value, Truth) and isinstance(other, Truth):
            joined = conjunction if conjoined else disjunction
            return Truth(joined((truth, other.prop)))
        return self._usable(choose(goes_on, other, value), node)

    def _conditional(
        self, test: ast.expr, body: ast.expr, orelse: ast.expr, node: ast.AST
    ) -> Value:
        condition = self.truth(test)
        if condition in (TRUE, FALSE):
            return self.value(body if condition == TRUE else orelse)
        with self.trace.assuming(condition):
            one = self.value(body)
        with self.trace.assuming(negation(condition)):
            other = self.value(orelse)
        return self._usable(choose(condition, one, other), node)

    def _usable(self, value: Value, node: ast.AST) -> Value:
        if isinstance(value, Missing):
            self.text.unsupported(node, value.why)
        return value

    # --- parts of things -----------------------------------------------------------

    def _subscript(self, over: Value, index: ast.expr, node: ast.AST) -> Value:
        match over:
            case Items() | Family() if isinstance(index, ast.Slice):
                return lists.piece(self, over, index)
            case Items() | Family():
                return lists.element(self, over, self.value(index), node)
            case Known(value=dict() as found):
                key = self._key(self.value(index), index)
                if key in found:
                    return self.host(found[key])
                self.trace.demand(FALSE, "KeyError", node, self.text)
                return integer(0)
        self.text.unsupported(
            node, f"an index into {kind(over)}; annotate a list parameter list[float]"
        )

    def _key(self, value: Value, node: ast.AST) -> Any:
        match value:
            case Known(value=str() as key):
                return key
            case Number() if value.constant is not None:
                return value.constant
        self.text.unsupported(node, "a key that depends on the arguments")

    def _attribute(self, of: Value, attribute: str, node: ast.AST) -> Value:
        if isinstance(of, Known):
            found = of.value
            if isinstance(found, types.ModuleType):
                if hasattr(found, attribute):
                    return noted(
                        self.trace, f"{found.__name__}.{attribute}", getattr(found, attribute)
                    )
                self.text.unsupported(node, f"{found.__name__} has no {attribute}")
            if dataclasses.is_dataclass(found) and not isinstance(found, type):
                names = {f.name for f in dataclasses.fields(found)}
                if attribute in names:
                    label = f"{type(found).__name__}.{attribute}"
                    return noted(self.trace, label, getattr(found, attribute))
        self.text.unsupported(node, f"the attribute {attribute} of {kind(of)}")
