"""Words that no accepted proof contains: said before anything is run, so that people see why. Guards nothing.

Whoever wants to can spell around a list of words. What keeps proofs honest are the cell and
the kernel door behind this; it only saves time and gives the plainest reason.
"""

from __future__ import annotations

import re

_WORDS = {
    "sorry": "it leaves a gap (sorry)",
    "admit": "it leaves a gap (admit)",
    "axiom": "it declares an axiom",
    "opaque": "it declares a constant whose value is hidden",
    "unsafe": "it uses unsafe code",
    "partial": "it uses a partial definition",
    "extern": "it names compiled code (extern)",
    "implemented_by": "it replaces what runs (implemented_by)",
    "csimp": "it replaces what runs (csimp)",
    "native_decide": "it believes compiled code (native_decide)",
    "reduceBool": "it believes compiled code (reduceBool)",
    "ofReduceBool": "it believes compiled code (ofReduceBool)",
    "#eval": "it runs code (#eval)",
    "#eval!": "it runs code (#eval!)",
    "run_cmd": "it runs code (run_cmd)",
    "run_elab": "it runs code (run_elab)",
    "run_meta": "it runs code (run_meta)",
    "run_tac": "it runs code (run_tac)",
    "initialize": "it runs code on import (initialize)",
    "builtin_initialize": "it runs code on import (builtin_initialize)",
    "import": "it imports something",
    "debug.skipKernelTC": "it asks the kernel not to look (debug.skipKernelTC)",
}
# Nested comments are taken off from the inside; a word within a text is no word.
_COMMENT = re.compile(r"/-(?:(?!/-|-/).)*-/", re.DOTALL)
_LINE = re.compile(r"--.*")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TOKEN = re.compile(r"#?[^\W\d][\w'!?.]*")


def complaint(*texts: str) -> str:
    """Why these texts cannot be part of a proof, or ""."""
    for text in texts:
        for token in _TOKEN.findall(_bare(text)):
            if token in _WORDS:
                return _WORDS[token]
    return ""


def _bare(text: str) -> str:
    text = _TEXT.sub(' "" ', text)
    while (shorter := _COMMENT.sub(" ", text)) != text:
        text = shorter
    return _LINE.sub("", text)
