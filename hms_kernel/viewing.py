"""What has happened in a session, as facts and as pandas frames. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hms_kernel import tables
from hms_kernel.client import Client
from hms_kernel.facts import Fact
from hms_kernel.messages import AgentStatus

if TYPE_CHECKING:
    import pandas as pd


class Viewing:
    """A session to look at."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def facts(self, after_seq: int = 0) -> list[Fact]:
        """Every fact after a sequence number, oldest first."""
        facts: list[Fact] = []
        while page := self.client.facts(after_seq):
            facts += page
            after_seq = page[-1].seq
        return facts

    def agents(self) -> pd.DataFrame:
        """Agents as a pandas frame: phase, pid, restarts, what they run, age of the heartbeat."""
        rows = [msgspec.structs.asdict(status) for status in self.client.agents()]
        for row in rows:
            row["skills"] = ", ".join(row["skills"])
            row.pop("progress")
        columns = [name for name in AgentStatus.__struct_fields__ if name != "progress"]
        return tables.frame(rows, columns)

    def tasks(self) -> pd.DataFrame:
        """Tasks of the session, its earlier epochs included, as a pandas frame."""
        return tables.frame(tables.with_plain_results(tables.tasks(self.facts())))

    def runs(self) -> pd.DataFrame:
        """Runs of the session, its earlier epochs included: name, tasks, how many are open."""
        return tables.frame(tables.runs(self.facts()))

    def waiting(self) -> pd.DataFrame:
        """Claims that wait for a person, with what was tried; ``task(name).answer(...)`` answers one."""
        return tables.frame(tables.waiting(self.facts()), tables.WAITING)

    def attempts(self) -> pd.DataFrame:
        """Every attempt at a task: on which agent, how long, how it ended."""
        return tables.frame(tables.attempts(self.facts()))

    def verdicts(self, run: str = "") -> pd.DataFrame:
        """Every verdict of the session (of one run, if named) with its evidence."""
        return tables.frame(tables.verdicts(self.facts(), run))
