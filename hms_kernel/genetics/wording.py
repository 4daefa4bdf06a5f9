"""A strategy in words, for people who know the claim and not the solver. Judges nothing."""

from __future__ import annotations

from hms_kernel.backends.strategy import Slice, Stage, Strategy

_ENGINES = {
    "smt": "z3's general solver",
    "simple": "z3's general solver without preprocessing",
    "nlsat": "z3's solver for polynomial inequalities",
}
_TRANSFORMS = {
    "split": "take every part of the claim by itself",
    "cases": "take every alternative among the hypotheses by itself",
    "ite-split": "take every way that ifs, maxima and absolute values can fall by itself",
    "enumerate": "go through the values of a bounded integer",
    "residues": "go through the remainders of the integers",
    "points": "use what holds for all numbers at a few small ones only",
    "cycles": "go through the remainders that powers of a number repeat",
    "vertices": "look at the corners only, where a variable is bounded and enters linearly",
    "witness": "name what is claimed to exist",
    "induction": "show the first case and the step",
    "sum-lemma": "show a bound for every term of a sum, then take the sums for plain numbers",
    "unroll": "use what holds of a sequence at the places that matter only",
    "clear": "multiply denominators that are positive away",
    "products": "write out products of what is not negative",
    "squares": "write out squares, which are not negative",
    "linear": "take every product of variables for an unknown of its own",
}


def in_words(strategy: Strategy, fallback: Strategy | None = None) -> str:
    """One numbered line for each stage, in the order in which they are tried.

    Args:
        fallback: known to the reader; where the strategy ends with its stages, one line says so.
    """
    parts, last = strategy.slices, ""
    if fallback is not None:
        tail = len(fallback.slices)
        if [one.stage for one in parts[-tail:]] == [one.stage for one in fallback.slices]:
            left = sum(one.share for one in parts[-tail:])
            parts, last = parts[:-tail], f"Go on as by default (with {left:.1%} of the budget)."
    lines = [*map(_slice, parts), *filter(None, [last])]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))


def stage_in_words(stage: Stage) -> str:
    """What a stage does."""
    steps = [_TRANSFORMS.get(name, name) for name in stage.transforms]
    options = ", ".join(f"{name} = {value}" for name, value in stage.parameters)
    engine = _ENGINES.get(stage.engine, stage.engine) + (f" with {options}" if options else "")
    return ", then ".join([*steps, f"ask {engine}"])


def _slice(part: Slice) -> str:
    said = stage_in_words(part.stage)
    return f"{said[0].upper()}{said[1:]} (up to {part.share:.1%} of the budget)."
