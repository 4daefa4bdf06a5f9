"""A process shuts itself in: limits, an empty file system, no network, no other processes. Starts nothing itself.

Two walls on Linux, each good without the other. Namespaces give a process a root of its own
with nothing in it but what it was promised, and no network device. A seccomp filter refuses
sockets, new processes, signals and everything by which walls are taken down; it works where
namespaces are forbidden, as in most containers. Elsewhere there are only the limits, and
whoever reports on this says so.

Source:
    namespaces(7), user_namespaces(7), pivot_root(2), seccomp(2), linux/audit.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import shutil
import signal
import stat
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hms_kernel import processes

_LINUX = sys.platform == "linux"
_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_CLONE_THREAD = 0x00010000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_SCRATCH_BYTES, _SCRATCH_FILES = 128 << 20, 4096  # of the file system of one's own
_FILES = 256  # open at once

# What is refused, by number on x86-64 and on arm64 (None: it has no such call).
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # the network, and ways around asking for it
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    # other processes
    "fork": (57, None),
    "vfork": (58, None),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    # the walls
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
# Column above, the audit's number of the machine, and two calls that are allowed in part.
_MACHINES = {"x86_64": (0, 0xC000003E, 56, 302), "aarch64": (1, 0xC00000B7, 220, 261)}
_CLONE3 = 435
_X32_BIT = 0x40000000
NO_APPLICATION = Path("/lean/bin/lean")


@dataclass(frozen=True)
class Walls:
    """Which of the walls stand on this machine."""

    namespaces: bool
    filter: bool

    @property
    def network_cut(self) -> bool:
        """Whether nothing inside can reach the network."""
        return self.namespaces or self.filter


@dataclass(frozen=True)
class Cell:
    """What a process is shut in with.

    Args:
        readable: directories and files it may read, under their own paths.
        writable: the one directory it may write to, apart from a scratch /tmp of its own. In a
            file system of its own this is a copy, so that nobody's disk is filled ...
        products: ... and these, below ``writable``, are what comes out of it.
        memory_bytes: address space, which counts the 230 MB of Lean's library.
        cpu_s: processor seconds, of all its threads together.
        file_bytes: the largest file it may write.
        application: where it is to find its executable; any path will do for one that has none.
    """

    readable: tuple[Path, ...]
    writable: Path
    products: tuple[Path, ...]
    memory_bytes: int
    cpu_s: int
    file_bytes: int
    application: Path = NO_APPLICATION


def limit(cell: Cell) -> None:
    """Set the limits that every system has; they cannot be raised again."""
    for what, value in (
        (resource.RLIMIT_AS, cell.memory_bytes),
        (resource.RLIMIT_CPU, cell.cpu_s),
        (resource.RLIMIT_FSIZE, cell.file_bytes),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(what)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        if sys.platform == "darwin" and what == resource.RLIMIT_AS:
            continue  # macOS has the name and not the limit
        resource.setrlimit(what, (value, value))


def isolate(cell: Cell, root: Path) -> None:
    """Move into an empty file system of one's own, without network; from here on in a child.

    The calling process must have one thread. It stays outside as the parent of the one that
    goes on, and ends as that one ends: a process cannot leave its own process namespace.

    Args:
        cell: what is to be found there.
        root: an empty directory on which the new file system is mounted.

    Raises:
        OSError: the system does not allow it.
    """
    user, group = os.geteuid(), os.getegid()
    _check(
        _libc().unshare(
            _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWPID
        )
    )
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(line)
    _mount("", "/", "", _MS_REC | _MS_PRIVATE)
    _mount(
        "hms",
        str(root),
        "tmpfs",
        _MS_NOSUID | _MS_NODEV,
        f"size={_SCRATCH_BYTES},nr_inodes={_SCRATCH_FILES},mode=755",
    )
    (root / "tmp").mkdir()
    # The loader and Lean ask where the executable lies, Lean by the number that it will have.
    (root / "proc/1").mkdir(parents=True)
    (root / "proc/self").symlink_to("1")
    (root / "proc/1/exe").symlink_to(cell.application)
    (root / cell.application.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
    (root / "dev").mkdir()
    for device in ("/dev/null", "/dev/urandom"):
        target = root / device.lstrip("/")
        target.touch()
        _mount(device, str(target), "", _MS_BIND)
    for path in cell.readable:
        _bind(path, root, _MS_RDONLY)
    outside = os.open(cell.writable, os.O_RDONLY | os.O_DIRECTORY)
    shutil.copytree(cell.writable, root / cell.writable.relative_to("/"), dirs_exist_ok=True)
    os.chdir(root)
    _check(_libc().pivot_root(b".", b"."))
    _check(_libc().umount2(b".", _MNT_DETACH))
    os.chdir("/")
    watched = os.fork()
    if watched:
        _, status = os.waitpid(watched, 0)
        _bring_out(cell, outside)
        _end_like(status)
    os.close(outside)  # the one way out
    processes.die_with_parent()


def refuse(walls: Sequence[str] = tuple(_REFUSED)) -> None:
    """Have the kernel refuse the calls of ``walls`` to this process and all that come of it.

    Raises:
        OSError: the system does not allow it, or is of a kind that has no such filter.
    """
    if not _LINUX or platform.machine() not in _MACHINES:
        raise OSError(errno.ENOSYS, "no seccomp filter for this machine")
    column, arch, clone, prlimit = _MACHINES[platform.machine()]
    numbers = [number for name in walls if (number := _REFUSED[name][column]) is not None]
    denied, missing = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
    allow, kill = 0x7FFF0000, 0x80000000
    load, jump_equal, jump_from, jump_set, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [
        (load, 0, 0, 4),
        (jump_equal, 1, 0, arch),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        # Another way of counting, in which the numbers below would mean other calls.
        (jump_from, 0, 1, _X32_BIT),
        (answer, 0, 0, denied),
        # Its arguments lie in memory, where a filter cannot look; the C library does without.
        (jump_equal, 0, 1, _CLONE3),
        (answer, 0, 0, missing),
    ]
    for number in numbers:
        program += [(jump_equal, 0, 1, number), (answer, 0, 0, denied)]
    program += [
        # One's own limits are fine, those of others are not; 0 is oneself.
        (jump_equal, 0, 3, prlimit),
        (load, 0, 0, 16),
        (jump_equal, 1, 0, 0),
        (answer, 0, 0, denied),
        (load, 0, 0, 0),
        # Threads are fine, processes are not.
        (jump_equal, 0, 3, clone),
        (load, 0, 0, 16),
        (jump_set, 1, 0, _CLONE_THREAD),
        (answer, 0, 0, denied),
        (answer, 0, 0, allow),
    ]
    code = b"".join(struct.pack("<HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    _check(_libc().prctl(_PR_SET_NO_NEW_PRIVS, _long(1), _long(0), _long(0), _long(0)))
    _check(
        _libc().prctl(
            _PR_SET_SECCOMP, _long(_SECCOMP_MODE_FILTER), ctypes.create_string_buffer(header)
        )
    )


def probe(root: Path, readable: Path) -> Walls:
    """Which walls can be put up here, found out in children that end at once.

    Args:
        root: an empty directory to try with.
        readable: a directory that is to be seen from inside.
    """
    out = root / "out"
    out.mkdir(exist_ok=True)
    inner = root / "root"
    inner.mkdir(exist_ok=True)
    cell = Cell((readable,), out, (), resource.RLIM_INFINITY, 10, 1 << 20)
    return Walls(
        namespaces=_LINUX and _succeeds(lambda: isolate(cell, inner)),
        filter=_succeeds(refuse),
    )


def _succeeds(step: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            step()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return status == 0


def _bind(path: Path, root: Path, flags: int) -> None:
    target = root / path.absolute().relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(str(path), str(target), "", _MS_BIND | _MS_REC)
    # A user's namespace may not take off what the mount has on already.
    had = os.statvfs(path).f_flag & (_MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_RDONLY)
    flags |= had | _MS_NOSUID | _MS_NODEV
    _mount("", str(target), "", _MS_REMOUNT | _MS_BIND | flags)


def _bring_out(cell: Cell, outside: int) -> None:
    for product in cell.products:
        with contextlib.suppress(OSError):
            reading = os.open(cell.writable / product, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            # Whatever lies there, a file of the right size at most comes out.
            if stat.S_ISREG(os.fstat(reading).st_mode):
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                writing = os.open(product, flags, 0o600, dir_fd=outside)
                os.sendfile(writing, reading, 0, cell.file_bytes)


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _check(
        _libc().mount(
            source.encode() or None,
            target.encode(),
            kind.encode() or None,
            _long(flags),
            data.encode() or None,
        )
    )


def _end_like(status: int) -> None:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 128 - code)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _long(value: int) -> ctypes.c_ulong:
    return ctypes.c_ulong(value)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
