"""A second opinion on a proof: what one solver was believed to have shown, put to another. Proves nothing itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hms_kernel.backends.questions import smtlib
from hms_kernel.backends.sequent import Sequent
from hms_kernel.errors import UnsupportedStatement

UNITS = 40_000  # cvc5's own; what it can do at all it does with a median of some hundred
CPU_S = 5  # for all questions of a proof; a guard, since cvc5 may compute long without counting
WALL_S = 60.0
MEMORY_BYTES = 2 << 30

_PROCESS = Path(__file__).with_name("cvc5_process.py")


@dataclass(frozen=True)
class Opinion:
    """What the other solver said: who it is, and what of each sequent, in order."""

    solver: str  # with its build; empty where it is not installed or did not start
    answers: tuple[str, ...]  # "unsat" agrees, "sat" contradicts; shorter when it was stopped
    asked: int = 0  # how many different sequents there were

    @property
    def agrees(self) -> bool:
        """Whether it confirmed all of them."""
        return self.asked > 0 and self.answers == ("unsat",) * self.asked

    @property
    def contradicts(self) -> bool:
        """Whether it says that something believed proved has a counterexample."""
        return "sat" in self.answers


def ask(sequents: Sequence[Sequent], wall_s: float = WALL_S) -> Opinion:
    """Put the sequents to cvc5 in a process of its own.

    Args:
        sequents: each believed to hold.
        wall_s: seconds until the process is killed; what it had answered by then counts.
    """
    try:
        questions = [smtlib(sequent) for sequent in dict.fromkeys(sequents)]
    except UnsupportedStatement:
        return Opinion("", ())
    request = {
        "units": UNITS,
        "cpu_s": CPU_S,
        "memory_bytes": MEMORY_BYTES,
        "questions": questions,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", str(_PROCESS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said, _ = process.communicate(json.dumps(request), timeout=max(wall_s, 0.0))
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    solver, *answers = said.splitlines() or [""]
    return Opinion(solver, tuple(answers), len(questions))
