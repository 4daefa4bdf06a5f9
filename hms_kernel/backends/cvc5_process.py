"""A process of its own around cvc5: SMT-LIB questions on standard input, one answer a line. Imports nothing of ours.

Started by path in isolated mode, so that it is up in a tenth of a second. It lives apart
because cvc5 can neither be interrupted inside one algebraic computation nor be trusted to
survive its memory limit.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

# Lemmas first, then cylindrical coverings, which decide what lemmas cannot and may take forever.
# Tangent planes are left out: they may grow without counting a unit.
CONFIGURATIONS: tuple[dict[str, str], ...] = (
    {"nl-ext-tplanes": "false"},
    {"nl-cov": "true", "nl-ext": "none"},
)


def main() -> None:
    """Answer ``{"units", "cpu_s", "memory_bytes", "questions"}``: first the version, then a line per question."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"],) * 2)
    # Processor seconds rather than time on the wall: a busy machine changes no answer.
    resource.setrlimit(resource.RLIMIT_CPU, (request["cpu_s"],) * 2)
    import cvc5

    print(f"cvc5 {cvc5.__version__}", flush=True)
    for question in request["questions"]:
        answers = (answer(cvc5, question, request["units"], options) for options in CONFIGURATIONS)
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
