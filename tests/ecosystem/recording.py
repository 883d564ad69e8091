"""Pytest plugin: notes in the report which PostgreSQL and pgvector answered."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True, scope="session")
def _record_servers(record_testsuite_property: Any, django_db_setup: None, django_db_blocker: Any) -> None:
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        record_testsuite_property("PostgreSQL", cursor.fetchone()[0])
        cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
        record_testsuite_property("pgvector", cursor.fetchone()[0])
