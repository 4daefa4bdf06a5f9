"""Plain tables made into declarations that Lean's kernel takes, by Lean's own constructors. Checks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hms_kernel.backends.lean.kernel import NIL, Library, Refused
from hms_kernel.backends.lean.objects import Name
from hms_kernel.backends.lean.olean import Constant, Expr, Level, Module, show


class Builder:
    """Makes Lean's own declarations out of a module's tables.

    Args:
        lean: a started library.
        module: the tables; they may grow, as constants are read.
    """

    def __init__(self, lean: Library, module: Module) -> None:
        self._lean = lean
        self._module = module
        self._levels: list[int] = []
        self._exprs: list[int] = []
        self._names: dict[Name, int] = {}

    def definition(self, constant: Constant) -> int:
        """The declaration of a definition, as a safe one."""
        hints = constant.hints or 0
        height = (hints - 2).to_bytes(4, "little") if hints > 1 else b""
        val = self._lean.record(
            0,
            (
                *self._with_value(constant),
                self._lean.record(2, (), height) if height else self._lean.nat(hints),
                self._lean.list([self._name(constant.name)]),
            ),
            bytes((1,)),
        )
        return self._lean.record(1, (val,))

    def theorem(self, constant: Constant) -> int:
        """The declaration of a theorem."""
        all_ = self._lean.list([self._name(constant.name)])
        return self._lean.record(2, (self._lean.record(0, (*self._with_value(constant), all_)),))

    def inductive(
        self, types: Sequence[Constant], constructors: Sequence[Sequence[Constant]]
    ) -> int:
        """The declaration of a family of inductive types; the kernel makes the recursors itself."""
        made = self._lean.list(
            self._lean.record(
                0,
                (
                    self._name(one.name),
                    self._expr(one.type),
                    self._lean.list(
                        self._lean.record(0, (self._name(each.name), self._expr(each.type)))
                        for each in own
                    ),
                ),
            )
            for one, own in zip(types, constructors, strict=True)
        )
        parameters = self._lean.nat(types[0].parameters)
        return self._lean.record(
            6, (self._names_of(types[0].levels), parameters, made), bytes((0,))
        )

    def witness(self, name: Name, statement: Name, proof: Name, levels: tuple[Name, ...]) -> int:
        """The theorem ``name : statement := proof``, both constants at the levels it has itself."""
        params = self._lean.list(
            self._lean.lasting("lean_level_mk_param", self._name(level)) for level in levels
        )
        type_, value = (
            self._lean.lasting("lean_expr_mk_const", self._name(each), params)
            for each in (statement, proof)
        )
        common = self._lean.record(0, (self._name(name), self._names_of(levels), type_))
        all_ = self._lean.list([self._name(name)])
        return self._lean.record(2, (self._lean.record(0, (common, value, all_)),))

    def _with_value(self, constant: Constant) -> tuple[int, int]:
        if constant.value is None:
            raise Refused(f"{show(constant.name)} has no value")
        common = self._lean.record(
            0,
            (
                self._name(constant.name),
                self._names_of(constant.levels),
                self._expr(constant.type),
            ),
        )
        return common, self._expr(constant.value)

    def _names_of(self, names: Iterable[Name]) -> int:
        return self._lean.list(map(self._name, names))

    def _name(self, name: Name) -> int:
        if name not in self._names:
            self._names[name] = self._lean.name(name)
        return self._names[name]

    def _expr(self, position: int) -> int:
        for level in self._module.levels[len(self._levels) :]:
            self._levels.append(self._make_level(level))
        for expr in self._module.exprs[len(self._exprs) :]:
            self._exprs.append(self._make_expr(expr))
        return self._exprs[position]

    def _make_level(self, level: Level) -> int:
        match level.kind:
            case "zero":
                return NIL
            case "param":
                return self._lean.lasting("lean_level_mk_param", self._name(level.parts[0]))
        return self._lean.lasting(
            f"lean_level_mk_{level.kind}", *(self._levels[part] for part in level.parts)
        )

    def _make_expr(self, expr: Expr) -> int:
        lean, made = self._lean, self._exprs
        match expr.kind, expr.parts:
            case "bvar", (index,):
                return lean.lasting("lean_expr_mk_bvar", lean.nat(index))
            case "sort", (level,):
                return lean.lasting("lean_expr_mk_sort", self._levels[level])
            case "const", (name, levels):
                at = lean.list(self._levels[level] for level in levels)
                return lean.lasting("lean_expr_mk_const", self._name(name), at)
            case "app", (function, argument):
                return lean.lasting("lean_expr_mk_app", made[function], made[argument])
            case ("lam" | "pi") as kind, (name, type_, body):
                maker = "lean_expr_mk_lambda" if kind == "lam" else "lean_expr_mk_forall"
                return lean.lasting(maker, self._name(name), made[type_], made[body], 0)
            case "let", (name, type_, value, body):
                parts = (made[type_], made[value], made[body])
                return lean.lasting("lean_expr_mk_let", self._name(name), *parts, 0)
            case "nat", (number,):
                literal = lean.record(0, (lean.nat(number),))
                return lean.lasting("lean_expr_mk_lit", literal)
            case "str", (text,):
                return lean.lasting("lean_expr_mk_lit", lean.record(1, (lean.text(text),)))
            case "proj", (name, index, structure):
                return lean.lasting(
                    "lean_expr_mk_proj", self._name(name), lean.nat(index), made[structure]
                )
        raise AssertionError(expr)
