"""Batches on their way: pages are read while others are embedded, and a stopped run keeps no lease."""

import pytest
from django.db import connection

from wagtail_vector_search.models import Entry

from .contents import counted_frequencies, document_frequencies, is_stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_batches")]


@pytest.fixture
def site(make_article, no_worker):
    """Five articles and the home page, in three batches."""
    return [make_article(f"Page {number}", introduction=f"The boat number {number}.") for number in range(5)]


def connections_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def test_a_build_needs_no_second_connection(site, build_index):
    seen = []
    before = connections_of_the_database()
    build_index(progress=lambda _: seen.append(connections_of_the_database()))
    assert seen == [before] * 3
    assert all(is_stored(page) for page in site)
    assert document_frequencies() == counted_frequencies()


def test_a_run_that_is_stopped_releases_every_batch_that_is_on_its_way(site, build_index):
    def stop(pages):
        assert Entry.objects.filter(lease_expires_at__isnull=False).count() == 2
        raise SystemExit

    with pytest.raises(SystemExit):
        build_index(progress=stop)
    assert not Entry.objects.filter(lease_expires_at__isnull=False).exists()
    build_index()
    assert all(is_stored(page) for page in site)
