"""What a session is asked for, as messages: agents, and proofs with what is to be tried. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import StoreError, UsageError
from hms_kernel.genetics.family import family
from hms_kernel.genetics.files import default_file
from hms_kernel.messages import SubmitTaskRequest
from hms_kernel.model import AgentSpec, Budget, Goal, Limits, Recovery, Trust
from hms_kernel.specs import Claim

BATCH_WAIT_S = 3600.0  # the claims of a specification wait so long for room in the queue
SPECIALISTS = 2  # stages of the archive that a recovery tries
KILL_MARGIN_S = 5.0  # a prover gets so long beyond its wall clock to stop by itself


def agent_spec(skills: Sequence[str], settings: dict[str, Any]) -> AgentSpec:
    """The desired state for agents alike; keys that are no field of ``AgentSpec`` go to the skills.

    Raises:
        UsageError: a value is of the wrong type.
    """
    own = {"heartbeat_s", "grace_s", "memory_bytes", "intensity", "agent_id"}
    fields = {key: value for key, value in settings.items() if key in own}
    rest = {key: value for key, value in settings.items() if key not in own}
    try:
        return msgspec.convert(
            {"agent_id": "", **fields, "skills": list(skills), "config": rest}, AgentSpec
        )
    except msgspec.ValidationError as error:
        raise UsageError(f"cannot configure an agent with {settings!r}: {error}") from None


def prepared(trust: str) -> Trust:
    """The trust of that name, with what it needs in place: no claim's time is spent on that."""
    wanted = Trust.of_proofs(trust)
    if wanted is Trust.LEAN_KERNEL:
        # An extra, which most proofs do not ask for.
        from hms_kernel.backends import lean

        lean.prepare()
    return wanted


def recovery_of(recover: bool | Recovery, backend: str = "smt") -> Recovery | None:
    """How far to go for a claim that is left open, with the strategies to be tried then.

    Raises:
        UsageError: that is no recovery, or the backend is another than "smt".
    """
    if recover is False:
        return None
    if backend != "smt":
        raise UsageError(f"only proofs by 'smt' are recovered, not those by {backend!r}")
    if recover is not True and not isinstance(recover, Recovery):
        raise UsageError(f"{recover!r} is no recovery; write True or Recovery(nominal_s=60)")
    chosen = Recovery() if recover is True else recover
    if chosen.strategies is None:
        chosen = msgspec.structs.replace(chosen, strategies=_specialists())
    return chosen


def _specialists() -> tuple[str, ...]:
    """What has settled most in the user's archive, as printed."""
    if not default_file().is_file():
        return ()
    # They bring the solver along, which a claim without a recovery must not.
    from hms_kernel.genetics.archive import Archive
    from hms_kernel.genetics.trials import alone

    try:
        return tuple(str(alone(one)) for one in Archive(default_file()).specialists(SPECIALISTS))
    except StoreError:
        return ()  # no claim has to wait for that


def proof(
    goal: Goal,
    budget: Budget,
    run: str,
    cache: bool,
    trust: Trust,
    backend: str = "smt",
    strategy: Strategy | None = None,
    recovery: Recovery | None = None,
) -> SubmitTaskRequest:
    """Settle one goal.

    Raises:
        UsageError: the budget is none.
    """
    if not isinstance(budget, Budget):
        raise UsageError(f"{budget!r} is no budget; write Budget(nominal_s=5, wall_s=60)")
    request = {"goal": goal, "budget": budget, "cache": cache, "trust": trust, "backend": backend}
    if strategy is not None:
        request["strategy"] = strategy
    if recovery is not None:
        request["propose"] = False  # a model is asked when its turn comes
    return SubmitTaskRequest(
        skill="prove",
        payload=msgspec.to_builtins(request),
        label=goal.theorem_id,
        run=run,
        limits=Limits(attempt_wall_s=budget.wall_s + KILL_MARGIN_S),
        recovery=recovery,
    )


def claim_proof(
    claim: Claim,
    budget: Budget,
    run: str,
    cache: bool,
    trust: Trust,
    in_force: Mapping[str, Strategy],
    recovery: Recovery | None = None,
) -> SubmitTaskRequest:
    """Settle one claim of a specification; what its loader has settled is only recorded.

    Args:
        in_force: families whose claims are tried with a strategy of their own, and that.
    """
    if claim.settled is not None:
        return SubmitTaskRequest(skill="prove", label=claim.id, run=run, settled=claim.settled)
    goal = claim.goal()
    strategy = in_force.get(family(goal))
    request = proof(goal, budget, run, cache, trust, strategy=strategy, recovery=recovery)
    return msgspec.structs.replace(request, wait_s=BATCH_WAIT_S)
