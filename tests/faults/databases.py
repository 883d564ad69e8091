"""Fixtures for databases as they are in real life: poolers, replicas, rights, restarts."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from wagtail.models import Site

from wagtail_vector_search.database.availability import forget_ready

from .servers import LOGIN, PGBOUNCER, OwnServer, PgBouncer, login_of

#: Database of ``own_server`` that is like the test database.
TEMPLATE = "site"
#: The same without what this package makes.
BARE = "bare"

# Unapplying the migrations would unapply those of the test pages, too.
DROP_OURS = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'wagtail_vector_search%' LOOP
        EXECUTE 'DROP TABLE ' || name || ' CASCADE';
    END LOOP;
    DELETE FROM django_migrations WHERE app IN ('wagtail_vector_search', 'testapp');
    DROP EXTENSION vector CASCADE;
END $$
"""


@pytest.fixture(scope="session")
def own_server(django_db_setup, django_db_blocker):
    """A server that tests may stop and change, with a database to copy."""
    server = OwnServer.create()
    with django_db_blocker.unblock():
        server.copy_test_database(TEMPLATE)
    yield server
    server.end()


@pytest.fixture(scope="session")
def running_pgbouncer(django_db_setup):
    """PgBouncer in front of the server that tests run on."""
    if PGBOUNCER is None:
        missing = "PgBouncer is not installed (Debian: apt install pgbouncer)"
        (pytest.fail if os.environ.get("REQUIRE_PGBOUNCER") else pytest.skip)(missing)
    pooler = PgBouncer(login_of(connection))
    yield pooler
    pooler.end()


@pytest.fixture
def connect_default(transactional_db):
    """Return a function that changes where, as whom and how Django connects to its default database."""
    values = connection.settings_dict
    before = dict(values)

    def connect(**changes):
        _disconnect()
        values.clear()
        values.update(_changed(before, changes))
        _forget()

    yield connect
    connect()


@pytest.fixture
def pgbouncer(running_pgbouncer, connect_default):
    """The test database behind PgBouncer, set up as the documentation says."""
    connect_default(**running_pgbouncer.address, DISABLE_SERVER_SIDE_CURSORS=True)
    return running_pgbouncer


@pytest.fixture
def own_database(own_server, connect_default):
    """A database of its own for one test, on a server that it may stop and change; returns the server."""
    connect_default(**own_server.create_database("of_a_test", TEMPLATE))
    yield own_server
    connect_default()
    own_server.drop_database("of_a_test")


@pytest.fixture
def bare_database(own_server, connect_default):
    """A database of its own with Wagtail's tables, but neither ours nor the extension; returns the server."""
    if not own_server.execute(f"SELECT 1 FROM pg_database WHERE datname = '{BARE}'"):
        own_server.create_database(BARE, TEMPLATE)
        own_server.execute(DROP_OURS, BARE)
    connect_default(**own_server.create_database("of_a_test", BARE))
    yield own_server
    connect_default()
    own_server.drop_database("of_a_test")


@pytest.fixture
def add_alias(monkeypatch):
    """Return a function that adds an entry to ``DATABASES``, like the default one but for what is given."""
    added = []
    # Django's test case allows only those that were there when it began.
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", _ensure_connection)

    def add(alias, **changes):
        connections.settings[alias] = _changed(connection.settings_dict, changes)
        added.append(alias)

    yield add
    for alias in added:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def _ensure_connection(wrapper):
    if wrapper.connection is None:
        with wrapper.wrap_database_errors:
            wrapper.connect()


def _changed(values, changes):
    """Return an entry of ``DATABASES`` with other values. A host may stand in its options, too."""
    options = {**values["OPTIONS"], **changes.get("OPTIONS", {})}
    if "HOST" in changes:
        options = {name: value for name, value in options.items() if name not in LOGIN}
    return {**values, **changes, "OPTIONS": options}


def _disconnect():
    with suppress(Exception):  # the server may be gone
        connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool and connection.settings_dict["OPTIONS"].get("pool"):
        close_pool()


def _forget():
    """Forget what was read from the other database."""
    forget_ready()
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache() if hasattr(Site, "clear_site_root_paths_cache") else None
    cache.clear()
