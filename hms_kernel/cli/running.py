"""The verb that runs a notebook without a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from hms_kernel.batch import run_notebook
from hms_kernel.cli.root import err, out
from hms_kernel.errors import TaskFailed, UsageError


def batch(
    notebook: Annotated[Path, typer.Argument(help="The notebook to run; it is not changed.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The executed copy; default: NOTEBOOK.out.ipynb."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="As often as you like."),
    ] = None,
) -> None:
    """Run a notebook from a fresh kernel, as a test or a job would.

    A parameter that the notebook does not have is an error. Values are read as
    JSON where they can be, as text otherwise. Exits with 1 when a cell fails; the
    copy then shows where.
    """
    if not notebook.is_file():
        raise UsageError(f"no notebook {str(notebook)!r}")
    target = output or notebook.with_suffix(".out.ipynb")
    given = dict(map(_parameter, parameter or ()))
    try:
        run_notebook(notebook, target, given)
    except TaskFailed as error:
        err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
        err.print(Text(f"the executed copy is {target}"), soft_wrap=True)
        raise typer.Exit(1) from None
    out.print(Text(f"all cells ran; see {target}"), soft_wrap=True)


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text!r} is no parameter; write NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
