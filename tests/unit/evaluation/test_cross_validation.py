"""Choosing a weight without fooling oneself."""

from random import Random

import pytest

from wagtail_vector_search.evaluation.significance import cross_validate

WEIGHTS = (0.0, 0.5, 1.0)


def noise(seed, number):
    random = Random(seed)
    return [random.random() for _ in range(number)]


def test_a_weight_that_is_better_for_every_query_is_a_gain():
    found = cross_validate(WEIGHTS, [[0.2] * 40, [0.9] * 40, [0.3] * 40], [0.3] * 40)
    assert found.best == 0.5
    assert (found.present, found.cross_validated) == pytest.approx((0.3, 0.9))
    assert found.gain == pytest.approx((0.6, 0.6, 0.6))
    assert found.is_gain
    assert not found.too_few


def test_luck_is_no_gain():
    """Of many weights that differ by chance alone, one always looks better than the present one; none is."""
    gains = 0
    for site in range(12):
        scores = [noise(f"{site} {weight}", 40) for weight in range(21)]
        found = cross_validate(range(21), scores, noise(f"{site} present", 40))
        assert max(found.scores) > found.present
        assert max(found.scores) >= found.cross_validated
        gains += found.is_gain
    assert gains <= 1


def test_no_query_is_measured_by_a_weight_that_it_helped_to_choose():
    # Each query is served by one weight of its own: what suits the others never suits it.
    scores = [[float(query == weight) for query in range(5)] for weight in range(5)]
    found = cross_validate(range(5), scores, [0.0] * 5)
    assert found.cross_validated == 0.0


def test_the_present_settings_are_not_beaten_by_themselves():
    scores = noise("queries", 40)
    found = cross_validate(WEIGHTS, [scores] * 3, scores)
    assert found.gain == pytest.approx((0, 0, 0))
    assert not found.is_gain


def test_of_equal_weights_the_middle_one_is_best():
    assert cross_validate((0.0, 0.1, 0.2, 0.3), [[1, 1], [1, 1], [1, 1], [0, 0]], [0, 0]).best == 0.1


def test_the_same_seed_gives_the_same_answer():
    scores = [noise(seed, 23) for seed in range(3)]
    present = noise(9, 23)
    assert cross_validate(WEIGHTS, scores, present, seed=4) == cross_validate(WEIGHTS, scores, present, seed=4)
    assert cross_validate(WEIGHTS, scores, present, seed=4) != cross_validate(WEIGHTS, scores, present, seed=5)


def test_few_queries_are_called_few():
    assert cross_validate(WEIGHTS, [[1, 1]] * 3, [0, 0]).too_few


def test_one_query_is_not_enough():
    with pytest.raises(ValueError, match="only one"):
        cross_validate(WEIGHTS, [[1]] * 3, [0])
