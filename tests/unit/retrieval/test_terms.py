"""Which terms of a query decide what is looked at."""

from math import log

import pytest

from wagtail_vector_search.ranking import constants
from wagtail_vector_search.ranking.formulas import term_weight
from wagtail_vector_search.ranking.values import QueryTerm
from wagtail_vector_search.retrieval.keywords import choose_terms


def terms(**frequencies):
    return [QueryTerm(text, 1, frequency) for text, frequency in frequencies.items()]


def chosen(needed, page_count=50_000, **frequencies):
    return [term.text for term in choose_terms(terms(**frequencies), needed=needed, page_count=page_count)]


def test_the_rarest_terms_are_chosen_as_long_as_they_are_cheap():
    assert chosen(100, common=30_000, rare=40, medium=900) == ["rare", "medium"]


def test_a_common_term_is_chosen_when_the_rare_ones_do_not_fill_the_leg():
    assert chosen(100, common=30_000, rare=40) == ["rare", "common"]
    assert chosen(2000, common=30_000, medium=900) == ["medium", "common"]


def test_a_word_the_site_does_not_know_takes_the_place_of_no_other():
    assert chosen(100, unknown=0, strange=0, known=500, common=30_000) == ["unknown", "strange", "known"]


def test_every_term_is_chosen_on_a_small_site():
    assert set(chosen(20, a=20, b=18, c=2, d=0)) == {"a", "b", "c", "d"}


def test_every_term_is_chosen_where_all_pages_may_be_scored():
    """Words that stand on most pages add up to more pages than there are."""
    most = constants.MAX_SCORED
    terms_of_most_pages = {"a": most - 1, "b": most - 2, "c": most - 3}
    assert set(chosen(20, most, **terms_of_most_pages)) == {"a", "b", "c"}
    assert set(chosen(20, most + 1, **terms_of_most_pages)) == {"c"}


def test_the_weight_of_a_term_is_its_idf_times_its_frequency_in_the_query():
    assert term_weight(QueryTerm("word", 2, 30), 1000) == pytest.approx(2 * log(1 + (1000 - 30 + 0.5) / (30 + 0.5)))


@pytest.mark.parametrize("frequency", [0, -3, 1])
def test_a_term_on_no_page_weighs_as_if_it_were_on_one(frequency):
    assert term_weight(QueryTerm("word", 1, frequency), 10) == pytest.approx(log(1 + 9.5 / 1.5))


@pytest.mark.parametrize("page_count", [0, 5])
def test_statistics_behind_the_times_never_make_a_weight_negative(page_count):
    assert term_weight(QueryTerm("word", 1, 50), page_count) > 0
