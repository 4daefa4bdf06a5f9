"""What came of a specification's claims: as a table, as JSON, as an exit code. Proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hms_kernel import display, tables
from hms_kernel.errors import UsageError
from hms_kernel.model import Outcome, Trust, Verdict
from hms_kernel.specs import Claim
from hms_kernel.store import store_name

if TYPE_CHECKING:
    import pandas as pd


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, its verdict, and who worked on it for how long."""

    claim: Claim
    verdict: Verdict
    agent: str | None = None  # None when it needed none
    attempts: int = 0
    duration_s: float = 0.0  # seconds of proving

    def save(self, path: str | Path) -> Path:
        """Write the verdict as a file that stands by itself; see ``hms_kernel.witness``.

        Raises:
            UsageError: the claim is prose and has no statement, or the file cannot be written.
        """
        from hms_kernel import witness  # brings the prover, which reading a report must not

        if self.claim.settled is not None:
            raise UsageError(f"claim {self.claim.id!r} has no statement to save a verdict of")
        return witness.save(path, self.claim.goal(), self.verdict)

    def as_json(self) -> dict[str, Any]:
        """Plain data, the shape of one entry of ``hms verify --json``."""
        return {
            "id": self.claim.id,
            "statement": self.verdict.evidence.statement or self.claim.statement,
            "natural_language": self.claim.natural_language,
            "source": self.claim.source,
            **verdict_json(self.verdict),
            "duration_s": round(self.duration_s, 6),
            "agent": self.agent,
            "attempts": self.attempts,
        }


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The settled claims of one run, in the order of the specification. Index it by claim id."""

    spec: str
    session: str
    store: str
    claims: tuple[Settlement, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Outcome to number of claims; all outcomes are there, zero or not."""
        seen = Counter(settlement.verdict.outcome for settlement in self.claims)
        return {outcome.value: seen[outcome] for outcome in Outcome}

    @property
    def place(self) -> str:
        """Where the run is stored, for people: a file's path, or a URL without its password."""
        return store_name(self.store)

    def all_proved(self, least: Trust = Trust.ONE_SOLVER) -> bool:
        """Whether there are claims and every one is proved, by somebody at least that trustworthy."""
        return bool(self.claims) and all(
            is_proved(settlement.verdict, least) for settlement in self.claims
        )

    def __getitem__(self, claim_id: str) -> Verdict:
        for settlement in self.claims:
            if settlement.claim.id == claim_id:
                return settlement.verdict
        known = ", ".join(settlement.claim.id for settlement in self.claims[:5])
        raise UsageError(f"no claim {claim_id!r} in {self.spec}; there are {known}, …")

    def __iter__(self) -> Iterator[Settlement]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def save(self, directory: str | Path) -> list[Path]:
        """Write every verdict on a statement to a file of its own; ``hms check`` reads them.

        Raises:
            UsageError: a file cannot be written.
        """
        place = Path(directory)
        make_directory(place)
        return [each.save(place) for each in self.claims if each.claim.settled is None]

    def notes(self) -> list[str]:
        """What else the prover has to say, a line each, under the claim's id."""
        return [f"{each.claim.id}: {note}" for each in self.claims for note in notes(each.verdict)]

    def as_json(self) -> dict[str, Any]:
        """Plain data, what ``hms verify --json`` prints."""
        return {
            "spec": self.spec,
            "claims": [settlement.as_json() for settlement in self.claims],
            "summary": {
                "total": len(self.claims),
                **self.counts,
                "session": self.session,
                "store": self.place,
            },
        }

    def frame(self) -> pd.DataFrame:
        """One row per claim, as a pandas frame indexed by claim id."""
        rows = [settlement.as_json() for settlement in self.claims]
        columns = ["id", "verdict", "trust", "counterexample", "reason", "agent", "attempts"]
        columns += ["duration_s", "statement", "natural_language", "source", "evidence"]
        return tables.frame(rows, columns).set_index("id")

    def rows(self) -> list[dict[str, str]]:
        """Short texts for a table: claim, verdict, trust, counterexample or reason, agent, seconds."""
        return [
            {
                "claim": settlement.claim.id,
                "verdict": settlement.verdict.outcome.value,
                "trust": settlement.verdict.trust.value if settlement.verdict.trust else "",
                "why": why(settlement.verdict),
                "agent": settlement.agent or "",
                "seconds": f"{settlement.duration_s:.2f}",
            }
            for settlement in self.claims
        ]

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {name}" for name, n in self.counts.items() if n)
        return f"<report on {self.spec}: {counts or 'no claims'}>"

    def _repr_html_(self) -> str:
        said = "".join(f"<pre>{escape(remark)}</pre>" for remark in remarks(self.claims))
        lines = "".join(display.html_text(note) for note in self.notes())
        return display.html_table(self.rows()) + said + lines


def is_proved(verdict: Verdict, least: Trust = Trust.ONE_SOLVER) -> bool:
    """Whether the claim is proved, by somebody at least as trustworthy as ``least``."""
    strong = verdict.trust is not None and verdict.trust.reaches(least)
    return verdict.outcome is Outcome.PROVED and strong


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The part of a JSON entry that a verdict decides; the strategy as data is for saved verdicts."""
    evidence = msgspec.to_builtins(verdict.evidence)
    del evidence["strategy"]
    return {
        "verdict": verdict.outcome.value,
        "trust": verdict.trust.value if verdict.trust else None,
        "reason": verdict.reason,
        "counterexample": tables.plain_counterexample(verdict),
        "evidence": evidence
        | ({"shows": verdict.counterexample.shows} if verdict.counterexample else {}),
    }


def why(verdict: Verdict) -> str:
    """One line for a table: the numbers that break a claim, or the reason for anything unproved."""
    if verdict.counterexample is not None:
        shown = verdict.counterexample
        return shown.call or plain_numbers(shown.values) or shown.shows
    if verdict.outcome is Outcome.PROVED:
        return ""
    # A caret means something only below the line that it points into; see ``remarks``.
    return " ".join(verdict.reason.removesuffix(pointed(verdict)).split())


def remarks(settled: Iterable[Settlement]) -> list[str]:
    """What could not be understood, as its author should see it: line by line, with the caret."""
    return [f"{each.claim.id}: {each.verdict.reason}" for each in settled if pointed(each.verdict)]


def pointed(verdict: Verdict) -> str:
    """The lines of the statement, with a caret, that the reason ends in; empty where there are none."""
    not_understood = verdict.outcome in (Outcome.INVALID, Outcome.UNSUPPORTED)
    return verdict.reason.partition("\n")[2] if not_understood else ""


def notes(verdict: Verdict) -> list[str]:
    """What a good answer says besides yes and no: repairs, hypotheses that are not needed."""
    evidence = verdict.evidence
    lines = [
        f"true if also {repair.hypothesis} (proved, {repair.trust.value})"
        for repair in evidence.repairs
    ]
    if evidence.unused_hypotheses:
        lines.append(f"proved without {'; '.join(evidence.unused_hypotheses)}")
    return lines


def make_directory(place: Path) -> None:
    """Make a directory for files to save, unless it is there.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot save to {place}: {error.strerror or error}") from error


def plain_numbers(values: dict[str, Any]) -> str:
    """``d = 2, w = [1/2, 1/2]``: variables in order, exact numerals."""

    def text(value: Any) -> str:
        return f"[{', '.join(map(text, value))}]" if isinstance(value, list) else str(value)

    return ", ".join(f"{name} = {text(value)}" for name, value in values.items())
