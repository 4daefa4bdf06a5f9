"""Functions from text for tests of claims: written to a file, loaded from it, translated, evaluated."""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from hms_kernel.specs.python.declared import claim, declared_in
from hms_kernel.specs.python.exact import Exact
from hms_kernel.specs.python.translate import Translation, as_claim, translated
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import holds, replay, value_of
from hms_kernel.statements.terms import Scalar

_numbers = itertools.count()


def module(text: str) -> ModuleType:
    """A module with this text, from a file of its own that goes when the tests do."""
    name = f"functions_{next(_numbers)}"
    path = Path(_directory.name) / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


_directory = tempfile.TemporaryDirectory(prefix="hms-functions-")


def function(text: str) -> FunctionType:
    """The last function that a text defines."""
    found = [v for v in vars(module(text)).values() if isinstance(v, FunctionType)]
    return found[-1]


def translation(f: FunctionType, text: str = "result == r", **options: Any) -> Translation:
    """A claim about a function, translated; ``r`` is any number."""
    given = {"r": float} if "r" in text.replace("result", "").split() else {}
    said = claim(text, **{"given": given, **options})(f)
    (declared, *_) = declared_in(said)
    return translated(declared, declared.sizes[0])


def environment(found: Translation, **arguments: Any) -> dict[str, Any]:
    """Values for all variables of a statement: arguments by their Python names, then the named values."""
    by_name = {p.name: p.variable.name for p in found.parameters}
    env = {by_name[name]: _value(value) for name, value in arguments.items()}
    for var in found.statement.variables:
        if var.name not in env:
            equation = next(
                h.prop
                for h in found.statement.hypotheses
                if getattr(h.prop, "left", None) == var or getattr(h.prop, "args", (0,))[0] == var
            )
            term = equation.right if hasattr(equation, "right") else equation.args[1]
            env[var.name] = holds(term, env) if var.sort is Scalar.PROP else value_of(term, env)
    return env


def agrees(f: FunctionType, found: Translation, **arguments: Any) -> bool:
    """Whether the translated claim ``result == r`` says of the arguments what calling the function does."""
    try:
        # Fraction refuses None and complex numbers, as a claim does.
        result = Fraction(f(**{name: _argument(value) for name, value in arguments.items()}))
    except (ArithmeticError, ValueError, LookupError, AssertionError, TypeError):
        return not _claimed(found, arguments, Fraction(0)) and not _claimed(
            found, arguments, Fraction(1)
        )
    return _claimed(found, arguments, result) and not _claimed(found, arguments, result + 1)


def _claimed(found: Translation, arguments: dict[str, Any], r: Fraction) -> bool:
    env = environment(found, **arguments, r=r)
    outcome = replay(found.statement, env)
    assert outcome.hypotheses_hold
    # The prover reads the goal's text, so that must mean the same.
    reread = replay(parse(text_of(found), decimals="ℝ"), env)
    assert reread.hypotheses_hold
    assert reread.conclusion_holds is outcome.conclusion_holds
    return outcome.conclusion_holds


def text_of(found: Translation) -> str:
    """The goal of a translation, as a prover gets it."""
    return as_claim(found.declared, "f", found)[0].goal().statement


def _value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value if isinstance(value, bool) else Fraction(value)


def _argument(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_argument, value))
    return Exact(value) if isinstance(value, Fraction) else value


@contextmanager
def changed(path: Path, text: str) -> Iterator[None]:
    """The file with another text for a while."""
    before = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)
