"""Start and stop one PostgreSQL server; nothing here is needed but the standard library."""

from __future__ import annotations

import locale
import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
#: No port, sockets for the owner alone; losing the last half second at a power cut is fine here, and much faster.
SERVER_OPTIONS = ("listen_addresses=", "unix_socket_permissions=0700", "synchronous_commit=off")
#: Share of the machine's memory that PostgreSQL keeps tables and indexes in, and the least and most MB that it takes.
BUFFERS_SHARE, LEAST_BUFFERS, MOST_BUFFERS = 1 / 16, 128, 512
#: For data that a crash of the machine may take: two to three times as fast to create and to empty tables.
UNSAFE = ("fsync=off", "full_page_writes=off")
INITDB_OPTIONS = (f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
#: PostgreSQL's own locale sorts and folds letters alike on every system; before version 17 it has none.
BUILTIN_LOCALE, BUILTIN_LOCALE_SINCE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8"), 17
#: PostgreSQL's text search asks the operating system which characters are letters. In the locale C it takes dashes and
#: typographic quotes for letters. Linux has the first of these, macOS the others.
CHARACTER_TYPES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server: where its data, socket and programs are, and who runs it (``None``: this user)."""

    data: Path
    sockets: Path
    programs: Path
    run_as: int | None
    #: Settings besides ``SERVER_OPTIONS``, as ``name=value``.
    options: tuple[str, ...] = ()

    def start(self) -> None:
        """Create the data folder at the first start, then start the server unless it runs already.

        Raises:
            RuntimeError: one of PostgreSQL's programs failed; the message is what it printed.
        """
        if self._is_ready():
            return
        if not self.data.exists():
            self._create_data()
        self._forget_dead_server()
        settings = (*SERVER_OPTIONS, f"shared_buffers={_buffers()}MB", *self.options)
        sockets = str(self.sockets).replace('"', '""')  # PostgreSQL reads a list, in which quotes are doubled
        settings = (*settings, f'unix_socket_directories="{sockets}"')
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)  # which a shell takes apart
        self.call(
            "pg_ctl",
            "start",
            "--wait",
            "--silent",
            f"--pgdata={self.data}",
            f"--log={self.data / 'server.log'}",
            f"--options={options}",
        )

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server; harmless when it does not run.

        Args:
            mode: as ``pg_ctl`` has it: ``"immediate"`` is a crash.
        """
        if (self.data / "postmaster.pid").exists():
            self.call("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self.data}", check=False)

    def _is_ready(self) -> bool:
        return self.call("pg_isready", "--quiet", f"--host={self.sockets}", check=False) == 0

    def _create_data(self) -> None:
        """Build the data folder under another name, so that one interrupted half-way is never taken for whole."""
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        if self.run_as is not None:
            os.chown(unfinished, self.run_as, _group_of(self.run_as))
        self.call("initdb", f"--pgdata={unfinished}", *INITDB_OPTIONS, *self._locale_options())
        unfinished.rename(self.data)

    def _locale_options(self) -> list[str]:
        version = subprocess.check_output([str(self.programs / "postgres"), "--version"], text=True)  # noqa: S603
        major = int(re.findall(r"\d+", version)[0])
        character_type = f"--lc-ctype={_character_type()}"
        return [character_type, *(BUILTIN_LOCALE if major >= BUILTIN_LOCALE_SINCE else ())]

    def _forget_dead_server(self) -> None:
        """Remove the process id of a killed server, which another program may bear by now."""
        pid_file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError):
            if not self._is_run_by(int(pid_file.read_text().splitlines()[0])):
                pid_file.unlink()

    def _is_run_by(self, process: int) -> bool:
        import psutil  # type: ignore[import-untyped]  # comes with the embedded PostgreSQL

        with suppress(psutil.Error):
            return str(self.data) in psutil.Process(process).cmdline()
        return False

    def call(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of PostgreSQL's programs as the server's user and return its exit code."""
        with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server that pg_ctl starts
            process = subprocess.run(  # noqa: S603
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
                cwd="/",  # the server's user may not be allowed where we are
                **self._identity(),
            )
            if check and process.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace').strip()}")
            return process.returncode

    def _identity(self) -> dict[str, Any]:
        if self.run_as is None:
            return {}
        return {"user": self.run_as, "group": _group_of(self.run_as), "extra_groups": []}


def _buffers() -> int:
    """Return the MB of ``shared_buffers``: PostgreSQL's own default at least, which any machine can spare."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return round(min(max(memory * BUFFERS_SHARE, LEAST_BUFFERS), MOST_BUFFERS))


def _character_type() -> str:
    """Return the first of ``CHARACTER_TYPES`` that this system has."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in CHARACTER_TYPES:
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _group_of(user: int) -> int:
    return pwd.getpwuid(user).pw_gid
