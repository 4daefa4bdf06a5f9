"""What a launcher and its zygote say to each other, over a stream socket in the session directory. Sends nothing."""

from __future__ import annotations

import msgspec

from hms_kernel.model import AgentSpec

ZYGOTE = "hms_kernel.launchers.zygote"  # the program; its agents are forks of it
SOCKET_NAME = "zygote.sock"
LOG_NAME = "zygote.log"
AGENT_LOG = "agent-{pid}.log"  # what a living agent has printed; gone with it


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a zygote is told on its command line, as JSON."""

    listener_fd: int  # a listening Unix socket, inherited
    grace_s: float  # seconds without launcher and agents until it ends itself
    preload: tuple[str, ...]  # skills to import before the first fork
    path: tuple[str, ...]  # sys.path of the session, so that agents find what a notebook finds


class Launch(msgspec.Struct, frozen=True, kw_only=True, tag="launch"):
    """Launcher to zygote: fork this agent."""

    launch_id: int
    spec: AgentSpec
    endpoint: str


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """Launcher to zygote: end every agent, by SIGKILL after so many seconds, then yourself."""

    deadline_s: float


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """Zygote to launcher, first on every connection."""

    pid: int
    agents: tuple[tuple[str, int], ...] = ()  # (agent id, pid) of those alive, oldest first


class Launched(msgspec.Struct, frozen=True, kw_only=True, tag="launched"):
    """Zygote to launcher: this launch became this process."""

    launch_id: int
    pid: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """Zygote to launcher: this launch became nothing."""

    launch_id: int
    cause: str


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """Zygote to launcher: a process it forked is gone."""

    pid: int
    cause: str
    output: str = ""  # the tail of what it printed


Order = Launch | Stop
Report = Hello | Launched | Refused | Ended
