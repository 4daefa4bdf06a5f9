"""Side questions about a statement: do these stages prove it, can its hypotheses hold. Looks for no counterexample."""

from __future__ import annotations

from collections.abc import Sequence

from hms_kernel.backends.asking import QUICK, Asker
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.sequent import Sequent, shape_variables, split
from hms_kernel.backends.strategy import Stage
from hms_kernel.backends.unfold import pin, unfold
from hms_kernel.errors import StatementError
from hms_kernel.statements import instantiate
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.terms import Logic, Statement


def proves(
    statement: Statement, stages: Sequence[Stage], meter: Meter, allowance: Allowance
) -> bool:
    """Whether every piece of the statement is proved by one of the stages; False says nothing."""
    sequent, _ = unfold(pin(Sequent.of(statement)))
    asker = Asker(meter)

    def closes(piece: Sequent) -> bool:
        for stage in stages:
            result = asker.ask(stage, piece, allowance).result
            if result == "unsat":
                return True
            if result == "sat" and not stage.transforms:
                return False  # nothing else can prove it
        return False

    return all(map(closes, split(sequent)))


def satisfiable(
    statement: Statement, sizes: Sequence[int], meter: Meter, allowance: Allowance
) -> bool:
    """Whether values were found under which all hypotheses hold, checked exactly; False says nothing.

    Args:
        sizes: what a symbolic n is tried at.
    """
    shape = shape_variables(Sequent.of(statement))
    for size in sizes if shape else (0,):
        instance = statement
        for var in shape:
            instance = instantiate(instance, var.name, size)
        sequent, _ = unfold(Sequent.of(instance))
        question = Sequent(sequent.variables, sequent.facts, Logic("False"))
        try:
            reply = meter.ask(question, QUICK, allowance)
            if reply is None or reply.answer.result != "sat" or reply.rounded or reply.missing:
                continue
            env = dict(reply.values)
            if all(holds(fact, env) for fact in sequent.facts):
                return True
        except StatementError:
            continue
    return False
