"""The address that the demo site is served at.

``make demo`` runs this module before anything is installed: it needs the standard library only.
"""

from __future__ import annotations

import errno
import socket
import sys
from argparse import ArgumentParser

HOST, PORT = "127.0.0.1", 8000


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that choose the address."""
    parser.add_argument("--prepare-only", action="store_true", help="Stop before serving.")
    parser.add_argument("--host", default=HOST, help="Address to serve on (default: %(default)s).")
    parser.add_argument("--port", type=int, default=PORT, help="Port to serve on (default: %(default)s).")


def find_obstacle(host: str, port: int) -> str:
    """Return why the site cannot be served at an address, with what to type instead; empty if it can."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Django's server does
        try:
            server.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = _describe(error, host, port)
            other = port + 1000 if 1024 <= port <= 64_000 else 9000
            return f'{reason} Choose another: make demo ARGS="--port {other}"'
    return ""


def _describe(error: Exception, host: str, port: int) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} is already in use, perhaps by another demo site."
    if code == errno.EACCES:
        return f"Port {port} is reserved for root."
    return f"Nothing can be served at {host}, port {port} ({error})."


def main() -> None:
    """Exit with the obstacle, if there is one."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    add_arguments(parser)
    options, _others = parser.parse_known_args()
    if not options.prepare_only and (obstacle := find_obstacle(options.host, options.port)):
        sys.exit(obstacle)


if __name__ == "__main__":
    main()
