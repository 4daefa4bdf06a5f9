"""The cell magic ``%%prove``: hands a cell's claims to the workbench and shows how they fare. Proves nothing.

``%load_ext hms_kernel`` brings it. Its displays are plain HTML and text, so a notebook
that ran headless keeps them.
"""

from __future__ import annotations

from html import escape
from typing import Any

from IPython.display import display

from hms_kernel import api, cells, config
from hms_kernel import display as tables
from hms_kernel.errors import HmsError, UsageError
from hms_kernel.handles import Run
from hms_kernel.report import Settlement, remarks, why
from hms_kernel.specs import Spec, python

Shell = Any  # an ``InteractiveShell``, which IPython leaves mostly untyped
_show: Any = display


class _Progress:
    """The claims of a run with the verdicts so far; as a table, or as lines of text."""

    def __init__(self, spec: Spec, settled: dict[str, Settlement]) -> None:
        self._spec = spec
        self._settled = settled

    def rows(self) -> list[dict[str, str]]:
        """One row per claim."""
        rows = []
        for claim in self._spec.claims:
            found = self._settled.get(claim.id)
            rows.append(
                {
                    "claim": claim.id,
                    "says": claim.natural_language or claim.statement,
                    "verdict": found.verdict.outcome.value if found else "…",
                    "trust": found.verdict.trust.value if found and found.verdict.trust else "",
                    "why": why(found.verdict) if found else "",
                }
            )
        return rows

    def remarks(self) -> list[str]:
        """What could not be understood, with a caret where."""
        return remarks(self._settled.values())

    def __repr__(self) -> str:
        lines = [
            f"{tables.signed(row['verdict'])}  {row['claim']}: {' '.join(row['says'].split())}"
            + (f"  ({row['why']})" if row["why"] else "")
            for row in self.rows()
        ]
        return "\n".join([*lines, *self.remarks()])

    def _repr_html_(self) -> str:
        said = "".join(f"<pre>{escape(remark)}</pre>" for remark in self.remarks())
        return tables.html_table(self.rows()) + said


class CellRun(Run):
    """A run that its cell has shown already: as the cell's value it is silent, later it is any run."""

    silent = True

    def _ipython_display_(self) -> None:
        if not self.silent:
            _show(self._repr_mimebundle_(), raw=True)
        self.silent = False


def prove(shell: Shell, line: str, cell: str) -> Run:
    """Settle what a cell claims.

    Raises:
        UsageError: an option makes no sense, or the cell claims nothing.
    """
    options = cells.read_line(line)
    if cells.is_python(cell):
        spec: Spec = _python(shell, options, cell)
    elif options.claim:
        raise UsageError(
            f"{options.claim!r} on the magic's line is a claim about a function, and the cell defines none"
        )
    else:
        spec = cells.lean(cell, options.semantics)
    bench = api.hosted() or api.Workbench()
    missing = (options.agents or config.cores()) - len(bench.client.agents())
    if missing > 0 and (options.agents or not bench.client.agents()):
        bench.spawn(missing)
    run = bench.verify(spec, budget=options.budget)
    settled: dict[str, Settlement] = {}
    progress = _Progress(spec, settled)
    # A terminal cannot take back what it printed, so it gets the end only.
    live = _show(progress, display_id=True) if hasattr(shell, "kernel") else None
    try:
        for found in run.as_settled():
            settled[found.claim.id] = found
            if live is not None:
                live.update(progress)
    except KeyboardInterrupt:
        run.cancel()
        raise
    if live is None:
        _show(progress)
    return CellRun(bench.client, run.name, spec, run.tasks, run.store)


def _python(shell: Shell, options: cells.Line, cell: str) -> Spec:
    """Run the cell as any other cell, then take the claims on its functions."""
    # The magic's own line counts, so that errors name the line that is seen.
    transformed = "\n" + shell.transform_cell(cell)
    name = shell.compile.cache(transformed, shell.execution_count, raw_code=cell)
    tree = shell.compile.ast_parse(transformed, filename=name)
    code = shell.compile(tree, name, "exec")
    exec(code, shell.user_ns)
    defined = [shell.user_ns[function] for function in cells.functions(tree)]
    if options.claim:
        defined[-1:] = [
            python.claim(options.claim, where=options.where, semantics=options.semantics)(
                defined[-1]
            )
        ]
    with_claims = [function for function in defined if python.has_claims(function)]
    if not with_claims:
        raise UsageError(
            "this cell defines functions and claims nothing of them: write "
            '@hms.claim("0 <= result") above a def, or %%prove 0 <= result'
        )
    return python.load(with_claims)


def register(shell: Shell) -> None:
    """Make the magic known to a shell."""

    def magic(line: str, cell: str) -> Run:
        try:
            return prove(shell, line, cell)
        except HmsError as error:
            # The text says what to do; our own frames would only hide it.
            text = f"{type(error).__name__}: {error}"
            error._render_traceback_ = lambda: text.splitlines()  # type: ignore[attr-defined]
            raise

    magic.__doc__ = PROVE
    shell.register_magic_function(magic, magic_kind="cell", magic_name="prove")
    shell.set_hook("complete_command", lambda _, event: list(cells.OPTIONS), str_key="%%prove")


PROVE = """Prove or refute what the cell claims.

Lean 4 text: theorems, or propositions with empty lines between them::

    %%prove
    ∀ x : ℝ, 0 ≤ x → x ≤ x ^ 2 + 1

    ∀ a b : ℤ, (a + b) ^ 2 = a ^ 2 + 2 * a * b + b ^ 2

Python: functions with claims, or one function and its claim on the first line::

    %%prove 0 <= result <= 100 where 0 <= x <= 1
    def score(x: float):
        return 100 * x ** 2

Options stand before the claim:

    --timeout 30        seconds that one claim may take; within them the budget is the same everywhere
    --semantics exact   floats are real numbers; float64: they are IEEE-754 doubles
    --agents 4          how many provers there should be at least

The workbench of this notebook is used; without one, one is started. The cell's value is
the run: ``_.result()`` is its report.
"""
