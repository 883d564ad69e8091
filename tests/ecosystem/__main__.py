"""Runs this package beside other people's: each in an environment of its own, with pinned versions. Run: make ecosystem

Prints a line for each package, and writes what it prints into docs/reference/compatibility.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from .cases import CASES, Case
from .page import Outcome, write_page

FOLDER = Path(__file__).parent
CHECKOUT = FOLDER.parents[1]
ENVIRONMENTS = CHECKOUT / ".data" / "ecosystem"

#: Prints the versions of what it is given, as JSON.
_PRINT_VERSIONS = (
    "import json, sys; from importlib.metadata import version; print(json.dumps([version(n) for n in sys.argv[1:]]))"
)


def main() -> int:
    """Run the cases that are named, or all, and return 1 if one of them did not behave as before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", default="", help="only packages whose name holds this")
    parser.add_argument("--no-page", action="store_true", help="leave the documentation as it is")
    parser.add_argument("--verbose", action="store_true", help="show what pytest prints")
    options = parser.parse_args()
    passed, failed = 0, []
    for case in CASES:
        if options.k not in case.package:
            continue
        outcome = _run(case, verbose=options.verbose)
        if isinstance(outcome, str):
            failed.append(case.package)
            print(f"{case.package}: NOT AS BEFORE\n{outcome}", flush=True)  # noqa: T201
        else:
            passed += 1
            print(outcome.line(), flush=True)  # noqa: T201
            if not options.no_page:
                write_page(outcome)
    print(f"{passed} packages are as documented{', not so: ' if failed else '.'}{', '.join(failed)}")  # noqa: T201
    return bool(failed)


def _run(case: Case, *, verbose: bool) -> Outcome | str:
    """Return what came of a case, or what pytest printed."""
    python = _ensure_environment(case)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        settings = f"tests.ecosystem.{case.settings_module}"
        done = subprocess.run(
            [
                *(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.ecosystem.recording"),
                *("-W", "default", "--create-db", "--ds", settings, f"--junitxml={report}"),
                *case.options,
                f"tests/ecosystem/{case.folder}/suite.py",
            ],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "DJANGO_SETTINGS_MODULE": settings},
            capture_output=not verbose,
            text=True,
            check=False,
        )
        if done.returncode:
            return f"{done.stdout}{done.stderr}" if done.stdout else ""
        suite = next(ElementTree.parse(report).iter("testsuite"))  # noqa: S314  # written by our own process
    return Outcome(
        case,
        version=_versions(python, [case.package])[0],
        beside=dict(zip(case.beside, _versions(python, case.beside), strict=True)),
        servers={entry.get("name", ""): entry.get("value", "") for entry in suite.iter("property")},
        checked=_sentences(test.get("name", "") for test in suite.iter("testcase")),
        date=datetime.datetime.now(tz=datetime.UTC).date(),
    )


def _ensure_environment(case: Case) -> Path:
    """Return the Python of a case's environment; make it again where its requirements have changed.

    It sees the packages of this checkout's own environment, so that only what is pinned otherwise is installed.
    """
    folder = ENVIRONMENTS / case.folder
    python = folder / "bin" / "python"
    pins = [FOLDER / "requirements" / name for name in (f"{case.folder}.txt", "base.txt")]
    wanted = "\n".join(path.read_text() for path in pins)
    made_of = folder / "made-of.txt"
    if not made_of.exists() or made_of.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, symlinks=True)
        packages = next(folder.glob("lib/python*/site-packages"))
        (packages / "checkout.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
    # Each time, since the packages of the checkout may have changed; takes a second where nothing is to be done.
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--requirement", str(pins[0])], check=True)
    made_of.write_text(wanted)
    return python


def _versions(python: Path, packages: Iterable[str]) -> list[str]:
    found: list[str] = json.loads(subprocess.check_output([str(python), "-c", _PRINT_VERSIONS, *packages], text=True))
    return found


def _sentences(tests: Iterable[str]) -> list[str]:
    """Return the names of tests as sentences, each once."""
    names = (name.partition("[")[0].removeprefix("test_").replace("_", " ") for name in tests)
    return list(dict.fromkeys(names))


if __name__ == "__main__":
    sys.exit(main())
