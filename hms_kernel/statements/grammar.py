"""Tokens to syntax: operator precedence as in Lean, with Lean's own numbers. Knows no names and no types.

Lean's parser is a Pratt parser over a table of precedences; so is this one, since the
table can then be compared with Lean's line by line, and an error stands at one token.
"""

from __future__ import annotations

from hms_kernel.statements.binders import BinderParser
from hms_kernel.statements.precedence import (
    FOREIGN_ATOMS,
    FOREIGN_OPERATORS,
    FOREIGN_WORDS,
    GUARDS,
    INFIX,
    KEYWORDS,
    MAX,
    PIPE,
    PIPES,
    RIGHT_CHAINS,
)
from hms_kernel.statements.syntax import (
    Ascribe,
    BigOp,
    Bind,
    Binder,
    Bracket,
    Call,
    Congruent,
    Construct,
    Field,
    Fields,
    If,
    Index,
    Infix,
    Let,
    ListOf,
    Name,
    Number,
    Prefix,
    SetList,
    SetWhere,
    Syntax,
)
from hms_kernel.statements.tokens import Token

MAX_NESTING = 60  # brackets within brackets; Python's own stack ends not far behind


class TermParser(BinderParser):
    """Reads terms from a token list, starting at ``position``."""

    def __init__(self, tokens: list[Token], position: int = 0) -> None:
        super().__init__(tokens, position)
        self._nesting = 0
        self._fence = 0  # a token first on its line at or left of this column ends the term
        self._dots: list[Binder] | None = None  # the ``·`` seen within the innermost parentheses

    # --- terms ---------------------------------------------------------------

    def term(self, least: int = 0) -> Syntax:
        """Parse one term whose top operator binds at least as tightly as ``least``."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            self.here.unsupported(f"terms nested more than {MAX_NESTING} deep")
        left, strength = self._leading()
        while not self._fenced():
            token = self.here
            if token.text == "⁻¹":
                if strength < MAX or least > MAX:
                    break
                left = Prefix(self.take(), "⁻¹", left)
                continue
            if token.text == "!" and token.kind == "symbol":
                left, strength = Prefix(self.take(), "!", left), MAX
                continue
            if self._at_or():
                if least > INFIX["∨"][1]:
                    break
                self.take()
                left, strength = Infix(self.take(), "∨", left, self.term(31)), 30
                continue
            if token.text in PIPES and token.kind == "symbol":
                if least > PIPE:
                    break
                left, strength = self._piped(self.take(), left), PIPE
                continue
            known = INFIX.get(token.text) if token.kind == "symbol" else None
            if known is None:
                if token.kind == "symbol" and token.text in FOREIGN_OPERATORS:
                    token.unsupported(FOREIGN_OPERATORS[token.text])
                break
            sign, precedence, left_least, right_least = known
            if precedence < least:
                break
            if strength < left_least:
                if precedence == 50 and strength == 50:
                    token.invalid(
                        f"relations do not chain in Lean: put ∧ before the second '{sign}'"
                    )
                break
            self.take()
            if sign in RIGHT_CHAINS:
                # By a loop, so that a long chain does not count as deep nesting.
                chain = [(token, left)]
                operand = self.term(precedence + 1)
                while self.here.kind == "symbol" and not self._fenced():
                    again = INFIX.get(self.here.text)
                    if again is None or again[0] != sign:
                        break
                    chain.append((self.take(), operand))
                    operand = self.term(precedence + 1)
                for at, before in reversed(chain):
                    operand = Infix(at, sign, before, operand)
                left = operand
            elif sign == "≡":
                left = self._congruence(token, left)
            else:
                left = Infix(token, sign, left, self.term(right_least))
            strength = precedence
        self._nesting -= 1
        return left

    def _at_or(self) -> bool:
        """Whether ``||`` is next; inside ``| … |`` two bars are two tokens."""
        after = self.peek()
        return self.at("|") and not self.here.glued and after.text == "|" and after.glued

    def _piped(self, pipe: Token, left: Syntax) -> Syntax:
        """``f <| x``, ``x |> f`` and ``x |>.f a b``."""
        if pipe.text != "|>":
            return _applied(pipe, left, self.term(PIPE))
        if self.here.kind != "field":
            return _applied(pipe, self.term(PIPE + 1), left)
        dot = self.take()
        args: list[Syntax] = []
        while self._starts_argument():
            args.append(self._argument())
        field = Field(dot, left, dot.text[1:])
        return Call(dot, field, tuple(args)) if args else field

    def indented(self, column: int) -> Syntax:
        """A term that ends before a token first on its line at or left of ``column``."""
        fence, self._fence = self._fence, max(self._fence, column)
        try:
            return self.term()
        finally:
            self._fence = fence

    def _fenced(self) -> bool:
        return self.here.first and self.here.column <= self._fence

    def _congruence(self, token: Token, left: Syntax) -> Syntax:
        right = self.term(51)
        kind = self.here
        if kind.text not in ("[MOD", "[ZMOD"):
            kind.unsupported("`≡` other than [MOD n] and [ZMOD n]")
        self.take()
        modulus = self.term()
        self.expect("]")
        return Congruent(token, kind.text[1:], left, right, modulus)

    def _leading(self) -> tuple[Syntax, int]:
        token = self.here
        if token.kind == "symbol":
            match token.text:
                case "∀" | "∃" | "∃!":
                    return self._quantifier(), MAX
                case "fun" | "λ":
                    return self._function(), MAX
                case "∑" | "∏":
                    return self._big(), MAX
                case "¬":
                    self.take()
                    return Prefix(token, "¬", self.term(40)), MAX
                case "-":
                    self.take()
                    return Prefix(token, "-", self.term(75)), 75
                case "√":
                    self.take()
                    return Prefix(token, "√", self.term(100)), 100
        elif token.kind == "name":
            match token.text:
                case "if":
                    return self._conditional(), MAX
                case "let":
                    return self._let(), MAX
                case word if word in FOREIGN_WORDS:
                    token.unsupported(FOREIGN_WORDS[word])
        head = self._atom()
        if isinstance(head, Number):
            return head, MAX
        args: list[Syntax] = []
        while self._starts_argument():
            args.append(self._argument())
        return (Call(head.at, head, tuple(args)), MAX - 1) if args else (head, MAX)

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
        if token.text == "‖":
            return not token.glued and self.peek().glued
        return token.text in ("(", "{", "↑", "⌊", "⌈", "fun", "λ", "⟨", "[", "@", "·")

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
            self.here.unsupported("tuples")
        elif self.at(":="):
            self.here.unsupported("named arguments")
        self.expect(")")
        return inner

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

    # --- binders -------------------------------------------------------------

    def _quantifier(self) -> Syntax:
        token = self.take()
        binders = self.bound_names(token)
        self.expect(",")
        # ``∀ x, ∀ y`` is ``∀ x y``: by a loop, so that many variables are not deep nesting.
        while self.at(token.text) and token.text != "∃!":
            self.take()
            binders += self.bound_names(token)
            self.expect(",")
        return Bind(token, token.text, binders, self.term())

    def _function(self) -> Syntax:
        token = self.take()
        if self.at("|"):
            self.here.unsupported("functions by pattern matching")
        binders = self.bound_names(token)
        self.expect("=>", "↦")
        return Bind(token, "fun", binders, self.term())

    def _big(self) -> Syntax:
        token = self.take()
        if self.at("'", "ᶠ"):
            token.unsupported(f"`{token.text}{self.here.text}`")
        binders = self.bound_names(token)
        condition = None
        if self.at("with"):
            self.take()
            condition = self.term()
        self.expect(",")
        return BigOp(token, token.text, binders, condition, self.term(67))

    # --- if and let ----------------------------------------------------------

    def _conditional(self) -> Syntax:
        token = self.take()
        if self.here.kind == "name" and self.peek().text == ":":
            self.here.unsupported("`if h : …` with a named condition")
        if self.at("let"):
            self.here.unsupported("`if let`")
        cond = self.term()
        self.expect("then")
        yes = self.term()
        self.expect("else")
        return If(token, cond, yes, self.term())

    def _let(self) -> Syntax:
        token = self.take()
        name = self.take()
        if name.kind != "name":
            name.unsupported("`let` with a pattern")
        binders: list[Binder] = []
        while not self.at(":", ":=", "end"):
            if self.at("(", "{", "["):
                binders += self.bracketed_binders()
            elif self.here.kind == "name":
                plain = self.take()
                binders.append(Binder(plain, plain.text, None))
            else:
                self.here.invalid(f"expected ':=', found {self.here.shown}")
        type_ = None
        if self.at(":"):
            self.take()
            type_ = self.term()
        self.expect(":=")
        value = self.indented(token.column)
        if self.at(";"):
            self.take()
        elif not self.here.first:
            self.here.invalid(
                f"expected ';' after the value of '{name.text}', found {self.here.shown}"
            )
        return Let(token, name.text, tuple(binders), type_, value, self.term())


def _applied(at: Token, fn: Syntax, arg: Syntax) -> Call:
    if isinstance(fn, Call):
        return Call(fn.at, fn.fn, (*fn.args, arg))
    return Call(at, fn, (arg,))
