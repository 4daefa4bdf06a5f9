"""Counterexamples as the text has them: the numbers of a record and of a list put together again. Checks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hms_kernel.errors import StatementError
from hms_kernel.model import Counterexample
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import value_of
from hms_kernel.statements.terms import Bundle, Rel


def grouped(example: Counterexample, bundles: Sequence[Bundle]) -> Counterexample:
    """The example with each bundle's variables shown as one value, as Lean writes it.

    What they were goes to ``parts``. A bundle stays apart when one of its values is a function
    by a definition that mentions other variables.
    """
    values = dict(example.values)
    for bundle in _with_lengths(bundles):
        if isinstance(size := values.get(bundle.length), str):
            for name in filter(values.__contains__, _variables(bundle.parts[0])):
                values[name] = _tabulated(values[name], int(size))
    parts: dict[str, str | list[Any]] = {}
    shown: dict[str, str | list[Any]] = {}
    for bundle in bundles:
        names = _variables(bundle)
        try:
            text = _shown(bundle, values, ())
        except (LookupError, TypeError):
            continue
        parts.update({name: values[name] for name in names})
        shown[bundle.name] = text
    kept = {name: value for name, value in values.items() if name not in parts}
    told = worded(example.shows, bundles)
    return Counterexample(values={**shown, **kept}, parts=parts, shows=told)


def worded(text: str, bundles: Sequence[Bundle]) -> str:
    """A sentence in which the lengths of lists go by the name they have in the text."""
    for bundle in _with_lengths(bundles):
        text = re.sub(
            rf"(?<![\w'.]){re.escape(bundle.length)}(?![\w'])", f"{bundle.name}.length", text
        )
    return text


def _with_lengths(bundles: Sequence[Bundle]) -> Iterator[Bundle]:
    for bundle in bundles:
        if bundle.length:
            yield bundle
        yield from _with_lengths(bundle.parts)


def _variables(bundle: Bundle) -> list[str]:
    below = [name for part in bundle.parts for name in _variables(part)]
    if not bundle.parts:
        return [bundle.name]
    return [bundle.length, *below] if bundle.length else below


def _tabulated(value: str | list[Any], size: int) -> str | list[Any]:
    """The items of a list whose hypothesis gives them by a closed function of their place."""
    if isinstance(value, list) or not value.startswith("fun "):
        return value
    try:
        claims = [
            parse(f"({value}) ({place} : Fin {size}) = 0").conclusion for place in range(size)
        ]
        return [str(value_of(claim.left, {})) for claim in claims if isinstance(claim, Rel)]
    except StatementError:
        return value


def _shown(bundle: Bundle, values: Mapping[str, Any], path: tuple[int, ...]) -> Any:
    """A number as text; items as a list while they are numbers; records as text."""
    if not bundle.parts:
        value = values[bundle.name]
        for index in path:
            if isinstance(value, str):
                raise TypeError(bundle.name)
            value = value[index]
        return value
    if bundle.fields:
        entries = (
            f"{name} := {_text(_shown(part, values, path))}"
            for name, part in zip(bundle.fields, bundle.parts, strict=True)
        )
        return f"{{ {', '.join(entries)} }}"
    (item,) = bundle.parts
    size = int(values[bundle.length]) if bundle.length else _size(item, values)
    items = [_shown(item, values, (*path, index)) for index in range(size)]
    return items if not item.parts else _text(items)


def _size(bundle: Bundle, values: Mapping[str, Any]) -> int:
    """How many values a function on ``Fin n`` has."""
    while bundle.parts:
        bundle = bundle.parts[0]
    table = values[bundle.name]
    if isinstance(table, str):
        raise TypeError(bundle.name)
    return len(table)


def _text(value: Any) -> str:
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else str(value)
