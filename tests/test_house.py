"""Which part may import which: arrows point from the shell to the core, never back.

The table below is the design. A module that is in no row fails the test, so a
new part has to be given its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Lowest first. A part may import itself and the rows above its own in this list.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        "errors version wake lossless shown",
        "model processes",
        "facts",
        "messages events plugins config display ledger pictures",
        "cards statements transport policy healing recovery store cache",
        "certificates takeover agreement queues deadlines recoveries",
        "fleet",
        "scheduler backends specs journal session tables",
        "genetics",
        "skills audit metrics lean_check theorems",
        "witness",
        "agent",
        "launchers",
        "service reception",
        "supervisor",
        "client",
        "report hosting cells",
        "sidecar",
        "explanation",
        "summaries",
        "handles",
        "steering",
        "trying racing plans requests viewing",
        "applying",
        "evolution",
        "noticing",
        "evolving",
        "desk",
        "api progress",
        "chaos",
        "facade questions testing batch doctor app",
        "magics",
        "cli",
        "__main__",
    )
)

# Parts that decide and do not act see only the values they decide about.
ONLY: Mapping[str, frozenset[str]] = {
    "scheduler": frozenset(
        {"errors", "model", "facts", "events", "ledger", "fleet", "recovery", "takeover"}
    )
    | {"queues", "deadlines", "recoveries", "agreement"},
    "recoveries": frozenset({"errors", "model", "facts", "events", "ledger", "recovery"}),
    "queues": frozenset({"model", "ledger"}),
    "deadlines": frozenset({"model", "ledger"}),
    "fleet": frozenset({"errors", "model", "facts", "events", "ledger", "healing", "takeover"}),
    "takeover": frozenset({"model", "facts", "events", "ledger", "healing"}),
    "agreement": frozenset({"model", "events", "ledger"}),
    "healing": frozenset({"errors", "model", "events"}),
    "recovery": frozenset({"errors", "model", "facts", "events"}),
    "events": frozenset({"errors", "model", "facts"}),
    "policy": frozenset({"errors", "model", "messages", "events"}),
    # Lean is a process, and its library is compiled into the home directory.
    "backends": frozenset({"errors", "model", "plugins", "statements", "certificates", "version"})
    | {"config", "processes", "shown"},
    "genetics": frozenset({"errors", "model", "facts", "config", "backends"}),
    # The checker is what a sceptic has to read: no prover may reach into it.
    "certificates": frozenset({"errors", "statements"}),
    "hms_widgets": frozenset(
        {"errors", "model", "facts", "messages", "cards", "pictures", "summaries"}
    )
    | {"config"},
}

# Neither clock nor thread nor socket: what makes these replayable.
PURE = (
    "hms_kernel.scheduler",
    "hms_kernel.fleet",
    "hms_kernel.queues",
    "hms_kernel.deadlines",
    "hms_kernel.takeover",
    "hms_kernel.agreement",
    "hms_kernel.healing",
    "hms_kernel.recovery",
    "hms_kernel.recovery.cases",
    "hms_kernel.recovery.stepping",
    "hms_kernel.recoveries",
    "hms_kernel.events",
    "hms_kernel.facts",
    "hms_kernel.model",
    "hms_kernel.messages",
    "hms_kernel.chaos.faults",
    "hms_kernel.chaos.report",
    "hms_kernel.chaos.schedule",
    "hms_kernel.chaos.view",
    "hms_kernel.chaos.workload",
    "hms_kernel.cards",
    "hms_kernel.pictures",
    "hms_kernel.summaries",
    "hms_kernel.genetics.bandit",
    "hms_kernel.genetics.engine",
    "hms_kernel.genetics.fitness",
    "hms_kernel.genetics.island",
    "hms_kernel.genetics.schedule",
    "hms_kernel.genetics.seeding",
    "hms_kernel.genetics.settings",
    "hms_kernel.genetics.stages",
    "hms_kernel.genetics.variation",
    "hms_kernel.genetics.family",
    "hms_kernel.genetics.trigger",
    "hms_widgets.boards",
    "hms_widgets.commands",
    "hms_widgets.grid",
    "hms_widgets.lines",
    "hms_widgets.static",
    "hms_widgets.pacing",
    "hms_widgets.figures",
    "hms_widgets.outcomes",
    "hms_widgets.rows",
    "hms_widgets.searches",
    "hms_widgets.search_lines",
    "hms_widgets.drawings",
    "hms_widgets.plotting",
)
WORLD = frozenset(
    [
        "time",
        "datetime",
        "threading",
        "asyncio",
        "select",
        "selectors",
        "socket",
        "subprocess",
        "multiprocessing",
        "os",
        "signal",
        "sqlite3",
        "sqlalchemy",
        "zmq",
        "IPython",
        "ipywidgets",
        "anywidget",
    ]
)


def modules() -> dict[str, Path]:
    """Dotted name to file, for every module of the product."""
    found = {}
    for base, package in ((ROOT, "hms_kernel"), (ROOT / "widgets", "hms_widgets")):
        for path in sorted((base / package).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(source: str, known: frozenset[str]) -> Iterator[str]:
    """Every module a source imports, wherever in it; ``from package import module`` included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def part(module: str) -> str:
    """The part a module belongs to: "statements" for ``hms_kernel.statements.terms``."""
    package, _, rest = module.partition(".")
    return "hms_widgets" if package == "hms_widgets" else rest.partition(".")[0]


def level(name: str) -> int | None:
    """Height of a part in the table; None when it has no place in it."""
    return next((n for n, row in enumerate(LAYERS) if name in row), None)


def broken(sources: Mapping[str, str]) -> list[str]:
    """One line for every import that points the wrong way, and for every part without a place."""
    known = frozenset(modules())
    complaints = []
    for module, source in sources.items():
        here = part(module)
        if not here:
            continue  # the package itself only re-exports
        if here != "hms_widgets" and level(here) is None:
            complaints.append(f"{module}: give {here!r} a place in LAYERS")
            continue
        for target in imports(source, known):
            if target.split(".")[0] not in ("hms_kernel", "hms_widgets"):
                continue
            there = part(target)
            if there != here and not _may(here, there):
                complaints.append(f"{module} imports {target}")
    return complaints


def _may(here: str, there: str) -> bool:
    if here in ONLY:
        return there in ONLY[here]
    if there == "hms_widgets":  # displays are offered by whoever talks to people
        return (level(here) or 0) >= (level("desk") or 0)
    mine, other = level(here), level(there)
    return mine is not None and other is not None and other < mine


def read() -> dict[str, str]:
    return {name: path.read_text() for name, path in modules().items()}


def test_every_arrow_points_to_the_core():
    assert broken(read()) == []


def test_what_must_be_replayable_touches_no_clock_and_no_world():
    sources = read()
    known = frozenset(sources)
    touched = [
        f"{module} imports {name}"
        for module in PURE
        if module in sources
        for name in imports(sources[module], known)
        if name.split(".")[0] in WORLD
    ]

    assert touched == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("hms_kernel.model", "import hms_kernel.supervisor"),
        ("hms_kernel.scheduler", "from hms_kernel import store"),
        ("hms_kernel.scheduler", "def f():\n    from hms_kernel.transport import codec"),
        ("hms_kernel.statements.terms", "from hms_kernel.backends import load"),
        ("hms_kernel.store", "from hms_kernel.journal import Journal"),
        ("hms_kernel.api", "import hms_kernel"),
        ("hms_kernel.agent.loop", "from hms_kernel.supervisor import Supervisor"),
        ("hms_kernel.supervisor", "import hms_widgets"),
        ("hms_widgets.live", "from hms_kernel.supervisor import Supervisor"),
        ("hms_widgets.live", "from hms_kernel import api"),
        ("hms_kernel.homeless", ""),
    ],
)
def test_an_arrow_that_points_backwards_is_caught(module: str, source: str):
    assert broken({module: source})


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("hms_kernel.supervisor", "from hms_kernel.scheduler import Scheduler"),
        ("hms_kernel.cli", "from hms_kernel import api, specs"),
        ("hms_kernel.api", "from hms_widgets import Cockpit"),
        ("hms_widgets.live", "from hms_kernel.messages import AgentStatus"),
        ("hms_kernel.backends.smt", "from hms_kernel.backends.units import rate"),
    ],
)
def test_an_arrow_that_points_to_the_core_is_let_through(module: str, source: str):
    assert broken({module: source}) == []


def test_no_part_is_in_two_rows():
    names = [name for row in LAYERS for name in row]

    assert len(set(names)) == len(names)


def test_every_module_begins_by_stating_its_idea():
    silent = [
        name
        for name, source in read().items()
        if source.strip() and not ast.get_docstring(ast.parse(source))
    ]

    assert silent == []
