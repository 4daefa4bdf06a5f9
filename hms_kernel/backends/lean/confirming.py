"""Shows the Lean kernel the proof that a certificate is, and lets the verdict say what came of it. Proves nothing itself."""

from __future__ import annotations

from msgspec.structs import replace

from hms_kernel.backends.lean.rendering import NotRendered, replay
from hms_kernel.backends.lean.runtime import Runtime
from hms_kernel.certificates import from_json
from hms_kernel.errors import BackendError
from hms_kernel.model import Trust, Verdict
from hms_kernel.statements.terms import Statement


def confirmed(statement: Statement, verdict: Verdict, runtime: Runtime, wall_s: float) -> Verdict:
    """The verdict, vouched for by the Lean kernel where it accepts the certificate as a proof.

    Args:
        statement: what was proved.
        verdict: of that proof, with its certificate.
        runtime: the Lean to ask.
        wall_s: seconds the kernel may take.

    Returns:
        The verdict with trust "lean-kernel" and the Lean text in its evidence; else the verdict
        as it was, with a note on why.
    """
    evidence = verdict.evidence
    try:
        checked = replay(statement, from_json(evidence.certificate), runtime, wall_s)
    except NotRendered as error:
        return verdict.noted(f"not shown to the Lean kernel: {error}")
    except BackendError as error:
        return verdict.noted(f"the Lean kernel could not be asked: {error}")
    if not checked.accepted:
        return verdict.noted(f"the Lean kernel did not accept it: {checked.reason}")
    rests = f"rests on {', '.join(checked.axioms)}" if checked.axioms else "rests on no axiom"
    vouched = replace(
        evidence,
        checker=f"{checked.kernel}, {evidence.checker}",
        versions={**evidence.versions, "lean": checked.kernel},
        notes=(*evidence.notes, f"checked by the Lean kernel; {rests}"),
        lean=checked.source,
    )
    return replace(verdict, trust=Trust.LEAN_KERNEL, evidence=vouched)
