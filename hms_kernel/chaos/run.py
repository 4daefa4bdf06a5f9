"""Drives a chaos run: hands in tasks, has faults injected, replaces killed kernels, and reads the end from the store.

A calm run of every distinct task comes first and says what the answers must be. Then one
loop hands in work as far as there is room, follows the facts, and injects what is due.
A request that a killed supervisor left unanswered is looked for in the facts of its
successor, and made again only if it is not there.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import msgspec

from hms_kernel import session as sessions
from hms_kernel.chaos import processes, schedule, workload
from hms_kernel.chaos.faults import FAULTS, Injected
from hms_kernel.chaos.injector import Injector
from hms_kernel.chaos.kernel import Kernel
from hms_kernel.chaos.report import Healing, Report, judge
from hms_kernel.chaos.view import Timeline, View
from hms_kernel.chaos.workload import Job
from hms_kernel.errors import HmsError, UsageError
from hms_kernel.facts import Fact
from hms_kernel.messages import (
    ErrorResponse,
    FactsRequest,
    FactsResponse,
    Response,
    SubmitTaskRequest,
    SubmitTaskResponse,
)
from hms_kernel.model import Value
from hms_kernel.store import Store

UNANSWERED = 32  # submissions under way at once
PER_AGENT = 8  # tasks handed in and not answered, for each agent
QUEUE = 100  # tasks that the supervisor lets wait
WAIT_S = 60.0  # for room in the queue
TURN_S = 0.02  # between two looks at what has changed
STUCK_S = 120.0  # without any answer and any fault: the run has failed
CALM_S = 600.0  # for the calm run
# Agents die because they are killed here, which is no reason to put them aside.
AGENTS = {
    "memory_bytes": 2 << 30,
    "grace_s": 120.0,
    "intensity": {"deaths": 1_000_000, "within_s": 60.0, "cool_s": 30.0},
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What shall happen."""

    tasks: int = 1000
    faults: int = 40
    seed: int = 1
    agents: int = 8
    kernel_kills: int | None = None  # None: one of fifty faults, if it is one of the kinds
    kinds: tuple[str, ...] = ()  # none: all there are


class News(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has got, and what has just happened."""

    answered: int
    tasks: int
    injected: int
    faults: int
    story: Healing | None = None  # of a fault that was injected or healed just now


def run(settings: Settings, tell: Callable[[News], None] = lambda news: None) -> Report:
    """Do a calm run and a chaotic one, and judge the second by its store.

    Leaves nothing behind, whatever happens; but for the session's directory, where what
    was promised was broken.

    Args:
        settings: what shall happen.
        tell: called whenever there is news.

    Raises:
        UsageError: the settings make no sense.
        HmsError: the calm run failed.
    """
    plan = planned(settings)
    token = secrets.token_hex(8)
    name = f"chaos-{settings.seed}-{token[:6]}"
    environment = {processes.MARK: token, "HMS_QUEUE": str(QUEUE)}
    calm = f"{name}-calm"
    report = None
    try:
        expected = calm_answers(settings, calm, environment)
        driver = Driver(settings, plan, expected, name, environment, tell)
        report = driver.run()
        if not report.holds:
            kept = f"its story is kept; look at it with: hms status {name}"
            report = msgspec.structs.replace(report, remarks=(*report.remarks, kept))
        return report
    finally:
        processes.end_all(token)
        sessions.discard(calm)
        if report is None or report.holds:
            sessions.discard(name)


def planned(settings: Settings) -> tuple[schedule.Planned, ...]:
    """The plan of a run.

    Raises:
        UsageError: a kind is unknown, or there are too few faults or tasks.
    """
    kinds = settings.kinds or tuple(FAULTS)
    if strange := [kind for kind in kinds if kind not in FAULTS]:
        raise UsageError(f"no fault {strange[0]!r}; there are {', '.join(FAULTS)}")
    kills = settings.kernel_kills
    if kills is None:
        kills = max(1, settings.faults // 50) if "kill_kernel" in kinds else 0
    if kills:
        kinds = (*kinds, "kill_kernel")
    distinct = tuple(dict.fromkeys(kinds))
    counts = schedule.shares(distinct, settings.faults, {"kill_kernel": kills})
    if settings.tasks < 2 * settings.faults:
        raise UsageError(
            f"{settings.tasks} tasks are too few for {settings.faults} faults: "
            f"ask for at least {2 * settings.faults}"
        )
    return schedule.plan(settings.tasks, counts, settings.seed)


def calm_answers(settings: Settings, name: str, environment: dict[str, str]) -> dict[str, str]:
    """What every distinct job of the run is answered when nothing goes wrong, by its key.

    Raises:
        HmsError: it did not go well even so.
    """
    kernel = Kernel(name, seed=settings.seed, environment=environment)
    try:
        kernel.desk.spawn(2, ("prove", "chaos"), config=AGENTS)
        jobs = workload.distinct(settings.tasks)
        tasks = [
            kernel.desk.submit(job.skill, job.payload, limits=workload.LIMITS, wait_s=WAIT_S)
            for job in jobs
        ]
        answers = {}
        for job, task in zip(jobs, tasks, strict=True):
            result = task.wait(CALM_S).result
            assert result is not None
            answers[job.key] = workload.answer(result)
        kernel.close()
        return answers
    except BaseException:
        kernel.abandon()
        raise


class Driver:
    """One chaotic run; an ``injector.Arena``."""

    def __init__(
        self,
        settings: Settings,
        plan: Sequence[schedule.Planned],
        answers: dict[str, str],
        name: str,
        environment: dict[str, str],
        tell: Callable[[News], None],
    ) -> None:
        self._settings = settings
        self._answers = answers
        self._name = name
        self._environment = environment
        self._tell_news = tell
        self.view = View()
        self._timeline = Timeline()
        self._kernel = self._open_kernel()
        self._number = 0  # jobs of the workload handed in so far
        self._labels: dict[str, Job] = {}  # every task there shall be
        self._todo: deque[str] = deque()  # labels to hand in, or again
        self._asked: dict[Future[Response], str] = {}
        self._doubtful: list[str] = []  # handed in to a supervisor that was killed
        self._acknowledged: set[str] = set()  # ids
        self._following: Future[Response] | None = None
        self._remarks: list[str] = []
        marks = sessions.sessions_directory() / name / "marks"
        marks.mkdir(exist_ok=True)
        most_open = max(1, settings.agents // 2)
        stride = settings.tasks // max(1, len(plan))  # answers from one fault to the next
        self._token = environment[processes.MARK]
        self._injector = Injector(
            plan, self, marks, self._token, most_open, stride // 2, self._tell
        )
        self._faults = len(plan)

    def run(self) -> Report:
        """Do it all; see ``run``."""
        try:
            self._kernel.desk.spawn(self._settings.agents, ("prove", "chaos"), config=AGENTS)
            self._work()
            self._close()
        finally:
            self._kernel.abandon()
        directory = sessions.sessions_directory() / self._name
        sockets = Path(self._kernel.connection.agents.removeprefix("ipc://")).parent
        leftovers = processes.left_over(self._token, {directory, sockets})
        return judge(
            self._stored(),
            acknowledged=self._acknowledged,
            expected={label: self._expected(job) for label, job in self._labels.items()},
            injected=self._injector.injected,
            leftovers=leftovers,
            remarks=self._remarks,
        )

    # --- what the injector asks for ---------------------------------------------------

    def submit(self, label: str, job: Job) -> None:
        """Hand in a task before any other."""
        self._labels[label] = job
        self._todo.appendleft(label)

    def kill_kernel(self) -> Injected:
        """Kill the supervisor's process and start the next one."""
        epoch, pid = self._kernel.connection.epoch, self._kernel.pid
        struck_s, seen_s = self._kernel.kill()
        self._replace_kernel()
        return Injected(kind="kill_kernel", time_s=struck_s, noticed_s=seen_s, pid=pid, epoch=epoch)

    def begin(self, kind: str) -> float:
        """Begin a disturbance."""
        done = self._kernel.begin(kind)
        self._timeline.heard(done.time_s, done.ahead_s)
        return done.time_s

    def end(self, kind: str) -> float:
        """End a disturbance."""
        done = self._kernel.end(kind)
        self._timeline.heard(done.time_s, done.ahead_s)
        return done.time_s

    # --- the loop ----------------------------------------------------------------------

    def _work(self) -> None:
        moved_s, before = time.monotonic(), (0, 0)
        while not self._done():
            if how := self._kernel.ended:
                self._remarks.append(f"the supervisor's process ended by itself: {how}")
                self._replace_kernel()
            self._hear()
            self._follow()
            self._injector.step()
            self._hand_in()
            waiting = [*self._asked, *([self._following] if self._following else [])]
            wait(waiting, TURN_S, FIRST_COMPLETED)
            if (now := (len(self.view.settled), len(self._injector.injected))) != before:
                moved_s, before = time.monotonic(), now
                self._tell(None)
            if time.monotonic() - moved_s > STUCK_S:
                self._remarks.append(f"nothing moved for {STUCK_S:g} s")
                return

    def _done(self) -> bool:
        everything = self._number_left() <= 0 and not (self._todo or self._asked or self._doubtful)
        return everything and self._labels.keys() <= self.view.settled and self._injector.idle

    def _number_left(self) -> int:
        """Jobs of the workload that are yet to be handed in: tasks of the injector count too."""
        return self._settings.tasks - len(self._labels) - self._injector.baits_to_come

    def _hand_in(self) -> None:
        most = PER_AGENT * self._settings.agents
        under_way = len(self._labels) - len(self.view.settled) - len(self._todo)
        # Work that ran ahead of the faults would leave them nothing to hit; but with none at
        # all nobody would see whether the session answers again, or refuses to.
        next_at = self._injector.next_at
        if next_at is not None and next_at <= len(self.view.settled):
            most = 2 if self._injector.needs_answers else 0
        if self._injector.disturbing and not self._asked:
            most = under_way + 1
        while len(self._asked) < UNANSWERED:
            if not self._todo:
                if under_way >= most or self._number_left() <= 0:
                    return
                label = str(self._number)
                self._labels[label] = workload.job(self._number)
                self._todo.append(label)
                self._number += 1
            label = self._todo.popleft()
            job = self._labels[label]
            request = SubmitTaskRequest(
                skill=job.skill,
                payload=job.payload,
                label=label,
                limits=workload.LIMITS,
                wait_s=WAIT_S,
            )
            self._asked[self._kernel.call(request)] = label
            under_way += 1

    def _hear(self) -> None:
        """Take in the answers to what was handed in."""
        for future in [future for future in self._asked if future.done()]:
            label = self._asked.pop(future)
            if future.exception() is not None:
                self._doubtful.append(label)
                continue
            match future.result():
                case SubmitTaskResponse(task_id=task_id):
                    self._acknowledged.add(task_id)
                case ErrorResponse(error="StoreError" | "QueueFull"):
                    self._injector.told(time.time())
                    self._todo.append(label)
                case answer:
                    self._remarks.append(f"task {label} was refused: {answer}")

    def _follow(self) -> None:
        if self._following is not None and self._following.done():
            following, self._following = self._following, None
            if following.exception() is None:
                answer = following.result()
                if isinstance(answer, FactsResponse):
                    facts = self._timeline.righted(answer.facts)
                    self.view.take(facts)
                    self._injector.take(facts)
        if self._doubtful and self.view.epoch == self._kernel.connection.epoch:
            # All that the killed one had kept has been heard.
            doubtful, self._doubtful = self._doubtful, []
            self._todo.extend(label for label in doubtful if label not in self.view.ids)
        if self._following is None:
            self._following = self._kernel.call(FactsRequest(after_seq=self.view.seq, wait_s=1.0))

    # --- kernels -----------------------------------------------------------------------

    def _open_kernel(self) -> Kernel:
        return Kernel(self._name, seed=self._settings.seed, environment=self._environment)

    def _replace_kernel(self) -> None:
        """Take the session over from a supervisor that is gone."""
        old = self._kernel
        hanging_up = threading.Thread(target=old.hang_up)
        hanging_up.start()
        try:
            self._kernel = self._open_kernel()
        finally:
            hanging_up.join()
        self._following = None
        self._timeline.heard(time.time(), 0.0)

    def _close(self) -> None:
        try:
            self._kernel.close()
        except HmsError as error:
            self._remarks.append(str(error))

    # --- the end -----------------------------------------------------------------------

    def _stored(self) -> list[Fact]:
        store = Store(self._kernel.connection.store, read_only=True)
        try:
            return self._timeline.again().righted(store.facts(self._name))
        finally:
            store.close()

    def _expected(self, job: Job) -> str:
        survived = workload.answer(Value(value="survived"))
        return survived if job.key == "bait" else self._answers[job.key]

    def _tell(self, story: Healing | None) -> None:
        self._tell_news(
            News(
                answered=len(self.view.settled),
                tasks=self._settings.tasks,
                injected=len(self._injector.injected),
                faults=self._faults,
                story=story,
            )
        )
