"""The Chromium that the browser tests and the screenshots drive."""

from __future__ import annotations

import shutil

#: Its path; ``None`` if there is none. Debian's package is called chromium.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
