"""Searches while a provider fails in this process: in time, by words, at a known cost."""

import threading
import time
from contextlib import nullcontext

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.misbehaving import BrokenRemoteProvider, HangingRemoteProvider
from tests.tally import tally
from wagtail_vector_search.exceptions import InvalidEmbeddingError, ProviderConfigurationError, ProviderError
from wagtail_vector_search.health import circuit_key, record_outage
from wagtail_vector_search.indexing.worker import process
from wagtail_vector_search.models import Generation, SearchEvent
from wagtail_vector_search.providers import base

from .providers import Asked, an_hour_passes, check_fails, publish, state_of

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "wagtail_vector_search_"


@pytest.fixture(autouse=True)
def _healthy():
    """Providers work, and nothing is cached."""
    cache.clear()
    yield
    HangingRemoteProvider.release.set()
    BrokenRemoteProvider.broken = HangingRemoteProvider.hanging = False


@pytest.fixture
def site(use_provider, make_article, build_index):
    """Return a function that makes a page and indexes it with a provider that works."""

    def make(provider):
        use_provider(provider)
        page = make_article("Sailing", "The boat crosses the sea.")
        build_index()
        return page

    return make


def hang():
    HangingRemoteProvider.asked = 0
    HangingRemoteProvider.release.clear()
    HangingRemoteProvider.hanging = True


def our_statements(query):
    with CaptureQueriesContext(connection) as queries:
        results = Page.objects.live().search(query, backend="hybrid")
        list(results)
    return sum(OURS in text["sql"] or "wagtailcore_page" in text["sql"] for text in queries), results


def test_a_search_waits_for_a_hanging_provider_until_its_deadline_and_no_longer(site, configure):
    site("HangingRemoteProvider")
    configure(QUERY_DEADLINE=0.2)
    hang()
    started = time.monotonic()
    asked = Asked("sailing")
    waited = time.monotonic() - started
    assert (asked.titles, asked.reason, asked.signals, asked.counted) == (["Sailing"], "deadline", ["deadline"], 1)
    assert 0.2 <= waited < 10
    assert check_fails()
    tally("searches with a hanging provider")


def test_no_search_waits_after_three_missed_deadlines(site, configure):
    site("HangingRemoteProvider")
    configure(QUERY_DEADLINE=0.1)
    hang()
    reasons = [Asked(f"sailing {number}").reason for number in range(6)]
    assert reasons == ["deadline"] * 3 + ["provider_down"] * 3
    assert HangingRemoteProvider.asked == 3
    tally("searches with a hanging provider", 6)


def test_slow_searches_do_not_stop_the_indexing(site, configure, make_article):
    site("HangingRemoteProvider")
    configure(QUERY_DEADLINE=0.1)
    hang()
    for number in range(3):
        Asked(f"sailing {number}")
    HangingRemoteProvider.hanging = False
    page = make_article("Zebra", "Stripes.")
    process()
    assert state_of(page).state == "indexed"


def test_a_hanging_provider_fills_no_process_with_threads_neither_by_searches_nor_by_pages(
    site, configure, monkeypatch
):
    page = site("HangingRemoteProvider")
    monkeypatch.setattr(base, "_slots", {kind: threading.BoundedSemaphore(2) for kind in ("query", "document")})
    configure(QUERY_DEADLINE=0.05, OPTIONS={"timeout": 0.05})
    before = threading.active_count()
    hang()
    for number in range(6):
        an_hour_passes()
        Asked(f"sailing {number}")
        publish(page, f"Rowing {number}")
        an_hour_passes()
        process()
    assert threading.active_count() - before == 4
    assert state_of(page).state == "pending"
    HangingRemoteProvider.hanging = False
    HangingRemoteProvider.release.set()
    _wait_for_threads(before)
    an_hour_passes()
    process()
    assert state_of(page).state == "indexed"


def _wait_for_threads(number):
    until = time.monotonic() + 30
    while threading.active_count() > number and time.monotonic() < until:
        time.sleep(0.01)


def test_what_has_been_asked_before_is_found_by_meaning_during_an_outage(site):
    site("BrokenRemoteProvider")
    assert Asked("the boat").degraded is False
    BrokenRemoteProvider.broken = True
    for number in range(4):
        Asked(f"sea {number}")
    assert Asked("  the   boat ").degraded is False


def test_a_call_to_a_remote_provider_costs_one_statement_more_and_another_now_and_then(site):
    """Whether it may be called is only known after the first statement, which runs the legs where no call is needed."""
    site("BrokenRemoteProvider")
    costs = [our_statements(f"boat {number}")[0] for number in range(12)]
    without_call = our_statements("boat 0")[0]  # cached
    assert max(costs) == without_call + 2
    assert costs.count(without_call + 1) >= 4


def test_a_degraded_search_costs_no_more_statements_than_another(site):
    site("BrokenRemoteProvider")
    BrokenRemoteProvider.broken = True
    costs = [our_statements(f"boat {number}") for number in range(8)]
    assert {results.degraded_reason for _, results in costs} == {"provider_error", "provider_down"}
    assert max(cost for cost, _ in costs) <= 6  # failure, call and count are noted, and the semantic leg is left out
    assert costs[-1][0] == 3


@pytest.mark.parametrize("error", [ProviderError("400"), InvalidEmbeddingError("NaN")])
def test_a_visitor_with_odd_queries_cannot_open_the_circuit_for_others(site, monkeypatch, error):
    site("BrokenRemoteProvider")
    works = BrokenRemoteProvider._embed

    def embed(self, texts, *, kind):
        if "odd" in texts[0]:
            raise error
        return works(self, texts, kind=kind)

    monkeypatch.setattr(BrokenRemoteProvider, "_embed", embed)
    for number in range(10):
        assert Asked(f"odd {number}").reason == "provider_error"
    assert Asked("sailing").degraded is False
    tally("odd queries", 10)


SPELLINGS = [
    "café au lait",
    "  café  au\tlait\n",
    "cafe\u0301 au lait",
    "café\u00a0au\u2003lait",
    "café au lait\x00",
    "caf\u200bé au lait",
]


def test_spellings_of_one_query_cost_one_call(site):
    site("BrokenRemoteProvider")
    BrokenRemoteProvider.asked = 0
    for query in SPELLINGS:
        assert Asked(query).degraded is False
    assert BrokenRemoteProvider.asked == 1
    tally("spellings of one query", len(SPELLINGS))


def test_a_flood_of_queries_costs_no_more_calls_than_the_budget_and_all_are_answered(site, configure):
    site("BrokenRemoteProvider")
    configure(QUERY_CALLS_PER_MINUTE=5)
    BrokenRemoteProvider.asked = 0
    queries = [f"sailing {word}" for number in range(10) for word in (f"n{number}", f"N{number}")]
    answers = [Asked(query) for query in queries]
    assert BrokenRemoteProvider.asked == 5
    assert [asked.reason for asked in answers] == [""] * 5 + ["budget"] * 15
    assert all("Sailing" in asked.titles for asked in answers)
    tally("queries above the budget", 15)


def test_the_budget_is_for_searches_and_stops_no_indexing(site, configure, make_article):
    site("BrokenRemoteProvider")
    configure(QUERY_CALLS_PER_MINUTE=0)
    page = make_article("Zebra", "Stripes.")
    process()
    assert state_of(page).state == "indexed"
    assert Asked("zebra").reason == "budget"


def test_a_provider_in_this_process_has_no_budget_and_no_circuit_breaker(make_article, build_index, configure):
    make_article("Sailing", "The boat crosses the sea.")
    build_index()
    configure(QUERY_CALLS_PER_MINUTE=0)
    record_outage(circuit_key(Generation.objects.get().configuration), ProviderConfigurationError("401"))
    assert Asked("sailing").degraded is False


def test_a_wrong_key_is_told_and_is_not_tried_again_and_again(site, monkeypatch):
    site("BrokenRemoteProvider")
    BrokenRemoteProvider.asked = 0

    def embed(self, texts, *, kind):
        type(self).asked += 1
        raise ProviderConfigurationError("Wrong key: sk-abcdefgh12345678")

    monkeypatch.setattr(BrokenRemoteProvider, "_embed", embed)
    reasons = [Asked(f"sailing {number}").reason for number in range(4)]
    assert reasons == ["provider_error"] + ["provider_down"] * 3
    assert BrokenRemoteProvider.asked == 1
    (detail,) = set(SearchEvent.objects.filter(kind="provider_failure").values_list("detail", flat=True))
    assert detail.startswith("ProviderConfigurationError: Wrong key")
    assert "abcdefgh" not in detail


@pytest.fixture
def _nothing_can_be_noted(transactional_db):
    table = connection.ops.quote_name(SearchEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT nothing CHECK (false) NOT VALID")
        yield
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT nothing")


@pytest.mark.usefixtures("_nothing_can_be_noted")
@pytest.mark.parametrize("atomic", [True, False], ids=["in one transaction", "without"])
def test_a_search_goes_on_where_nothing_can_be_noted(site, caplog, atomic):
    page = site("BrokenRemoteProvider")
    BrokenRemoteProvider.broken = True
    with transaction.atomic() if atomic else nullcontext():
        asked = Asked("sailing")
        page.refresh_from_db()  # the transaction of the request is whole
    assert (asked.titles, asked.reason, asked.counted) == (["Sailing"], "provider_error", 0)
    assert "could not be read or noted" in caplog.text
