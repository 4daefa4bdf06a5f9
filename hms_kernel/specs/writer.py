"""Formula trees to Lean 4 text over a vocabulary. Decides what a name is, not what is assumed.

Everything is computed in ℝ: the notation's ``/`` is division of numbers, whatever
their declared types, so variables over ℤ and ℕ are cast where they stand.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from hms_kernel.specs.claim import fresh
from hms_kernel.specs.formulas import (
    Big,
    Binary,
    Call,
    Chain,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    walk,
)
from hms_kernel.specs.vocabulary import Formula, Variable, Vocabulary, per_term

_FUNCTIONS = {"min": 2, "max": 2, "abs": 1, "sqrt": 1, "sum": 1, "Σ": 1}
_POWER = {"+": 65, "-": 65, "*": 70, "/": 70, "^": 75}
_LOGIC = {"↔": 20, "→": 25, "∨": 30, "∧": 35, "¬": 40}
_ATOM, _NEGATIVE, _SUM, _RELATION = 1000, 75, 67, 50


class Undefined(Exception):
    """Names that mean nothing in the file, or not what the text makes of them."""


class Beyond(Exception):
    """Understood, but outside what a goal can say."""


class Writer:
    """Writes the texts of one claim and remembers what they use."""

    def __init__(self, vocabulary: Vocabulary, domain: str) -> None:
        self._vocabulary = vocabulary
        self._domain = domain
        self.inputs: dict[str, Variable] = {}  # by Lean name, in order of first use
        self.formulas: dict[str, Formula] = {}
        self.divides = False

    # --- propositions -----------------------------------------------------------

    def closed(self, node: Node, indices: tuple[str, ...] = (), size: str = "") -> str:
        """A proposition about all terms at once: per-term parts are said of every index.

        Args:
            node: the proposition.
            indices: names the text itself gives to indices.
            size: what ``Fin`` ranges over, for the names in ``indices``.

        Raises:
            Undefined, Beyond: it cannot be written.
        """
        self.check_names(node, indices)
        used = tuple(name for name in indices if any(_is_index(part, name) for part in walk(node)))
        if used:
            names = {name: self._fresh(name) for name in used}
            only = names[used[0]] if len(used) == 1 else ""
            text = self.proposition(node, only, names, 0)
            return f"∀ {' '.join(names.values())} : Fin {size}, {text}"
        if per_term(node, self._vocabulary, self._domain):
            index = self._fresh("i")
            return f"∀ {index}, {self.proposition(node, index, {}, 0)}"
        return self.proposition(node, "", {}, 0)

    def proposition(self, node: Node, index: str, names: Mapping[str, str], power: int) -> str:
        """A proposition at one index; in brackets where ``power`` binds tighter."""
        match node:
            case Chain(signs, terms):
                if "≈" in signs:
                    raise Beyond("≈ says nothing exact: no tolerance is given")
                values = [self.number(term, index, names, _RELATION + 1) for term in terms]
                if not any(isinstance(part, Name | Call) for part in walk(node)):
                    values[0] = f"({values[0]} : ℝ)"  # Lean would take numerals for ℕ
                links = [
                    f"{left} {sign} {right}"
                    for left, sign, right in zip(values, signs, values[1:], strict=False)
                ]
                own = _RELATION if len(links) == 1 else _LOGIC["∧"]
                return _bracket(" ∧ ".join(links), own, power)
            case Logic("¬", (inner,)):
                own = _LOGIC["¬"]
                return _bracket(f"¬{self.proposition(inner, index, names, _ATOM)}", own, power)
            case Logic(op, (left, right)):
                own = _LOGIC[op]
                first = self.proposition(left, index, names, own + 1)
                second = self.proposition(right, index, names, own + (op in "↔∨"))
                return _bracket(f"{first} {op} {second}", own, power)
            case _:
                raise Beyond("a number stands where a comparison should")

    # --- numbers ----------------------------------------------------------------

    def number(self, node: Node, index: str, names: Mapping[str, str], power: int) -> str:
        """A real number at one index; in brackets where ``power`` binds tighter."""
        match node:
            case Number(text):
                return text
            case Name(name):
                return self._value(name, index, power)
            case Call():
                return self._call(node, index, names, power)
            case Negative(arg):
                return _bracket(
                    f"-{self.number(arg, index, names, _NEGATIVE)}", _NEGATIVE - 1, power
                )
            case Binary(op, left, right):
                own = _POWER[op]
                if op == "^":
                    # A fraction in Lean's exponent is a natural number: x ^ (1/2) would be x ^ 0.
                    if not (isinstance(right, Number) and right.text.isdigit()):
                        raise Beyond("^ with an exponent that is no natural number")
                    return _bracket(
                        f"{self.number(left, index, names, _ATOM)} ^ {right.text}", own, power
                    )
                self.divides |= op == "/"
                first = self.number(left, index, names, own)
                if op == "/" and not any(isinstance(part, Name | Call) for part in walk(left)):
                    first = f"({first} : ℝ)"  # 1 / 2 alone would be division of naturals
                second = self.number(right, index, names, own + 1)
                return _bracket(f"{first} {op} {second}", own, power)
            case Big(sign, body):
                return self._big(sign, body, index, names, power)
            case _:
                raise Beyond("a comparison stands where a number should")

    def _big(self, sign: str, body: Node, index: str, names: Mapping[str, str], power: int) -> str:
        if not per_term(body, self._vocabulary, self._domain):
            one = [part.name for part in walk(body) if isinstance(part, Name)]
            raise Undefined(
                f"nothing in {sign}(...) is given per term"
                + (f": {_listed(one)} is one number" if one else "")
            )
        taken = {index, *names.values()}
        inner = next(name for name in (self._fresh(n) for n in "ijklm") if name not in taken)
        text = self.number(body, inner, names, _SUM + 1)
        # Lean's ∑ swallows products that follow it, so it stands in brackets unless it is alone.
        return _bracket(f"{sign} {inner}, {text}", _RELATION + 1, power)

    def _value(self, name: str, index: str, power: int) -> str:
        match self._vocabulary.find(name, self._domain):
            case Variable() as variable:
                self._use(variable)
                if not variable.indexed:
                    text, own = variable.lean, _ATOM
                elif index:
                    text, own = f"{variable.lean} {index}", _ATOM - 1
                else:
                    raise Undefined(f"`{name}` has a value per term, and no term is meant here")
                return text and (
                    _bracket(text, own, power) if variable.sort == "ℝ" else f"({text} : ℝ)"
                )
            case Formula() as formula:
                self._apply(formula)
                args = [variable.lean for variable in formula.inputs]
                if formula.indexed:
                    if not index:
                        raise Undefined(f"`{name}` has a value per term, and no term is meant here")
                    args.append(index)
                return _bracket(
                    " ".join([formula.lean, *args]), _ATOM - 1 if args else _ATOM, power
                )
            case None:
                raise Undefined(f"`{name}` is not defined in the file")

    def _call(self, call: Call, index: str, names: Mapping[str, str], power: int) -> str:
        found = self._vocabulary.find(call.name, self._domain)
        if found is not None:
            match call.args:
                case (Name(arg),) if arg in names and found.indexed:
                    return self._value(call.name, names[arg], power)
                case _:
                    given = ", ".join(a.name if isinstance(a, Name) else "..." for a in call.args)
                    per = "one value per term" if found.indexed else "one number"
                    raise Undefined(
                        f"`{call.name}` is {per} in the file, not a function of {given}"
                    )
        if call.name in ("sum", "Σ") and len(call.args) == 1:
            return self._big("∑", call.args[0], index, names, power)
        args = [f"({self.number(arg, index, names, 0)} : ℝ)" for arg in call.args]
        match call.name.lower(), args:
            case "abs", [x]:
                return f"|{x}|"
            case "sqrt", [x]:
                return _bracket(f"Real.sqrt {x}", _ATOM - 1, power)
            case ("min" | "max") as fn, [first, second, *rest]:
                text = f"{fn} {first} {second}"
                for more in rest:
                    text = f"{fn} ({text}) {more}"
                return _bracket(text, _ATOM - 1, power)
            case _:
                raise Beyond(f"the function {call.name} of {len(args)} arguments")

    # --- names ------------------------------------------------------------------

    def check_names(self, node: Node, indices: tuple[str, ...] = ()) -> None:
        """Name everything undefined at once, rather than the first of it.

        Raises:
            Undefined: with all of it.
        """
        unknown = []
        for part in walk(node):
            if not isinstance(part, Name | Call) or part.name in indices:
                continue
            if isinstance(part, Call) and part.name.lower() in _FUNCTIONS:
                continue
            if domains := self._vocabulary.ambiguous(part.name, self._domain):
                raise Undefined(f"`{part.name}` means different things in {_listed(domains)}")
            if part.name.lower() in ("true", "false"):
                continue
            if self._vocabulary.find(part.name, self._domain) is None:
                unknown.append(part.name)
        if unknown:
            verb = "is" if len(set(unknown)) == 1 else "are"
            raise Undefined(f"{_listed(dict.fromkeys(unknown))} {verb} not defined in the file")

    def _use(self, variable: Variable) -> None:
        if not variable.sort:
            raise Beyond(f"{variable.name} has the type {variable.kind!r}, which is no number")
        self.inputs.setdefault(variable.lean, variable)

    def _apply(self, formula: Formula) -> None:
        if formula.body is None:
            raise Undefined(
                f"{formula.lean} has no usable formula, {formula.text!r}: {formula.problem}"
            )
        for used in (*formula.nested, formula):
            self.formulas.setdefault(used.lean, used)
        for variable in formula.inputs:
            self._use(variable)

    def _fresh(self, name: str) -> str:
        return fresh(name, self._vocabulary.taken)


def definition(formula: Formula, vocabulary: Vocabulary) -> str:
    """The Lean ``def`` of a formula: its inputs are its parameters.

    Raises:
        Undefined, Beyond: its body cannot be written.
    """
    if formula.body is None:
        raise Undefined(formula.problem)
    writer = Writer(vocabulary, formula.domain)
    taken = {variable.lean for variable in formula.inputs} | {f.lean for f in vocabulary.formulas}
    size = fresh("n", taken)
    writer.check_names(formula.body, formula.indices)
    index = fresh("i", taken) if formula.indexed else ""
    names = dict.fromkeys(formula.indices, index) if index else {}
    body = writer.number(formula.body, index, names, 0)
    params = [
        f"({' '.join(v.lean for v in group)} : {kind})"
        for kind, group in itertools.groupby(formula.inputs, key=lambda v: sort(v, size))
    ]
    if any(variable.indexed for variable in formula.inputs):
        params.insert(0, f"{{{size} : ℕ}}")
    if formula.indexed:
        params.append(f"({index} : Fin {size})")
    return f"noncomputable def {' '.join([formula.lean, *params])} : ℝ :=\n  {body}"


def sort(variable: Variable, size: str) -> str:
    """The Lean type of a variable, ``Fin size → ℝ`` where it has a value per term."""
    return f"Fin {size} → {variable.sort}" if variable.indexed else variable.sort


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """The tree with names replaced by trees."""
    match node:
        case Name(name):
            return values.get(name, node)
        case Number():
            return node
        case Call(name, args):
            return Call(name, tuple(substitute(arg, values) for arg in args))
        case Big(sign, body):
            return Big(sign, substitute(body, values))
        case Negative(arg):
            return Negative(substitute(arg, values))
        case Binary(op, left, right):
            return Binary(op, substitute(left, values), substitute(right, values))
        case Chain(signs, terms):
            return Chain(signs, tuple(substitute(term, values) for term in terms))
        case Logic(op, args):
            return Logic(op, tuple(substitute(arg, values) for arg in args))


def _is_index(part: Node, name: str) -> bool:
    return isinstance(part, Call) and Name(name) in part.args


def _bracket(text: str, own: int, power: int) -> str:
    return f"({text})" if own < power else text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
