"""cvc5 in words: SMT-LIB text to "sat", "unsat" or "unknown", here or in a process of its own. Imports nothing of ours.

The process is started by path in isolated mode, so that it is up in a tenth of a second. It
is for coverings: those can neither be interrupted inside one algebraic computation nor be
trusted to survive a memory limit.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

# Tangent planes are left out everywhere: they may grow without counting a unit.
LEMMAS = {"nl-ext-tplanes": "false", "nl-cov": "false"}
COVERINGS = {"nl-ext": "none", "nl-cov": "true"}  # decide what lemmas cannot, and may take forever


def main() -> None:
    """Answer ``{"units", "cpu_s", "memory_bytes", "questions"}``: a line per question."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"],) * 2)
    # Processor seconds rather than time on the wall: a busy machine changes no answer.
    resource.setrlimit(resource.RLIMIT_CPU, (request["cpu_s"],) * 2)
    import cvc5

    for question in request["questions"]:
        answers = (
            answer(cvc5, question, request["units"], options) for options in (LEMMAS, COVERINGS)
        )
        print(next((said for said in answers if said != "unknown"), "unknown"), flush=True)


def answer(cvc5: Any, question: str, units: int, options: dict[str, str]) -> str:
    """What cvc5 says within ``units`` of its own resource units: "sat", "unsat" or "unknown"."""
    solver = cvc5.Solver()
    solver.setOption("rlimit", str(units))
    for name, value in options.items():
        solver.setOption(name, value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(
        cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic ALL)\n{question}", "question"
    )
    symbols = parser.getSymbolManager()
    said = "unknown"
    try:
        while not (command := parser.nextCommand()).isNull():
            said = command.invoke(solver, symbols).strip() or said
    except RuntimeError:  # cvc5's own errors: something in the question that it does not take
        return "unknown"
    return said if said in ("sat", "unsat") else "unknown"


if __name__ == "__main__":
    main()
