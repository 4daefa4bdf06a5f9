"""Whatever happens in whatever order, an agent answers every attempt it took, once, and works on one at a time."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from hms_kernel.agent.core import (
    AgentCore,
    Begin,
    Exit,
    InterruptWorker,
    KillWorker,
    LookAtWorker,
    Send,
)
from hms_kernel.messages import (
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatResponse,
    ProofResult,
    RegisterRequest,
    RegisterResponse,
    TaskResult,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import AgentSpec, Limits, Outcome, Task, Value, Verdict

SPEC = AgentSpec(agent_id="a", skills=("prove",), grace_s=1e9)


class AgentMachine(RuleBasedStateMachine):
    """Plays supervisor, worker and clock against the core, and keeps its own books."""

    attempts = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.core = AgentCore(SPEC, pid=7, now_s=0.0)
        self.epoch = 1  # of the newest supervisor
        self.obeyed: int | None = None
        self.next_task = 0
        self.taken: set[tuple[str, int]] = set()
        self.answers: dict[tuple[str, int], set[str]] = {}
        self.at_work: tuple[str, int] | None = None
        self.asked_to_end = False
        self.doomed = False  # killed, but nobody has heard of it yet
        self.pulse = 0

    def perform(self, effects):
        for effect in effects:
            match effect:
                case Begin(task, attempt):
                    assert self.at_work is None, "two tasks at once"
                    self.at_work = (task.task_id, attempt)
                    self.asked_to_end = self.doomed = False
                    assert self.at_work in self.taken
                case InterruptWorker():
                    assert self.at_work is not None, "interrupted an idle worker"
                    assert not self.asked_to_end, "asked twice"
                    self.asked_to_end = True
                case KillWorker():
                    assert self.at_work is not None, "killed an idle worker"
                    assert not self.doomed, "killed twice"
                    self.doomed = True
                case LookAtWorker():
                    self.perform(self.core.looked(self.now_s, self.pulse, 0.0, ""))
                case Send(envelope):
                    self.sent(envelope)
                case Exit():
                    raise AssertionError("nobody asked it to end")

    def sent(self, envelope):
        body = envelope.body
        if isinstance(body, RegisterRequest):
            open_attempts = self.taken - self.acknowledged()
            assert set(body.running) == open_attempts
        else:
            assert self.obeyed is not None, "spoke before it was registered"
            assert envelope.epoch == self.obeyed
        if isinstance(body, ProofResult | TaskResult):
            key = (body.task_id, envelope.attempt)
            assert key in self.taken
            self.answers.setdefault(key, set()).add(repr(body))

    def acknowledged(self):
        return getattr(self, "_acknowledged", set())

    def say(self, body, *, attempt=0, epoch=None):
        epoch = self.epoch if epoch is None else epoch
        self.perform(
            self.core.received(self.now_s, Envelope(body=body, epoch=epoch, attempt=attempt))
        )

    @initialize()
    def start(self):
        self.perform(self.core.tick(self.now_s))

    # --- the supervisor --------------------------------------------------------

    @rule()
    def welcome(self):
        self.obeyed = self.epoch
        self.say(RegisterResponse(session="s"))

    @rule()
    def take_over(self):
        self.epoch += 1

    @rule(known=st.booleans())
    def answer_heartbeat(self, known):
        self.say(HeartbeatResponse(known=known))

    @rule(
        target=attempts, limit=st.sampled_from([None, 0.5, 5.0]), pace=st.sampled_from([None, 1.0])
    )
    def assign(self, limit, pace):
        self.next_task += 1
        task = Task(
            task_id=f"t{self.next_task}",
            skill="prove",
            limits=Limits(attempt_wall_s=limit, progress_s=pace),
        )
        if self.obeyed == self.epoch:
            self.taken.add((task.task_id, 1))
        self.say(AgentTask(task=task), attempt=1)
        return (task, 1)

    @rule(given=attempts)
    def assign_again(self, given):
        task, attempt = given
        key = (task.task_id, attempt)
        if key in self.taken and key not in self.acknowledged():
            self.say(AgentTask(task=task), attempt=attempt)

    @rule(given=attempts)
    def cancel(self, given):
        task, attempt = given
        if self.obeyed == self.epoch:
            # One that it never got is answered too, and not begun any more.
            self.taken.add((task.task_id, attempt))
        if self.obeyed == self.epoch and self.at_work == (task.task_id, attempt):
            self.say(CancelTask(task_id=task.task_id), attempt=attempt)
            assert self.asked_to_end or self.doomed
        else:
            self.say(CancelTask(task_id=task.task_id), attempt=attempt)

    @rule(given=consumes(attempts))
    def acknowledge(self, given):
        task, attempt = given
        key = (task.task_id, attempt)
        if self.obeyed == self.epoch and key in self.answers:
            self._acknowledged = self.acknowledged() | {key}
            self.say(UpdateTaskStatusResponse(task_id=task.task_id), attempt=attempt)

    @precondition(lambda self: self.epoch > 1)
    @rule()
    def a_dead_supervisor_speaks(self):
        if self.obeyed == self.epoch:
            before = self.core.running
            self.say(CancelTask(task_id=before[0] if before else "t1"), attempt=1, epoch=0)
            assert self.core.running == before

    # --- the worker and the clock ------------------------------------------------

    @precondition(lambda self: self.at_work is not None)
    @rule(proof=st.booleans())
    def answer(self, proof):
        if self.doomed:
            return
        result = Verdict(outcome=Outcome.UNKNOWN) if proof else Value(value=1)
        (task_id, attempt), self.at_work = self.at_work, None
        self.perform(self.core.finished(self.now_s, task_id, attempt, result))

    @precondition(lambda self: self.at_work is not None)
    @rule()
    def crash(self):
        self.at_work = None
        self.perform(self.core.worker_ended(self.now_s, "killed by SIGSEGV", ""))

    @precondition(lambda self: self.at_work is not None)
    @rule(note=st.sampled_from(["", "one", "two"]))
    def report(self, note):
        self.perform(self.core.stepped(self.now_s, *self.at_work, 1, note))

    @rule()
    def the_interpreter_beats(self):
        self.pulse += 1

    @rule(seconds=st.floats(0.0, 10.0))
    def wait(self, seconds):
        self.now_s += seconds
        self.perform(self.core.tick(self.now_s))

    # --- always ------------------------------------------------------------------

    @invariant()
    def the_core_and_the_worker_agree_on_who_works(self):
        assert self.core.running == self.at_work

    @invariant()
    def no_attempt_has_two_answers(self):
        assert all(len(answers) == 1 for answers in self.answers.values())

    def teardown(self):
        """Let everything end well: then every attempt taken has been answered."""
        self.welcome()
        for _ in range(len(self.taken) + 1):
            while self.at_work is not None:
                self.crash() if self.doomed else self.answer(proof=False)
            self.wait(2.0)
        self.welcome()
        self.wait(2.0)
        assert set(self.answers) == self.taken


TestAgentMachine = AgentMachine.TestCase
TestAgentMachine.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
