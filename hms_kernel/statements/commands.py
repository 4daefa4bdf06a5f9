"""Lean source to commands: which ``open``, ``def`` and ``variable`` are in force, and where each theorem stands.

Proofs are skipped unread. Commands that could change what other text means
(``notation``, ``macro``, ``instance``) are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.statements.grammar import TermParser
from hms_kernel.statements.members import structure_members
from hms_kernel.statements.scope import Context, Definition, Structure
from hms_kernel.statements.syntax import Binder, Syntax
from hms_kernel.statements.tokens import Source, Token, tokenize

THEOREMS = ("theorem", "lemma", "example")
MODIFIERS = ("noncomputable", "private", "protected", "local", "scoped", "partial", "unsafe", "nonrec", "public", "meta")  # fmt: skip
IGNORED = ("import", "set_option", "universe", "universes", "#eval", "#check", "#print", "#align", "#synth",
           "#reduce", "add_decl_doc", "initialize", "assert_not_exists", "module", "deriving", "omit", "run_cmd",
           "#guard", "#guard_msgs", "#check_failure", "#help", "alias", "library_note", "suppress_compilation", "#simp", "#norm_num")  # fmt: skip
MEANING = ("notation", "macro", "macro_rules", "syntax", "elab", "elab_rules", "infix", "infixl", "infixr",
           "prefix", "postfix", "instance", "notation3", "binder_predicate", "declare_syntax_cat", "unif_hint", "export")  # fmt: skip
FOREIGN = ("inductive", "class", "axiom", "opaque", "constant", "mutual")
DEFINITIONS = ("def", "abbrev")
STRUCTURE = "structure"
SCOPES = ("namespace", "section", "end", "open", "variable", "variables", "include", "attribute")
COMMANDS = frozenset(
    (STRUCTURE, *THEOREMS, *MODIFIERS, *IGNORED, *MEANING, *FOREIGN, *DEFINITIONS, *SCOPES)
)
# These may also stand inside a proof or be ordinary words, so they begin a command only at a line's start.
_AMBIGUOUS = frozenset(
    ("open", "set_option", "local", "prefix", "end", "include", "omit", "variable", "variables", "constant",
     "alias", "module", "public", "meta", "export", "attribute", "notation", "partial", "infix", "postfix",
     "initialize", "deriving", "section", "syntax", "instance", "class", "scoped", "structure", "macro", "elab",
     "private", "unsafe", "class", "mutual", "axiom", "namespace", "import", "universe", "opaque", "inductive")
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Theorem:
    """A theorem's header, not yet elaborated, in the context of its commands."""

    name: str
    at: Token
    context: Context
    binders: tuple[Binder, ...] = ()
    type: Syntax | None = None
    error: StatementError | None = None  # it could not be read


@dataclass(eq=False)
class _Frame:
    """What ``end`` restores."""

    name: str
    context: Context


@dataclass(eq=False)
class Reader:
    """Folds commands into a context; collects theorems and where each command lies."""

    context: Context
    theorems: list[Theorem] = field(default_factory=list)
    _frames: list[_Frame] = field(default_factory=list)

    def read(self, source: Source) -> None:
        """Read every command of a text.

        Raises:
            StatementError: a command outside theorems and definitions cannot be understood.
        """
        for piece in pieces(source):
            self._command(piece)

    def _command(self, tokens: list[Token]) -> None:
        parser = TermParser(tokens)
        while parser.at("@["):
            _skip_attribute(parser)
        restore = None
        while parser.at(*MODIFIERS):
            parser.take()
        head = parser.take()
        word = head.text
        if word in ("open", "set_option") and any(t.text == "in" for t in tokens):
            restore = self.context
            if word == "open":
                self._open(parser, head)
            while not parser.at("in"):
                parser.take()
            parser.take()
            self._command(parser.tokens[parser.position :])
            self.context = _ended(restore, self.context)
            return
        if word in THEOREMS:
            self.theorems.append(self._theorem(parser, head))
        elif word in DEFINITIONS:
            self._definition(parser, head)
        elif word == STRUCTURE:
            self._structure(parser)
        elif word == "open":
            self._open(parser, head)
        elif word in ("variable", "variables"):
            self._variables(parser)
        elif word == "include":
            names = frozenset(t.text for t in parser.tokens[parser.position :] if t.kind == "name")
            self.context = replace(self.context, included=self.context.included | names)
        elif word in ("namespace", "section"):
            self._frames.append(_Frame(word, self.context))
            if word == "namespace" and parser.here.kind == "name":
                inner = ".".join(filter(None, (self.context.namespace, parser.take().text)))
                self.context = replace(self.context, namespace=inner)
        elif word == "end":
            if self._frames:
                self.context = _ended(self._frames.pop().context, self.context)
        elif word == "attribute":
            if any(t.text in ("instance", "default_instance", "coe", "-instance") for t in tokens):
                head.unsupported("`attribute` commands that change instances")
        elif word in MEANING:
            head.unsupported(f"`{word}` commands (they can change what the text means)")
        elif word in FOREIGN:
            self._foreign(parser, word, f"a `{word}` command")
        elif word in IGNORED:
            return
        else:
            head.invalid(f"expected a command, found '{word}'")

    def _open(self, parser: TermParser, head: Token) -> None:
        opened = []
        while parser.here.kind == "name" and not parser.at("in"):
            name = parser.take().text
            if name in ("scoped", "hiding", "renaming"):
                if name != "scoped":
                    head.unsupported(f"`open … {name}`")
                continue
            opened.append(name)
        if parser.at("("):
            head.unsupported("`open` of single names")
        self.context = replace(self.context, opens=(*self.context.opens, *opened))

    def _variables(self, parser: TermParser) -> None:
        binders: list[Binder] = []
        try:
            while parser.at("(", "{", "[", "⦃"):
                binders += parser.bracketed_binders()
        except UnsupportedStatement:
            # Only a statement that mentions one of them is concerned.
            what = "a `variable` of a kind outside the fragment"
            names = {t.text: what for t in parser.tokens if t.kind == "name"}
            self.context = replace(self.context, foreign={**self.context.foreign, **names})
            return
        if parser.here.kind != "end":
            parser.here.invalid(f"a binder is expected here, found {parser.here.shown}")
        self.context = replace(self.context, variables=(*self.context.variables, *binders))

    def _foreign(self, parser: TermParser, word: str, what: str) -> None:
        if word == "mutual":
            parser.here.unsupported("`mutual` definitions")
        while parser.here.kind == "name":
            name = parser.take().text
            if name not in COMMANDS:
                full = ".".join(filter(None, (self.context.namespace, name)))
                foreign = {**self.context.foreign, full: what, name: what}
                self.context = replace(self.context, foreign=foreign)
                return

    def _structure(self, parser: TermParser) -> None:
        start, name = parser.position, parser.take()
        if name.kind != "name":
            name.invalid("'structure' needs a name")
        try:
            members = structure_members(parser)
        except UnsupportedStatement as error:
            what = f"a `structure` command outside the fragment: {error.message}"
            self._foreign(TermParser(parser.tokens, start), STRUCTURE, what)
            return
        full = ".".join(filter(None, (self.context.namespace, name.text)))
        structure = Structure(full, name, tuple(members), self.context)
        self.context = replace(
            self.context, structures={**self.context.structures, full: structure}
        )

    def _theorem(self, parser: TermParser, head: Token) -> Theorem:
        name = ""
        if head.text != "example" and parser.here.kind == "name":
            name = parser.take().text
        try:
            if head.text != "example" and not name:
                parser.here.invalid(f"'{head.text}' needs a name")
            binders = _signature(parser)
            parser.expect(":")
            type_ = parser.term()
            if not (parser.at(":=", "where", "|") or parser.here.kind == "end"):
                parser.here.invalid(f"unexpected {parser.here.shown} after the statement")
        except StatementError as caught:
            return Theorem(name, head, self.context, error=caught)
        except RecursionError:
            error = UnsupportedStatement(
                "a statement nested this deeply", line=head.line, column=head.column
            )
            return Theorem(name, head, self.context, error=error)
        full = ".".join(filter(None, (self.context.namespace, name))) if name else ""
        return Theorem(full, head, self.context, tuple(binders), type_)

    def _definition(self, parser: TermParser, head: Token) -> None:
        if parser.here.kind != "name":
            parser.here.invalid(f"'{head.text}' needs a name")
        at = parser.take()
        full = ".".join(filter(None, (self.context.namespace, at.text.removeprefix("_root_."))))
        binders: list[Binder] = []
        type_ = value = None
        error = None
        context = self.context
        try:
            binders = _signature(parser)
            if parser.at(":"):
                parser.take()
                type_ = parser.term()
            if parser.at("|", "where"):
                parser.here.unsupported("definitions by pattern matching")
            parser.expect(":=")
            value = parser.term()
            if parser.here.kind != "end" and not parser.at("@[", "deriving", "termination_by"):
                parser.here.invalid(f"unexpected {parser.here.shown} after the definition")
            mentioned = {t.text.partition(".")[0] for t in parser.tokens}
            binders = [*_needed(context.variables, mentioned), *binders]
        except StatementError as caught:
            error = caught
        except RecursionError:
            error = UnsupportedStatement(
                "a definition nested this deeply", line=at.line, column=at.column
            )
        definition = Definition(full, at, tuple(binders), type_, value, context, error)
        self.context = replace(context, definitions={**context.definitions, full: definition})


def _ended(before: Context, inside: Context) -> Context:
    """What is in force after a section: as before it, with what was defined inside."""
    return replace(
        before,
        definitions=inside.definitions,
        structures=inside.structures,
        foreign=inside.foreign,
    )


def _needed(variables: tuple[Binder, ...], mentioned: set[str]) -> list[Binder]:
    """The section variables a declaration takes: those it mentions, and those their types mention."""
    wanted = set(mentioned)
    for binder in reversed(variables):
        if binder.name in wanted and binder.type is not None:
            wanted |= names_in(binder.type)
    return [binder for binder in variables if binder.name in wanted and binder.style != "["]


def names_in(node: object) -> set[str]:
    """Every identifier in a piece of syntax, and its first part."""
    found: set[str] = set()
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, tuple):
            pending += item
        elif hasattr(item, "__dataclass_fields__") and not isinstance(item, Token):
            pending += [getattr(item, name) for name in item.__dataclass_fields__ if name != "at"]
        elif isinstance(item, str):
            found |= {item, item.partition(".")[0]}
    return found


def _signature(parser: TermParser) -> list[Binder]:
    if parser.at(".{"):
        parser.here.unsupported("universe parameters")
    binders: list[Binder] = []
    while parser.at("(", "{", "[", "⦃"):
        binders += parser.bracketed_binders()
    return binders


def _skip_attribute(parser: TermParser) -> None:
    depth = 0
    while parser.here.kind != "end":
        token = parser.take()
        if token.text in ("instance", "default_instance", "coe", "macro"):
            token.unsupported(f"the attribute {token.text}")
        depth += token.text in ("@[", "[", "(")
        depth -= token.text in ("]", ")")
        if depth == 0:
            return


def starts_command(token: Token) -> bool:
    """Whether a token begins a new command, wherever it stands."""
    if token.kind == "string":
        return False
    if token.text == "@[":
        return token.first
    if token.text not in COMMANDS:
        return False
    if token.text in _AMBIGUOUS or token.text in MODIFIERS or token.text.startswith("#"):
        return token.first and token.column == 1
    return True


def pieces(source: Source) -> list[list[Token]]:
    """The tokens of each command, each list closed by an ``end`` token."""
    return split(tokenize(source))


def split(tokens: list[Token]) -> list[list[Token]]:
    """Cut a token list into commands."""
    result: list[list[Token]] = []
    current: list[Token] = []
    for token in tokens[:-1]:
        if starts_command(token) and not _continues(current):
            if current:
                result.append([*current, _end_after(current[-1])])
            current = []
        current.append(token)
    if current:
        result.append([*current, tokens[-1]])
    return result


def _end_after(token: Token) -> Token:
    """Where a command ends: behind its last token, not where the next one begins."""
    column = token.column + len(token.text)
    return replace(token, kind="end", text="", start=token.end, column=column, first=False)


def _continues(current: list[Token]) -> bool:
    """Whether only attributes, modifiers or ``open … in`` stand before, so the command is still to come."""
    if not current:
        return True
    if current[-1].text == "in" and current[0].text in ("open", "set_option"):
        return True
    rest = list(current)
    if rest[0].text == "@[":
        depth = 0
        for index, token in enumerate(rest):
            depth += token.text in ("@[", "[")
            depth -= token.text == "]"
            if depth == 0:
                rest = rest[index + 1 :]
                break
        else:
            return True
        if rest and rest[0].text == "@[":
            return _continues(rest)
    return all(token.text in MODIFIERS for token in rest)
