"""Types not known yet, and the defaults Lean gives them in the end. Elaborates no term."""

from __future__ import annotations

from hms_kernel.statements.inference import Meta, Typed, known, resolve, unify
from hms_kernel.statements.terms import Scalar
from hms_kernel.statements.tokens import Token


class Unknowns:
    """What one elaboration has left open."""

    def __init__(self, decimals: str) -> None:
        self.decimals = decimals
        self.notes: list[str] = []
        self.metas: list[Meta] = []
        self.coercions: list[tuple[Typed, Meta]] = []

    def unknown(self, at: Token) -> Meta:
        """A fresh unknown type."""
        meta = Meta(at)
        self.metas.append(meta)
        return meta

    def note(self, text: str) -> None:
        """Say something about how the text was read, once."""
        if text not in self.notes:
            self.notes.append(text)

    def mark(self) -> tuple[int, int]:
        """Where the unknowns of an enclosing elaboration end."""
        return len(self.metas), len(self.coercions)

    def settle(self, since: tuple[int, int] = (0, 0)) -> None:
        """Give every unknown made after a mark its default type, in Lean's order of priority."""
        metas, coercions = self.metas[since[0] :], self.coercions[since[1] :]
        for inner, meta in coercions:
            if known(meta) and not known(inner.ty):
                unify(inner.ty, meta)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.exponent:
                if end.negated:
                    end.at.unsupported("a negative exponent without a type; write (-1 : ℤ)")
                unify(end, Scalar.NAT)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.decimal:
                self._settle_decimal(end)
        for meta in metas:
            end = resolve(meta)
            if isinstance(end, Meta) and end.numeral:
                unify(end, Scalar.INT if end.negated else Scalar.NAT)
        for inner, meta in coercions:
            if known(meta) and not known(inner.ty):
                unify(inner.ty, meta)
        del self.metas[since[0] :], self.coercions[since[1] :]

    def _settle_decimal(self, meta: Meta) -> None:
        if self.decimals != "ℝ":
            unify(meta, Scalar.FLOAT)
            return
        unify(meta, Scalar.REAL)
        self.note("decimals without a type were read as ℝ (in Lean they are Float)")
