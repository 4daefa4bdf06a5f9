"""Lean 4: what its kernel says of a proof. Finds no proofs."""

from hms_kernel.backends.lean.backend import LeanBackend
from hms_kernel.backends.lean.lake import describe as describe_toolchain
from hms_kernel.backends.lean.pip import describe as describe_kernel
from hms_kernel.backends.lean.pip import prepare
from hms_kernel.backends.lean.runtime import Checked, Runtime, Submission, pip_kernel, toolchain

__all__ = [
    "Checked",
    "LeanBackend",
    "Runtime",
    "Submission",
    "describe_kernel",
    "describe_toolchain",
    "pip_kernel",
    "prepare",
    "toolchain",
]
