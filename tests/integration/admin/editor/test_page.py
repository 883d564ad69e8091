"""What the panel shows of a published page."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from wagtail_vector_search.indexing.worker import catch_up, process
from wagtail_vector_search.models import Entry

from .conftest import BREAD, HARBOUR


def test_the_panel_says_that_a_page_is_in_search(harbour, build_index, show):
    build_index()
    shown = show(harbour)
    assert "In search. Visitors find this page" in shown
    assert "Last indexed" in shown


def test_the_panel_shows_the_passages_with_their_headings(make_article, section, build_index, show):
    article = make_article("Sea", parent=section)
    article.body = [("heading", "Tides"), ("paragraph", f"<p>{HARBOUR}</p>")]
    article.save_revision().publish()
    build_index()
    html = show(article, html=True)
    assert "<h4>Tides</h4>" in html
    assert HARBOUR in html


def test_the_words_that_set_a_page_apart_are_whole_words_of_it(harbour, bread, build_index, show):
    build_index()
    shown = show(harbour)
    distinctive = shown.partition("most distinctive first:")[2].partition("Related pages")[0]
    assert "Fishermen" in distinctive
    assert "fishermen " not in distinctive.replace("Fishermen", "")
    assert "harbour" in distinctive.lower()
    assert not {"the", "while", "their", "is", "at"} & set(distinctive.split())
    assert "=" not in distinctive


def test_a_word_of_every_page_does_not_set_a_page_apart_however_often_it_is_repeated(
    make_article, section, build_index, show
):
    articles = [make_article(f"Manual {n}", f"manual manual manual manual part{n}", parent=section) for n in range(9)]
    build_index()
    distinctive = show(articles[4]).partition("most distinctive first:")[2].split()
    assert distinctive.index("part4") < distinctive.index("manual")


def test_related_pages_are_shown_nearest_first(harbour, bread, make_article, section, build_index, show):
    make_article("Boats", "Boats in the harbour. Fishermen mend nets. The sea is rough.", parent=section)
    build_index()
    related = show(harbour).partition("Related pages")[2]
    assert 0 < related.index("Boats") < related.index("Baking bread")


@pytest.mark.parametrize(
    ("title", "paragraphs", "sentence"),
    [
        ("Only a title", [], "Search knows this page by its title only"),
        ("Short", ["A few words."], "This page says very little"),
    ],
)
def test_a_page_that_says_nothing_is_noticed(make_article, section, build_index, show, title, paragraphs, sentence):
    article = make_article(title, *paragraphs, parent=section)
    build_index()
    assert sentence in show(article)


def test_a_page_that_says_something_is_not_called_short(make_article, section, build_index, show):
    article = make_article("Long", " ".join([HARBOUR, BREAD, "It goes on for a while."] * 2), parent=section)
    build_index()
    assert "says very little" not in show(article)


def test_a_passage_that_other_pages_share_is_marked(make_article, section, build_index, show):
    articles = [make_article(f"Notice {n}", HARBOUR, parent=section) for n in range(4)]
    build_index()
    shown = show(articles[0])
    assert "Appears word for word on 3 other pages" in shown
    assert "Most of this page appears word for word on other pages" in shown


def test_a_passage_of_its_own_is_not_marked(harbour, bread, build_index, show):
    build_index()
    assert "Appears word for word" not in show(harbour)


def test_a_page_that_waits_says_so(harbour, no_worker, build_index, show):
    build_index()
    harbour.title = "Harbour at noon"
    harbour.save_revision().publish()
    assert "Waiting. Search has not read the latest version" in show(harbour)


def test_a_page_that_failed_says_so_and_folds_the_technical_error(harbour, build_index, show):
    build_index()
    Entry.objects.filter(page=harbour.pk).update(
        state=Entry.State.FAILED, last_error="ProviderTimeoutError: no answer in 60 s"
    )
    html = show(harbour, html=True)
    assert "took too long to answer" in html
    assert "no answer in 60 s" in html.partition("<details")[2].partition("</details>")[0]


def test_a_page_that_is_not_published_says_why_it_is_not_in_search(harbour, build_index, show):
    build_index()
    harbour.unpublish()
    process_all()
    shown = show(harbour)
    assert "Not published. Not in search because it is not published" in shown
    assert "Search has not read any words from this page" in shown


def test_a_private_page_says_why_it_is_not_in_search(harbour, build_index, show):
    build_index()
    PageViewRestriction.objects.create(page=harbour.page_ptr, restriction_type=PageViewRestriction.LOGIN)
    catch_up("default")
    process_all()
    assert "Not in search because it, or a page above it, is private" in show(harbour)


def test_the_panel_without_an_index_says_what_is_missing(harbour, show):
    assert "Search by meaning has not been set up yet" in show(harbour)


def test_markup_in_a_page_is_shown_as_text(make_article, section, build_index, show):
    title = "<script>alert(1)</script> " * 9
    article = make_article(title, "&lt;img src=x onerror=alert(2)&gt; " + HARBOUR, parent=section)
    twin = make_article(title + "twin", "&lt;img src=x onerror=alert(2)&gt; " + HARBOUR, parent=section)
    build_index()
    for page in (article, twin):
        html = show(page, html=True)
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_the_panel_costs_a_constant_number_of_statements(make_article, section, build_index, show, statements):
    one = make_article("One", HARBOUR, parent=section)
    build_index()
    show(one)
    with statements() as few:
        show(one)
    many = make_article("Many", *[f"{HARBOUR} {BREAD} {number}" for number in range(40)], parent=section)
    for number in range(10):
        make_article(f"Other {number}", HARBOUR, parent=section)
    build_index()
    with statements() as more:
        show(many)
    assert len(more) <= len(few) + 1  # a second look where there are enough related pages


def process_all():
    """Do what is due, as a worker does."""
    process()


def test_the_page_editor_itself_costs_no_further_statement(harbour, build_index, editor, monkeypatch, statements):
    build_index()
    url = reverse("wagtailadmin_pages:edit", args=[harbour.pk])
    editor.get(url)
    with statements() as with_panel:
        response = editor.get(url)
    assert "wvs-editor" in response.content.decode()
    monkeypatch.setattr("wagtail_vector_search.admin.editor.panel.SearchSidePanel.render_html", lambda *_: "")
    with statements() as without_panel:
        response = editor.get(url)
    assert "wvs-editor" not in response.content.decode()
    assert len(with_panel) == len(without_panel)
