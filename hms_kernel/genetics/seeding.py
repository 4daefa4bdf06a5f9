"""DEAP's operators over a generator of our own, not the process's: a seed then means the same run. Evolves nothing."""

from __future__ import annotations

from random import Random
from types import FunctionType, ModuleType, SimpleNamespace


def seeded(module: ModuleType, rng: Random) -> SimpleNamespace:
    """The functions of a module whose ``random`` is ``rng``.

    They are the module's own code with other globals; nothing of the module is changed, so
    threads and other libraries that draw on the process's generator neither disturb a run
    nor are disturbed.

    Args:
        module: one that uses ``random`` as a global name, such as ``deap.tools.selection``.
    """
    names: dict[str, object] = {**vars(module), "random": rng}
    for name, one in vars(module).items():
        if isinstance(one, FunctionType) and one.__module__ == module.__name__:
            twin = FunctionType(one.__code__, names, name, one.__defaults__, one.__closure__)
            twin.__kwdefaults__ = one.__kwdefaults__
            names[name] = twin
    return SimpleNamespace(**names)
