"""Verbs that open pages: the dashboard as an app, JupyterLab on the course."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from hms_kernel.app import serving
from hms_kernel.cli.root import out

Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Default: one that is free.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Say the address; open no page.")]


def dashboard(
    session: Annotated[
        str | None, typer.Argument(help="Name of a live session; default: the newest.")
    ] = None,
    control: Annotated[
        bool,
        typer.Option("--control", help="With buttons: spawn, restart, kill, submit a claim."),
    ] = False,
    port: Port = None,
    no_browser: NoBrowser = False,
    dark: Annotated[bool, typer.Option("--dark", help="Light on dark.")] = False,
) -> None:
    """Open the dashboard of a session in the browser; no code is needed.

    Pages can only look unless it is started with --control. They are served on this machine
    only, to who has the address with its token. Ctrl-C ends them; the session goes on.
    """
    with serving.dashboard(session, control=control, dark=dark, port=port) as (address, server):
        try:
            out.print(Text(f"the dashboard is at {address}\nCtrl-C ends it"), soft_wrap=True)
            if not no_browser:
                webbrowser.open(address)
            code = server.wait()
        except KeyboardInterrupt:
            out.print("the dashboard is closed; the session goes on")
            return
    raise typer.Exit(code)


def lab(
    port: Port = None,
    no_browser: NoBrowser = False,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="Where the notebooks are, or are put; default: where they are found, "
            "else ./hms-course.",
        ),
    ] = None,
) -> None:
    """Open JupyterLab on the course.

    Where there are no notebooks yet, those that came with the installation are copied.
    """
    folder, command = serving.lab(directory, port=port, browser=not no_browser)
    out.print(Text(f"the course is in {folder}"), soft_wrap=True)
    os.execv(command[0], command)
