"""The kernel door: what a compiled proof contains is rebuilt, checked and weighed. Never runs what it reads.

Only what the proof rests on comes in, each thing after all that it uses. Macros, instances
and whatever else a file may define beside it stay outside, so they cannot matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from hms_kernel.backends.lean.building import Builder
from hms_kernel.backends.lean.kernel import Environment, Library, Refused
from hms_kernel.backends.lean.objects import Malformed, Name
from hms_kernel.backends.lean.olean import Constant, Module, show

# The kernel computes with these by name, whatever they are defined to be: who could define
# one of them anew could have it compute one thing and mean another.
KERNEL_ROOTS = frozenset(
    {"Nat", "Bool", "Char", "String", "List", "Eq", "Quot", "Lean", "eagerReduce"}
)
# These would have compiled code, rather than the kernel, say what something evaluates to.
COMPILED = frozenset(
    ("Lean", word)
    for word in ("reduceBool", "reduceNat", "ofReduceBool", "ofReduceNat", "trustCompiler")
)
ANSWER = "answer.json"  # where the process that judges leaves its finding
_WITNESS: Name = ("hms", 0, "witness")  # a number within a name: nobody can write it


@dataclass(frozen=True)
class Question:
    """What the door is asked; everything but the bytes of ``candidate`` is trusted."""

    candidate: Path  # the .olean
    theorem: str  # the constant in it that claims to prove ...
    statement: str  # ... this constant
    module: str  # in which the statement is, with all that the proof may use
    statement_file: Path
    search: tuple[Path, ...]
    sysroot: Path
    allowed: frozenset[str]  # axioms
    reserved: frozenset[str]  # roots of names that a proof may not declare


@dataclass(frozen=True)
class Finding:
    """What the kernel found."""

    reason: str  # "" when the proof is accepted
    axioms: tuple[str, ...] = ()


def judge(lean: Library, question: Question) -> Finding:
    """Whether the candidate's theorem proves the statement, and what it rests on.

    Raises:
        Refused: the trusted part itself cannot be read.
    """
    theorem, statement = name_of(question.theorem), name_of(question.statement)
    try:
        claimed = Module(question.statement_file.read_bytes()).find(statement)
    except Malformed as error:
        raise Refused(f"the compiled statement cannot be read: {error}") from None
    if claimed is None:
        raise Refused(f"there is no {show(statement)} in the compiled statement")
    environment = Environment(lean, [question.module], question.search, question.sysroot)
    try:
        module = Module(question.candidate.read_bytes())
        if module.find(theorem) is None:
            return Finding(f"it does not define {show(theorem)}")
        builder = Builder(lean, module)
        for unit in units(module, theorem):
            if complaint := _complaint(unit, environment, question.reserved):
                return Finding(complaint)
            try:
                environment.add(_declaration(builder, module, unit))
            except Refused as error:
                return Finding(f"the kernel rejects {show(unit[0].name)}: {error}")
    except Malformed as error:
        return Finding(f"what was compiled is no module of Lean's: {error}")
    witness = builder.witness(_WITNESS, statement, theorem, claimed.levels)
    try:
        environment.add(witness)
    except Refused:
        return Finding(
            f"it proves something else than the statement ({show(theorem)} has another type)"
        )
    axioms = tuple(sorted(map(show, environment.axioms(_WITNESS))))
    if foreign := [axiom for axiom in axioms if axiom not in question.allowed]:
        sorry = " (sorry)" if "sorryAx" in foreign else ""
        return Finding(
            f"it rests on axioms that were not allowed: {', '.join(foreign)}{sorry}", axioms
        )
    return Finding("", axioms)


def name_of(text: str) -> Name:
    """The name that a plain dotted identifier stands for."""
    return tuple(text.split("."))


Unit = tuple[Constant, ...]  # one constant, or a family of inductive types


def units(module: Module, root: Name) -> Iterator[Unit]:
    """What ``root`` rests on within the module, each after all that it uses, ``root`` last.

    Raises:
        Malformed: something rests on itself, or a family lacks a member.
    """
    done: set[Name] = set()
    open_: set[Name] = set()
    todo: list[tuple[Name, Unit | None]] = [(root, None)]
    while todo:
        name, ready = todo.pop()
        if ready is not None:
            open_.discard(ready[0].name)
            done.update(_members(ready))
            yield ready
            continue
        constant = module.find(name)
        if name in done or constant is None:  # an imported one, or nothing: the kernel will say
            continue
        unit = _unit(module, constant)
        if unit[0].name in open_:
            raise Malformed(f"{show(name)} rests on itself")
        if unit[0].name in done:
            # A recursor, or an auxiliary one: the kernel has made those it needs.
            continue
        open_.add(unit[0].name)
        todo.append((name, unit))
        own = _members(unit)
        for each in (*unit, *_constructors(module, unit)):
            todo += ((used, None) for used in used_by(module, each) if used not in own)


def used_by(module: Module, constant: Constant) -> set[Name]:
    """The constants that type and value of a constant mention."""
    found: set[Name] = set()
    todo = [constant.type] if constant.value is None else [constant.type, constant.value]
    seen = set(todo)
    while todo:
        expr = module.exprs[todo.pop()]
        below: tuple[int, ...] = ()
        match expr.kind, expr.parts:
            case "const", (name, _):
                found.add(name)
            case "proj", (name, _, structure):
                found.add(name)
                below = (structure,)
            case "app", parts:
                below = parts
            case (("lam" | "pi" | "let"), (_, *parts)):
                below = tuple(parts)
            case "nat", _:
                found.add(("Nat",))
            case "str", _:
                found.add(("String",))
        for position in below:
            if position not in seen:
                seen.add(position)
                todo.append(position)
    return found


def _unit(module: Module, constant: Constant) -> Unit:
    if not constant.group:
        return (constant,)
    first = module.find(constant.group[0])
    if first is None or first.kind != "inductive" or not first.group:
        raise Malformed(f"{show(constant.name)} is of no inductive type")
    members = []
    for name in first.group:
        member = module.find(name)
        if member is None or member.kind != "inductive" or member.group != first.group:
            raise Malformed(f"{show(name)} is no member of its own family")
        members.append(member)
    if constant.kind == "inductive" and constant not in members:
        raise Malformed(f"{show(constant.name)} is no member of its own family")
    return tuple(members)


def _members(unit: Unit) -> set[Name]:
    return {name for each in unit for name in (each.name, *each.constructors)}


def _constructors(module: Module, unit: Unit) -> list[Constant]:
    return [each for own in _constructors_of(module, unit) for each in own]


def _constructors_of(module: Module, unit: Unit) -> list[list[Constant]]:
    families = []
    for each in unit:
        own = [module.find(name) for name in each.constructors]
        families.append([one for one in own if one is not None and one.kind == "constructor"])
        if len(families[-1]) != len(own):
            raise Malformed(f"{show(each.name)} lacks a constructor")
    return families


def _complaint(unit: Unit, environment: Environment, reserved: Collection[str]) -> str:
    """Why a unit may not come in at all; "" when the kernel is to decide."""
    for name in sorted(_members(unit), key=show):
        if environment.find(name) is not None:
            return f"it defines {show(name)} anew"
        if 1 <= len(name) <= 2 and name[0] in reserved:
            return f"it defines {show(name)}, a name that the kernel may give a meaning of its own"
    first = unit[0]
    match first.kind:
        case "axiom":
            return f"it adds the axiom {show(first.name)}"
        case "opaque" | "quotient":
            return f"it declares {show(first.name)} as {first.kind}"
    if unsafe := [each.name for each in unit if not each.safe]:
        return f"it uses {show(unsafe[0])}, which is unsafe or partial"
    return ""


def _declaration(builder: Builder, module: Module, unit: Unit) -> int:
    first = unit[0]
    for each in unit:
        if compiled := COMPILED & used_by(module, each):
            raise Refused(f"{show(min(compiled, key=show))} believes compiled code")
    match first.kind:
        case "definition":
            return builder.definition(first)
        case "theorem":
            return builder.theorem(first)
    return builder.inductive(unit, _constructors_of(module, unit))
