"""Every check names the setting to change."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.test.utils import isolate_apps
from pgvector.django import HalfVectorField, VectorField
from psycopg import IsolationLevel

from wagtail_vector_search import checks
from wagtail_vector_search.database.extension import read_extension
from wagtail_vector_search.models import AbstractEmbedding, Generation, get_vector_tables
from wagtail_vector_search.models.embeddings import MAX_DIMENSIONS
from wagtail_vector_search.providers import llm_models

pytestmark = pytest.mark.django_db


def ids(messages):
    return [message.id for message in messages]


def one(messages, identifier):
    return next(message for message in messages if message.id == identifier)


def test_the_checks_are_registered_and_find_nothing_wrong_with_the_test_settings():
    ours = [m for m in run_checks() if (m.id or "").startswith("wagtail_vector_search")]
    assert ours == []


def test_a_missing_contrib_postgres_is_an_error(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda app: app != "django.contrib.postgres")
    message = one(checks.check_installed_apps(), "wagtail_vector_search.E001")
    assert '"django.contrib.postgres" to INSTALLED_APPS' in message.hint


@override_settings(WAGTAIL_VECTOR_SEARCH={"default": {"MODLE": "x"}})
def test_an_unknown_key_is_an_error():
    assert 'unknown key "MODLE"' in one(checks.check_settings(), "wagtail_vector_search.E002").msg


@pytest.mark.parametrize("path", ["no.such.Provider", "datetime.date"])
def test_a_provider_that_cannot_be_used_is_an_error(settings, path):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"PROVIDER": path}}
    message = one(checks.check_settings(), "wagtail_vector_search.E003")
    assert 'WAGTAIL_VECTOR_SEARCH["default"]["PROVIDER"]' in message.hint


@override_settings(WAGTAIL_VECTOR_SEARCH={"default": {"EXCLUDE_PAGE_TYPES": ["testapp.Missing"]}})
def test_a_page_type_that_does_not_exist_is_an_error():
    message = one(checks.check_settings(), "wagtail_vector_search.E004")
    assert "testapp.Missing" in message.msg
    assert '["EXCLUDE_PAGE_TYPES"]' in message.hint


@override_settings(WAGTAILSEARCH_BACKENDS={"h": {"BACKEND": "wagtail_vector_search.backends.hybrid", "INDEX": "news"}})
def test_a_backend_without_its_index_is_an_error():
    message = one(checks.check_backends(), "wagtail_vector_search.E005")
    assert 'WAGTAILSEARCH_BACKENDS["h"]["INDEX"]' in message.hint


def test_a_default_backend_of_ours_is_reported_because_the_admin_searches_drafts_with_it(settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail_vector_search.backends.hybrid"}}
    assert "drafts" in one(checks.check_backends(), "wagtail_vector_search.W011").msg


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (None, []),
        (IsolationLevel.READ_COMMITTED, []),
        (IsolationLevel.REPEATABLE_READ, ["wagtail_vector_search.W010"]),
        (IsolationLevel.SERIALIZABLE, ["wagtail_vector_search.W010"]),
    ],
)
def test_transactions_that_are_refused_beside_a_worker_are_reported(monkeypatch, level, expected):
    options = {"isolation_level": level} if level else {}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], **options})
    assert ids(checks.check_vendor()) == expected


@pytest.mark.parametrize("keyword", ["b", "wagtail_vector_search.backends.semantic"])
def test_a_keyword_backend_that_is_one_of_ours_is_an_error(settings, keyword):
    settings.WAGTAILSEARCH_BACKENDS = {
        "a": {"BACKEND": "wagtail_vector_search.backends.hybrid", "KEYWORD_BACKEND": keyword},
        "b": {"BACKEND": "wagtail_vector_search.backends.semantic"},
    }
    assert "wagtail_vector_search.E006" in ids(checks.check_backends())


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.8.0", ["wagtail_vector_search.W003"]),
        ("0.8.3", ["wagtail_vector_search.W003"]),
        ("0.8.4", []),
        ("0.10.0", []),
        ("1.0", []),
    ],
)
def test_old_versions_of_pgvector_are_reported(version, expected):
    assert ids(checks.check_pgvector_version(version)) == expected


def test_an_index_that_was_never_built_is_reported():
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.W004")
    assert "update_vector_index" in message.msg


def test_database_checks_run_only_when_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert checks.check_database(databases=None) == []
        assert checks.check_database(databases=["other"]) == []


@override_settings(
    WAGTAIL_VECTOR_SEARCH={
        "default": {
            "PROVIDER": "wagtail_vector_search.providers.deterministic.DeterministicProvider",
            "OPTIONS": {"dimensions": 123},
        }
    }
)
def test_a_dimension_without_a_table_gets_the_class_to_paste():
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.E009")
    assert "class Embedding123(AbstractEmbedding):" in message.hint


def declare(dimensions):
    provider = "wagtail_vector_search.providers.deterministic.DeterministicProvider"
    return {"default": {"PROVIDER": provider, "OPTIONS": {"dimensions": dimensions}}}


@pytest.mark.parametrize("dimensions", [4001, 4096, 8192])
def test_dimensions_that_cannot_be_indexed_get_the_limit_and_no_class(settings, dimensions):
    settings.WAGTAIL_VECTOR_SEARCH = declare(dimensions)
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.E009")
    assert f"returns {dimensions} dimensions" in message.msg
    assert "up to 4,000 dimensions" in message.hint
    assert "Choose a model with fewer dimensions" in message.hint
    assert "class " not in message.hint


def test_the_largest_dimension_that_gets_a_class_is_the_largest_that_can_be_indexed(settings):
    settings.WAGTAIL_VECTOR_SEARCH = declare(MAX_DIMENSIONS)
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.E009")
    assert f"class Embedding{MAX_DIMENSIONS}(AbstractEmbedding):" in message.hint
    add_indexed_column(MAX_DIMENSIONS)
    with pytest.raises(DatabaseError, match="more than 4000 dimensions"), transaction.atomic():
        add_indexed_column(MAX_DIMENSIONS + 1)


def add_indexed_column(dimensions):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE kept_{dimensions} (embedding halfvec({dimensions}))")
        cursor.execute(f"CREATE INDEX ON kept_{dimensions} USING hnsw (embedding halfvec_cosine_ops)")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (HalfVectorField(dimensions=4096), "up to 4,000 dimensions"),
        (VectorField(dimensions=1000), r"Write: embedding = HalfVectorField\(dimensions=1000\)"),
    ],
)
def test_a_table_that_cannot_be_indexed_is_an_error_before_it_is_migrated(monkeypatch, field, expected):
    with isolate_apps("tests.testapp"):
        attributes = {"__module__": "tests.testapp.models", "embedding": field, "Meta": AbstractEmbedding.Meta}
        model: Any = type("Largest", (AbstractEmbedding,), attributes)
    monkeypatch.setattr(checks, "get_vector_tables", lambda: [*get_vector_tables(), model])
    (message,) = checks.check_vector_tables()
    assert (message.id, message.obj) == ("wagtail_vector_search.E013", model)
    assert re.search(expected, message.hint or "")


@override_settings(
    WAGTAIL_VECTOR_SEARCH={
        "default": {
            "PROVIDER": "wagtail_vector_search.providers.deterministic.DeterministicProvider",
            "OPTIONS": {"dimensions": 384},
        }
    }
)
def test_other_dimensions_than_the_index_was_built_with_are_reported():
    Generation.objects.create(index_name="default", dimensions=256, state=Generation.State.ACTIVE)
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.W005")
    assert "384" in message.msg
    assert "256" in message.msg
    assert "update_vector_index" in message.hint
    Generation.objects.update(dimensions=384)
    assert "wagtail_vector_search.W005" not in ids(checks.check_database(databases=["default"]))


@override_settings(WAGTAIL_VECTOR_SEARCH={"default": {"MODEL": "3-small"}})
def test_a_plugin_of_llm_that_does_not_work_is_named(monkeypatch):
    broken = {"llm-torn": "ModuleNotFoundError: No module named 'missing'"}
    monkeypatch.setattr(llm_models, "find_broken_plugins", lambda: broken)
    message = one(checks.check_database(databases=["default"]), "wagtail_vector_search.W008")
    assert "llm-torn does not work: ModuleNotFoundError" in message.msg
    assert "pip uninstall llm-torn" in message.hint


@override_settings(
    WAGTAIL_VECTOR_SEARCH={
        "default": {"MODEL": "wordllama"},
        "other": {"PROVIDER": "wagtail_vector_search.providers.deterministic.DeterministicProvider"},
    }
)
def test_plugins_of_llm_are_not_looked_at_where_no_index_needs_them(monkeypatch):
    monkeypatch.setattr(llm_models, "find_broken_plugins", None)
    assert "wagtail_vector_search.W008" not in ids(checks.check_database(databases=["default"]))


def test_versions_of_pgvector_that_searches_cannot_use_are_refused():
    for version, available, is_too_old in (("0.5.1", "0.8.5", True), ("", "0.7.4", True), ("0.8.0", "0.8.0", False)):
        extension = replace(read_extension(connection), version=version, available=available)
        assert extension.is_too_old == is_too_old
    assert "Update pgvector on the server" in replace(extension, version="0.7.4", available="0.7.4").how_to_update()
    assert "on the server" not in replace(extension, version="0.5.1", available="0.8.5").how_to_update()
