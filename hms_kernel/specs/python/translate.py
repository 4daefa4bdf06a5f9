"""A declared claim becomes a goal: arguments, assumptions, and what must hold of the result. Settles nothing."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from hms_kernel.errors import StatementError, UnsupportedStatement, UsageError
from hms_kernel.specs.claim import Claim, invalid, unsupported
from hms_kernel.specs.python import calls
from hms_kernel.specs.python.declared import Declared
from hms_kernel.specs.python.expressions import Frame
from hms_kernel.specs.python.names import surroundings
from hms_kernel.specs.python.parameters import (
    Lengths,
    Parameter,
    Shape,
    given_shape,
    introduce,
    length_of,
    shape_of,
)
from hms_kernel.specs.python.props import TRUE, conjunction
from hms_kernel.specs.python.source import NeedsSize, Said, Source
from hms_kernel.specs.python.trace import Demand, Trace, safe
from hms_kernel.specs.python.values import Known, Missing, Value, lifted
from hms_kernel.statements import show
from hms_kernel.statements.terms import Hypothesis, Scalar, Statement, Term, Var, children

SIZES = (1, 2, 3)  # of lists, where a function goes through their elements one by one


@dataclass(frozen=True)
class Translation:
    """A claim as a statement of the core, with what a replay needs to know."""

    declared: Declared
    parameters: tuple[Parameter, ...]  # of the function, then the given names
    fixed: dict[str, object]  # parameters that keep their defaults
    statement: Statement
    demands: tuple[Demand, ...]  # what would make it raise
    notes: tuple[str, ...]


def claims(declared: Declared, id: str) -> list[tuple[Claim, Translation | None]]:
    """The goals that a declared claim stands for: one, or one for each size.

    A mistake makes a claim that is settled as invalid or unsupported, with the place.
    """
    return list(_claims(declared, id))


def _claims(declared: Declared, id: str) -> Iterator[tuple[Claim, Translation | None]]:
    alternatives = declared.sizes
    for lengths in alternatives:
        label = f"{id}_n{lengths}" if len(alternatives) > 1 else id
        try:
            yield as_claim(declared, label, translated(declared, lengths))
        except NeedsSize as error:
            if alternatives != (None,):
                yield _refused(declared, label, error), None
                continue
            yield from _one_by_one(declared, id, error)
        except UsageError as error:
            yield _refused(declared, label, error), None


def _one_by_one(
    declared: Declared, id: str, error: NeedsSize
) -> Iterator[tuple[Claim, Translation | None]]:
    """The claim for a few lengths, since it cannot be said for all."""
    why = error.message.partition(": ")[2].partition(", so")[0]
    note = f"for lists of {', '.join(map(str, SIZES))} elements only: {why}"
    found: list[tuple[Claim, Translation | None]] = []
    reasons: list[str] = []
    for size in SIZES:
        label = f"{id}_n{size}"
        try:
            found.append(as_claim(declared, label, translated(declared, size, note)))
        except UsageError as other:
            found.append((_refused(declared, label, other), None))
            reasons.append(str(other))
    if len(reasons) == len(SIZES):
        # No length helps: say it once.
        yield msgspec.structs.replace(found[-1][0], id=id), None
    else:
        yield from found


def as_claim(declared: Declared, id: str, found: Translation) -> tuple[Claim, Translation]:
    """A translation as Lean text, with itself."""
    statement = found.statement
    claim = Claim(
        id=id,
        natural_language=declared.sentence,
        statement=show(statement.conclusion),
        variables=tuple((var.name, show(var.sort)) for var in statement.variables),
        hypotheses=tuple(show(hypothesis.prop) for hypothesis in statement.hypotheses),
        source=f"{declared.function.__module__}.{declared.function.__qualname__}",
        semantics=declared.semantics,
        notes=found.notes,
    )
    return claim, found


def _refused(declared: Declared, id: str, error: UsageError) -> Claim:
    about = {"id": id, "natural_language": declared.sentence}
    if isinstance(error, UnsupportedStatement) or not isinstance(error, StatementError):
        return unsupported(str(error), **about)
    return invalid(str(error), **about)


def translated(declared: Declared, lengths: Lengths, *notes: str) -> Translation:
    """The statement of a claim.

    Args:
        lengths: of list parameters; None: every length, the same for all.

    Raises:
        NeedsSize: it can be done for given lengths only.
        UnsupportedStatement: something is outside the fragment.
        InvalidStatement: something makes no sense.
        UsageError: the function's text cannot be used.
    """
    try:
        return _Translator(declared, lengths).translation(notes)
    except RecursionError:
        raise UnsupportedStatement("a function nested this deeply") from None


class _Translator:
    def __init__(self, declared: Declared, lengths: Lengths) -> None:
        self.declared = declared
        self.lengths = lengths
        self.trace = Trace(exact=declared.semantics == "exact")
        self.source = plain(declared.function)
        self.fixed: dict[str, object] = {}  # parameters that keep their defaults

    def translation(self, notes: Sequence[str]) -> Translation:
        declared, trace = self.declared, self.trace
        parameters, any_length = self._parameters()
        env = {parameter.name: parameter.value for parameter in parameters}
        env |= {name: lifted(value) for name, value in self.fixed.items()}
        hypotheses = [self._assumed(said, env) for said in declared.where]
        if speaks_of_result(declared):
            env = {**env, "result": self._result(env)}
        frame = claim_frame(declared, declared.claim, trace, env)
        claimed = frame.truth(declared.claim.node)
        conclusion = conjunction((safe(trace.demands), claimed))
        variables = [parameter.variable for parameter in parameters]
        if any("Fin " + any_length.name in show(var.sort) for var in variables):
            variables.insert(0, any_length)
        statement = Statement(
            name="",
            variables=(*variables, *(var for var, _ in trace.definitions)),
            hypotheses=tuple(
                Hypothesis("", prop) for prop in (*hypotheses, *trace.equations()) if prop != TRUE
            ),
            conclusion=conclusion,
        )
        said = (*notes, *self._notes(parameters, any_length, statement), *trace.notes)
        return Translation(
            declared, tuple(parameters), self.fixed, statement, tuple(trace.demands), said
        )

    # --- arguments -------------------------------------------------------------

    def _parameters(self) -> tuple[list[Parameter], Var]:
        shapes = dict(self._shapes())
        for name, declared in self.declared.given.items():
            if name in shapes or name in self.fixed:
                raise UsageError(f"given: {name} is a parameter already")
            shapes[name] = given_shape(name, declared)
        if isinstance(self.lengths, dict):
            for name in self.lengths:
                if name not in shapes:
                    raise UsageError(f"sizes: there is no parameter {name}")
                if not shapes[name].is_list:
                    if shapes[name].annotated:
                        raise UsageError(f"sizes: {name} is no list")
                    shapes[name] = Shape(Scalar.REAL, is_list=True, annotated=False)
        any_length = Var(self.trace.fresh("n" if "n" not in shapes else "size"), Scalar.NAT)
        found = []
        for name, shape in shapes.items():
            length = length_of(name, shape, self.lengths) if shape.is_list else None
            found.append(introduce(name, shape, length, any_length, self.trace))
        return found, any_length

    def _shapes(self) -> Iterator[tuple[str, Shape]]:
        arguments, text = self.source.node.args, self.source.text
        for star in (arguments.vararg, arguments.kwarg):
            if star is not None:
                text.unsupported(star, "* in the parameters of a claim; name them, or take a list")
        defaults = default_values(self.declared.function)
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            name = argument.arg
            if name == "result":
                text.unsupported(
                    argument, "a parameter called result, which is what a claim calls the value"
                )
            fixed = name in defaults and isinstance(lifted(defaults[name]), Known)
            try:
                shape = shape_of(argument.annotation, text)
            except UnsupportedStatement:
                if not fixed:
                    raise
            else:
                if not fixed:
                    yield name, shape
                    continue
            self.fixed[name] = defaults[name]
            self.trace.notes[f"{name} keeps its default {defaults[name]!r}"] = None

    def _notes(
        self, parameters: Sequence[Parameter], any_length: Var, statement: Statement
    ) -> Iterator[str]:
        assumed = [hypothesis.prop for hypothesis in statement.hypotheses]
        reals = self.trace.decimals or any(map(_real, (statement.conclusion, *assumed)))
        if self.trace.exact and reals:
            yield "float read as ℝ, decimals are exact; ask semantics='float64' for doubles"
        lists = [p.name for p in parameters if p.shape.is_list]
        if any_length in statement.variables:
            same = ", the same for all" if len(lists) > 1 else ""
            yield f"every length {any_length.name} of {', '.join(lists)}{same}"
        if self.trace.demands:
            raised = ", ".join(dict.fromkeys(f"{d.error} ({d.place})" for d in self.trace.demands))
            yield f"part of the claim: it never raises {raised}"

    # --- parts of the statement ----------------------------------------------------

    def _assumed(self, said: Said, env: dict[str, Value]) -> Term:
        for node in ast.walk(said.node):
            if isinstance(node, ast.Name) and node.id == "result" and "result" not in env:
                said.text.invalid(
                    node, "result is what is claimed about; where is about the arguments"
                )
        demands = self.trace.demands
        own: list[Demand] = []
        self.trace.demands, self.trace.supposing = own, True
        try:
            assumed = claim_frame(self.declared, said, self.trace, env).truth(said.node)
        finally:
            self.trace.demands, self.trace.supposing = demands, False
        return conjunction((safe(own), assumed))

    def _result(self, env: dict[str, Value]) -> Value:
        frame = claim_frame(self.declared, self.declared.claim, self.trace, {})
        result = call_with(frame, self.declared, env)
        if result == Known(None):
            self.source.text.unsupported(self.source.node, "it returns nothing")
        return self.trace.named("result", result)


def _real(term: Term) -> bool:
    """Whether reals occur in a term."""
    own = getattr(term, "sort", None) is Scalar.REAL
    return own or any(map(_real, children(term)))


def plain(function: types.FunctionType) -> Source:
    """The syntax of the function that a claim is about.

    Raises:
        UsageError: it cannot be used.
    """

    def refuse(why: str) -> None:
        raise UsageError(why)

    return calls.plain_source(function, refuse)


def speaks_of_result(declared: Declared) -> bool:
    """Whether the claim mentions ``result``.

    Raises:
        InvalidStatement: it mentions neither the result nor any call.
    """
    names = [n.id for n in ast.walk(declared.claim.node) if isinstance(n, ast.Name)]
    called = any(isinstance(n, ast.Call) for n in ast.walk(declared.claim.node))
    if "result" not in names and not (called and declared.function.__name__ in names):
        declared.claim.text.invalid(
            declared.claim.node,
            f"this speaks neither of result nor of {declared.function.__name__}(...)",
        )
    return "result" in names


def claim_frame(
    declared: Declared,
    said: Said,
    trace: Trace,
    env: dict[str, Value],
    real: Callable[..., Value] | None = None,
) -> Frame:
    """Where the texts of a claim are read: parameters, ``result``, then the function's surroundings."""
    function = declared.function
    around = surroundings(function, trace)

    def lookup(name: str, node: ast.AST) -> Value:
        if name == function.__name__:
            return Known(function)
        found = around(name, node)
        if isinstance(found, Missing) and name == "implies":
            return Known(calls.implies)
        if isinstance(found, Missing):
            return Missing(f"it is no parameter; say what it is: given={{{name!r}: float}}")
        return found

    return Frame(said.text, trace, dict(env), lookup, None, real)


def call_with(frame: Frame, declared: Declared, env: dict[str, Value]) -> Value:
    """The function of a claim, called with its parameters' values."""
    code = declared.function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    passed = [name for name in names if name in env]
    first = code.co_posonlyargcount
    args = [env[name] for name in passed if name in names[:first]]
    keywords = {name: env[name] for name in passed if name not in names[:first]}
    node = ast.Call(
        func=ast.Name(id=declared.function.__name__, ctx=ast.Load()), args=[], keywords=[]
    )
    ast.copy_location(node, declared.claim.node)
    ast.copy_location(node.func, declared.claim.node)
    return calls.invoke(frame, Known(declared.function), args, keywords, node)


def default_values(function: types.FunctionType) -> dict[str, object]:
    """Parameters with a default, and the default."""
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    given = function.__defaults__ or ()
    found: dict[str, object] = dict(
        zip(positional[len(positional) - len(given) :], given, strict=True)
    )
    return found | (function.__kwdefaults__ or {})
