"""Whole proofs proposed by a language model, each believed only when a Lean kernel accepts it."""

from __future__ import annotations

from hms_kernel.backends.deepseek.backend import DeepSeekBackend, describe

__all__ = ["DeepSeekBackend", "describe"]
