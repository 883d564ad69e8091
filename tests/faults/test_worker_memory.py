"""However long pages are, a worker and an update hold no more text at a time than a batch may have."""

import pytest

from tests.faults import editors
from wagtail_vector_search.indexing import bulk, limits, pipeline, preparation, worker
from wagtail_vector_search.indexing.worker import process

from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]

LIMIT = 20_000
PAGE = "The boat crosses the sea. " * 200


@pytest.fixture
def batches(monkeypatch):
    """Characters of every batch that is written."""
    written: list[int] = []
    write_words = pipeline.write_words

    def note(writable, claims, found, **options):
        written.append(found.characters)
        return write_words(writable, claims, found, **options)

    monkeypatch.setattr(limits, "BATCH_CHARACTERS", LIMIT)
    for module in (bulk, worker):
        monkeypatch.setattr(module, "write_words", note)
    return written


@pytest.fixture
def loaded(monkeypatch):
    """Pages that are read together."""
    numbers: list[int] = []
    load_specific_pages = preparation.load_specific_pages

    def note(candidates, using, errors):
        numbers.append(len(candidates))
        return load_specific_pages(candidates, using, errors)

    monkeypatch.setattr(limits, "LOAD_PAGES", 3)
    monkeypatch.setattr(pipeline, "load_specific_pages", note)
    return numbers


@pytest.fixture
def pages(make_article):
    """More text than fits into one batch."""
    return [make_article(f"Page {number}", PAGE) for number in range(15)]


def assert_bound(batches, loaded):
    assert len(batches) > 2
    assert max(batches) < LIMIT + 2 * len(PAGE)
    assert max(loaded) <= 3
    assert sum(batches) >= 15 * len(PAGE)


def test_an_update_writes_long_pages_in_small_batches(pages, build_index, batches, loaded):
    progress: list[int] = []
    report = build_index(progress=progress.append)
    assert_bound(batches, loaded)
    assert report.indexed == sum(progress) == 16
    assert_index_equals_one_built_from_scratch()


def test_a_worker_writes_long_pages_in_small_batches(pages, build_index, batches, loaded):
    build_index()
    batches.clear()
    for page in pages:
        editors.publish(page.pk, "The bread.")
    assert process().indexed == 15
    assert_bound(batches, loaded)
    assert_index_equals_one_built_from_scratch()
