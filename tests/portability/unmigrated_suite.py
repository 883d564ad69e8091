"""Run by ``test_portability`` in a process of its own, with ``--no-migrations``."""

import pytest
from django.core.management import call_command
from django.db import connection
from wagtail.models import Locale, Page

from tests.testapp.models import ArticlePage
from wagtail_vector_search.status import get_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    Locale.objects.create(language_code="en")
    root = Page.add_root(instance=Page(title="Root", slug="root"))
    article = root.add_child(instance=ArticlePage(title="Copying dictionaries", introduction="How to copy deeply."))
    call_command("update_vector_index", quiet=True)
    return article


def test_no_migration_has_run():
    assert "django_migrations" not in connection.introspection.table_names()


def test_pages_are_indexed_and_found(article):
    results = Page.objects.search("dictionaries", backend="hybrid")
    assert [page.pk for page in results] == [article.pk]
    assert not results.degraded


def test_the_indexes_are_those_of_the_migrations(article):
    assert get_status().problems == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'wvs_embedding%_hnsw'")
        assert cursor.fetchone()[0] >= 7
