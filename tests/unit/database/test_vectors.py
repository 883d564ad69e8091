"""Vectors in the binary form that pgvector reads."""

import struct

import numpy as np
import pytest
from pgvector import HalfVector, SparseVector

from wagtail_vector_search.database.sparse_vectors import MAX_NONZERO, sparse_binary, term_position
from wagtail_vector_search.database.vectors import halfvec_binary
from wagtail_vector_search.ranking.bm25 import bm25_weights


def weights_of(frequencies, average_length):
    return bm25_weights(frequencies, sum(frequencies.values()), average_length)


def sparse_vector(frequencies, average_length):
    return sparse_binary(frequencies, weights_of(frequencies, average_length))


def test_a_sparse_vector_holds_each_weight_at_its_terms_position():
    frequencies = {"boat": 2, "sea": 1, "wind": 5}
    vector = SparseVector.from_binary(sparse_vector(frequencies, 8))
    expected = dict(zip(map(term_position, frequencies), weights_of(frequencies, 8), strict=True))
    found = dict(zip(vector.indices(), vector.values(), strict=True))
    assert found == pytest.approx(expected)
    assert list(vector.indices()) == sorted(expected)


def test_weights_of_terms_that_share_a_position_are_added(monkeypatch):
    monkeypatch.setattr("wagtail_vector_search.database.sparse_vectors.term_position", lambda _: 7)
    vector = SparseVector.from_binary(sparse_vector({"boat": 1, "sea": 1}, 2))
    assert vector.indices() == [7]
    assert vector.values()[0] == pytest.approx(weights_of({"boat": 1, "sea": 1}, 2).sum())


def test_the_heaviest_terms_are_kept_of_a_page_with_too_many():
    frequencies = {f"word{number}": 1 for number in range(MAX_NONZERO + 50)}
    frequencies["boat"] = 40
    vector = SparseVector.from_binary(sparse_vector(frequencies, 100))
    assert len(vector.indices()) == MAX_NONZERO
    assert list(vector.indices()) == sorted(vector.indices())
    assert term_position("boat") in vector.indices()


def test_a_page_without_words_has_an_empty_sparse_vector():
    assert struct.unpack(">iii", sparse_vector({}, 5)) == (1_000_000_000, 0, 0)


def test_a_half_precision_vector_is_written_as_pgvector_reads_it():
    rows = np.array([[0.5, -0.25, 1.0]], dtype=np.float32)
    (binary,) = halfvec_binary(rows)
    assert HalfVector.from_binary(binary).to_list() == [0.5, -0.25, 1.0]
    assert struct.unpack(">hh", binary[:4]) == (3, 0)
