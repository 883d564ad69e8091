"""Takes guards out of the code, one at a time, and runs the tests that should notice. Run: make mutate

Each guard is tried in a copy of the checkout. What is printed last are the survivors: guards whose absence no test
notices.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .guards import GUARDS, Guard

CHECKOUT = Path(__file__).resolve().parents[2]

#: What a copy needs.
COPIED = ("wagtail_vector_search", "tests", "testproject", "benchmarks", "docs", "pyproject.toml", "manage.py")


def main() -> int:
    """Try the guards, print what became of each, and return 1 if any survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", default="", help="only guards whose name or file holds this")
    chosen = [guard for guard in GUARDS if parser.parse_args().k in f"{guard.name} {guard.path}"]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = CHECKOUT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
            else:
                shutil.copy(source, copy)
        for number, guard in enumerate(chosen, 1):
            noticed = _is_noticed(guard, copy)
            print(f"{number}/{len(chosen)} {'noticed ' if noticed else 'SURVIVED'} {guard.name}", flush=True)  # noqa: T201
            if not noticed:
                survivors.append(guard)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} guards are noticed when they are gone.")  # noqa: T201
    for guard in survivors:
        print(f"  survived: {guard.name} ({guard.path}): {guard.text.strip()}")  # noqa: T201
    return bool(survivors)


def _is_noticed(guard: Guard, copy: Path) -> bool:
    path = copy / guard.path
    original = path.read_text()
    if original.count(guard.text) != 1:
        sys.exit(f"{guard.path} holds {original.count(guard.text)} times: {guard.text}")
    path.write_text(original.replace(guard.text, guard.instead))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        "-x",
        "--no-header",
        *guard.tests.split(),
    ]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    finally:
        path.write_text(original)
    if done.returncode not in (0, 1):
        sys.exit(f"{guard.name}: the tests did not run.\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
