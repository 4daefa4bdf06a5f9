"""Displays of a running session: boards folded from facts, drawn live and static. Acts on nothing."""

from hms_widgets.boards import (
    AgentRow,
    AgentsBoard,
    VerdictRow,
    VerdictsBoard,
    fold,
    fold_all,
)
from hms_widgets.curves_panel import CurvesPanel
from hms_widgets.live import AgentsView, Cockpit, Live, VerdictsView
from hms_widgets.outcomes_panel import OutcomesPanel
from hms_widgets.source import Session, Source

__all__ = [
    "AgentRow",
    "AgentsBoard",
    "AgentsView",
    "Cockpit",
    "CurvesPanel",
    "Live",
    "OutcomesPanel",
    "Session",
    "Source",
    "VerdictRow",
    "VerdictsBoard",
    "VerdictsView",
    "fold",
    "fold_all",
]
