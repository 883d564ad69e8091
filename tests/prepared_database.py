"""Pytest plugin: test databases are copies of a migrated one.

Migrating takes fifteen seconds, a copy half a second. The migrated database stays on the server for the next run; its
name says what it was made of. Each process of a run has its own copy, also that of a suite with settings of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

#: Key of the advisory lock that one process holds while it migrates and others wait.
LOCK = 7_402_118


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Any:
    """Let pytest-django copy the migrated database rather than migrate an empty one."""
    if fixturedef.argname != "django_db_setup":
        return (yield)
    from django.db import connection

    if connection.vendor == "postgresql":
        with request.getfixturevalue("django_db_blocker").unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = ensure_migrated_database()
    return (yield)


def ensure_migrated_database() -> str:
    """Return the name of a migrated database on the server of the default connection; make it if there is none."""
    from django.conf import settings
    from django.db import connection

    family = f"migrated_{settings.SETTINGS_MODULE.replace('.', '_')}_"
    name = f"{family}{_digest()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [family])
        found = [database for (database,) in cursor.fetchall()]
        if name not in found:
            for outdated in found:
                cursor.execute(f'DROP DATABASE "{outdated}"')
            unfinished = f"{family}unfinished"
            cursor.execute(f'CREATE DATABASE "{unfinished}"')
            _migrate(unfinished)
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _migrate(name: str) -> None:
    from django.core.management import call_command

    with connected_to(name):
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)


def copy_database(template: str, name: str) -> None:
    """Copy a database that nothing is connected to, over one of that name.

    Args:
        template: the database.
        name: of the copy.
    """
    from django.db import connection

    drop_database(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(name: str) -> None:
    """Remove a database, if it is there, whoever is connected to it."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Let the default connection of every thread lead to another database of the same server."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _digest() -> str:
    """Return what tells one set of migrations from another: the apps, and their modules of models and migrations."""
    from django.apps import apps
    from django.conf import settings

    digest = hashlib.sha256(repr((version("django"), settings.INSTALLED_APPS, settings.MIGRATION_MODULES)).encode())
    for app in apps.get_app_configs():
        folder = Path(app.path)
        for path in sorted([*folder.glob("models*.py"), *folder.glob("models/**/*.py"), *folder.glob("migrations/*")]):
            if path.suffix == ".py":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
