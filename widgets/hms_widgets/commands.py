"""What a person may ask of a session from a display. A seam: the session stands behind it. Does nothing.

The page is not ours to trust: what it asks is read into one of the values below,
or into nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol, assert_never

import msgspec

MOST_AT_ONCE = 100  # agents spawned by one click
LONGEST_CLAIM = 20_000  # characters

Count = Annotated[int, msgspec.Meta(ge=1, le=MOST_AT_ONCE)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class Commands(Protocol):
    """The controls of a session. Called from a display's own thread, one after the other.

    Each method asks once, waits for the answer and returns it as a sentence for people.
    All may raise ``HmsError``; its message is then shown in place.
    """

    def spawn(self, count: int) -> str:
        """Start so many more agents."""

    def pause(self, agent: str) -> str:
        """Give an agent, with an empty id nobody, new tasks."""

    def resume(self, agent: str) -> str:
        """Give an agent, with an empty id everybody, tasks again."""

    def drain(self, agent: str) -> str:
        """Let an agent finish what it runs and then be gone."""

    def restart(self, agent: str) -> str:
        """Give an agent a new process."""

    def quarantine(self, agent: str) -> str:
        """Put an agent aside."""

    def release(self, agent: str) -> str:
        """Bring an agent back from quarantine."""

    def kill(self, agent: str) -> str:
        """End an agent's process with SIGKILL, with an empty id a random one's: it shall heal."""

    def freeze(self, agent: str) -> str:
        """Stop an agent's process with SIGSTOP, with an empty id a random one's: it shall heal."""

    def cancel(self, task: str) -> str:
        """End a task without an answer."""

    def prove(self, statement: str) -> str:
        """Hand in a claim."""


class Spawn(msgspec.Struct, frozen=True, tag_field="do", tag="spawn"):
    count: Count = 1


class Pause(msgspec.Struct, frozen=True, tag_field="do", tag="pause"):
    agent: Name = ""


class Resume(msgspec.Struct, frozen=True, tag_field="do", tag="resume"):
    agent: Name = ""


class Drain(msgspec.Struct, frozen=True, tag_field="do", tag="drain"):
    agent: Name


class Restart(msgspec.Struct, frozen=True, tag_field="do", tag="restart"):
    agent: Name


class Quarantine(msgspec.Struct, frozen=True, tag_field="do", tag="quarantine"):
    agent: Name


class Release(msgspec.Struct, frozen=True, tag_field="do", tag="release"):
    agent: Name


class Kill(msgspec.Struct, frozen=True, tag_field="do", tag="kill"):
    agent: Name = ""


class Freeze(msgspec.Struct, frozen=True, tag_field="do", tag="freeze"):
    agent: Name = ""


class Cancel(msgspec.Struct, frozen=True, tag_field="do", tag="cancel"):
    task: Name


class Prove(msgspec.Struct, frozen=True, tag_field="do", tag="prove"):
    statement: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CLAIM)]


Command = (
    Spawn | Pause | Resume | Drain | Restart | Quarantine | Release | Kill | Freeze | Cancel | Prove
)


def read(content: Any) -> Command | None:
    """What a message of the page asks for; None when it asks for nothing there is."""
    try:
        command: Command = msgspec.convert(content, Command)
        return command
    except msgspec.ValidationError:
        return None


def perform(command: Command, commands: Commands) -> str:
    """Do it; the answer is a sentence.

    Raises:
        HmsError: it was refused.
    """
    match command:
        case Spawn(count):
            return commands.spawn(count)
        case Pause(agent):
            return commands.pause(agent)
        case Resume(agent):
            return commands.resume(agent)
        case Drain(agent):
            return commands.drain(agent)
        case Restart(agent):
            return commands.restart(agent)
        case Quarantine(agent):
            return commands.quarantine(agent)
        case Release(agent):
            return commands.release(agent)
        case Kill(agent):
            return commands.kill(agent)
        case Freeze(agent):
            return commands.freeze(agent)
        case Cancel(task):
            return commands.cancel(task)
        case Prove(statement):
            return commands.prove(statement)
        case _:
            assert_never(command)
