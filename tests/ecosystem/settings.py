"""The test project, for what needs no settings of its own."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_ecosystem"}
