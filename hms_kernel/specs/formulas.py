"""The pseudo-formal notation of HMS specifications: text to a small syntax tree. Resolves no name.

Arithmetic, ``Σ(...)``, chains of comparisons, logical signs. What does not fit is
prose, and ``Prose`` says which words gave it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

DEPTH = 60  # nesting; people write three levels
LENGTH = 400  # numbers, names and signs in one formula


class Prose(Exception):
    """The text is no formula; the message quotes what is prose about it."""


@dataclass(frozen=True)
class Number:
    text: str


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Call:
    """``name(arg, ...)``: a function of the file's, of mathematics, or of nobody's."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Big:
    """``Σ(body)`` or ``Π(body)`` over whatever the variables in it are given for."""

    sign: str  # "∑" or "∏"
    body: Node


@dataclass(frozen=True)
class Negative:
    arg: Node


@dataclass(frozen=True)
class Binary:
    op: str  # + - * / ^
    left: Node
    right: Node


@dataclass(frozen=True)
class Chain:
    """``a ≤ b < c``: one more term than signs."""

    signs: tuple[str, ...]  # = ≠ < ≤ > ≥ ≈
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Logic:
    op: str  # ¬ ∧ ∨ → ↔
    args: tuple[Node, ...]


Node = Number | Name | Call | Big | Negative | Binary | Chain | Logic


def children(node: Node) -> Iterator[Node]:
    """The direct parts of a node, in order of writing."""
    for f in fields(node):
        value = getattr(node, f.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                yield part


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in order of writing."""
    yield node
    for child in children(node):
        yield from walk(child)


def proposition(node: Node) -> bool:
    """Whether the node states something, rather than being a number."""
    return isinstance(node, Chain | Logic)


# --- tokens -----------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<big>[Σ∑Π∏])"
    r"|(?P<name>[^\W\d][\w']*)"
    r"|(?P<sign><->|<=>|\*\*|<=|>=|==|!=|->|=>|[-+*/^()<>=≤≥≠≈→⇒↔⇔∧∨¬×·−÷,\[\]]))"
)
_SAME = {
    "**": "^", "×": "*", "·": "*", "−": "-", "÷": "/", "<=": "≤", ">=": "≥", "==": "=",
    "!=": "≠", "->": "→", "=>": "→", "⇒": "→", "<->": "↔", "<=>": "↔", "⇔": "↔", "[": "(",
    "]": ")",
}  # fmt: skip
_WORDS = {"and": "∧", "or": "∨", "not": "¬", "implies": "→", "iff": "↔"}
# Binding powers, loosest first.
_LOGIC = {"↔": 1, "→": 2, "∨": 3, "∧": 4}
_RELATIONS = frozenset("=≠<≤>≥≈")
_ARITHMETIC = {"+": 7, "-": 7, "*": 8, "/": 8, "^": 10}
_RELATION_POWER, _NEGATIVE_POWER = 6, 9


@dataclass(frozen=True)
class _Token:
    kind: str  # number, name, big, sign, end
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    place = 0
    while place < len(text.rstrip()):
        if len(out) == LENGTH:
            raise Prose(f"it has more than {LENGTH} numbers, names and signs")
        match = _TOKEN.match(text, place)
        if match is None:
            raise Prose(f"{_word_at(text, place)!r} is no part of a formula")
        kind = match.lastgroup or ""
        word = match.group(kind)
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "sign", _WORDS[word.lower()]
        out.append(_Token(kind, _SAME.get(word, word), match.start(kind), match.end()))
        place = match.end()
    return [*out, _Token("end", "", len(text), len(text))]


def _word_at(text: str, place: int) -> str:
    return (text[place:].split() or [""])[0][:40]


# --- the parser ---------------------------------------------------------------


def parse(text: str) -> Node:
    """The formula as a tree.

    Raises:
        Prose: it is none.
    """
    parser = _Parser(text)
    node = parser.expression(0, 0)
    parser.expect("end")
    return node


class _Parser:
    """Precedence climbing over a token list."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._place = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def expect(self, text: str) -> None:
        token = self._next
        if token.text != text and not (text == "end" and token.kind == "end"):
            raise self._prose()
        self._take()

    def _prose(self) -> Prose:
        token = self._next
        if token.kind == "end":
            return Prose(f"{_clip(self._text)!r} ends where a number or a name should follow")
        before = self._tokens[self._place - 1] if self._place else None
        if before and before.kind in ("name", "number") and token.kind in ("name", "number"):
            words = self._text[before.start : token.end]
            return Prose(f"{_clip(words)!r} are words with no operation between them")
        return Prose(f"{token.text!r} cannot stand where it does in {_clip(self._text)!r}")

    def expression(self, power: int, depth: int) -> Node:
        if depth > DEPTH:
            raise Prose(f"it is nested more than {DEPTH} deep")
        left = self._prefix(depth)
        while True:
            sign = self._next.text if self._next.kind == "sign" else ""
            if sign in _ARITHMETIC and _ARITHMETIC[sign] >= power:
                self._take()
                # ^ associates to the right, the others to the left.
                tighter = _ARITHMETIC[sign] + (sign != "^")
                right = self.expression(tighter, depth + 1)
                left = Binary(sign, self._number(left), self._number(right))
            elif sign in _RELATIONS and power <= _RELATION_POWER and not proposition(left):
                left = self._chain(left, depth)
            elif sign in _LOGIC and _LOGIC[sign] >= power:
                self._take()
                right = self.expression(_LOGIC[sign] + (sign != "→"), depth + 1)
                left = Logic(sign, (self._statement(left), self._statement(right)))
            else:
                return left

    def _chain(self, first: Node, depth: int) -> Node:
        signs, terms = [], [first]
        while self._next.kind == "sign" and self._next.text in _RELATIONS:
            signs.append(self._take().text)
            terms.append(self._number(self.expression(_RELATION_POWER + 1, depth + 1)))
        return Chain(tuple(signs), tuple(terms))

    def _prefix(self, depth: int) -> Node:
        token = self._next
        match token.kind, token.text:
            case "number", text:
                self._take()
                return Number(f"0{text}" if text.startswith(".") else text)
            case "name", text:
                self._take()
                if self._next.text != "(" or self._next.kind != "sign":
                    return Name(text)
                return Call(text, self._arguments(depth))
            case "big", text:
                self._take()
                sign = "∑" if text in "Σ∑" else "∏"
                if self._next.text == "(":
                    self._take()
                    body = self._number(self.expression(0, depth + 1))
                    self.expect(")")
                    return Big(sign, body)
                return Big(sign, self._number(self.expression(_ARITHMETIC["*"], depth + 1)))
            case "sign", "-":
                self._take()
                return Negative(self._number(self.expression(_NEGATIVE_POWER, depth + 1)))
            case "sign", "¬":
                self._take()
                return Logic("¬", (self._statement(self.expression(5, depth + 1)),))
            case "sign", "(":
                self._take()
                inner = self.expression(0, depth + 1)
                self.expect(")")
                return inner
            case _:
                raise self._prose()

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        self.expect("(")
        args = [self.expression(0, depth + 1)]
        while self._next.text == ",":
            self._take()
            args.append(self.expression(0, depth + 1))
        self.expect(")")
        return tuple(args)

    def _number(self, node: Node) -> Node:
        if proposition(node):
            raise Prose(f"a comparison stands where a number should in {_clip(self._text)!r}")
        return node

    def _statement(self, node: Node) -> Node:
        if not proposition(node):
            raise Prose(f"a number stands where a comparison should in {_clip(self._text)!r}")
        return node


def _clip(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
