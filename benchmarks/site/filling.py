"""Makes pages, by the ten thousand, and fills the search indexes. Treebeard's paths are computed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from io import StringIO
from itertools import count, islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page

from ..documents import Document
from ..scratch import vacuum
from .models import DocumentPage

#: Pages written at a time.
BATCH = 1000
#: Pages below one section of the site.
SECTION = 1000
#: Characters that fit into a page's title.
MAX_TITLE = 255


def create_pages(documents: Iterable[Document]) -> list[int]:
    """Create a live page for each document, in sections below the home page.

    No signal is sent, as by ``bulk_create``: the search indexes are filled afterwards.

    Returns:
        The primary keys of the pages, in the order of the documents.
    """
    home = Page.objects.get(depth=2)
    keys: list[int] = []
    numbers = count()
    remaining = iter(documents)
    while section := list(islice(remaining, SECTION)):
        keys += _create_section(home, section, numbers)
        home.refresh_from_db()
    return keys


def fill_wagtail_index() -> None:
    """Index every page for Wagtail's own database search."""
    call_command("update_index", backend_name="default", verbosity=0, stdout=StringIO())
    vacuum()


def fill_vector_index() -> None:
    """Index every page for this package."""
    call_command("update_vector_index", quiet=True)
    vacuum()


def _create_section(home: Page, documents: Sequence[Document], numbers: Iterator[int]) -> list[int]:
    """Create a section with pages below it."""
    slug = f"section-{home.numchild}"
    with transaction.atomic():
        parent = home.add_child(instance=Page(title=slug, slug=slug, live=False))
        pages = [
            _make_page(parent, step, f"page-{next(numbers)}", document) for step, document in enumerate(documents, 1)
        ]
        created = Page.objects.bulk_create(pages, batch_size=BATCH)
        Page.objects.filter(pk=parent.pk).update(numchild=len(created))
        first = int(pages[0].slug.removeprefix("page-"))
        rows = [
            (page.pk, _as_html(document), (first + place) % 1000)
            for place, (page, document) in enumerate(zip(created, documents, strict=True))
        ]
        _insert_bodies(rows)
    return [page.pk for page in created]


def _make_page(parent: Page, step: int, slug: str, document: Document) -> Page:
    now = timezone.now()
    title, _ = _cut(document.title)
    return Page(
        path=Page._get_path(parent.path, parent.depth + 1, step),
        depth=parent.depth + 1,
        title=title,
        draft_title=title,
        slug=slug,
        url_path=f"{parent.url_path}{slug}/",
        content_type=ContentType.objects.get_for_model(DocumentPage),
        locale=Locale.get_default(),
        live=True,
        first_published_at=now,
        last_published_at=now,
    )


def _cut(title: str) -> tuple[str, str]:
    """Return as many words of a title as fit into a page's, and the others."""
    if len(title) <= MAX_TITLE:
        return title, ""
    end = title.rfind(" ", 0, MAX_TITLE + 1)
    return title[:end] if end > 0 else title[:MAX_TITLE], title[end if end > 0 else MAX_TITLE :].strip()


def _as_html(document: Document) -> str:
    """Return a page's body. What does not fit into the title goes first, so that no word is lost."""
    paragraphs = [_cut(document.title)[1], *document.text.split("\n\n")]
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs if paragraph)


def _insert_bodies(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the half of the pages that ``bulk_create`` cannot: Django refuses it for multi-table inheritance."""
    statement = f'COPY "{DocumentPage._meta.db_table}" (page_ptr_id, body, bucket) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
