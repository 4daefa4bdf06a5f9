"""The decorator ``claim``: what is said of a function, kept with the function. Translates nothing."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hms_kernel.errors import UsageError
from hms_kernel.model import Semantics
from hms_kernel.specs.python.parameters import Lengths, given_shape
from hms_kernel.specs.python.source import Said, parse_expression

F = TypeVar("F", bound=Callable[..., Any])

ATTRIBUTE = "__hms_claims__"


@dataclass(frozen=True)
class Declared:
    """One claim about one function."""

    function: types.FunctionType
    claim: Said
    where: tuple[Said, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    sizes: tuple[Lengths, ...] = (None,)
    semantics: Semantics = Semantics.EXACT
    name: str = ""

    @property
    def sentence(self) -> str:
        """The claim for people."""
        conditions = " and ".join(said.text.content for said in self.where)
        return self.claim.text.content + (f" where {conditions}" if conditions else "")


def claim(
    text: str,
    *,
    where: str | Sequence[str] = (),
    given: Mapping[str, object] | None = None,
    sizes: int | Mapping[str, int] | Sequence[int] | None = None,
    semantics: str = Semantics.EXACT,
    name: str = "",
) -> Callable[[F], F]:
    """Say something of a function; ``Workbench.verify`` settles it. The function stays as it is.

        @hms.claim("0 <= result <= 100", where="0 <= x <= 1")
        def score(x: float) -> float:
            return 100 * x

    The claim holds if, for all arguments that satisfy ``where``, the function raises
    nothing and the claim is true.

    Args:
        text: a Python condition over the parameters and ``result``; it may call functions,
            this one too: ``"score(x) <= score(y)"``.
        where: conditions on the parameters, all of them assumed.
        given: types of names that are no parameters: ``{"y": float}``.
        sizes: lengths of list parameters, one for all (``3``) or by name (``{"w": 3}``); a list
            (``[1, 3]``) states the claim once for each. By default: every length, the same for
            all lists.
        semantics: ``exact``: floats are real numbers; ``float64``: they are doubles.
        name: what to call the claim; by default the function's name.

    Raises:
        InvalidStatement: a text is no Python expression.
        UsageError: this is no plain function, or an option makes no sense.
    """
    conditions = (where,) if isinstance(where, str) else where
    if not isinstance(conditions, Sequence):
        raise UsageError(f"where={where!r}; write one condition as text, or a list of them")
    for each in (text, *conditions):
        if not isinstance(each, str):
            raise UsageError(f'{each!r} is no condition; write it as text: "0 <= result"')
    said = parse_expression(text, "the claim")
    assumed = tuple(parse_expression(c, "where") for c in conditions if c.strip())
    meant = Semantics.named(semantics)
    for free, declared in (given or {}).items():
        given_shape(free, declared)

    def attach(function: F) -> F:
        if not isinstance(function, types.FunctionType):
            raise UsageError(
                f"claim is about a plain function, not {function!r}; put it directly above def"
            )
        found = Declared(
            function=function,
            claim=said,
            where=assumed,
            given=dict(given or {}),
            sizes=_alternatives(sizes),
            semantics=meant,
            name=name,
        )
        # The decorator nearest to the function runs first; the first to be read comes first.
        setattr(function, ATTRIBUTE, (found, *getattr(function, ATTRIBUTE, ())))
        return function

    return attach


def _alternatives(sizes: object) -> tuple[Lengths, ...]:
    match sizes:
        case None | int() | dict():
            return (sizes,)
        case Mapping():
            return (dict(sizes),)
        case list() | tuple() if sizes and all(isinstance(size, int) for size in sizes):
            return tuple(sizes)
    raise UsageError(f"sizes={sizes!r}; write 3, {{'w': 3}} or [1, 3]")


def declared_in(found: object) -> list[Declared]:
    """The claims on a function, or on the functions of a module, in the order of writing.

    Raises:
        UsageError: there are none.
    """
    claims = list(_of(found))
    if not claims:
        name = getattr(found, "__name__", repr(found))
        raise UsageError(f'{name} has no claims; write @hms.claim("0 <= result") above its def')
    return claims


def has_claims(found: object) -> bool:
    """Whether something is claimed of a function."""
    return bool(_attached(found))


def _of(found: object) -> Iterator[Declared]:
    if isinstance(found, types.ModuleType):
        # One function may have two names; what is imported belongs to its own module.
        values = {id(value): value for value in vars(found).values()}
        for value in values.values():
            own = getattr(value, "__module__", None) == found.__name__
            yield from _attached(value) if own else ()
    else:
        yield from _attached(found)


def _attached(value: object) -> tuple[Declared, ...]:
    if not isinstance(value, types.FunctionType) and not hasattr(value, "__wrapped__"):
        return ()
    found = getattr(value, ATTRIBUTE, ())
    return found if isinstance(found, tuple) else ()
