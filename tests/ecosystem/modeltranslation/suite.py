"""wagtail-modeltranslation: a page has each of its texts in every language, and shows that of the visitor."""

import pytest
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


@pytest.fixture
def page(home, build_index):
    page = home.add_child(
        instance=NewsPage(
            slug="bikes",
            title_en="Bicycle parking",
            title_fr="Stationnement",
            text_en="Ask the caretaker.",
            text_fr="Demandez au concierge.",
        )
    )
    build_index()
    return page


def test_the_page_is_found_by_the_words_of_every_language(page):
    for word in ("bicycle", "caretaker", "concierge", "stationnement"):
        assert found(word) == [page.pk], word
    assert_index_tells_the_truth()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_index_does_not_depend_on_the_language_of_the_editor(page, language):
    with translation.override(language):
        NewsPage.objects.get(pk=page.pk).save_revision().publish()
        assert_index_tells_the_truth()
    assert_index_tells_the_truth()


@pytest.mark.parametrize(("language", "title"), [("en", "Bicycle parking"), ("fr", "Stationnement")])
def test_results_have_the_title_in_the_language_of_the_visitor(page, language, title):
    with translation.override(language):
        (result,) = Page.objects.live().search("caretaker", backend="keyword")
        assert result.title == title


def test_a_page_type_that_is_not_registered_is_found_by_its_title_in_the_default_language_only(home, build_index):
    page = home.add_child(instance=RichTextPage(slug="shed", title_en="Shed", title_fr="Abri"))
    build_index()
    assert found("shed") == [page.pk]
    assert found("abri") == []
