"""PostgreSQL servers that only the tests use, and PgBouncer in front of any server."""

from __future__ import annotations

import atexit
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from testproject.embedded_postgres.lifetime import join
from testproject.embedded_postgres.place import locate
from testproject.embedded_postgres.server import SUPERUSER, UNSAFE, Server
from tests.tally import tally

from .processes import wait_until

LOGIN = ("host", "port", "user", "password")

#: Where Debian puts it, outside of an ordinary user's path.
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/sbin")


class OwnServer:
    """A PostgreSQL server that a test may stop, crash and change. It ends with the process that started it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        #: The server that this one follows.
        self.source: OwnServer | None = None
        join(server)

    @classmethod
    def create(cls) -> OwnServer:
        """Start a new server in a temporary folder."""
        # A crash is one of PostgreSQL, not of the machine: what it has written, stays written.
        return cls(locate(_open_folder(), options=UNSAFE))

    @property
    def address(self) -> dict[str, Any]:
        """Where it is, as an entry of ``DATABASES`` says it."""
        return {"HOST": str(self.server.sockets), "PORT": "", "USER": SUPERUSER, "PASSWORD": ""}

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Connect as a client outside the project would."""
        values: dict[str, Any] = {"host": str(self.server.sockets), "user": SUPERUSER, "dbname": database}
        return psycopg.connect(**{**values, **options}, autocommit=True)

    def execute(self, statement: str, database: str = "postgres", **options: Any) -> list[Any]:
        """Run a statement as a database administrator, and return its rows."""
        with self.connect(database, **options) as session:
            cursor = session.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create_database(self, name: str, template: str) -> dict[str, Any]:
        """Copy a database, and return where the copy is."""
        self.drop_database(name)
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return {**self.address, "NAME": name}

    def drop_database(self, name: str) -> None:
        """Remove a database, even one in use."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def copy_test_database(self, name: str) -> None:
        """Make a database like the one that tests run on."""
        self.execute(f'CREATE DATABASE "{name}"')
        dump = self.server.data / "dump.sql"  # where its user may write
        self.server.call(
            "pg_dump",
            f"--file={dump}",
            "--no-owner",
            f"--dbname={psycopg.conninfo.make_conninfo(**login_of(connection))}",
        )
        target = f"--dbname=host={self.server.sockets} user={SUPERUSER} dbname={name}"
        self.server.call("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}", target)

    def copy_schema(self, database: str, name: str, copy: str) -> None:
        """Make the empty tables of a schema once more, in another."""
        dump = self.server.data / "schema.sql"
        login = f"--dbname=host={self.server.sockets} user={SUPERUSER} dbname={database}"
        self.server.call("pg_dump", "--schema-only", f"--schema={name}", f"--file={dump}", login)
        dump.write_text(re.sub(rf"\b{name}\b(?=[.;])", copy, dump.read_text()))
        self.server.call("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}", login)

    def stand_by(self) -> OwnServer:
        """Start a second server that follows this one: a streaming replica."""
        copy = locate(_open_folder(), options=UNSAFE)
        copy.data.mkdir(mode=0o700)
        if copy.run_as is not None:
            os.chown(copy.data, copy.run_as, -1)
        source = f"--dbname=host={self.server.sockets} user={SUPERUSER}"
        self.server.call("pg_basebackup", f"--pgdata={copy.data}", "--write-recovery-conf", "--checkpoint=fast", source)
        (copy.data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # the primary's, which lies among its data
        replica = OwnServer(copy)
        replica.source = self
        return replica

    def catch_up(self) -> None:
        """Wait until everything that was committed on the primary is here."""
        assert self.source
        ((position,),) = self.source.execute("SELECT pg_current_wal_insert_lsn()")
        reached = sql.SQL("SELECT pg_last_wal_replay_lsn() >= {}").format(sql.Literal(position)).as_string()
        wait_until(lambda: self.execute(reached)[0][0], "the replica has caught up")

    def restart(self) -> None:
        """Stop it with all its sessions, and start it again."""
        tally("database restarts")
        self.server.stop()
        self.server.start()

    def crash(self) -> None:
        """Kill it as a failure would: no client is told, nothing is tidied up. ``restart`` brings it back."""
        tally("database crashes")
        self.server.stop(mode="immediate")

    def end(self) -> None:
        """Stop it. Its folder goes with the process: until then the locks in it say who uses it."""
        self.server.stop(mode="immediate")


class PgBouncer:
    """PgBouncer as Debian ships it, in transaction mode, in front of a server.

    Args:
        behind: how libpq connects to the server.
    """

    #: Connections to the server, however many clients there are.
    POOL = 2

    def __init__(self, behind: Mapping[str, Any]) -> None:
        self.folder = _open_folder()
        user = _owner_of_socket(behind) if os.geteuid() == 0 else None
        identity: dict[str, Any] = {}
        if user is not None:  # PgBouncer refuses to run as root
            os.chown(self.folder, user, -1)
            identity = {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}
        configuration = self.folder / "pgbouncer.ini"
        configuration.write_text(self._configuration(behind))
        self._process = subprocess.Popen([str(PGBOUNCER), "--quiet", str(configuration)], cwd="/", **identity)
        wait_until(lambda: (self.folder / ".s.PGSQL.6432").exists(), "PgBouncer listens")

    @property
    def address(self) -> dict[str, Any]:
        """Where it is, as an entry of ``DATABASES`` says it."""
        return {"HOST": str(self.folder), "PORT": "6432"}

    def execute(self, command: str) -> list[Any]:
        """Ask its console."""
        with psycopg.connect(
            host=str(self.folder), port=6432, dbname="pgbouncer", user="tester", autocommit=True,
            cursor_factory=psycopg.ClientCursor,
        ) as session:  # fmt: skip
            return session.execute(command.encode()).fetchall()

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configuration(self, behind: Mapping[str, Any]) -> str:
        server = " ".join(f"{key}='{behind[key]}'" for key in LOGIN if behind.get(key))
        # Its connections go round, so that what one client leaves behind the next one finds. One that waits for a lock
        # that was left behind fails, and does not wait for ever.
        return f"""
            [databases]
            * = {server}
            [pgbouncer]
            listen_addr =
            listen_port = 6432
            unix_socket_dir = {self.folder}
            logfile = {self.folder}/pgbouncer.log
            auth_type = any
            admin_users = tester
            pool_mode = transaction
            default_pool_size = {self.POOL}
            max_client_conn = 100
            server_round_robin = 1
            query_timeout = 30
        """.replace("            ", "")


def _open_folder() -> Path:
    """Return a new folder that the server's user, too, may pass."""
    folder = Path(tempfile.mkdtemp(prefix="wvs-"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _owner_of_socket(behind: Mapping[str, Any]) -> int:
    """Return the user that a server's socket is for; of a server on the network, a user without rights."""
    with suppress(OSError, KeyError):
        if str(behind.get("host", "/")).startswith("/"):
            return Path(behind["host"]).stat().st_uid
    return pwd.getpwnam("nobody").pw_uid


def login_of(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return how libpq connects to the database that a connection of Django's is for."""
    values = connection.get_connection_params()
    return {name: values[name] for name in (*LOGIN, "dbname") if values.get(name)}
