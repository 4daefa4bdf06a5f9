"""The ``hms`` command: where it starts. Every verb is a few calls of the API.

Exit codes: 0 every claim proved, 1 not every claim proved, 2 unusable input,
130 interrupted.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

INTERRUPTED = 130  # exit code of the shell's custom: 128 and the signal's number


def main() -> None:
    """Run the command line; errors of ours become one line on the standard error and a code."""
    signal.signal(signal.SIGTERM, _terminated)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        # Half a second of imports, in which people press Ctrl-C as well.
        from hms_kernel.cli import commands
    except KeyboardInterrupt:
        print("hms: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(commands.run())


def _interrupted(signum: int, frame: FrameType | None) -> None:
    # A second one, from an impatient hand, would cut short the stopping of the agents.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _terminated(signum: int, frame: FrameType | None) -> None:
    # As an exception, so that the workbench is closed on the way out.
    raise SystemExit(128 + signum)
