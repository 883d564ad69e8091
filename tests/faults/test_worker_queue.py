"""``process_vector_queue`` as cron and as a container run it: alone, again and again, stopped, and in bad company."""

import signal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from tests.faults import editors
from tests.kept import kept
from tests.tally import tally
from tests.testapp.models import ArticlePage
from wagtail_vector_search.indexing import worker
from wagtail_vector_search.indexing.tasks import process_pages_task
from wagtail_vector_search.models import Entry

from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot, let_time_pass

EMBED = "wagtail_vector_search.indexing.pipeline.embed"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]


@pytest.fixture
@kept
def site(make_article, build_index):
    pages = [make_article(f"Page {number}", introduction="The boat.") for number in range(3)]
    build_index()
    return pages


def is_done():
    return not Entry.objects.filter(state__in=["pending", "failed"]).exists()


def is_done_as_time_passes():
    let_time_pass()
    return is_done()


def texts(index_name="default"):
    return {page_id: chunk[2] for (page_id, _), chunk in index_snapshot(index_name).chunks.items()}


def test_once_does_what_is_due_says_so_and_ends(processes, site):
    for page in site:
        editors.publish(page.pk, "The sea.")
    output = processes.command("process_vector_queue").succeed()
    assert "3 indexed, 0 unchanged, 0 left out, 0 failed, 0 waiting" in output
    assert_index_equals_one_built_from_scratch()
    assert "0 indexed" in processes.command("process_vector_queue").succeed()
    assert processes.command("process_vector_queue", "--quiet").succeed() == ""


def test_a_task_that_is_never_run_is_not_missed(processes, site):
    """``no_worker`` takes every task, and does none."""
    editors.publish(site[0].pk, "The sea.")
    assert not is_done()
    processes.command("process_vector_queue").succeed()
    assert_index_equals_one_built_from_scratch()


def test_a_job_that_runs_before_the_commit_loses_nothing(stop_before_commit, site):
    editor = stop_before_commit(site[0].pk, "The sea.")
    process_pages_task.func([site[0].pk])
    call_command("process_vector_queue", quiet=True)
    tally("jobs run before the commit")
    editor.go_on()
    editor.succeed()
    assert not is_done()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_watching_indexes_what_is_published_while_it_runs(processes, site):
    worker = processes.command("process_vector_queue", "--watch", "0.05")
    for page in site:
        editors.publish(page.pk, "The sea.")
        wait_until(is_done, "the page is indexed")
    assert worker.end(signal.SIGTERM) == 0
    assert "Stopped." in worker.output
    assert_index_equals_one_built_from_scratch()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_finishes_its_batch_and_nothing_more(processes, site, number):
    editors.publish(site[0].pk, "The sea.")
    worker = processes.command("process_vector_queue", "--watch", "60", stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    worker.send(number)
    editors.publish(site[1].pk, "The bread.")
    worker.go_on()
    assert worker.wait() == 0
    assert Entry.objects.get(page=site[0].pk).state == "indexed"
    assert Entry.objects.get(page=site[1].pk).state == "pending"


def test_a_worker_that_waits_ends_at_once_when_told_to(processes, site):
    worker = processes.command(
        "process_vector_queue",
        "--watch",
        "3600",
        stop_at="wagtail_vector_search.management.terminal.StopRequest.wait:before",
    )
    worker.wait_until_stopped()
    worker.go_on()
    assert worker.end(signal.SIGTERM) == 0


def test_a_worker_that_is_told_twice_to_end_gives_its_pages_back(processes, site):
    editors.publish(site[0].pk, "The sea.")
    worker = processes.command("process_vector_queue", stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    wait_until(lambda: worker.send(signal.SIGINT) or not worker.is_alive, "the worker has been told twice")
    assert worker.wait() != 0
    tally("workers interrupted")
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_watching_survives_the_end_of_its_connection(processes, site):
    worker = processes.command("process_vector_queue", "--watch", "0.05")
    editors.publish(site[0].pk, "The sea.")
    wait_until(is_done, "the first page is indexed")
    for text in ("The bread.", "The flour."):
        wait_until(worker.terminate_backends, "the worker is connected")
        editors.publish(site[1].pk, text)
        wait_until(is_done, "the page is indexed over a new connection")
    assert worker.end(signal.SIGTERM) == 0
    assert_index_equals_one_built_from_scratch()


def test_a_connection_that_ends_in_the_middle_of_a_page_costs_one_more_attempt(processes, site):
    editors.publish(site[0].pk, "The sea.")
    worker = processes.command("process_vector_queue", "--watch", "0.05", stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    assert worker.terminate_backends() == 1
    worker.go_on()
    wait_until(lambda: "next attempt" in worker.output, "the worker has noticed")
    let_time_pass()
    wait_until(is_done, "the page is indexed")
    assert worker.end(signal.SIGTERM) == 0
    assert_index_equals_one_built_from_scratch()


def test_watching_survives_an_outage_of_the_provider(processes, site, use_provider, build_index):
    use_provider("RepairedProvider")
    build_index()
    editors.publish(site[0].pk, "The sea.")
    worker = processes.command("process_vector_queue", "--watch", "0.05")
    wait_until(lambda: Entry.objects.exclude(last_error="").exists(), "the provider has failed")
    wait_until(is_done_as_time_passes, "the page is indexed")
    assert worker.end(signal.SIGTERM) == 0
    assert_index_equals_one_built_from_scratch()


def test_once_tells_in_a_line_that_the_database_has_gone(processes, site):
    editors.publish(site[0].pk, "The sea.")
    worker = processes.command("process_vector_queue", stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    worker.terminate_backends()
    worker.go_on()
    assert worker.wait() == 1
    assert "Run the same command again." in worker.output
    assert "Traceback" not in worker.output
    let_time_pass()
    processes.command("process_vector_queue").succeed()
    assert_index_equals_one_built_from_scratch()


def test_watching_waits_for_tables(processes, home):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wagtail_vector_search_generation RENAME TO hidden")
    try:
        worker = processes.command("process_vector_queue", "--watch", "0.05")
        wait_until(lambda: "migrate" in worker.output, "the worker says what is missing")
        with pytest.raises(AssertionError, match="--recreate-tables"):
            processes.command("process_vector_queue").succeed()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO wagtail_vector_search_generation")
    assert worker.is_alive
    assert worker.end(signal.SIGTERM) == 0


def test_pauses_grow_while_nothing_works_and_are_never_too_long(home, monkeypatch):
    pauses: list[float] = []

    def fail(*args, **options):
        raise RuntimeError("Nothing works.")

    monkeypatch.setattr(worker, "drain", fail)
    list(worker.watch(seconds=1, pause=pauses.append, is_stopping=lambda: len(pauses) == 12))
    assert pauses[0] < 2
    assert 30 <= pauses[-1] <= 60


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "soon"])
def test_a_time_to_wait_that_makes_no_sense_is_refused(seconds):
    with pytest.raises(CommandError, match="--watch"):
        call_command("process_vector_queue", "--watch", seconds)


def test_a_page_that_fails_is_reported_and_holds_up_no_other(processes, site, use_provider, build_index):
    use_provider("PickyProvider")
    build_index()
    editors.publish(site[0].pk, "Full of poison.")
    editors.publish(site[1].pk, "The sea.")
    worker = processes.command("process_vector_queue")
    assert worker.wait() == 1
    assert "1 indexed" in worker.output
    assert "1 page(s) failed" in worker.output
    assert "poison" not in worker.output
    assert texts()[site[1].pk] == "The sea."


def test_a_page_that_the_database_refuses_holds_up_no_other(site, monkeypatch):
    """What PostgreSQL calls an operational error may be the fault of one page, and would be again for ever."""
    editors.publish(site[0].pk, "Sorry " + "Xy" * 3000)
    editors.publish(site[1].pk, "The sea.")
    trigger = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF 'sorri' = ANY (NEW.terms) THEN RAISE program_limit_exceeded; END IF; RETURN NEW;
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON wagtail_vector_search_entryterms FOR EACH ROW EXECUTE FUNCTION refuse();
    """
    with connection.cursor() as cursor:
        cursor.execute(trigger)
    try:
        with pytest.raises(SystemExit):
            call_command("process_vector_queue", quiet=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")
    assert Entry.objects.get(page=site[0].pk).state == "failed"
    assert texts()[site[1].pk] == "The sea."
    tally("poison pages")


def test_a_page_that_reads_from_another_database_which_is_down_holds_up_no_other(site, monkeypatch):
    def read(page):
        if page.pk == site[0].pk:
            raise OperationalError("connection refused")
        return ""

    monkeypatch.setattr(ArticlePage, "get_computed_text", read)
    editors.publish(site[0].pk, "The bread.")
    editors.publish(site[1].pk, "The sea.")
    with pytest.raises(SystemExit):
        call_command("process_vector_queue", quiet=True)
    assert Entry.objects.get(page=site[0].pk).state == "failed"
    assert texts()[site[1].pk] == "The sea."
    tally("poison pages")


BROKEN = {
    "a provider that does not exist": {"PROVIDER": "nowhere.Provider"},
    "a provider that cannot be made": {"PROVIDER": "tests.misbehaving.UnmakeableProvider"},
    "a provider that is down": {"PROVIDER": "tests.misbehaving.DownProvider"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("index_names", [["default", "other"], ["other", "default"]], ids=["first", "last"])
def test_an_index_that_cannot_be_written_holds_up_no_other(make_article, build_index, settings, broken, index_names):
    good, bad = index_names
    entry = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": entry, "other": entry}
    page = make_article("Sailing", introduction="The boat.")
    build_index("default")
    build_index("other")
    Entry.objects.filter(generation__index_name=bad).update(next_attempt_at="2020-01-01T00:00Z")
    provider = {"provider": broken["PROVIDER"]}
    breaks = Entry.objects.get(generation__index_name=bad, page=page.pk).generation
    breaks.configuration = {**breaks.configuration, **provider}
    breaks.save()
    settings.WAGTAIL_VECTOR_SEARCH = {good: entry, bad: {**entry, **broken}}
    editors.publish(page.pk, "The sea.")
    with pytest.raises(SystemExit):
        call_command("process_vector_queue", quiet=True)
    assert texts(good)[page.pk] == "The sea."
    state = Entry.objects.get(generation__index_name=bad, page=page.pk)
    assert (state.state, state.lease_expires_at) == ("pending", None)
    assert state.last_error
    tally("indexes broken")
