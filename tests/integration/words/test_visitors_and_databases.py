"""What a query finds depends neither on the visitor's browser nor on how the database cuts words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page

from tests.kept import kept

pytestmark = pytest.mark.django_db

PAGES = [
    ("Our policies", "A policy for each thing that we do."),
    ("The opening of the libraries", "A policy for novels, and shoes off in the reading room."),
    ("Parked cars", "Where parked cars are towed to."),
    ("Shoe repair", "Soles and heels while you wait."),
    ("\u00d6FFNUNGSZEITEN", "Hours of the partner office in Germany."),
]


@pytest.fixture
@kept
def site(build_site):
    build_site(PAGES)


@pytest.mark.parametrize(
    "query", ["library", "policy", "parked cars", "shoe", "the opening of the libraries", "parking permits", "swimming"]
)
@pytest.mark.parametrize("backend", ["keyword", "hybrid"])
def test_every_visitor_gets_the_same_results(site, backend, query):
    found = []
    for visitor in ("en", "de", "fr", "tr", "zh-hans"):
        with translation.override(visitor):
            results = Page.objects.search(query, backend=backend)
            found.append(([page.title for page in results], results.corrected_query))
    assert found[0][0]
    assert found == [found[0]] * 5


def test_letters_of_any_case_are_compared_without_the_database(site, missed):
    assert not missed(
        ("\u00d6FFNUNGSZEITEN", "\u00f6ffnungszeiten", "oeffnungszeiten", "\u00d6ffnungszeiten", "offnungszeiten")
    )


def test_no_statement_makes_terms(build_site):
    with CaptureQueriesContext(connection) as statements:
        build_site(PAGES, background=[])
        list(Page.objects.search("policy novels", backend="hybrid"))
        list(Page.objects.search("policy novels", backend="keyword"))
    # Wagtail's own search writes an index of its own.
    sent = " ".join(statement["sql"] for statement in statements if "wagtail_vector_search" in statement["sql"])
    assert "sparsevec" in sent
    assert "tsvector" not in sent
    assert "tsquery" not in sent
