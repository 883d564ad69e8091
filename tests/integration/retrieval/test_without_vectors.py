"""A page that waits for its vectors, or never got them, is judged by its words: hybrid finds it as keyword does."""

import pytest
from wagtail.models import Page

from wagtail_vector_search.models import Embedding256, Generation
from wagtail_vector_search.retrieval import Legs, rank_pages

pytestmark = pytest.mark.django_db

#: Where a search has a cut-off, as on a site that was calibrated.
CALIBRATION = {"background_similarity": 0.2, "title_similarity": 0.6}


@pytest.fixture
def ranks(configure):
    """Return a function that searches and returns keys of pages, best first."""
    configure(CUTOFF=0.2)

    def rank(query, legs=Legs.HYBRID):
        return [page.page_id for page in rank_pages(query, Page.objects.all(), legs=legs).pages]

    return rank


@pytest.fixture
def without_vectors(site, make_article, build_index):
    """A page whose words are stored, and no vector: as a remote provider leaves it after a publish, or refuses it."""
    page = make_article("Serial numbers", "The part 9b12e belongs to the ladder that we lend for a weekend.")
    build_index()
    Embedding256.objects.filter(page=page.pk).delete()
    Generation.objects.update(**CALIBRATION)
    return page


@pytest.mark.parametrize("query", ["9b12e", "ladder weekend", "where can I borrow a ladder for a weekend in spring"])
@pytest.mark.parametrize("scan", ["exact", "walk"])
def test_hybrid_finds_it_first_where_keyword_does(without_vectors, ranks, request, query, scan):
    if scan == "walk":
        request.getfixturevalue("walks")
    assert ranks(query, Legs.KEYWORD)[0] == without_vectors.pk
    assert ranks(query)[0] == without_vectors.pk


def test_a_page_with_next_to_nothing_of_the_query_stays_out(without_vectors, ranks, make_article, build_index):
    for number in range(10):
        make_article(f"Weekend {number}", "What we do on a weekend.")
    build_index()
    Embedding256.objects.filter(page=without_vectors.pk).delete()
    assert without_vectors.pk in ranks("weekend", Legs.KEYWORD)
    query = "zebras, giraffes, elephants, antelopes, crocodiles and hippopotamuses on a weekend"
    assert without_vectors.pk not in ranks(query)


def test_the_result_says_that_its_words_have_found_it(without_vectors, ranks):
    ranking = rank_pages("9b12e", Page.objects.all())
    (page,) = (page for page in ranking.pages if page.page_id == without_vectors.pk)
    assert page.matched_by == ("keyword",)


def test_meaning_alone_does_not_find_it(without_vectors, ranks):
    assert without_vectors.pk not in ranks("9b12e", Legs.SEMANTIC)


def test_where_no_page_has_vectors_hybrid_ranks_as_keyword_does(site, ranks):
    Embedding256.objects.all().delete()
    Generation.objects.update(**CALIBRATION)
    for query in ("nested dictionary", "harbour bread"):
        assert ranks(query) == ranks(query, Legs.KEYWORD)


def test_a_page_with_vectors_is_judged_by_both_as_before(site, ranks, without_vectors):
    similarities = {page.page_id: page for page in rank_pages("bread oven", Page.objects.all()).pages}
    assert similarities[site["Baking bread"].pk].has_vectors
    assert similarities[site["Baking bread"].pk].matched_by == ("semantic", "keyword")
