"""``update_index``: the first build, and the repair of whatever no signal saw."""

import re
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.testapp.models import ArticlePage, RichTextPage
from wagtail_vector_search.database import planner_statistics
from wagtail_vector_search.indexing import bulk, entry_states, update
from wagtail_vector_search.indexing.entry_states import withdraw_deleted
from wagtail_vector_search.indexing.pipeline import examine, write_vectors, write_words
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import (
    Embedding256,
    Entry,
    EntryTerms,
    Generation,
    TermFrequency,
)

from .contents import (
    chunks_of,
    counted_frequencies,
    document_frequencies,
    generation,
    is_stored,
    state_of,
    stored_index,
    terms_of,
    texts_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(make_article, no_worker):
    """Five articles and the home page, which only the update indexes."""
    return [make_article(f"Page {number}", introduction=f"The boat number {number}.") for number in range(5)]


def test_a_first_build_stores_every_page_and_then_serves(site, build_index):
    report = build_index()
    assert (report.indexed, report.failed) == (6, 0)
    assert all(is_stored(page) for page in site)
    assert generation().page_count == 6
    assert generation().updated_at is not None
    assert document_frequencies() == counted_frequencies()


@pytest.fixture
def analyzed(monkeypatch):
    """Return a context manager that collects the tables whose rows PostgreSQL has counted for its planner."""
    monkeypatch.setattr(update, "MIN_PAGES", 6)

    class Analyzed(CaptureQueriesContext):
        def __init__(self):
            super().__init__(connection)

        @property
        def tables(self):
            statements = [
                query["sql"] for query in self.captured_queries if query["sql"].lstrip().startswith("ANALYZE")
            ]
            return {table for statement in statements for table in re.findall(r'"(\w+)"', statement)}

    return Analyzed


def test_before_a_large_index_serves_postgresql_knows_how_many_rows_it_has(site, make_article, build_index, analyzed):
    with analyzed() as first:
        build_index()
    assert first.tables == {model._meta.db_table for model in (Embedding256, Entry, EntryTerms, TermFrequency)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Embedding256._meta.db_table])
        assert cursor.fetchone()[0] == Embedding256.objects.count()
    make_article("Another")
    with analyzed() as second:
        build_index()
    assert second.tables == set()


def test_an_index_serves_without_the_planner_knowing_of_it_where_that_fails(site, build_index, analyzed, monkeypatch):
    monkeypatch.setattr(planner_statistics, "ANALYZE", "ANALYZE nothing")
    build_index()
    assert generation().state == Generation.State.ACTIVE


def test_the_root_of_the_tree_is_no_page(site, build_index):
    build_index()
    root = Page.get_first_root_node()
    root.save()
    build_index(page_ids=[root.pk])
    assert not Entry.objects.filter(page__depth=1).exists()


def test_a_second_run_changes_no_row(site, build_index, provider):
    build_index()
    before = list(Embedding256.objects.order_by("pk").values_list("pk", flat=True))
    terms = list(EntryTerms.objects.order_by("pk").values_list("pk", flat=True))
    ledger = list(TermFrequency.objects.order_by("pk").values_list("pk", flat=True))
    provider.reset()
    report = build_index()
    assert (report.indexed, report.unchanged, provider.calls) == (0, 6, 0)
    assert list(Embedding256.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert list(EntryTerms.objects.order_by("pk").values_list("pk", flat=True)) == terms
    assert list(TermFrequency.objects.order_by("pk").values_list("pk", flat=True)) == ledger


def test_texts_of_many_pages_share_a_call(site, build_index, provider):
    build_index()
    assert provider.calls == 1
    assert len(provider.texts) == 6


def test_a_page_changed_by_raw_sql_is_stored_again(site, build_index):
    build_index()
    ArticlePage.objects.filter(pk=site[0].pk).update(introduction="The bread.")
    assert build_index().indexed == 1
    assert texts_of(site[0]) == ["The bread."]


def test_a_page_taken_offline_by_bulk_update_is_taken_out(site, build_index):
    build_index()
    site[0].live = False
    Page.objects.bulk_update([site[0].page_ptr], ["live"])
    Page.objects.filter(pk=site[1].pk).update(live=False)
    report = build_index()
    assert (report.removed, report.unchanged) == (2, 4)
    assert not is_stored(site[0])
    assert state_of(site[1]).skip_reason == "not_live"
    assert build_index().skipped == 2


def test_pages_made_by_bulk_create_are_found(site, build_index):
    build_index()
    Page.objects.filter(pk=site[0].pk).update(live=False)
    build_index()
    Page.objects.filter(pk=site[0].pk).update(live=True)
    assert build_index().indexed == 1


@pytest.mark.parametrize("table", [Embedding256, EntryTerms, Entry])
def test_rows_lost_from_one_table_are_put_back(site, build_index, table):
    build_index()
    before = stored_index()
    table.objects.filter(page__in=[page.pk for page in site[:3]]).delete()
    assert build_index().indexed == 3
    assert stored_index() == before


def test_rows_that_are_too_many_are_removed(site, build_index):
    build_index()
    before = stored_index()
    chunk = chunks_of(site[0])[0]
    chunk.pk, chunk.position = None, 7
    chunk.save(force_insert=True)
    assert build_index().indexed == 1
    assert stored_index() == before


def test_rows_of_pages_that_are_gone_are_removed(site, build_index):
    build_index()
    key = site[0].pk
    with connection.cursor() as cursor:
        # As a backup restored without the pages would leave it.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM wagtailcore_page WHERE id = %s", [key])
        cursor.execute("SET session_replication_role = DEFAULT")
    build_index()
    assert not Embedding256.objects.filter(page_id=key).exists()
    assert not EntryTerms.objects.filter(page_id=key).exists()
    assert not Entry.objects.filter(page_id=key).exists()
    assert document_frequencies() == counted_frequencies()


def test_wrong_document_frequencies_are_corrected(site, build_index):
    build_index()
    TermFrequency.objects.filter(term="boat").update(document_frequency=99)
    TermFrequency.objects.create(generation=generation(), term="ghost", document_frequency=3)
    build_index()
    assert document_frequencies() == counted_frequencies()


def test_the_ledger_is_folded(site, build_index):
    build_index()
    for page in site:
        page.introduction = "The bread."
        page.save()
        process()
    assert TermFrequency.objects.filter(term="bread").count() == 5
    build_index()
    assert TermFrequency.objects.get(term="bread").document_frequency == 5
    assert not TermFrequency.objects.filter(document_frequency__lte=0).exists()


def test_only_the_named_pages(site, build_index):
    build_index()
    ArticlePage.objects.update(introduction="The bread.")
    assert build_index(page_ids=[site[0].pk]).indexed == 1
    assert "bread" in terms_of(site[0])
    assert "bread" not in terms_of(site[1])


def test_naming_pages_does_not_let_an_unfinished_index_serve(site, build_index):
    build_index(page_ids=[site[0].pk])
    assert generation("building").page_count == 0
    assert build_index().indexed == 5
    assert generation("active")


@pytest.mark.usefixtures("small_batches")
def test_a_run_that_is_stopped_keeps_what_is_done_and_the_next_continues(site, build_index, provider, monkeypatch):
    done = []

    def stop_after_three(pages):
        done.append(pages)
        if sum(done) >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(progress=stop_after_three)
    stored = Entry.objects.filter(state="indexed").count()
    assert 0 < stored < 6
    assert generation("building")
    assert not Entry.objects.filter(lease_expires_at__isnull=False).exists()
    provider.reset()
    report = build_index()
    assert (report.unchanged, report.indexed) == (stored, 6 - stored)
    assert len(provider.texts) == 6 - stored
    assert generation("active")


@pytest.mark.usefixtures("small_batches")
def test_pages_that_a_killed_run_had_claimed_are_taken_over(site, build_index, monkeypatch):
    def be_killed(writable, work, embedded):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(bulk, "write_vectors", be_killed)
        patched.setattr(entry_states, "release", lambda *_: None)
        with pytest.raises(SystemExit):
            build_index()
    assert Entry.objects.filter(lease_expires_at__isnull=False).exists()
    assert build_index().indexed == 6


@pytest.mark.usefixtures("small_batches")
def test_several_batches_in_flight_store_what_one_would(site, build_index):
    build_index()
    report = build_index(rebuild=True)
    assert report.indexed == 6
    assert [texts_of(page) for page in site] == [[f"The boat number {number}."] for number in range(5)]


def test_an_edit_while_an_update_embeds_is_not_lost(site, build_index, use_provider):
    hooked = use_provider("HookedProvider")

    def edit():
        page = ArticlePage.objects.get(pk=site[0].pk)
        page.introduction = "The sea."
        page.save_revision().publish()

    hooked.hook = lambda: in_thread(edit)
    build_index()
    assert texts_of(site[0]) == ["The sea."]


def test_an_edit_between_reading_and_claiming_its_page_is_not_overwritten(site, build_index, monkeypatch):
    build_index()
    ArticlePage.objects.filter(pk=site[0].pk).update(introduction="Changed without a signal.")

    def edited_after_reading(writable, candidates, **limits):
        found = examine(writable, candidates, **limits)
        monkeypatch.setattr(bulk, "examine", examine)
        page = ArticlePage.objects.get(pk=site[0].pk)
        page.introduction = "Edited."
        page.save_revision().publish()
        return found

    monkeypatch.setattr(bulk, "examine", edited_after_reading)
    build_index()
    assert texts_of(site[0]) == ["Edited."]


def test_a_page_that_is_being_deleted_is_not_written(site, build_index):
    """Rows written between the deletion of a page's rows and that of the page would make the deletion fail."""
    build_index()
    Entry.objects.filter(page=site[0].pk).delete()
    with transaction.atomic():
        withdraw_deleted(site[0].pk, ["default"], "default", subtree=False)
        updating = threading.Thread(target=in_thread, args=[build_index])
        updating.start()
        updating.join(20)
        assert not updating.is_alive()
        assert not Entry.objects.filter(page=site[0].pk).exists()
        site[0].delete()


def test_an_outage_of_the_provider_leaves_the_words_and_the_serving_index(site, build_index, use_provider, monkeypatch):
    down = type(use_provider("DownProvider"))
    monkeypatch.setattr(down, "down", False)
    build_index()
    monkeypatch.setattr(down, "down", True)
    ArticlePage.objects.update(introduction="The bread.")
    report = build_index()
    assert report.outage is not None
    assert (report.waiting, report.indexed) == (5, 0)
    assert all("bread" in terms_of(page) for page in site)
    monkeypatch.setattr(down, "down", False)
    assert build_index().indexed == 5


def test_an_index_without_vectors_does_not_begin_to_serve(site, build_index, use_provider):
    use_provider("DownProvider")
    assert build_index().outage is not None
    assert generation("building")
    assert not Generation.objects.filter(state="active").exists()


def test_too_many_failing_pages_keep_an_index_from_serving(site, build_index, monkeypatch):
    def refuse(page):
        raise ValueError(page.title)

    with monkeypatch.context() as patched:
        patched.setattr(ArticlePage, "get_computed_text", refuse)
        assert build_index().failed == 5
    assert not Generation.objects.filter(state="active").exists()
    build_index()
    assert generation("active")


def test_a_page_whose_text_gives_the_database_trouble_is_stored(make_article, build_index, home):
    nul = make_article("Nul")
    ArticlePage.objects.filter(pk=nul.pk).update(introduction="A %s {} % \\ ' \" \ttab and \\N and \U0001f600.")
    endless = home.add_child(instance=RichTextPage(title="Endless", slug="endless", body="x" * 100_000))
    long = home.add_child(instance=RichTextPage(title="Long", slug="long", body="<p>" + "boat sea. " * 10_000 + "</p>"))
    report = build_index()
    assert report.failed == 0
    assert is_stored(nul)
    assert is_stored(endless)
    assert EntryTerms.objects.get(page=long.pk).length == 20_000 + 2


def test_weights_are_computed_again_when_pages_have_become_longer(site, build_index, provider):
    build_index()
    before = generation().average_length
    weights = str(EntryTerms.objects.get(page__title="Home").weights)
    for page in site:
        page.introduction = "The boat crosses the wide sea with many sailors. " * 4
        page.save()
    provider.reset()
    build_index()
    assert generation().average_length > before
    lengths = list(EntryTerms.objects.values_list("length", flat=True))
    assert generation().average_length == pytest.approx(sum(lengths) / len(lengths))
    assert str(EntryTerms.objects.get(page__title="Home").weights) != weights
    assert len(provider.texts) == 5


def test_two_updates_at_once_share_the_work_and_lose_nothing(site, build_index, use_provider):
    hooked = use_provider("HookedProvider")
    hooked.hook = lambda: in_thread(build_index)
    build_index()
    assert all(texts_of(page) for page in site)
    assert Entry.objects.exclude(state="indexed").count() == 0
    assert document_frequencies() == counted_frequencies()


def in_thread(function):
    """The provider is asked in another thread, which has a database connection of its own."""
    try:
        function()
    finally:
        connection.close()


@pytest.mark.usefixtures("site", "small_batches")
@pytest.mark.parametrize(("is_local", "most"), [(True, 2), (False, 3)])
def test_a_remote_provider_always_has_a_batch_waiting(build_index, provider, monkeypatch, is_local, most):
    monkeypatch.setattr(type(provider), "is_local", is_local)
    in_flight: list[object] = []
    counts: list[int] = []

    def begin(*arguments, **options):
        in_flight.append(arguments)
        counts.append(len(in_flight))
        return write_words(*arguments, **options)

    def end(*arguments):
        in_flight.pop()
        return write_vectors(*arguments)

    monkeypatch.setattr(bulk, "write_words", begin)
    monkeypatch.setattr(bulk, "write_vectors", end)
    build_index()
    assert max(counts) == most
