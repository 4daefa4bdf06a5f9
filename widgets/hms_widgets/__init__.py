"""Displays of a running session: boards folded from facts, drawn live and static.

They act on a session only through the ``Commands`` they are given.
"""

from hms_widgets.boards import (
    AgentRow,
    AgentsBoard,
    VerdictRow,
    VerdictsBoard,
    fold,
    fold_all,
)
from hms_widgets.commands import Commands
from hms_widgets.curves_panel import CurvesPanel
from hms_widgets.dashboard import Dashboard, Panel, dashboard
from hms_widgets.live import Cockpit, Live
from hms_widgets.outcomes_panel import OutcomesPanel
from hms_widgets.source import Session, Source

__all__ = [
    "AgentRow",
    "AgentsBoard",
    "Cockpit",
    "Commands",
    "CurvesPanel",
    "Dashboard",
    "Live",
    "OutcomesPanel",
    "Panel",
    "Session",
    "Source",
    "VerdictRow",
    "VerdictsBoard",
    "dashboard",
    "fold",
    "fold_all",
]
