"""wagtail-modeltranslation: a page has each of its texts in every language, and shows that of the visitor."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from wagtail.models import Page

from tests.ecosystem.modeltranslation.models import NewsPage
from tests.ecosystem.truth import assert_index_tells_the_truth, found
from tests.testapp.models import RichTextPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The columns of the languages are added by a command, not by migrations."""
    with django_db_blocker.unblock():
        call_command("sync_page_translation_fields", interactive=False, verbosity=0)


#: The backend of each language.
BACKENDS = {"en": "keyword", "fr": "keyword-fr"}


@pytest.fixture
def page(home, build_index):
    page = home.add_child(
        instance=NewsPage(
            slug="bikes",
            title_en="Bicycle parking",
            title_fr="Stationnement",
            text_en="Ask the caretaker.",
            text_fr="Demandez aux concierges.",
        )
    )
    for index_name in settings.WAGTAIL_VECTOR_SEARCH:
        build_index(index_name)
    return page


def assert_indexes_tell_the_truth():
    for index_name in settings.WAGTAIL_VECTOR_SEARCH:
        assert_index_tells_the_truth(index_name)


def test_the_index_of_a_language_has_the_texts_in_that_language(page):
    for word, language in {"bicycle": "en", "caretakers": "en", "stationnement": "fr", "concierge": "fr"}.items():
        assert [each for each in BACKENDS if found(word, backend=BACKENDS[each])] == [language], word
    assert_indexes_tell_the_truth()


@pytest.mark.parametrize("language", BACKENDS)
def test_the_indexes_do_not_depend_on_the_language_of_the_editor(page, language):
    with translation.override(language):
        NewsPage.objects.get(pk=page.pk).save_revision().publish()
        assert_indexes_tell_the_truth()
    assert_indexes_tell_the_truth()


@pytest.mark.parametrize(
    ("language", "word", "title"), [("en", "ask", "Bicycle parking"), ("fr", "demandez", "Stationnement")]
)
def test_results_have_title_and_passage_in_the_language_of_the_visitor(page, language, word, title):
    with translation.override(language):
        (result,) = Page.objects.live().search(word, backend=BACKENDS[language])
        assert result.title == title
        assert word in result.search_passage.text.lower()


def test_a_page_type_that_is_not_registered_is_found_by_its_title_in_each_language(home, build_index):
    page = home.add_child(instance=RichTextPage(slug="shed", title_en="Shed", title_fr="Abri"))
    for index_name in settings.WAGTAIL_VECTOR_SEARCH:
        build_index(index_name)
    assert found("shed", backend="keyword") == [page.pk]
    assert found("abri", backend="keyword-fr") == [page.pk]
