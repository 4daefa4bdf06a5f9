"""The front door: statements from text, theorems from files, sizes fixed. Proves nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hms_kernel.errors import UnsupportedStatement, UsageError
from hms_kernel.statements.binding import bind, over_list
from hms_kernel.statements.commands import (
    COMMANDS,
    THEOREMS,
    Reader,
    Theorem,
    names_in,
    split,
)
from hms_kernel.statements.elaborate import Elaborator
from hms_kernel.statements.grammar import TermParser
from hms_kernel.statements.inference import Env, Local, Names, Ty, Typed
from hms_kernel.statements.rebuild import RESERVED, check_size, substitute
from hms_kernel.statements.records import introduce
from hms_kernel.statements.scope import Context, Locals
from hms_kernel.statements.syntax import Bind, Binder, Infix, Let, Syntax
from hms_kernel.statements.terms import (
    Bundle,
    Hypothesis,
    Logic,
    Num,
    Quant,
    Scalar,
    Statement,
    Term,
    Var,
)
from hms_kernel.statements.tokens import Source, Token, tokenize

_IDENTIFIER = re.compile(r"[^\W\d][\w'!?₀-₉]*(\.[^\W\d][\w'!?₀-₉]*)*")


@dataclass(frozen=True)
class Entry:
    """One theorem of a file: ``text`` stands alone, and keeps the file's line numbers."""

    name: str
    text: str
    line: int  # of the theorem in the file, 1-based


def parse(
    text: str,
    *,
    definitions: Sequence[str] = (),
    axioms: Sequence[str] = (),
    decimals: str = "Float",
    name: str = "",
) -> Statement:
    """Read a statement of Lean 4.

    Args:
        text: a closed proposition, or one ``theorem``, ``lemma`` or ``example`` after any
            commands; whatever follows ``:=`` is ignored.
        definitions: Lean ``def`` and ``structure`` commands in scope of the text.
        axioms: an identifier allows that Lean axiom by name (it becomes a note); anything
            else is a proposition in the scope of the theorem's variables, added to the hypotheses.
        decimals: the type of decimals that nothing else types: ``Float``, as in
            Lean, or ``ℝ``, as in specifications, where sums over lists are read too (both
            noted in the statement).
        name: what to call a bare proposition; chooses among several theorems.

    Raises:
        InvalidStatement: not Lean, or it does not type-check.
        UnsupportedStatement: outside the fragment; the message names the construct.
    """
    try:
        return _parse(text, definitions, axioms, decimals, name)
    except RecursionError:
        raise UnsupportedStatement("a statement nested this deeply") from None


def _parse(
    text: str, definitions: Sequence[str], axioms: Sequence[str], decimals: str, name: str
) -> Statement:
    if decimals not in ("Float", "ℝ"):
        raise UsageError(f"decimals are read as Float or ℝ, not {decimals!r}")
    reader = Reader(Context(decimals=decimals))
    for number, definition in enumerate(definitions, 1):
        reader.read(Source(definition, f"definition {number}"))
        if reader.theorems:
            reader.theorems[0].at.invalid("a theorem among the definitions")
    source = Source(text)
    tokens = tokenize(source)
    if tokens[0].kind == "end":
        tokens[0].invalid("the statement is empty")
    if _is_source(tokens):
        for piece in split(tokens):
            reader._command(piece)
        theorem = _chosen(reader.theorems, name, tokens[0])
    else:
        theorem = _proposition(tokens, reader.context, name)
    if theorem.error is not None:
        raise theorem.error
    return _Introduction(theorem).statement(axioms, name)


def _is_source(tokens: list[Token]) -> bool:
    """Commands, rather than one bare proposition."""
    if tokens[0].text == "@[":
        return True
    # A word such as "open" or "section" may begin a sentence, too.
    return tokens[0].text in COMMANDS and (
        tokens[0].text in ("example", "import")
        or any(t.text in THEOREMS for t in tokens)
        or tokens[0].text in ("def", "abbrev", "axiom", "structure", "inductive")
    )


def _chosen(theorems: list[Theorem], name: str, at: Token) -> Theorem:
    if not theorems:
        at.invalid("no theorem in this text")
    if len(theorems) == 1:
        return theorems[0]
    named = [t for t in theorems if name and (t.name == name or t.name.endswith(f".{name}"))]
    if len(named) == 1:
        return named[0]
    theorems[1].at.unsupported(f"{len(theorems)} theorems in one text; hand them in one by one")


def _proposition(tokens: list[Token], context: Context, name: str) -> Theorem:
    parser = TermParser(tokens)
    body = parser.term()
    end = parser.here
    if end.kind != "end" and end.text != ":=":
        end.invalid(f"unexpected {end.shown} after the statement")
    return Theorem(name, tokens[0], context, (), body)


class _Introduction:
    """Turns a theorem's binders and leading implications into variables and hypotheses."""

    def __init__(self, theorem: Theorem) -> None:
        self._theorem = theorem
        self._elaborator = Elaborator(theorem.context)
        self._scope: Locals = {}
        self._variables: list[tuple[Local, Token]] = []
        self._hypotheses: list[tuple[str, Typed]] = []

    def statement(self, axioms: Sequence[str], name: str) -> Statement:
        """The finished statement."""
        elaborator, theorem = self._elaborator, self._theorem
        assert theorem.type is not None
        for binder in [*self._section_variables(), *theorem.binders]:
            self._introduce(binder)
            elaborator.settle()
        conclusion = self._peel(theorem.type)
        elaborator.settle()
        allowed = []
        for axiom in axioms:
            if _IDENTIFIER.fullmatch(axiom.strip()):
                allowed.append(f"allows the axiom {axiom.strip()}")
                continue
            tokens = tokenize(Source(axiom, "an axiom"))
            parser = TermParser(tokens)
            node = parser.term()
            if parser.here.kind != "end":
                parser.here.invalid(f"unexpected {parser.here.shown} after the axiom")
            self._hypotheses.append(("", elaborator.prop(node, self._scope)))
            elaborator.settle()
        return self._build(conclusion, theorem.name or name, (*elaborator.notes, *allowed))

    def _section_variables(self) -> list[Binder]:
        """Section variables that the statement mentions, as Lean includes them."""
        theorem = self._theorem
        context = theorem.context
        wanted = names_in(theorem.type) | names_in(theorem.binders) | context.included
        for binder in reversed(context.variables):
            if binder.name in wanted or binder.style == "[":
                wanted |= names_in(binder.type)
        own = {binder.name for binder in theorem.binders}
        return [
            b for b in context.variables
            if (b.name in wanted and b.name not in own)
            or (b.style == "[" and names_in(b.type) & {v.name for v in context.variables} <= wanted)
        ]  # fmt: skip

    def _introduce(self, binder: Binder) -> None:
        local, fact, self._scope = bind(self._elaborator, binder, self._scope)
        if local is not None:
            self._variables.append((local, binder.at))
        if fact is not None:
            named = local is None and binder.style != "[" and binder.name != "_"
            self._hypotheses.append((binder.name if named else "", fact))

    def _peel(self, node: Syntax) -> Typed:
        """Introduce leading ``∀`` and ``→``; what is left is the conclusion."""
        elaborator = self._elaborator
        while True:
            if isinstance(node, Bind) and node.op == "∀":
                for index, binder in enumerate(node.binders):
                    if over_list(elaborator, binder, self._scope):
                        # What this becomes is taken apart again when it is built.
                        rest = Bind(node.at, node.op, node.binders[index:], node.body)
                        return elaborator.prop(rest, self._scope)
                    self._introduce(binder)
                node = node.body
            elif isinstance(node, Infix) and node.op == "→":
                if elaborator.is_type(node.left, self._scope):
                    ty: Ty = elaborator.type(node.left, self._scope)
                    self._variables.append((Local("x", ty), node.at))
                else:
                    self._hypotheses.append(("", elaborator.prop(node.left, self._scope)))
                node = node.right
            elif isinstance(node, Let) and not node.binders and node.type is None:
                mark = elaborator.mark()
                value = elaborator.term(node.value, self._scope)
                elaborator.settle(mark)
                self._scope = {**self._scope, node.name: value}
                node = node.body
            else:
                return elaborator.prop(node, self._scope)

    def _build(self, conclusion: Typed, name: str, notes: tuple[str, ...]) -> Statement:
        env = Env(Names(RESERVED))
        variables: list[Var] = []
        bundles: list[Bundle] = []
        held: list[tuple[str, Term]] = []  # what structures say of their fields
        for local, at in self._variables:
            parts, bundle, env = introduce(env, local, at)
            variables += [replace(var, span=at.span) for var in parts.variables]
            held += parts.facts
            bundles += [bundle] if bundle else []
        taken = RESERVED.union(var.name for var in variables)
        labelled = list(held)
        for label, fact in self._hypotheses:
            labelled.append((label, fact.term(env)))
            env = env.assuming(labelled[-1][1])
        hypotheses = tuple(
            Hypothesis(label if label not in taken else "", fact) for label, fact in labelled
        )
        end = conclusion.term(env)
        # A definition may unfold to further binders.
        while isinstance(end, Quant | Logic):
            if isinstance(end, Quant) and end.op == "∀":
                variables.append(end.var)
                end = end.body
            elif isinstance(end, Logic) and end.op == "→":
                hypotheses = (*hypotheses, Hypothesis("", end.args[0]))
                end = end.args[1]
            else:
                break
        statement = Statement(name, tuple(variables), hypotheses, end, notes, tuple(bundles))
        check_size(statement, self._theorem.at)
        return statement


def read_file(text: str) -> list[Entry]:
    """The theorems of a ``.lean`` file, each as a text that ``parse`` accepts or blames by itself.

    Each entry repeats the file up to its theorem with the other theorems blanked out, so
    definitions stay in scope and positions in errors are positions in the file.

    Raises:
        InvalidStatement: a comment is never closed.
    """
    tokens = tokenize(Source(text))
    entries: list[Entry] = []
    kept, position, unnamed = "", 0, 0
    for piece in split(tokens):
        start, end = piece[0].start, piece[-1].start
        head = next((t for t in piece if t.text in THEOREMS), None)
        leading = all(t.text not in COMMANDS or t.text in ("open", "set_option", "noncomputable", "private", "protected", "local") for t in piece[: piece.index(head)]) if head else False  # fmt: skip
        kept += _blank(text[position:start])
        if head is None or not leading:
            kept += text[start:end]
        else:
            after = piece[piece.index(head) + 1]
            named = head.text != "example" and after.kind == "name"
            if not named:
                unnamed += 1
            label = after.text if named else f"example {unnamed}"
            entries.append(Entry(label, kept + text[start:end].rstrip() + "\n", head.line))
            kept += _blank(text[start:end])
        position = end
    return entries


def _blank(text: str) -> str:
    return "\n" * text.count("\n")


def instantiate(statement: Statement, name: str, value: int) -> Statement:
    """Fix a variable in ℕ at a number, so that ``Fin n`` gets a size.

    Raises:
        UsageError: no such variable in ℕ, or a negative value.
    """
    found = next((var for var in statement.variables if var.name == name), None)
    if found is None or found.sort is not Scalar.NAT or value < 0:
        natural = ", ".join(v.name for v in statement.variables if v.sort is Scalar.NAT) or "none"
        raise UsageError(f"cannot set {name!r} to {value}; variables in ℕ: {natural}")
    return substitute(statement, name, Num(Fraction(value), Scalar.NAT), f"{name} = {value}")
