"""Sessions: names, locks, and files that only their owner may read."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hms_kernel import session as sessions
from hms_kernel.errors import SessionError, UsageError
from hms_kernel.session import Session


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HMS_HOME", str(tmp_path))
    monkeypatch.delenv("HMS_SESSION", raising=False)
    return tmp_path


def test_an_unnamed_session_is_a_fresh_one():
    first, second = Session(), Session()

    assert first.name != second.name
    first.close()
    second.close()


@pytest.mark.parametrize("name", ["", ".", "../up", "a/b", "-x", "x" * 65, "ü"])
def test_a_name_that_could_leave_the_directory_is_refused(name):
    with pytest.raises(UsageError, match="cannot name a session"):
        Session(name)


def test_a_held_session_is_refused_with_an_offer_to_attach():
    held = Session("s")

    with pytest.raises(SessionError, match=r"attach\('s'\)"):
        Session("s")

    held.close()
    Session("s").close()


def test_a_session_held_by_another_process_is_refused_until_it_dies():
    code = "from hms_kernel.session import Session; s = Session('s'); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert sessions.is_live("s")
        with pytest.raises(SessionError):
            Session("s")
        other.kill()

    assert not sessions.is_live("s")
    Session("s").close()


def test_a_home_that_cannot_hold_sessions_is_said_so_with_the_remedy(home, monkeypatch):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("HMS_HOME", str(home / "file"))

    with pytest.raises(SessionError, match="HMS_HOME"):
        Session("s")


def test_only_the_owner_may_look_inside(home):
    session = Session("s")
    session.publish(epoch=1)

    directory = home / "sessions" / "s"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "connection.json").stat().st_mode) == 0o600
    session.close()


class TestFindingOne:
    def test_prefers_the_name_then_the_environment_then_the_newest(self, monkeypatch):
        old, new = Session("old"), Session("new")
        old.publish(epoch=1)
        new.publish(epoch=1)
        os.utime(old.directory / "connection.json", (1, 1))

        assert sessions.connection().session == "new"
        monkeypatch.setenv("HMS_SESSION", "old")
        assert sessions.connection().session == "old"
        assert sessions.connection("new").session == "new"
        old.close()
        new.close()

    def test_passes_over_sessions_whose_supervisor_is_gone(self):
        alive, gone = Session("alive"), Session("gone")
        alive.publish(epoch=1)
        gone.publish(epoch=1)
        os.utime(alive.directory / "connection.json", (1, 1))
        gone.close()

        assert sessions.connection().session == "alive"
        with pytest.raises(SessionError, match="no live session 'gone'"):
            sessions.connection("gone")
        alive.close()

    def test_takes_one_that_keeps_apart_by_its_name_only(self, monkeypatch):
        usual, apart = Session("usual"), Session("apart")
        usual.publish(epoch=1)
        apart.publish(epoch=1, apart=True)
        os.utime(usual.directory / "connection.json", (1, 1))

        assert sessions.connection().session == "usual"
        assert sessions.connection("apart").session == "apart"
        usual.close()
        with pytest.raises(SessionError, match="no live session"):
            sessions.connection()
        apart.close()

    def test_says_how_to_start_when_there_is_none(self):
        with pytest.raises(SessionError, match="Workbench"):
            sessions.connection()

    def test_survives_a_broken_connection_file(self, home):
        session = Session("s")
        (home / "sessions" / "s" / "connection.json").write_text("{")

        with pytest.raises(SessionError):
            sessions.connection()
        session.close()


def test_sockets_move_out_of_a_directory_that_is_too_deep_for_them(tmp_path, monkeypatch):
    monkeypatch.setenv("HMS_HOME", str(tmp_path / ("deep" * 30)))
    session = Session("s")

    assert len(os.fsencode(session.agents_address.removeprefix("ipc://"))) <= 107
    assert stat.S_IMODE(session.sockets.stat().st_mode) == 0o700
    sockets = session.sockets
    session.close()
    assert not sockets.exists()
