from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS

INSTALLED_APPS = ["wagtail_ab_testing", *INSTALLED_APPS]
