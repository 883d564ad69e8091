"""The document side of BM25."""

import struct

import numpy as np
import pytest
from pgvector import SparseVector

from wagtail_vector_search.database.sparse_vectors import MAX_NONZERO, term_position
from wagtail_vector_search.indexing.bm25 import bm25_weights, sparse_vector


def test_a_term_of_an_average_page_weighs_what_the_formula_says():
    (weight,) = bm25_weights({"boat": 2}, average_length=2)
    assert weight == pytest.approx(2 * 2.2 / (2 + 1.2))


def test_a_term_weighs_less_on_a_longer_page():
    short, long = (bm25_weights({"boat": 1, "sea": other}, 10)[0] for other in (1, 50))
    assert long < short


def test_repetition_stops_counting():
    weights = [bm25_weights({"boat": count}, 0)[0] for count in (1, 2, 100, 10_000)]
    assert weights == sorted(weights)
    assert weights[-1] < 2.2


def test_without_an_average_the_page_itself_is_average():
    assert list(bm25_weights({"boat": 3, "sea": 1}, 0)) == list(bm25_weights({"boat": 3, "sea": 1}, 4))


def test_the_vector_holds_each_weight_at_its_terms_position():
    frequencies = {"boat": 2, "sea": 1, "wind": 5}
    vector = SparseVector.from_binary(sparse_vector(frequencies, 8))
    expected = dict(zip(map(term_position, frequencies), bm25_weights(frequencies, 8), strict=True))
    found = dict(zip(vector.indices(), vector.values(), strict=True))
    assert found == pytest.approx(expected)
    assert list(vector.indices()) == sorted(expected)


def test_terms_that_share_a_position_are_added_up(monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.indexing.bm25.term_position", lambda _: 7)
    vector = SparseVector.from_binary(sparse_vector({"boat": 1, "sea": 1}, 2))
    assert vector.indices() == [7]
    assert vector.values()[0] == pytest.approx(bm25_weights({"boat": 1, "sea": 1}, 2).sum())


def test_the_heaviest_terms_are_kept_of_a_page_with_too_many():
    frequencies = {f"word{number}": 1 for number in range(MAX_NONZERO + 50)}
    frequencies["boat"] = 40
    vector = SparseVector.from_binary(sparse_vector(frequencies, 100))
    assert len(vector.indices()) == MAX_NONZERO
    assert list(vector.indices()) == sorted(vector.indices())
    assert term_position("boat") in vector.indices()


def test_a_page_without_words_has_an_empty_vector():
    assert struct.unpack(">iii", sparse_vector({}, 5)) == (1_000_000_000, 0, 0)


def test_weights_fit_into_the_columns_precision():
    assert np.isfinite(np.float32(bm25_weights({"boat": 10**6}, 1e9))).all()
