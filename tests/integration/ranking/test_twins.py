"""Formulas that PostgreSQL computes, too, give there what they give in Python."""

from itertools import product

import pytest
from django.db import connection

from wagtail_vector_search.database.execute import fetch
from wagtail_vector_search.database.sparse_vectors import SQL_TERM_POSITION, term_position
from wagtail_vector_search.ranking import constants, formulas

pytestmark = pytest.mark.django_db

COUNTS = [0, 1, 2, 3, 7, 10, 99, 100, 1000, 1001, 54_321, 1_000_000]


def compute(expression, columns, rows, parameters=None):
    """Return the values of an SQL expression over a grid."""
    arrays = {name: list(values) for name, values in zip(columns, zip(*rows, strict=True), strict=True)}
    sources = ", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items())
    statement = (
        f"SELECT {expression} AS computed FROM unnest({sources}) WITH ORDINALITY AS grid ({', '.join(columns)}, place)"
        " ORDER BY place"
    )
    return [row.computed for row in fetch(connection.alias, statement, {**arrays, **(parameters or {})})]


def test_idf_is_the_same_in_both():
    grid = [*product(COUNTS, COUNTS), (-3, 10)]
    expression = formulas.IDF_SQL.format(document_frequency="document_frequency", page_count="page_count")
    computed = compute(expression, {"document_frequency": "float8", "page_count": "float8"}, grid)
    assert computed == pytest.approx([formulas.idf(*point) for point in grid], rel=1e-12)


def test_the_limit_of_an_exact_scan_is_the_same_in_both():
    grid = [(count,) for count in (*COUNTS, *range(200, 5000, 7))]
    parameters = {
        "exact_scan_at_least": constants.EXACT_SCAN_AT_LEAST,
        "exact_scan_per_root": constants.EXACT_SCAN_PER_ROOT,
    }
    expression = formulas.EXACT_SCAN_LIMIT_SQL.format(page_count="page_count")
    computed = compute(expression, {"page_count": "int"}, grid, parameters)
    assert computed == [formulas.exact_scan_limit(*point) for point in grid]


def test_a_term_has_the_same_position_in_both():
    grid = [
        (term,) for term in ("", "a", "bread", "été", "搜索", "a" * 500, "os.path", *(f"term{n}" for n in range(500)))
    ]
    computed = compute(SQL_TERM_POSITION.format(term="term"), {"term": "text"}, grid)
    assert computed == [term_position(*point) for point in grid]
