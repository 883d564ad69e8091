"""In a process of its own, with and without the package: publishes pages and prints what that cost."""

from __future__ import annotations

import sys
from typing import Any

import django

PUBLISHES = 40
WARM_UP = 5
#: Pages of one round: each round publishes others, for a page that was published before costs other statements.
ROUND = PUBLISHES + WARM_UP


def main() -> None:
    """Measure and print."""
    django.setup()
    from django.apps import apps

    from ..measures.times import percentile
    from ..site.models import DocumentPage
    from .processes import answer

    first = int(sys.argv[1]) * ROUND
    pages = DocumentPage.objects.order_by("bucket", "-pk")[first : first + ROUND]
    publishes, tasks, statements = [], [], set()
    for number, page in enumerate(pages):
        ms, count = _publish(page, number)
        task_ms = _index(page) if apps.is_installed("wagtail_vector_search") else 0.0
        if number >= WARM_UP:
            publishes.append(ms)
            tasks.append(task_ms)
            statements.add(count)
    answer(ms=percentile(publishes, 0.5), statements=max(statements), searchable_ms=percentile(tasks, 0.5))


def _publish(page: Any, number: int) -> tuple[float, int]:
    """Publish a page with one more paragraph; return ms and SQL statements."""
    from .timing import count_statements, time_call

    page.body += f"<p>Edited {number} times.</p>"
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
