"""The same work under the task backends that projects use: at once in the request, and a database with workers."""

import signal

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from tests.faults import editors
from tests.tally import tally
from wagtail_vector_search.models import Entry

from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, index_snapshot, let_time_pass

pytestmark = pytest.mark.django_db(transaction=True)

BACKENDS = {
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "database": "django_tasks_db.DatabaseBackend",
}
OURS = "wagtail_vector_search.indexing.tasks.process_pages_task"
EMBED = "tests.misbehaving.RemoteProvider.embed_batch"


@pytest.fixture
def use_backend(settings):
    """Return a function that lets one of the task backends do the work."""

    def use(name):
        settings.TASKS = {"default": {"BACKEND": BACKENDS[name]}}

    return use


@pytest.fixture
def site(home, make_article, build_index, use_provider):
    """Pages whose vectors come from a service."""
    use_provider("RemoteProvider")
    pages = [make_article(f"Page {number}", introduction="The boat.") for number in range(5)]
    build_index()
    DBTaskResult.objects.all().delete()
    return pages


def waiting_tasks():
    return DBTaskResult.objects.filter(task_path=OURS, status="READY").count()


def work(processes, **options):
    return processes.command("db_worker", "--batch", "--no-startup-delay", "--no-reload", **options)


def work_until_killed(processes, publishing):
    worker = processes.command("db_worker", "--interval", "0.05", "--no-startup-delay", "--no-reload")
    wait_until(lambda: "RUNNING" in worker.output or not any(e.is_alive for e in publishing), "it works")
    worker.kill()


@pytest.mark.parametrize("name", BACKENDS)
def test_the_index_is_the_same_whichever_backend_runs_the_tasks(processes, site, use_backend, name):
    use_backend(name)
    editors.publish(site[0].pk, "The sea.")
    editors.unpublish(site[1].pk)
    editors.make_private(site[2].pk)
    editors.delete(site[3].pk)
    editors.make_private(site[4].pk)
    editors.lift_restrictions(site[4].pk)
    if name == "database":
        work(processes).succeed()
        assert not waiting_tasks()
    else:
        # A service is not called in an editor's request; who runs no worker runs the command.
        assert index_snapshot().chunks[site[0].pk, 0][2] == "The boat."
        call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_a_publish_only_leaves_a_task_which_the_worker_does(processes, site, use_backend):
    use_backend("database")
    editors.publish(site[0].pk, "The sea.")
    assert waiting_tasks() == 1
    assert index_snapshot().chunks[site[0].pk, 0][2] == "The boat."
    work(processes).succeed()
    assert index_snapshot().chunks[site[0].pk, 0][2] == "The sea."
    assert_index_equals_one_built_from_scratch()


def test_an_edit_that_is_rolled_back_leaves_no_task(stop_before_commit, site, use_backend):
    use_backend("database")
    editor = stop_before_commit(site[0].pk, "Never to be seen.")
    editor.kill()
    assert not DBTaskResult.objects.filter(task_path=OURS).exists()
    assert Entry.objects.get(page=site[0].pk).state == "indexed"


def test_the_task_of_a_killed_worker_is_lost_and_its_page_is_not(processes, site, use_backend):
    use_backend("database")
    editors.publish(site[0].pk, "The sea.")
    worker = work(processes, stop_at=f"{EMBED}:before")
    worker.wait_until_stopped()
    worker.kill()
    work(processes).succeed()
    assert DBTaskResult.objects.filter(task_path=OURS, status="RUNNING").count() == 1
    let_time_pass()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()


def test_workers_of_both_kinds_share_many_publishes_while_they_are_killed(processes, site, use_backend):
    use_backend("database")
    keys = [page.pk for page in site]
    publishing = [processes.call("tests.faults.editors.publish_many", keys, seed, 8) for seed in range(3)]
    watcher = processes.command("process_vector_queue", "--watch", "0.05")
    while any(editor.is_alive for editor in publishing):
        work_until_killed(processes, publishing)
    for editor in publishing:
        editor.succeed()
    assert watcher.end(signal.SIGTERM) == 0
    tally("concurrent publishes", 24)
    work(processes).succeed()
    let_time_pass()
    call_command("process_vector_queue", quiet=True)
    assert_index_equals_one_built_from_scratch()
