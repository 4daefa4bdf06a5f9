"""What a name means at one place: locals, definitions, opened namespaces. Elaborates nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from hms_kernel.errors import StatementError
from hms_kernel.statements.inference import StructTy, Typed
from hms_kernel.statements.members import Member
from hms_kernel.statements.syntax import Binder, Node, Syntax
from hms_kernel.statements.tokens import Token


@dataclass(frozen=True, eq=False)
class Proof:
    """A hypothesis's name; as a term it is a proof, which the core does not have."""

    at: Token


@dataclass(frozen=True, eq=False, slots=True)
class Done(Node):
    """A term that is elaborated already, where syntax is asked for (dot notation)."""

    typed: Typed


Locals = dict[str, Typed | Proof]


@dataclass(eq=False)
class Definition:
    """A Lean ``def`` or ``abbrev``, kept as syntax and unfolded where it is used."""

    name: str
    at: Token
    binders: tuple[Binder, ...]
    type: Syntax | None
    value: Syntax | None  # None: its body could not be read, see ``error``
    context: Context
    error: StatementError | None = None


@dataclass(eq=False)
class Structure:
    """A Lean ``structure`` as syntax; elaborated when it is first used."""

    name: str
    at: Token
    members: tuple[Member, ...]
    context: Context
    type: StructTy | None = None


@dataclass(frozen=True, eq=False)
class Context:
    """The commands in force before a statement."""

    namespace: str = ""
    opens: tuple[str, ...] = ()
    definitions: dict[str, Definition] = field(default_factory=dict)
    structures: dict[str, Structure] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)  # name to the command that made it
    variables: tuple[Binder, ...] = ()
    included: frozenset[str] = frozenset()
    decimals: str = "Float"

    def prefixes(self) -> list[str]:
        """What may stand before a name, innermost namespace first, then opened ones, then nothing."""
        parts = self.namespace.split(".") if self.namespace else []
        around = [".".join(parts[:n]) + "." for n in range(len(parts), 0, -1)]
        return around + [""] + [f"{opened}." for opened in self.opens]

    def candidates(self, name: str) -> list[str]:
        """Full names ``name`` could stand for, likeliest first."""
        if name.startswith("_root_."):
            return [name.removeprefix("_root_.")]
        return [prefix + name for prefix in self.prefixes()]

    def definition(self, name: str) -> Definition | None:
        """The user's definition that ``name`` refers to here."""
        for full in self.candidates(name):
            if full in self.definitions:
                return self.definitions[full]
        return None

    def structure(self, name: str) -> Structure | None:
        """The user's structure that ``name`` refers to here."""
        for full in self.candidates(name):
            if full in self.structures:
                return self.structures[full]
        return None

    def homonyms(self, name: str) -> list[str]:
        """What of the user's ``name`` may refer to: one around here, or any at the top and opened."""
        mine = [f for f in self.candidates(name) if f in self.definitions or f in self.structures]
        around = len(self.namespace.split(".")) if self.namespace else 0
        nearest = {prefix + name for prefix in self.prefixes()[:around]}
        if mine and mine[0] in nearest:
            return mine[:1]
        return list(dict.fromkeys(mine))
