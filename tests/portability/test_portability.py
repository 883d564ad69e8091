"""The same package on another database, and under another page model: each needs a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import wagtail

FOLDER = Path(__file__).parent


def run_suite(name, settings, plugin="tests.prepared_database", options=()):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--noconftest",
        "-p",
        plugin,
        "--ds",
        settings,
        "--create-db",
        *options,
    ]
    return subprocess.run(
        [*command, str(FOLDER / name)], env=environment, cwd=FOLDER.parent.parent, capture_output=True, text=True
    )


def test_on_sqlite_the_app_migrates_and_searches_by_keywords():
    finished = run_suite("sqlite_suite.py", "tests.portability.settings_sqlite")
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.skipif(wagtail.VERSION < (8, 0), reason="Wagtail 8.0 made the page model swappable")
def test_with_a_swapped_page_model():
    finished = run_suite("swapped_suite.py", "tests.portability.settings_swapped")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_without_migrations_the_tables_are_made_with_the_extension_and_search_works():
    options = ("--no-migrations",)
    finished = run_suite("unmigrated_suite.py", "tests.portability.settings_unmigrated", "tests.markers", options)
    assert finished.returncode == 0, finished.stdout + finished.stderr
