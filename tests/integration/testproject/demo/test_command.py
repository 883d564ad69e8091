"""What a newcomer does: `manage.py demo` from nothing, on the embedded database, with all the pages."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]
import pytest

from .conftest import Newcomer

#: Of the twenty questions, whose page must be among the first three of the hybrid search.
FOUND_AT_LEAST = 16
PASSWORD = re.compile(r"Password\s+(\S{10,})\n")

#: Saves a page, and ends after the commit, before the task that indexes the page.
EDIT_OF_A_KILLED_PROCESS = """
import os
from django.db import transaction
from testproject.library.models import ArticlePage
page = ArticlePage.objects.last()
page.title = "Quokkas"
with transaction.atomic():
    transaction.on_commit(lambda: os._exit(0))
    page.save_revision().publish()
"""


@pytest.fixture(scope="module")
def second_start(first_start, newcomer) -> str:
    """What the second `demo --prepare-only` printed."""
    return newcomer.run("demo", "--prepare-only")


def test_the_first_start_ends_with_an_administrators_password(first_start):
    assert PASSWORD.search(first_start)
    assert "/admin/" in first_start


def test_the_first_start_leaves_everything_in_order(first_start, newcomer):
    newcomer.run("vector_search_status", "--check")


def test_the_second_start_keeps_everything_and_prints_no_password(second_start):
    assert "already there" in second_start
    assert not PASSWORD.search(second_start)
    assert "--reset-password" in second_start


def test_the_index_line_says_why_pages_are_skipped(first_start):
    assert re.search(r"Skipped pages of this index: \d+ page type left out in settings, \d+ private\.", first_start)


def test_the_second_start_compares_no_page_with_a_complete_index(second_start):
    assert re.search(r"Index\s+complete", second_start)
    assert "unchanged" not in second_start


def test_the_second_start_indexes_an_edit_whose_process_was_killed(first_start, newcomer):
    newcomer.run("shell", "--command", EDIT_OF_A_KILLED_PROCESS)
    newcomer.run("demo", "--prepare-only")
    results = json.loads(newcomer.run("vector_search", "quokkas", "--json"))["results"]
    assert results[0]["title"] == "Quokkas"


def test_a_taken_port_is_said_before_anything_is_built(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        newcomer = Newcomer(tmp_path)
        for command in (("manage.py", "demo"), ("-S", "-m", "testproject.address")):
            process = newcomer.start_python(*command, "--port", str(port))
            output, errors = process.communicate()
            assert process.returncode == 1
            assert f"Port {port} is already in use" in errors
            assert 'make demo ARGS="--port ' in errors
            assert not output


def test_a_forgotten_password_can_be_replaced(first_start, newcomer):
    new = PASSWORD.findall(newcomer.run("demo", "--prepare-only", "--reset-password"))
    assert len(new) == 1
    assert new != PASSWORD.findall(first_start)


def test_questions_in_everyday_words_find_their_page_among_the_first_three(first_start, newcomer):
    output = newcomer.run("ask_questions")
    sums = [line for line in output.splitlines() if line.startswith("among the first 3")]
    total, keyword, _semantic, hybrid = (int(number) for number in re.findall(r"\d+", sums[0])[-4:])
    assert total == 20
    assert hybrid >= FOUND_AT_LEAST
    assert hybrid > keyword


def test_the_command_line_gives_the_passage_too(first_start, newcomer):
    question = "read a configuration file with sections"
    best = json.loads(newcomer.run("vector_search", question, "--limit", "3", "--json"))["results"][0]
    assert best["title"].startswith("configparser — ")
    assert "sections" in best["passage"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_the_site_is_served_until_it_is_stopped_and_leaves_no_process(first_start, newcomer, data_folder, stop):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = newcomer.start("demo", "--port", str(port))
    try:
        _wait_until_serving(port, server)
        assert b"Library of Python" in urlopen(f"http://127.0.0.1:{port}/").read()
        assert _processes_on(data_folder)
        server.send_signal(stop)
        server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode == 0
    _wait_until(lambda: not _processes_on(data_folder))


def _wait_until_serving(port: int, server: subprocess.Popen[str]) -> None:
    def answers() -> bool:
        assert server.poll() is None, server.communicate()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    _wait_until(answers)


def _wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _processes_on(folder: Path) -> list[list[str]]:
    """Return the command lines of all running processes that name a folder."""
    found = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in found if any(str(folder) in argument for argument in line)]
