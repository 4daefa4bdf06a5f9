"""Goals, tasks, verdicts, agents: the frozen values every part shares. Decides nothing."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from hms_kernel.errors import UsageError
from hms_kernel.shown import Shown


class Outcome(enum.StrEnum):
    """What a checker concluded. Nothing but a checker may conclude ``PROVED``."""

    PROVED = "proved"  # a checker showed it
    REFUTED = "refuted"  # a counterexample was replayed in exact arithmetic
    VACUOUS = "vacuous"  # the hypotheses contradict each other
    UNKNOWN = "unknown"  # an honest answer; the reason says what ran out
    UNSUPPORTED = "unsupported"  # outside the fragment; the reason names the construct
    INVALID = "invalid"  # not understood as a claim; the reason says why

    @property
    def decided(self) -> bool:
        """Whether the claim is answered: proved, refuted or vacuous."""
        return self in (Outcome.PROVED, Outcome.REFUTED, Outcome.VACUOUS)


class Trust(enum.StrEnum):
    """Who vouches for a verdict; proofs in descending order of strength, then refutations."""

    LEAN_KERNEL = "lean-kernel"
    CERTIFICATE = "certificate"
    TWO_SOLVERS = "two-solvers"
    ONE_SOLVER = "one-solver"
    REPLAYED = "replayed"

    def reaches(self, least: Trust) -> bool:
        """Whether a proof of this trust is at least as strong as ``least``; refutations are no proofs."""
        order = list(Trust)
        return self is not Trust.REPLAYED and order.index(self) <= order.index(least)

    @classmethod
    def of_proofs(cls, name: str) -> Trust:
        """The trust of that name.

        Raises:
            UsageError: no proof is of such a trust.
        """
        levels = [trust for trust in cls if trust is not cls.REPLAYED]
        if name in levels:
            return cls(name)
        if name == cls.REPLAYED:
            raise UsageError("'replayed' is said of refutations; no proof is of that kind")
        raise UsageError(f"no trust {name!r}; there are {', '.join(levels)}")


class Semantics(enum.StrEnum):
    """What the numbers of a claim are."""

    EXACT = "exact"  # Lean's own: ℝ is the reals, Float is IEEE-754 binary64
    FLOAT64 = "float64"  # ℝ is read as IEEE-754 binary64 too

    @classmethod
    def named(cls, name: str) -> Semantics:
        """The semantics of that name.

        Raises:
            UsageError: there are none.
        """
        try:
            return cls(name)
        except ValueError:
            raise UsageError(f"no semantics {name!r}; there are {', '.join(cls)}") from None


class Phase(enum.StrEnum):
    """Where a task stands. The last three are terminal; a task enters exactly one of them, once."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"  # its attempt left it open; a recovery is under way
    SUCCEEDED = "succeeded"  # answered; for a proof even "unknown" is an answer
    FAILED = "failed"  # attempts exhausted, denied, or the skill raised
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """Whether a task in this phase has ended."""
        return self in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)


class AgentPhase(enum.StrEnum):
    """Where an agent stands."""

    STARTING = "starting"  # launched, has not registered yet
    READY = "ready"  # registered; may be running a task
    DRAINING = "draining"  # finishes what it runs, takes nothing new, then ends
    BACKOFF = "backoff"  # dead, waiting to be launched again
    QUARANTINED = "quarantined"  # died too often, or was put aside: waits for a release
    STOPPING = "stopping"  # asked to end
    STOPPED = "stopped"  # ended as desired, stays so


class Desired(enum.StrEnum):
    """What somebody wants of an agent, whatever it is doing now."""

    RUNNING = "running"
    STOPPED = "stopped"
    QUARANTINED = "quarantined"


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt at a goal may spend.

    Nominal seconds are resource units divided by the engine's fixed rate
    (``backends.units``): the same on every machine, so verdicts repeat. The wall
    clock is only the safety net.
    """

    nominal_s: float = 5.0  # deterministic seconds, shared out by the strategy
    wall_s: float = 60.0  # real seconds until the attempt is stopped: "unknown: wall clock"


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One claim in Lean 4 text, as a prover receives it."""

    theorem_id: str
    statement: str  # a closed proposition, or a whole ``theorem ... := by sorry``
    definitions: tuple[str, ...] = ()  # Lean ``def`` commands in scope of the statement
    axioms: tuple[str, ...] = ()  # an identifier allows that Lean axiom; others are hypotheses
    decimals: str = "Float"  # type of decimals nothing else types; spec loaders say "ℝ"
    semantics: Semantics = Semantics.EXACT
    # Assumptions of the source that are prose, so missing from the text. A proof stands without
    # them; numbers that break the claim may break them too, so backends say unknown, not refuted.
    unstated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # how the text came about; goes into the evidence


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """Values that satisfy every hypothesis and break the conclusion, replayed exactly."""

    values: dict[
        str, str | list[Any]
    ]  # variable to exact Lean numeral; functions on Fin n and lists as lists, records as Lean text
    parts: dict[str, str | list[Any]] = {}  # the numbers within records and lists of records
    shows: str = ""  # the broken part with its numbers: "∑ i, w i * a i = 200, not ≤ 100"
    call: str = ""  # of a Python function, what calling it showed: "score(x=2) = 200"


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that holds where the refuted one does not: the same with one more hypothesis."""

    hypothesis: str  # what was missing, as Lean text: "∀ i, d i ≤ 1"
    statement: str  # the repaired claim as a whole, as Lean text
    trust: Trust  # it is proved; who vouches


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why to believe a verdict; enough to repeat it."""

    checker: str = ""  # who vouches, with build: "z3 5.4.0"
    versions: dict[str, str] = {}  # "hms", "python" and the solvers, as they were
    strategy: Any = None  # what was to be tried, as plain JSON data
    budget: Budget | None = None  # what it was allowed to spend
    stage: str = ""  # the stage that settled it, as printed by ``Stage``
    units: int = 0  # resource units spent by all stages, engine's own count
    nominal_s: float = 0.0  # nominal seconds of all questions; 0 where the clock had a say
    statement: str = ""  # the goal as understood, printed back as Lean
    statement_sha256: str = ""  # of that text, hexadecimal
    notes: tuple[str, ...] = ()  # ascriptions, supplied definitions, the n of a sum
    tried: tuple[str, ...] = ()  # one line per stage: engine, answer, units
    certificate: Any = None  # a proof that needs no solver to check, as plain JSON data
    lean: str = ""  # the Lean file in which the kernel accepted the claim's proof
    unused_hypotheses: tuple[str, ...] = ()  # of a proof: it holds without them
    contradictory: tuple[str, ...] = ()  # of a vacuous claim: hypotheses that exclude each other
    repairs: tuple[Repair, ...] = ()  # of a refuted claim: what would make it true, simplest first
    split: Any = None  # how the claim was taken apart, as plain JSON data
    lemmas: tuple[Lemma, ...] = ()  # of a proof by parts: what the parts are, and who proved them
    recovery: tuple[str, ...] = ()  # what was tried after the first attempt, one line per step

    @property
    def brings_proof(self) -> bool:
        """Whether the certificate is a proof that a Lean was shown, rather than one of our own."""
        return isinstance(self.certificate, dict) and "submission" in self.certificate


class Lemma(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a claim, and what came of it."""

    goal: Goal
    verdict: Verdict


class Verdict(Shown, msgspec.Struct, frozen=True, kw_only=True, tag="verdict"):
    """What one checker concluded about one goal."""

    outcome: Outcome
    trust: Trust | None = None  # None unless proved or refuted
    reason: str = ""  # for people; always present when not proved or refuted
    counterexample: Counterexample | None = None
    evidence: Evidence = Evidence()
    wall_s: float = 0.0  # seconds, monotonic clock of the worker
    cached: bool = False  # the same question was answered before; nothing else tells

    def noted(self, note: str) -> Verdict:
        """The same with one more note in its evidence."""
        evidence = msgspec.structs.replace(self.evidence, notes=(*self.evidence.notes, note))
        return msgspec.structs.replace(self, evidence=evidence)


class Value(msgspec.Struct, frozen=True, kw_only=True, tag="value"):
    """What a skill other than proving returned: plain msgpack-able data."""

    value: Any = None


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt that ended without a result: the evidence against its task."""

    attempt: int
    agent: str
    cause: str  # "worker killed by SIGSEGV", "no progress for 30 s"
    output: str = ""  # the tail of what its worker printed, its traceback included


class Failure(msgspec.Struct, frozen=True, kw_only=True, tag="failure"):
    """Why a task has no answer."""

    # "error", "deadline", "cancelled", "denied", "attempts"; of one attempt, which is tried
    # again: "crashed" (its worker ended), "frozen" (it showed no life), "stuck" (no progress)
    kind: str
    message: str
    detail: str = ""  # traceback or the tail of the worker's output
    lost: tuple[Lost, ...] = ()  # of "attempts": every attempt, oldest first


Result = Verdict | Value | Failure


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how often a task may be tried. Seconds; None is no limit.

    Source:
        Temporal's schedule-to-start, start-to-close, schedule-to-close and heartbeat timeouts.
    """

    max_attempts: int = 3  # attempts lost with their agent; a poisonous task stops here
    queue_s: float | None = None  # in the queue before each attempt; then the task fails
    attempt_wall_s: float | None = None  # of one attempt; then the task fails
    total_s: float | None = None  # to the end; then it fails, or its recovery is cut short
    progress_s: float | None = None  # between two reports of the skill; then it is tried again


class Move(enum.StrEnum):
    """What a recovery can do next for a claim that is still open."""

    BUDGET = "more budget"
    STRATEGY = "other strategy"
    CERTIFICATE = "certificate search"
    SPLIT = "split"  # into lemmas; no proving yet
    LEMMAS = "lemmas"  # several agents prove them
    COMPOSITION = "composition"  # of their verdicts to one on the claim
    MODEL = "language model"
    PERSON = "person"


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """How far to go for a claim that its first attempt leaves open."""

    nominal_s: float = 60.0  # of all further attempts together, those at lemmas included
    moves: tuple[Move, ...] = ()  # what may be tried, in this order; empty: what fits the reason
    ask_s: float = 0.0  # seconds to wait for a person in the end; 0: nobody is asked
    depth: int = 2  # how often a lemma may itself be split
    # Tried beside those made by hand, by name or as printed; None: stages that have settled
    # most in the user's archive, which whoever hands the claim in looks up.
    strategies: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not (self.nominal_s >= 0 and self.ask_s >= 0 and self.depth >= 0):
            raise UsageError("nominal_s, ask_s and depth of a recovery are at least 0")
        if second := {Move.LEMMAS, Move.COMPOSITION}.intersection(self.moves):
            raise UsageError(f"{min(second)} follows from a split and cannot be asked for alone")


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about a claim that waits for one. One of the fields is set."""

    lemma: str = ""  # Lean text in the scope of the claim: proved first, then used
    strategy: str = ""  # the name of one, or one as printed
    nominal_s: float = 0.0  # more budget, beyond the recovery's own
    give_up: bool = False

    def __post_init__(self) -> None:
        if sum(map(bool, (self.lemma, self.strategy, self.nominal_s > 0, self.give_up))) != 1:
            raise UsageError("a hint is a lemma, a strategy, more nominal seconds, or giving up")


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something an agent is asked to do."""

    task_id: str
    skill: str  # "prove", or a name under the entry-point group ``hms.skills``
    payload: Any = None  # the skill's own request: plain msgpack-able data
    label: str = ""  # what people call it: a theorem id
    run: str = ""  # groups the tasks of one ``verify``
    limits: Limits = Limits()
    recovery: Recovery | None = None  # what to do when an attempt leaves it open; None: nothing
    parent: str = ""  # the task whose recovery asked for this one; empty: a person or program did
    background: bool = False  # it waits while any other task does


class Intensity(msgspec.Struct, frozen=True, kw_only=True):
    """How often an agent may die before it is quarantined instead of launched again.

    Source:
        Erlang/OTP, supervisor behaviour: restart intensity and period.
    """

    deaths: int = 5  # one more than these ...
    within_s: float = 60.0  # ... within so many seconds, and it is put aside
    cool_s: float = 30.0  # seconds until it is tried once more; doubles each time that fails


class AgentSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The desired state of one agent: what to launch, and what to launch again when it dies."""

    agent_id: str
    skills: tuple[str, ...] = ("prove", "trial")
    heartbeat_s: float = 1.0  # seconds between heartbeats
    grace_s: float = 600.0  # seconds without a supervisor until the agent ends itself
    memory_bytes: int = 4 << 30  # address-space limit of its worker
    intensity: Intensity = Intensity()
    config: dict[str, Any] = {}  # plain data handed to the skills


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is doing, carried by heartbeats."""

    task_id: str
    attempt: int
    elapsed_s: float = 0.0  # seconds since the attempt began
    steps: int = 0  # counts up whenever the skill reports progress
    note: str = ""  # the skill's latest word: the stage it is in
    silent_s: float = 0.0  # seconds since the worker's interpreter showed life
    cpu_s: float = 0.0  # processor seconds the worker has used in all
    rss_bytes: int = 0  # resident memory of the worker
