"""What a ``%%prove`` cell says: its options, and whether it is Lean or Python. Runs nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from difflib import get_close_matches

from hms_kernel import statements
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Budget, Semantics, Trust
from hms_kernel.specs.claim import Claim, Spec, invalid, is_command, unique

NOMINAL_SHARE = 0.5  # nominal seconds per second of --timeout, as on the command line
OPTIONS = ("--timeout", "--semantics", "--agents", "--trust", "--save", "--no-cache")
FLAGS = ("no-cache",)  # take no value
_OPTION = re.compile(r"--([\w-]+)(?:=|\s+|$)(\S*)\s*")
_WHERE = re.compile(r"\bwhere\b")
_PYTHON = re.compile(r"^(?:@[\w.]*claim\b|(?:async\s+)?def\s+\w+\s*\((?!.*:=))", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """The line of the magic, read."""

    claim: str = ""  # of the function in the cell
    where: str = ""
    timeout_s: float = 30.0
    semantics: Semantics = Semantics.EXACT
    agents: int | None = None
    trust: Trust = Trust.ONE_SOLVER  # weakest proof that counts
    save: str = ""  # folder for the verdicts
    cache: bool = True

    @property
    def budget(self) -> Budget:
        """What one goal may spend."""
        return Budget(nominal_s=self.timeout_s * NOMINAL_SHARE, wall_s=self.timeout_s)


def read_line(text: str) -> Line:
    """The options, then a claim about the function in the cell.

    Raises:
        UsageError: an unknown option, or a value that makes no sense.
    """
    options: dict[str, str] = {}
    rest = text.strip()
    while match := _OPTION.match(rest):
        name, value = match.groups()
        if f"--{name}" not in OPTIONS:
            near = get_close_matches(f"--{name}", OPTIONS, n=1)
            hint = f": did you mean {near[0]}? There are" if near else "; there are"
            raise UsageError(f"unknown option --{name}{hint} {', '.join(OPTIONS)}")
        if name in FLAGS:
            options[name] = "yes"
            rest = rest[match.start(2) :]
            continue
        if not value:
            raise UsageError(f"--{name} needs a value")
        options[name] = value
        rest = rest[match.end() :]
    claim, *where = _WHERE.split(rest, maxsplit=1)
    return Line(
        claim=claim.strip(),
        where=where[0].strip() if where else "",
        timeout_s=_positive("timeout", options.get("timeout", "30")),
        semantics=Semantics.named(options.get("semantics", Semantics.EXACT)),
        agents=int(_positive("agents", options["agents"])) if "agents" in options else None,
        trust=Trust.of_proofs(options.get("trust", Trust.ONE_SOLVER)),
        save=options.get("save", ""),
        cache="no-cache" not in options,
    )


def _positive(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6 or (name == "agents" and value != int(value)):
        raise UsageError(f"--{name} {text}: a positive number is needed")
    return value


def is_python(cell: str) -> bool:
    """Whether a cell defines Python functions, possibly with a mistake; otherwise it is Lean."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError):
        return _PYTHON.search(cell) is not None and ":=" not in cell  # a Lean def has one
    return bool(functions(tree))


def functions(tree: ast.Module) -> list[str]:
    """The functions that a cell defines, in order; a name defined again counts once, at its end."""
    found = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for place, name in enumerate(found) if name not in found[place + 1 :]]


def lean(cell: str, semantics: Semantics) -> Spec:
    """The claims of a cell of Lean text: theorems, or propositions with empty lines between them.

    Raises:
        UsageError: there is nothing in it.
    """
    if not cell.strip():
        raise UsageError(
            "the cell is empty; write Lean 4 propositions, or Python functions with claims"
        )
    if is_command(cell):
        claims = _theorems(cell, semantics)
    else:
        claims = [
            Claim(id=f"{place}", statement=part, decimals="Float", semantics=semantics)
            for place, part in enumerate(_propositions(cell), start=1)
        ]
    return Spec(
        name="cell", title="cell", source="this cell", kind="theorems", claims=unique(claims)
    )


def _theorems(cell: str, semantics: Semantics) -> list[Claim]:
    try:
        entries = statements.read_file("\n" + cell)  # the magic's own line counts
    except StatementError as error:
        return [invalid(str(error), id="cell")]
    if not entries:
        raise UsageError("no theorem in this cell")
    return [
        Claim(id=entry.name, statement=entry.text, decimals="Float", semantics=semantics)
        for entry in entries
    ]


def _propositions(cell: str) -> list[str]:
    """Paragraphs; the lines of one that are propositions by themselves are taken one by one."""
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", cell.strip()):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        alone = len(lines) > 1 and all(map(_reads, lines)) and not _reads(paragraph)
        parts += lines if alone else [paragraph.strip()]
    return parts


def _reads(text: str) -> bool:
    try:
        statements.parse(text)
    except StatementError:
        return False
    return True
