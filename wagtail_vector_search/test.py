"""For the tests of a project: settings that need no model, and an index over the pages of a test.

::

    @use_test_provider()
    class SearchTests(TestCase):
        @classmethod
        def setUpTestData(cls):
            cls.page = home.add_child(instance=ArticlePage(title="Opening hours"))
            build_index()

        def test_the_page_is_found(self):
            self.assertIn(self.page, Page.objects.live().search("opening", backend="hybrid"))
"""

from __future__ import annotations

from typing import Any

from django.test.utils import override_settings

from .conf import KEYS, SETTING_NAME, get_all_index_settings, get_index_settings
from .database.availability import write_alias
from .indexing.pipeline import IndexingReport
from .indexing.update import update_index
from .indexing.worker import drain

__all__ = ["TEST_SETTINGS", "build_index", "index_pages", "use_test_provider"]

#: What ``use_test_provider`` puts in place of the settings of every index: vectors that are the same on every machine,
#: made of the words of a text; and no cut-off, which a few pages are too few to calibrate.
TEST_SETTINGS = {
    "PROVIDER": "wagtail_vector_search.providers.deterministic.DeterministicProvider",
    "MODEL": "deterministic",
    "OPTIONS": {},
    "PREVIOUS_PROVIDER": {},
    "VECTOR_TABLE": "",
    "CUTOFF": 0,
}


def use_test_provider(**values: Any) -> override_settings:
    """Return a decorator and context manager, like Django's ``override_settings``, for tests that call no model.

    Texts that share words are near each other. All else in ``WAGTAIL_VECTOR_SEARCH`` stays as the project has it.

    Args:
        values: further keys of ``WAGTAIL_VECTOR_SEARCH``, for every index.
    """
    changed = {}
    for settings in get_all_index_settings():
        present = {key: getattr(settings, name) for key, name in KEYS.items()}
        changed[settings.index_name] = {**present, **TEST_SETTINGS, **values}
    return override_settings(**{SETTING_NAME: changed})


def build_index(index_name: str = "") -> None:
    """Index every page of the test's database, as ``update_vector_index`` does.

    Args:
        index_name: of one index; by default all of them.
    """
    chosen = [get_index_settings(index_name)] if index_name else get_all_index_settings()
    for settings in chosen:
        update_index(settings, write_alias(), partial=True)


def index_pages() -> IndexingReport:
    """Index what was saved since ``build_index``.

    Within a ``TestCase`` nothing is committed, so that no task is handed on: call this after a page is published, or
    publish within ``captureOnCommitCallbacks(execute=True)``.
    """
    return drain()
