"""Thousands of random edits in four processes that are killed, over a provider that fails: the index heals itself.

Takes minutes, so that it is no part of ``make test``. Run: make soak
"""

import os
import random
import re
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from wagtail.models import Page

from tests.recipes.models import Author
from tests.tally import tally
from wagtail_vector_search.models import Entry

from .processes import wait_until
from .random_edits import WORDS
from .snapshots import assert_index_equals_one_built_from_scratch, let_time_pass

pytestmark = pytest.mark.django_db(transaction=True)

EDITS = int(os.environ.get("SOAK_EDITS", "3000"))
SEEDS = int(os.environ.get("SOAK_SEEDS", "5"))

PROCESSES = 4
EDITS_OF_A_PROCESS = 60

#: An editor's request leaves the rest to a thread, or to workers that watch the queue.
ALONE = {"WAGTAIL_VECTOR_SEARCH_BACKGROUND": True}
WITH_WORKERS = {"TASKS": {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}}


@pytest.fixture(params=[1, 2], ids=["one index", "two indexes"])
def index_names(request, settings):
    """One index, or two of which one holds private pages, too; their provider fails now and then."""
    index = {**settings.WAGTAIL_VECTOR_SEARCH["default"], "PROVIDER": "tests.misbehaving.FlakyProvider"}
    indexes = {"default": index, "members": {**index, "PRIVATE_PAGES": True}}
    names = list(indexes)[: request.param]
    settings.WAGTAIL_VECTOR_SEARCH = {name: indexes[name] for name in names}
    return names


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_random_edits_and_kills_the_queue_alone_makes_the_index_right(
    processes, make_article, build_index, index_names, seed
):
    chance = random.Random(seed)
    for number in range(40):
        make_article(f"Page {number}", introduction=" ".join(chance.choices(WORDS, k=20)))
    Author.objects.create(name="Smith")
    for name in index_names:
        build_index(name)
    outputs = edit_and_kill(processes, chance)
    for reason in re.findall(r"\[(\w+)\]", "".join(outputs)):
        tally(f"edits refused with {reason}")
        assert reason != "40P01", "a deadlock"
    assert not Page.find_problems()[0]
    drain_queue()
    for name in index_names:
        assert_index_equals_one_built_from_scratch(name)


def edit_and_kill(processes, chance):
    """Make ``EDITS`` edits, killing editors and workers, and return what the editors printed."""
    editors = [start(processes, chance) for _ in range(PROCESSES)]
    ended: list[Any] = []
    worker = start_worker(processes)
    while done_by([*editors, *ended]) < EDITS:
        wait_for_edits(editors)
        if chance.random() < 0.4:
            editors[0].kill()
        if chance.random() < 0.2:
            worker.kill()
            worker = start_worker(processes)
        ended += [editor for editor in editors if not editor.is_alive]
        editors = [editor for editor in editors if editor.is_alive]
        editors += [start(processes, chance) for _ in range(PROCESSES - len(editors))]
    for editor in editors:
        editor.wait(timeout=300)
    worker.send(15)
    worker.succeed()
    tally("random edits", done_by([*editors, *ended]))
    return [editor.output for editor in [*editors, *ended]]


def drain_queue():
    """Work on the queue, and nothing else, until nothing waits: the provider still fails now and then."""
    for _ in range(50):
        let_time_pass()
        with suppress(SystemExit):
            call_command("process_vector_queue", quiet=True)
        if not Entry.objects.filter(state__in=["pending", "failed"]).exists():
            return
    raise AssertionError("Pages wait for ever.")


def wait_for_edits(editors):
    before = done_by(editors)
    wait_until(
        lambda: done_by(editors) > before + 20 or not all(editor.is_alive for editor in editors),
        "editors edit",
        timeout=300,
    )


def start(processes, chance):
    settings = ALONE if chance.random() < 0.5 else WITH_WORKERS
    path = "tests.faults.random_edits.edit_at_random"
    return processes.call(path, chance.randrange(10**9), EDITS_OF_A_PROCESS, settings=settings)


def start_worker(processes):
    worker = processes.command("process_vector_queue", "--watch", "0.2", patches=QUICK)
    wait_until(lambda: worker.output, "the worker watches")
    return worker


#: A worker compares more often, so that it meets editors more often.
QUICK = {"wagtail_vector_search.indexing.worker.LOOK_SECONDS": 1.0}


def done_by(editors):
    return sum(editor.output.count(".") for editor in editors)
