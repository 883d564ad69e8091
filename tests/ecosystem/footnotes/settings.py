from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.ecosystem.footnotes", "wagtail_footnotes", *INSTALLED_APPS]
