"""Whatever Wagtail's database search can do by modelsearch's own suite, our backends can."""

import os
import subprocess
import sys
from collections import defaultdict
from xml.etree import ElementTree

import pytest

from tests.conformance.fixture import REPOSITORY, fixture_path
from tests.tally import tally

SETTINGS = "tests.conformance.settings"


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """Names of the tests that passed, by class."""
    if not fixture_path().exists():
        pytest.skip(f"modelsearch's fixture is not at {fixture_path()}; set CONFORMANCE_FIXTURE to its place.")
    report = tmp_path_factory.mktemp("conformance") / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "--create-db",
        "--no-migrations",  # which take longer than the suite
        "-W",
        "default",  # the suite is not ours
    ]
    finished = subprocess.run(
        [*command, "--ds", SETTINGS, f"--junitxml={report}", "tests/conformance/suite.py"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert report.exists(), finished.stdout + finished.stderr
    return read_report(report)


def read_report(report):
    outcomes = defaultdict(set)
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # written by our own process
        if not len(case):
            outcomes[case.get("classname", "").rpartition(".")[2]].add(case.get("name"))
    return outcomes


def test_the_database_backend_passes_most_of_it(passed):
    assert len(passed["DatabaseTests"]) > 100


@pytest.mark.parametrize("ours", ["HybridTests", "SemanticTests", "KeywordTests"])
def test_ours_pass_what_the_database_backend_passes(passed, ours):
    tally(f"tests of modelsearch's suite passed by {ours}", len(passed[ours]))
    assert not passed["DatabaseTests"] - passed[ours]
