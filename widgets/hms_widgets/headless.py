"""Whether anybody could look at a widget: a notebook that is run by a program is read, not watched. Asks no page.

A live view that such a run leaves behind can be drawn by nobody: there is no kernel any
more, and no state. It gets the static view alone.
"""

from __future__ import annotations

import os
from pathlib import PurePath

import psutil

from hms_kernel import config

# Programs that run notebooks from end to end; anything else that starts a kernel has pages.
RUNNERS = frozenset({"papermill", "nbconvert", "execute", "pytest", "hms", "hms_kernel"})


def headless() -> bool:
    """Whether this kernel runs a notebook for a program; ``HMS_HEADLESS`` knows better."""
    if (told := config.headless()) is not None:
        return told
    # Whoever starts kernels by Jupyter's client says who it is.
    parent = os.environ.get("JPY_PARENT_PID", "")
    return parent.isdecimal() and runs_notebooks(_command(int(parent)))


def runs_notebooks(command: list[str]) -> bool:
    """Whether a command line is that of a program that runs notebooks.

    As ``jupyter-nbconvert``, ``python -m papermill`` or ``python /env/bin/jupyter-execute``.
    """
    words = [PurePath(word).name for word in command]
    if words and words[0].startswith("python"):
        words = [word for word in words[1:] if word != "-m"]
    return bool(words) and words[0].removeprefix("jupyter-") in RUNNERS


def _command(pid: int) -> list[str]:
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []
