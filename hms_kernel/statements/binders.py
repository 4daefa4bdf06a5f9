"""A place in a token list, and binders read from there. Reads no terms itself."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hms_kernel.statements.precedence import CLOSES, FOREIGN_WORDS, GUARDS, INFIX, KEYWORDS
from hms_kernel.statements.syntax import Binder, Syntax
from hms_kernel.statements.tokens import Token


class BinderParser(ABC):
    """The part of the parser below terms."""

    def __init__(self, tokens: list[Token], position: int = 0) -> None:
        self.tokens = tokens
        self.position = position

    @abstractmethod
    def term(self, least: int = 0) -> Syntax:
        """Parse one term whose top operator binds at least as tightly as ``least``."""

    @property
    def here(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A later token, the end token beyond the end."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The next token, consumed."""
        token = self.here
        if token.kind != "end":
            self.position += 1
        return token

    def at(self, *spellings: str) -> bool:
        """Whether the next token is one of these (strings never are)."""
        return self.here.kind != "string" and self.here.text in spellings

    def expect(self, *spellings: str) -> Token:
        """Consume one of these or raise ``InvalidStatement``."""
        if not self.at(*spellings):
            wanted = " or ".join(f"'{s}'" for s in spellings)
            self.here.invalid(f"expected {wanted}, found {self.here.shown}")
        return self.take()

    def bound_names(self, token: Token) -> tuple[Binder, ...]:
        """``x y``, ``x y : T``, ``x ∈ s``, or any number of bracketed groups and plain names."""
        binders: list[Binder] = []
        names: list[Token] = []
        while True:
            if self.at("(", "{", "[", "⦃"):
                binders += [Binder(name, name.text, None) for name in names]
                names = []
                binders += self.bracketed_binders()
            elif self.here.kind == "name" and not self.at(*KEYWORDS, *FOREIGN_WORDS):
                names.append(self.take())
            else:
                break
        if not names and not binders:
            self.here.invalid(f"'{token.text}' needs a variable, found {self.here.shown}")
        if self.at(":"):
            colon = self.take()
            if not names:
                colon.invalid("expected ',' after the binders")
            type_ = self.term()
            binders += [Binder(name, name.text, type_) for name in names]
        elif names and (self.at(*GUARDS) or (self.at("in") and token.text in "∑∏")):
            if len(names) > 1:
                self.here.unsupported("one bound shared by several variables")
            sign = self.take().text
            relation = "∈" if sign == "in" else INFIX[sign][0]
            guard = (relation, self.term(51))
            binders.append(Binder(names[0], names[0].text, None, "(", guard))
            if self.here.kind != "end" and self.at("("):
                self.here.unsupported("binders after a bounded binder")
        else:
            binders += [Binder(name, name.text, None) for name in names]
        return tuple(binders)

    def bracketed_binders(self) -> list[Binder]:
        """One group: ``(x y : T)``, ``{x}``, ``[inst]``, ``(h : P)``."""
        opening = self.take()
        style, closing = opening.text, CLOSES[opening.text]
        names: list[Token] = []
        if style == "[":
            if self.here.kind == "name" and self.peek().text == ":":
                self.take()
                self.take()
            type_: Syntax | None = self.term()
            self.expect(closing)
            return [Binder(opening, "_", type_, style)]
        while self.here.kind == "name" and not self.at(*KEYWORDS, *FOREIGN_WORDS):
            names.append(self.take())
        if not names:
            self.here.invalid(f"a binder needs a name, found {self.here.shown}")
        type_ = guard = None
        if self.at(":"):
            self.take()
            type_ = self.term()
            if self.at(":="):
                self.here.unsupported("default values of arguments")
        elif self.at(*GUARDS):
            if len(names) > 1:
                self.here.unsupported("one bound shared by several variables")
            relation = INFIX[self.take().text][0]
            guard = (relation, self.term(51))
        elif self.at(","):
            self.here.unsupported("binders by pattern matching")
        self.expect(closing)
        return [Binder(name, name.text, type_, style, guard) for name in names]
