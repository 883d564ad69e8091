"""How far what was typed is from a word, as typing errors go. Pure.

Optimal string alignment (Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.1) with
errors that people make often counting less: two letters swapped, a letter doubled or not, one vowel for another.
"""

from __future__ import annotations

from ...ranking import constants

_VOWELS = frozenset("aeiouy")


def typing_cost(typed: str, word: str, most: float) -> float:
    """Return how many errors make what was typed of a word; infinity for more than ``most``.

    Args:
        typed: in lower case, without accents.
        word: likewise.
        most: errors.
    """
    before_last: list[float] = []
    last = [0.0]
    for place in range(len(word)):
        last.append(last[-1] + _one_letter(word, place))
    for row, letter in enumerate(typed):
        added = _one_letter(typed, row)
        costs = [last[0] + added]
        for column, meant in enumerate(word):
            cost = min(
                last[column] + _replaced(letter, meant),
                last[column + 1] + added,
                costs[column] + _one_letter(word, column),
            )
            if row and column and letter == word[column - 1] != meant == typed[row - 1]:
                cost = min(cost, before_last[column - 1] + constants.SWAPPED_LETTERS)
            costs.append(cost)
        # A swap goes on from the row before the last.
        if min(costs) > most and min(last) + constants.SWAPPED_LETTERS > most:
            return float("inf")
        before_last, last = last, costs
    return last[-1] if last[-1] <= most else float("inf")


def most_errors(length: int, limits: tuple[tuple[int, float], ...]) -> float:
    """Return how many errors a word of so many letters may have; below 0 for none.

    Args:
        length: letters.
        limits: each a number of letters, and the errors that words of so many and more may have.
    """
    return next((errors for letters, errors in reversed(limits) if length >= letters), -1.0)


def _one_letter(word: str, place: int) -> float:
    """Return what a letter costs that only one of the two has."""
    return constants.DOUBLED_LETTER if place and word[place] == word[place - 1] else 1.0


def _replaced(letter: str, meant: str) -> float:
    if letter == meant:
        return 0.0
    return constants.OTHER_VOWEL if letter in _VOWELS and meant in _VOWELS else 1.0
