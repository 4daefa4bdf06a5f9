"""The ``hms`` command itself and where it writes. Its verbs are in the modules beside this one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from hms_kernel.version import __version__

app = typer.Typer(
    name="hms",
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    help=(
        "Settle claims about scores and policies.\n\n"
        "Every claim of a specification is handed to separate agent processes, which **prove** it "
        "or **refute** it with numbers that break it.\n\n"
        "Start with `hms demo`, then try `hms verify YOUR_FILE`."
    ),
)
out = Console()
err = Console(stderr=True)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
) -> None:
    if version:
        out.print(f"hms-workbench {__version__}")
        raise typer.Exit
