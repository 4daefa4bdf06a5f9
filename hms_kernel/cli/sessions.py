"""Verbs about sessions, live or ended: status, stop."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.text import Text

from hms_kernel import api, tables
from hms_kernel import session as sessions
from hms_kernel.cli.options import AsJson
from hms_kernel.cli.root import out
from hms_kernel.cli.showing import count, print_json, print_rows
from hms_kernel.errors import HmsError, UsageError
from hms_kernel.store import Store


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
    live = sessions.is_live(name)
    if as_json:
        print_json(
            {
                "session": name,
                "live": live,
                "store": place,
                "sessions": [{"name": n, "live": sessions.is_live(n)} for n in known],
                "agents": tables.agents(facts),
                "tasks": tables.with_plain_results(tables.tasks(facts)),
                "attempts": tables.attempts(facts),
                "verdicts": tables.verdicts(facts),
            },
            indent=2,
        )
        return
    state = f" ({'live' if live else 'ended'}), stored in {place}\n"
    out.print(Text.assemble("session ", (name, "bold"), state))
    print_rows("agents", tables.agents(facts))
    shown = [
        {
            key: row[key]
            for key in ("task", "label", "phase", "verdict", "agent", "attempts", "duration_s")
        }
        for row in tables.with_plain_results(tables.tasks(facts))
    ]
    print_rows("tasks", shown)
    if others := [n for n in known if n != name]:
        listed = ", ".join(others[:5])
        out.print(Text(f"{count(len(others), 'other session')}, the newest: {listed}", "dim"))


def stop(
    session: Annotated[
        str | None, typer.Argument(help="Name of a session; default: the newest live one.")
    ] = None,
) -> None:
    """End a live session from outside: its agents stop, its open tasks are cancelled."""
    with api.attach(session) as desk:
        desk.stop_session()
        deadline = time.monotonic() + 30.0
        while desk.alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        if desk.alive():
            raise HmsError(f"session {desk.session} did not end within 30 s")
        out.print(Text(f"session {desk.session} has ended"))
