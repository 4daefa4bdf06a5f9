"""The HMS formal specification: finds its domains, formulas and claims. Writes no Lean itself.

Read are ``formal_domains`` and ``integrated_domains`` (variables, formulas with their
constraints, invariants and properties, rules, system invariants),
``formal_verification_targets`` and ``formal_proofs``. Every entry in them becomes a
claim, under the file's own id where it has one and a path-like id otherwise; an entry
of the wrong shape becomes a claim that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hms_kernel.errors import SpecError
from hms_kernel.specs import declared, sentences, shapes
from hms_kernel.specs.claim import Claim, Spec, invalid, unique
from hms_kernel.specs.compiler import INFORMAL, Compiler
from hms_kernel.specs.formulas import Chain, Name, Node, Prose, walk
from hms_kernel.specs.sentences import Sentence
from hms_kernel.specs.vocabulary import Formula, Vocabulary

DOMAINS = ("formal_domains", "integrated_domains")
TARGETS, PROOFS = "formal_verification_targets", "formal_proofs"
SECTIONS = (*DOMAINS, TARGETS, PROOFS)
_ABOUT = ("name", "title", "version", "description", "author", "authors", "license", "date")
_ITEMS = ("rules", "system_invariants", "invariants", "properties")


def load(data: dict[str, Any], *, name: str, source: str, n: int) -> Spec:
    """The claims of an HMS specification.

    Args:
        data: the file as plain data.
        n: over how many terms each Σ runs; such files do not say.

    Raises:
        SpecError: there is not one claim in it.
    """
    reader = _Reader(data, n)
    claims = unique(reader.claims())
    if not claims:
        raise SpecError(f"{source} has none of the claims that {', '.join(SECTIONS)} hold")
    unread = [key for key in data if key not in SECTIONS and key not in _ABOUT]
    return Spec(
        name=name,
        title=shapes.text(data.get("name")) or name,
        source=source,
        kind="hms",
        claims=claims,
        notes=tuple(f"section {key!r} was not read: no claims are known there" for key in unread),
    )


class _Reader:
    """One file: its vocabulary is complete before the first claim is written."""

    def __init__(self, data: dict[str, Any], n: int) -> None:
        self._data = data
        variables = [
            v for path, domain in self._domains() for v in declared.variables(path, domain)
        ]
        formulas = [f for path, domain in self._domains() for f in declared.formulas(path, domain)]
        self._vocabulary = Vocabulary(variables, formulas)
        self._vocabulary.settle(self._formal_texts())
        self._compiler = Compiler(self._vocabulary, n)

    def _domains(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for section in DOMAINS:
            for key, domain in shapes.table(self._data.get(section)).items():
                if isinstance(domain, dict):
                    yield key, domain

    def _formal_texts(self) -> Iterator[tuple[Node, str]]:
        """Whatever parses, to see what stands inside a Σ."""
        for formula in self._vocabulary.formulas:
            if formula.body is not None:
                yield formula.body, formula.domain
        for text, domain in self._sentences():
            try:
                read = sentences.read(text)
            except Prose:
                continue
            for node in (read.body, *read.conditions):
                yield node, domain

    def _sentences(self) -> Iterator[tuple[str, str]]:
        for path, domain in self._domains():
            for formula in shapes.table(domain.get("formulas")).values():
                for key in ("constraints", "invariants", "properties"):
                    for text in shapes.listed(shapes.table(formula).get(key)):
                        yield shapes.text(text), path
            for key in _ITEMS:
                for item in shapes.listed(domain.get(key)):
                    yield declared.formal(item), path
        for group in shapes.table(self._data.get(TARGETS)).values():
            for item in shapes.listed(group):
                yield declared.formal(item), ""

    # --- claims -------------------------------------------------------------------

    def claims(self) -> Iterator[Claim]:
        """Every claim in the order of the file."""
        for section in self._data:
            if section in DOMAINS:
                yield from self._in_domains(section)
            elif section == TARGETS:
                for group, items in self._entries(section):
                    yield from self._items(items, f"{section}.{group}", group, "")
            elif section == PROOFS:
                for key, proof in self._entries(section):
                    yield self._proof(key, proof)

    def _entries(self, section: str) -> Iterator[tuple[str, Any]]:
        found = self._data[section]
        if isinstance(found, list):
            yield from ((str(number), item) for number, item in enumerate(found, start=1))
        else:
            yield from shapes.table(found).items()

    def _in_domains(self, section: str) -> Iterator[Claim]:
        found = self._data[section]
        if not isinstance(found, dict):
            yield _misshapen(section, "a table of domains", found)
            return
        for key, domain in found.items():
            path = f"{section}.{key}"
            if not isinstance(domain, dict):
                yield _misshapen(path, "a table with variables and formulas", domain)
                continue
            for part in ("variables", "formulas"):
                if part in domain and not isinstance(domain[part], dict):
                    yield _misshapen(f"{path}.{part}", "a table", domain[part])
            yield from self._of_variables(key, domain, path)
            for name, formula in shapes.table(domain.get("formulas")).items():
                yield from self._of_formula(key, name, formula, f"{path}.formulas.{name}")
            for part in _ITEMS:
                if part in domain:
                    yield from self._items(domain[part], f"{path}.{part}", f"{key}.{part}", key)

    def _of_variables(self, key: str, domain: dict[str, Any], path: str) -> Iterator[Claim]:
        """Constraints on outputs are claims; constraints on inputs are assumptions."""
        for name, entry in shapes.table(domain.get("variables")).items():
            place = f"{path}.variables.{name}"
            if not isinstance(entry, dict):
                yield _misshapen(place, "a table with type and constraints", entry)
                continue
            output = isinstance(self._vocabulary.find(name, key), Formula)
            texts = shapes.texts(entry.get("constraints"))
            for number, text in enumerate(texts, start=1):
                id = name if len(texts) == 1 else f"{name}.{number}"
                yield from self._range(sentences.about(name, text), text, id, key, place, output)

    def _range(
        self, about: str, text: str, id: str, domain: str, place: str, output: bool
    ) -> Iterator[Claim]:
        known: dict[str, Any] = {
            "natural_language": f"range declared of {place.rpartition('.')[2]}",
            "source": place,
        }
        try:
            read = sentences.read(about)
        except Prose as error:
            if output:
                yield invalid(f"{INFORMAL}{error}", id=f"{id}.range", **known)
            return  # of an input: an assumption that the claims list as left out
        if not output and not self._compiler.mentions_output(read.body, domain):
            return
        note = f"as published: {text}"
        parts = [(f"{id}.range", read.body)]
        if isinstance(read.body, Chain) and len(read.body.signs) == 2:
            (first, second), (low, middle, high) = read.body.signs, read.body.terms
            falling = first in ">≥" and second in ">≥"
            ends = ("upper", "lower") if falling else ("lower", "upper")
            parts = [
                (f"{id}.{ends[0]}", Chain((first,), (low, middle))),
                (f"{id}.{ends[1]}", Chain((second,), (middle, high))),
            ]
        for part, body in parts:
            said = Sentence(body, read.conditions, read.indices, read.inputs_of)
            yield self._compiler.claim(said, domain, id=part, notes=(note,), **known)

    def _of_formula(self, domain: str, name: str, entry: Any, path: str) -> Iterator[Claim]:
        if not isinstance(entry, dict):
            yield _misshapen(path, "a table with a symbolic_form", entry)
            return
        for number, text in enumerate(shapes.texts(entry.get("constraints")), start=1):
            # What is neither about inputs nor prose is a claim: a closed sum, a bound on the output.
            if self._is_claim(text, domain):
                yield self._compiler.sentence(
                    text, domain, id=f"{name}.constraints.{number}", natural_language=text,
                    source=f"{path}.constraints[{number - 1}]",
                )  # fmt: skip
        for part in ("invariants", "properties"):
            if part in entry:
                yield from self._items(entry[part], f"{path}.{part}", f"{name}.{part}", domain)

    def _is_claim(self, text: str, domain: str) -> bool:
        try:
            body = sentences.read(text).body
        except Prose:
            return False
        nothing = not any(isinstance(part, Name) for part in walk(body))
        return nothing or self._compiler.mentions_output(body, domain)

    def _items(self, items: Any, path: str, prefix: str, domain: str) -> Iterator[Claim]:
        if not isinstance(items, list):
            yield _misshapen(path, "a list", items)
            return
        for number, item in enumerate(items, start=1):
            place, id = f"{path}[{number - 1}]", f"{prefix}.{number}"
            match item:
                case str():
                    yield self._compiler.sentence(
                        item, domain, id=id, natural_language=item, source=place
                    )
                case dict():
                    id = (
                        shapes.text(item.get("property"))
                        or shapes.text(item.get("name"))
                        or shapes.text(item.get("id"))
                        or id
                    )
                    yield self._compiler.sentence(
                        declared.formal(item), domain, id=id, source=place,
                        natural_language=shapes.text(item.get("statement")) or shapes.text(item.get("description")),
                        priority=shapes.text(item.get("priority")),
                    )  # fmt: skip
                case _:
                    yield _misshapen(place, "a text or a table", item, id=id)

    def _proof(self, key: str, entry: Any) -> Claim:
        """The conclusion of an outline, as its authors wrote it; that they call it verified is noted."""
        place = f"{PROOFS}.{key}"
        if not isinstance(entry, dict):
            return _misshapen(place, "a table with theorem and proof_outline", entry, id=key)
        theorem = shapes.text(entry.get("theorem")) or shapes.text(entry.get("statement"))
        notes: tuple[str, ...] = ()
        if status := shapes.text(entry.get("proof_status")):
            notes = (f"its authors give the proof the status {status!r}; that is no check",)
        known: dict[str, Any] = {"id": key, "natural_language": theorem, "source": place}
        outline = shapes.texts(entry.get("proof_outline"))
        try:
            said = (
                sentences.read(theorem) if not outline else Sentence(sentences.conclusion(outline))
            )
        except Prose as error:
            return invalid(f"{INFORMAL}{error}", notes=notes, **known)
        local = sentences.local_definitions(outline)
        if outline:
            notes = (f"the claim is what the outline concludes: {outline[-1]}", *notes)
        return self._compiler.claim(said, "", notes=notes, local=local, **known)


def _misshapen(path: str, expected: str, found: Any, id: str = "") -> Claim:
    kinds = {
        dict: "a table",
        list: "a list",
        str: "a text",
        bool: "true or false",
        type(None): "null",
    }
    got = kinds.get(type(found), "a number")
    return invalid(
        f"malformed: {path} should be {expected}, and is {got}", id=id or path, source=path
    )
