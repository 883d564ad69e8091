"""What tests of failing providers have in common: how to look at a search, a page's state and the clock."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.faults.snapshots import let_time_pass
from wagtail_vector_search.models import Entry, SearchEvent
from wagtail_vector_search.retrieval import search_degraded


def publish(page, title):
    """Publish an edit as the editor's request does, and return how many SQL statements that took."""
    page.title = title
    with CaptureQueriesContext(connection) as queries:
        page.save_revision().publish()
    return len(queries)


def state_of(page):
    """Return what the index knows of a page."""
    return Entry.objects.get(page=page.pk, generation__state="active")


class Asked:
    """A search, and all that it left behind: its results, the signal, the count.

    Args:
        query: to search for.
    """

    def __init__(self, query):
        self.signals = []
        search_degraded.connect(self._receive)
        before = self._counted()
        try:
            results = Page.objects.live().search(query, backend="hybrid")
            self.titles = [page.title for page in results]
        finally:
            search_degraded.disconnect(self._receive)
        self.degraded, self.reason = results.degraded, results.degraded_reason
        self.counted = self._counted() - before

    def _receive(self, reason, **kwargs):
        self.signals.append(str(reason))

    @staticmethod
    def _counted():
        return sum(SearchEvent.objects.filter(kind="degraded").values_list("weight", flat=True))


def check_fails():
    """Whether ``vector_search_status --check`` ends with an error."""
    try:
        call_command("vector_search_status", "--check", stdout=StringIO())
    except SystemExit as stopped:
        return stopped.code == 1
    return False


def an_hour_passes():
    """Let every failure be forgotten, every wait be over, and every lease run out."""
    hour = timedelta(hours=1)
    SearchEvent.objects.update(created_at=F("created_at") - hour, expires_at=F("expires_at") - hour)
    let_time_pass()
