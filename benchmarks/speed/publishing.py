"""Publishes pages with and without the package, in two processes that take turns.

Run as a module it is one of them: for each line that it reads it publishes a page, and prints what that cost.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

import django

from ..measures import compare_pairs, percentile

PUBLISHES = 90
WARM_UP = 5


def measure_publishing() -> dict[str, Any]:
    """Return ms and SQL statements of a publish without the package, and what the package adds to them."""
    from .processes import converse

    with ExitStack() as stack:
        ask = [
            stack.enter_context(converse("publishing", str(place), without_package=place == 0)) for place in range(2)
        ]
        found: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
        for number in range(WARM_UP + PUBLISHES):
            for place in (0, 1) if number % 2 else (1, 0):  # now one first and now the other
                found[place].append(ask[place]())
    without, with_package = (side[WARM_UP:] for side in found)
    return {
        "ms": compare_pairs(*([found["ms"] for found in side] for side in (without, with_package)))._asdict(),
        "statements": [max(found["statements"] for found in side) for side in (without, with_package)],
        "searchable_ms": percentile([found["searchable_ms"] for found in with_package], 0.5),
    }


def main() -> None:
    """Publish a page whenever told."""
    django.setup()
    from django.apps import apps

    from ..site.models import DocumentPage
    from .processes import answer

    # A page that was published before costs other statements, so each process has its own.
    pages = DocumentPage.objects.order_by("bucket", "-pk")[int(sys.argv[1]) : 2 * (WARM_UP + PUBLISHES) : 2]
    for page, _ in zip(pages, sys.stdin, strict=False):
        ms, statements = _publish(page)
        indexing = apps.is_installed("wagtail_vector_search")
        answer(ms=ms, statements=statements, searchable_ms=_index(page) if indexing else 0.0)


def _publish(page: Any) -> tuple[float, int]:
    """Publish a page with one more paragraph; return ms and SQL statements."""
    from .timing import count_statements, time_call

    page.body += "<p>Edited.</p>"
    revision = page.save_revision()
    with count_statements() as statements:
        ms = time_call(revision.publish)
    return ms, statements.number


def _index(page: Any) -> float:
    """Do what the worker does once a publish is committed, and return ms."""
    from wagtail_vector_search.indexing.tasks import process_pages_task

    from .timing import time_call

    return time_call(lambda: process_pages_task.func([page.pk]))


if __name__ == "__main__":
    main()
