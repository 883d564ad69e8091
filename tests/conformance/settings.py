"""The test project with modelsearch in its own name, as its suite wants it, and with the suite's own models."""

from pathlib import Path

from tests.conformance.fixture import fixture_path
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [
    "modelsearch.test.testapp",
    *("modelsearch" if app == "wagtail.search" else app for app in INSTALLED_APPS if not app.startswith("tests.")),
]
# One of the suite's migrations wants extensions of PostgreSQL that no search of ours needs.
MIGRATION_MODULES = {"searchtests": None, "testapp": None}
FIXTURE_DIRS = [Path(fixture_path()).parent]
ROOT_URLCONF = "tests.urls"
MODELSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_conformance"}
