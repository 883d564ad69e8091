"""wagtail-markdown: text is stored as Markdown and shown as HTML."""

import pytest
from wagtail.models import Page

from tests.ecosystem.markdown.models import ManualPage
from tests.ecosystem.truth import assert_index_tells_the_truth

pytestmark = pytest.mark.django_db(transaction=True)

SOURCE = """## Opening hours

Ask the **caretaker**, see [the plan](https://plan.example.org/bikes).

| Day | Time |
| --- | --- |
| Monday | nine |
"""


@pytest.fixture(params=["text", "body"])
def page(request, home, build_index):
    """A page whose field, or block, holds the source."""
    value = SOURCE if request.param == "text" else [("markdown", SOURCE)]
    page = home.add_child(instance=ManualPage(title="Manual", slug="manual", **{request.param: value}))
    build_index()
    return page


@pytest.mark.parametrize("word", ["caretaker", "opening", "monday"])
def test_field_and_block_are_found_by_their_words(page, word):
    assert [found.pk for found in Page.objects.search(word, backend="keyword")] == [page.pk]
    assert_index_tells_the_truth()


def test_passages_are_the_text_that_the_page_shows_without_signs_and_addresses(page):
    (result,) = Page.objects.search("caretaker", backend="keyword")
    assert "Ask the caretaker, see the plan." in result.search_passage.text
    assert not [sign for sign in ("**", "|", "##", "https") if sign in result.search_passage.text]


def test_headings_are_headings_of_passages_with_anchors(page):
    (result,) = Page.objects.search("caretaker", backend="keyword")
    assert (result.search_passage.heading, result.search_passage.anchor) == ("Opening hours", "opening-hours")
