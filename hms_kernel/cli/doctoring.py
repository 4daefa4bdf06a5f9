"""The verb that says what works on this machine."""

from __future__ import annotations

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from hms_kernel.cli.options import AsJson
from hms_kernel.cli.root import out
from hms_kernel.cli.showing import print_json


def doctor(as_json: AsJson = False) -> None:
    """Say what works on this machine, with versions, and what to install for the rest.

    Exits with 1 when a part is broken that everything needs.
    """
    from hms_kernel.doctor import examine  # imports every prover, which no other verb needs here

    findings = examine()
    if as_json:
        print_json([msgspec.to_builtins(finding) for finding in findings], indent=2)
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        for finding in findings:
            broken = ("✘", "red") if finding.needed else ("–", "dim")
            mark, style = ("✔", "green") if finding.works else broken
            table.add_row(Text(mark, style), Text(finding.part, "bold"), Text(finding.said))
        out.print(table)
    raise typer.Exit(1 if any(f.needed and not f.works for f in findings) else 0)
