"""Claims about Python functions: ``@claim`` says them, ``load`` makes them goals. Settles nothing.

The function's syntax is translated, never run. A counterexample is then tried on the
function itself, in the process that has it, before anybody sees it.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

from hms_kernel.model import Verdict
from hms_kernel.specs.claim import Claim, Spec, unique
from hms_kernel.specs.python import replay
from hms_kernel.specs.python.declared import claim, declared_in, has_claims
from hms_kernel.specs.python.translate import Translation, claims

__all__ = ["PythonSpec", "claim", "has_claims", "load"]


class PythonSpec(Spec, frozen=True, kw_only=True):
    """The claims on a function or on a module's functions."""

    translations: dict[str, Translation]  # by claim id
    tried: dict[tuple[str, str], Verdict]  # so that a counterexample is tried once

    def review(self, claim: Claim, verdict: Verdict) -> Verdict:
        """The verdict, after a counterexample was tried on the function itself."""
        found = self.translations.get(claim.id)
        if found is None or verdict.counterexample is None:
            return verdict
        key = (claim.id, repr(verdict))
        if key not in self.tried:
            self.tried[key] = replay.replayed(found, verdict)
        return self.tried[key]


def load(found: Callable[..., Any] | types.ModuleType | Sequence[Callable[..., Any]]) -> PythonSpec:
    """The claims on a function, on several, or on every function of a module, as goals.

    Raises:
        UsageError: there are none.
    """
    several = found if isinstance(found, Sequence) else [found]
    declared = [claim for one in several for claim in declared_in(one)]
    counts: dict[str, int] = {}
    for one in declared:
        counts[one.function.__name__] = counts.get(one.function.__name__, 0) + 1
    made: list[Claim] = []
    translations: list[Translation | None] = []
    seen: dict[str, int] = {}
    for one in declared:
        name = one.function.__name__
        seen[name] = seen.get(name, 0) + 1
        id = one.name or (f"{name}.{seen[name]}" if counts[name] > 1 else name)
        for goal, translation in claims(one, id):
            made.append(goal)
            translations.append(translation)
    named = unique(made)
    name = getattr(found, "__name__", "claims").rpartition(".")[2]
    return PythonSpec(
        name=name,
        title=name,
        source=getattr(found, "__module__", None) or name,
        kind="python",
        claims=named,
        translations={
            goal.id: translation
            for goal, translation in zip(named, translations, strict=True)
            if translation is not None
        },
        tried={},
    )
