"""How far a page has moved, as an arrow and for screen readers."""

import pytest

from wagtail_vector_search.admin.lab.searching import BY_WORDS, Move


@pytest.mark.parametrize(
    ("here", "there", "direction", "label", "sentence"),
    [
        (1, 3, "up", "by words: 3", "2 places higher than by words, where it is number 3"),
        (1, 2, "up", "by words: 2", "1 place higher than by words, where it is number 2"),
        (5, 1, "down", "by words: 1", "4 places lower than by words, where it is number 1"),
        (2, 2, "same", "by words: 2", "in the same place by words"),
        (2, None, "new", "not found by words", "not found by words"),
    ],
)
def test_a_move_is_an_arrow_and_a_sentence(here, there, direction, label, sentence):
    move = Move(BY_WORDS, here, there)
    assert (move.direction, move.label, move.sentence) == (direction, label, sentence)
