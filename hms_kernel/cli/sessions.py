"""Verbs about sessions, live, interrupted or ended: status, stop, sessions."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer
from rich.text import Text

from hms_kernel import api, tables
from hms_kernel import session as sessions
from hms_kernel.cli.options import AsJson
from hms_kernel.cli.root import out
from hms_kernel.cli.showing import count, print_json, print_rows
from hms_kernel.errors import HmsError, SessionError, UsageError
from hms_kernel.store import Store, store_name


def status(
    session: Annotated[
        str | None, typer.Argument(help="Name of a session; default: the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show agents, tasks, attempts and verdicts of a session, live or ended."""
    known = sessions.names()
    name = (
        session or next((n for n in known if sessions.is_live(n)), None) or next(iter(known), None)
    )
    if name is None:
        raise UsageError("there has been no session yet; start with `hms demo`")
    found = sessions.last_connection(name) if name in known else None
    if found is None:
        raise UsageError(f"no session {name!r}; there are: {', '.join(known[:10]) or 'none'}")
    store = Store(found.store, read_only=True)
    facts = store.facts(name)
    place = str(store)
    store.close()
    state = sessions.state(name)
    if as_json:
        print_json(
            {
                "session": name,
                "live": state is sessions.State.LIVE,
                "state": state.value,
                "store": place,
                "sessions": [{"name": n, "live": sessions.is_live(n)} for n in known],
                "agents": tables.agents(facts),
                "tasks": tables.with_plain_results(tables.tasks(facts)),
                "attempts": tables.attempts(facts),
                "verdicts": tables.verdicts(facts),
                "waiting": tables.waiting(facts),
            },
            indent=2,
        )
        return
    out.print(Text.assemble("session ", (name, "bold"), f" ({state}), stored in {place}\n"))
    if state is sessions.State.INTERRUPTED:
        advice = (
            f"take it over with hms_kernel.Workbench({name!r}), or end it with hms stop {name}\n"
        )
        out.print(Text(advice, "dim"))
    print_rows("agents", tables.agents(facts))
    shown = [
        {
            key: row[key]
            for key in ("task", "label", "phase", "verdict", "agent", "attempts", "duration_s")
        }
        for row in tables.with_plain_results(tables.tasks(facts))
    ]
    print_rows("tasks", shown)
    if asked := tables.waiting(facts):
        plain = [row | {"since_s": round(time.time() - row["since_s"])} for row in asked]
        print_rows("waiting for a person; help with hms answer TASK", plain)
    if others := [n for n in known if n != name]:
        listed = ", ".join(others[:5])
        out.print(Text(f"{count(len(others), 'other session')}, the newest: {listed}", "dim"))


def stop(
    session: Annotated[
        str | None, typer.Argument(help="Name of a session; default: the newest live one.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the session's folder and what is in it.")
    ] = False,
) -> None:
    """End a session from outside: its agents stop, its open tasks are cancelled.

    Also one whose kernel was killed: its agents may still be at work.
    """
    name = session or os.environ.get("HMS_SESSION") or sessions.connection().session
    if name not in sessions.names():
        raise UsageError(f"no session {name!r}; `hms sessions` lists those there are")
    state = sessions.state(name)
    if state is sessions.State.INTERRUPTED:
        # Who takes it over may end it: nobody else can reach its agents.
        api.Workbench(name).close()
    elif state is sessions.State.LIVE:
        with api.attach(name) as desk:
            desk.stop_session()
            deadline = time.monotonic() + 30.0
            while desk.alive() and time.monotonic() < deadline:
                time.sleep(0.05)
            if desk.alive():
                raise HmsError(f"session {name} did not end within 30 s")
    elif not forget:
        raise SessionError(f"session {name!r} has ended already")
    out.print(Text(f"session {name} has ended"))
    if forget:
        sessions.forget(name)
        out.print(Text(f"session {name} is forgotten"))


def list_sessions(as_json: AsJson = False) -> None:
    """List the sessions there are, the newest first: live, interrupted or ended."""
    rows = []
    for name in sessions.names():
        last = sessions.last_connection(name)
        place = store_name(last.store) if last else ""
        rows.append({"session": name, "state": sessions.state(name).value, "store": place})
    if as_json:
        print_json(rows, indent=2)
    else:
        print_rows("sessions", rows)
