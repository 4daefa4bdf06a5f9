"""What a translated function means is what calling it does: construct by construct, then at random."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_functions import agrees, function, translation

NUMBERS = [Fraction(n, d) for n in (-7, -3, -1, 0, 1, 2, 5) for d in (1, 2, 3)]
WHOLE = range(-7, 8)
LISTS = [
    [Fraction(0), Fraction(0), Fraction(0)],
    [Fraction(1), Fraction(-2), Fraction(5, 2)],
    [Fraction(3), Fraction(3), Fraction(1, 3)],
]

OF_X = {
    "arithmetic": "return 2 * x - x / 3 + 1",
    "a negative base": "return -x ** 2",
    "a negative exponent": "return x ** -2",
    "the power of zero": "return x ** 0",
    "division by what may be zero": "return 1 / (x - 1)",
    "division guarded": "return 1 / x if x != 0 else 0",
    "division guarded by and": "return 1 if x != 0 and 1 / x > 2 else 0",
    "division guarded by or": "return 1 if x == 0 or 1 / x > 2 else 0",
    "division unguarded by or": "return 1 if x == 1 or 1 / x > 2 else 0",
    "division guarded in a chain": "return 1 if 0 < x < 1 / x else 0",
    "the floor of a quotient": "return x // 2",
    "the floor of a negative quotient": "return x // -2",
    "the rest of a negative quotient": "return x % -2 + x % 3",
    "floor of x by x": "return 5 // x",
    "rest of x by x": "return 5 % x",
    "divmod": "q, r = divmod(x, 2)\n    return 10 * q + r",
    "round to even": "return round(x)",
    "round to digits": "return round(x, 1)",
    "truncation": "return int(x)",
    "floor and ceiling": "import math\n    return 10 * math.floor(x) + math.ceil(x)",
    "abs": "return abs(x - 1)",
    "min and max": "return min(x, 1, 2 - x) + max(x, 0)",
    "a conditional": "return 1 if x > 0 else -1 if x < 0 else 0",
    "an if with returns": "if x < 0:\n        return 0\n    elif x > 1:\n        return 1\n    return x",
    "an if that assigns": "y = x\n    if x < 0:\n        y = -x\n    else:\n        y += 1\n    return y",
    "ifs in a row": "y = 0\n    if x > 0:\n        y += 1\n    if x > 1:\n        y += x\n    return y",
    "a nested early return": "if x > 0:\n        if x > 1:\n            return 1\n    return 2",
    "a bool as a number": "return (x > 0) + (x > 1) * 2",
    "and and or of numbers": "return (x and 3) + (x or 4)",
    "not of a number": "return 1 if not x else 2",
    "a chained comparison": "return 1 if 0 <= x < 2 else 0",
    "tuple unpacking": "a, (b, c) = x, (1, x + 1)\n    a, b = b, a\n    return a * 2 + b + c",
    "a loop": "t = 0\n    for i in range(4):\n        t += i * x\n    return t",
    "a loop with break": "for i in range(4):\n        if i > x:\n            break\n    return i",
    "a loop with continue": "t = 0\n    for i in range(4):\n        if i > x:\n            continue\n        t += i\n    return t",
    "a loop with else": "for i in range(3):\n        if i == x:\n            break\n    else:\n        return 9\n    return i",
    "a return within a loop": "for i in range(3):\n        if i * i >= x:\n            return i\n    return -1",
    "a while loop": "i = 0\n    while i < 3:\n        x = x * 2 - i\n        i += 1\n    return x",
    "the least of each of several lists": "return sum(map(min, [[x, 2], [3, x]]))",
    "tuples of lists": "return 1 if list(map(tuple, [[x, 2]])) == [(x, 2)] else 0",
    "sum of a generator": "return sum(x * i for i in range(4) if i != 2)",
    "a comprehension": "return sum([i + x for i in range(3)])",
    "two loops in one": "return sum(i * j + x for i in range(2) for j in range(i + 1))",
    "an inner function": "def g(y, k=2):\n        return y * k + x\n    return g(x) + g(y=1, k=3)",
    "a lambda that sees later values": "k = 1\n    f = lambda y: y + k\n    k = 5\n    return f(x)",
    "a list that grows": "a = []\n    for i in range(3):\n        a.append(x + i)\n    a[1] = 7\n    return sum(a)",
    "a list that grows at times": "a = [0, 0]\n    if x > 0:\n        a[0] = x\n    return a[0] - a[1]",
    "assert": "assert x > 0\n    return x",
    "raise": "if x > 2:\n        raise ValueError('too large')\n    return x",
    "raise on every path": "raise ValueError('never')",
    "a missing return": "if x > 0:\n        return x",
    "None by default": "def g(y, cap=None):\n        return y if cap is None else min(y, cap)\n    return g(x) + g(x, 1)",
    "membership": "return 1 if x in (0, 1, 2.5) else 0",
    "equality of tuples": "return 1 if (x, 1) == (1, x) else 0",
    "any and all": "return any(x > i for i in range(3)) + 2 * all(x > i for i in range(3))",
    "enumerate and zip": "return sum(i * a * b for i, (a, b) in enumerate(zip((1, x), (x, 2)), start=1))",
    "map and lambda": "return sum(map(lambda i: i * x, range(3)))",
    "slices": "a = [x, 1, 2, 3]\n    return sum(a[1:]) + sum(a[::-2]) - a[-1]",
    "pow": "return pow(x, 3) + 2 ** 5",
    "math.prod": "import math\n    return math.prod([x, 2, x])",
    "a star in a call": "a = (x, 1)\n    return max(*a)",
    "bools are ints": "b = x > 0\n    return -b + abs(b) * 3 + round(b) + min(b, 2) + (b == 1) + sum([b, True])",
    "a bool or a number": "b = x > 0\n    return (b and x) + (b or 2)",
    "a negative numeral": "return (-2) ** 2 - 2 ** 2 + (-2) ** 3 * x - -3",
    "floors of constants": "return -7 // 2 + -7 % 2 + 7 // -2 + 7 % -2 + x",
    "floors by a float": "return x // 0.5 + x % -1.5",
    "round to tens": "return round(x * 30, -1)",
    "a shadowed builtin": "def abs(y):\n        return y + 1\n    return abs(x)",
    "a renamed builtin": "smallest = min\n    return smallest(x, 0)",
    "a name used in a comprehension": "y = x\n    a = [y * 2 for y in (1, 2)]\n    return y + sum(a)",
    "an inner function that sees a branch": "k = 1\n    def g():\n        return k + x\n    if x > 0:\n        k = 10\n    return g()",
    "a return in an inner loop": "for i in range(3):\n        for j in range(3):\n            if i * j > x:\n                return 10 * i + j\n            if j > i:\n                break\n    else:\n        return 77\n    return -1",
    "division after an assertion": "assert x != 1\n    return 1 / (x - 1)",
    "zero to the power of zero": "return (x - x) ** 0 + 0 ** 0",
    "a conditional in a condition": "return 1 if (x if x > 0 else -x) > 1 else 0",
    "nested tuples swapped": "a = ((x, 1), 2)\n    (b, c), d = a\n    return b - c * d",
    "an unused error": "y = 1 / x\n    return 3",
    "an error in an unused list": "y = [1 / (x - i) for i in range(3)]\n    return 3",
    "an error that is not reached": "if x < 100:\n        return 1\n    return 1 / 0",
    "decimals are exact": "return 0.1 * x + 0.2 * x",
    "decimals compared": "return 1 if x / 10 <= 0.1 else 0",
}

OF_K = {
    "floors": "return k // 2 * 100 + k % 2",
    "floors by a negative": "return k // -3 * 100 + k % -3",
    "floors of a number": "return 17 // k * 100 + 17 % k if k else 0",
    "floors raise": "return 17 // k",
    "true division": "return k / 2",
    "a float in between": "return k // 2.0 + k % 1.5",
    "powers": "return k ** 3 - 2 * k ** 2",
    "a negative power": "return k ** -2 if k in (0, 1, 2, -4) else 0",
    "an index": "return (10, 20, 30)[k]",
    "an index in a condition": "return (10, 20, 30)[k] if -3 <= k < 3 else 0",
    "int of an int": "return int(k) + round(k) + abs(k)",
    "a rounded ten": "return round(k, 1)",
    "parity": "return 1 if k % 2 == 0 else -1",
    "an early return in a loop": "for i in range(5):\n        if i * i > k:\n            return i\n    return k",
}  # fmt: skip

OF_W = {
    "a sum": "return sum(w)",
    "a sum with a start": "return sum(w, 1)",
    "a mean": "return sum(w) / len(w)",
    "a loop over elements": "t = 1\n    for x in w:\n        t += 2 * x\n    return t",
    "a loop over indices": "t = 0\n    for i in range(len(w)):\n        t += i * w[i]\n    return t",
    "the variable after a loop": "t = 0\n    for x in w:\n        t += x\n    return t + x",
    "a zip with itself": "return sum(a * b for a, b in zip(w, w[1:]))",
    "enumerate": "return sum(i * x for i, x in enumerate(w))",
    "a filter": "return sum(x for x in w if x > 0)",
    "a length of a filter": "return len([x for x in w if x > 0])",
    "a count": "return sum(x > 0 for x in w)",
    "an index from a filter": "return sum(w[i] for i in range(len(w)) if i != 1)",
    "powers of two by position": "return sum(2 ** i * x for i, x in enumerate(w, 1))",
    "a sum in a sum": "return sum(x * sum(y for y in w if y > x) for x in w)",
    "a sum of products": "return sum(x * y for x in w for y in w)",
    "a mean and a variance": "m = sum(w) / len(w)\n    return sum((x - m) ** 2 for x in w) / len(w)",
    "an accumulator in its own terms": "t = 0\n    for x in w:\n        t += t + x\n    return t",
    "two accumulators": "s, t = 0, 1\n    for i, x in enumerate(w):\n        s += x\n        t += s * i\n    return s + t",
    "all of an empty filter": "return all(x > 100 for x in w if x > 50)",
    "a product": "p = 1\n    for x in w:\n        p *= x\n    return p",
    "neighbours": "return sum(abs(w[i + 1] - w[i]) for i in range(len(w) - 1))",
    "membership": "return 1 if 3 in w else 0",
    "equality": "return 1 if w == [1, -2, 2.5] else 0",
    "a tuple is no list": "return 1 if tuple(w) == w else 2",
    "extremes": "return max(w) - min(w)",
    "all and any": "return all(x >= 0 for x in w) + 2 * any(x > 2 for x in w)",
    "a safe quotient": "return sum(1 / x for x in w if x != 0)",
    "an unsafe quotient": "return sum(1 / x for x in w)",
    "unpacking": "a, b, c = w\n    return a * b - c",
    "a wrong unpacking": "a, b = w\n    return a * b",
    "a list of lists": "m = [[x, 2 * x] for x in w]\n    return sum(a + b for a, b in m) + m[1][0]",
    "an index beyond": "return w[3]",
    "reversed": "t = 0\n    for x in reversed(w):\n        t = 2 * t + x\n    return t",
    "a running maximum": "best = w[0]\n    for x in w:\n        if x > best:\n            best = x\n    return best",
    "None at first": "best = None\n    for x in w:\n        if best is None or x > best:\n            best = x\n    return best",
    "powers by position": "return sum(x ** i for i, x in enumerate(w))",
    "a horner scheme": "t = 0\n    for x in w:\n        t = t * 2 + x if x > 0 else t\n    return t",
}  # fmt: skip


@pytest.mark.parametrize("name", OF_X)
def test_a_function_of_a_float(name: str):
    f = function(f"def f(x: float):\n    {OF_X[name]}\n")
    found = translation(f)

    assert all(agrees(f, found, x=x) for x in NUMBERS)


@pytest.mark.parametrize("name", OF_K)
def test_a_function_of_an_int(name: str):
    f = function(f"def f(k: int):\n    {OF_K[name]}\n")
    found = translation(f)

    assert all(agrees(f, found, k=k) for k in WHOLE)


@pytest.mark.parametrize("name", OF_W)
def test_a_function_of_a_list(name: str):
    f = function(f"def f(w: list[float]):\n    {OF_W[name]}\n")
    found = translation(f, sizes=3)

    assert all(agrees(f, found, w=w) for w in LISTS)


def test_a_function_of_a_bool():
    f = function("def f(b: bool, x: float):\n    y = x if b else -x\n    return y + b\n")
    found = translation(f)

    assert all(agrees(f, found, b=b, x=x) for b in (True, False) for x in NUMBERS)


def test_a_helper_with_the_constants_of_its_module():
    f = function(
        "from math import floor as down\n"
        "RATES = {'low': 0.1, 'high': 0.25}\n"
        "STEPS = (1, 2.5)\n"
        "def rate(x, *more, cap=STEPS[1]):\n"
        "    return min(RATES['low' if more else 'high'] * x, cap)\n"
        "def f(x: float):\n"
        "    return rate(x) + rate(x, 1, cap=1) + down(x) + sum(RATES.values()) + STEPS[-1]\n"
    )
    found = translation(f)

    assert all(agrees(f, found, x=x) for x in NUMBERS)
    assert any("RATES" in note or "STEPS" in note for note in found.notes)


def test_a_recursion_that_ends():
    f = function("def f(x: float, k=5):\n    return 1 if k == 0 else x * f(x, k=k - 1) + 1\n")
    found = translation(f, "f(x) == r")

    assert all(_claims_power(found, x) for x in NUMBERS)


def _claims_power(found: Any, x: Fraction) -> bool:
    from python_functions import environment

    from hms_kernel.statements.evaluate import replay

    value = sum(x**i for i in range(6))
    return replay(found.statement, environment(found, x=x, k=Fraction(0), r=value)).conclusion_holds


def test_many_ifs_in_a_row_stay_small():
    steps = "".join(f"    if x > {i}:\n        y = y * y + x\n" for i in range(12))
    f = function(f"def f(x: float):\n    y = x\n{steps}    return y\n")
    found = translation(f)

    assert agrees(f, found, x=Fraction(5, 2))
    assert len(found.statement.hypotheses) > 1  # large values have names


# --- at random --------------------------------------------------------------------------

# ``/`` divides an exact number: of two ints, Python makes a double, and the claim a fraction.
_small = st.sampled_from(["0", "1", "2", "3", "0.5", "-1"])


@st.composite
def expressions(draw: Any, depth: int = 2) -> str:
    """An expression over x, k, w, and the locals a and b."""
    if depth == 0:
        return draw(st.one_of(_small, st.sampled_from(["x", "k", "a", "b", "w[0]", "w[k % 3]"])))
    form = draw(st.sampled_from([
        "({0} + {1})", "({0} - {1})", "({0} * {1})", "((x * 0 + {0}) / {1})", "({0} // {1})", "({0} % {1})",
        "min({0}, {1})", "max({0}, {1}, 1)", "abs({0})", "-{0}", "({0} ** 2)", "int({0})",
        "round({0})", "({0} if {2} else {1})", "({2}) + 0", "sum(u * {0} for u in w)",
        "sum({0} for u in w if u > {1})", "({0} and {1})", "({0} or {1})", "[{0}, {1}, 3][k % 2]",
        "g({0}, {1})",
    ]))  # fmt: skip
    return _filled(draw, form, expressions(depth - 1), conditions(depth - 1))


def _filled(draw: Any, form: str, inner: Any, condition: Any) -> str:
    """A form with only as many parts drawn as it has places."""
    parts = {"0": inner, "1": inner, "2": condition, "3": inner}
    return form.format(*(draw(parts[n]) if f"{{{n}}}" in form else "" for n in parts))


@st.composite
def conditions(draw: Any, depth: int = 1) -> str:
    form = draw(st.sampled_from([
        "{0} < {1}", "{0} <= {1} < {3}", "{0} == {1}", "{0} != {1}", "not {0}", "{0} > {1} or {1} > {3}",
        "{0} > {1} and {1} != 0", "any(u > {0} for u in w)", "{0} in (0, {1})",
    ]))  # fmt: skip
    return _filled(draw, form, expressions(depth), None)


@st.composite
def blocks(draw: Any, depth: int, loop: bool, indent: str = "    ") -> str:
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kinds = ["set", "add", "if", "return"]
        kinds += ["for"] if depth else []
        kinds += ["break", "continue"] if loop else []
        match draw(st.sampled_from(kinds)):
            case "set":
                name = draw(st.sampled_from(["a", "b"]))
                lines.append(f"{indent}{name} = {draw(expressions())}")
            case "add":
                lines.append(f"{indent}a += {draw(expressions(1))}")
            case "return":
                lines.append(f"{indent}if {draw(conditions())}:")
                lines.append(f"{indent}    return {draw(expressions(1))}")
            case "break" | "continue" as word:
                lines.append(f"{indent}if {draw(conditions())}:\n{indent}    {word}")
            case "if":
                lines.append(f"{indent}if {draw(conditions())}:")
                lines.append(draw(blocks(0, loop, indent + "    ")))
                if draw(st.booleans()):
                    lines.append(f"{indent}else:")
                    lines.append(draw(blocks(0, loop, indent + "    ")))
            case "for":
                over = draw(st.sampled_from(["u in w", "u in range(2)", "u in (x, k)"]))
                lines.append(f"{indent}for {over}:")
                lines.append(draw(blocks(depth - 1, True, indent + "    ")))
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=blocks(1, False),
    points=st.lists(
        st.tuples(
            st.fractions(-4, 4, max_denominator=3),
            st.integers(-4, 4),
            st.lists(st.fractions(-3, 3, max_denominator=2), min_size=3, max_size=3),
        ),
        min_size=3,
        max_size=3,
    ),
)
def test_a_random_function_means_what_calling_it_does(body: str, points: list[Any]):
    f = function(
        "def g(y, z=1):\n    if y > z:\n        return y\n    return z - y\n\n"
        f"def f(x: float, k: int, w: list[float]):\n    a, b = x, 1\n    u = 0\n{body}\n    return a - b\n"
    )
    found = translation(f, sizes=3)

    assert all(agrees(f, found, x=x, k=k, w=w) for x, k, w in points)
