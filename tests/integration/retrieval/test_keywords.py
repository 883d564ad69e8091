"""The keyword leg is BM25."""

from dataclasses import replace
from math import log

import pytest
from wagtail.models import Page

from tests.kept import kept
from tests.testapp.models import ArticlePage
from wagtail_vector_search.analysis import get_analyzer
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import EntryTerms, Generation, TermFrequency
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.ranking.formulas import exact_scan_limit
from wagtail_vector_search.retrieval import Legs, rank_pages
from wagtail_vector_search.retrieval.candidates import find_candidates
from wagtail_vector_search.retrieval.keywords import find_by_keywords, pages_to_score
from wagtail_vector_search.retrieval.search import prepare_search
from wagtail_vector_search.retrieval.values import Limits
from wagtail_vector_search.visibility.pages import visible_to

pytestmark = pytest.mark.django_db

TEXTS = {
    "Boats": "A boat, a boat and another boat rest in the harbour.",
    "Harbour": "Harbours are where boats rest while the sea is rough.",
    "Sea": "The sea is rough, and the rough sea is no place for rest.",
    "Bread": "Bread rests before it goes into the oven, and after.",
    "Oven": "An oven.",
    "Post": "An e-mail of StreamField, and a StreamField for mail.",
}


@pytest.fixture
@kept
def pages(make_article, build_index):
    made = {title: make_article(title, text) for title, text in TEXTS.items()}
    build_index()
    return made


def bm25(terms, k1=1.2, b=0.75):
    """Score every text by the textbook; its title counts twice, joined words and parts of words count .3."""
    index = Generation.objects.get()
    page_count = EntryTerms.objects.count()
    scores: dict[str, float] = {}
    for title, text in TEXTS.items():
        document = get_analyzer("en", {}).count(f"{title} {title} {text}")
        norm = k1 * (1 - b + b * document.length / index.average_length)
        for term, frequency in terms.items():
            pages = sum(row.document_frequency for row in TermFrequency.objects.filter(term=term))
            idf = log(1 + (page_count - pages + 0.5) / (pages + 0.5))
            tf = document.frequencies[term] + 0.3 * document.secondary[term]
            scores[title] = scores.get(title, 0) + frequency * idf * tf * (k1 + 1) / (tf + norm)
    return {title: score for title, score in scores.items() if score > 0}


def found(query, pages):
    by_id = {page.pk: title for title, page in pages.items()}
    ranking = rank_pages(query, Page.objects.filter(pk__in=by_id), legs=Legs.KEYWORD)
    return {by_id[page.page_id]: page.score for page in ranking.pages}


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("boat", {"boat": 1}),
        ("rough sea", {"rough": 1, "sea": 1}),
        ("rest", {"rest": 1}),
        ("boats in the harbour", {"boat": 1, "harbour": 1}),
        ("sea sea boat", {"sea": 2, "boat": 1}),
        ("oven bread sea", {"oven": 1, "bread": 1, "sea": 1}),
        ("email", {"email": 1}),
        ("e-mail", {"e": 1, "mail": 1, "email": 1}),
        ("mailbox", {}),
        ("StreamField", {"streamfield": 1, "stream": 0.3, "field": 0.3}),
        ("stream field", {"stream": 1, "field": 1, "streamfield": 1}),
        ("StreamBlock", {"stream": 1}),
        ("the", {"the": 1}),
    ],
)
def test_scores_are_those_of_the_textbook(pages, query, terms):
    assert found(query, pages) == pytest.approx(bm25(terms), rel=1e-3)


def test_a_word_that_stands_in_the_query_twice_counts_twice(pages):
    once, twice = found("sea boat", pages), found("sea sea boat", pages)
    assert twice["Sea"] == pytest.approx(2 * once["Sea"], rel=1e-4)
    assert twice["Boats"] == pytest.approx(once["Boats"], rel=1e-4)


@pytest.mark.parametrize("query", ["unknownword", "unknown-word", "who", "=unknownword"])
def test_words_that_no_page_has_find_nothing(pages, query):
    assert found(query, pages) == {}


def test_stop_words_are_looked_up_where_a_query_has_no_other_word(pages):
    assert set(found("the into", pages)) == {"Boats", "Harbour", "Sea", "Bread"}
    assert found("the boat into", pages) == found("boat", pages)
    assert found("the unknownword", pages) == {}


def test_the_term_of_a_title_is_no_word(pages):
    assert found("=sea", pages) == found("sea", pages)
    assert found("x =boat", pages) == found("boat", pages)


def test_a_page_whose_title_is_the_query_comes_first(make_article, build_index):
    titled = make_article("The Rest", "Nothing else of it, but many other words: " + "bread and oven " * 30)
    others = [make_article(f"Other {number}", "Rest, rest, rest.") for number in range(3)]
    build_index()
    ranked = rank_pages("the rest!", Page.objects.all(), legs=Legs.KEYWORD).pages
    assert [page.page_id for page in ranked] == [titled.pk, *(page.pk for page in others)]
    assert [page.has_title for page in ranked] == [True, False, False, False]
    scores = [page.keyword_score or 0 for page in ranked]
    assert 0 < scores[0] < scores[1]
    assert ranked[0].score > ranked[1].score


def test_unknown_words_do_not_hide_the_known_ones(pages):
    assert set(found("unknownword strangeword boat", pages)) == {"Boats", "Harbour"}


def prepare(query, queryset=None):
    candidates = find_candidates(Page.objects.all() if queryset is None else queryset)
    assert candidates
    search = prepare_search(query, candidates, get_index_settings(), "en")
    assert search
    return search


def with_limits(search, **changes):
    return replace(search, limits=replace(search.limits, **changes))


@pytest.mark.parametrize("query", ["boat harbour", "rest", "rough sea oven"])
def test_look_up_and_scan_find_the_same(pages, query):
    search = prepare(query, Page.objects.exclude(title="Harbour"))
    scanned = find_by_keywords(with_limits(search, exact_scan_limit=100))
    looked_up = find_by_keywords(with_limits(search, exact_scan_limit=0))
    assert scanned
    assert [hit.page_id for hit in looked_up] == [hit.page_id for hit in scanned]
    assert [hit.score for hit in looked_up] == pytest.approx([hit.score for hit in scanned])
    assert pages["Harbour"].pk not in {hit.page_id for hit in scanned}


def test_document_frequencies_are_summed_over_the_ledger(pages):
    index = Generation.objects.get()
    TermFrequency.objects.bulk_create(
        TermFrequency(generation=index, term="boat", document_frequency=change) for change in (1, 1, -1)
    )
    (boat,) = prepare("boats").terms
    assert (boat.text, boat.frequency, boat.document_frequency) == ("boat", 1, 3)


@pytest.mark.parametrize(("pages_in_index", "limit"), [(0, 400), (1000, 822), (10_000, 2600), (1_000_000, 26_000)])
def test_the_limit_of_an_exact_scan_grows_with_the_root_of_the_site(pages, pages_in_index, limit):
    Generation.objects.update(page_count=pages_in_index)
    assert prepare("boat").limits.exact_scan_limit == limit == exact_scan_limit(pages_in_index)


def scan_at_most_two(monkeypatch):
    monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 2)
    monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)


def test_candidates_are_counted_no_further_than_needed(pages, monkeypatch):
    scan_at_most_two(monkeypatch)
    limits = prepare("boat").limits
    assert (limits.candidate_count, limits.exact_scan_limit, limits.uses_exact_scan) == (3, 2, False)


def count_candidates_of_a_large_site(queryset, monkeypatch):
    """Scan at most two pages, on a site that had a hundred when it was last counted."""
    scan_at_most_two(monkeypatch)
    Generation.objects.update(page_count=100)
    return prepare("boat", queryset).limits.candidate_count


@pytest.mark.parametrize("whole", [Page.objects.all, Page.objects.live, lambda: Page.objects.filter(live=True).live()])
def test_the_pages_of_a_large_site_are_not_counted(pages, monkeypatch, whole):
    Page.objects.update(live=False)
    assert count_candidates_of_a_large_site(whole(), monkeypatch) == 3


@pytest.mark.parametrize(
    "narrowed",
    [
        lambda: Page.objects.filter(title="Oven"),
        lambda: Page.objects.live().filter(title="Oven"),
        lambda: Page.objects.filter(title="Oven") | Page.objects.filter(title="Nothing"),
        lambda: ArticlePage.objects.filter(title="Oven"),
        lambda: visible_to(None, Page.objects.filter(title="Oven")),
    ],
)
def test_pages_that_a_queryset_has_narrowed_are_counted(pages, monkeypatch, narrowed):
    assert count_candidates_of_a_large_site(narrowed(), monkeypatch) == 1


def test_candidates_that_were_not_counted_to_the_end_are_taken_for_all_pages(pages):
    search = prepare("boat")
    search = replace(search, generation=replace(search.generation, page_count=1000))

    def needed(candidate_count):
        return pages_to_score(replace(search, limits=Limits(candidate_count, exact_scan_limit=500)))

    assert (needed(100), needed(500), needed(501)) == (200, 40, 20)
