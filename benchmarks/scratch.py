"""Scratch databases on the server of ``DATABASE_URL``: made from a migrated template, dropped whatever happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

ENVIRONMENT = "BENCH_DATABASE"


@contextmanager
def benchmark_site(provider: str = "", model: str = "") -> Iterator[str]:
    """Set Django up and yield the name of a migrated database, to be copied by ``scratch_database``.

    Args:
        provider: dotted path of the embedding provider; empty takes the default.
        model: its model; empty takes the default.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ |= {name: value for name, value in (("BENCH_PROVIDER", provider), ("BENCH_MODEL", model)) if value}
    django.setup()
    from django.core.management import call_command

    name = f"wagtail_vector_search_bench_{os.getpid()}"
    with _created(name):
        with _connected_to(name):
            call_command("migrate", verbosity=0)
        yield name


@contextmanager
def scratch_database(template: str) -> Iterator[str]:
    """Make a copy of a database, connect Django and the processes it starts to it, and drop it at the end."""
    name = f"{template}_run"
    with _created(name, template), _connected_to(name):
        yield name


def vacuum() -> None:
    """Give PostgreSQL's planner its statistics, as autovacuum does within a minute or so on a site."""
    _execute("VACUUM ANALYZE")


@contextmanager
def _created(name: str, template: str = "template1") -> Iterator[None]:
    _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield
    finally:
        _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Make this database the default one, here and in child processes."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = os.environ[ENVIRONMENT] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        del os.environ[ENVIRONMENT]
        ContentType.objects.clear_cache()


def _execute(statement: str) -> None:
    """Run a statement that PostgreSQL allows in no transaction, on the database that the server is reached by."""
    from django.db import connection

    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
