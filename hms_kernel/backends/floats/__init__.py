"""Claims about doubles: IEEE-754 binary64 instead of exact numbers. Everything exact is settled elsewhere.

``read`` decides what a statement means, ``FloatAttempt`` settles it.
"""

from __future__ import annotations

from hms_kernel.backends.floats.reading import read
from hms_kernel.backends.floats.settling import FloatAttempt

__all__ = ["FloatAttempt", "read"]
