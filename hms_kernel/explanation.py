"""A verdict in words, for people who want to follow it: the steps of a proof, the numbers of a refutation. Checks what it tells."""

from __future__ import annotations

import contextlib
import dataclasses
import html
import itertools
import re
from dataclasses import dataclass

from hms_kernel import certificates, statements
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Outcome, Verdict
from hms_kernel.report import notes, why
from hms_kernel.statements.terms import Statement

NAME_PARTS = 5  # brackets and colons that a name may have


@dataclass(frozen=True)
class Explanation:
    """Lines of text; their indentation is part of what they say, in a notebook as well."""

    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<pre style="white-space: pre-wrap">{html.escape(str(self))}</pre>'


def explain(verdict: Verdict) -> Explanation:
    """Why a verdict is what it is.

    A proof with a certificate is checked and told step by step, one by lemmas lemma by lemma;
    one without names who vouches for it. A refutation shows its numbers.

    Raises:
        UsageError: it is no verdict, or its certificate does not prove its statement.
    """
    if not isinstance(verdict, Verdict):
        raise UsageError(f"{verdict!r} is no verdict; a task's result() is one")
    evidence = verdict.evidence
    match verdict.outcome:
        case Outcome.PROVED if evidence.brings_proof:
            lines = [f"{evidence.checker} accepts this proof:", "", *evidence.lean.splitlines()]
        case Outcome.PROVED if evidence.certificate is not None:
            lines = _steps(verdict)
        case Outcome.PROVED if evidence.lemmas:
            lines = _parts(verdict)
        case Outcome.PROVED:
            lines = [
                f"{evidence.checker} vouches for it by `{evidence.stage}`; there is no certificate to follow."
            ]
        case Outcome.REFUTED if verdict.counterexample is not None:
            shown = verdict.counterexample.shows
            free = verdict.counterexample.call or verdict.counterexample.values
            lines = [f"It fails for {why(verdict)}:", "", shown] if free else [shown]
        case _:
            lines = [verdict.reason]
    return Explanation((*lines, *(line for note in notes(verdict) for line in ("", note))))


def _parts(verdict: Verdict) -> list[str]:
    """Every lemma of a composed proof, told in its turn."""
    lines = [f"It follows from {verdict.evidence.stage}, each of which holds:"]
    for number, lemma in enumerate(verdict.evidence.lemmas, 1):
        told = explain(lemma.verdict).lines
        lines += [
            "",
            f"{number}. {lemma.goal.statement}",
            *(f"   {line}".rstrip() for line in told),
        ]
    return lines


def understood(text: str) -> Statement:
    """A statement as evidence has it, under whatever name: people's are often no names for Lean.

    Raises:
        StatementError: it cannot be read.
    """
    try:
        return statements.parse(text)
    except StatementError:
        if not text.startswith("theorem "):
            raise
        for end in itertools.islice(re.finditer(r" (?=[(:])", text), NAME_PARTS):
            with contextlib.suppress(StatementError):
                found = statements.parse(f"theorem claim{text[end.start() :]}")
                return dataclasses.replace(found, name=text[len("theorem ") : end.start()])
        raise


def _steps(verdict: Verdict) -> list[str]:
    statement = understood(verdict.evidence.statement)
    try:
        certificate = certificates.from_json(verdict.evidence.certificate)
        certificates.check(statement, certificate)
    except certificates.Rejected as error:
        raise UsageError(f"the certificate does not prove the statement: {error}") from error
    return certificates.explained(statement, certificate)
