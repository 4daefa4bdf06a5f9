"""What HMS specifications wrap around a formula: labels, quantifiers, conditions. Resolves no name.

``Weights sum to 1: a + b = 1``, ``x > 0 for all sectors``, ``-1 ≤ x ≤ 1 given the
constraints on inputs``, ``∀ sectors s: w(s) > 0``, ``Therefore, x ≥ y, making x safe``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hms_kernel.specs.formulas import (
    Chain,
    Name,
    Negative,
    Node,
    Number,
    Prose,
    parse,
    proposition,
)


@dataclass(frozen=True)
class Sentence:
    """A formula and what was said around it."""

    body: Node
    conditions: tuple[Node, ...] = ()  # "given x > 0"
    indices: tuple[str, ...] = ()  # "∀ sectors s, t:" gives s and t
    inputs_of: tuple[str, str] | None = None  # "∀ inputs x to F:" gives x and F


# One noun: an adjective, as in "all active sectors", restricts in a way no formula shows.
_FOR_ALL = re.compile(
    r"[\s,]+for\s+(?:all|each|every|any)\s+(?:the\s+)?[^\W\d_]+(?:\s+and\s+[^\W\d_]+)?$",
    re.IGNORECASE,
)
# "Σ(x across all policies)": what Σ runs over, in words.
_ACROSS = re.compile(
    r"\s+(?:across|over|for)\s+(?:all\s+)?(?:the\s+)?[^\W\d_]+(?=\s*\))", re.IGNORECASE
)
_GIVEN = re.compile(
    r"[\s,]+(?:given(?:\s+that)?|provided(?:\s+that)?|assuming(?:\s+that)?|whenever|when|if)\s+",
    re.IGNORECASE,
)
_THE_CONSTRAINTS = re.compile(
    r"(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:input\s+)?(?:constraints|ranges|bounds|assumptions)"
    r"(?:\s+(?:on|of)\s+(?:the\s+|all\s+)*(?:inputs?|variables?|factors?))?(?:\s+hold)?$",
    re.IGNORECASE,
)
_QUANTIFIER = re.compile(
    r"^(?:∀|for\s+all\b|for\s+every\b|for\s+each\b)\s*([^:]*?)\s*:\s*(.+)$",
    re.DOTALL | re.IGNORECASE,
)
_INPUTS = re.compile(
    r"^(?:all\s+)?(?:inputs?|factors?)\s+(\w+)\s+(?:to|of|in)\s+(\w+)$", re.IGNORECASE
)
# A bound variable among nouns: one letter, perhaps with a number or a dash.
_BOUND = re.compile(r"^[^\W\d_][\d₀-₉]*'*$")
_LABEL = re.compile(r"^([^:=<>≤≥]*):\s*(.+)$", re.DOTALL)
# A label with one of these limits what follows, so it cannot be dropped.
_LIMITS = re.compile(
    r"\b(?:if|unless|except|excluding|when|whenever|where|while|given|for|in|under|assuming|provided"
    r"|suppose|let|not|never|until|during|only|some|most|usually|approximately)\b",
    re.IGNORECASE,
)
_ALL_INPUTS = re.compile(
    r"^all\s+(?:the\s+)?(?:input\s+)?(?:inputs|factors|variables|values)\b[^\d]*?"
    r"(-?\d+(?:\.\d+)?)\s*(?:-|–|to|and)\s*(-?\d+(?:\.\d+)?)(?:\s+(?:scale|range|interval))?\.?$",
    re.IGNORECASE,
)
_SIGN_WORDS = {
    "positive": ">",
    "strictly positive": ">",
    "negative": "<",
    "nonnegative": "≥",
    "non-negative": "≥",
    "nonzero": "≠",
    "non-zero": "≠",
}
_THEREFORE = re.compile(
    r"^(?:therefore|thus|hence|so|consequently|it follows that|in conclusion)\b[\s,:]*(.+)$",
    re.IGNORECASE | re.DOTALL,
)


def read(text: str) -> Sentence:
    """The formula in the text.

    Raises:
        Prose: there is none, or something around it is not understood.
    """
    text = text.strip().rstrip(".;").strip()
    if not text:
        raise Prose("there is no text")
    if text[0] in "∄∃":
        raise Prose(f"{text[0]!r} speaks of things that the file does not define")
    if quantified := _QUANTIFIER.match(text):
        return _quantified(quantified.group(1), quantified.group(2))
    try:
        return _plain(text)
    except Prose:
        # Only a label in front may be dropped: "Weights sum to 1: 0.4 + 0.6 = 1".
        labelled = _LABEL.match(text)
        if labelled is None or _LIMITS.search(labelled.group(1)):
            raise
        return _plain(labelled.group(2))


def _plain(text: str) -> Sentence:
    conditions: list[Node] = []
    text = _ACROSS.sub("", text)
    pieces = _GIVEN.split(text)
    if pieces[0].count("(") != pieces[0].count(")"):
        pieces = [text]  # the condition stands inside brackets, where no formula has one
    for condition in pieces[1:]:
        if not _THE_CONSTRAINTS.match(condition.strip()):
            conditions.append(_statement(condition))
    return Sentence(_statement(_FOR_ALL.sub("", pieces[0])), tuple(conditions))


def _statement(text: str) -> Node:
    node = parse(text)
    if not proposition(node):
        raise Prose(f"{clip(text)!r} compares nothing with anything")
    return node


def _quantified(binder: str, body: str) -> Sentence:
    if inputs := _INPUTS.match(binder):
        inner = _plain(body)
        return Sentence(inner.body, inner.conditions, (), (inputs.group(1), inputs.group(2)))
    said = [word for word in re.split(r"[\s,]+", binder) if word.lower() not in ("", "all", "the")]
    names = [word for word in said if _BOUND.match(word)]
    nouns = said[: len(said) - len(names)]
    if [*nouns, *names] != said or len(nouns) > 1:
        raise Prose(f"the quantifier ranges over {binder!r}, which the file does not define")
    try:
        inner = _plain(body)
    except Prose as error:
        raise Prose(f"after the quantifier over {binder!r} comes no formula: {error}") from error
    return Sentence(inner.body, inner.conditions, tuple(names))


def range_of_all_inputs(text: str) -> tuple[str, str] | None:
    """The bounds in "All inputs normalized to 0-100 scale", as numerals; None for other text."""
    match = _ALL_INPUTS.match(text.strip())
    return (match.group(1), match.group(2)) if match else None


def about(name: str, constraint: str) -> str:
    """A variable's constraint as a formula: "≥ 0", "[0, 1]", "is positive", "between 0 and 1"."""
    text = re.sub(rf"^{re.escape(name)}\s+(?=in\b|∈|is\b|must\b|should\b)", "", constraint.strip())
    text = re.sub(r"^(?:is|must be|should be)\s+", "", text)
    if re.match(r"^(?:[<>≤≥≠=]|!=)", text):
        return f"{name} {text}"
    if sign := _SIGN_WORDS.get(text.lower()):
        return f"{name} {sign} 0"
    number = r"(-?\d+(?:\.\d+)?)"
    if match := re.match(rf"^(?:in\s+|∈\s*)?([\[(])\s*{number}\s*,\s*{number}\s*([\])])$", text):
        left = "≤" if match.group(1) == "[" else "<"
        right = "≤" if match.group(4) == "]" else "<"
        return f"{match.group(2)} {left} {name} {right} {match.group(3)}"
    if match := re.match(rf"^between\s+{number}\s+and\s+{number}$", text, re.IGNORECASE):
        return f"{match.group(1)} ≤ {name} ≤ {match.group(2)}"
    return constraint.strip()


def conclusion(lines: list[str]) -> Node:
    """What an outline arrives at: its last line, "Therefore, x ≥ y, making x conservative".

    Raises:
        Prose: the last line concludes no formula.
    """
    last = lines[-1].strip().rstrip(".") if lines else ""
    match = _THEREFORE.match(last)
    if match is None:
        raise Prose(f"the outline ends without a conclusion: {clip(last)!r}")
    text = match.group(1)
    while True:
        try:
            return _statement(text)
        except Prose:
            # Remarks follow a comma; the formula is what stands before the first that parses.
            if "," not in text:
                raise
            text = text.rpartition(",")[0]


def local_definitions(lines: list[str]) -> dict[str, Node]:
    """Names an outline introduces for itself: "the raw estimate: raw = Σ(a * b)"."""
    found: dict[str, Node] = {}
    for line in lines:
        try:
            node = parse(line.rpartition(":")[2].strip().rstrip("."))
        except Prose:
            continue
        if isinstance(node, Chain) and node.signs == ("=",) and isinstance(node.terms[0], Name):
            found.setdefault(node.terms[0].name, node.terms[1])
    return found


def clip(text: str) -> str:
    """Text short enough for a message."""
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:67] + "..."


def numeral(text: str) -> Node:
    """A numeral with its sign as a tree."""
    return Negative(Number(text[1:])) if text.startswith("-") else Number(text)
