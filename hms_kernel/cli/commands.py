"""All verbs of ``hms``, in the order in which ``--help`` lists them, and what becomes of their errors."""

from __future__ import annotations

import typer
from rich.text import Text

from hms_kernel.cli import INTERRUPTED
from hms_kernel.cli.checking import check
from hms_kernel.cli.doctoring import doctor
from hms_kernel.cli.pages import dashboard, lab
from hms_kernel.cli.root import app, err
from hms_kernel.cli.running import batch
from hms_kernel.cli.sessions import list_sessions, status, stop
from hms_kernel.cli.settling import demo, prove, verify
from hms_kernel.errors import HmsError

for verb in (demo, verify, prove, check, status, stop, dashboard, lab, batch, doctor):
    app.command()(verb)
app.command("sessions")(list_sessions)


def run() -> int:
    """Do what the command line says; the exit code."""
    try:
        code: int = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer makes a code of the exception
            raise KeyboardInterrupt
        return code
    except HmsError as error:
        err.print(Text.assemble(("hms: ", "bold red"), str(error)), soft_wrap=True)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        err.print("hms: interrupted; agents have been stopped")
        return INTERRUPTED
    except Exception as error:
        # Click's own complaints about the command line know how to show themselves.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            return int(error.exit_code)
        raise
