"""What ``wagtail_vector_search.test`` offers to the tests of a project."""

from django.conf import settings
from django.test import TestCase, override_settings
from wagtail.models import Page

from tests.testapp.models import ArticlePage
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.providers import get_provider_for
from wagtail_vector_search.providers.deterministic import DeterministicProvider
from wagtail_vector_search.test import build_index, index_pages, use_test_provider

REMOTE = {
    "default": {
        "MODEL": "remote",
        "OPTIONS": {"dimensions": 7},
        "CHUNK_WORDS": 50,
        "PAGE_TYPES": ["testapp.ArticlePage"],
    }
}


def find(query):
    return list(Page.objects.live().search(query, backend="hybrid"))


with override_settings(WAGTAIL_VECTOR_SEARCH=REMOTE):
    use_for_this_site = use_test_provider()


@use_for_this_site
class SearchTests(TestCase):
    """As a project writes them."""

    page: ArticlePage

    @classmethod
    def setUpTestData(cls):
        home = Page.objects.get(depth=2)
        cls.page = home.add_child(instance=ArticlePage(title="Opening hours", introduction="We open at nine."))
        build_index()

    def test_a_page_is_found(self):
        assert find("opening hours")[0].pk == self.page.pk

    def test_no_model_is_called_and_everything_else_is_as_the_project_has_it(self):
        found = get_index_settings()
        assert (found.chunk_words, found.page_types, found.cutoff) == (50, ("testapp.ArticlePage",), 0)
        assert isinstance(get_provider_for(found), DeterministicProvider)

    def test_a_page_that_is_published_in_the_test_is_found_once_it_is_indexed(self):
        self.page.introduction = "Badgers are welcome."
        self.page.save_revision().publish()
        assert index_pages().indexed == 1
        assert find("badgers")[0].search_passage.text.startswith("Badgers are welcome.")

    def test_a_page_that_is_published_with_its_callbacks_is_found_at_once(self):
        self.page.introduction = "Badgers are welcome."
        with self.captureOnCommitCallbacks(execute=True):
            self.page.save_revision().publish()
        assert find("badgers")[0].search_passage.text.startswith("Badgers are welcome.")

    def test_an_unpublished_page_is_gone_at_once(self):
        self.page.unpublish()
        assert find("opening hours") == []


class SettingsTests(TestCase):
    """What the helper changes, and that it puts it back."""

    def test_the_settings_come_back(self):
        before = settings.WAGTAIL_VECTOR_SEARCH
        with use_test_provider(SEMANTIC_WEIGHT=0.5):
            assert get_index_settings().semantic_weight == 0.5
        assert settings.WAGTAIL_VECTOR_SEARCH is before

    def test_one_index_is_built_alone(self):
        both = {"default": {}, "other": {"CHUNK_WORDS": 30}}
        with override_settings(WAGTAIL_VECTOR_SEARCH=both), use_test_provider():
            build_index("other")
            assert not Page.objects.search("home", backend="hybrid").ranking.answered
