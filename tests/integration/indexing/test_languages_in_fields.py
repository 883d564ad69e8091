"""A site may keep the languages of a page in fields of it: each gets an index of its own, read and searched in it."""

import pytest
from django.utils.translation import gettext, override
from wagtail.models import Page
from wagtail.search import index

from tests.testapp.models import ArticlePage
from wagtail_vector_search.content import Document, Section, extract_document
from wagtail_vector_search.models import EntryTerms
from wagtail_vector_search.retrieval import rank_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_languages(settings, make_article, build_index, monkeypatch):
    """An index in English and one in French over the same pages, whose text is in the active language."""
    default = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": default, "french": {**default, "LANGUAGE": "fr"}}
    monkeypatch.setattr(ArticlePage, "get_computed_text", lambda _: gettext("Monday"))
    page = make_article("Opening")
    for index_name in ("default", "french"):
        build_index(index_name)
    return page


def found(query, index_name):
    return [page.page_id for page in rank_pages(query, Page.objects.all(), index_name=index_name).pages[:1]]


def test_each_index_reads_the_pages_in_its_language(two_languages):
    rows = EntryTerms.objects.filter(page=two_languages.pk).order_by("generation__index_name")
    assert [(row.language_code, "monday" in row.terms, "lund" in row.terms) for row in rows] == [
        ("en", True, False),
        ("fr", False, True),
    ]


@pytest.mark.parametrize("active", ["en", "fr", "zh-hans"])
def test_each_index_is_searched_in_its_language_whatever_the_visitor_speaks(two_languages, active):
    with override(active):
        assert found("lundis", "french") == [two_languages.pk]  # as French stems it
        assert rank_pages("lundis", Page.objects.all(), index_name="french").terms[0] == "lund"
        assert rank_pages("mondays", Page.objects.all()).terms[0] == "monday"


def test_an_editor_of_another_language_changes_nothing(two_languages, build_index, provider):
    with override("zh-hans"):
        two_languages.save_revision().publish()
    for index_name in ("default", "french"):
        assert build_index(index_name).indexed == 0


def test_a_copy_of_a_field_for_another_language_is_not_read_beside_it(monkeypatch):
    monkeypatch.setattr(
        ArticlePage, "search_fields", [index.SearchField("introduction"), index.SearchField("internal")]
    )
    page = ArticlePage(introduction="English", internal="Deutsch")
    assert extract_document(page) == Document("", (Section("", "", "English\n\nDeutsch"),))
    field = ArticlePage._meta.get_field("internal")
    monkeypatch.setattr(field, "translated_field", ArticlePage._meta.get_field("introduction"), raising=False)
    assert extract_document(page) == Document("", (Section("", "", "English"),))
