"""Out of a model's answer, the proof it ends in. The answer may be anything; no claim in it is believed.

Whole-proof provers restate the theorem. What is taken is what follows its ``:=``, and the lemmas
before it; the statement that gets checked is the submitter's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*(\w*)[^\n]*$", re.MULTILINE)
LEAN = ("lean4", "lean", "")  # an unnamed block counts, if none is named
THEOREM = re.compile(
    r"^[ \t]*(?:@\[[^\]\n]*\]\s*)?(?:(?:private|protected|noncomputable)[ \t]+)*(?:theorem|lemma|example)\b",
    re.MULTILINE,
)
# What a model repeats of the lines before the theorem, as the checker has its own.
HEADER = re.compile(
    r"^(?:prelude|import|open|set_option|noncomputable section)\b[^\n]*$", re.MULTILINE
)
# What begins a new command at the start of a line, and so cannot belong to a proof.
COMMAND = re.compile(
    r"^(?:#\w|@\[|/--|(?:theorem|lemma|example|def|abbrev|instance|axiom|opaque|constant|structure|class|"
    r"inductive|namespace|section|end|open|universe|variable|attribute|notation|macro|macro_rules|syntax|"
    r"elab|elab_rules|infixl?|infixr|prefix|postfix|private|protected|noncomputable|unsafe|partial|"
    r"local|scoped|import|export|initialize|mutual|deriving|run_cmd|set_option)\b)",
    re.MULTILINE,
)
OPENING, CLOSING = "([{⟨⦃", ")]}⟩⦄"
# What hides signs, and what ends it. Nested comments are rare enough in a restated theorem.
HIDING = {
    "--": re.compile(r"\n|\Z"),
    "/-": re.compile(r"-/"),
    '"': re.compile(r'(?<!\\)(?:\\\\)*"'),
}


@dataclass(frozen=True)
class Candidate:
    """A proof that somebody may check; believed by nobody before."""

    proof: str  # "by …" or a term
    lemmas: str = ""  # Lean commands before the theorem


def candidate(answer: str, *, finished: bool) -> Candidate | None:
    """The proof that an answer ends in, or None where there is none.

    Args:
        answer: what the model wrote, whole or cut off.
        finished: whether the model came to its own end; a block that was cut off holds no proof.
    """
    code = _last_block(answer, finished)
    *_, theorem = (None, *THEOREM.finditer(code or ""))
    if code is None or theorem is None:
        return None
    assigned = _assignment(code, theorem.end())
    if assigned is None:
        return None
    proof = code[assigned:]
    if following := COMMAND.search(proof):
        proof = proof[: following.start()]
    if not proof.strip():
        return None
    return Candidate(proof.strip(), _lemmas(code[: theorem.start()]))


def _lemmas(before: str) -> str:
    """What stands before the theorem, without the header and what is said about the theorem."""
    text = HEADER.sub("", before).strip()
    while text.endswith("-/") and "/-" in text:
        text = text[: text.rindex("/-")].rstrip()
    return text if COMMAND.search(text) else ""


def _last_block(answer: str, finished: bool) -> str | None:
    """The last fenced block of Lean that has a theorem in it."""
    blocks: list[tuple[str, str]] = []
    opened: re.Match[str] | None = None
    for fence in FENCE.finditer(answer):
        if opened is None:
            opened = fence
        elif not fence[1]:
            blocks.append((opened[1], answer[opened.end() : fence.start()]))
            opened = None
        else:  # a block that was never closed before the next began
            blocks.append((opened[1], answer[opened.end() : fence.start()]))
            opened = fence
    if opened is not None and finished:
        blocks.append((opened[1], answer[opened.end() :]))
    for language in LEAN:
        for named, code in reversed(blocks):
            if named.lower() == language and THEOREM.search(code):
                return code
    return None


def _assignment(code: str, start: int) -> int | None:
    """Where the first ``:=`` outside brackets, comments and strings ends."""
    depth, at = 0, start
    while at < len(code):
        for begins, ends in HIDING.items():
            if code.startswith(begins, at):
                end = ends.search(code, at + len(begins))
                if end is None:
                    return None
                at = end.end()
                break
        else:
            depth += (code[at] in OPENING) - (code[at] in CLOSING)
            if depth <= 0 and code.startswith(":=", at):
                return at + 2
            at += 1
    return None
