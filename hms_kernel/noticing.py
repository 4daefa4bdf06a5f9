"""Notices failures that repeat and has a search made for them, while nobody else needs the agents. Decides neither when nor what.

When is ``genetics.trigger``'s to say; what is searched and adopted, ``evolution``'s.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from hms_kernel.client import Client
from hms_kernel.errors import HmsError, SessionError
from hms_kernel.evolution import Search, Searches
from hms_kernel.facts import TaskSubmitted
from hms_kernel.genetics.archive import Archive, default_file
from hms_kernel.genetics.engine import Settings
from hms_kernel.genetics.trigger import Due, Rule, Watcher
from hms_kernel.model import Goal, Task
from hms_kernel.plans import Plan, open_searches, planned

LOOK_S = 1.0  # between looks when nothing happens
REUSED = 16  # stages of the archive that are tried before new ones are drawn


class Vigil:
    """Watches a session and searches when claims of a family keep coming back open.

    Args:
        client: of the session.
        begun: the searches of this end, so that none is made twice.
        rule: when a search is due.
        settings: of each search; the seed too.
    """

    def __init__(self, client: Client, begun: Searches, rule: Rule, settings: Settings) -> None:
        self._client, self._all, self._settings = client, begun, settings
        self._watcher = Watcher(rule)
        self._stop = threading.Event()
        self.searches: list[Search] = []  # oldest first
        self._thread = threading.Thread(target=self._run, name="hms-vigil", daemon=True)

    def start(self) -> Vigil:
        """Begin; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Watch no longer; a search that is under way ends with what it has. Idempotent."""
        self._stop.set()
        for search in self.searches:
            search.stop()

    def join(self, timeout_s: float = 10.0) -> None:
        """Wait until its thread has ended."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            # What a killed kernel was searching for comes first.
            for begun in open_searches(self._client.story()):
                self._await(partial(self._all.resumed, begun))
            seq = 0
            while not self._stop.is_set():
                facts = self._client.facts(seq, wait_s=LOOK_S)
                self._watcher.take(facts)
                seq = facts[-1].seq if facts else seq
                due = None if facts else self._watcher.due(time.time())
                if due is not None and not self._await(partial(self._begun, due)):
                    # Facts tell what was wrong, and it would be so again at once.
                    self._stop.wait(self._watcher.rule.cooldown_s)
        except SessionError:
            return  # it has ended, or somebody else will take it over

    def _await(self, start: Callable[[], Search]) -> bool:
        """Whether it came to an end without breaking."""
        try:
            search = start()
            self.searches.append(search)
            if self._stop.is_set():
                search.stop()
            search.result()
        except SessionError:
            raise
        except HmsError:
            return False
        return True

    def _begun(self, due: Due) -> Search:
        return self._all.begin(for_failures(self._client, due, self._settings), due.why)


def for_failures(
    client: Client, due: Due, settings: Settings, *, enough: bool = True, adopt: bool = True
) -> Plan:
    """A plan for claims that failed, which are handed in again in the end.

    Args:
        enough: the search begins with what the archive knows and ends once all are settled;
            False: it depends on goals and settings only.
        adopt: as for ``Plan``.

    Raises:
        UsageError: there are too few of them.
    """
    kinds = (fact.kind for fact in client.story())
    tasks = {k.submitted.task_id: k.submitted for k in kinds if isinstance(k, TaskSubmitted)}
    return planned(
        _goals(due.failed, tasks),
        due.family,
        settings,
        guards=_goals(due.settled, tasks),
        founders=Archive(default_file()).specialists(REUSED) if enough else (),
        enough=enough,
        adopt=adopt,
        retry=due.failed,
    )


def failures(client: Client, family: str) -> Due:
    """The claims of a family that stayed unknown in this session, and those that did not.

    Raises:
        UsageError: there are none; says which families have some.
    """
    return Watcher().take(client.story()).asked(family)


def _goals(names: tuple[str, ...], tasks: Mapping[str, Task]) -> list[Goal]:
    return [msgspec.convert(tasks[name].payload["goal"], Goal) for name in names]
