"""What the names of an HMS specification mean: inputs, one number or one per term, and formulas. Reads no file layout.

Variables that stand inside a Σ anywhere are given per term, ``Fin n → ℝ``; the others
are one number. A variable that a formula computes is its output, and never an input.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hms_kernel.specs.claim import KEYWORDS, fresh, lean_name
from hms_kernel.specs.formulas import Big, Call, Name, Node, children, walk

_ANYWHERE = "*"  # stands for "any domain" in the tables of names
SORTS = {
    "float": "ℝ", "double": "ℝ", "real": "ℝ", "number": "ℝ", "decimal": "ℝ", "ℝ": "ℝ",
    "percentage": "ℝ", "": "ℝ", "int": "ℤ", "integer": "ℤ", "ℤ": "ℤ", "nat": "ℕ",
    "natural": "ℕ", "ℕ": "ℕ",
}  # fmt: skip


@dataclass
class Variable:
    """A declared variable of a domain."""

    name: str
    lean: str  # its identifier in Lean
    domain: str
    kind: str  # type as the file has it
    constraints: tuple[str, ...] = ()  # as the file has them
    indexed: bool = False

    @property
    def sort(self) -> str:
        """The Lean type of one value, or the empty string when it is not numeric."""
        return SORTS.get(self.kind.strip().lower(), "")


@dataclass
class Formula:
    """A declared formula: an output computed from inputs."""

    key: str  # its key in the file
    lean: str  # name of its Lean definition
    domain: str
    text: str  # as the file has it
    body: Node | None  # None: not understood, ``problem`` says why
    problem: str = ""
    indices: tuple[str, ...] = ()  # "share(s) = ..." names its index
    constraints: tuple[str, ...] = ()
    output: Variable | None = None
    names: list[str] = field(default_factory=list)  # casefolded, the most telling first
    indexed: bool = False  # one value per term
    inputs: tuple[Variable, ...] = ()  # in order of first use, those of nested formulas included
    nested: tuple[Formula, ...] = ()  # formulas it uses, innermost first


class Vocabulary:
    """Every name of one file. Domains come first in their own texts; other domains are seen too."""

    def __init__(self, variables: Iterable[Variable], formulas: Iterable[Formula]) -> None:
        self.formulas = list(formulas)
        listed = list(variables)
        # An output declared in the formula's own domain first; failing that, in any other.
        called: dict[str, list[Variable]] = {}
        for variable in listed:
            called.setdefault(variable.name.casefold(), []).append(variable)
        taken: set[int] = set()
        for local in (True, False):
            for formula in self.formulas:
                if formula.output is None:
                    formula.output = _output(formula, called, taken, local)
                    taken.add(id(formula.output))
        for formula in self.formulas:
            if formula.output is not None:
                formula.names.append(formula.output.name.casefold())
                formula.lean = formula.output.lean
        outputs = {id(formula.output) for formula in self.formulas}
        self.inputs = [v for v in listed if id(v) not in outputs]
        self._exact: dict[tuple[str, str], Variable] = {}
        self._folded: dict[tuple[str, str], Variable] = {}
        self._computed: dict[tuple[str, str], Formula] = {}
        self._meanings: dict[str, dict[str, str]] = {}
        self._distinct_names()
        self._list_names()
        self.taken = {thing.lean for thing in self._things()}  # every Lean name in use

    def _distinct_names(self) -> None:
        taken = set(KEYWORDS)
        # Domains repeat a variable they share; if they say the same of it, it is the same.
        twins: dict[tuple[str, str, tuple[str, ...]], str] = {}
        for formula in self.formulas:
            formula.lean = fresh(lean_name(formula.lean), taken)
            taken.add(formula.lean)
        for variable in self.inputs:
            key = (variable.name, variable.kind, variable.constraints)
            variable.lean = twins.get(key) or fresh(lean_name(variable.lean), taken)
            twins[key] = variable.lean
            taken.add(variable.lean)

    def _list_names(self) -> None:
        """One table per way of finding a name: in its own domain, then anywhere."""
        for variable in self.inputs:
            for domain in (variable.domain, _ANYWHERE):
                self._exact.setdefault((domain, variable.name), variable)
                self._folded.setdefault((domain, variable.name.casefold()), variable)
        for formula in self.formulas:
            for domain in (formula.domain, _ANYWHERE):
                for name in formula.names:
                    self._computed.setdefault((domain, name), formula)
        for thing in self._things():
            names = [thing.name.casefold()] if isinstance(thing, Variable) else thing.names
            for name in names:
                self._meanings.setdefault(name, {}).setdefault(thing.lean, thing.domain)

    def _things(self) -> Iterator[Variable | Formula]:
        yield from self.inputs
        yield from self.formulas

    def find(self, name: str, domain: str) -> Variable | Formula | None:
        """What a name means in a domain's text: exact spelling first, then without regard to case."""
        folded = name.casefold()
        for where in (domain, _ANYWHERE):
            found = (
                self._exact.get((where, name))
                or self._computed.get((where, folded))
                or self._folded.get((where, folded))
            )
            if found is not None:
                return found
        return None

    def ambiguous(self, name: str, domain: str) -> tuple[str, ...]:
        """The domains that give a name different meanings, when the text's own domain gives none."""
        folded = name.casefold()
        if (domain, folded) in self._folded or (domain, folded) in self._computed:
            return ()
        meanings = self._meanings.get(folded, {})
        return tuple(meanings.values()) if len(meanings) > 1 else ()

    def settle(self, texts: Iterable[tuple[Node, str]]) -> None:
        """Work out which variables are per term, then what each formula is computed from.

        Args:
            texts: every formula that was understood, with its domain.
        """
        for node, domain in texts:
            for big in walk(node):
                if isinstance(big, Big):
                    for part in walk(big.body):
                        if isinstance(part, Name | Call):
                            found = self.find(part.name, domain)
                            if isinstance(found, Variable):
                                found.indexed = True
        indexed = {variable.lean for variable in self.inputs if variable.indexed}
        for variable in self.inputs:
            variable.indexed = variable.lean in indexed  # a repeated variable is one variable
        done: set[int] = set()
        for formula in self.formulas:
            self._complete(formula, done, [])

    def _complete(self, formula: Formula, done: set[int], path: list[Formula]) -> None:
        if id(formula) in done or formula.body is None:
            return
        if any(formula is other for other in path):
            names = " → ".join(other.lean for other in [*path, formula])
            formula.body, formula.problem = None, f"it is defined through itself: {names}"
            return
        inputs: dict[str, Variable] = {}
        nested: dict[int, Formula] = {}
        indexed = False
        for node, within in _named(formula.body, False):
            match self.find(node.name, formula.domain):
                case Variable() as variable:
                    inputs.setdefault(variable.lean, variable)
                    indexed |= variable.indexed and not within
                case Formula() as other:
                    self._complete(other, done, [*path, formula])
                    if other.body is None:
                        if formula.body is not None:
                            formula.problem = f"it uses {other.lean}: {other.problem}"
                        formula.body = None
                        return
                    for inner in (*other.nested, other):
                        nested.setdefault(id(inner), inner)
                    for variable in other.inputs:
                        inputs.setdefault(variable.lean, variable)
                    indexed |= other.indexed and not within
                case None:
                    pass  # reported where the body is written out
        formula.inputs = tuple(inputs.values())
        formula.nested = tuple(nested.values())
        formula.indexed = indexed
        done.add(id(formula))


def _output(
    formula: Formula, called: dict[str, list[Variable]], taken: set[int], local: bool
) -> Variable | None:
    """The declared variable that a formula computes."""
    for name in formula.names:
        for variable in called.get(name, ()):
            here = variable.domain == formula.domain or not local
            if here and id(variable) not in taken:
                return variable
    return None


def _named(node: Node, within: bool) -> Iterable[tuple[Name | Call, bool]]:
    """Every name in a tree, and whether it stands inside a Σ."""
    if isinstance(node, Name | Call):
        yield node, within
    for child in children(node):
        yield from _named(child, within or isinstance(node, Big))


def per_term(node: Node, vocabulary: Vocabulary, domain: str) -> bool:
    """Whether a tree has one value for each term: something indexed stands outside every Σ."""
    return any(
        found.indexed
        for part, within in _named(node, False)
        if not within and (found := vocabulary.find(part.name, domain)) is not None
    )
