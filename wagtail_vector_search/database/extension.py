"""The extension pgvector in a database: whether it is there, and whether statements find what it brings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.utils.translation import gettext as _

#: Iterative index scans arrived with this version; filtered searches lose results without them.
MINIMUM_VERSION = (0, 8, 0)

# current_schemas are those of the search_path that are there and may be used.
_READ = """
SELECT extension.extversion, quote_ident(namespace.nspname), namespace.nspname = ANY(current_schemas(TRUE)),
    current_setting('search_path'), quote_ident(current_user), quote_ident(current_database()),
    (SELECT default_version FROM pg_available_extensions WHERE name = 'vector'),
    (SELECT source IN ('session', 'client') FROM pg_settings WHERE name = 'search_path'),
    quote_ident((current_schemas(FALSE))[cardinality(current_schemas(FALSE))]),
    has_schema_privilege(namespace.oid, 'USAGE')
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
        available: version that the server could create or update it to; empty when the server does not have it.
        sets_own_path: whether the project sets the search_path as it connects, or for each tenant.
        last_schema: of the search_path, which tenants have in common.
        may_use_schema: whether the role may use the schema.
    """

    version: str
    schema: str
    is_found: bool
    search_path: str
    role: str
    database: str
    available: str
    sets_own_path: bool
    last_schema: str
    may_use_schema: bool

    @property
    def is_too_old(self) -> bool:
        """Whether it is installed, or would be, in a version that searches cannot use."""
        return read_version(self.version or self.available) < MINIMUM_VERSION

    @property
    def is_hidden(self) -> bool:
        """Whether it is installed where no statement finds it."""
        return bool(self.version) and not self.is_found

    def describe_hidden(self) -> str:
        """Return what is wrong with an extension that is hidden."""
        if not self.may_use_schema:
            return _("pgvector is installed in the schema {schema}, which the role {role} may not use.").format(
                schema=self.schema, role=self.role
            )
        return _(
            "pgvector is installed in the schema {schema}, which is not on the search_path of the role {role} "
            "({search_path})."
        ).format(schema=self.schema, role=self.role, search_path=self.search_path)

    def how_to_find(self) -> str:
        """Return what to type so that a hidden extension is found."""
        if not self.may_use_schema:
            statement = f"GRANT USAGE ON SCHEMA {self.schema} TO {self.role};"
            return _("Have its owner run in the database: {statement}").format(statement=statement)
        if self.sets_own_path and self.last_schema:
            # What a role is set to does not count where each connection, or each tenant, sets its own.
            statement = f"ALTER EXTENSION vector SET SCHEMA {self.last_schema};"
            return _("The project sets the search_path itself. Have its owner run in the database: {statement}").format(
                statement=statement
            )
        statement = (
            f"ALTER ROLE {self.role} IN DATABASE {self.database} SET search_path = {self.search_path}, {self.schema};"
        )
        return _("Run in the database, then connect again: {statement}").format(statement=statement)

    def how_to_update(self) -> str:
        """Return what to do about a version that is too old."""
        statement = "ALTER EXTENSION vector UPDATE;"
        if read_version(self.available) >= MINIMUM_VERSION:
            return _("Have its owner run in the database: {statement}").format(statement=statement)
        return _("Update pgvector on the server, then run in the database: {statement}").format(statement=statement)

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


def read_version(text: str) -> tuple[int, ...]:
    """Return the numbers of a version of pgvector."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def is_test_database(connection: BaseDatabaseWrapper) -> bool:
    """Return whether a connection leads to a database that a test runner has made."""
    settings = connection.settings_dict
    return settings["NAME"] == settings["TEST"].get("NAME") or str(settings["NAME"]).startswith(TEST_DATABASE_PREFIX)


def read_extension(connection: BaseDatabaseWrapper) -> Extension:
    """Return what a PostgreSQL database knows of pgvector. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        version, schema, is_found, path, role, database, available, sets_own, last_schema, may_use = cursor.fetchone()
    return Extension(
        version or "",
        schema or "",
        bool(is_found),
        path,
        role,
        database,
        available or "",
        bool(sets_own),
        last_schema or "",
        bool(may_use),
    )
