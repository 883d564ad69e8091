"""What the developer is told about page types: a boost that says nothing here, and types read by their title only."""

import pytest
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from tests.testapp.models import ArticlePage, EmbeddingDocumentPage, EmbeddingFieldsPage, OptionalPage, RichTextPage
from wagtail_vector_search import page_type_checks
from wagtail_vector_search.content import EmbeddingField, is_read_by_title_only
from wagtail_vector_search.page_type_checks import check_boosts, check_titles


@pytest.fixture
def declare(monkeypatch):
    """Return a function that changes what a page type declares, for the checks of that type alone."""

    def change(model, **attributes):
        for name, value in attributes.items():
            monkeypatch.setattr(model, name, value, raising=False)
        monkeypatch.setattr(page_type_checks, "_indexed_page_types", lambda: [model])
        return model

    return change


def test_a_boost_is_named_with_what_to_write_instead(declare):
    declare(RichTextPage, search_fields=[*Page.search_fields, index.SearchField("body", boost=10)])
    (message,) = check_boosts()
    assert message.id == "wagtail_vector_search.I001"
    assert message.msg.startswith('The boost of "body" in testapp.RichTextPage.search_fields says nothing')
    assert "important=True" in str(message.hint)


def test_the_boost_of_the_title_counts_anyway_and_one_of_1_says_nothing(declare):
    fields = [*Page.search_fields, index.SearchField("title", boost=3), index.SearchField("body", boost=1)]
    declare(RichTextPage, search_fields=fields)
    assert check_boosts() == []


def test_a_boost_is_named_once_and_not_for_each_type_that_inherits_it(declare, monkeypatch):
    declare(OptionalPage, search_fields=[*Page.search_fields, index.SearchField("introduction", boost=2)])
    children = [OptionalPage, *OptionalPage.__subclasses__()]
    monkeypatch.setattr(page_type_checks, "_indexed_page_types", lambda: children)
    assert len(check_boosts()) == 1


def test_a_list_of_its_own_has_no_boost(declare):
    declare(EmbeddingFieldsPage, search_fields=[*Page.search_fields, index.SearchField("notes", boost=10)])
    assert check_boosts() == []


RAW = StreamField([("raw", blocks.RawHTMLBlock()), ("hidden", blocks.CharBlock(search_index=False))], blank=True)


@pytest.mark.parametrize(
    ("model", "attributes", "expected"),
    [
        (ArticlePage, {}, False),
        (EmbeddingDocumentPage, {}, False),
        (RichTextPage, {"search_fields": Page.search_fields}, True),
        (RichTextPage, {"search_fields": [*Page.search_fields, index.AutocompleteField("body")]}, True),
        (RichTextPage, {"search_fields": [*Page.search_fields, index.SearchField("get_summary")]}, False),
        (ArticlePage, {"search_fields": [index.RelatedFields("links", [index.SearchField("label")])]}, False),
        (ArticlePage, {"search_fields": [index.RelatedFields("links", [index.FilterField("label")])]}, True),
        (EmbeddingFieldsPage, {"embedding_fields": [EmbeddingField("title")]}, True),
        (EmbeddingFieldsPage, {"embedding_fields": [EmbeddingField("notes")]}, False),
    ],
)
def test_a_type_is_read_by_its_title_only_where_it_declares_no_other_text(declare, model, attributes, expected):
    assert is_read_by_title_only(declare(model, **attributes)) is expected
    assert bool(check_titles(databases=["default"])) is expected


def test_a_type_with_nothing_but_raw_html_is_read_by_its_title_only(declare, monkeypatch):
    declare(ArticlePage, search_fields=[*Page.search_fields, index.SearchField("body")])
    assert check_titles(databases=["default"]) == []
    monkeypatch.setattr(ArticlePage._meta.get_field("body"), "stream_block", RAW.stream_block, raising=False)
    (message,) = check_titles(databases=["default"])
    assert message.msg == "Search reads these page types by their title only: testapp.ArticlePage."
    assert "RawHTMLBlock" in str(message.hint)


def test_types_that_no_index_reads_are_not_named(monkeypatch, settings):
    monkeypatch.setattr(RichTextPage, "search_fields", Page.search_fields)
    assert "testapp.RichTextPage" in check_titles(databases=["default"])[0].msg
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"EXCLUDE_PAGE_TYPES": ["testapp.RichTextPage"]}}
    assert "testapp.RichTextPage" not in str(check_titles(databases=["default"]))
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"PAGE_TYPES": ["testapp.ArticlePage"]}}
    assert check_titles(databases=["default"]) == []
