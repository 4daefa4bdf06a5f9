"""The magics ``%%prove``, which settles a cell's claims, and ``%hms``, which looks. Decides nothing.

``%load_ext hms_kernel`` brings them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from IPython.display import display

from hms_kernel import api, cells, config, questions
from hms_kernel.errors import HmsError, UsageError
from hms_kernel.handles import Run
from hms_kernel.progress import Progress, follow
from hms_kernel.specs import Spec, python

Shell = Any  # an ``InteractiveShell``, which IPython leaves mostly untyped
_show: Any = display


class CellRun(Run):
    """A run that its cell has shown already: as the cell's value it is silent, later it is any run."""

    silent = True

    def _ipython_display_(self) -> None:
        if not self.silent:
            _show({"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True)
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
    run = bench.verify(spec, budget=options.budget, cache=options.cache, trust=options.trust)
    progress = Progress(spec, options.trust)
    # A terminal cannot take back what it printed, so it gets the end only.
    live = _show(progress, display_id=True) if hasattr(shell, "kernel") else None
    try:
        follow(run, bench.client, progress, lambda: live and live.update(progress))
    finally:
        if live is None:
            _show(progress)
    if options.save:
        run.report().save(options.save)
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
    """Make the magics known to a shell."""

    @_plainly
    def magic(line: str, cell: str) -> Run:
        return prove(shell, line, cell)

    @_plainly
    def hms(line: str) -> Any:
        return questions.answer(line)

    magic.__doc__ = PROVE
    hms.__doc__ = HMS + questions.help_text()
    shell.register_magic_function(magic, magic_kind="cell", magic_name="prove")
    shell.register_magic_function(hms, magic_kind="line", magic_name="hms")
    shell.set_hook("complete_command", lambda _, event: list(cells.OPTIONS), str_key="%%prove")
    shell.set_hook(
        "complete_command",
        lambda _, event: questions.complete(event.text_until_cursor.rpartition("%hms")[2]),
        re_key=r".*%hms\s",  # also on the right of an assignment
    )


def _plainly(magic: Callable[..., Any]) -> Callable[..., Any]:
    """The same magic with errors of ours as one line: it says what to do, our frames would hide it."""

    @wraps(magic)
    def plain(*arguments: str) -> Any:
        try:
            return magic(*arguments)
        except HmsError as error:
            text = f"{type(error).__name__}: {error}"
            error._render_traceback_ = lambda: text.splitlines()  # type: ignore[attr-defined]
            raise

    return plain


HMS = """Look at the session of this notebook, else at the one that ``HMS_SESSION`` names, else at the newest.

The answer is a value: ``agents = %hms agents`` keeps it, ``agents.frame()`` is a pandas frame.
Names are completed with the Tab key.

"""

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
    --trust LEVEL       weakest proof that counts: lean-kernel, certificate, two-solvers, one-solver
    --save DIR          write every verdict to a file of its own; `hms check` reads them
    --no-cache          settle everything anew, also what was answered before

The workbench of this notebook is used; without one, one is started. The cell's value is
the run: ``_.result()`` is its report.
"""
