"""A streaming replica answers the searches; whatever is indexed or written, is on the primary."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.test.utils import CaptureQueriesContext, override_settings
from wagtail.models import Page, PageViewRestriction

from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search import checks
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Embedding256, Generation, SearchEvent
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import related_pages
from wagtail_vector_search.signal_handlers import on_page_moved
from wagtail_vector_search.status import get_status

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)


class ReplicaRouter:
    """A primary and a replica. Wagtail reads what it writes, so that editors must be sent to the primary."""

    is_editing = False

    def db_for_read(self, model, **hints):
        return "default" if type(self).is_editing else "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *objects, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"


class OnlyIndexRouter(ReplicaRouter):
    """The project reads from the primary, and sends only the searches elsewhere."""

    def db_for_read(self, model, **hints):
        return "replica" if model._meta.app_label == "wagtail_vector_search" else None


@pytest.fixture(scope="module")
def standby(own_server):
    """A real replica, that follows the server of the tests."""
    server = own_server.stand_by()
    yield server
    server.end()


@pytest.fixture
def route(settings):
    """Return a function that installs a router."""

    def install(name):
        settings.DATABASE_ROUTERS = [f"{__name__}.{name}"]

    return install


@pytest.fixture
def replica(own_database, standby, add_alias, make_article, build_index):
    """A built index on the primary, and its copy under the alias ``replica``."""
    for number in range(6):
        make_article(f"Bread {number}", f"Loaf number {number} comes from an oven.")
    build_index()
    standby.catch_up()
    add_alias("replica", **standby.address)
    tally("replicas followed")
    return standby


def statements_of(function):
    """Return what a function sends to the primary and to the replica."""
    contexts = CaptureQueriesContext(connections["default"]), CaptureQueriesContext(connections["replica"])
    with contexts[0] as primary, contexts[1] as replica:
        function()
    return [q["sql"] for q in primary], [q["sql"] for q in replica]


def visit():
    """Everything that a visitor causes."""
    results = ArticlePage.objects.search("bread from the oven", backend="hybrid")
    assert results.count() == 6
    assert not results.degraded
    assert results[0].search_passage.text.startswith("Loaf number")
    assert results.facet("live") == {True: 6}
    assert len(list(Page.objects.all().specific().search("oven", backend="keyword"))) == 6
    assert len(Page.objects.search("bread", backend="semantic")[:3]) == 3
    assert len(related_pages(results[0], limit=3)) == 3
    assert Page.objects.autocomplete("brea", backend="hybrid") is not None


def test_the_replica_is_a_real_one(replica):
    with connections["replica"].cursor() as cursor, pytest.raises(DatabaseError, match="read-only"):
        cursor.execute("CREATE TABLE anything ()")


def test_searches_are_answered_by_the_replica_alone(replica, route):
    route("ReplicaRouter")
    primary, asked = statements_of(visit)
    assert primary == []
    assert len(asked) > 10


def test_through_the_hnsw_index_too(replica, route, monkeypatch):
    monkeypatch.setattr(constants, "EXACT_SCAN_AT_LEAST", 0)
    monkeypatch.setattr(constants, "EXACT_SCAN_PER_ROOT", 0)
    monkeypatch.setattr(constants, "MAX_CHUNKS", 3)
    route("ReplicaRouter")
    _, asked = statements_of(lambda: Page.objects.search("bread", backend="semantic").count())
    assert any("hnsw.iterative_scan" in sql for sql in asked)


def test_searches_alone_can_be_sent_there(replica, route):
    route("OnlyIndexRouter")
    _, asked = statements_of(lambda: list(Page.objects.search("bread", backend="hybrid")))
    assert any("halfvec" in sql for sql in asked)


def test_a_queryset_may_choose_the_replica_itself(replica):
    primary, asked = statements_of(lambda: list(ArticlePage.objects.using("replica").search("bread", backend="hybrid")))
    assert (primary, len(asked)) == ([], 4)
    primary, asked = statements_of(lambda: list(ArticlePage.objects.search("bread", backend="hybrid")))
    assert (len(primary), asked) == (4, [])


def test_a_degraded_search_is_counted_on_the_primary(replica, route, use_provider, build_index):
    use_provider("PickyProvider")
    build_index()
    replica.catch_up()
    route("ReplicaRouter")
    results = Page.objects.search("poison in the oven", backend="hybrid")
    assert results.degraded
    assert results.count() == 6
    assert SearchEvent.objects.using("default").exists()


def test_the_status_and_the_checks_read_there(replica, route):
    route("ReplicaRouter")
    status = get_status()
    assert (status.database.alias, status.problems) == ("replica", [])
    call_command("vector_search_status", stdout=StringIO())
    for alias in ("default", "replica"):
        assert checks.check_database(databases=[alias]) == []


def test_a_missing_extension_on_the_primary_is_found_by_the_checks(replica, route, own_database):
    route("ReplicaRouter")
    Generation.objects.using("default").all().delete()
    own_database.execute("DROP EXTENSION vector CASCADE", "of_a_test")
    own_database.execute("CREATE SCHEMA elsewhere; CREATE EXTENSION vector SCHEMA elsewhere", "of_a_test")
    (message,) = checks.check_database(databases=["default"])
    assert message.id == "wagtail_vector_search.E010"


def test_what_editors_do_is_followed_on_the_primary(replica, route, monkeypatch):
    route("ReplicaRouter")
    monkeypatch.setattr(ReplicaRouter, "is_editing", True)
    page = ArticlePage.objects.get(title="Bread 0")
    page.introduction = "Sailing."
    page.save_revision().publish()
    assert found("sailing") == ["Bread 0"]
    page.unpublish()
    assert found("sailing") == []
    monkeypatch.setattr(ReplicaRouter, "is_editing", False)
    replica.catch_up()
    assert Page.objects.search("bread", backend="keyword").count() == 5


def test_a_page_that_was_read_from_the_replica_is_followed_on_the_primary(replica, route):
    route("ReplicaRouter")
    page = ArticlePage.objects.get(title="Bread 0")
    assert page._state.db == "replica"
    page.introduction = "Sailing."
    page.save()
    assert found("sailing") == ["Bread 0"]
    closed = PageViewRestriction(page=page, restriction_type="login")
    closed.save()
    assert found("sailing") == []
    PageViewRestriction.objects.using("default").all()._raw_delete("default")  # no signal
    moved = ArticlePage.objects.get(pk=page.pk)
    assert moved._state.db == "replica"
    on_page_moved(sender=ArticlePage, instance=moved)
    assert found("sailing") == ["Bread 0"]


def found(words):
    return [page.title for page in Page.objects.using("default").search(words, backend="keyword")]


def test_a_worker_never_indexes_what_a_lagging_replica_says(replica, route, monkeypatch, no_worker):
    """The replica stands still while an editor publishes: the page and all that it refers to come from the primary."""
    page = ArticlePage.objects.get(title="Bread 0")
    replica.execute("SELECT pg_wal_replay_pause()")
    try:
        route("ReplicaRouter")
        ArticlePage.objects.using("default").filter(pk=page.pk).update(title="Sailing")
        monkeypatch.setattr(ArticlePage, "get_computed_text", lambda self: ArticlePage.objects.get(pk=self.pk).title)
        fresh = ArticlePage.objects.using("default").get(pk=page.pk)
        fresh.save()
        assert ArticlePage.objects.get(pk=page.pk).title == "Bread 0"  # what the routers say
        assert process().indexed == 1
        assert_texts(page, "Sailing")
        call_command("update_vector_index", "--rebuild", stdout=StringIO())
        assert_texts(page, "Sailing")
    finally:
        replica.execute("SELECT pg_wal_replay_resume()")


def assert_texts(page, word):
    texts = Embedding256.objects.using("default").filter(page=page.pk, generation__state="active")
    assert all(word in text for text in texts.values_list("text", flat=True))
    assert texts.exists()


def test_everything_is_indexed_on_the_primary_alone(replica, route):
    route("ReplicaRouter")
    ArticlePage.objects.using("default").filter(title="Bread 0").update(introduction="Sailing.")
    call_command("update_vector_index", stdout=StringIO())
    assert found("sailing") == ["Bread 0"]
    assert_index_equals_one_built_from_scratch_there()


def assert_index_equals_one_built_from_scratch_there():
    with override_settings(DATABASE_ROUTERS=[]):
        assert_index_equals_one_built_from_scratch()


def test_nothing_is_migrated_on_the_replica(replica, route):
    route("ReplicaRouter")
    _, asked = statements_of(lambda: call_command("migrate", "wagtail_vector_search", database="default", verbosity=0))
    assert not [sql for sql in asked if sql.startswith(("CREATE", "ALTER", "INSERT"))]


def test_a_search_goes_on_when_the_replica_restarts(replica, route):
    route("ReplicaRouter")
    visit()
    replica.restart()
    with pytest.raises(DatabaseError):
        Page.objects.search("oven", backend="keyword").count()
    connections["replica"].close()  # as Django does at the end of a request that met an error
    visit()
