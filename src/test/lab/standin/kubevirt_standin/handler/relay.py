"""The migration relay, in place of virt-handler's migration proxy.

    source pod's unix socket → this node's virt-handler → TCP → target's virt-handler → target pod's unix socket

Every connection that is made at the source is carried through on its own, in both directions: libvirt's
peer-to-peer connection, QEMU's stream, its preempt channel, its multifd channels. KubeVirt copies in user space and
encrypts with mutual TLS; the relay splices in the kernel and does not encrypt. When virt-handler dies, the links die
with it, as with KubeVirt. At the source it can make the link longer: what it carries then waits on its way.
"""

import contextlib
import fcntl
import logging
import os
import queue
import socket
import stat
import threading
import time
from collections.abc import Callable

_PIPE_BYTES = 1 << 20
_CONNECT_TIMEOUT_S = 10
_CHUNK_BYTES = 1 << 16
# As much as a link of 10 Gbit/s holds in 5 ms: more would hide from QEMU how slow the link is.
_BYTES_UNDER_WAY = 6 << 20


class Relay:
    """Takes connections on a listening socket and joins each to a fresh one that `connect` makes.

    delay_s: how long bytes are kept, each way.
    """

    def __init__(self, listener: socket.socket, connect: Callable[[], socket.socket], delay_s: float = 0) -> None:
        self._listener = listener
        self._delay_s = delay_s
        self._connect = connect
        self._lock = threading.Lock()
        self._open: set[socket.socket] = {listener}
        threading.Thread(target=self._accept, daemon=True, name="relay").start()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return self._listener.getsockname()[1]

    def close(self) -> None:
        """Ends listening and cuts all its links."""
        with self._lock:
            sockets, self._open = self._open, set()
        for each in sockets:
            _close(each)

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return  # closed
            try:
                far = self._connect()
            except OSError as error:
                logging.warning("relay: the other end does not answer: %s", error)
                _close(near)
                continue
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                _tune(source)
                threading.Thread(target=self._carry, args=(source, sink), daemon=True, name="relay").start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Moves bytes one way until the source's end; an error cuts the link both ways."""
        try:
            if self._delay_s > 0:
                _delay_all(source, sink, self._delay_s)
            else:
                _splice_all(source, sink)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            with self._lock:
                self._open -= {source, sink}
            _close(source)
            _close(sink)


def _splice_all(source: socket.socket, sink: socket.socket) -> None:
    out, into = os.pipe()
    try:
        fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        acknowledge = source.family == socket.AF_INET
        while waiting := os.splice(source.fileno(), into, _PIPE_BYTES):
            if acknowledge:
                # The kernel leaves this mode again by itself. Without it small requests meet 40 ms tails.
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            while waiting:
                waiting -= os.splice(out, sink.fileno(), waiting)
    finally:
        os.close(out)
        os.close(into)


def _delay_all(source: socket.socket, sink: socket.socket, delay_s: float) -> None:
    under_way: queue.SimpleQueue = queue.SimpleQueue()
    room = _Room(_BYTES_UNDER_WAY)

    def deliver() -> None:
        while (chunk := under_way.get())[1]:
            time.sleep(max(0, chunk[0] - time.monotonic()))
            try:
                sink.sendall(chunk[1])
            except OSError:
                _close(source)
            room.give(len(chunk[1]))

    delivery = threading.Thread(target=deliver, daemon=True, name="relay")
    delivery.start()
    try:
        while data := source.recv(_CHUNK_BYTES):
            if source.family == socket.AF_INET:
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            room.take(len(data))
            under_way.put((time.monotonic() + delay_s, data))
    finally:
        under_way.put((0, b""))
        delivery.join()


class _Room:
    """Bytes that are free; who wants more waits."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._free >= size)
            self._free -= size

    def give(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify()


def _tune(each: socket.socket) -> None:
    if each.family == socket.AF_INET:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def listen_unix(directory: str, name: str, owner: int) -> socket.socket:
    """Listens on directory/name (in another container, by /proc/<pid>/root), owned by this uid and gid."""
    with _short(directory) as short:
        path = os.path.join(short, name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        os.chown(path, owner, owner)
        os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
    listener.listen(16)
    return listener


def listen_tcp(address: str) -> socket.socket:
    """Listens on a free port of this address."""
    return socket.create_server((address, 0), backlog=16)


def connect_unix(directory: str, name: str) -> socket.socket:
    """Connects to directory/name. Raises OSError where nobody listens."""
    with _short(directory) as short:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(os.path.join(short, name))
        except OSError:
            connection.close()
            raise
    return connection


def connect_tcp(address: str, port: int) -> socket.socket:
    """Connects to address:port. Raises OSError where nobody listens."""
    connection = socket.create_connection((address, port), timeout=_CONNECT_TIMEOUT_S)
    connection.settimeout(None)
    return connection


@contextlib.contextmanager
def _short(directory: str):
    """The directory under a short name: a unix socket's path may have 107 characters at most."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
