"""Many editors and many workers at once, while workers are killed and connections are cut."""

import pytest
from django.core.management import call_command

from tests.tally import tally
from tests.testapp.models import ArticlePage

from .processes import wait_until
from .snapshots import assert_index_equals_one_built_from_scratch, let_time_pass

pytestmark = pytest.mark.django_db(transaction=True)

EDITORS = 8
WORKERS = 3


@pytest.fixture
def keys(make_article, build_index):
    """Primary keys of few pages, so that editors and workers meet."""
    made = [make_article(f"Page {number}", introduction="The boat.").pk for number in range(20)]
    build_index()
    return made


@pytest.fixture
def watch(processes):
    """Return a function that starts a worker that watches the queue."""

    def start():
        worker = processes.command("process_vector_queue", "--watch", "0.05")
        wait_until(lambda: worker.output, "the worker watches")
        return worker

    return start


#: Half of the editors' requests do the work at once, half leave it to others.
TASKS = [
    {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}},
    {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}},
]


def start_editors(processes, what, keys, number):
    return [
        processes.call(f"tests.faults.editors.{what}", keys, seed, number, settings={"TASKS": TASKS[seed % 2]})
        for seed in range(EDITORS)
    ]


def come_to_rest(workers):
    for worker in workers:
        worker.send(15)
    for worker in workers:
        worker.succeed()
    let_time_pass()
    call_command("process_vector_queue", quiet=True)


def test_two_hundred_concurrent_publishes_arrive_while_workers_are_killed(processes, keys, watch):
    workers = [watch() for _ in range(WORKERS)]
    publishing = start_editors(processes, "publish_many", keys, 200 // EDITORS)
    while any(editor.is_alive for editor in publishing):
        workers.pop(0).kill()
        workers.append(watch())
    for editor in publishing:
        editor.succeed()
    tally("concurrent publishes", 200)
    come_to_rest(workers)
    assert ArticlePage.objects.exclude(introduction="The boat.").count() == len(keys)
    assert_index_equals_one_built_from_scratch()


def test_what_editors_do_arrives_while_connections_are_cut(processes, keys, watch):
    workers = [watch() for _ in range(WORKERS)]
    editing = start_editors(processes, "do_many_things", keys, 12)
    turn = 0
    while any(editor.is_alive for editor in editing):
        everybody = [*workers, *editing]
        everybody[turn % len(everybody)].terminate_backends()
        turn += 1
        workers.pop(0).kill()
        workers.append(watch())
    for editor in editing:
        editor.succeed()
    tally("concurrent edits", 12 * EDITORS)
    come_to_rest(workers)
    assert_index_equals_one_built_from_scratch()
