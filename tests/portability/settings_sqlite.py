"""The test project on SQLite: everything imports and migrates, and searches go by keywords."""

import os

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from tests.settings import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
