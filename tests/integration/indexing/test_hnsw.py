"""The HNSW index is built after the first load, and is there whatever happens in between."""

import pytest
from django.db import connection, transaction

from wagtail_vector_search.database import hnsw
from wagtail_vector_search.database.execute import fetch
from wagtail_vector_search.database.hnsw import IS_BEING_BUILT, drop_while_filling, ensure_index
from wagtail_vector_search.indexing import entry_states, limits, update
from wagtail_vector_search.indexing.calibration import calibrate
from wagtail_vector_search.indexing.entry_states import finish
from wagtail_vector_search.models import Embedding256

from .contents import generation, stored_index

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "wvs_embedding256_hnsw"


@pytest.fixture(autouse=True)
def _put_back():
    yield
    ensure_index(Embedding256, "default")


@pytest.fixture
def drops(monkeypatch):
    """Drop the index for small sites, too, and note whether it was dropped."""
    monkeypatch.setattr(update, "MIN_PAGES", 1)
    dropped = []

    def note(*args, **options):
        dropped.append(drop_while_filling(*args, **options))
        return dropped[-1]

    monkeypatch.setattr(update, "drop_while_filling", note)
    return dropped


def is_valid():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = %s", [NAME]
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def definition():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [NAME])
        return cursor.fetchone()[0]


def test_a_first_load_goes_without_the_index_and_ends_with_the_same(make_article, build_index, drops, monkeypatch):
    make_article("Sailing", introduction="The boat.")
    before = definition()
    during = []
    build_index(progress=lambda _: during.append(is_valid()))
    assert (drops, during) == ([True], [False])
    assert definition() == before
    assert is_valid()
    assert generation("active")


@pytest.mark.parametrize(("with_index", "swaps"), [(False, 1), (True, 4)])
def test_a_batch_is_swapped_at_once_while_the_index_is_dropped(
    make_article, build_index, drops, monkeypatch, with_index, swaps
):
    for number in range(3):
        make_article(f"Sailing {number}", introduction="The boat.")
    monkeypatch.setattr(update, "MIN_PAGES", 100 if with_index else 1)
    monkeypatch.setattr(limits, "SWAP_PAGES", 1)
    finished = []

    def note(writable, pages):
        finished.append(pages)
        finish(writable, pages)

    monkeypatch.setattr(entry_states, "finish", note)
    build_index()
    assert len(finished) == swaps


def test_a_run_killed_while_the_index_is_dropped_is_repaired_by_the_next(make_article, build_index, drops):
    make_article("Sailing", introduction="The boat.")

    def be_killed(pages):
        raise SystemExit

    with pytest.raises(SystemExit):
        build_index(progress=be_killed)
    assert not is_valid()
    build_index()
    assert is_valid()
    assert generation("active")


def test_an_index_left_half_built_is_built_from_scratch(make_article, build_index):
    make_article("Sailing", introduction="The boat.")
    build_index()
    with connection.cursor() as cursor:
        # What CREATE INDEX CONCURRENTLY leaves when it is killed.
        cursor.execute("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = %s::regclass", [NAME])
    assert not is_valid()
    build_index()
    assert is_valid()


def test_a_table_with_rows_keeps_its_index(make_article, build_index, drops):
    make_article("Sailing", introduction="The boat.")
    build_index()
    build_index(rebuild=True)
    assert drops == [True, False]
    assert is_valid()


def test_a_table_that_another_index_uses_keeps_its_index(make_article, build_index, drops, settings):
    index = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": index, "other": index}
    build_index("other")
    Embedding256.objects.all().delete()
    build_index("default")
    assert drops == [True, False]


def test_a_small_site_is_loaded_with_the_index_in_place(make_article, build_index, monkeypatch):
    during = []
    make_article("Sailing", introduction="The boat.")
    build_index(progress=lambda _: during.append(is_valid()))
    assert during == [True]


def test_a_table_that_another_process_locks_keeps_its_index(make_article, build_index, drops, monkeypatch):
    monkeypatch.setattr(hnsw, "MAY_DROP", "SELECT pg_sleep(0) IS NULL OR 1 / (SELECT 0) = 1")
    make_article("Sailing", introduction="The boat.")
    build_index()
    assert drops == [False]
    assert stored_index()[1]


def test_a_build_with_a_remote_provider_keeps_the_index(make_article, build_index, drops, monkeypatch, provider):
    make_article("Sailing", introduction="The boat.")
    monkeypatch.setattr(type(provider), "is_local", False)
    during = []
    build_index(progress=lambda _: during.append(is_valid()))
    assert (drops, during) == ([], [True])


@pytest.mark.usefixtures("drops")
def test_the_cut_off_is_calibrated_by_the_index(make_article, build_index, configure, monkeypatch):
    configure(CUTOFF=0.2)
    make_article("Sailing", introduction="The boat.")
    found: list[bool] = []

    def note(writable):
        found.append(is_valid())
        calibrate(writable)

    monkeypatch.setattr(update, "calibrate", note)
    build_index()
    assert found == [True]


@pytest.fixture
def dropped_index(make_article, build_index):
    make_article("Sailing", introduction="The boat.")
    build_index()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {NAME}")


def memory():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_bytes(current_setting('maintenance_work_mem'))")
        return cursor.fetchone()[0]


def test_the_index_is_built_in_the_memory_that_it_needs(dropped_index, monkeypatch):
    monkeypatch.setattr(hnsw, "GIVE_MEMORY", hnsw.GIVE_MEMORY.replace("800", "200000000"))
    create, seen, before = hnsw.create_index, [], memory()

    def note(*arguments):
        seen.append(memory())
        create(*arguments)

    monkeypatch.setattr(hnsw, "create_index", note)
    ensure_index(Embedding256, "default")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_bytes(current_setting('shared_buffers'))")
        (most,) = cursor.fetchone()
    assert before < seen[0] <= 2 * most
    assert memory() == before
    assert is_valid()


def test_the_index_is_built_in_less_memory_where_there_is_not_enough(dropped_index, monkeypatch):
    create, tried = hnsw.create_index, []

    def refuse_once(*arguments):
        create(*arguments)
        tried.append(is_valid())
        if len(tried) == 1:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")

    monkeypatch.setattr(hnsw, "create_index", refuse_once)
    ensure_index(Embedding256, "default")
    assert tried == [True, True]
    assert is_valid()


@pytest.mark.parametrize(("database", "expected"), [("current_database()", True), ("'a copy of it'", False)])
def test_an_index_that_is_built_in_a_copy_of_the_database_is_not_waited_for(database, expected):
    table = Embedding256._meta.db_table
    with transaction.atomic():
        with connection.cursor() as cursor:  # PostgreSQL looks for a view among temporary tables first
            cursor.execute(
                "CREATE TEMPORARY TABLE pg_stat_progress_create_index ON COMMIT DROP AS "
                f"SELECT {database}::text AS datname, '{table}'::regclass::oid AS relid"
            )
        assert bool(fetch("default", IS_BEING_BUILT, {"table": table})) is expected


def test_an_index_that_another_process_is_building_is_waited_for_and_not_dropped(dropped_index, monkeypatch):
    is_building = [True, True, False]
    waits: list[float] = []
    dropped: list[object] = []
    table = Embedding256._meta.db_table

    def fetch_meanwhile(using, template, parameters=None, **names):
        if template is IS_BEING_BUILT:
            assert parameters["table"] == f'"{table}"'
            return [()] if is_building.pop(0) else []
        return fetch(using, template, parameters, **names)

    with monkeypatch.context() as patch:
        patch.setattr(hnsw, "fetch", fetch_meanwhile)
        patch.setattr("wagtail_vector_search.database.hnsw.time.sleep", waits.append)
        patch.setattr(hnsw, "_drop", lambda *arguments: dropped.append(arguments))
        ensure_index(Embedding256, "default")
    assert (len(waits), is_building, dropped) == (2, [], [])
