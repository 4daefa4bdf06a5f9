"""A second opinion on a proof: what one solver was believed to have shown, put to another. Proves nothing itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import cvc5

from hms_kernel.backends import cvc5_process
from hms_kernel.backends.questions import smtlib
from hms_kernel.backends.sequent import Sequent
from hms_kernel.errors import UnsupportedStatement

GLANCE_UNITS = 6_000  # cvc5's own, for a glance without coverings: a tenth of a second at most
UNITS = 40_000  # for a longer look in a process of its own
CPU_S = 2  # for all longer looks of a proof; a guard, since coverings compute without counting
WALL_S = 60.0
MEMORY_BYTES = 2 << 30


@dataclass(frozen=True)
class Opinion:
    """What the other solver said: who it is, and what of each sequent, in order."""

    solver: str  # with its build; empty where nothing could be asked
    answers: tuple[str, ...]  # "unsat" agrees, "sat" contradicts, "unknown"; of each sequent once
    stopped: bool = False  # by the wall clock: another run may hear more

    @property
    def agrees(self) -> bool:
        """Whether it confirmed all of them."""
        return set(self.answers) == {"unsat"}

    @property
    def contradicts(self) -> bool:
        """Whether it says that something believed proved has a counterexample."""
        return "sat" in self.answers


def ask(sequents: Sequence[Sequent], wall_s: float = WALL_S) -> Opinion:
    """Put the sequents to cvc5: a glance in this process, a longer look in one that may be killed.

    Args:
        sequents: each believed to hold.
        wall_s: seconds until the process is killed; what it had answered by then counts.
    """
    try:
        questions = [smtlib(sequent) for sequent in dict.fromkeys(sequents)]
    except UnsupportedStatement:
        return Opinion("", ())
    answers = [cvc5_process.answer(cvc5, q, GLANCE_UNITS, cvc5_process.LEMMAS) for q in questions]
    stopped = False
    hard = [position for position, said in enumerate(answers) if said == "unknown"]
    if hard and "sat" not in answers:
        longer, stopped = _look([questions[position] for position in hard], wall_s)
        for position, said in zip(hard, longer, strict=False):
            answers[position] = said
    return Opinion(f"cvc5 {cvc5.__version__}", tuple(answers), stopped)


def _look(questions: Sequence[str], wall_s: float) -> tuple[list[str], bool]:
    """What a process that may be killed says of the questions, and whether the wall clock stopped it."""
    request = {
        "units": UNITS,
        "cpu_s": CPU_S,
        "memory_bytes": MEMORY_BYTES,
        "questions": questions,
    }
    command = [sys.executable, "-I", cvc5_process.__file__]
    # A file rather than a pipe: whoever is killed before reading it leaves nothing half written.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as asked:
        json.dump(request, asked)
        asked.seek(0)
        try:
            done = subprocess.run(
                command, stdin=asked, capture_output=True, timeout=max(wall_s, 0.0), check=False
            )
        except subprocess.TimeoutExpired as error:
            return (error.stdout or b"").decode().split(), True
    return done.stdout.decode().split(), False
