"""ZeroMQ keeps the wire's promises, and the address stays ours."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import socket
import stat
import tempfile
from pathlib import Path

import pytest
import zmq
from zmq_contract import ZmqContract

from hms_kernel.errors import TransportError
from hms_kernel.messages import Envelope, HeartbeatResponse
from hms_kernel.transport.contract import PATIENCE_S, take
from hms_kernel.transport.zeromq import ZmqDealer, ZmqListener, raise_descriptor_limit

HELLO = Envelope(body=HeartbeatResponse())


@pytest.fixture
def directory():
    # pytest's own directories are often too deep for a socket's path.
    path = Path(tempfile.mkdtemp(prefix="hms-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def address(directory):
    return f"ipc://{directory}/agents.sock"


class TestZmqTransport(ZmqContract):
    kind = ZmqListener


def test_the_socket_is_for_its_owner_alone_and_the_mask_is_put_back(address, directory):
    before = os.umask(0o022)
    os.umask(before)
    listener = ZmqListener(address)

    mode = (directory / "agents.sock").stat().st_mode
    after = os.umask(before)
    listener.close()

    assert stat.S_IMODE(mode) & 0o077 == 0
    assert after == before


def test_a_path_too_long_for_a_socket_is_refused_with_a_way_out(directory):
    with pytest.raises(TransportError, match="shorter session directory"):
        ZmqListener(f"ipc://{directory}/{'x' * 120}")


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:5555", "ipc://@abstract", "udp://x", "ipc://", "nonsense"]
)
def test_addresses_without_protection_or_meaning_are_refused(address):
    with pytest.raises(TransportError):
        ZmqListener(address)
    with pytest.raises(TransportError):
        ZmqDealer(address)


def test_a_directory_that_is_not_there_is_an_error_that_names_it(directory):
    with pytest.raises(TransportError, match="nowhere"):
        ZmqListener(f"ipc://{directory}/nowhere/agents.sock")


def _listen_for_ever(address, listening):
    listener = ZmqListener(address)
    listening.set()
    signal.pause()
    listener.close()


def test_the_address_of_a_killed_listener_is_free(address):
    processes = multiprocessing.get_context("spawn")
    listening = processes.Event()
    other = processes.Process(target=_listen_for_ever, args=(address, listening))
    other.start()
    assert listening.wait(PATIENCE_S)
    with pytest.raises(TransportError, match="another process is listening"):
        ZmqListener(address)

    other.kill()
    other.join()
    listener = ZmqListener(address)

    dealer = ZmqDealer(address)
    dealer.send(HELLO)
    assert len(take(listener, 1)) == 1
    dealer.close()
    listener.close()


def test_a_peer_that_comes_back_under_its_name_is_the_one_to_talk_to(address):
    listener = ZmqListener(address)
    for number in range(20):
        # The listener may not have noticed yet that the one before has gone.
        dealer = ZmqDealer(address, b"agent-7")
        dealer.send(Envelope(body=HeartbeatResponse(), message_id=number))
        assert [(peer, e.message_id) for peer, e in take(listener, 1)] == [(b"agent-7", number)]

        listener.send(b"agent-7", Envelope(body=HeartbeatResponse(), message_id=-number))

        answer = dealer.receive(PATIENCE_S)
        assert answer is not None
        assert answer.message_id == -number
        dealer.close()
    listener.close()


def test_connections_that_speak_something_else_disturb_nobody(address, directory):
    listener, dealer = ZmqListener(address), ZmqDealer(address)
    strangers = []
    for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100_000):
        stranger = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stranger.connect(str(directory / "agents.sock"))
        stranger.setblocking(False)
        if noise:
            stranger.send(noise)
        strangers.append(stranger)

    dealer.send(HELLO)

    assert len(take(listener, 1)) == 1
    for opened in (*strangers, dealer, listener):
        opened.close()


def test_a_peer_whose_message_was_too_large_may_come_back(address):
    listener = ZmqListener(address)
    context = zmq.Context()
    peer = context.socket(zmq.DEALER)
    peer.setsockopt(zmq.LINGER, 0)
    peer.connect(address)
    peer.send(bytes((64 << 20) + 1))
    dealer = ZmqDealer(address)

    dealer.send(HELLO)

    assert len(take(listener, 1)) == 1
    peer.close()
    context.term()
    dealer.close()
    listener.close()


def test_the_soft_limit_of_descriptors_is_raised_to_the_hard_one(address):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, soft), hard))

    ZmqListener(address).close()

    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard == raise_descriptor_limit()


def test_with_hardly_any_descriptors_left_nobody_is_let_in_and_those_inside_stay(
    address, monkeypatch
):
    listener, inside = ZmqListener(address), ZmqDealer(address, b"inside")
    inside.send(HELLO)
    take(listener, 1)

    monkeypatch.setattr("hms_kernel.processes.descriptors_left", lambda count: False)
    monkeypatch.setattr("hms_kernel.transport.zeromq.DOOR_S", 0.0)
    listener.receive(1)
    outside = ZmqDealer(address, b"outside", queue_when_away=False)
    for _ in range(5):
        assert outside.send(HELLO) is False
        inside.send(HELLO)
        assert [peer for peer, _ in take(listener, 1)] == [b"inside"]
    monkeypatch.setattr("hms_kernel.processes.descriptors_left", lambda count: True)

    listener.receive(1)
    poller = zmq.Poller()
    poller.register(outside._socket, zmq.POLLOUT)
    assert poller.poll(PATIENCE_S * 1000)
    assert outside.send(HELLO)
    assert [peer for peer, _ in take(listener, 1)] == [b"outside"]
    for opened in (inside, outside, listener):
        opened.close()


def test_a_listener_that_let_nobody_in_leaves_no_other_file_behind(address, directory, monkeypatch):
    monkeypatch.setattr("hms_kernel.processes.descriptors_left", lambda count: False)
    monkeypatch.setattr("hms_kernel.transport.zeromq.DOOR_S", 0.0)
    listener = ZmqListener(address)
    listener.receive(1)
    assert not listener.open

    listener.close()

    # Nor does one whose door was open take its socket along.
    assert list(directory.iterdir()) == [directory / "agents.sock"]
