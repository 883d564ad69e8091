"""A misspelt word that the site does not know is read as the nearest that it does."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.search.backends import get_search_backend

from wagtail_vector_search.exceptions import ProviderError
from wagtail_vector_search.models import Generation
from wagtail_vector_search.retrieval import Legs, rank_pages, search_pages
from wagtail_vector_search.retrieval.spelling import forget_vocabularies
from wagtail_vector_search.retrieval.spelling.vocabulary import _vocabularies

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
def test_results_are_those_of_the_word_that_was_meant(site, query, corrected, first):
    results = Page.objects.search(query, backend="keyword")
    assert results.corrected_query == corrected
    assert results[0].title == first
    assert Page.objects.search(query, backend="hybrid").corrected_query == corrected


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


def test_what_was_typed_is_embedded(site, provider):
    cache.clear()
    results = Page.objects.search("nested dictoinary", backend="hybrid")
    assert results.corrected_query == "nested dictionary"
    assert provider.texts[-1] == "nested dictoinary"


def test_the_search_by_meaning_corrects_nothing(site):
    assert Page.objects.search("nested dictoinary", backend="semantic").corrected_query == ""


def test_the_search_by_meaning_corrects_where_it_goes_on_by_words(site, provider, monkeypatch):
    def fail(text, **options):
        raise ProviderError("down")

    cache.clear()
    monkeypatch.setattr(provider, "embed_query", fail)
    results = Page.objects.search("nested dictoinary", backend="semantic")
    assert results.degraded
    assert results.corrected_query == "nested dictionary"
    assert results[0].title == "Copying dictionaries"


@pytest.mark.parametrize("backend", ["hybrid", "keyword"])
def test_a_visitor_may_ask_for_exactly_what_was_typed(site, backend):
    results = Page.objects.search("harbuor", backend=backend)
    typed = results.as_typed()
    assert (results.corrected_query, typed.corrected_query) == ("harbour", "")
    assert typed.as_typed().ranking is typed.ranking
    assert search_pages("harbuor", backend=backend, correct_spelling=False).corrected_query == ""
    assert get_search_backend(backend).search("harbuor", Page, correct_spelling=False).corrected_query == ""
    assert rank_pages("harbuor", Page.objects.all(), correct_spelling=False).corrected_query == ""


def test_a_slice_of_results_may_be_asked_for_as_typed(site):
    results = Page.objects.search("harbuor", backend="keyword")[:1]
    assert len(results) == 1
    assert list(results.as_typed()) == []


@pytest.mark.parametrize("typed", ["heart", "floor", "stalled", "flower"])
def test_a_word_that_people_use_is_not_replaced(site, make_article, build_index, typed):
    make_article("Heat and flour", "The heat of the still.")
    build_index()
    assert Page.objects.search(typed, backend="keyword").corrected_query == ""


def test_a_word_that_the_model_knows_is_not_replaced(site, monkeypatch, provider):
    assert Page.objects.search("harbox", backend="keyword").corrected_query == ""
    assert Page.objects.search("brread", backend="keyword").corrected_query == "bread"
    monkeypatch.setattr(provider, "knows_word", lambda word: word == "brread")
    assert Page.objects.search("brread", backend="keyword").corrected_query == ""


def test_a_provider_that_fails_when_asked_for_a_word_fails_no_search(site, monkeypatch, provider):
    def fail(word):
        raise ValueError(word)

    monkeypatch.setattr(provider, "knows_word", fail)
    assert Page.objects.search("braed", backend="keyword").corrected_query == "bread"


def test_in_a_language_without_a_list_only_a_likely_error_is_one(site, home, make_article, build_index):
    french = home.copy_for_translation(Locale.objects.create(language_code="fr"))
    make_article("Le chantier", "Un chantier ferme en hiver.", parent=french, locale=french.locale)
    build_index()
    pages = Page.objects.filter(locale=french.locale)
    shown = {word: pages.search(word, backend="keyword").corrected_query for word in ("chanteur", "chanteir", "fermme")}
    assert shown == {"chanteur": "", "chanteir": "chantier", "fermme": "ferme"}


def test_a_word_in_another_script_is_corrected_and_shown_as_the_page_has_it(site, home, make_article, build_index):
    russian = home.copy_for_translation(Locale.objects.create(language_code="ru"))
    make_article("Добро пожаловать", "ПРИВЕТ, мир.", parent=russian, locale=russian.locale)
    build_index()
    pages = Page.objects.filter(locale=russian.locale)
    assert pages.search("првиет", backend="keyword").corrected_query == "привет"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Send us an e-mail.", "email"),
        ("The re-use shop.", "reuse"),
        ("E-bike hire.", "ebike"),
        ("Co-operative housing.", "cooperative housing"),
        ("Mayor O\u2019Brien opened it.", "obrien"),
        ("Bring a head torch.", "headtorch"),
        ("Food to take away.", "takeaway"),
        ("A café in town.", "cafe"),
    ],
)
def test_a_word_that_a_page_writes_otherwise_is_found_and_no_error(make_article, build_index, configure, text, typed):
    page = make_article("First", text)
    make_article("Second", "A mail, a bike, an operative, a refuse collector and Brian, all of the mails, case.")
    build_index()
    results = Page.objects.search(typed, backend="keyword")
    assert results.corrected_query == ""
    assert results[0].pk == page.pk


def test_a_compound_is_found_by_its_words(home, make_article, build_index):
    german = home.copy_for_translation(Locale.objects.create(language_code="de"))
    page = make_article("Wohnungen", "Hilfe bei der Suche.", parent=german, locale=german.locale)
    make_article("Suche", "Nach Büchern.", parent=german, locale=german.locale)
    build_index()
    results = Page.objects.filter(locale=german.locale).search("Wohnungssuche", backend="keyword")
    assert results.corrected_query == ""
    assert results[0].pk == page.pk


def test_a_query_in_capitals_finds_what_it_finds_in_small_letters(site, provider):
    def search(query):
        cache.clear()
        provider.reset()
        ranking = Page.objects.search(query, backend="hybrid").ranking
        return [(page.page_id, page.score) for page in ranking.pages], provider.texts

    assert search("HARBOUR AT DAWN") == search("harbour at dawn")
    assert search("HARBOUR") == search("harbour")
    assert search("NHS")[1] == ["NHS"]


def test_the_vocabulary_has_no_term_of_a_title_and_none_with_accents(make_article, build_index):
    make_article("Œuvres du café", "Élan.")
    build_index()
    Page.objects.search("zeppelon", backend="keyword").corrected_query  # noqa: B018
    (vocabulary,) = _vocabularies.values()
    assert {"cafe", "elan"} <= set(vocabulary.pages)
    assert all(term.isascii() and not term.startswith("=") for term in vocabulary.pages)


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
