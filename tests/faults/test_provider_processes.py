"""What one process has learnt about the provider, the others know."""

import pytest

from tests.misbehaving import BrokenRemoteProvider
from tests.tally import tally
from wagtail_vector_search.indexing.worker import process

from .providers import Asked, an_hour_passes, publish, state_of

pytestmark = pytest.mark.django_db(transaction=True)

SEARCH = "tests.faults.provider_processes.search"
BROKEN = "tests.misbehaving.BrokenRemoteProvider.broken"


@pytest.fixture(autouse=True)
def site(use_provider, make_article, build_index):
    """A page, indexed by a remote provider that works."""
    BrokenRemoteProvider.broken = False
    use_provider("BrokenRemoteProvider")
    page = make_article("Sailing", "The boat crosses the sea.")
    build_index()
    yield page
    BrokenRemoteProvider.broken = False


def search_elsewhere(processes, *queries, broken=False):
    """Search in a process of its own."""
    tally("searches in processes of their own", len(queries))
    return processes.call(SEARCH, *queries, patches={BROKEN: broken}).succeed().splitlines()[-1].split()


def test_a_provider_that_failed_in_one_process_is_called_by_none(processes, site):
    said = search_elsewhere(processes, "one", "two", "three", "four", broken=True)
    assert said == ["provider_error"] * 3 + ["provider_down", "calls", "3"]
    asked = Asked("sailing")
    assert (asked.titles, asked.reason) == (["Sailing"], "provider_down")
    assert search_elsewhere(processes, "five") == ["provider_down", "calls", "0"]


def test_so_it_is_by_workers(processes, site):
    search_elsewhere(processes, "one", "two", "three", broken=True)
    publish(site, "Rowing")
    assert process().waiting == 1
    assert "circuit breaker is open" in state_of(site).last_error


def test_and_by_searches_once_a_worker_has_found_out(processes, site):
    publish(site, "Rowing")
    BrokenRemoteProvider.broken = True
    process()
    assert search_elsewhere(processes, "one") == ["provider_down", "calls", "0"]


def test_it_is_asked_again_by_all_when_the_failures_are_old(processes, site):
    search_elsewhere(processes, "one", "two", "three", broken=True)
    an_hour_passes()
    assert search_elsewhere(processes, "four") == ["no", "calls", "1"]


def test_the_site_has_one_budget_for_all_its_processes(processes, site, configure):
    configure(QUERY_CALLS_PER_MINUTE=3)
    assert search_elsewhere(processes, "one", "two") == ["no", "no", "calls", "2"]
    assert search_elsewhere(processes, "three", "four", "five") == ["no", "budget", "budget", "calls", "1"]
    asked = Asked("sailing")
    assert (asked.titles, asked.reason, asked.counted) == (["Sailing"], "budget", 1)
