"""The formulas of a ranking."""

import pytest

from wagtail_vector_search.ranking import constants
from wagtail_vector_search.ranking.formulas import known_share, walk_breadth
from wagtail_vector_search.ranking.values import QueryTerm


@pytest.mark.parametrize(
    ("page_count", "breadth"), [(0, 300), (10_000, 300), (50_000, 503), (150_000, 871), (5_000_000, 1000)]
)
def test_the_graph_of_a_larger_site_is_walked_more_broadly(page_count, breadth):
    assert walk_breadth(page_count) == breadth


def test_a_corrected_word_counts_less_as_known_than_one_that_was_typed():
    typed, corrected = QueryTerm("boat", 1, 5), QueryTerm("harbour", 1, 5, is_corrected=True)
    unknown = QueryTerm("zeppelin", 1, 0)
    assert known_share([typed], 100) == 1
    assert known_share([corrected], 100) == pytest.approx(constants.CORRECTED_KNOWN)
    assert known_share([typed, corrected], 100) == pytest.approx((1 + constants.CORRECTED_KNOWN) / 2)
    assert known_share([unknown], 100) == 0
