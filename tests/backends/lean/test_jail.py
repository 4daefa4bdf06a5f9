"""What a process that has shut itself in can still do. Each runs in a child, the real way."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hms_kernel.backends.lean import jail

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

EVERYTHING = ("namespaces", "filter")


@pytest.fixture(scope="module")
def walls(tmp_path_factory: pytest.TempPathFactory) -> jail.Walls:
    return jail.probe(tmp_path_factory.mktemp("probe"), Path(__file__).parent)


class Cellar:
    """A cell with one readable and one writable directory."""

    def __init__(self, place: Path) -> None:
        self.readable, self.writable, self.root = (
            place / name for name in ("readable", "writable", "root")
        )
        for directory in (self.readable, self.writable, self.root):
            directory.mkdir()
        (self.readable / "given").write_text("given")

    def run(self, step: Callable[[], object], built: tuple[str, ...], **limits: int) -> int | str:
        """What a child that does ``step`` inside ends with: 0, the number of an error, a signal."""
        cell = jail.Cell(
            (self.readable,),
            self.writable,
            (Path("made"), Path("link"), Path("missing")),
            **{"memory_bytes": 4 << 30, "cpu_s": 20, "file_bytes": 1 << 20, **limits},
        )
        child = os.fork()
        if child == 0:
            code = 99
            try:
                if "namespaces" in built:
                    jail.isolate(cell, self.root)
                jail.limit(cell)
                if "filter" in built:
                    jail.refuse()
                step()
                code = 0
            except OSError as error:
                code = error.errno or 98
            except MemoryError:
                code = 97
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else signal.Signals(-code).name


@pytest.fixture
def cellar(tmp_path: Path) -> Cellar:
    return Cellar(tmp_path)


def standing(walls: jail.Walls, *wanted: str) -> tuple[str, ...]:
    if missing := [name for name in wanted if not getattr(walls, name)]:
        pytest.skip(f"NOT TESTED: this system forbids {', '.join(missing)}")
    return wanted


def test_what_is_promised_is_there_and_only_what_is_wanted_comes_out(
    walls: jail.Walls, cellar: Cellar
):
    def step() -> None:
        assert (cellar.readable / "given").read_text() == "given"
        assert (cellar.writable / "source").read_text() == "source"
        (cellar.writable / "made").write_text("made")
        (cellar.writable / "litter").write_text("litter")
        (cellar.writable / "link").symlink_to("/dev/urandom")

    (cellar.writable / "source").write_text("source")

    assert cellar.run(step, standing(walls, *EVERYTHING)) == 0
    assert sorted(path.name for path in cellar.writable.iterdir()) == ["made", "source"]
    assert (cellar.writable / "made").read_text() == "made"


def test_the_disk_cannot_be_filled(walls: jail.Walls, cellar: Cellar):
    def step() -> None:
        for number in range(10_000):
            (cellar.writable / str(number)).write_bytes(bytes(1 << 20))

    assert cellar.run(step, standing(walls, "namespaces")) == 28  # ENOSPC
    assert list(cellar.writable.iterdir()) == []


def test_nothing_else_of_the_machine_is_to_be_seen(walls: jail.Walls, cellar: Cellar):
    def step() -> None:
        assert sorted(os.listdir("/")) == ["dev", "lean", "proc", "tmp"]
        assert not Path("/etc/passwd").exists()

    assert cellar.run(step, standing(walls, "namespaces")) == 0


def test_what_is_to_be_read_cannot_be_written(walls: jail.Walls, cellar: Cellar):
    built = standing(walls, "namespaces")

    assert cellar.run(lambda: (cellar.readable / "given").write_text("x"), built) != 0
    assert cellar.run(lambda: (cellar.readable / "given").unlink(), built) != 0
    assert (cellar.readable / "given").read_text() == "given"


@pytest.mark.parametrize("wall", EVERYTHING)
def test_either_wall_alone_cuts_the_network(walls: jail.Walls, cellar: Cellar, wall: str):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        ended = cellar.run(
            lambda: socket.socket().connect(("127.0.0.1", port)), standing(walls, wall)
        )

        assert ended in (1, 101)  # EPERM, ENETUNREACH


def test_no_other_process_is_started_or_signalled(walls: jail.Walls, cellar: Cellar):
    built = standing(walls, "filter")
    parent = os.getpid()

    def start() -> None:
        if os.fork() == 0:
            os._exit(0)

    assert cellar.run(start, built) == 1  # EPERM
    assert cellar.run(lambda: os.kill(parent, 0), built) == 1
    assert cellar.run(lambda: os.killpg(0, 0), built) == 1
    assert cellar.run(lambda: resource.prlimit(parent, resource.RLIMIT_CPU), built) == 1
    assert cellar.run(lambda: resource.prlimit(0, resource.RLIMIT_CPU), built) == 0
    assert cellar.run(lambda: threading.Thread(target=int).start(), built) == 0


def test_other_processes_are_not_even_there(walls: jail.Walls, cellar: Cellar):
    parent = os.getpid()

    assert cellar.run(lambda: os.kill(parent, 0), standing(walls, "namespaces")) == 3  # ESRCH


def test_the_walls_cannot_be_taken_down_from_inside(walls: jail.Walls, cellar: Cellar):
    built = standing(walls, *EVERYTHING)

    assert cellar.run(lambda: jail._mount("x", "/tmp", "tmpfs", 0), built) == 1
    assert (
        cellar.run(lambda: jail.isolate(jail.Cell((), Path("/tmp"), (), 0, 0, 0), Path("/")), built)
        == 1
    )
    assert cellar.run(lambda: os.chroot("/tmp"), built) == 1


def test_memory_files_and_processor_time_are_limited(cellar: Cellar):
    def spin() -> None:
        while True:
            pass

    assert cellar.run(lambda: bytearray(50 << 30), ()) == 97
    assert cellar.run(lambda: (cellar.writable / "big").write_bytes(bytes(2 << 20)), ()) in (
        27,  # EFBIG: Python ignores the signal
        "SIGXFSZ",
    )
    assert cellar.run(spin, (), cpu_s=1) in ("SIGXCPU", "SIGKILL")


def test_a_child_ends_as_it_would_have_without_walls(walls: jail.Walls, cellar: Cellar):
    built = standing(walls, "namespaces")

    def crash() -> None:
        faulthandler.disable()
        ctypes.string_at(0)

    assert cellar.run(lambda: os._exit(42), built) == 42
    assert cellar.run(crash, built) == "SIGSEGV"
