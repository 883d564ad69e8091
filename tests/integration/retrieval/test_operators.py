"""Phrases and exclusions that visitors type narrow a search in each backend, with exact counts."""

import pytest
from django.core.cache import cache
from wagtail.models import Locale, Page, PageViewRestriction

from tests.kept import kept
from tests.testapp.models import ArticlePage
from wagtail_vector_search import search_pages
from wagtail_vector_search.models import EntryTerms, Generation
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import Legs, UnsavedPage, rank_pages

pytestmark = pytest.mark.django_db

ENGLISH = {
    "Clue": "A red herring is a clue that leads astray.",
    "Fish": "The herring is a fish. Boats painted red bring it home.",
    "Smoked": "Smoked fish: the colour of red herrings comes from smoke.",
    "Red herring": "What leads readers away from the truth.",
    "Harbour": "Boats and fish in the harbour of a quiet town.",
}
GERMAN = {
    "Spur": "Ein roter Hering ist eine falsche Spur in einem Krimi.",
    "Fisch": "Der Hering ist ein Fisch, und rot ist das Boot.",
    "Über uns": "Wir lesen Krimi um Krimi.",
}
JAPANESE = {
    "大学": "東京大学の図書館で本を読む。",
    "都": "東京都の図書館と、ほかの大学。",
    "京": "京都の図書館は静かです。",
}


@pytest.fixture
@kept
def library(home, make_article, build_index):
    """Articles in three languages, by title."""
    made = {title: make_article(title, text) for title, text in ENGLISH.items()}
    for code, texts in (("de", GERMAN), ("ja", JAPANESE)):
        locale = Locale.objects.get_or_create(language_code=code)[0]
        start = home.copy_for_translation(locale)
        start.live = True
        start.save()
        made |= {title: make_article(title, text, parent=start, locale=locale) for title, text in texts.items()}
    build_index()
    return made


@pytest.fixture(params=["hybrid", "semantic", "keyword"])
def found(request, library):
    """Return a function that searches pages of one language in one of the backends, and returns titles."""

    def find(query, language_code="en", queryset=None):
        pages = ArticlePage.objects.all() if queryset is None else queryset
        results = pages.filter(locale=Locale.objects.get(language_code=language_code)).search(
            query, backend=request.param
        )
        titles = [page.title for page in results]
        assert results.count() == len(titles)
        return sorted(titles)

    return find


@pytest.mark.parametrize(
    ("query", "language_code", "expected"),
    [
        ('"red herring"', "en", ["Clue", "Red herring", "Smoked"]),
        ("“red herrings”", "en", ["Clue", "Red herring", "Smoked"]),
        ('"red herring" smoke', "en", ["Clue", "Red herring", "Smoked"]),
        ('"red herring" -smoke', "en", ["Clue", "Red herring"]),
        ('"red herring" "leads astray"', "en", ["Clue"]),
        ('"red herring" -"leads astray"', "en", ["Red herring", "Smoked"]),
        ('"herring red"', "en", []),
        ('"green herring"', "en", []),
        ('"roter Hering"', "de", ["Spur"]),
        ("„roter Hering“ -Krimi", "de", []),
        ('"ueber uns"', "de", ["Über uns"]),
        ("「東京大学」", "ja", ["大学"]),
        ("「東京」", "ja", ["大学", "都"]),
        ("「東京」 -「大学の」", "ja", ["都"]),
    ],
)
def test_a_phrase_is_found_word_by_word(found, query, language_code, expected):
    assert found(query, language_code) == sorted(expected)


@pytest.mark.parametrize(
    ("query", "plain", "language_code", "left_out"),
    [
        ("fish -harbours", "fish", "en", {"Harbour"}),
        ("fish -boat -smoked", "fish", "en", {"Fish", "Harbour", "Smoked"}),
        ('herring -"red herring"', "herring", "en", {"Clue", "Red herring", "Smoked"}),
        ("fish -harbour-town", "fish", "en", set()),
        ("fish -the", "fish", "en", set()),
        ("fish -zeppelin", "fish", "en", set()),
        ("Hering -Krimi", "Hering", "de", {"Spur", "Über uns"}),
        ("図書館 -京都", "図書館", "ja", {"京"}),
        ("図書館 -「東京大学」", "図書館", "ja", {"大学"}),
    ],
)
def test_a_page_with_what_is_excluded_is_left_out(found, query, plain, language_code, left_out):
    everything = found(plain, language_code)
    assert everything
    assert set(found(query, language_code)) == set(everything) - left_out


@pytest.mark.parametrize("query", ["-boats", '-"red herring"', '"red herring', '"herring"', "boats - fish"])
def test_other_quotes_and_hyphens_are_text(found, query):
    assert found(query) == found(query.replace('"', "").replace("-", ""))


def test_a_phrase_and_an_exclusion_hold_for_pages_of_every_language(library):
    assert {page.title for page in ArticlePage.objects.search('"roter Hering"', backend="hybrid")} == {"Spur"}
    titles = {page.title for page in ArticlePage.objects.search("図書館 Krimi fish -Fisch", backend="keyword")}
    assert "Fisch" not in titles
    assert {"Spur", "Harbour", "都"} <= titles


def test_a_word_in_a_phrase_is_never_corrected(library):
    results = ArticlePage.objects.search('"red hering" fish', backend="hybrid")
    assert (list(results), results.corrected_query) == ([], "")


def test_a_corrected_query_keeps_its_operators(library):
    results = ArticlePage.objects.search('"red herring" -boats smkoed', backend="hybrid")
    assert {page.title for page in results} == {"Clue", "Red herring", "Smoked"}
    assert results.corrected_query == '"red herring" -boats smoked'
    assert "smoke" in results.terms
    assert "boat" not in results.terms


def test_the_model_reads_what_is_asked_for_without_operators(library, provider):
    provider.reset()
    cache.clear()
    list(ArticlePage.objects.search('old "red herring" -boats clue', backend="hybrid"))
    assert provider.texts == ["old red herring clue"]


def test_the_ranking_of_what_remains_is_that_of_the_words(library):
    plain = [page.page_id for page in rank_pages("fish boats", ArticlePage.objects.all(), legs=Legs.KEYWORD).pages]
    without = [
        page.page_id for page in rank_pages("fish boats -herring", ArticlePage.objects.all(), legs=Legs.KEYWORD).pages
    ]
    assert without == [key for key in plain if key in without]
    assert 0 < len(without) < len(plain)


def test_facets_and_slices_respect_operators(library):
    ArticlePage.objects.filter(title="Clue").update(category="books")
    results = ArticlePage.objects.search('"red herring" -smoked', backend="hybrid")
    assert results.facet("category") == {"": 1, "books": 1}
    assert len(results[:1]) == len(results[1:]) == 1


def test_operators_hold_where_the_index_is_walked(library, walks, monkeypatch):
    monkeypatch.setattr(constants, "MAX_CHUNKS", 5)  # so few are enough
    for backend in ("hybrid", "semantic", "keyword"):
        titles = {page.title for page in Page.objects.search('"red herring" -smoke', backend=backend)}
        assert titles == {"Clue", "Red herring"}
        titles = {page.title for page in Page.objects.search('fish herring -boats -"leads astray"', backend=backend)}
        assert titles
        assert not titles & {"Clue", "Fish", "Harbour"}


@pytest.mark.parametrize("backend", ["hybrid", "semantic"])
def test_no_page_with_the_phrase_is_cut_off(library, configure, backend):
    configure(CUTOFF=1.0)
    Generation.objects.update(background_similarity=0.9, title_similarity=0.95)
    assert len(ArticlePage.objects.search("zeppelin red herring", backend=backend)) == 0
    assert len(ArticlePage.objects.search('zeppelin "red herring"', backend=backend)) == 3


def test_running_text_has_no_operators(library):
    ranking = rank_pages('"herring red" fish -boats', ArticlePage.objects.all(), has_operators=False)
    titles = {page.title for page in ArticlePage.objects.filter(pk__in=[page.page_id for page in ranking.pages])}
    assert {"Fish", "Clue"} <= titles


def test_a_title_that_is_newer_than_the_index_is_no_phrase(library, found):
    Page.objects.filter(title="Fish").update(title="Red herring as a fish")
    assert found('"red herring"') == ["Clue", "Red herring", "Smoked"]


def test_a_phrase_tells_nothing_of_a_page_that_is_hidden(library, found):
    clue = library["Clue"]
    PageViewRestriction.objects.create(page=clue, restriction_type="login")
    assert found('"red herring"') == ["Red herring", "Smoked"]
    assert found('"leads astray"') == []
    assert found('truth -"leads astray"') == found("truth")
    Page.objects.filter(pk=library["Smoked"].pk).update(live=False)
    assert found('"red herring"') == ["Red herring"]


@pytest.mark.parametrize("hidden", [("Clue", "Fish"), ("Red herring", "Smoked")])
def test_hidden_pages_take_no_place_among_those_that_are_read(library, found, monkeypatch, hidden):
    monkeypatch.setattr(constants, "PHRASE_PAGES", 2)
    monkeypatch.setattr(constants, "MAX_SCORED", 2)
    Page.objects.filter(title__in=hidden).update(live=False)  # behind our back: their terms are still there
    assert found('"red herring"') == sorted({"Clue", "Red herring", "Smoked"} - {*hidden})


def test_pages_that_are_not_read_are_excluded_by_their_terms(library, found, monkeypatch):
    assert "Fish" in found('herring -"red herring"')
    monkeypatch.setattr(constants, "PHRASE_PAGES", 0)
    assert "Fish" not in found('herring -"red herring"')


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fish boats", 2),
        ("fish -boats", 3),
        ('fish "red herring"', 4),
        ('fish -"red herring"', 4),
        ('"herring" fish', 3),
    ],
)
def test_only_a_phrase_costs_a_statement(library, statements, query, expected):
    english = Locale.objects.get(language_code="en")
    list(ArticlePage.objects.search("fish", backend="keyword"))
    with statements() as captured:
        results = ArticlePage.objects.filter(locale=english).search(query, backend="keyword")
        assert list(results)
        assert not results.degraded
    assert captured.count == expected


def test_a_phrase_that_no_page_has_ends_the_search(library, statements, provider):
    list(ArticlePage.objects.search("fish", backend="hybrid"))
    provider.reset()
    with statements() as captured:
        assert list(ArticlePage.objects.search('"harbour red" unheard', backend="hybrid")) == []
    assert (captured.count, provider.calls) == (2, 0)


def draft_of(page, provider, text):
    (vector,) = provider.embed_documents([text])
    terms = EntryTerms.objects.get(page=page).terms
    return UnsavedPage(page.pk, dict.fromkeys(terms, 1.0), vector.reshape(1, -1), "en", page.title, (("", text),))


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ('"red herring"', True),
        ('"herring red"', False),
        ("fish -zeppelin", True),
        ("fish -boats", False),
        ('fish -"red herring"', False),
        ('fish -"red boats"', True),
    ],
)
def test_a_draft_is_asked_what_other_pages_are(library, provider, query, is_found):
    fish = library["Fish"]
    draft = draft_of(fish, provider, "The fish is a red herring. Boats bring it home.")
    ranking = rank_pages(query, ArticlePage.objects.all(), language_code="en", unsaved=draft)
    assert (fish.pk in [page.page_id for page in ranking.pages]) is is_found


def test_the_keyword_backend_gets_phrases_and_exclusions_where_the_index_cannot_answer(library):
    Generation.objects.update(state=Generation.State.RETIRED)
    for page in ArticlePage.objects.all():
        page.save()
    results = search_pages('"red herring" -truth', queryset=ArticlePage.objects.all())
    assert results.degraded
    assert {page.title for page in results} == {"Clue", "Smoked"}


HOSTILE = [
    '"' * 1001,
    "“" * 1000,
    "-" * 10_000,
    "-a" * 5000,
    '-"' * 1000,
    '"a" ' * 1000,
    "-ab " * 1000 + "x",
    '"%s %(x)s"',
]
HOSTILE += [
    '"' + "fish " * 900 + '"',
    "fish -" + "fish-" * 180 + "fish",
    '"\x00 fish"',
    "「" + "魚" * 900 + "」",
    '"fish -boats"',
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: repr(query[:12]))
def test_hostile_operators_are_answered(found, query):
    assert isinstance(found(query), list)
