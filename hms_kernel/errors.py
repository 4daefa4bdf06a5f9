"""The error tree: one branch per party who must act. Catches nothing.

HmsError
  UsageError            the caller: unknown task, malformed request
    StatementError      whoever wrote the statement; carries a position
      InvalidStatement      it cannot be understood
      UnsupportedStatement  understood, but outside the fragment
    SpecError           whoever wrote the specification file
  QueueFull             the caller: wait, or spawn more agents
  SessionError          the caller: no live session, or one that is held
  PolicyDenied          the policy's owner; carries the policy id
  AgentError            the supervisor
    AgentLost               it ended while it was needed
    HandshakeFailed         it never came up, or speaks another protocol
  BackendError          the installation
    BackendMissing          a dependency is not installed
    BackendCrashed          the prover itself broke
    Contradiction           a claim was proved and refuted: a prover is wrong
  TransportError        the wire: a frame that is no message
  StoreError            the operator: a record could not be kept
"""

from __future__ import annotations


class HmsError(Exception):
    """Root of everything the workbench raises on purpose."""


class UsageError(HmsError, ValueError):
    """The caller asked for something that does not exist or makes no sense."""


class StatementError(UsageError):
    """A statement could not become a goal.

    Args:
        message: what is wrong, without the position.
        line: 1-based line in the text, 0 when unknown.
        column: 1-based column in the text, 0 when unknown.
        excerpt: the source line with a caret line below it, or empty.
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0, excerpt: str = "") -> None:
        self.message = message
        self.line = line
        self.column = column
        self.excerpt = excerpt
        where = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{message}{where}" + (f"\n{excerpt}" if excerpt else ""))


class InvalidStatement(StatementError):
    """The text is not Lean, or does not type-check."""


class UnsupportedStatement(StatementError):
    """The text may be fine Lean, but uses a construct outside our fragment; the message names it."""


class SpecError(UsageError):
    """A specification file as a whole cannot be used."""


class QueueFull(HmsError):
    """So many tasks wait already that no more are taken; the message says what to do."""


class SessionError(HmsError):
    """No live session could be found, or the one asked for is held by another process."""


class PolicyDenied(HmsError):
    """The gate said no.

    Args:
        message: which action was denied, in words.
        policy: id of the deciding policy.
    """

    def __init__(self, message: str, *, policy: str) -> None:
        self.policy = policy
        super().__init__(f"{message} (policy {policy})")


class TaskFailed(HmsError):
    """A task ended without an answer.

    Args:
        message: why, in words.
        kind: "error", "attempts", "deadline", "cancelled" or "denied".
        detail: traceback, or what every lost attempt left: cause and the tail of its output.
    """

    def __init__(self, message: str, *, kind: str, detail: str = "") -> None:
        self.kind = kind
        self.detail = detail
        super().__init__(f"{message}\n{detail}" if detail else message)


class AgentError(HmsError):
    """Something is wrong with an agent; the supervisor deals with it."""


class AgentLost(AgentError):
    """An agent ended while somebody needed it."""


class HandshakeFailed(AgentError):
    """An agent never came up, or speaks another protocol version."""


class BackendError(HmsError):
    """A prover cannot be used on this installation."""


class BackendMissing(BackendError):
    """A dependency is not installed; the message names the extra that brings it."""


class BackendCrashed(BackendError):
    """The prover itself broke: an internal error, a dead process."""


class Contradiction(BackendError):
    """One claim was proved and refuted, so a prover is wrong; which one, nobody votes on."""


class TransportError(HmsError):
    """Bytes arrived that are no message of ours, or a message is too large to send."""


class StoreError(HmsError):
    """A record could not be written or read back."""
