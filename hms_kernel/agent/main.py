"""Where an agent process begins: from a fork of the zygote, or ``python -m hms_kernel.agent.main SPEC ENDPOINT``.

The second form takes the spec as JSON, for launchers that start whole interpreters.
"""

from __future__ import annotations

import os
import sys

import msgspec

from hms_kernel.agent.loop import AgentLoop
from hms_kernel.model import AgentSpec
from hms_kernel.transport.zeromq import ZmqDealer


def run(spec: AgentSpec, endpoint: str) -> int:
    """Be the agent ``spec`` describes, for the supervisor at ``endpoint``; the exit code.

    Raises:
        TransportError: the endpoint is not usable.
    """
    # A name of its own, kept when the connection is renewed, never that of a
    # process with the same duties that is still about.
    identity = f"{spec.agent_id[:200]}:{os.getpid()}".encode()[:255]
    dealer = ZmqDealer(endpoint, identity, queue_when_away=False)
    return AgentLoop(spec, dealer).run()


def main() -> int:
    """Run as a program."""
    if len(sys.argv) != 3:
        print("usage: python -m hms_kernel.agent.main SPEC_JSON ENDPOINT", file=sys.stderr)
        return 2
    return run(msgspec.json.decode(sys.argv[1].encode(), type=AgentSpec), sys.argv[2])


if __name__ == "__main__":
    sys.exit(main())
