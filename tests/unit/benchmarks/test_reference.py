"""What the hybrid is compared with."""

from benchmarks.documents import Document
from benchmarks.relevance.reference import BM25, RRF, Found, Results, fuse_reciprocal_ranks, make_references


def ranking(*keys):
    return [Found(key) for key in keys]


def test_reciprocal_ranks_prefer_what_both_rankings_have():
    assert fuse_reciprocal_ranks([ranking(1, 2, 3), ranking(4, 2)]) == ranking(2, 1, 4, 3)


def test_equal_reciprocal_ranks_stand_as_in_the_first_ranking():
    assert fuse_reciprocal_ranks([ranking(1, 2), ranking(2, 1)]) == ranking(1, 2)


def test_the_reference_finds_by_words_and_fuses_them_with_meaning():
    documents = [Document("Boats", "A boat is sailing."), Document("Bread", "Bakers bake."), Document("Sea", "Salt.")]
    searches = make_references([11, 12, 13], documents, lambda _query: Results(ranking(13, 11)))
    found = searches[BM25]("the sailing of boats")
    assert (list(found[:10]), found.count()) == (ranking(11), 1)
    assert list(searches[RRF]("boats")[:10]) == ranking(11, 13)
    assert searches[BM25]("the of").count() == 0
