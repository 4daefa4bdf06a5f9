"""Tokens to syntax: operator precedence as in Lean, with Lean's own numbers. Knows no names and no types.

Lean's parser is a Pratt parser over a table of precedences; so is this one, since the
table can then be compared with Lean's line by line, and an error stands at one token.
"""

from __future__ import annotations

from hms_kernel.statements.atoms import AtomParser
from hms_kernel.statements.precedence import (
    FOREIGN_OPERATORS,
    FOREIGN_WORDS,
    INFIX,
    MAX,
    PIPE,
    PIPES,
    RIGHT_CHAINS,
)
from hms_kernel.statements.syntax import (
    BigOp,
    Bind,
    Binder,
    Call,
    Congruent,
    Field,
    If,
    Infix,
    Let,
    Number,
    Prefix,
    Syntax,
)
from hms_kernel.statements.tokens import Token

MAX_NESTING = 60  # brackets within brackets; Python's own stack ends not far behind


class TermParser(AtomParser):
    """Reads terms from a token list, starting at ``position``."""

    def __init__(self, tokens: list[Token], position: int = 0) -> None:
        super().__init__(tokens, position)
        self._nesting = 0

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
            if token.text == "!" and token.kind == "symbol" and self.peek().text != "[":
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
                case "forall" | "exists":
                    return self._quantifier(), MAX
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

    # --- binders -------------------------------------------------------------

    def _quantifier(self) -> Syntax:
        token = self.take()
        sign = {"forall": "∀", "exists": "∃"}.get(token.text, token.text)
        if self.at("ᵉ") and sign != "∃!":
            self.take()  # ``∀ᵉ (x > 0) (y > 0)``: bounded binders in brackets, which are read anyway
        binders = self.bound_names(token)
        self.expect(",")
        # ``∀ x, ∀ y`` is ``∀ x y``: by a loop, so that many variables are not deep nesting.
        while self.at(token.text) and sign != "∃!" and self.peek().text != "ᵉ":
            self.take()
            binders += self.bound_names(token)
            self.expect(",")
        return Bind(token, sign, binders, self.term())

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
