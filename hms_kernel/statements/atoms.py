"""Atoms of terms: names, numerals, everything between brackets, and arguments. Knows no operator."""

from __future__ import annotations

from abc import abstractmethod

from hms_kernel.statements.binders import BinderParser
from hms_kernel.statements.precedence import (
    FOREIGN_ATOMS,
    FOREIGN_WORDS,
    GUARDS,
    INFIX,
    KEYWORDS,
)
from hms_kernel.statements.syntax import (
    Ascribe,
    Bind,
    Binder,
    Bracket,
    Construct,
    Field,
    Fields,
    Index,
    ListOf,
    Name,
    Number,
    Pair,
    Prefix,
    SetList,
    SetWhere,
    Syntax,
    VectorOf,
)
from hms_kernel.statements.tokens import Token


class AtomParser(BinderParser):
    """The part of the parser that takes no precedence."""

    def __init__(self, tokens: list[Token], position: int = 0) -> None:
        super().__init__(tokens, position)
        self._fence = 0  # a token first on its line at or left of this column ends the term
        self._dots: list[Binder] | None = None  # the ``·`` seen within the innermost parentheses

    @abstractmethod
    def _function(self) -> Syntax:
        """``fun x => e``."""

    @abstractmethod
    def _fenced(self) -> bool:
        """Whether the term ends here because of its layout."""

    def _starts_argument(self) -> bool:
        token = self.here
        if self._fenced():
            return False
        if token.kind == "name":
            return token.text not in KEYWORDS and token.text not in FOREIGN_WORDS
        if token.kind == "number":
            return True
        if token.kind != "symbol":
            return False
        if token.text == "|":  # `f |x|`: opens only before a glued term, after a space
            return not token.glued and self.peek().glued and self.peek().text != "|"
        if token.text == "!":
            return self.peek().text == "[" and self.peek().glued
        if token.text == "‖":
            return not token.glued and self.peek().glued
        return token.text in ("(", "{", "↑", "⌊", "⌈", "fun", "λ", "⟨", "[", "@", "·", "∅")

    def _argument(self) -> Syntax:
        if self.at("(") and self.peek().kind == "name" and self.peek(2).text == ":=":
            self.here.unsupported("named arguments")
        if self.at("fun", "λ"):
            return self._function()
        arg = self._atom()
        while not self._fenced():
            if self.at("⁻¹"):
                arg = Prefix(self.take(), "⁻¹", arg)
            elif self.at("!") and self.here.kind == "symbol":
                arg = Prefix(self.take(), "!", arg)
            else:
                break
        return arg

    def _atom(self) -> Syntax:
        token = self.take()
        atom: Syntax
        if token.kind == "name":
            if token.text in KEYWORDS:
                token.invalid(f"unexpected {token.shown}")
            if token.text in FOREIGN_WORDS:
                token.unsupported(FOREIGN_WORDS[token.text])
            atom = Name(token, token.text.replace("«", "").replace("»", ""))
        elif token.kind == "number":
            atom = Number(token, token.text)
        elif token.kind == "string":
            token.unsupported("strings")
        elif token.kind == "end":
            token.invalid("the text ends where a term should be")
        else:
            atom = self._bracketed(token)
        while not isinstance(atom, Number):
            if self.here.kind == "field":
                dot = self.take()
                atom = Field(dot, atom, dot.text[1:])
            elif self.at("[") and self.here.glued:
                atom = self._index(self.take(), atom)
            else:
                break
        return atom

    def _index(self, bracket: Token, of: Syntax) -> Syntax:
        fence, self._fence = self._fence, 0
        index = self.term()
        self._fence = fence
        self.expect("]")
        kind = ""
        if self.here.glued and self.at("!", "?", "'"):
            kind = self.take().text
            if kind == "'":
                bracket.unsupported("an index with its proof `l[i]'h`")
        return Index(bracket, of, index, kind)

    def _bracketed(self, token: Token) -> Syntax:
        fence, self._fence = self._fence, 0
        try:
            match token.text:
                case "(":
                    return self._parenthesis(token)
                case "{":
                    if self._at_fields():
                        return self._structure_instance(token)
                    return self._set(token)
                case "∅":
                    return Name(token, "∅")
                case "!" if self.at("[") and self.here.glued:
                    self.take()
                    return VectorOf(token, self._items("]"))
                case "[":
                    return ListOf(token, self._items("]"))
                case "⟨":
                    return Construct(token, self._items("⟩"))
                case "·" if self._dots is not None:
                    self._dots.append(Binder(token, f"·{len(self._dots)}", None))
                    return Name(token, self._dots[-1].name)
                case "↑":
                    if self.at("-", "∑", "∏", "√"):
                        self.here.invalid("`↑` takes an atom: add parentheses")
                    return Prefix(token, "↑", self._argument())
                case "⇑" | "↥":
                    token.unsupported(f"the coercion `{token.text}`")
                case "|":
                    inner = self.term()
                    self.expect("|")
                    return Bracket(token, "|", inner)
                case "‖":
                    inner = self.term()
                    self.expect("‖")
                    return Bracket(token, "‖", inner)
                case "⌊":
                    inner = self.term()
                    return Bracket(
                        token, "⌊₊" if self.expect("⌋", "⌋₊").text == "⌋₊" else "⌊", inner
                    )
                case "⌈":
                    inner = self.term()
                    return Bracket(
                        token, "⌈₊" if self.expect("⌉", "⌉₊").text == "⌉₊" else "⌈", inner
                    )
        finally:
            self._fence = fence
        if token.text == "Σ":
            token.invalid("unexpected 'Σ'; a sum is written ∑ i, f i")
        if token.text in FOREIGN_ATOMS:
            token.unsupported(FOREIGN_ATOMS[token.text])
        token.invalid(f"unexpected {token.shown}")

    def _parenthesis(self, token: Token) -> Syntax:
        if self.at(")"):
            token.unsupported("the unit `()`")
        outer, self._dots = self._dots, []
        inner = self.term()
        dots, self._dots = self._dots, outer
        if dots:
            inner = Bind(token, "fun", tuple(dots), inner)
        if self.at(":"):
            self.take()
            inner = Ascribe(token, inner, self.term())
        elif self.at(","):
            inner = self._tuple(token, inner)
        elif self.at(":="):
            self.here.unsupported("named arguments")
        self.expect(")")
        return inner

    def _tuple(self, token: Token, first: Syntax) -> Syntax:
        items = [first]
        while self.at(","):
            self.take()
            items.append(self.term())
        result = items.pop()
        while items:
            result = Pair(token, items.pop(), result)
        return result

    def _items(self, closing: str) -> tuple[Syntax, ...]:
        items: list[Syntax] = []
        while not self.at(closing):
            items.append(self.term())
            if not self.at(closing):
                self.expect(",")
        self.take()
        return tuple(items)

    def _at_fields(self) -> bool:
        return self.here.kind == "name" and self.peek().text in (":=", "with")

    def _structure_instance(self, token: Token) -> Syntax:
        old = type_ = None
        if self.peek().text == "with":
            old = Name(self.here, self.take().text)
            self.take()
        values: list[tuple[Token, Syntax]] = []
        while not self.at("}", ":"):
            name = self.take()
            if name.kind != "name" or "." in name.text:
                name.unsupported("this kind of structure instance")
            self.expect(":=")
            values.append((name, self.term()))
            if self.at(","):
                self.take()
            elif not self.at("}", ":") and not self.here.first:
                self.expect("}", ",")
        if self.at(":"):
            self.take()
            type_ = self.term()
        self.expect("}")
        return Fields(token, old, tuple(values), type_)

    def _set(self, token: Token) -> Syntax:
        if self.at("}"):
            token.unsupported("the empty set")
        if self.here.kind == "name" and self.peek().text in (":", "|", *GUARDS):
            name = self.take()
            type_ = guard = None
            if self.at(":"):
                self.take()
                type_ = self.term()
            elif self.at(*GUARDS):
                relation = INFIX[self.take().text][0]
                guard = (relation, self.term(51))
            self.expect("|")
            body = self.term()
            self.expect("}")
            return SetWhere(token, Binder(name, name.text, type_, "(", guard), body)
        items = [self.term()]
        while self.at(","):
            self.take()
            items.append(self.term())
        if self.at("|", ":"):
            self.here.unsupported("sets of the form {f x | x}")
        self.expect("}")
        return SetList(token, tuple(items))
