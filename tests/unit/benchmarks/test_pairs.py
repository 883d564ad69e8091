"""What something adds, from pairs of times."""

from benchmarks.measures import compare_pairs


def test_time_that_both_of_a_pair_lose_is_not_added():
    noise = [0.0, 70.0, 3.0, 900.0, 12.0]

    found = compare_pairs([20 + late for late in noise], [22 + late for late in noise])

    assert found == (32.0, 2.0, 2.0, 2.0)


def test_the_quartiles_tell_how_sure_it_is():
    assert compare_pairs([0.0] * 8, [8.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])[1:] == (4.0, 2.0, 6.0)
