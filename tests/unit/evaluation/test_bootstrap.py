"""The interval of a difference between two systems."""

import pytest

from wagtail_vector_search.evaluation.significance import paired_difference


def test_a_constant_difference_has_no_spread():
    assert paired_difference([0.5, 0.7], [0.4, 0.6]) == pytest.approx((0.1, 0.1, 0.1))


def test_the_interval_holds_the_mean_and_is_as_wide_as_the_normal_one():
    first = [1.0, 0.0] * 200

    found = paired_difference(first, [0.0] * 400)

    # Standard error of a coin thrown 400 times: .5 / 20; 1.96 of them on either side.
    assert found.mean == 0.5
    assert (found.low, found.high) == pytest.approx((0.451, 0.549), abs=0.005)


def test_the_same_seed_gives_the_same_interval():
    scores = [0.1, 0.9, 0.4, 0.6]

    assert paired_difference(scores, [0.5] * 4) == paired_difference(scores, [0.5] * 4)


def test_scores_of_different_queries_cannot_be_paired():
    with pytest.raises(ValueError, match="2 scores cannot be paired with 1"):
        paired_difference([0.1, 0.2], [0.1])
