"""Ways in which projects connect to PostgreSQL."""

import pytest
from django.db import connection
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing.worker import process

from .contents import counted_frequencies, document_frequencies, is_stored, state_of, texts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected_with():
    """Return a function that connects again with other options."""
    before = dict(connection.settings_dict["OPTIONS"])

    def connect(**options):
        connection.settings_dict["OPTIONS"] = {**before, **options}
        connection.close()

    yield connect
    connect()


@pytest.fixture
def isolation(request):
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    return IsolationLevel[request.param]


def go_through_everything(make_article, build_index, monkeypatch):
    page, other = make_article("Sailing", introduction="The boat."), make_article("Bread", introduction="Flour.")
    build_index()
    page.introduction = "The sea."
    page.save_revision().publish()
    assert texts_of(page) == ["The sea."]
    with monkeypatch.context() as patched:
        patched.setattr(ArticlePage, "get_computed_text", lambda _: 1 / 0)
        other.save()
    assert state_of(other).state == "failed"
    restriction = PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type="login")
    assert not is_stored(page)
    restriction.delete()
    assert is_stored(page)
    ArticlePage.objects.get(pk=page.pk).unpublish()
    assert not is_stored(page)
    ArticlePage.objects.filter(pk=other.pk).update(title="Ovens")
    assert build_index().indexed == 1
    assert build_index(rebuild=True).indexed == 2
    Page.objects.get(pk=other.pk).delete()
    assert document_frequencies() == counted_frequencies()
    assert process().indexed == 0


def test_indexing_works_with_parameters_bound_by_the_server(make_article, build_index, monkeypatch, connected_with):
    connected_with(server_side_binding=True)
    go_through_everything(make_article, build_index, monkeypatch)


@pytest.mark.parametrize("isolation", ["REPEATABLE_READ", "SERIALIZABLE"], indirect=True)
def test_indexing_works_with_stricter_isolation(make_article, build_index, monkeypatch, connected_with, isolation):
    connected_with(isolation_level=isolation)
    go_through_everything(make_article, build_index, monkeypatch)


def test_indexing_works_with_statements_prepared_at_once(make_article, build_index, monkeypatch, connected_with):
    connected_with(server_side_binding=True, prepare_threshold=0)
    go_through_everything(make_article, build_index, monkeypatch)
