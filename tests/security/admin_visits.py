"""Every address of the admin's pages on search, and requests to it, also those that a prying user would try."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from wagtail_vector_search.admin.permissions import REINDEX, USE_LAB, VIEW_REPORT

from .admin_world import RARE, World

#: A typing error in the word of the hidden pages: correcting it would reveal them.
MISSPELT = "quernstane"
#: What a visit takes beside permissions: to edit the page that it is about, and to use the admin at all.
EDIT, ADMIN = "edit", "admin"
#: The bytes that a spreadsheet begins with.
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Visit:
    """One request."""

    #: Of the URL, in the namespace of the app.
    name: str
    #: A permission, ``EDIT`` or ``ADMIN``.
    needs: str
    #: Of the query, or of the form.
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Whether it is sent as a form.
    is_post: bool = False
    #: Primary key of the page that it is about, if it is about one.
    page: Any = None
    #: Whether that page is one that only superusers see.
    is_hidden: bool = False

    @property
    def url(self) -> str:
        """The address."""
        args = [self.page] if self.page and self.name.startswith(("editor_", "related")) else []
        return reverse(f"wagtail_vector_search:{self.name}", args=args)

    def __str__(self) -> str:
        return f"{'POST' if self.is_post else 'GET'} {self.url} {dict(self.data)}"[:300]

    def make(self, client: Client, **options: Any) -> Any:
        """Send the request, and follow where it leads.

        A refusal is not followed: Wagtail leads to the same page each time, which takes longer than all else, and what
        is to be read there of the refusal stays until that page is visited.
        """
        send = client.post if self.is_post else client.get
        response: Any = send(self.url, dict(self.data), **options)
        if is_refused(response) or not response.has_header("Location"):
            return response
        after: Any = client.get(response.headers["Location"], follow=True, **options)
        after.steps = (response,)
        return after

    def contains(self, marker: str) -> bool:
        """Whether the request itself has the marker, so that an echo tells nothing."""
        return marker in f"{self.url} {json.dumps(self.data, default=str)}"


def is_refused(response: Any) -> bool:
    """Whether a request was refused, which in Wagtail leads to the login or to the home page of the admin."""
    led_to = response.headers.get("Location", "").partition("?")[0]
    return response.status_code == 403 or led_to in (reverse("wagtailadmin_login"), reverse("wagtailadmin_home"))


def names_of(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the names of all addresses."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern.url_patterns)
        else:
            yield str(pattern.name)


def visits(world: World) -> list[Visit]:
    """Return all visits; of each address at least one."""
    return [*_of_the_report(world), *_of_the_editor(world), *_of_the_lab(world), *_of_links(world)]


def _of_the_report(world: World) -> Iterator[Visit]:
    secret_type = ContentType.objects.get_for_model(type(world.hidden[-1])).pk
    queries: list[dict[str, Any]] = [
        {}, {"export": "csv"}, {"export": "xlsx"}, {"q": RARE}, {"q": "e", "export": "csv"}, {"p": 2}, {"index": "x"},
        {"state": "failed"}, {"state": "failed", "export": "csv"}, {"reason": "private"}, {"ordering": "-section"},
        {"section": world.hidden_section.pk}, {"section": world.hidden_section.pk, "export": "xlsx"},
        {"type": secret_type}, {"_w_filter_fragment": "true"},
    ]  # fmt: skip
    for query in queries:
        yield Visit("report", VIEW_REPORT, query)
        yield Visit("report_results", VIEW_REPORT, query)
    every = [*world.open, *world.hidden]
    forms: list[dict[str, Any]] = [
        {}, {"failed": "1"}, {"only": world.hidden[0].pk}, {"only": world.open[0].pk},
        {"page": [page.pk for page in every]}, {"page": ["", "x", "0"]}, {"only": world.hidden[0].pk, "index": "x"},
    ]  # fmt: skip
    for form in forms:
        yield Visit("reindex", REINDEX, form, is_post=True)


def _of_the_editor(world: World) -> Iterator[Visit]:
    for page, is_hidden in ((world.open[0], False), (world.hidden[-1], True)):
        about: dict[str, Any] = {"page": page.pk, "is_hidden": is_hidden}
        yield Visit("editor_page", EDIT, **about)
        yield Visit("editor_draft", EDIT, is_post=True, **about)
        for query in (RARE, "bread and flour", MISSPELT, ""):
            yield Visit("editor_question", EDIT, {"query": query}, **about)
        for query in (RARE, "bread and flour"):
            yield Visit("editor_draft_question", EDIT, {"query": query}, is_post=True, **about)
        chosen: dict[str, list[Any]] = {"pinned": [world.open[1].pk], "hidden": [world.hidden[1].pk]}
        for choice in ({}, chosen):
            data = {"choice": json.dumps(choice), "limit": 50}
            yield Visit("related", EDIT, data, **about)


def _of_the_lab(world: World) -> Iterator[Visit]:
    for query in (RARE, "bread and flour", MISSPELT):
        asked: dict[str, Any] = {"q": query, "locale": "all"}
        for extra in ({}, {"weight": 0.9}, {"site": world.hidden_site.pk}, {"index": "x"}, {"user": "super"}):
            yield Visit("lab", USE_LAB, asked | extra)
        yield Visit("lab_both", USE_LAB, asked | {"weight": 0.1})
    yield Visit("lab", USE_LAB)
    pages = [*world.open, *world.hidden]
    judged = [{"query": RARE, "page": str(page.pk), "grade": "good"} for page in pages]
    for judgments in (json.dumps(judged), json.dumps(judged[-1:]), "nonsense"):
        yield Visit("lab_figures", USE_LAB, {"judgments": judgments}, is_post=True)
        yield Visit("lab_judgments", USE_LAB, {"judgments": judgments}, is_post=True)


def _of_links(world: World) -> Iterator[Visit]:
    for page in (world.open[0], world.hidden[0]):
        editing = reverse("wagtailadmin_pages:edit", args=[page.pk])
        for selected, text in ((RARE, "The miller grinds."), ("", "Bread and flour."), (MISSPELT, ""), ("", "")):
            data = {"selected": selected, "text": text, "editing": editing}
            yield Visit("suggested_pages", ADMIN, data, is_post=True)


def said(response: Any) -> str:
    """Return all that a response and those before it say: body, headers, cookies; what is packed or escaped, both."""
    responses = [response, *(step for step in getattr(response, "steps", ()))]
    return "\n".join(text for each in responses for text in (*_bodies(each), str(each.headers), str(each.cookies)))


def body(response: Any) -> str:
    """Return the body as text; of a spreadsheet its cells, of JSON the texts in it."""
    return "\n".join(_bodies(response))


def _bodies(response: Any) -> Iterator[str]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for name in sorted(file.namelist()):
                if not name.startswith("docProps/"):  # when it was made
                    yield unescape(file.read(name).decode())
        return
    text = content.decode()
    yield text
    if "json" in response.headers.get("Content-Type", "") or text.startswith('{"'):
        yield "\n".join(str(value) for value in json.loads(text).values())
