"""Breaks a session on purpose, on a seeded schedule, and checks that nothing is lost. The product runs without it.

``hms chaos`` runs it all; ``hms_kernel.testing`` has what anybody can use on a workbench.
"""

from hms_kernel.chaos.faults import BLOWS, Injected
from hms_kernel.chaos.strikes import chaos, strike

__all__ = ["BLOWS", "Injected", "chaos", "strike"]
