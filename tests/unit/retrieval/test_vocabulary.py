"""The vocabularies that a process keeps, one for each generation, however many threads ask for however many."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from wagtail_vector_search.retrieval.spelling import vocabulary
from wagtail_vector_search.retrieval.spelling.vocabulary import MAX_VOCABULARIES, forget_vocabularies, get_vocabulary


def search(generation_id, *, using="default", created_at=0) -> Any:
    generation = SimpleNamespace(id=generation_id, created_at=created_at)
    return SimpleNamespace(using=using, generation=generation)


@pytest.fixture
def read(monkeypatch):
    """What has been read from the database, as generation."""
    read: list[int] = []

    def fetch(using, statement, parameters):
        read.append(parameters["generation"])
        return [SimpleNamespace(term=f"term{parameters['generation']}{using}", pages=1)]

    monkeypatch.setattr(vocabulary, "fetch", fetch)
    forget_vocabularies()
    return read


class Interrupted(dict[Any, Any]):
    """Lets another thread search, in the middle of a look at which vocabulary is the oldest."""

    other: threading.Thread | None = None

    def __iter__(self):
        oldest = next(super().__iter__())
        if self.other is None:
            self.other = threading.Thread(target=get_vocabulary, args=[search(99)])
            self.other.start()
            self.other.join(0.2)  # it waits, or else it is done
        return iter([oldest])


def test_threads_that_search_more_generations_than_are_kept_take_nothing_from_each_other(read, monkeypatch):
    kept = Interrupted()
    monkeypatch.setattr(vocabulary, "_vocabularies", kept)
    for number in range(MAX_VOCABULARIES + 1):
        assert set(get_vocabulary(search(number)).pages) == {f"term{number}default"}
    assert kept.other
    kept.other.join()
    assert len(kept) == MAX_VOCABULARIES
    assert read[-1] == 99


def test_each_database_and_each_tenant_has_its_own(read):
    same_number = (search(1), search(1, using="other"), search(1, created_at=1))
    for each in (*same_number, *same_number):
        get_vocabulary(each)
    assert len(read) == 3
