"""Theorem repositories and lists of theorems in prose: one claim per entry. Judges no statement.

An entry with a ``formal_expression`` becomes a goal: its variables are bound, its
assumptions are hypotheses, an assumption ``name := value`` is a local definition, and
definitions it uses without carrying them come from the library. An entry without one
is prose; that a file marks it verified does not make it a claim that can be checked.
"""

from __future__ import annotations

import re
from typing import Any

from hms_kernel.errors import SpecError
from hms_kernel.specs import binders, library, shapes
from hms_kernel.specs.claim import Claim, Spec, broken, invalid, is_command, unique, unsupported

FORMAL = ("formal_expression", "formal_statement", "lean_expr", "lean")
_IDS = ("theorem_id", "name", "id")
_SYMBOLS = re.compile(r"[∀∃≤≥≠=<>→↔∧∨¬∑∏]")
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d")


def load(entries: list[Any], *, name: str, title: str, source: str, shared: Any = ()) -> Spec:
    """The claims of a list of theorem entries.

    Args:
        entries: the list, as plain data.
        shared: Lean definitions the file gives for all of them.

    Raises:
        SpecError: the list is empty.
    """
    if not entries:
        raise SpecError(f"{source} lists no theorems")
    common = _texts(shared, "definitions")
    claims = unique(_claim(entry, number, common) for number, entry in enumerate(entries, start=1))
    return Spec(name=name, title=title, source=source, kind="theorems", claims=claims)


class _Malformed(Exception):
    """An entry's key holds something of the wrong shape."""


def _claim(entry: Any, number: int, shared: tuple[str, ...]) -> Claim:
    place = f"entry {number}"
    if not isinstance(entry, dict):
        return invalid(
            f"malformed: {place} is no table of keys", id=f"theorem.{number}", source=place
        )
    id = next((i for key in _IDS if (i := shapes.text(entry.get(key)))), f"theorem.{number}")
    about: dict[str, Any] = {
        "id": id,
        "natural_language": next(
            (t for key in ("natural_language", "statement", "description") if (t := shapes.text(entry.get(key)))), ""
        ),
        "priority": shapes.text(entry.get("priority")),
        "source": ".".join(filter(None, (shapes.text(entry.get(k)) for k in ("source_module", "source_function"))))
        or place,
    }  # fmt: skip
    missing = () if id != f"theorem.{number}" else (f"{place} has no id: {', '.join(_IDS)}",)
    notes = (*missing, *_status(entry))
    try:
        text = _formal(entry)
        if not text:
            return _prose(entry, about, notes)
        return _goal(entry, text, about, notes, shared)
    except _Malformed as error:
        return invalid(f"malformed: {error}", notes=notes, **about)
    except binders.BadBinder as error:
        return invalid(str(error), notes=notes, **about)
    except binders.ForeignType as error:
        return unsupported(str(error), notes=notes, **about)


def _formal(entry: dict[str, Any]) -> str:
    for key in FORMAL:
        if key in entry:
            if not isinstance(entry[key], str):
                raise _Malformed(f"{key} should be Lean text")
            if entry[key].strip():
                return str(entry[key].strip())
            raise _Malformed(f"{key} is empty")
    statement = shapes.text(entry.get("statement"))
    return statement if is_command(statement) or _SYMBOLS.search(statement) else ""


def _prose(entry: dict[str, Any], about: dict[str, Any], notes: tuple[str, ...]) -> Claim:
    said = about["natural_language"]
    what = f"the statement {said!r} is prose" if said else "there is no statement"
    reason = f"informal: {what}, and the entry has no formal statement ({', '.join(FORMAL)})"
    if isinstance(entry.get("proof"), str):
        reason += "; its proof is prose too"
    if entry.get("verified") is True:
        reason += '; "verified: true" is what its authors claim, not a check'
    return invalid(reason, notes=notes, **about)


def _goal(
    entry: dict[str, Any], text: str, about: dict[str, Any], notes: tuple[str, ...],
    shared: tuple[str, ...],
) -> Claim:  # fmt: skip
    variables = _variables(entry.get("variables"))
    assumptions = _texts(entry.get("assumptions"), "assumptions")
    carried = (*shared, *_texts(entry.get("definitions"), "definitions"))
    if is_command(text):
        if variables or assumptions:
            raise _Malformed("a whole theorem has its variables and assumptions inside it")
        return Claim(statement=text, definitions=carried, notes=notes, **about)
    local = []
    hypotheses = []
    for assumption in assumptions:
        if found := binders.local(assumption):
            name, sort, value = found
            local.append((name, sort or variables.get(name, ""), value))
        else:
            hypotheses.append(assumption)
    for part in (text, *hypotheses, *(piece for found in local for piece in found)):
        if why := broken(part):
            raise _Malformed(f"{part!r} is not understood: {why}")
    defined = {name for name, _, _ in local}
    texts = [text, *hypotheses, *(value for _, _, value in local)]
    known = {*variables, *defined, *(n for c in carried for n in library.defined(c))}
    supplied, said = library.supply((*texts, *variables.values()), bound=known)
    types = {name for c in (*carried, *supplied) for name in library.structures(c)}
    bound = binders.ordered({n: sort for n, sort in variables.items() if n not in defined}, types)
    remarks = [f"local definition: {name} := {value}" for name, _, value in local]
    if any(_DECIMAL.search(part) for part in (*texts, *carried, *supplied)):
        remarks.append(
            "decimals read as exact real numbers; ℝ is ascribed to those that nothing else types"
        )
    return Claim(
        statement=binders.wrapped(text, local),
        variables=bound,
        hypotheses=tuple(binders.wrapped(hypothesis, local) for hypothesis in hypotheses),
        definitions=(*supplied, *carried),
        notes=(*notes, *said, *remarks),
        **about,
    )


# --- plain data -------------------------------------------------------------------


def _status(entry: dict[str, Any]) -> tuple[str, ...]:
    if entry.get("verified") is True:
        return ('"verified: true" in the file is its authors\' word, not a check',)
    return ()


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise _Malformed(f"{key} should be a list of Lean texts")
    return tuple(v.strip() for v in value if v.strip())


def _variables(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise _Malformed("variables should be a table from names to Lean types")
    return {name.strip(): sort.strip() for name, sort in value.items()}
