"""A demo site to look at."""

import pytest

from .small_site import VECTOR_SEARCH, build_small_site


@pytest.fixture
def small_site(db, settings):
    """The demo site's pages and addresses, with a tenth of its content."""
    settings.ROOT_URLCONF = "testproject.urls"
    settings.WAGTAIL_VECTOR_SEARCH = VECTOR_SEARCH
    settings.WAGTAIL_FRONTEND_LOGIN_TEMPLATE = "library/login.html"
    build_small_site()
