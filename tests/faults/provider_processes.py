"""What other processes do in ``test_provider_processes``."""

from __future__ import annotations

from wagtail.models import Page

from tests.misbehaving import BrokenRemoteProvider


def search(*queries):
    """Search for each query; print why each was answered by words alone, and how often the provider was called."""
    reasons = [Page.objects.live().search(query, backend="hybrid").degraded_reason or "no" for query in queries]
    print(*reasons, "calls", BrokenRemoteProvider.asked)  # noqa: T201  # read by the test
