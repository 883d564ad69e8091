"""A save is written to the keyword index once, by the backend that is configured for it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from modelsearch.backends import get_search_backend, get_search_backends_with_name
from modelsearch.backends.base import BaseIndex
from modelsearch.backends.database.postgres.postgres import PostgresIndex
from wagtail.models import Page

OURS = "wagtail_vector_search.backends."
DATABASE = "wagtail.search.backends.database"


@pytest.fixture
def configure(settings):
    """Return a function that configures backends and returns them by alias."""

    def configure(**entries):
        settings.WAGTAILSEARCH_BACKENDS = {
            alias: {"BACKEND": entry} if isinstance(entry, str) else entry for alias, entry in entries.items()
        }
        return {alias: get_search_backend(alias) for alias in entries}

    return configure


def writers(backends):
    indexes = {alias: backend.get_index_for_model(Page) for alias, backend in backends.items()}
    return [alias for alias, index in indexes.items() if isinstance(index, PostgresIndex)]


def test_ours_write_nothing_beside_a_backend_of_the_project(configure):
    backends = configure(default=DATABASE, hybrid=f"{OURS}hybrid", semantic=f"{OURS}semantic", keyword=f"{OURS}keyword")
    assert writers(backends) == ["default"]
    assert backends["hybrid"].rebuilder_class is None
    assert type(backends["hybrid"].get_index_for_model(Page)) is BaseIndex


def test_a_single_backend_of_ours_keeps_the_keyword_index(configure):
    backends = configure(default=f"{OURS}hybrid", semantic=f"{OURS}semantic")
    assert writers(backends) == ["default"]
    assert backends["default"].rebuilder_class is not None


def test_a_keyword_backend_named_by_its_path_is_recognised_as_the_configured_one(configure):
    entry = {"BACKEND": f"{OURS}hybrid", "KEYWORD_BACKEND": "modelsearch.backends.database"}
    assert writers(configure(default=DATABASE, hybrid=entry)) == ["default"]


def test_a_keyword_backend_without_an_entry_of_its_own_is_kept_by_ours(configure):
    path = "modelsearch.backends.database.postgres.postgres.PostgresSearchBackend"
    backends = configure(default=DATABASE, hybrid={"BACKEND": f"{OURS}hybrid", "KEYWORD_BACKEND": path})
    assert "hybrid" in writers(backends)


@pytest.mark.parametrize(("chosen", "expected"), [(None, "default"), ("other", "other"), (DATABASE, DATABASE)])
def test_the_keyword_backend_is_the_one_that_was_chosen(configure, chosen, expected):
    entry = {"BACKEND": f"{OURS}hybrid"} | ({"KEYWORD_BACKEND": chosen} if chosen else {})
    backend = configure(hybrid=entry, default=DATABASE, other=DATABASE)["hybrid"]
    assert backend._keyword_backend_name == expected


@pytest.mark.parametrize("chosen", ["semantic", f"{OURS}semantic", f"{OURS}hybrid.HybridSearchBackend"])
def test_one_of_ours_cannot_be_the_keyword_backend(configure, chosen):
    entry = {"BACKEND": f"{OURS}hybrid", "KEYWORD_BACKEND": chosen}
    backend = configure(default=DATABASE, hybrid=entry, semantic=f"{OURS}semantic")["hybrid"]
    with pytest.raises(ImproperlyConfigured, match="Set it to one that is not"):
        _ = backend.keyword_backend


def test_a_backend_that_cannot_be_imported_is_no_reason_to_fail(configure, settings):
    settings.WAGTAILSEARCH_BACKENDS = {
        "hybrid": {"BACKEND": f"{OURS}hybrid"},
        "default": {"BACKEND": DATABASE},
        "broken": {"BACKEND": "not.there"},
    }
    assert type(get_search_backend("hybrid").get_index_for_model(Page)) is BaseIndex


def test_a_backend_reads_the_index_that_its_settings_name(configure):
    backend = configure(default=DATABASE, hybrid={"BACKEND": f"{OURS}hybrid", "INDEX": "other"})["hybrid"]
    assert backend.index_name == "other"


def test_saving_a_page_costs_no_statement_more_for_our_backends(db, home, django_assert_num_queries, settings):
    def statements_of_an_update():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            for _, backend in get_search_backends_with_name(with_auto_update=True):
                backend.add(home)
                backend.delete(home)
        return len(captured)

    with_ours = statements_of_an_update()
    settings.WAGTAILSEARCH_BACKENDS = {"default": settings.WAGTAILSEARCH_BACKENDS["default"]}
    assert statements_of_an_update() == with_ours
