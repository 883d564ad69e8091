"""A small site with one secret, and every way in which a page comes to be hidden."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from tests.testapp.models import ArticlePage

#: Each stands in one place of the secret page only: two in its title and headings, one in its text, one in its address.
TITLE, SUBTITLE, TEXT, ADDRESS = "zebrafish", "axolotl", "quetzal", "okapi"
SECRETS = (TITLE, SUBTITLE, TEXT, ADDRESS)
#: Stands on every page that is searched for.
COMMON = "lantern"


@dataclass
class Site:
    """Three open pages, and one below a section that will be hidden."""

    home: Page
    section: Page
    vault: Page
    open: list[Page]
    secret: Page
    #: What must not be seen.
    secrets: tuple[str, ...] = SECRETS
    #: Whether the secret page itself stays visible, with other words.
    stays: bool = False

    @cached_property
    def visible(self) -> set[Any]:
        """Keys of the English pages that every visitor may find, page by page as Wagtail decides; asked once."""
        pages = Page.objects.filter(live=True, alias_of=None, locale__language_code="en")
        now = timezone.now()
        current = [page for page in pages if page.expire_at is None or page.expire_at > now]
        return {page.pk for page in current if not page.get_view_restrictions().exists()}

    @property
    def wanted(self) -> set[Any]:
        """Keys of the pages that a search for the common word must find."""
        return {page.pk for page in self.open} | ({self.secret.pk} if self.stays else set())


def make_article(parent: Page, title: str, text: str, slug: str, **fields: Any) -> Page:
    body = [("heading", title), ("paragraph", f"<p>{text}</p>")]
    return parent.add_child(instance=ArticlePage(title=title, slug=slug, body=body, **fields))


def make_site(home: Page, **fields: Any) -> Site:
    """Build the site; ``fields`` are those of the secret page."""
    section = make_article(home, "Section", "A place for pages.", "section")
    vault = make_article(home, "Vault", "Another place for pages.", "vault")
    texts = ("by the harbour wall", "over the kitchen table", "in the oldest railway station")
    opened = [
        make_article(home, f"Open {number}", f"A {COMMON} hangs {text}.", f"open-{number}", category="open")
        for number, text in enumerate(texts)
    ]
    text = f"A {COMMON} hangs beside the {TEXT} cage."
    secret = make_article(section, f"{TITLE.title()} {SUBTITLE}", text, f"{ADDRESS}-page", category=TEXT, **fields)
    return Site(home, section, vault, opened, secret)


def fresh(page: Page) -> Page:
    return Page.objects.get(pk=page.pk).specific


def restrict(page: Page, kind: str = "login") -> None:
    restriction = PageViewRestriction.objects.create(page=fresh(page), restriction_type=kind, password="open sesame")
    restriction.groups.set([Group.objects.get_or_create(name="Staff")[0]] if kind == "groups" else [])


def hide_draft_changes(site: Site) -> None:
    """The page is live with harmless words; the secret stands in a newer draft."""
    page = fresh(site.secret)
    page.title, page.category, page.slug = "Open draft", "open", "open-draft"
    page.body = [("paragraph", f"<p>A {COMMON} hangs here.</p>")]
    page.save_revision().publish()
    page = fresh(site.secret)
    page.title, page.category, page.slug = f"{TITLE} {SUBTITLE}", TEXT, f"{ADDRESS}-page"
    page.body = [("paragraph", f"<p>A {COMMON} beside the {TEXT}.</p>")]
    page.save_revision()
    site.stays = True


def hide_expired(site: Site) -> None:
    Page.objects.filter(pk=site.secret.pk).update(expire_at=timezone.now() - timedelta(minutes=1))


def hide_expired_by_scheduler(site: Site) -> None:
    hide_expired(site)
    call_command("publish_scheduled")
    assert not fresh(site.secret).live


def hide_scheduled(site: Site) -> None:
    page = fresh(site.secret)
    page.unpublish()
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    page.save_revision().publish()
    assert not fresh(site.secret).live


def hide_alias(site: Site) -> None:
    """The page becomes an alias of an open one: found once, under the address of its source."""
    site.secret.delete()
    site.secret = fresh(site.open[0]).create_alias(parent=fresh(site.section), update_slug=f"{ADDRESS}-page")


def hide_alias_of_restricted(site: Site) -> None:
    fresh(site.secret).create_alias(parent=fresh(site.home), update_slug=f"{ADDRESS}-alias")
    restrict(site.secret)


def hide_below_alias_of_restricted(site: Site) -> None:
    """A page of its own below an alias: nothing on its path has a restriction, only the alias's source."""
    alias = fresh(site.vault).create_alias(parent=fresh(site.home), update_slug="vault-again")
    fresh(site.secret).move(fresh(alias), pos="last-child")
    restrict(site.vault)
    PageViewRestriction.objects.exclude(page=site.vault).delete()


def hide_moved(site: Site) -> None:
    restrict(site.vault)
    fresh(site.secret).move(fresh(site.vault), pos="last-child")


def hide_moved_by_sql(site: Site) -> None:
    restrict(site.vault)
    vault = fresh(site.vault)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wagtailcore_page SET path = %s, depth = %s WHERE id = %s",
            [Page._get_path(vault.path, vault.depth + 1, 1), vault.depth + 1, site.secret.pk],
        )


def hide_by_bulk_update(site: Site) -> None:
    page = Page.objects.get(pk=site.secret.pk)
    page.live = False
    Page.objects.bulk_update([page], ["live"])


def hide_by_sql(site: Site) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = FALSE WHERE id = %s", [site.secret.pk])


def hide_by_bulk_created_restriction(site: Site) -> None:
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=site.section, restriction_type="login")])


def hide_in_another_locale(site: Site) -> None:
    Page.objects.filter(pk=site.secret.pk).update(
        locale=Locale.objects.get_or_create(language_code="fr")[0], translation_key=uuid.uuid4()
    )


def restriction(kind: str, where: str) -> Callable[[Site], None]:
    return lambda site: restrict(getattr(site, where), kind)


#: How a page is hidden after it was indexed -> the deed.
HIDDEN: dict[str, Callable[[Site], Any]] = {
    "draft changes of a live page": hide_draft_changes,
    "unpublished": lambda site: fresh(site.secret).unpublish(),
    "unpublished by bulk_update": hide_by_bulk_update,
    "unpublished by SQL": hide_by_sql,
    "expired, scheduler not run": hide_expired,
    "expired, scheduler run": hide_expired_by_scheduler,
    "scheduled for later": hide_scheduled,
    "deleted": lambda site: fresh(site.secret).delete(),
    "alias": hide_alias,
    "alias of a restricted page": hide_alias_of_restricted,
    "below an alias of a restricted page": hide_below_alias_of_restricted,
    **{
        f"{kind} on {name}": restriction(kind, where)
        for kind in ("login", "password", "groups")
        for name, where in (("the page", "secret"), ("a page above", "section"))
    },
    "restriction by bulk_create": hide_by_bulk_created_restriction,
    "moved below a restricted page": hide_moved,
    "moved below a restricted page by SQL": hide_moved_by_sql,
    "another locale": hide_in_another_locale,
}
