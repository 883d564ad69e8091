from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS

INSTALLED_APPS = [
    "tests.ecosystem.personalisation",
    "wagtail_personalisation",
    "wagtail_modeladmin",
    "wagtailfontawesomesvg",
    *(app for app in INSTALLED_APPS if app != "testproject.library"),  # whose page of errors wants the demo site
]
