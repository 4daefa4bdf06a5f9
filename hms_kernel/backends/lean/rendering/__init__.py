"""Certificates as Lean proofs over the verified core. Trusted by nobody, for the kernel checks what comes out."""

from __future__ import annotations

from hms_kernel.backends.lean.rendering.steps import render, replay
from hms_kernel.backends.lean.rendering.trees import NotRendered

__all__ = ["NotRendered", "render", "replay"]
