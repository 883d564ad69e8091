"""The background process of ``lifetime``: waits until no process uses the server, and stops it."""

import sys

from .lifetime import wait_and_stop

wait_and_stop(sys.argv[1:])
