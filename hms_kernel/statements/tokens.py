"""Text to tokens with positions, by Lean's rules for identifiers, numbers and comments. Knows no grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from hms_kernel.errors import InvalidStatement, UnsupportedStatement
from hms_kernel.statements.terms import Span

MAX_TEXT = 400_000  # characters; a longer text is no statement anybody wrote


@dataclass(frozen=True, eq=False)
class Source:
    """One piece of text; ``label`` says which, for messages about helper texts."""

    text: str
    label: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Token:
    """``kind`` is ``name``, ``number``, ``field`` (``.x`` glued to a term), ``string``, ``symbol``, ``other`` or ``end``."""

    kind: str
    text: str
    start: int
    line: int
    column: int
    glued: bool  # no white space before it
    first: bool  # first on its line
    source: Source

    @property
    def end(self) -> int:
        """Offset just behind the token."""
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.line, self.column)

    @property
    def shown(self) -> str:
        """The token for a message."""
        if self.kind == "end":
            return "the end of the text"
        return f"'{self.text}'" if self.text.isprintable() else f"U+{ord(self.text[0]):04X}"

    def _excerpt(self) -> str:
        lines = self.source.text.split("\n")
        line = lines[self.line - 1] if self.line <= len(lines) else ""
        begin = max(0, self.column - 61)
        shown = line[begin : begin + 100].replace("\t", " ")
        return f"{shown}\n{' ' * (self.column - 1 - begin)}^"

    def _message(self, message: str) -> str:
        return f"in {self.source.label}: {message}" if self.source.label else message

    def invalid(self, message: str) -> NoReturn:
        """Raise ``InvalidStatement`` at this token."""
        raise InvalidStatement(
            self._message(message), line=self.line, column=self.column, excerpt=self._excerpt()
        )

    def unsupported(self, message: str) -> NoReturn:
        """Raise ``UnsupportedStatement`` at this token."""
        raise UnsupportedStatement(
            self._message(message), line=self.line, column=self.column, excerpt=self._excerpt()
        )


# Lean's letters: ASCII, Greek without λ Π Σ, the letterlike block, script capitals.
_LETTER = "A-Za-z_α-κμ-ωΑ-ΟΡΤ-Ω\u03ca-\u03fb\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
_REST = _LETTER + "0-9'!?₀-₉ₐ-ₜᵢ-ᵪⱼ"
_PART = f"(?:[{_LETTER}](?:[{_REST}]*)|«[^»\\n]*»)"
IDENTIFIER = re.compile(f"[{_LETTER}][{_REST}]*")  # one part, without quotes

SYMBOLS = (
    "[MOD", "[ZMOD", "<->", "ℝ≥0∞", "ℝ≥0", "ℕ+", "∃!", ":=", "=>", "->", "<-", "<=", ">=", "!=", "==",
    "/\\", "\\/", "<|>", "<|", "|>", "&&", "..", "::", "++", "⁻¹'", "⁻¹", "⌋₊", "⌉₊", "@[", "↦", "''",
)  # fmt: skip
_MASTER = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<line>--[^\n]*)"
    r"|(?P<block>/-)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<special>ℝ≥0∞|ℝ≥0|ℕ\+(?![ \tA-Za-z0-9]))"
    rf"|(?P<field>\.(?:{_PART}|[0-9]+))"
    rf"|(?P<name>#?{_PART}(?:\.{_PART})*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<symbol>" + "|".join(re.escape(s) for s in SYMBOLS) + r"|[^\s])",
    re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/-|-/")


def _end_of_comment(text: str, start: int) -> int:
    """Offset behind the block comment opened at ``start``, or -1; comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/-" else -1
        if depth == 0:
            return edge.end()
    return -1


def tokenize(source: Source) -> list[Token]:
    """All tokens of a text, the last of kind ``end``.

    Raises:
        InvalidStatement: a comment is not closed, or the text is absurdly long.
    """
    text = source.text
    tokens: list[Token] = []
    line, line_start, position = 1, 0, 0
    glued, first = False, True

    def token(kind: str, spelling: str, start: int) -> Token:
        return Token(kind, spelling, start, line, start - line_start + 1, glued, first, source)

    if len(text) > MAX_TEXT:
        token("other", "", 0).invalid(f"{len(text)} characters are too many for a statement")
    while position < len(text):
        match = _MASTER.match(text, position)
        if match is None:  # white space that Lean does not know
            tokens.append(token("other", text[position], position))
            position += 1
            glued, first = True, False
            continue
        kind = match.lastgroup or "symbol"
        end = match.end()
        if kind == "block":
            end = _end_of_comment(text, position)
            if end < 0:
                token("other", "/-", position).invalid("this comment is never closed")
        if kind in ("space", "line", "block"):
            newlines = text.count("\n", position, end)
            if newlines:
                line += newlines
                line_start = text.rfind("\n", position, end) + 1
                first = True
            glued = False
        else:
            if kind == "field" and not (glued and tokens and tokens[-1].text[-1:] not in "(,[{"):
                kind, end = "symbol", position + 1
            spelling = text[position:end]
            if kind == "special":
                kind = "name"
            elif kind == "name" and spelling in ("fun", "λ"):
                kind = "symbol"
            tokens.append(token(kind, spelling, position))
            newlines = spelling.count("\n")  # in a string
            if newlines:
                line += newlines
                line_start = position + spelling.rfind("\n") + 1
            glued, first = True, False
        position = end
    tokens.append(token("end", "", len(text)))
    return tokens
