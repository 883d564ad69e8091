"""A service that speaks OpenAI's protocol fails in every way; only freshness suffers.

Everything is real: the page is published, llm's own client asks an HTTP server, the worker works, searches search.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from wagtail.models import Page

from tests.embedding_service import Answer, EmbeddingService, embeddings, error
from tests.tally import tally
from wagtail_vector_search.health import forget_degraded
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.providers import DeterministicProvider, reset_providers

from .providers import Asked, an_hour_passes, check_fails, publish, state_of
from .snapshots import assert_index_equals_one_built_from_scratch

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-test-AbCdEf0123456789"
NOWHERE = "http://127.0.0.1:9/v1"

#: An error as long as they come, in scripts of one to four bytes a character.
LONG_ERROR = (
    "Le modèle est surchargé, модель перегружена, 模型过载 请稍后再试, モデルが混雑しています 🚢👩‍👩‍👧‍👦. " * 40
)


def embed(text):
    return DeterministicProvider().embed_documents([text])[0].tolist()


def answer_with(change: Callable[[list[list[float]]], object]) -> Callable[[list[str]], Answer]:
    """Return a service whose vectors are changed before they are sent."""

    def answer(texts):
        vectors = [embed(text) for text in texts]
        change(vectors)
        data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
        body = json.dumps({"object": "list", "data": data, "model": "m", "usage": {}}).encode()
        return Answer(body=body)

    return answer


def put(value):
    def change(vectors):
        for vector in vectors:
            vector[:] = [value] * len(vector)

    return answer_with(change)


def resize(size):
    def change(vectors):
        for vector in vectors:
            vector[:] = (vector * 2)[:size]

    return answer_with(change)


@dataclass(frozen=True)
class Fault:
    """One way to fail."""

    name: str
    answer: Callable[[list[str]], Answer] | None
    #: Stands in the error that the page's state keeps.
    said: str
    reason: str = "provider_error"
    #: Seconds that searches wait.
    deadline: float = 30.0
    #: Seconds that documents wait.
    timeout: float = 60.0
    #: Whether the settings say how wide the vectors are.
    declares: bool = True


FAULTS = [
    Fault("429 with Retry-After", lambda _: error(429, "Slow down", retry_after="45"), "HTTP 429"),
    Fault("429 without Retry-After", lambda _: error(429, "Slow down"), "HTTP 429"),
    Fault("401", lambda _: error(401, f"Incorrect API key provided: {KEY}"), "HTTP 401"),
    Fault("404", lambda _: error(404, "The model does not exist"), "HTTP 404"),
    Fault("500", lambda _: error(500, LONG_ERROR), "HTTP 500"),
    Fault("400 whatever the text", lambda _: error(400, "Invalid encoding_format"), "HTTP 400"),
    Fault("connection refused", None, "Connection error"),
    Fault("connection broken off", lambda _: Answer(cut_at=20), "Connection error"),
    Fault("JSON cut off", lambda texts: Answer(body=embeddings(texts, embed)[:-200]), "JSONDecodeError"),
    Fault("a page of HTML", lambda _: Answer(200, b"<html>Login</html>", {"Content-Type": "text/html"}), "LLMProvider"),
    Fault("no vectors", lambda _: Answer(body=b'{"object": "list", "data": []}'), "LLMProvider"),
    Fault("too few vectors", answer_with(lambda vectors: vectors.pop()), "LLMProvider"),
    Fault("too many vectors", answer_with(lambda vectors: vectors.append(vectors[0])), "2 rows for 1 texts"),
    Fault("NaN", put(float("nan")), "NaN or infinity"),
    Fault("infinity", put(float("inf")), "NaN or infinity"),
    Fault("zeros", put(0.0), "nothing but zeros"),
    Fault("wrong size", resize(100), "100 dimensions where 256 are expected"),
    Fault("another model behind the same name", resize(384), "384 dimensions", declares=False),
    Fault("hangs", lambda _: Answer(wait_for=threading.Event()), "no answer within", "deadline", 0.3, 0.5),
]


@pytest.fixture
def service(monkeypatch, tmp_path):
    """A service that works, to which llm's own client is pointed."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EmbeddingService(embed) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{running.url}/v1")
        yield running


@pytest.fixture
def use_service(configure):
    def use(deadline=30.0, timeout=60.0, **options):
        options = {"key": KEY, "timeout": timeout, **options}
        configure(
            PROVIDER="wagtail_vector_search.providers.llm.LLMProvider",
            MODEL="text-embedding-3-small",
            OPTIONS=options,
            QUERY_DEADLINE=deadline,
        )

    return use


@pytest.fixture
def make_site(service, use_service, make_article, build_index):
    """Return a function that makes two pages and indexes them while the service works."""

    def make(**options):
        use_service(**options)
        pages = [make_article("Sailing", "The boat crosses the sea."), make_article("Baking", "Bread from an oven.")]
        build_index()
        return pages

    return make


@pytest.fixture
def site(make_site):
    return make_site(dimensions=256)


def break_down(service, monkeypatch, fault):
    if fault.answer:
        service.answer = fault.answer
    else:
        monkeypatch.setenv("OPENAI_BASE_URL", NOWHERE)


def recover(service, monkeypatch):
    service.answer = lambda _: Answer()
    monkeypatch.setenv("OPENAI_BASE_URL", f"{service.url}/v1")


def assert_answered_by_words(query, title, reason):
    forget_degraded()
    asked = Asked(query)
    assert asked.titles == [title]
    assert (asked.degraded, asked.reason, asked.signals, asked.counted) == (True, reason, [reason], 1)
    assert check_fails()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_the_service_does_only_freshness_suffers(fault, make_site, service, use_service, monkeypatch):
    declared = {"dimensions": 256} if fault.declares else {}
    page, _ = make_site(**declared)
    use_service(fault.deadline, fault.timeout, **declared)
    publish(page, "Rowing")
    process()
    healthy = publish(page, "Canoeing")
    process()
    tally("provider faults, end to end")

    break_down(service, monkeypatch, fault)
    service.requests.clear()
    assert publish(page, "Zebras") == healthy
    assert service.requests == []
    assert_answered_by_words("zebras", "Zebras", fault.reason)

    an_hour_passes()
    report = process()
    assert (report.waiting, report.failed) == (1, 0)
    state = state_of(page)
    assert (state.state, state.done_version < state.requested_version) == ("pending", True)
    assert fault.said in state.last_error
    assert KEY not in state.last_error
    assert_answered_by_words("zebras boats", "Zebras", "provider_down")

    recover(service, monkeypatch)
    an_hour_passes()
    assert process().indexed == 1
    assert state_of(page).last_error == ""
    assert_index_equals_one_built_from_scratch()
    reset_providers()
    assert Asked("zebras of the sea").degraded is False


def test_where_no_task_runs_publishing_and_searching_go_on_too(site, service, settings, use_service, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    page, other = site
    use_service(0.3, 0.5, dimensions=256)
    healthy = publish(other, "Rowing")
    service.answer = lambda _: Answer(wait_for=threading.Event())
    service.requests.clear()
    assert publish(page, "Zebras") == healthy
    assert service.requests == []
    assert_answered_by_words("sea", "Zebras", "deadline")  # the title is not in the index yet
    process()
    assert_answered_by_words("zebras", "Zebras", "provider_down")
    recover(service, monkeypatch)
    an_hour_passes()
    process()
    assert_index_equals_one_built_from_scratch()


def test_a_long_error_is_kept_whole_in_any_language(site, service):
    page, _ = site
    service.answer = lambda _: error(500, LONG_ERROR)
    publish(page, "Zebras")
    process()
    assert LONG_ERROR.strip() in state_of(page).last_error


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_batch_that_is_too_long_is_split_and_nobody_is_charged(most, site, service, make_article):
    refuse = error(400, "This model's maximum context length is 8192 tokens")
    service.answer = lambda texts: refuse if len(texts) > most else Answer()
    pages = [make_article(f"Zebra {number}", "Stripes.") for number in range(7)]
    report = process()
    assert (report.indexed, report.failed, report.waiting) == (7, 0, 0)
    assert {state_of(page).state for page in pages} == {"indexed"}
    assert_index_equals_one_built_from_scratch()
    assert Asked("zebra stripes").degraded is False
    tally("batches too long for the provider")


POISON = {
    "NaN": put(float("nan")),
    "zeros": put(0.0),
    "400": lambda _: error(400, "Content policy"),
    "400 too long": lambda _: error(400, "maximum context length exceeded"),
    "500": lambda _: error(500, "Crashed"),
}


@pytest.mark.parametrize("fault", POISON)
def test_the_page_at_fault_is_charged_and_the_innocents_are_indexed(fault, site, service, make_article):
    service.answer = lambda texts: POISON[fault](texts) if any("poison" in text for text in texts) else Answer()
    innocents = [make_article(f"Zebra {number}", "Stripes.") for number in range(4)]
    guilty = make_article("Apple", "It holds poison.")
    innocents += [make_article(f"Lion {number}", "Mane.") for number in range(4)]
    report = process()
    assert (report.indexed, report.failed, report.waiting) == (8, 1, 0)
    assert {state_of(page).state for page in innocents} == {"indexed"}
    assert state_of(guilty).state == "failed"
    assert "poison" not in state_of(guilty).last_error
    assert "Apple" in Asked("apple").titles  # by its words
    tally("poisonous pages")


def test_a_poisonous_page_is_tried_eight_times_and_holds_up_no_other(site, service, make_article):
    service.answer = lambda texts: POISON["500"](texts) if any("poison" in text for text in texts) else Answer()
    guilty = make_article("Apple", "It holds poison.")
    for attempt in range(1, 10):
        an_hour_passes()
        innocent = make_article(f"Zebra {attempt}", "Stripes.")
        process()
        assert state_of(innocent).state == "indexed"
        assert state_of(guilty).attempts == min(attempt, 8)
    guilty.body = [("paragraph", "<p>It holds vitamins.</p>")]
    guilty.save_revision().publish()
    process()
    assert state_of(guilty).state == "indexed"
    service.answer = lambda _: Answer()
    assert_index_equals_one_built_from_scratch()


def test_a_service_that_asks_for_a_wait_is_not_called_before_that(site, service):
    page, other = site
    service.answer = lambda _: error(429, "Slow down", retry_after="45")
    publish(page, "Zebras")
    process()
    state = state_of(page)
    left = (state.next_attempt_at - state.requested_at).total_seconds()
    assert left >= 45
    service.requests.clear()
    publish(other, "Lions")
    process()
    Asked("lions")
    assert service.requests == []
    assert "circuit breaker is open" in state_of(other).last_error
    assert "Slow down" in state_of(other).last_error


def test_waits_are_spread_so_that_not_all_come_back_at_once(service, use_service, make_article, build_index):
    use_service(dimensions=256)
    pages = [make_article(f"Zebra {number}") for number in range(8)]
    build_index()
    service.answer = lambda _: error(429, "Slow down", retry_after="45")
    for page in pages:
        publish(page, "Lion")
    process()
    waits = {state_of(page).next_attempt_at for page in pages}
    assert len(waits) == 8
    assert (max(waits) - min(waits)).total_seconds() > 0.5


def test_an_update_that_the_service_stops_goes_on_where_it_was(service, use_service, make_article, build_index):
    use_service(dimensions=256)
    for number in range(6):
        make_article(f"Zebra {number}", "Stripes.")
    service.answer = lambda _: error(401, "Wrong key")
    report = build_index()
    assert (report.indexed, report.failed) == (0, 0)
    assert "HTTP 401" in str(report.outage)
    service.answer = lambda _: Answer()
    an_hour_passes()
    build_index()
    assert_index_equals_one_built_from_scratch()
    assert Page.objects.live().search("zebra", backend="hybrid").degraded is False
