"""What a whole-proof prover is asked, in the form DeepSeek-Prover-V2 was trained on. Sends nothing.

One message of the user's and none of the system's: Lean 4 code that ends in ``sorry``, to be
completed; in the mode "cot" a plan of the proof is asked for first.

Source:
    Ren et al. (2025), DeepSeek-Prover-V2, arXiv:2504.21801, appendix A.
"""

from __future__ import annotations

from typing import TypedDict

from hms_kernel.backends.deepseek.problem import Problem

PLAN = (
    "Before producing the Lean 4 code to formally prove the given theorem, provide a detailed proof "
    "plan outlining the main proof steps and strategies.\n"
    "The plan should highlight key ideas, intermediate lemmas, and proof structures that will guide "
    "the construction of the final formal proof."
)
COMPLAINT_CHARACTERS = 4000  # of Lean's, given back to the model


class Message(TypedDict):
    """One turn of a conversation, as the protocol has it."""

    role: str
    content: str


def ask(problem: Problem, mode: str) -> tuple[Message, ...]:
    """The conversation that asks for a proof.

    Args:
        problem: what is to be proved.
        mode: "cot" or "plain".
    """
    text = f"Complete the following Lean 4 code:\n\n```lean4\n{_code(problem)}\n```"
    if mode == "cot":
        text += f"\n\n{PLAN}"
    return (Message(role="user", content=text),)


def correct(asked: tuple[Message, ...], answer: str, complaint: str) -> tuple[Message, ...]:
    """The conversation, continued by the answer and what Lean had to say about it."""
    text = (
        "The proof does not compile. Lean says:\n\n"
        f"```\n{complaint[:COMPLAINT_CHARACTERS]}\n```\n\n"
        "Correct it, and give the complete theorem again in one lean4 block."
    )
    return (
        *asked,
        Message(role="assistant", content=answer),
        Message(role="user", content=text),
    )


def _code(problem: Problem) -> str:
    informal = problem.informal.replace("-/", "- /").strip()
    parts = (
        problem.header,
        *problem.definitions,
        (f"/-- {informal} -/\n" if informal else "") + f"{problem.signature} := by\n  sorry",
    )
    return "\n\n".join(part for part in parts if part)
