"""Claims and the specifications that hold them: what a loader hands on. Reads no file, proves nothing."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from hms_kernel.model import Goal, Outcome, Semantics, Verdict

_COMMAND = re.compile(
    r"^\s*(?:@\[[^\]]*\]\s*)*"
    r"(?:theorem|lemma|example|import|open|set_option|namespace|section|variable|noncomputable"
    r"|def|abbrev|structure|universe)\b"
)
_COMMENT = re.compile(r"\A\s*(?:--[^\n]*\n|/-.*?-/)", re.DOTALL)
_IDENTIFIER = re.compile(r"[^\W\d][\w']*")
# Longest first: a dotted name is one word, so that ``x.n`` does not mention ``n``.
_WORD = re.compile(r"[^\W\d][\w']*(?:\.[^\W\d][\w']*)*")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a specification says, as formally as its file allows.

    Either ``statement`` is Lean 4 text and the claim becomes a goal, or ``settled``
    says why it cannot.
    """

    id: str
    natural_language: str = ""
    statement: str = ""  # a Lean proposition, or a whole ``theorem ... := by sorry``
    variables: tuple[tuple[str, str], ...] = ()  # name and Lean type, in binder order
    hypotheses: tuple[str, ...] = ()  # Lean propositions over the variables
    definitions: tuple[str, ...] = ()  # Lean ``def`` commands in scope
    decimals: str = "ℝ"  # type of decimals nothing else types
    semantics: Semantics = Semantics.EXACT
    unstated: tuple[str, ...] = ()  # the file's assumptions that are prose, left out of the goal
    priority: str = ""
    source: str = ""  # where it comes from: a place in the file, a publication
    notes: tuple[str, ...] = ()  # how the text came about
    settled: Verdict | None = None  # outcome invalid or unsupported, never anything better

    def goal(self) -> Goal:
        """The claim as a prover receives it: one theorem with named hypotheses.

        Raises:
            ValueError: the claim is settled and there is nothing to prove.
        """
        if self.settled is not None:
            raise ValueError(f"claim {self.id!r} is {self.settled.outcome}: {self.settled.reason}")
        return Goal(
            theorem_id=self.id,
            statement=self._theorem(),
            definitions=self.definitions,
            decimals=self.decimals,
            semantics=self.semantics,
            unstated=self.unstated,
            notes=self.notes,
        )

    def _theorem(self) -> str:
        if is_command(self.statement):
            return self.statement
        lines = [f"theorem {lean_name(self.id)}"]
        for sort, group in itertools.groupby(self.variables, key=lambda variable: variable[1]):
            lines.append(f"    ({' '.join(name for name, _ in group)} : {sort})")
        taken = {name for name, _ in self.variables}
        for number, hypothesis in enumerate(self.hypotheses, start=1):
            name = fresh(f"h{number}", taken)
            taken.add(name)
            lines.append(f"    ({name} : {hypothesis})")
        return "\n".join(lines) + f" :\n    {self.statement} := by sorry"


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """A specification file: its claims in the order of the file, ids unique."""

    name: str  # short, for tables and file names
    title: str
    source: str  # path as given, or "built-in"
    kind: str  # "claims" (our own), "hms", "theorems", "python"
    claims: tuple[Claim, ...]
    notes: tuple[str, ...] = ()

    def review(self, claim: Claim, verdict: Verdict) -> Verdict:
        """What the source itself has to say of a verdict; a file has nothing to say."""
        return verdict

    def read_as(self, semantics: Semantics) -> Spec:
        """The specification with every claim asked under one semantics."""
        claims = tuple(msgspec.structs.replace(claim, semantics=semantics) for claim in self.claims)
        return msgspec.structs.replace(self, claims=claims)


def settled(
    outcome: Outcome, reason: str, *, id: str, natural_language: str = "", **known: object
) -> Claim:
    """A claim that cannot become a goal, with the reason for people to read."""
    verdict = Verdict(outcome=outcome, reason=reason)
    extra = {key: value for key, value in known.items() if value}
    return msgspec.structs.replace(
        Claim(id=id, natural_language=natural_language, settled=verdict), **extra
    )


def invalid(reason: str, *, id: str, natural_language: str = "", **known: object) -> Claim:
    """A claim that is not understood."""
    return settled(Outcome.INVALID, reason, id=id, natural_language=natural_language, **known)


def unsupported(reason: str, *, id: str, natural_language: str = "", **known: object) -> Claim:
    """A claim that uses something outside the fragment; the reason names it."""
    return settled(Outcome.UNSUPPORTED, reason, id=id, natural_language=natural_language, **known)


def unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims with ids made unique: a later namesake gets ``#2`` and a note. None is lost."""
    listed = list(claims)
    count: Counter[str] = Counter()
    out = []
    for claim, name in zip(listed, distinct([claim.id for claim in listed]), strict=True):
        count[claim.id] += 1
        if name != claim.id:
            place = count[claim.id]
            note = f"id {claim.id!r} occurs more than once in the file; this is entry {place} of it"
            claim = msgspec.structs.replace(claim, id=name, notes=(*claim.notes, note))
        out.append(claim)
    return tuple(out)


def distinct(names: Sequence[str]) -> list[str]:
    """The names in their order, each once: a later namesake gets the first free of ``#2``, ``#3``, …"""
    count: Counter[str] = Counter()
    known, taken = set(names), set[str]()
    out = []
    for given in names:
        count[given] += 1
        number, name = count[given], given
        while name in taken or (name != given and name in known):
            name = f"{given}#{number}"
            number += 1
        taken.add(name)
        out.append(name)
    return out


# --- Lean text, as far as a loader must look at it ------------------------------


def is_command(text: str) -> bool:
    """Whether the text is Lean commands (a whole theorem) and not a bare proposition."""
    while comment := _COMMENT.match(text):
        text = text[comment.end() :]
    return _COMMAND.match(text) is not None


def is_identifier(name: str) -> bool:
    """Whether the name can be a Lean binder."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in KEYWORDS


def words(text: str) -> set[str]:
    """The identifiers that occur in Lean text; a dotted name counts as one, and as its head."""
    found = set(_WORD.findall(text))
    return found | {word.split(".", 1)[0] for word in found}


def replace_word(text: str, name: str, value: str) -> str:
    """The text with every whole identifier ``name`` replaced."""
    return _WORD.sub(lambda match: value if match.group() == name else match.group(), text)


def lean_name(text: str) -> str:
    """An identifier as near to the text as Lean allows."""
    name = re.sub(r"[^\w']+", "_", text).strip("_")
    return name if is_identifier(name) else f"claim_{name}".rstrip("_")


def fresh(name: str, taken: set[str]) -> str:
    """The name, or the name with as many dashes after it as it takes to be new."""
    while name in taken:
        name += "'"
    return name


def broken(text: str) -> str:
    """Why this text cannot stand inside a binder, or the empty string.

    Brackets that do not match, a comment or a command would let one part of a claim
    reach into the next: a hypothesis could swallow the conclusion.
    """
    if "--" in text or "/-" in text or "-/" in text:
        return "it contains a comment"
    found = words(text)
    if commands := sorted(found & _COMMANDS):
        return f"it contains the command {commands[0]!r}"
    if ":=" in text and not found & {"let", "have"}:
        return "it contains ':=', and a proposition has no proof"
    pairs = {")": "(", "]": "[", "}": "{", "⟩": "⟨"}
    stack: list[str] = []
    for sign in text:
        if sign in pairs.values():
            stack.append(sign)
        elif sign in pairs and (not stack or stack.pop() != pairs[sign]):
            return f"its brackets do not match: {sign!r} closes nothing"
    return f"its brackets do not match: {stack[-1]!r} is never closed" if stack else ""


_COMMANDS = frozenset(("theorem", "lemma", "example", "def", "abbrev", "axiom", "instance"))
# fmt: off
KEYWORDS = frozenset((
    "abbrev", "and", "as", "at", "axiom", "by", "calc", "class", "def", "deriving", "do", "else",
    "end", "example", "exists", "export", "extends", "false", "for", "forall", "from", "fun",
    "have", "if", "import", "in", "include", "inductive", "infix", "instance", "let", "lemma",
    "local", "macro", "match", "mutual", "namespace", "noncomputable", "notation", "obtain", "open",
    "or", "partial", "prefix", "private", "protected", "return", "section", "set_option", "show",
    "sorry", "structure", "suffices", "syntax", "then", "theorem", "this", "true", "universe",
    "unsafe", "using", "variable", "where", "with", "Prop", "Sort", "Type", "λ", "Π", "Σ",
))
# fmt: on
