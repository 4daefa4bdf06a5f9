"""The verb that checks saved verdicts, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from hms_kernel.cli.options import AsJson
from hms_kernel.cli.root import err, out
from hms_kernel.cli.showing import print_json
from hms_kernel.errors import UsageError


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Saved verdicts as --save writes them, or folders of them."
        ),
    ],
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell why, step by step, of what is confirmed.")
    ] = False,
) -> None:
    """Check saved verdicts, offline: nothing in the file is taken on trust.

    A counterexample is replayed in exact arithmetic. A proof with a certificate is
    followed by a small checker, without a solver. Any other verdict is settled again,
    with the recorded strategy and budget, by the solver that is installed here; if
    that is another build than the recorded one, the answer says so.

    Exits with 0 when every file is confirmed, 1 when one is not (it was changed, or its
    verdict does not come again), 2 when one cannot be read as a saved verdict.
    """
    from hms_kernel import explanation, witness  # bring the prover, which no other verb needs here

    worst = 0
    for file in _saved(files):
        try:
            finding = witness.check(file)
        except UsageError as error:
            err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
            worst = 2
            continue
        worst = max(worst, 0 if finding.confirmed else 1)
        if as_json:
            print_json({"file": str(file), **msgspec.to_builtins(finding)})
            continue
        mark = ("✔ confirmed", "green") if finding.confirmed else ("✘ not confirmed", "red")
        vouched = f" ({finding.trust.value})" if finding.trust else ""
        said = f" {finding.theorem_id}: {finding.outcome.value}{vouched}"
        out.print(Text.assemble(mark, said, f"  {finding.how or finding.complaint}"))
        for remark in finding.remarks:
            out.print(Text(f"  {remark}", "dim"))
        if explain and finding.confirmed:
            out.print(Text(str(explanation.explain(witness.load(file).verdict))), soft_wrap=True)
    raise typer.Exit(worst)


def _saved(places: list[Path]) -> list[Path]:
    """Files as they are; a folder stands for the saved verdicts in it.

    Raises:
        UsageError: a folder holds none.
    """
    files: list[Path] = []
    for place in places:
        found = sorted(place.glob("*.witness.json")) if place.is_dir() else [place]
        if not found:
            raise UsageError(f"no saved verdicts in {place}; --save {place} writes some")
        files += found
    return files
