"""A verdict as a file that stands by itself, and its check, offline. Trusts nothing that the file says.

What can be followed without a solver is: a counterexample is replayed, a certificate is
read by its checker. Everything else is established again, by the recorded strategy and
budget. The seal catches a slip of the hand; it is the new work that catches a lie.

Source:
    Beyer et al. (2015), Witness Validation and Stepwise Testification across Software Verifiers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hms_kernel import certificates, lean_check
from hms_kernel.backends import composing
from hms_kernel.backends.engines import versions
from hms_kernel.backends.grouping import grouped
from hms_kernel.backends.lemmas import Split, apart
from hms_kernel.backends.questions import smtlib
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.smt import SmtBackend, understood
from hms_kernel.backends.strategy import Strategy
from hms_kernel.backends.unfold import pin, unfold
from hms_kernel.errors import (
    StatementError,
    UnsupportedStatement,
    UsageError,
)
from hms_kernel.model import Budget, Counterexample, Goal, Lemma, Outcome, Trust, Verdict
from hms_kernel.statements import points, show
from hms_kernel.statements.terms import Logic, Statement, first_float

SCHEMA = "hms-witness/1"
S = TypeVar("S")  # what a Lean kernel is asked about
LARGEST_FILE_BYTES = 64 << 20
LARGEST_BUDGET_S = 600.0  # seconds, nominal or real, that a file may ask for


class Witness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A goal, what came of it, and why to believe that."""

    schema: str = SCHEMA
    goal: Goal
    verdict: Verdict  # with versions, strategy and budget in its evidence
    strategy: str = ""  # the strategy as it is printed
    smtlib: str = ""  # the negated goal as z3 was to refute it; empty where it cannot be said
    seal: str = ""  # SHA-256 of everything else


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check came to.

    ``confirmed`` says that the recorded outcome was established again, with at least the
    recorded trust; ``how`` says by what means, ``complaint`` why it was not.
    """

    theorem_id: str
    outcome: Outcome  # as recorded
    confirmed: bool
    trust: Trust | None = None  # who vouches for it now
    how: str = ""
    complaint: str = ""
    remarks: tuple[str, ...] = ()


class _Broken(Exception):
    """The record contradicts itself, or what was found now."""


# --- writing -----------------------------------------------------------------


def of(goal: Goal, verdict: Verdict) -> Witness:
    """The witness of a verdict on a goal."""
    evidence = verdict.evidence
    witness = Witness(
        goal=goal,
        verdict=verdict,
        strategy=_printed(evidence.strategy),
        smtlib=_question(goal),
    )
    # As it will be read back: the seal must not hang on 1 or 1.0, tuple or list.
    witness = decode(msgspec.json.encode(witness))
    return msgspec.structs.replace(witness, seal=_seal(witness))


def save(path: str | Path, goal: Goal, verdict: Verdict) -> Path:
    """Write the witness of a verdict; a directory gets a file named after the theorem.

    Returns:
        The file written.

    Raises:
        UsageError: it cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        target = target / f"{_file_name(goal.theorem_id)}.witness.json"
    content = msgspec.json.format(msgspec.json.encode(of(goal, verdict)), indent=2) + b"\n"
    try:
        # Written aside and moved, so that a file is there whole or not at all.
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".witness-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(aside).chmod(0o644)
        Path(aside).replace(target)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
    return target


def load(path: str | Path) -> Witness:
    """Read a witness; whether to believe it is what ``check`` says.

    Raises:
        UsageError: there is no such file, or it is no witness.
    """
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise UsageError(f"{file} is larger than {LARGEST_FILE_BYTES >> 20} MiB")
        return decode(file.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is no saved verdict: {error}") from error


def decode(content: bytes) -> Witness:
    """The witness in a file's content.

    Raises:
        msgspec.MsgspecError: it is none.
        UsageError: it is one of another schema.
    """
    schema = msgspec.json.decode(content, type=_Schema).schema
    if schema != SCHEMA:
        raise UsageError(f"saved verdicts of schema {schema!r} are not understood, only {SCHEMA}")
    return msgspec.json.decode(content, type=Witness)


class _Schema(msgspec.Struct):
    schema: str


# --- checking ----------------------------------------------------------------


def check(witness: Witness | str | Path) -> Finding:
    """Establish again what a witness says, and compare.

    Args:
        witness: one already read, or its file.

    Returns:
        A finding, whatever the witness contains.

    Raises:
        UsageError: the file cannot be read as one.
    """
    if not isinstance(witness, Witness):
        return check(load(witness))
    verdict = witness.verdict

    def finding(**found: Any) -> Finding:
        return Finding(theorem_id=witness.goal.theorem_id, outcome=verdict.outcome, **found)

    try:
        if witness.seal != _seal(witness):
            raise _Broken("the file was changed after it was saved: its seal does not fit")
        trust, how, remarks = _established(witness)
        if trust is not verdict.trust and not _at_least(trust, verdict.trust):
            raise _Broken(f"recorded as {_named(verdict.trust)}, but only {_named(trust)} stands")
    except _Broken as error:
        return finding(confirmed=False, complaint=str(error))
    return finding(confirmed=True, trust=trust, how=how, remarks=remarks)


def _established(witness: Witness) -> tuple[Trust | None, str, tuple[str, ...]]:
    """Trust, means and remarks of what could be established.

    Raises:
        _Broken: something else came out, or nothing.
    """
    goal, verdict = witness.goal, witness.verdict
    if not verdict.evidence.checker:
        raise _Broken(f"no prover vouches for it: {verdict.reason or 'the evidence is empty'}")
    if verdict.outcome is Outcome.PROVED and verdict.evidence.brings_proof:
        unsaid = ("not checked: that its hypotheses, if any, can hold together",)
        return Trust.LEAN_KERNEL, _accepted(lean_check.proof, goal, verdict), unsaid
    try:
        statement = understood(goal)
    except StatementError as error:
        return _unread(verdict, error)
    except UsageError as error:
        raise _Broken(f"the goal makes no sense: {error}") from error
    _compare_record(witness, statement)
    exact = first_float(statement) is None
    if verdict.outcome is Outcome.REFUTED and exact and not goal.unstated:
        return Trust.REPLAYED, _replayed(statement, verdict), _unchecked(verdict)
    if verdict.outcome is Outcome.PROVED and verdict.evidence.certificate is not None:
        together = ("not checked again: that the hypotheses can hold together",)
        remarks = (*_unchecked(verdict), *(together if statement.hypotheses else ()))
        how = _certified(statement, verdict)
        if verdict.trust is Trust.LEAN_KERNEL:
            kernel = _accepted(lean_check.certificate, statement, verdict)
            return Trust.LEAN_KERNEL, f"{how}; {kernel}", remarks
        return Trust.CERTIFICATE, how, remarks
    if verdict.evidence.lemmas:
        return _composed(goal, statement, verdict)
    return _settled_again(goal, verdict)


def _compare_record(witness: Witness, statement: Statement) -> None:
    """What the file says twice must be the same both times.

    Raises:
        _Broken: it is not.
    """
    evidence = witness.verdict.evidence
    if witness.goal.semantics not in ("exact", "float64"):
        raise _Broken(f"there are no semantics {witness.goal.semantics!r}")
    text = show(statement)
    if evidence.statement != text:
        raise _Broken("the statement as understood is not what the goal says")
    if evidence.statement_sha256 != hashlib.sha256(text.encode()).hexdigest():
        raise _Broken("the hash of the statement does not fit the statement")
    if witness.strategy != _printed(evidence.strategy):
        raise _Broken("the strategy as printed is not the one recorded")
    same_solver = evidence.versions.get("z3") == versions()["z3"]
    if same_solver and witness.smtlib != _question(witness.goal):
        raise _Broken("the SMT-LIB text does not say what the statement says")


def _unread(verdict: Verdict, error: StatementError) -> tuple[Trust | None, str, tuple[str, ...]]:
    unsupported = isinstance(error, UnsupportedStatement)
    outcome = Outcome.UNSUPPORTED if unsupported else Outcome.INVALID
    if verdict.outcome is not outcome or verdict.reason != str(error):
        raise _Broken(f"recorded as {verdict.outcome}, but the statement is {outcome}: {error}")
    return None, f"read again: {error.message}", ()


def _replayed(statement: Statement, verdict: Verdict) -> str:
    example = verdict.counterexample
    if example is None:
        raise _Broken("recorded as refuted, but there is no counterexample")
    # Records and lists are shown whole; what is replayed are the numbers within them.
    variables = {var.name for var in statement.variables}
    plain = {n: value for n, value in example.values.items() if n in variables} | example.parts
    shown = grouped(Counterexample(values=plain), statement.bundles)
    if (shown.values, shown.parts) != (example.values, example.parts):
        raise _Broken("the counterexample as shown is not the one that can be replayed")
    try:
        replay = points.read(statement, plain).replay()
    except UsageError as error:  # Undecided is one, too
        raise _Broken(f"the counterexample cannot be replayed: {error}") from error
    if not replay.refutes:
        why = replay.shows or "the claim holds there"
        raise _Broken(f"the counterexample does not break the claim: {why}")
    return f"replayed exactly: {replay.shows}"


def _composed(
    goal: Goal, statement: Statement, verdict: Verdict
) -> tuple[Trust | None, str, tuple[str, ...]]:
    """The claim taken apart again, and each of its lemmas checked as if it were saved alone."""
    evidence = verdict.evidence
    if verdict.outcome is Outcome.VACUOUS:
        return _excluded(statement, verdict)
    if verdict.outcome is not Outcome.PROVED:
        raise _Broken("that lemmas were left open or of no use is not established again")
    try:
        parts = apart(statement, msgspec.convert(evidence.split, Split))
    except (msgspec.ValidationError, UsageError) as error:
        raise _Broken(f"the claim does not come apart as recorded: {error}") from error
    wanted = [composing.lemma(goal, parts, number) for number in range(len(parts.texts))]
    # Claims share lemmas, so one may go by the name that it has with another claim.
    if [*map(_asked, (each.goal for each in evidence.lemmas))] != [*map(_asked, wanted)]:
        raise _Broken("the lemmas are not those that the claim comes apart into")
    remarks: dict[str, None] = {}
    found: list[Lemma] = []
    for each in evidence.lemmas:
        if each.verdict.outcome not in composing.HOLDS:
            raise _Broken(f"the lemma {each.goal.theorem_id} is not proved")
        trust, _, said = _established(of(each.goal, each.verdict))
        proved = msgspec.structs.replace(each.verdict, trust=trust)
        found.append(Lemma(goal=each.goal, verdict=proved))
        remarks |= dict.fromkeys(said)
    together = "not checked again: that the hypotheses of the whole can hold together"
    how = f"taken apart again by {parts.split.by}; all {len(found)} lemmas were checked"
    return composing.trust_of(found), how, (*remarks, together)


def _asked(lemma: Goal) -> Goal:
    return msgspec.structs.replace(lemma, theorem_id="")


def _excluded(statement: Statement, verdict: Verdict) -> tuple[None, str, tuple[str, ...]]:
    """Lemmas do not matter where the hypotheses exclude each other, which is seen without them."""
    found = composing.contradiction(statement, _repeatable(verdict))
    if found is None or found.outcome is not Outcome.VACUOUS:
        raise _Broken("recorded as vacuous, but now nothing shows that the hypotheses clash")
    if found.contradictory != verdict.evidence.contradictory:
        raise _Broken("other hypotheses exclude each other than those recorded")
    return None, "found again that the hypotheses exclude each other", ()


def _certified(statement: Statement, verdict: Verdict) -> str:
    try:
        certificate = certificates.from_json(verdict.evidence.certificate)
        certificates.check(statement, certificate)
    except (UsageError, certificates.Rejected) as error:
        raise _Broken(f"the certificate proves nothing: {error}") from error
    if _proves_anything(statement, certificate):
        raise _Broken("the certificate only shows that the hypotheses exclude each other: vacuous")
    return "the certificate was checked, no solver was asked"


def _accepted(ask: Callable[[S, Verdict], str], subject: S, verdict: Verdict) -> str:
    try:
        return ask(subject, verdict)
    except lean_check.Refused as error:
        raise _Broken(str(error)) from error


def _proves_anything(statement: Statement, certificate: certificates.Certificate) -> bool:
    """Whether the steps never use what the statement claims."""
    absurd = dataclasses.replace(statement, conclusion=Logic("False"))
    same = msgspec.structs.replace(certificate, statement_sha256=certificates.digest(absurd))
    try:
        certificates.check(absurd, same)
    except certificates.Rejected:
        return False
    return True


def _repeatable(verdict: Verdict) -> Budget:
    budget = verdict.evidence.budget
    if budget is None or not (
        0 < budget.nominal_s <= LARGEST_BUDGET_S and 0 < budget.wall_s <= LARGEST_BUDGET_S
    ):
        raise _Broken("the record has no budget to repeat it with")
    return budget


def _settled_again(goal: Goal, verdict: Verdict) -> tuple[Trust | None, str, tuple[str, ...]]:
    """The recorded strategy and budget once more, on the solver that is installed here."""
    evidence, budget = verdict.evidence, _repeatable(verdict)
    try:
        strategy = msgspec.convert(evidence.strategy, Strategy)
        if not all(0 < part.share <= 1 for part in strategy.slices):
            raise _Broken("the recorded strategy cannot be followed: shares lie between 0 and 1")
        again = SmtBackend().attempt(goal, strategy, budget)
    except (msgspec.ValidationError, UsageError) as error:
        raise _Broken(f"the recorded strategy cannot be followed: {error}") from error
    if again.outcome is not verdict.outcome:
        why = f": {again.reason}" if again.reason else ""
        raise _Broken(f"recorded as {verdict.outcome}, but now it is {again.outcome}{why}")
    how = f"settled again by {again.evidence.checker}, {again.evidence.units:,} units"
    then, now = evidence.versions, again.evidence.versions
    if then == now:
        # The same build repeats itself to the letter, so any difference was put there.
        if field := _difference(verdict, again):
            raise _Broken(f"the recorded {field} is not what this build finds again")
        return again.trust, how, ()
    builds = ", ".join(
        f"{name} {then.get(name, '?')} then and {now.get(name, '?')} now"
        for name in dict.fromkeys((*then, *now))
        if then.get(name) != now.get(name)
    )
    return again.trust, how, (f"on another build: {builds}",)


def _difference(recorded: Verdict, found: Verdict) -> str:
    """The first field that differs, durations aside; empty when none does."""
    for name in ("trust", "reason", "counterexample"):
        if getattr(recorded, name) != getattr(found, name):
            return name
    one, other = (
        msgspec.json.decode(msgspec.json.encode(verdict.evidence)) for verdict in (recorded, found)
    )
    # How the attempt came to be made is not what it found, and what it cost is told by the units.
    names = (name for name in other if name not in ("recovery", "nominal_s"))
    return next((name for name in names if one[name] != other[name]), "")


def _unchecked(verdict: Verdict) -> tuple[str, ...]:
    """What else the record says that was not looked into."""
    evidence = verdict.evidence
    said = {
        "the repairs it offers": evidence.repairs,
        "which hypotheses are not needed": evidence.unused_hypotheses,
    }
    return tuple(f"not checked again: {name}" for name, value in said.items() if value)


# --- pieces --------------------------------------------------------------------


def _at_least(trust: Trust | None, least: Trust | None) -> bool:
    return trust is not None and least is not None and trust.reaches(least)


def _named(trust: Trust | None) -> str:
    return trust.value if trust else "vouched for by nobody"


def _printed(strategy: Any) -> str:
    """A strategy given as data the way it prints itself; empty for none."""
    try:
        return str(msgspec.convert(strategy, Strategy))
    except msgspec.ValidationError:
        return ""


def _question(goal: Goal) -> str:
    try:
        sequent, _ = unfold(pin(Sequent.of(understood(goal))))
        return smtlib(sequent)
    except UsageError:
        return ""


def _seal(witness: Witness) -> str:
    bare = msgspec.structs.replace(witness, seal="")
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()


def _file_name(theorem_id: str) -> str:
    """A file name that tells the theorem; ids that look alike as files stay apart."""
    plain = re.sub(r"[^\w.-]+", "_", theorem_id).strip("._")[:100]
    if plain == theorem_id:
        return plain
    return f"{plain or 'claim'}-{hashlib.sha256(theorem_id.encode()).hexdigest()[:8]}"
