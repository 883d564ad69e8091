"""Would this page be found for…: the place in each of the three ways, why, and what is missing if not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from wagtail.models import Locale, PageViewRestriction

from tests.misbehaving import BrokenRemoteProvider
from wagtail_vector_search.models import Generation

from .conftest import HARBOUR


def test_a_page_is_found_in_all_three_ways(harbour, bread, build_index, ask):
    build_index()
    shown = ask(harbour, "boats in the harbour")
    assert "Yes: result 1 of" in shown
    assert "Found by its meaning and by its words." in shown
    assert "Combined 1 of" in shown
    assert "By meaning 1 of" in shown
    assert "By words 1 of 1" in shown


def test_the_answer_shows_the_matching_words_and_passage(harbour, bread, build_index, ask):
    build_index()
    html = ask(harbour, "boats in a storm", html=True)
    assert "<mark>Boats</mark> rest in the harbour" in html
    assert "Words not on the page" in html
    assert "storm" in html.partition("Words not on the page")[2]


def test_a_page_without_the_words_is_found_by_its_meaning_alone(harbour, bread, build_index, ask):
    build_index()
    shown = ask(harbour, "kneading")
    assert "By words not found" in shown
    assert "none of the words is on the page" in shown


def test_a_page_that_only_words_let_through_is_not_called_found_by_meaning(configure, harbour, bread, build_index, ask):
    configure(CUTOFF=0.8)
    build_index()
    Generation.objects.update(background_similarity=0.5, title_similarity=1.0)
    shown = ask(harbour, "fishermen")
    assert "By meaning not found" in shown
    assert "By words 1 of 1" in shown
    assert "Found by its words." in shown


def test_a_page_below_the_cut_off_is_called_not_close_enough(configure, make_article, section, build_index, ask):
    configure(CUTOFF=1.9)
    pages = [make_article(f"Page {number} on boats", f"{HARBOUR} {number}", parent=section) for number in range(40)]
    build_index()
    shown = ask(pages[0], "boats and something else entirely, such as bread")
    assert "No. “something”, “else”, “entirely”, “bread” are not on the page." in shown
    assert "not a close enough match" in shown


def test_a_query_that_finds_no_page_does_not_speak_of_other_pages(configure, make_article, section, build_index, ask):
    configure(CUTOFF=2)
    bread = make_article("Bread", "Flour, water and salt.", parent=section)
    for number in range(101):  # more than the semantic leg returns
        make_article(f"Boats {number}", f"{HARBOUR} {number}", parent=section)
    build_index()
    Generation.objects.update(background_similarity=0.98, title_similarity=1.0)
    shown = ask(bread, "boats in the harbour")
    assert "No page is found for this." in shown
    assert "Other pages" not in shown


def test_a_page_that_is_not_in_the_index_says_why_instead_of_which_words_are_missing(harbour, bread, build_index, ask):
    build_index()
    harbour.unpublish()
    shown = ask(harbour, "boats in the harbour")
    assert "No. Not in search because it is not published." in shown
    assert "is not on the page" not in shown


def test_a_private_page_that_is_indexed_names_the_people_who_find_it(configure, harbour, bread, build_index, ask):
    configure(PRIVATE_PAGES=True)
    PageViewRestriction.objects.create(page=harbour.page_ptr, restriction_type=PageViewRestriction.LOGIN)
    build_index()
    assert "Only people who are allowed to see it will find it" in ask(harbour, "boats in the harbour")


@pytest.mark.parametrize("query", ["", "   ", "?!"])
def test_an_empty_query_asks_for_words(harbour, build_index, ask, query):
    build_index()
    assert "Type a word or a question." in ask(harbour, query)


def test_a_misspelt_query_shows_what_was_searched_for_instead(harbour, bread, build_index, ask):
    build_index()
    assert "Searched for “harbour” instead." in ask(harbour, "harbuor")


def test_a_query_is_embedded_once_for_the_three_ways(harbour, bread, build_index, ask, provider):
    build_index()
    cache.clear()
    provider.reset()
    ask(harbour, "boats in the harbour")
    assert provider.texts == ["boats in the harbour"]


def test_the_query_is_read_in_the_language_of_the_page(make_article, section, build_index, ask):
    french = Locale.objects.create(language_code="fr")
    article = make_article("Bateaux", "Les bateaux dorment dans le port.", parent=section, locale=french)
    make_article("Boats", "Les bateaux dorment dans le port.", parent=section)
    build_index()
    shown = ask(article, "bateaux")
    assert "Yes: result 1 of 1." in shown
    assert "By words 1 of 1" in shown


def test_words_still_find_a_page_while_the_provider_is_down(
    use_provider, monkeypatch, harbour, bread, build_index, ask
):
    use_provider("BrokenRemoteProvider")
    build_index()
    monkeypatch.setattr(BrokenRemoteProvider, "broken", True)
    cache.clear()
    shown = ask(harbour, "boats in the harbour")
    assert "Yes: result 1 of 1. Found by its words." in shown
    assert "For now, search uses words only." in shown
    assert "By meaning unavailable" in shown


def test_markup_in_a_query_is_shown_as_text(harbour, build_index, ask):
    build_index()
    html = ask(harbour, "<script>alert(1)</script> <b>boats</b>", html=True)
    assert "<script" not in html
    assert "<b>" not in html


def test_places_are_counted_among_the_pages_that_the_editor_sees(
    make_article, section, hidden_section, build_index, ask, superuser, log_in
):
    own = make_article("Our boats", "Boats rest in the harbour.", parent=section)
    for number in range(5):
        make_article("Boats boats boats", f"Boats, boats, and boats. {number}", parent=hidden_section)
    build_index()
    assert "Yes: result 1 of" in ask(own, "boats")
    assert "Yes: result 6 of" in ask(own, "boats", client=log_in(superuser))


def test_a_question_costs_as_many_statements_whatever_the_number_of_pages(
    make_article, section, harbour, build_index, ask, statements
):
    build_index()
    ask(harbour, "boats in the harbour")
    with statements() as few:
        ask(harbour, "boats rest")
    for number in range(30):
        make_article(f"Boats {number}", HARBOUR, parent=section)
    build_index()
    with statements() as many:
        ask(harbour, "boats rest")
    assert len(many) <= len(few) + 1  # relevance feedback, once there are pages to take it from
