"""A visitor asks a question in everyday words."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from testproject.library.models import ArticlePage, SectionPage

pytestmark = [pytest.mark.usefixtures("small_site"), pytest.mark.django_db]

CORRECTION = re.compile(r'<p class="corrected".*?</p>', re.DOTALL)
RESULT = re.compile(r'class="result-title"><a href="([^"]+)">(.*?)</a>', re.DOTALL)


@pytest.fixture
def without_cutoff(settings):
    """Searches return whatever is nearest, as tests that need many results do."""
    configured = settings.WAGTAIL_VECTOR_SEARCH
    settings.WAGTAIL_VECTOR_SEARCH = {alias: {**values, "CUTOFF": 0} for alias, values in configured.items()}


def search(client, query, address="/search/", **parameters):
    response = client.get(address, {"q": query, **parameters})
    assert response.status_code == 200
    return response.content.decode()


def results(html):
    """Return the name and the address of every result."""
    return [(unescape(re.sub("<.*?>", "", name)), unescape(address)) for address, name in RESULT.findall(html)]


def names(html):
    return [name for name, _ in results(html)]


def test_the_right_page_is_among_the_first(client):
    assert "copy" in names(search(client, "copy a nested dictionary without sharing"))[:3]
    assert 'The "break" statement' in names(search(client, "stop a loop early"))[:3]


def test_a_result_shows_its_section_and_its_passage(client):
    html = search(client, "copy a nested dictionary without sharing")
    assert "Data structures" in html
    assert "<mark>copy</mark>" in html.lower()


def test_a_result_that_the_words_alone_found_says_so(client):
    html = search(client, "copy a nested dictionary without sharing")
    assert "Found only by" in html
    assert "leg-keyword" in html


@pytest.mark.usefixtures("without_cutoff")
def test_a_result_that_the_meaning_alone_found_says_so(client):
    html = search(client, "music by an orchestra")
    assert "Found only by" in html
    assert "leg-semantic" in html


def test_a_result_links_to_the_heading_of_its_passage(client):
    with_anchor = [address for _, address in results(search(client, "wait until a thread has ended")) if "#" in address]
    assert with_anchor
    for address in with_anchor:
        path, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in client.get(path).content.decode()


def test_keywords_alone_need_every_word(client):
    assert names(search(client, "stop a loop early", mode="keyword")) == []
    assert 'The "break" statement' in names(search(client, "nearest enclosing loop", mode="keyword"))


def test_the_three_ways_to_search_stand_side_by_side(client):
    html = search(client, "stop a loop early", mode="compare")
    for mode in ("keyword", "semantic", "hybrid"):
        assert f'id="{mode}-title"' in html
    assert "Nothing found." in html
    assert names(html).count('The "break" statement') >= 1


@pytest.mark.usefixtures("without_cutoff")
def test_pages_of_results_follow_each_other_without_repeating_any(client):
    first = search(client, "thread", mode="semantic")
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    following = unescape(link)
    assert "mode=semantic" in following
    assert "q=thread" in following
    second = client.get(following).content.decode()
    assert results(first)
    assert results(second)
    assert not {address for _, address in results(first)} & {address for _, address in results(second)}


def test_a_section_narrows_the_search(client):
    section = SectionPage.objects.get(title="Text")
    found = results(search(client, "stop a loop early", section=section.pk))
    assert all(address.startswith("/text/") for _, address in found)


def test_french_visitors_find_french_pages(client):
    html = search(client, "sortir d'une boucle", address="/fr/search/")
    assert "L'instruction break" in names(html)
    assert all(address.startswith("/fr/") for _, address in results(html))
    assert "Que voulez-vous savoir" in html


def test_english_visitors_find_no_french_pages(client):
    assert not any(address.startswith("/fr/") for _, address in results(search(client, "boucle for liste")))


@pytest.mark.parametrize("mode", ["keyword", "semantic", "hybrid", "compare"])
def test_private_pages_are_never_found(client, admin_user, mode):
    client.force_login(admin_user)
    assert "Who is on call" not in search(client, "who answers the telephone at weekends", mode=mode)
    assert "Who is on call" not in search(client, "telephone", mode=mode)


def test_a_page_is_gone_at_the_next_search_after_it_became_private(client):
    page = ArticlePage.objects.get(title='The "break" statement')
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert page.title not in names(search(client, "stop a loop early"))


def test_the_page_shows_questions_to_try_before_one_is_asked(client):
    html = search(client, "  ")
    assert "Questions to try" in html
    assert "pick a random name from a list" in html


def test_the_search_by_meaning_is_offered_where_keywords_find_nothing(client):
    html = search(client, "stop a loop early", mode="keyword")
    assert "Nothing found for “stop a loop early”" in html
    assert "Search by meaning, too" in html


def test_a_misspelt_question_is_corrected_and_the_page_says_so(client):
    html = search(client, "copy a nested dictoinary")
    assert "copy" in names(html)[:3]
    (note,) = CORRECTION.findall(html)
    assert "Showing results for <b><bdi>copy a nested dictionary</bdi></b>" in note
    assert "No page contains <q>dictoinary</q>." in note
    assert 'class="corrected" role="status"' in html


def test_a_visitor_may_insist_on_what_was_typed(client):
    (note,) = CORRECTION.findall(search(client, "copy a nested dictoinary", mode="hybrid"))
    (link,) = re.findall(r'<a href="([^"]+)">Search instead for “copy a nested dictoinary”</a>', note)
    insisted = client.get(unescape(link)).content.decode()
    assert "mode=hybrid" in link
    assert not CORRECTION.findall(insisted)
    assert results(insisted)


def test_the_note_of_a_correction_is_in_the_language_of_the_page(client):
    (note,) = CORRECTION.findall(search(client, "sortir d'une bouclle", address="/fr/search/"))
    assert "Résultats pour <b><bdi>sortir d'une boucle</bdi></b>" in unescape(note)
    assert "Aucune page ne contient <q>bouclle</q>." in note
    assert "Chercher plutôt « sortir d'une bouclle »" in unescape(note)


def test_side_by_side_each_search_says_what_it_corrected(client):
    html = search(client, "copy a nested dictoinary", mode="compare")
    # Wagtail's own search corrects nothing, and that by meaning reads what was typed.
    assert len(CORRECTION.findall(html)) == 1
    assert not CORRECTION.findall(search(client, "copy a nested dictoinary", mode="compare", as_typed="1"))


def test_a_question_without_mistakes_is_not_corrected(client):
    assert not CORRECTION.findall(search(client, "copy a nested dictionary"))


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_a_question_about_nothing_on_the_site_finds_nothing_and_the_page_helps(client, mode):
    html = search(client, "xqzvkw brunptang", mode=mode)
    assert names(html) == []
    assert "Nothing found for “xqzvkw brunptang”" in html
    offered = {"hybrid": "Try other words, or one of these questions:", "semantic": "Search by words, too"}
    assert offered[mode] in html


def test_nothing_found_in_a_section_offers_all_of_them(client):
    section = SectionPage.objects.get(title="Text")
    html = search(client, "xqzvkw brunptang", section=section.pk)
    (link,) = re.findall(r'<a href="([^"]+)">Search all sections', html)
    assert "section=" not in unescape(link)
    assert "q=xqzvkw" in link


@pytest.mark.parametrize(
    "query",
    ["<script>alert(1)</script>", "a\0b", "?" * 5000, '"unclosed', "AND OR NOT", "%s%d{}", "🐍", "'; DROP TABLE"],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "compare"])
def test_any_question_is_answered_and_none_becomes_markup(client, query, mode):
    assert "<script>alert" not in search(client, query, mode=mode)


@pytest.mark.parametrize(
    "parameters", [{"mode": "nonsense"}, {"section": "x"}, {"section": "999999"}, {"page": "x"}, {"page": "-1"}]
)
def test_parameters_that_make_no_sense_are_ignored(client, parameters):
    assert results(search(client, "stop a loop early", **parameters))


@pytest.mark.usefixtures("without_cutoff")
def test_many_results_cost_as_many_statements_as_few(client):
    section = SectionPage.objects.get(title="Numbers")
    search(client, "random number")  # fills the caches of content types, sites and locales
    counts = []
    for parameters in ({"section": section.pk}, {}):
        with CaptureQueriesContext(connection) as captured:
            found = results(search(client, "random number", mode="semantic", **parameters))
        counts.append((len(found), len(captured)))
    (few, statements_for_few), (many, statements_for_many) = counts
    assert 0 < few < many
    # Telling where the pages of the second are costs nothing; asking for the section does.
    assert statements_for_many <= statements_for_few
