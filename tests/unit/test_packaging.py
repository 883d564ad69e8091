"""What the code imports is what pyproject.toml declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
OWN = {"wagtail_vector_search", "testproject", "tests", "benchmarks"}
#: Imported only where a project uses it itself: the tags for Jinja2 templates.
OPTIONAL = {"jinja2"}


def declared(extras, groups):
    """Names of the packages that users or developers get, as PyPI compares them."""
    project = PYPROJECT["project"]
    requirements = list(project["dependencies"])
    for extra in extras:
        requirements += project["optional-dependencies"][extra]
    for group in groups:
        requirements += of_group(group)
    return {normalised(re.split(r"[<>=~!\[; ]", requirement)[0]) for requirement in requirements}


def of_group(name):
    for entry in PYPROJECT["dependency-groups"][name]:
        if isinstance(entry, dict):
            yield from of_group(entry["include-group"])
        else:
            yield entry


def imported(folder, without=()):
    """Names of the packages that a folder imports."""
    paths = (path for path in (CHECKOUT / folder).rglob("*.py") if not any(part in path.parts for part in without))
    modules = {module for path in paths for module in imported_modules(path)}
    providers = packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - OWN - OPTIONAL
    return {normalised(providers[module][0]) if module in providers else module for module in foreign}


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_users_get_every_package_that_the_app_imports():
    assert imported("wagtail_vector_search") <= declared(["local"], [])


def test_the_demo_gets_every_package_that_it_imports():
    assert imported("testproject", without=["screenshots"]) <= declared(["local", "embedded"], ["demo"])


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "testproject"])
def test_developers_get_every_package_that_a_folder_imports(folder):
    # What is run beside this package is installed by each case into an environment of its own.
    assert imported(folder, without=["ecosystem"]) <= declared(["local", "embedded"], ["dev"])
