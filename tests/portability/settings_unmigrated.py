"""The test project in a database of its own, for tables that are made without migrations."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_unmigrated"}
