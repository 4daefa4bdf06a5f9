"""One sentence of an HMS specification to one claim: what is concluded, and from which assumptions.

Assumed are the declared ranges of the inputs a claim involves and the constraints of
the formulas whose output it speaks of. Constraints on outputs are claims themselves
and never assumed. A claim about inputs alone gets the declared ranges only: assuming
the constraint that says the same would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hms_kernel.specs import sentences
from hms_kernel.specs.claim import Claim, invalid, unsupported
from hms_kernel.specs.formulas import Chain, Logic, Name, Node, Prose, walk
from hms_kernel.specs.sentences import Sentence
from hms_kernel.specs.vocabulary import Formula, Variable, Vocabulary
from hms_kernel.specs.writer import Beyond, Undefined, Writer, definition, sort, substitute

# What the authors wrote, as far as it matters for what is assumed.
INFORMAL, UNDEFINED = "informal: ", "undefined: "


@dataclass(frozen=True)
class Assumption:
    """A constraint of the file: Lean text with what it involves, or why it could not be written."""

    origin: str  # the file's words
    text: str = ""
    inputs: tuple[Variable, ...] = ()
    missing: str = ""  # why there is no text


class Compiler:
    """Writes claims over one vocabulary, at one number of terms."""

    def __init__(self, vocabulary: Vocabulary, n: int) -> None:
        self._vocabulary = vocabulary
        self._n = n
        self._ranges: dict[str, tuple[Assumption, ...]] = {}
        self._conditions: dict[int, tuple[Assumption, ...]] = {}

    # --- assumptions --------------------------------------------------------------

    def mentions_output(self, node: Node, domain: str) -> bool:
        """Whether a constraint speaks of a formula's output, which makes it a claim."""
        return any(
            isinstance(self._vocabulary.find(part.name, domain), Formula)
            for part in walk(node)
            if isinstance(part, Name)
        )

    def ranges(self, variable: Variable) -> tuple[Assumption, ...]:
        """What the file declares of an input."""
        if variable.lean not in self._ranges:
            self._ranges[variable.lean] = tuple(
                found
                for text in variable.constraints
                if (found := self._assume(sentences.about(variable.name, text), variable.domain))
            )
        return self._ranges[variable.lean]

    def conditions(self, formula: Formula) -> tuple[Assumption, ...]:
        """Under which constraints on its inputs the file states a formula."""
        if id(formula) not in self._conditions:
            found: list[Assumption] = []
            for text in formula.constraints:
                if bounds := sentences.range_of_all_inputs(text):
                    found += self._all_inputs(formula, bounds, text)
                elif assumption := self._assume(text, formula.domain):
                    found.append(assumption)
            self._conditions[id(formula)] = tuple(found)
        return self._conditions[id(formula)]

    def _all_inputs(
        self, formula: Formula, bounds: tuple[str, str], origin: str
    ) -> list[Assumption]:
        low, high = (sentences.numeral(bound) for bound in bounds)
        return [
            self._written(Chain(("≤", "≤"), (low, Name(v.name), high)), v.domain, origin)
            for v in formula.inputs
        ]

    def _assume(self, text: str, domain: str) -> Assumption | None:
        """A constraint as an assumption; None when it is a claim or says nothing of inputs."""
        try:
            sentence = sentences.read(text)
        except Prose as error:
            return Assumption(text, missing=str(error))
        if self.mentions_output(sentence.body, domain):
            return None
        if not any(isinstance(part, Name) for part in walk(sentence.body)):
            return None
        if sentence.inputs_of:
            return Assumption(text, missing="it speaks of another formula's inputs")
        body = sentence.body
        for condition in reversed(sentence.conditions):
            body = Logic("→", (condition, body))
        return self._written(body, domain, text, sentence.indices)

    def _written(
        self, node: Node, domain: str, origin: str, indices: tuple[str, ...] = ()
    ) -> Assumption:
        writer = Writer(self._vocabulary, domain)
        try:
            text = writer.closed(node, indices, str(self._n))
        except (Undefined, Beyond) as error:
            return Assumption(origin, missing=str(error))
        return Assumption(origin, text, tuple(writer.inputs.values()))

    # --- claims -------------------------------------------------------------------

    def sentence(
        self, text: str, domain: str, *, id: str, natural_language: str, source: str,
        notes: tuple[str, ...] = (), priority: str = "",
    ) -> Claim:  # fmt: skip
        """The claim that a text makes, or why it makes none."""
        known: dict[str, Any] = {"source": source, "priority": priority}
        about = (f"as published: {text}", *notes)
        try:
            read = sentences.read(text)
        except Prose as error:
            return invalid(
                f"{INFORMAL}{sentences.clip(text)!r} is prose: {error}",
                id=id,
                natural_language=natural_language,
                notes=notes,
                **known,
            )
        return self.claim(
            read, domain, id=id, natural_language=natural_language, notes=about, **known
        )

    def claim(
        self, said: Sentence, domain: str, *, id: str, natural_language: str, source: str,
        notes: tuple[str, ...] = (), priority: str = "", local: Mapping[str, Node] | None = None,
    ) -> Claim:  # fmt: skip
        """The claim that an understood sentence makes, or why it cannot be a goal.

        Args:
            local: names that the sentence's surroundings define for themselves.
        """
        known: dict[str, Any] = {"source": source, "priority": priority, "notes": notes}
        try:
            return self._goal(
                self._unfold(said, domain, local or {}), domain, id=id,
                natural_language=natural_language, **known,
            )  # fmt: skip
        except Undefined as error:
            return invalid(f"{UNDEFINED}{error}", id=id, natural_language=natural_language, **known)
        except Beyond as error:
            return unsupported(
                f"outside the fragment: {error}",
                id=id, natural_language=natural_language, **known,
            )  # fmt: skip

    def _unfold(self, said: Sentence, domain: str, local: Mapping[str, Node]) -> Sentence:
        body = said.body
        # A local name may use an earlier one; names the file defines keep their meaning.
        for name in reversed(list(local)):
            if self._vocabulary.find(name, domain) is None:
                body = substitute(body, {name: local[name]})
        if said.inputs_of is None:
            return Sentence(body, said.conditions, said.indices)
        bound, of = said.inputs_of
        formula = self._vocabulary.find(of, domain)
        if not isinstance(formula, Formula):
            raise Undefined(f"`{of}` is no formula of the file")
        if not formula.inputs:
            raise Undefined(f"`{of}` has no inputs: {formula.problem or formula.text}")
        parts = [substitute(body, {bound: Name(v.name)}) for v in formula.inputs]
        whole = parts[-1]
        for part in reversed(parts[:-1]):
            whole = Logic("∧", (part, whole))
        return Sentence(whole, said.conditions, said.indices)

    def _goal(
        self, said: Sentence, domain: str, *, id: str, natural_language: str, source: str,
        priority: str, notes: tuple[str, ...],
    ) -> Claim:  # fmt: skip
        writer = Writer(self._vocabulary, domain)
        size = str(self._n)
        conclusion = writer.closed(said.body, said.indices, size)
        hypotheses = [writer.closed(condition, (), size) for condition in said.conditions]
        assumptions: list[Assumption] = []
        for formula in writer.formulas.values():
            assumptions += self.conditions(formula)
        inputs = dict(writer.inputs)
        # Ranges may mention inputs that have ranges of their own.
        for assumption in assumptions:
            inputs |= {v.lean: v for v in assumption.inputs if v.lean not in inputs}
        pending = list(inputs.values())
        ranges: list[Assumption] = []
        while pending:
            for assumption in self.ranges(pending.pop(0)):
                ranges.append(assumption)
                new = [v for v in assumption.inputs if v.lean not in inputs]
                inputs |= {v.lean: v for v in new}
                pending += new
        assumptions = [*ranges, *assumptions]
        hypotheses = list(dict.fromkeys([*(a.text for a in assumptions if a.text), *hypotheses]))
        missing = [a for a in assumptions if a.missing]
        definitions = [self._define(formula) for formula in writer.formulas.values()]
        for variable in inputs.values():
            if not variable.sort:
                raise Beyond(f"{variable.name} has the type {variable.kind!r}, which is no number")
        return Claim(
            id=id,
            natural_language=natural_language,
            statement=conclusion,
            variables=tuple((v.lean, sort(v, size)) for v in inputs.values()),
            hypotheses=tuple(hypotheses),
            definitions=tuple(definitions),
            unstated=tuple(f"{a.origin} ({a.missing})" for a in missing),
            priority=priority,
            source=source,
            notes=(*notes, *self._remarks(writer, inputs, missing)),
        )

    def _define(self, formula: Formula) -> str:
        try:
            return definition(formula, self._vocabulary)
        except (Undefined, Beyond) as error:
            raise type(error)(f"{error}, in the formula {formula.text!r}") from error

    def _remarks(
        self, writer: Writer, inputs: Mapping[str, Variable], missing: list[Assumption]
    ) -> list[str]:
        out = []
        variables = list(inputs.values())
        if kinds := dict.fromkeys(v.kind or "no type" for v in variables if v.sort == "ℝ"):
            out.append(f"{', '.join(kinds)} read as the real numbers ℝ, decimals as exact")
        if terms := [v.name for v in variables if v.indexed]:
            out.append(
                f"Σ over n = {self._n} terms (the file gives no number); "
                f"one value per term: {', '.join(terms)}"
            )
        if writer.divides or any("/" in formula.text for formula in writer.formulas.values()):
            out.append("division by zero gives 0, as in Lean")
        if not writer.formulas and variables:
            out.append(
                "speaks of inputs only, so it is derived from their declared ranges alone; "
                "that real data satisfies them is not checked here"
            )
        for assumption in missing:
            out.append(f"not assumed, since it is no formula: {assumption.origin}")
        return out
