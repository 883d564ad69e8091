"""Percentiles of times, and typing errors in queries."""

import pytest

from benchmarks.measures import misspell, percentile

QUERY = "how does the boundary layer of a wing separate"


def test_a_percentile_is_one_of_the_values():
    values = [float(number) for number in range(100, 0, -1)]

    assert [percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 50.0, 95.0, 100.0]
    assert percentile([7.0], 0.95) == 7.0


@pytest.mark.parametrize("edits", [1, 2])
def test_as_many_words_are_misspelt_as_asked(edits):
    words = zip(QUERY.split(), misspell(QUERY, edits, "1").split(), strict=True)

    changed = [(before, after) for before, after in words if before != after]

    assert len(changed) == edits
    assert all(abs(len(before) - len(after)) <= 1 and before[0] == after[0] for before, after in changed)


def test_the_same_seed_makes_the_same_errors():
    assert misspell(QUERY, 2, "7") == misspell(QUERY, 2, "7")
    assert len({misspell(QUERY, 1, str(seed)) for seed in range(20)}) > 10


def test_short_words_and_numbers_stay_as_they_are():
    assert misspell("the 1234 of it", 2, "1") == "the 1234 of it"


def test_every_letter_the_same_can_still_be_misspelt():
    assert all(misspell("aaaa", 1, str(seed)) != "aaaa" for seed in range(50))
