"""The workbench's own specification format, TOML or JSON of the same shape. Reads claims, judges none.

    title = "A score and what is said of it"
    source = "where the facts come from"
    definitions = ["noncomputable def score {n : ℕ} (w x : Fin n → ℝ) : ℝ := ∑ i, w i * x i"]

    [variables]                       # shared: a claim binds those that it mentions
    n = "ℕ"
    w = "Fin n → ℝ"
    x = "Fin n → ℝ"

    [[claims]]
    id = "score_bounds"
    natural_language = "Ratings from 0 to 10 give a score from 0 to 10."
    hypotheses = ["∀ i, 0 ≤ w i", "∑ i, w i = 1", "∀ i, 0 ≤ x i ∧ x i ≤ 10"]
    statement = "0 ≤ score w x ∧ score w x ≤ 10"
    instances = { n = [1, 3] }        # two claims, score_bounds_n1 and score_bounds_n3

Statements, hypotheses, types and definitions are Lean 4. Decimals are ℝ unless
``decimals`` is Float, Lean's own reading. ``semantics = "float64"`` asks about a claim as
processors compute it, with doubles for ℝ. A claim without a statement is informal: it is shown,
and invalid. A mistake in one claim makes that claim invalid and leaves the others alone.
"""

from __future__ import annotations

import difflib
import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from hms_kernel.errors import SpecError
from hms_kernel.model import Semantics
from hms_kernel.specs import binders, library
from hms_kernel.specs.claim import (
    Claim,
    Spec,
    broken,
    invalid,
    is_command,
    replace_word,
    unique,
    unsupported,
    words,
)

MOST_INSTANCES = 100  # of one claim; each is a proof of its own
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d")
_DECIMALS = ("ℝ", "Float")


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """Everything but the claims."""

    name: str = ""
    title: str = ""
    source: str = ""
    decimals: str = "ℝ"
    definitions: list[str] = []
    variables: dict[str, str] = {}
    notes: list[str] = []


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One claim."""

    id: str
    natural_language: str = ""
    statement: str = ""
    hypotheses: list[str] = []
    variables: dict[str, str] = {}
    definitions: list[str] = []
    instances: dict[str, list[int | Literal["every"]]] = {}
    semantics: Semantics = Semantics.EXACT
    priority: str = ""
    source: str = ""
    notes: list[str] = []


_Shape = TypeVar("_Shape", _Header, _Entry)


def load(data: dict[str, Any], *, name: str, source: str) -> Spec:
    """The claims of a file in our own format.

    Raises:
        SpecError: a mistake outside the claims, or no claims.
    """
    entries = data.get("claims")
    if isinstance(entries, dict):
        raise SpecError(f"{source}: claims is one table; write [[claims]] before each claim")
    if not isinstance(entries, list) or not entries:
        raise SpecError(f"{source} has no claims; write [[claims]] before each")
    try:
        header = _read({k: v for k, v in data.items() if k != "claims"}, _Header, ("claims",))
    except _Mistake as error:
        raise SpecError(f"{source}: {error}") from error
    if header.decimals not in _DECIMALS:
        raise SpecError(
            f"{source}: decimals = {header.decimals!r}; use one of {', '.join(_DECIMALS)}"
        )
    claims = itertools.chain.from_iterable(
        _claims(entry, number, header) for number, entry in enumerate(entries, start=1)
    )
    return Spec(
        name=header.name or name,
        title=header.title or header.name or name,
        source=source,
        kind="claims",
        claims=unique(claims),
        notes=tuple(header.notes),
    )


class _Mistake(Exception):
    """Something in the file is not as the format has it."""


def _read(data: dict[str, Any], kind: type[_Shape], more: tuple[str, ...] = ()) -> _Shape:
    known = [*(field.name for field in msgspec.structs.fields(kind)), *more]
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
            raise _Mistake(f"unknown key {key!r}{hint}")
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise _Mistake(str(error).replace("`$.", "`").replace("Object", "it")) from error


def _claims(data: Any, number: int, header: _Header) -> Iterator[Claim]:
    given = data.get("id") if isinstance(data, dict) else None
    id = given if isinstance(given, str) and given.strip() else f"claims.{number}"
    said = data.get("natural_language") if isinstance(data, dict) else None
    about = {"id": id, "natural_language": said if isinstance(said, str) else ""}
    try:
        if not isinstance(data, dict):
            raise _Mistake("a claim should be a table with id and statement")
        entry = _read(data, _Entry)
        if not entry.id.strip():
            raise _Mistake("id is empty")
        if not entry.statement.strip():
            raise _Mistake("informal: the claim is given in words only, it has no statement")
        made = list(_instances(entry, header))
    except (_Mistake, binders.BadBinder) as error:
        yield invalid(str(error), source=f"claim {number}", **about)
    except binders.ForeignType as error:
        yield unsupported(str(error), source=f"claim {number}", **about)
    else:
        yield from made


def _instances(entry: _Entry, header: _Header) -> Iterator[Claim]:
    """The claim itself, or one copy for every combination of the values it is stated for."""
    whole = _claim(entry, header)
    if not entry.instances:
        yield whole
        return
    bound = dict(whole.variables)
    for name, values in entry.instances.items():
        if bound.get(name) not in ("ℕ", "Nat"):
            raise _Mistake(f"instances of {name}, which is no variable of type ℕ in the claim")
        if not values or any(isinstance(value, int) and value < 0 for value in values):
            raise _Mistake(f'instances of {name} should be natural numbers, or "every"')
    names = list(entry.instances)
    choices = list(
        itertools.islice(itertools.product(*entry.instances.values()), MOST_INSTANCES + 1)
    )
    if len(choices) > MOST_INSTANCES:
        raise _Mistake(f"more than {MOST_INSTANCES} instances of one claim")
    for choice in choices:
        fixed = {n: value for n, value in zip(names, choice, strict=True) if value != "every"}
        yield _at(whole, fixed) if fixed else whole


def _at(claim: Claim, values: Mapping[str, object]) -> Claim:
    def fixed(text: str) -> str:
        for name, value in values.items():
            text = replace_word(text, name, str(value))
        return text

    label = "".join(f"_{name}{value}" for name, value in values.items())
    stated = ", ".join(f"{name} = {value}" for name, value in values.items())
    return msgspec.structs.replace(
        claim,
        id=claim.id + label,
        statement=fixed(claim.statement),
        variables=tuple((n, fixed(sort)) for n, sort in claim.variables if n not in values),
        hypotheses=tuple(fixed(hypothesis) for hypothesis in claim.hypotheses),
        notes=(*claim.notes, f"stated for {stated}"),
    )


def _claim(entry: _Entry, header: _Header) -> Claim:
    texts = [entry.statement, *entry.hypotheses]
    used = set().union(*(words(text) for text in texts))
    variables = {**_mentioned(header.variables, used, entry.variables), **entry.variables}
    definitions = _reached((*header.definitions, *entry.definitions), (*texts, *variables.values()))
    about: dict[str, Any] = {
        "id": entry.id,
        "natural_language": entry.natural_language,
        "definitions": definitions,
        "decimals": header.decimals,
        "semantics": entry.semantics,
        "priority": entry.priority,
        "source": entry.source or header.source,
    }
    notes = tuple(entry.notes)
    if any(_DECIMAL.search(text) for text in (*texts, *about["definitions"])):
        exact = "as exact numbers of type ℝ" if header.decimals == "ℝ" else "as Lean's Float"
        notes += (f"decimals read {exact}",)
    if is_command(entry.statement):
        if entry.hypotheses or entry.variables or entry.instances:
            raise _Mistake(
                "a whole theorem has its variables and hypotheses inside it; "
                "hypotheses, variables and instances go with a bare statement"
            )
        return Claim(statement=entry.statement.strip(), notes=notes, **about)
    for text in texts:
        if not text.strip():
            raise _Mistake("a hypothesis is empty")
        if why := broken(text):
            raise _Mistake(f"{text!r} is not understood: {why}")
    types = {name for definition in definitions for name in library.structures(definition)}
    return Claim(
        statement=entry.statement.strip(),
        variables=binders.ordered(variables, types),
        hypotheses=tuple(hypothesis.strip() for hypothesis in entry.hypotheses),
        notes=notes,
        **about,
    )


def _reached(definitions: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """The definitions that texts use, through others too, in the order of the file.

    A definition that nobody can name is kept: then the mistake in it is reported.
    """
    definitions = [textwrap.dedent(definition).strip() for definition in definitions]
    reached = set().union(*(words(text) for text in texts))
    while True:
        kept = [
            d for d in definitions if not library.defined(d) or reached & set(library.defined(d))
        ]
        more = reached.union(*(words(definition) for definition in kept))
        if more == reached:
            return tuple(kept)
        reached = more


def _mentioned(shared: dict[str, str], used: set[str], own: dict[str, str]) -> dict[str, str]:
    """The shared variables that a claim uses, those in the types of others included."""
    reached = set(used).union(*(words(sort) for sort in own.values()))
    while True:
        chosen = {name: sort for name, sort in shared.items() if name in reached}
        more = reached.union(*(words(sort) for sort in chosen.values()))
        if more == reached:
            return chosen
        reached = more
