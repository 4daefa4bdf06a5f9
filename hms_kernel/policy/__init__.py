"""The one door: every request and every effect on an agent asks here first. Performs nothing.

``OpenGate`` allows everything; a policy engine takes its place behind the same
protocol.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants to do something to something."""

    principal: str  # "client", "supervisor", "agent:<id>"
    verb: str  # "submit", "cancel", "spawn", "stop", "close"; "launch", "assign"
    resource: str  # "task:<id>", "agent:<id>", "skill:<name>", "session"
    context: dict[str, Any] = {}  # plain data a policy may look at


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """Go ahead."""

    policy: str  # id of the deciding policy


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """No; nothing happens."""

    policy: str
    reason: str = ""


Decision = Allowed | Refused


class Gate(Protocol):
    """Decides whether an action may happen. Called on the supervisor's thread: never blocks.

    An error while deciding must come back as ``Refused``.
    """

    def decide(self, action: Action) -> Decision: ...


class OpenGate:
    """Allows everything."""

    def decide(self, action: Action) -> Decision:
        """Always ``Allowed`` by the policy named ``open``."""
        return Allowed(policy="open")
