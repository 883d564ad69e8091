"""A demo site to look at."""

import pytest
from django.db import transaction
from django.test import override_settings
from wagtail.models import Site

from .small_site import SETTINGS, build_small_site


@pytest.fixture(scope="module")
def small_site(django_db_setup, django_db_blocker):
    """The demo site's addresses and a tenth of its pages, for all tests of a module; what they change is undone."""
    with django_db_blocker.unblock(), override_settings(**SETTINGS):
        with transaction.atomic():
            build_small_site()
            yield
            transaction.set_rollback(True)
        Site.clear_site_root_paths_cache()
