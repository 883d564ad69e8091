"""A misspelt word that the site does not know is read as the nearest that it does."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from wagtail.models import Page, PageViewRestriction

from wagtail_vector_search.models import Generation
from wagtail_vector_search.retrieval import Legs, rank_pages
from wagtail_vector_search.retrieval.spelling import forget_vocabularies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_vocabulary():
    forget_vocabularies()


@pytest.mark.parametrize(
    ("query", "corrected", "first"),
    [
        ("nested dictoinary", "nested dictionary", "Copying dictionaries"),
        ("brek statement", "break statement", "Stopping loops"),
        ("Harbuor and botas", "harbour and boats", "Harbour at dawn"),
        ("Flourr, watr!", "flour, water!", "Baking bread"),
    ],
)
@pytest.mark.parametrize("backend", ["hybrid", "semantic", "keyword"])
def test_results_are_those_of_the_word_that_was_meant(site, query, corrected, first, backend):
    results = Page.objects.search(query, backend=backend)
    assert results.corrected_query == corrected
    assert results[0].title == first


@pytest.mark.parametrize("query", ["nested dictionary", "the", "xyzzyplugh", "sea", "2024", "面包", "oven_rest"])
def test_a_word_that_is_known_or_like_no_known_word_is_not_corrected(site, query):
    assert Page.objects.search(query, backend="hybrid").corrected_query == ""


def test_other_words_keep_their_case_and_place(site):
    assert Page.objects.search("A USB (braed) Y", backend="keyword").corrected_query == "A USB (bread) Y"


def test_two_words_that_are_corrected_to_one_count_twice(site, search):
    ranking = rank_pages("braed breaad", Page.objects.all(), legs=Legs.KEYWORD)
    assert ranking.terms == ("bread",)
    assert ranking.details
    assert [term.frequency for term in ranking.details.terms] == [2]


def test_a_word_of_a_page_that_may_not_be_seen_is_never_shown(site, configure, build_index):
    configure(PRIVATE_PAGES=True)
    PageViewRestriction.objects.create(page=site["Harbour at dawn"], restriction_type="login")
    build_index()
    assert Page.objects.search("harbuor", backend="hybrid").corrected_query == ""


def test_a_word_of_a_page_outside_of_what_is_searched_is_never_shown(site):
    pages = Page.objects.exclude(pk=site["Harbour at dawn"].pk)
    assert Page.objects.search("harbuor", backend="hybrid").corrected_query == "harbour"
    assert pages.search("harbuor", backend="hybrid").corrected_query == ""


def test_a_word_of_a_title_is_known_too(site):
    assert Page.objects.search("copyign", backend="keyword").corrected_query == "copying"


def test_correction_can_be_turned_off(site, configure):
    configure(CORRECT_SPELLING=False)
    assert Page.objects.search("harbuor", backend="keyword").corrected_query == ""


def test_a_new_word_is_found_while_the_vocabulary_is_old(site, make_article, build_index):
    assert Page.objects.search("zeppelon", backend="keyword").corrected_query == ""
    make_article("Zeppelin", "An airship.")
    build_index()
    assert Page.objects.search("zeppelin", backend="keyword")[0].title == "Zeppelin"


def test_the_command_says_what_it_has_searched_for(site, capsys):
    call_command("vector_search", "harbuor")
    assert "Searched for: harbour" in capsys.readouterr().out


def test_databases_whose_generations_have_the_same_key_do_not_share_a_vocabulary(site, make_article, build_index):
    """Tenants and test databases have one alias and count from 1."""
    generation = Generation.objects.get()
    assert Page.objects.search("harbuor", backend="keyword").corrected_query == "harbour"
    make_article("Zeppelin", "An airship.")
    build_index()
    assert Page.objects.search("zeppelon", backend="keyword").corrected_query == ""
    # As in the database of another tenant.
    Generation.objects.update(created_at=generation.created_at + timedelta(days=1))
    assert Page.objects.search("zeppelon", backend="keyword").corrected_query == "zeppelin"
