"""Runs ``hms`` as a person and as a script do: a real process, its real output and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def hms(
    *arguments: object, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "hms_kernel", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=os.environ | {"COLUMNS": "160", "PYTHONUTF8": "1"} | environment,
        check=False,
    )


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]
