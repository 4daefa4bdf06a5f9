"""Lean 4 statements: text to a typed core, evaluated exactly, printed back. Proves nothing."""

from __future__ import annotations

from hms_kernel.statements.printer import show
from hms_kernel.statements.reader import Entry, instantiate, parse, read_file

__all__ = ["Entry", "instantiate", "parse", "read_file", "show"]
