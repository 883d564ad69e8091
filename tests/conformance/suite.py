"""Run by ``test_conformance`` in a process of its own: modelsearch's suite, once for each backend."""

from django.test import TestCase
from django.test.utils import override_settings
from modelsearch.backends import get_search_backend
from modelsearch.tests.test_backends import BackendTests

DATABASE = "modelsearch.backends.database"
OURS = "wagtail_vector_search.backends."


def only(path):
    """Configure one backend and nothing else, so that ours must keep the keyword index themselves."""
    return override_settings(MODELSEARCH_BACKENDS={"default": {"BACKEND": path}})


class Suite(BackendTests):
    """Indexes the suite's objects once for a class, not for each test: what a test does to them is rolled back."""

    @classmethod
    def setUpTestData(cls):
        BackendTests.setUp(cls())

    def setUp(self):
        self.backend_name = "default"
        self.backend = get_search_backend(self.backend_name)


@only(DATABASE)
class DatabaseTests(Suite, TestCase):
    backend_path = DATABASE


@only(f"{OURS}hybrid")
class HybridTests(Suite, TestCase):
    backend_path = f"{OURS}hybrid"


@only(f"{OURS}semantic")
class SemanticTests(Suite, TestCase):
    backend_path = f"{OURS}semantic"


@only(f"{OURS}keyword")
class KeywordTests(Suite, TestCase):
    backend_path = f"{OURS}keyword"
