"""A site with a section that most may not see in the explorer, all of which bears markers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.testapp.models import RichTextPage
from wagtail_vector_search.admin.permissions import REINDEX, SEARCH_AS_OTHERS, USE_LAB, VIEW_REPORT
from wagtail_vector_search.models import Entry, Generation, TermFrequency

#: A word of the hidden pages only; a prying user may know it.
RARE = "quernstone"
#: Texts of the hidden pages only, and the first digits of their primary keys.
FIRST_ID = 77_001_000
MARKERS = (
    "Zyxtitle", "Zyxheading", "Zyxtext", "Zyxerror", "Zyxsection", "Zyxsite", "zyxsection", "zyxtitle", RARE,
    "7700100", "Rich text page",
)  # fmt: skip
#: Name of another user, which only those may read who may search in the place of others.
USER = "Zyxuser"

HOURS = "Opening hours: nine to five."
OPEN = {
    "Bread": "Flour, water and salt become bread in a hot oven.",
    "Cake": "Flour, butter and sugar become a cake in the oven.",
    "Harbour": "A boat rests in the harbour while the sea is rough.",
    "Fishing": "The boat goes out to sea to fish before dawn.",
}


@dataclass
class World:
    """The site."""

    #: Pages of the section that the editors of one section edit.
    open: list[Any]
    #: The section that only superusers see.
    hidden_section: Page
    #: Its pages; the last is of a type that no other page is of.
    hidden: list[Any]
    #: A site that starts there.
    hidden_site: Site


def make_world(make_article: Any, section: Page, build_index: Any) -> World:
    """Make the site and index it."""
    opened = [make_article(title, text, HOURS, parent=section) for title, text in OPEN.items()]
    _number_pages_from(FIRST_ID)
    secret = section.get_parent(update=True).add_child(instance=Page(title="Zyxsection", slug="zyxsection"))
    hidden = list(_make_hidden_pages(make_article, secret))
    # Sequences know no rollback: the pages of other tests must not have such numbers.
    _number_pages_from(max(page.pk for page in opened))
    PageViewRestriction.objects.create(page=Page.objects.get(pk=hidden[2].pk), restriction_type="login")
    site = Site.objects.create(hostname="zyxsite.example", site_name="Zyxsite", root_page=secret)
    get_user_model().objects.create_user(USER, "user@example.com", "password")
    build_index()
    _trouble(hidden[0], state="failed", last_error="ProviderUnavailableError: Zyxerror")
    _trouble(hidden[1], state="pending", requested_at=timezone.now() - timedelta(days=2))
    return World(opened, secret, hidden, site)


def _make_hidden_pages(make_article: Any, secret: Page) -> Iterator[Any]:
    text = f"The {RARE} grinds Zyxtext flour for bread."
    for number in range(3):
        yield make_article(f"Zyxtitle {number}", text, OPEN["Bread"], parent=secret)
    for number in range(3):
        # The same text word for word is on a page that others may see.
        yield make_article(f"Zyxtitle copy {number}", OPEN["Bread"], HOURS, parent=secret)
    # In another language, of which there is no other page.
    french = Locale.objects.get_or_create(language_code="fr")[0]
    yield make_article("Zyxtitle en français", text, parent=secret, locale=french)
    page = RichTextPage(title="Zyxtitle typed", slug="zyxtitle-typed", body=f"<h2>Zyxheading</h2><p>{text}</p>")
    yield secret.add_child(instance=page)


def _number_pages_from(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('wagtailcore_page', 'id'), %s)", [number])


def _trouble(page: Any, **fields: Any) -> None:
    Entry.objects.filter(page=page.pk).update(**fields)


def remove_hidden(world: World) -> None:
    """Remove all that is hidden, but not from the statistics of the index, which count the pages of all."""
    generations, statistics = list(Generation.objects.all()), list(TermFrequency.objects.all())
    world.hidden_section.delete()
    TermFrequency.objects.all().delete()
    TermFrequency.objects.bulk_create(statistics)
    for generation in generations:
        generation.save()


@pytest.fixture
def people(make_editor, superuser, django_user_model) -> dict[str, Any]:
    """Users by what they may do: an editor of one section each, but for the last two."""
    right = {"report": VIEW_REPORT, "reindex": REINDEX, "lab": USE_LAB, "others": SEARCH_AS_OTHERS}
    editors = {name: make_editor(name, permission) for name, permission in right.items()}
    return {
        "few": make_editor("few"),
        **editors,
        "all but a section": make_editor("all", *right.values()),
        "visitor": django_user_model.objects.create_user("visitor", "visitor@example.com", "password"),
        "super": superuser,
    }


def browser_of(user: Any, **options: Any) -> Client:
    """Return the browser of a user who has logged in, or of a visitor for ``None``."""
    client = Client(**options)
    if user is not None:
        client.force_login(user)
    return client
