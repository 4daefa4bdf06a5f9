"""Random expressions over lists are worth what the same functions of Python lists give, at every point."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import holds

QUICK = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.integers(-3, 3).map(Fraction)
points = st.lists(numbers, max_size=4)
places = st.integers(0, 4)


@dataclass(frozen=True)
class Listed:
    """A list as Lean text, and its items when l and m are known."""

    text: str
    items: list[Fraction]
    filtered: bool = False  # its items stand nowhere in particular


@st.composite
def lists(draw: st.DrawFn, named: dict[str, list[Fraction]], depth: int = 2) -> Listed:
    """A list made of l, m and literals."""
    kind = draw(st.sampled_from(["name", "literal", "replicate"] + ["cons", "append", "map", "filter"] * (depth > 0)))  # fmt: skip
    a, b = draw(numbers), draw(numbers)
    if kind == "name":
        name = draw(st.sampled_from(sorted(named)))
        return Listed(name, named[name])
    if kind == "literal":
        items = draw(st.lists(numbers, max_size=3))
        return Listed(f"([{', '.join(map(str, items))}] : List ℝ)", items)
    if kind == "replicate":
        count = draw(places)
        return Listed(f"(List.replicate {count} ({a} : ℝ))", [a] * count)
    inner = draw(lists(named, depth - 1))
    if kind == "cons":
        return Listed(f"(({a} : ℝ) :: {inner.text})", [a, *inner.items], inner.filtered)
    if kind == "append":
        other = draw(lists(named, depth - 1))
        items = [*inner.items, *other.items]
        return Listed(f"({inner.text} ++ {other.text})", items, inner.filtered or other.filtered)
    if kind == "map":
        items = [a * x + b for x in inner.items]
        return Listed(f"({inner.text}.map (fun x => {a} * x + {b}))", items, inner.filtered)
    items = [x for x in inner.items if x > a]
    return Listed(f"({inner.text}.filter (fun x => {a} < x))", items, True)


@st.composite
def claims(draw: st.DrawFn, named: dict[str, list[Fraction]]) -> tuple[str, bool]:
    """A proposition about a list, and whether it is true."""
    part = draw(lists(named))
    text, items = part.text, part.items
    a, k = draw(numbers), draw(places)
    found: list[tuple[str, bool]] = [
        (f"∀ x ∈ {text}, {a} < x", all(x > a for x in items)),
        (f"∃ x ∈ {text}, x = {a}", a in items),
        (f"({a} : ℝ) ∈ {text}", a in items),
        (f"{text}.all (fun x => {a} < x && x < 2)", all(a < x < 2 for x in items)),
        (f"{text}.any (fun x => x < {a})", any(x < a for x in items)),
        (f"{text} = []", not items),
        (f"{text}.sum = {sum(items)}", True),
        (f"{text}.prod = {math.prod(items)}", True),
        (f"{text}.length = {len(items)}", True),
        (f"{text}.foldl (fun s x => s + x * x) ({a}) = {a + sum(x * x for x in items)}", True),
        (f"{text}.countP (fun x => {a} < x) = {sum(x > a for x in items)}", True),
    ]
    if not part.filtered:
        other = draw(lists(named))
        at = items[k] if k < len(items) else None
        found += [
            (f"{text}.getD {k} ({a}) = {a if at is None else at}", True),
            (f"{text}[{k}]! = {0 if at is None else at}", True),
            (f"{text}.head! = {items[0] if items else 0}", True),
            (f"{text}.getLast! = {items[-1] if items else 0}", True),
            (f"{text}.Sorted (· ≤ ·)", items == sorted(items)),
            (f"{text}.Nodup", len(set(items)) == len(items)),
            (f"{text}.Pairwise (· > ·)", all(x > y for x, y in itertools.pairwise(items))),
        ]
        if not other.filtered:
            found.append((f"{text} = {other.text}", items == other.items))
    return draw(st.sampled_from(found))


@QUICK
@given(st.data(), points, points)
def test_a_claim_about_lists_is_true_exactly_when_python_says_so(
    data: st.DataObject, first: list[Fraction], second: list[Fraction]
):
    text, truth = data.draw(claims({"l": first, "m": second}))

    statement = parse(f"theorem t (l m : List ℝ) : (True ∧ True) ∧ ({text})")

    point = {"l_length": len(first), "l": first, "m_length": len(second), "m": second}
    assert holds(statement.conclusion, point) is truth
