"""The test project with Wagtail's own example of a page model in place of ``wagtailcore.Page``."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [
    "tests.portability.swappedapp",
    "wagtail.test.basepage",
    *(app for app in INSTALLED_APPS if app not in ("tests.testapp", "tests.recipes", "testproject.library")),
]
WAGTAIL_PAGE_MODEL = "basepage.BasePage"
DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_swapped"}
