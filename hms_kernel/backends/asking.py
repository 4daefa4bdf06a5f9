"""A stage put to a sequent: transforms, lemmas, then one question per part, none paid for twice. Judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hms_kernel.backends import folding
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.questions import Reply
from hms_kernel.backends.sequent import Sequent, walk
from hms_kernel.backends.strategy import Stage
from hms_kernel.backends.transforms import Oblige
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import Fin, Num, Scalar

LEMMA_S = 0.05  # nominal seconds for one lemma that a transform wants
# nlsat takes integers for reals, which rarely helps, and is far slower there than its price says.
MISFIT_S = 0.02

QUICK = Stage(engine="smt")
NONLINEAR = Stage(engine="nlsat")


@dataclass(frozen=True)
class Heard:
    """What a stage says of a sequent.

    ``result`` is "unsat" (proved), "sat", "unknown" or "unsupported"; ``detail`` says why
    for the last two; ``reply`` is the one that ended the stage, where there was one;
    ``rests_on`` has every sequent that an engine proved on the way to "unsat".
    """

    result: str
    detail: str = ""
    reply: Reply | None = None
    rests_on: tuple[Sequent, ...] = ()

    @property
    def starved(self) -> bool:
        """Whether more budget might have said more."""
        return self.detail in ("budget exhausted", "asked before")

    def __str__(self) -> str:
        return f"{self.result} ({self.detail})" if self.detail else self.result


class Asker:
    """Puts stages to sequents and remembers every answer."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._known: dict[object, tuple[int, Heard]] = {}  # question to units offered, answer

    def ask(self, stage: Stage, sequent: Sequent, allowance: Allowance) -> Heard:
        """Proved when every part is; otherwise what the first other part said."""

        proved: list[Sequent] = []

        def oblige(lemma: Sequent) -> bool:
            try:
                reply = self._meter.ask(lemma, engine_for(lemma), allowance, at_most_s=LEMMA_S)
            except UnsupportedStatement:
                return False
            holds = reply is not None and reply.answer.result == "unsat"
            if holds:
                proved.append(lemma)
            return holds

        try:
            for part in self._transformed(stage, sequent, oblige):
                if stage.transforms and folding.settled(part):
                    continue
                heard = self._question(part, stage, allowance)
                if heard.result != "unsat":
                    return heard
                proved.append(part)
        except UnsupportedStatement as error:
            return Heard("unsupported", error.message)
        return Heard("unsat", rests_on=tuple(proved))

    def _transformed(self, stage: Stage, sequent: Sequent, oblige: Oblige) -> list[Sequent]:
        """The transforms in order, each on everything the one before left."""
        pending = [sequent]
        for name in stage.transforms:
            pending = [
                piece
                for old in pending
                for piece in self._meter.memory.transform(name, old, oblige)
            ]
        return pending

    def _question(self, part: Sequent, stage: Stage, allowance: Allowance) -> Heard:
        key = (part, stage.engine, stage.parameters)
        limit = allowance.units(stage.engine)
        offered, before = self._known.get(key, (0, None))
        if before is not None and before.result in ("unsat", "sat"):
            return before
        if before is not None and offered >= limit:
            return Heard("unknown", "asked before")
        reply = self._meter.ask(part, stage, allowance, at_most_s=_cap(stage, part))
        if reply is None:
            return Heard("unknown", "budget exhausted")
        heard = Heard(reply.answer.result, reply.answer.reason, reply)
        self._known[key] = (limit, heard)
        return heard


def _cap(stage: Stage, sequent: Sequent) -> float | None:
    """Nominal seconds that an engine is worth on this sequent; None for any."""
    return MISFIT_S if stage.engine == "nlsat" and engine_for(sequent) is QUICK else None


def engine_for(sequent: Sequent) -> Stage:
    """Real arithmetic goes to nlsat, anything with integers to smt."""
    for term in (*sequent.facts, sequent.claim):
        for part in walk(term):
            # A numeral says nothing: the 2 of a square is a natural number.
            sort = None if isinstance(part, Num) else getattr(part, "sort", None)
            if sort in (Scalar.NAT, Scalar.INT) or isinstance(sort, Fin):
                return QUICK
    return NONLINEAR
