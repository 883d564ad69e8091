"""Fills the search indexes of the site that is measured."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def fill_wagtail_index() -> None:
    """Index every page for Wagtail's own database search."""
    call_command("update_index", backend_name="default", verbosity=0, stdout=StringIO())
    analyze()


def fill_vector_index() -> None:
    """Index every page for this package."""
    call_command("update_vector_index", quiet=True)
    analyze()


def analyze() -> None:
    """Let the planner know what has been loaded, as autovacuum does a minute later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
