"""The document side of BM25."""

import numpy as np
import pytest

from wagtail_vector_search.ranking.bm25 import bm25_weights


def test_a_term_of_an_average_page_weighs_what_the_formula_says():
    (weight,) = bm25_weights({"boat": 2}, 2, average_length=2)
    assert weight == pytest.approx(2 * 2.2 / (2 + 1.2))


def test_a_part_of_an_occurrence_weighs_what_the_formula_says():
    (weight,) = bm25_weights({"boat": 0.3}, 6, average_length=2)
    assert weight == pytest.approx(0.3 * 2.2 / (0.3 + 1.2 * (0.25 + 0.75 * 3)))


def test_a_term_weighs_less_on_a_longer_page():
    short, long = (bm25_weights({"boat": 1, "sea": other}, 1 + other, 10)[0] for other in (1, 50))
    assert long < short


def test_terms_beside_those_of_the_words_make_no_page_longer():
    alone, beside = (bm25_weights(frequencies, 1, 10)[0] for frequencies in ({"email": 1}, {"email": 1, "mail": 0.3}))
    assert alone == beside


def test_repetition_stops_counting():
    weights = [bm25_weights({"boat": count}, count, 0)[0] for count in (1, 2, 100, 10_000)]
    assert weights == sorted(weights)
    assert weights[-1] < 2.2


def test_without_an_average_the_page_itself_is_average():
    assert list(bm25_weights({"boat": 3, "sea": 1}, 4, 0)) == list(bm25_weights({"boat": 3, "sea": 1}, 4, 4))


def test_weights_fit_into_the_columns_precision():
    assert np.isfinite(np.float32(bm25_weights({"boat": 10**6}, 10**6, 1e9))).all()
