"""One rule says which pages are private, for searches, for the survey of a generation and for the signal handlers."""

import random

import pytest
from django.db import ProgrammingError, transaction
from wagtail.models import Page, PageViewRestriction

from wagtail_vector_search.database.execute import fetch, name_parameters
from wagtail_vector_search.generations.writable import get_writable_generations
from wagtail_vector_search.indexing.survey import survey
from wagtail_vector_search.visibility import (
    KNOWN_CLOSED_PATHS,
    closed_paths_sql,
    is_private_sql,
    site_lookup_sql,
    visible_pages,
    visible_to,
)

from .test_visible_to import make_tree, visitor

pytestmark = pytest.mark.django_db


def compiled(queryset):
    text, values = queryset.values("pk").query.sql_with_params()
    return name_parameters(text, values, "pages")


def is_private(page_id):
    """Ask as a comparison of the site with the index does."""
    statement = (
        "WITH closed_path (path) AS ({closed_paths}) "
        "SELECT {is_private} AS found FROM {page} AS page WHERE {pk} = %(id)s"
    )
    names = {"closed_paths": closed_paths_sql("default"), "is_private": is_private_sql("page.path")}
    return fetch("default", statement, {"id": page_id}, **names)[0].found


@pytest.mark.parametrize("seed", range(4))
def test_searches_survey_and_signal_handlers_agree_on_what_is_private(home, build_index, seed):
    make_tree(home, random.Random(seed))
    build_index()
    pages = Page.objects.filter(depth__gt=1)
    visible = set(visible_pages(pages).values_list("pk", flat=True))
    surveyed = survey(get_writable_generations("default")[0], list(pages.values_list("pk", flat=True)))
    assert len(surveyed) == len(pages)
    for entry in surveyed:
        assert entry.private is is_private(entry.page_id)
        assert entry.is_alias or entry.private is (entry.page_id not in visible)


def test_a_page_below_an_alias_of_a_restricted_page_is_private(articles, home, make_article):
    alias = articles["Baking bread"].create_alias(parent=home, update_slug="bread-again")
    below = make_article("Rolls", parent=alias)
    assert not is_private(below.pk)
    PageViewRestriction.objects.create(page=articles["Baking bread"], restriction_type="login")
    assert is_private(below.pk)
    assert below.pk not in visible_pages(Page.objects.all()).values_list("pk", flat=True)


def test_a_query_takes_the_closed_paths_that_another_statement_has_found(articles):
    PageViewRestriction.objects.create(page=articles["Baking bread"], restriction_type="login")
    query = compiled(visible_pages(Page.objects.filter(depth__gt=2), known=KNOWN_CLOSED_PATHS))
    assert "RECURSIVE" not in query.text
    known = "WITH closed_path AS ({closed_paths}), site (size, paths, pattern) AS ({site})"
    names = {"closed_paths": closed_paths_sql("default"), "site": site_lookup_sql(), "query": query.text}
    statement = f"{known} SELECT id FROM ({{query}}) AS page (id)"
    found = {row.id for row in fetch("default", statement, query.parameters, **names)}
    assert found == {page.pk for title, page in articles.items() if title != "Baking bread"}


def test_a_database_refuses_a_query_to_which_no_closed_paths_are_given(articles):
    query = compiled(visible_pages(Page.objects.all(), known=KNOWN_CLOSED_PATHS))
    with pytest.raises(ProgrammingError, match="site"), transaction.atomic():
        fetch("default", "{query}", query.parameters, query=query.text)


def test_the_visitor_of_visible_to_decides_whatever_closed_paths_are_known(articles):
    pages = visible_to(visitor(), Page.objects.all())
    assert KNOWN_CLOSED_PATHS not in compiled(visible_pages(pages, known=KNOWN_CLOSED_PATHS)).text
