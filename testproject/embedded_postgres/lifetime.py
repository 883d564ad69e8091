"""Keep the server running while a process uses it, and stop it when the last one has ended.

Every process that joins holds a shared lock on one file until it ends, however it ends: the operating system releases
a lock even after ``kill -9``. A process that gets the lock for itself alone therefore knows that no other uses the
server any more, and stops it. That is the last process on leaving or, when that one was killed, a small process that
waits for the lock in the background.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError as error:
    raise RuntimeError("The embedded PostgreSQL needs a Unix-like system: set DATABASE_URL instead.") from error

from .server import Server

#: Holds this package's top-level package.
CHECKOUT = Path(__file__).resolve().parents[2]

_joined: set[Path] = set()


def join(server: Server) -> None:
    """Start the server unless it runs, and keep it running until this process ends.

    Args:
        server: joined once per process; joining again does nothing.
    """
    if server.data in _joined:
        return
    users = _open_lock(_users_file(server), fcntl.LOCK_SH)
    with _locked(server.data.with_suffix(".start"), fcntl.LOCK_EX):
        server.start()
    _joined.add(server.data)
    _start_waiting(server)
    atexit.register(_leave, server, users)


def _leave(server: Server, users: int) -> None:
    os.close(users)
    try:
        with _locked(_users_file(server), fcntl.LOCK_EX | fcntl.LOCK_NB):
            server.stop()
    except BlockingIOError:
        # Others use it, and this passes at once; or it is being stopped in the background, and this waits for that.
        with _locked(_users_file(server), fcntl.LOCK_SH):
            pass


def _start_waiting(server: Server) -> None:
    """Start the background process that stops the server should this process be killed."""
    run_as = "" if server.run_as is None else str(server.run_as)
    arguments = [*map(str, (server.data, server.sockets, server.programs)), run_as]
    subprocess.Popen(  # noqa: S603
        [sys.executable, "-E", "-S", "-m", __package__, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is not meant for it
        cwd=CHECKOUT,
    )


def wait_and_stop(arguments: Sequence[str]) -> None:
    """Stop a server as soon as no process uses it.

    Args:
        arguments: its data, socket and program folders, and the id of its user or nothing.
    """
    data, sockets, programs = map(Path, arguments[:3])
    server = Server(data, sockets, programs, int(arguments[3]) if arguments[3] else None)
    with suppress(FileNotFoundError), _locked(_users_file(server), fcntl.LOCK_EX):
        server.stop()


def _users_file(server: Server) -> Path:
    return server.data.with_suffix(".users")


def _open_lock(path: Path, mode: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(path: Path, mode: int) -> Iterator[None]:
    descriptor = _open_lock(path, mode)
    try:
        yield
    finally:
        os.close(descriptor)
