"""One of the checkouts that are compared: a site of its own, which is built, edited and searched when it is asked to.

It is run as a file, with the packages of the checkout: what it imports has to be there in each. It reads one line of
JSON after the other, and answers each with one line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

#: Pages handed to a worker at a time.
TASK_PAGES = 50
RESULTS = 10


def main() -> None:
    """Serve requests until there are no more."""
    if sys.argv[1:] == ["build"]:
        build()
        return
    from benchmarks.scratch import benchmark_site

    with benchmark_site() as template, ExitStack() as stack:
        for line in sys.stdin:
            request = json.loads(line)
            reply(**getattr(Requests(template, stack), request.pop("do"))(**request))


class Requests:
    """What may be asked for."""

    def __init__(self, template: str, stack: ExitStack) -> None:
        self.template = template
        self.stack = stack

    def build(self, pages: str) -> dict[str, Any]:
        """Make a new site, and build its index in a process of its own; return the seconds, and those in Python."""
        from benchmarks.documents import Document
        from benchmarks.scratch import scratch_database
        from benchmarks.site.filling import create_pages

        self.stack.close()
        self.stack.enter_context(scratch_database(self.template))
        create_pages(Document(*row) for row in read(pages))
        analyse()
        keep_autovacuum_out()
        command = [sys.executable, "-P", __file__, "build"]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
        found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
        return found

    def vacuum(self) -> dict[str, Any]:
        """Do what autovacuum does on a site within a minute or so."""
        from benchmarks.scratch import vacuum

        vacuum()
        return {}

    def edit(self, pages: str) -> dict[str, Any]:
        """Give pages other texts, save them, and let a worker index them; return the seconds that the worker takes."""
        from benchmarks.site.models import DocumentPage
        from wagtail_vector_search.indexing.tasks import process_pages_task

        bodies = {f"page-{number}": body for number, body in read(pages)}
        keys = []
        for page in DocumentPage.objects.filter(slug__in=bodies).iterator():
            page.body = bodies[page.slug]
            page.save(clean=False)
            keys.append(page.pk)
        started = perf_counter()
        for start in range(0, len(keys), TASK_PAGES):
            process_pages_task.func(keys[start : start + TASK_PAGES])
        return {"seconds": perf_counter() - started, "pages": len(keys)}

    def search(self, queries: Sequence[str], backend: str) -> dict[str, Any]:
        """Search for each query, and return the ms and the statements of each search.

        Args:
            queries: what is asked.
            backend: which backend is asked for ten results; empty for a ranking by words, without the pages.
        """
        from django.db import connection
        from wagtail.models import Page

        from wagtail_vector_search.retrieval import Legs, rank_pages

        times, statements = [], []
        for query in queries:
            started = perf_counter()
            with counting(connection) as counted:
                if backend:
                    list(Page.objects.live().search(query, backend=backend)[:RESULTS])
                else:
                    rank_pages(query, Page.objects.live(), legs=Legs.KEYWORD)
            times.append((perf_counter() - started) * 1000)
            statements.append(len(counted))
        return {"ms": times, "statements": statements}


class counting:  # noqa: N801
    """Count the statements of a connection."""

    def __init__(self, connection: Any) -> None:
        self.statements: list[str] = []
        self.wrapper = connection.execute_wrapper(self.count)

    def __enter__(self) -> list[str]:
        self.wrapper.__enter__()
        return self.statements

    def __exit__(self, *error: Any) -> None:
        self.wrapper.__exit__(*error)

    def count(self, execute: Any, sql: str, *arguments: Any) -> Any:
        """Note a statement, and run it."""
        self.statements.append(sql)
        return execute(sql, *arguments)


def build() -> None:
    """Build the index of the site, and print the seconds."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from wagtail_vector_search.conf import get_index_settings
    from wagtail_vector_search.providers import get_provider_for

    get_provider_for(get_index_settings()).embed_query("Loads the model.")
    started, used = perf_counter(), process_time()
    call_command("update_vector_index", quiet=True)
    reply(seconds=perf_counter() - started, processor=process_time() - used)


def read(file: str) -> Iterable[Any]:
    """Return the values of a file, one a line."""
    return map(json.loads, Path(file).read_text(encoding="utf-8").splitlines())


def analyse() -> None:
    """Give PostgreSQL its statistics of the pages, which a site has long had when an index is built."""
    execute("ANALYZE")


def keep_autovacuum_out() -> None:
    """Keep the tables of the package as the build and the workers leave them."""
    from django.apps import apps

    for model in apps.get_app_config("wagtail_vector_search").get_models():
        execute(f'ALTER TABLE "{model._meta.db_table}" SET (autovacuum_enabled = off)')


def execute(statement: str) -> None:
    """Run a statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def reply(**values: Any) -> None:
    """Print one line of JSON."""
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
