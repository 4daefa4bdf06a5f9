"""Whose turn it is among tasks that wait for an agent."""

from __future__ import annotations

from hms_kernel.ledger import Work
from hms_kernel.model import Task
from hms_kernel.queues import TURNS, Queues


def waiting(*tasks: Task) -> Queues:
    works = {
        task.task_id: Work(task=task, ticket=n, submitted_s=0.0) for n, task in enumerate(tasks)
    }
    queues = Queues(works)
    for work in works.values():
        queues.put(work)
    return queues


def claim(name: str) -> Task:
    return Task(task_id=name, skill="prove")


def lemma(name: str) -> Task:
    return Task(task_id=name, skill="prove", parent="c")


def order(queues: Queues) -> list[str]:
    found = []
    while (work := queues.take(("prove",))) is not None:
        found.append(work.task.task_id)
    return found


def test_what_people_hand_in_comes_in_its_order():
    assert order(waiting(claim("a"), claim("b"))) == ["a", "b"]


def test_of_what_recoveries_ask_for_that_comes_first_which_most_wait_for():
    queues = waiting(lemma("x"), lemma("y"), lemma("z"))
    for parents, name in ((("s",), "x"), (("s", "t", "u"), "y"), (("t", "u"), "z")):
        for parent in parents:
            queues.tasks[name].blocks.add(parent)
            queues.prefer(queues.tasks[name])

    assert order(queues) == ["y", "z", "x"]
    assert queues.waiting == 0


def test_neither_kind_starves_however_much_there_is_of_the_other():
    many = 3 * TURNS
    claims, lemmas = (
        [make(f"{kind}{n}") for n in range(many)] for kind, make in (("c", claim), ("x", lemma))
    )
    first = order(waiting(*claims, *lemmas))[: 2 * TURNS]

    assert [name[0] for name in first] == ["c", "c", "c", "x"] * 2


def test_one_kind_alone_waits_for_nobody():
    assert order(waiting(lemma("x"), lemma("y"))) == ["x", "y"]


def test_a_task_that_left_is_not_given_out():
    queues = waiting(claim("a"), claim("b"))
    queues.leave(queues.tasks["a"])

    assert order(queues) == ["b"]
