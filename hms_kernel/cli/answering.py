"""The verb with which a person helps a claim that waits for one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from hms_kernel import api
from hms_kernel.cli.root import out


def answer(
    task: Annotated[str, typer.Argument(help="Id or label of a claim that `hms status` lists.")],
    session: Annotated[
        str | None, typer.Option("--session", help="Name of a session; default: the newest live.")
    ] = None,
    lemma: Annotated[
        str,
        typer.Option("--lemma", help="Lean text in the scope of the claim; proved, then used."),
    ] = "",
    strategy: Annotated[
        str, typer.Option("--strategy", help="Try it: default, casework, algebra or recursion.")
    ] = "",
    nominal: Annotated[
        float, typer.Option("--nominal", min=0.0, help="Spend so many more nominal seconds on it.")
    ] = 0.0,
    give_up: Annotated[bool, typer.Option("--give-up", help="End it with what there is.")] = False,
) -> None:
    """Help a claim whose recovery waits for a person, in one of four ways.

    A lemma is proved before it is used, so a wrong one costs time and nothing else.
    """
    with api.attach(session) as desk:
        handle = desk.task(task)
        handle.answer(lemma=lemma, strategy=strategy, nominal_s=nominal, give_up=give_up)
    out.print(Text(f"{task} goes on; see it with: hms status"))
