"""The formulas of a ranking."""

import pytest

from wagtail_vector_search.ranking.formulas import walk_breadth


@pytest.mark.parametrize(
    ("page_count", "breadth"), [(0, 300), (10_000, 300), (50_000, 503), (150_000, 871), (5_000_000, 1000)]
)
def test_the_graph_of_a_larger_site_is_walked_more_broadly(page_count, breadth):
    assert walk_breadth(page_count) == breadth
