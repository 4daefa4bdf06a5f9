"""Python outside the fragment: the error names the construct, points at it, and says what to write."""

from __future__ import annotations

import pytest
from python_functions import function, module, translation

import hms_kernel as hms
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.specs import python

BODIES = {
    "while x > 0:\n        x -= 1\n    return x": ("`for _ in range(k)`", "x > 0"),
    "return x ** x": ("exponent depends on the arguments", "x ** x"),
    "return x ** 0.3": ("the power 3/10", "x ** 0.3"),
    "return math.sin(x)": ("a call of math.sin", "math.sin(x)"),
    "return sorted([x, 1])[0]": ("use min and max", "sorted([x, 1])"),
    "print(x)\n    return x": ("leave it out", "print(x)"),
    "try:\n        return x\n    except ValueError:\n        return 0": ("write the condition as an if", "try:"),
    "with open('f') as g:\n        return x": ("with;", "with open('f') as g:"),
    "match x:\n        case 1:\n            return 2\n    return x": ("write if and elif", "match x:"),
    "return {'a': x}['a']": ("a dict;", "{'a': x}"),
    "return (y := x) + y": ("a line of its own", "y := x"),
    "return f'{x}'": ("a formatted text", "f'{x}'"),
    "return x | 1": ("the operator BitOr", "x | 1"),
    "return y": ("y cannot be used here: there is no such name", "y"),
    "if x > 0:\n        y = 1\n    return y": ("a value on one path only", "y"),
    "y = 1 if x > 0 else None\n    return y + 1": ("an int on one path and None", "1 if x > 0 else None"),
    "global y\n    y = x\n    return y": ("global;", "global y"),
    "return x.real": ("the attribute real of a number", "x.real"),
    "for i in range(x):\n        pass\n    return x": ("range of something that is no int", "range(x)"),
    "return sum(range(int(x)))": ("a range that depends on the arguments", "range(int(x))"),
    "return sum(x)": ("annotate a list parameter list[float]", "sum(x)"),
    "return x[0]": ("annotate a list parameter list[float]", "x[0]"),
    "return float('inf')": ("a str", "'inf'"),
    "return INF + x": ("INF is inf, which is no real number", "INF"),
    "g = (i for i in range(3))\n    return sum(g)": ("write a list", "g"),
    "t = (1, (i for i in range(3)))\n    return sum(t[1]) + sum(t[1])": ("a generator that is kept", "(i for i in range(3))"),
    "def h(g=(i for i in range(3))):\n        return sum(g)\n    return h() + h()": ("a generator that is kept", "(i for i in range(3))"),
    "return sum(map(sum, [map(abs, [x]) for i in range(1)] * 2))": ("a list of generators", "[map(abs, [x]) for i in range(1)]"),
    "a = [x]\n    b = a\n    b.append(1)\n    return a[0]": ("a change to b", "b.append(1)"),
    "a = [x]\n    b = [a]\n    a.append(1)\n    return sum(b[0])": ("a second name", "a.append(1)"),
    "a = [x]\n    for y in a:\n        a.append(y)\n    return 1": ("inside a loop over it", "a.append(y)"),
    "SEEN.append(x)\n    return len(SEEN)": ("lives outside the function", "SEEN.append(x)"),
    "def g():\n        a.append(x)\n    a = []\n    g()\n    return len(a)": ("lives outside the function", "a.append(x)"),
    "fs = [lambda: i for i in range(3)]\n    return fs[0]()": ("a list of functions", "[lambda: i for i in range(3)]"),
    "a, *b = (x, 1)\n    return a": ("a starred target", "*b"),
    "return [1, 2][math.pow(1, 1)]": ("an index that is no int", "[1, 2][math.pow(1, 1)]"),
    "return [1, 2][math.fsum([1])]": ("an index that is no int", "[1, 2][math.fsum([1])]"),
    "return sum(range(math.pow(2, 2)))": ("range of something that is no int", "range(math.pow(2, 2))"),
    "return wrapped(x)": ("wrapped is wrapped by another decorator", "wrapped(x)"),
    "return ones(x)": ("a generator or async", "ones(x)"),
    "return again(x)": ("a recursion must end", "again(x)"),
}  # fmt: skip

HEAD = (
    "import functools\nimport math\nINF = float('inf')\nSEEN = []\n"
    "def twice(f):\n    @functools.wraps(f)\n    def g(x):\n        return 2 * f(x)\n    return g\n"
    "@twice\ndef wrapped(x):\n    return x\n"
    "def ones(x):\n    yield 1\n"
    "def again(x):\n    return again(x)\n"
)


@pytest.mark.parametrize("body", BODIES)
def test_the_error_points_at_the_construct(body: str):
    said, at = BODIES[body]

    with pytest.raises(UnsupportedStatement) as caught:
        translation(function(f"{HEAD}def f(x: float):\n    {body}\n"))

    error = caught.value
    assert said in error.message
    line, caret = error.excerpt.splitlines()
    first = at.splitlines()[0]
    assert line[caret.index("^") :].startswith(first)
    assert f"(line {error.line}, column {error.column})" in str(error)
    assert error.message.startswith("functions_")  # the file


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("x: complex", "int, float, bool and lists"),
        ("x: dict[str, float]", "int, float, bool and lists"),
        ("x: list[list[float]]", "use one list for each"),
        ("x: tuple[int, float]", "use one list for each"),
        ("*x", "name them"),
        ("result", "a parameter called result"),
    ],
)
def test_a_parameter_that_no_variable_can_be(parameters: str, said: str):
    with pytest.raises(UnsupportedStatement, match=said):
        translation(function(f"def f({parameters}):\n    return 1\n"))


@pytest.mark.parametrize(
    ("claim", "options", "said"),
    [
        ("x > 0", {}, "neither of result nor of f"),
        ("result > y", {}, "given={'y': float}"),
        ("result > 0", {"where": "result < 3"}, "where is about the arguments"),
        ("f(x, 1) > 0", {}, "2 arguments, and 1 are taken"),
        ("f(z=1) > 0", {}, "the argument z is unknown"),
        ("f() > 0", {}, "the argument x is missing"),
        ("result > 0", {"given": {"x": float}}, "x is a parameter already"),
        ("result > 0", {"sizes": {"x": 3}}, "x is no list"),
        ("result > 0", {"sizes": {"w": 3}}, "there is no parameter w"),
    ],
)
def test_a_claim_about_something_else(claim: str, options: dict[str, object], said: str):
    with pytest.raises(hms.UsageError) as caught:
        translation(function("def f(x: float):\n    return x\n"), claim, **options)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    "where",
    [
        "any(1 / x > 0 for x in xs)",
        "not all(1 / x > 0 for x in xs)",
        "1 in (1 / x for x in xs)",
        "any(map(lambda x: 1 / x, xs))",
    ],
)
def test_an_assumption_asks_no_more_than_python_looks_at(where: str):
    # Each holds of [1, 0] or [-1, 0], of which Python looks at the first element only.
    zeros = function("def f(xs: list[float]):\n    return all(x != 0 for x in xs)\n")

    with pytest.raises(hms.UsageError, match="write a list"):
        translation(zeros, "result", where=where)


def test_a_mistake_makes_one_claim_unsupported_and_leaves_the_others():
    loaded = module(
        "from hms_kernel import claim\n"
        '@claim("result > 0")\ndef f(x: float):\n    import os\n    return x\n'
        '@claim("result > 0")\ndef g(x: float):\n    return x\n'
    )

    broken, sound = python.load(loaded).claims

    assert broken.settled is not None
    assert "line 4, column 5" in broken.settled.reason
    assert sound.settled is None


def test_a_function_without_a_text_says_so():
    found = {}
    exec("def f(x):\n    return x\n", found)

    with pytest.raises(hms.UsageError, match="define it in a file or a notebook cell"):
        translation(found["f"])


def test_two_functions_on_one_line_are_told_apart_by_nobody():
    loaded = module("f, g = (lambda x: x), (lambda x: 2 * x)\n")

    with pytest.raises(hms.UsageError, match="a line of its own"):
        translation(loaded.g)
