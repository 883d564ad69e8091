"""The extension pgvector in a database: whether it is there, and whether statements find what it brings."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.utils.translation import gettext as _

# to_regtype looks along the search_path, as every statement does.
_READ = """
SELECT extension.extversion, quote_ident(namespace.nspname), to_regtype('halfvec') IS NOT NULL,
    current_setting('search_path'), quote_ident(current_user), quote_ident(current_database())
FROM (SELECT) AS always
LEFT JOIN pg_extension AS extension ON extension.extname = 'vector'
LEFT JOIN pg_namespace AS namespace ON namespace.oid = extension.extnamespace
"""


@dataclass(frozen=True, slots=True)
class Extension:
    """What a database knows of pgvector.

    Args:
        version: of the extension; empty when it is not installed.
        schema: that it is installed in.
        is_found: whether its types and operators are found without naming that schema.
        search_path: where they are looked for.
        role: that Django connects as.
        database: name of the database.
    """

    version: str
    schema: str
    is_found: bool
    search_path: str
    role: str
    database: str

    @property
    def is_hidden(self) -> bool:
        """Whether it is installed where no statement finds it."""
        return bool(self.version) and not self.is_found

    def describe_hidden(self) -> str:
        """Return what is wrong with an extension that is hidden."""
        return _(
            "pgvector is installed in the schema {schema}, which is not on the search_path of the role {role} "
            "({search_path})."
        ).format(schema=self.schema, role=self.role, search_path=self.search_path)

    def how_to_find(self) -> str:
        """Return what to type so that a hidden extension is found."""
        statement = (
            f"ALTER ROLE {self.role} IN DATABASE {self.database} SET search_path = {self.search_path}, {self.schema};"
        )
        return _("Run in the database, then connect again: {statement}").format(statement=statement)

    def how_to_create(self) -> str:
        """Return what a database administrator has to type to create it."""
        return _("Have a database administrator run in the database {database}: CREATE EXTENSION vector;").format(
            database=self.database
        )

    def how_to_create_for_tests(self) -> str:
        """Return what to do about a database that a test runner makes again for each run."""
        return _(
            "Test runners make {database} again for each run, as a copy of the database template1: have the statement "
            "run in template1 instead, once. Or keep the database after it was run there: pytest --reuse-db, or "
            "manage.py test --keepdb."
        ).format(database=self.database)


def is_test_database(connection: BaseDatabaseWrapper) -> bool:
    """Return whether a connection leads to a database that a test runner has made."""
    settings = connection.settings_dict
    return settings["NAME"] == settings["TEST"].get("NAME") or str(settings["NAME"]).startswith(TEST_DATABASE_PREFIX)


def read_extension(connection: BaseDatabaseWrapper) -> Extension:
    """Return what a PostgreSQL database knows of pgvector. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        version, schema, *rest = cursor.fetchone()
    return Extension(version or "", schema or "", *rest)
